// Kubernetes quantities ("1.5Gi", "500m", "1e3"), exact and without floating point.
#ifndef CASSPLAN_LIB_KUBERNETES_QUANTITY_H_
#define CASSPLAN_LIB_KUBERNETES_QUANTITY_H_

#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cassplan::kubernetes {

struct Quantity {
  // How it was written, and so how the API server writes it back.
  enum class Notation { kDecimal, kBinary, kExponent };

  absl::int128 nano = 0;  // in 10^-9 units; what is finer was rounded away from zero, as the API server does
  Notation notation = Notation::kDecimal;

  bool operator==(const Quantity& other) const { return nano == other.nano; }
  bool operator<(const Quantity& other) const { return nano < other.nano; }
};

// Reads a quantity: an optional sign, digits with at most one point, and one of n u m k M G T P E Ki Mi Gi Ti Pi Ei or
// an exponent (e3, E-2). Errors (kInvalidArgument, for people): another form, or more than 2^63-1 whole units.
absl::StatusOr<Quantity> ParseQuantity(absl::string_view text);

// Whole units (bytes, cores) and thousandths, rounded up.
int64_t WholeUnits(const Quantity& quantity);
absl::int128 MilliUnits(const Quantity& quantity);

// As the API server prints it: equal values in equal notation give equal text ("1024Mi" and "1Gi" give "1Gi").
std::string FormatQuantity(const Quantity& quantity);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_QUANTITY_H_
