// canary: slots below the rack's partition keep their template until a person lowers it (CassKop: rollingPartition).
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

void CheckCanary(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (!IsDisruption(a.kind) || a.slot == kNone || a.drift != "stale-node") return;
  if (ask.model.slot(a.slot).ordinal < ask.model.rack(a.rack).partition) out->Add(0);
}

Text DescribeCanary(const Model& m, const Action& a, const Refusal&) {
  return {
      absl::StrCat("the canary of rack ", m.RackName(a.rack), " holds slots below ordinal ", m.rack(a.rack).partition),
      "look at the nodes that have the new template, then lower rollingPartition"};
}

}  // namespace cassplan::planner
