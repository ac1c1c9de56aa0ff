// "1 node", "3 nodes".
#ifndef CASSPLAN_LIB_PLANNER_SEVERAL_H_
#define CASSPLAN_LIB_PLANNER_SEVERAL_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace cassplan::planner {

inline std::string Several(int64_t n, absl::string_view one) { return absl::StrCat(n, " ", one, n == 1 ? "" : "s"); }

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_SEVERAL_H_
