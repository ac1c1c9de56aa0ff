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
  for (const PausedBy& p : m.policy.paused_by) {
    if (p.kind != kind && p.kind != Kind::kUnspecified) continue;
    const std::string by = p.by.empty() ? std::string() : absl::StrCat(" by ", p.by);
    const std::string why = p.reason.empty() ? std::string() : absl::StrCat(": ", p.reason);
    if (!by.empty() || !why.empty())
      return {absl::StrCat(KindName(kind), " is paused", by, why), "take it out of policy.paused"};
  }
  return {absl::StrCat(KindName(kind), " is paused by policy"), "take it out of policy.paused"};
}

}  // namespace cassplan::planner
