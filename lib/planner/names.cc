#include "lib/planner/names.h"

#include <cstddef>

#include "absl/strings/ascii.h"

namespace cassplan::planner {
namespace {

bool Digit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

absl::string_view TakeNumber(absl::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && Digit(text[end])) ++end;
  while (at + 1 < end && text[at] == '0') ++at;
  return text.substr(at, end - at);
}

}  // namespace

int CompareNames(absl::string_view a, absl::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (Digit(a[i]) && Digit(b[j])) {
      const absl::string_view x = TakeNumber(a, i);
      const absl::string_view y = TakeNumber(b, j);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      if (const int order = x.compare(y); order != 0) return order;
      while (i < a.size() && Digit(a[i])) ++i;
      while (j < b.size() && Digit(b[j])) ++j;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]) ? -1 : 1;
      ++i;
      ++j;
    }
  }
  if (i < a.size()) return 1;
  if (j < b.size()) return -1;
  return a.compare(b);  // 01 and 1
}

}  // namespace cassplan::planner
