// What clients notice of a plan.
#ifndef CASSPLAN_LIB_REPORT_IMPACT_TEXT_H_
#define CASSPLAN_LIB_REPORT_IMPACT_TEXT_H_

#include <cstddef>

#include "cassplan/v1/planner.pb.h"
#include "lib/report/page.h"

namespace cassplan::report {

// Nothing where nothing is planned and nothing is known. Returns how many groups of keyspaces were left out.
size_t WriteImpact(const v1::PlanResponse& response, size_t max_groups, Page* page);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_IMPACT_TEXT_H_
