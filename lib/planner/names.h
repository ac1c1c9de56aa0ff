// Order of names: digits compare as numbers, so that rack2 comes before rack10.
#ifndef CASSPLAN_LIB_PLANNER_NAMES_H_
#define CASSPLAN_LIB_PLANNER_NAMES_H_

#include "absl/strings/string_view.h"

namespace cassplan::planner {

// < 0, 0 or > 0. A total order: equal only when the bytes are equal.
int CompareNames(absl::string_view a, absl::string_view b);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NAMES_H_
