// paused: kinds of actions that a person stopped for now.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

void CheckPaused(const Ask& ask, Refusals* out) {
  const KindSet& paused = ask.model.policy.paused;
  // The first action of a unit is placed with the other.
  if (paused.Has(ask.action.kind) || paused.Has(FirstOfUnit(ask.action))) out->Add(0);
}

Text DescribePaused(const Model& m, const Action& a, const Refusal&) {
  const Kind kind = m.policy.paused.Has(a.kind) ? a.kind : FirstOfUnit(a);
  return {absl::StrCat(KindName(kind), " is paused by policy"), "take it out of policy.paused"};
}

}  // namespace cassplan::planner
