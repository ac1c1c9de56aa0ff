// approval: what a person wants to start himself: cleanups, when `autoPilot` is off; one that he asked for he has
// started. (What policy.mode wants approved is planned and not ready: explain_approval.cc.)
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

void CheckApproval(const Ask& ask, Refusals* out) {
  if (ask.action.kind == Kind::kCleanup && ask.action.request == kNone && !ask.model.policy.auto_cleanup) out->Add(0);
}

Text DescribeApproval(const Model&, const Action&, const Refusal&) {
  return {"a person starts cleanups here (autoPilot is off)",
          "run nodetool cleanup on the node, or ask for it as an operation, or set spec.autoPilot to true"};
}

}  // namespace cassplan::planner
