// One page that shows a simulation or a plan: a Gantt picture by rack and node, replicas up, disks, what is held. It
// needs no other file and no network.
#ifndef CASSPLAN_LIB_REPORT_HTML_H_
#define CASSPLAN_LIB_REPORT_HTML_H_

#include <string>

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "cassplan/v1/simulate.pb.h"

namespace cassplan::report {

// What came out of a simulation, in one sentence.
std::string VerdictWords(const v1::SimulationResult& result);

// Bytes depend only on the arguments. Whatever text these hold is shown as text.
std::string RenderHtml(const v1::SimulationResult& result);
std::string RenderHtml(const v1::PlanRequest& request, const v1::PlanResponse& response);

// Text inside an element or a quoted attribute.
std::string HtmlText(absl::string_view text);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_HTML_H_
