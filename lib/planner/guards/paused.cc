// paused: kinds of actions that a person stopped for now.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

void CheckPaused(const Ask& ask, Refusals* out) {
  const KindSet& paused = ask.model.policy.paused;
  // A drain is placed with its restart.
  if (paused.Has(ask.action.kind) || (ask.action.drain >= 0 && paused.Has(Kind::kDrain))) out->Add(0);
}

Text DescribePaused(const Model& m, const Action& a, const Refusal&) {
  const Kind kind = m.policy.paused.Has(a.kind) ? a.kind : Kind::kDrain;
  return {absl::StrCat(KindName(kind), " is paused by policy"), "take it out of policy.paused"};
}

}  // namespace cassplan::planner
