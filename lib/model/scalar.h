// One scalar as a reader of JSON or YAML found it.
#ifndef CASSPLAN_LIB_MODEL_SCALAR_H_
#define CASSPLAN_LIB_MODEL_SCALAR_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/model/document.h"

namespace cassplan::model {

struct Scalar {
  Kind kind = Kind::kNull;  // never a list or map; an integer that does not fit 64 bits is kDouble
  // YAML without quotes: the kind is a guess, and the text counts where a string is due.
  bool plain = false;
  bool bool_value = false;
  int64_t int_value = 0;
  std::string* text = nullptr;  // as written, a string's value; may be moved from
};

// Types the text of a plain YAML scalar by the core schema of YAML 1.2.
void ResolvePlain(absl::string_view text, Scalar* scalar);

// True for [-+]?[0-9]+.
bool IsDecimalInteger(absl::string_view text);

// "null", "5", "\"five\"": for messages.
std::string Describe(const Scalar& scalar);

// The float of a YAML or JSON text as a JSON number; .inf and .nan as strings.
std::string FloatAsJson(absl::string_view text);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_SCALAR_H_
