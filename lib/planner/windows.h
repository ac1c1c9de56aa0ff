// Maintenance windows: times of the week, in UTC, in which disrupting and moving actions may start.
#ifndef CASSPLAN_LIB_PLANNER_WINDOWS_H_
#define CASSPLAN_LIB_PLANNER_WINDOWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/planner/action.h"

namespace cassplan::planner {

// A window of the policy is about the action: it may start only in one of those that are.
bool HasWindow(const std::vector<Window>& windows, const Action& action);

// 0: one of its windows is open, or none is about it. Else when the next one opens.
int64_t NextOpening(const std::vector<Window>& windows, const Action& action, int64_t now);

// "2026-11-23T02:00:00Z": for texts.
std::string Instant(int64_t unix_seconds);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_WINDOWS_H_
