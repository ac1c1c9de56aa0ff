// The plan for programs.
#ifndef CASSPLAN_LIB_REPORT_JSON_H_
#define CASSPLAN_LIB_REPORT_JSON_H_

#include <string>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// Canonical JSON (cassplan/codec.h): equal responses give equal bytes.
std::string RenderJson(const v1::PlanResponse& response);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_JSON_H_
