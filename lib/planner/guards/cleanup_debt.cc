// cleanup-debt: cleanup that is owed is paid before ranges are given back to a node that still has their old data (it
// would come back to life); and no cleanup while ranges move (CASSANDRA-16418, -18824: it deletes what is pending).
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kOwed, kMoving, kDown };

}  // namespace

void CheckCleanupDebt(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (a.kind == Kind::kCleanup) {
    for (const ForeignMovement& f : m.foreign) {
      if (f.dc == a.dc || m.merged || f.dc == kNone) {
        out->Add(kMoving).waits = true;
        return;
      }
    }
    // A restart of the node that comes before brings it back: the node's own sections order the two.
    if (a.member != kNone && !m.member(a.member).up && ask.facts.Away(a.member, true)) {
      out->Add(kDown, ask.resources.slot(a.slot), a.member);
    }
    return;
  }
  const bool gives_back =
      a.kind == Kind::kDecommission || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate ||
      (a.kind == Kind::kAlterKeyspace && a.replication_factor > ask.facts.ReplicationFactor(a.keyspace, a.dc));
  if (!gives_back) return;
  int32_t owed = 0;
  for (size_t d = 0; d < m.dcs.size(); ++d) {
    if (static_cast<Id>(d) == a.dc || m.merged) owed += ask.facts.OwedInDc(static_cast<Id>(d));
  }
  // Its own debt counts, too: then whether it is cleaned up does not depend on how far the others are.
  if (owed > 0) out->Add(kOwed, ask.resources.ring(a.dc), kNone, owed);
}

Text DescribeCleanupDebt(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kOwed:
      return {absl::StrCat(Several(r.number, "node"), " of ", m.DcName(a.dc), r.number == 1 ? " owes" : " owe",
                           " a cleanup and would get ranges back"),
              "let the cleanups run first"};
    case kMoving:
      return {"ranges are moving, and a cleanup would delete what is on its way", "wait until the movement is done"};
    default:
      return {m.DownOrUnknown(r.subject),
              m.member(r.subject).down ? "bring the node back" : "collect the answers of its peers"};
  }
}

}  // namespace cassplan::planner
