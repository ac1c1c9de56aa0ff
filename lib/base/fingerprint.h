// A stable 128-bit digest: the same bytes give the same digest on every machine, compiler and run. It names things
// (ids, revisions, fingerprints); it is not a defence against somebody who looks for collisions.
#ifndef CASSPLAN_LIB_BASE_FINGERPRINT_H_
#define CASSPLAN_LIB_BASE_FINGERPRINT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace cassplan::base {

class Fingerprint {
 public:
  // Adds one field. Fields are length-prefixed: ("ab", "c") and ("a", "bc") differ.
  Fingerprint& Add(absl::string_view bytes);
  Fingerprint& Add(int64_t value);

  // The digest as two words.
  std::pair<uint64_t, uint64_t> Words() const;
  // 32 hexadecimal digits, or the first `digits` of them ([1, 32]).
  std::string Hex(int digits = 32) const;

 private:
  void Mix(const unsigned char* data, size_t size);

  uint64_t low_ = 0x6c62272e07bb0142ULL;
  uint64_t high_ = 0x9ae16a3b2f90404fULL;
};

// The digest of one string.
std::string FingerprintOf(absl::string_view bytes, int digits = 32);

}  // namespace cassplan::base

#endif  // CASSPLAN_LIB_BASE_FINGERPRINT_H_
