// The plan as steps for a person who carries it out by hand.
#ifndef CASSPLAN_LIB_REPORT_RUNBOOK_H_
#define CASSPLAN_LIB_REPORT_RUNBOOK_H_

#include <cstddef>
#include <string>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// Numbered steps in an order that is safe to follow from top to bottom: what to run, how to see that it worked, the way
// back, what to wait for. Steps that may run at the same time say so. `all`: the commands of every action, not only of
// the first of many alike.
std::string RenderRunbook(const v1::PlanRequest& request, const v1::PlanResponse& response, size_t width, bool color,
                          bool all);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_RUNBOOK_H_
