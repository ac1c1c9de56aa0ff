// failure-stop: a rolling update stops after policy.max_failed_restarts failed restarts, those that the ledger tells
// and those that are seen: a node that waits or crashes with the desired template. The same restart of a node that
// failed is not tried again before something changes. Restarts of nodes that are down stay possible: they may be the
// repair.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kSame, kMany };

}  // namespace

void CheckFailureStop(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (!IsDisruption(a.kind) || a.slot == kNone) return;
  const Model& m = ask.model;
  for (const FailedStart& failed : m.failed_starts) {
    const bool same = failed.kind == Kind::kRestartNode && failed.slot == a.slot &&
                      m.slot(a.slot).revision == m.rack(a.rack).desired_revision;
    if (same || (failed.slot == a.slot && failed.attempt >= m.policy.max_failed_restarts && a.member != kNone &&
                 m.member(a.member).failed)) {
      out->Add(kSame, kNoResource, a.slot, failed.attempt);
      return;
    }
  }
  if (!a.was_down && ask.facts.failed_restarts() >= m.policy.max_failed_restarts) {
    out->Add(kMany, kNoResource, kNone, ask.facts.failed_restarts());
  }
}

Text DescribeFailureStop(const Model& m, const Action&, const Refusal& r) {
  if (r.code == kSame) {
    return {absl::StrCat("the restart of ", m.SlotName(r.subject), " failed (attempt ", r.number, ")"),
            "find out why the node does not come up; a changed template is tried at once"};
  }
  return {absl::StrCat(r.number, r.number == 1 ? " node does" : " nodes do",
                       " not come up with the desired template: a rolling update stops there "
                       "(policy.max_failed_restarts is ",
                       m.policy.max_failed_restarts, ")"),
          "bring the failed nodes back, or go back to the template that worked; or raise policy.max_failed_restarts"};
}

}  // namespace cassplan::planner
