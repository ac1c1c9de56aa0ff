// The plan as text that a tired engineer reads at night: the verdict first, then what cannot be undone, what is refused
// and held, what clients will notice, the steps, the findings. Details per action behind `verbosity`.
#ifndef CASSPLAN_LIB_REPORT_TEXT_H_
#define CASSPLAN_LIB_REPORT_TEXT_H_

#include <cstddef>
#include <string>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

struct TextOptions {
  // 0: at most 40 lines, whatever the size of the cluster (an INVALID request lists all its problems).
  // 1: everything, and each action with its reason, conditions and commands. 2: also ids, edges, sections, pools,
  // effects.
  int verbosity = 0;
  bool color = false;  // ANSI colours
  size_t width = 100;  // columns; lines are longer only where a single word or a command is. At least 40.
  std::string target;  // only what concerns this "dc", "dc/rack" or "dc/rack/ordinal"; empty: all
};

// `response` is what the planner answered to `request`. Control characters in names are written as \xNN.
std::string RenderText(const v1::PlanRequest& request, const v1::PlanResponse& response, const TextOptions& options);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_TEXT_H_
