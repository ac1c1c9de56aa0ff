// range-movement: no restart or drain of an old or pending replica of a moving range: pending replicas raise what a
// write needs (CASSANDRA-21200), and a stream that breaks leaves the movement stuck. Also: no restart in the source
// datacenter of a rebuild or while a repair runs there, and the other way round. Movements of the plan are alone in
// `ring`; this is about those that are not ours, and about rebuilds and repairs. The mover itself is restarted only by
// resolve_movement.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kForeign, kRebuild, kRepair, kRestarts, kMover };

bool Replicated(const Model& m, Id dc) {
  for (const ReplicationClass& c : m.classes) {
    if (c.strategy == Replicates::kSimple || dc == kNone || c.rf[static_cast<size_t>(dc)] > 0) return true;
  }
  return false;
}

// A movement whose new tokens are not known may touch every node of its scope.
bool Touches(const Ask& ask, const ForeignMovement& f, Id member) {
  const Model& m = ask.model;
  if (!m.merged && f.dc != kNone && f.dc != m.member(member).dc) return false;
  if (f.member == kNone || f.movement != Movement::kLeaving) return Replicated(m, f.dc);
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    const ReplicationClass& rc = m.classes[static_cast<size_t>(c)];
    const bool simple = rc.strategy == Replicates::kSimple;
    if (!simple && rc.rf[static_cast<size_t>(m.member(member).dc)] == 0) continue;
    const placement::ReplicaMap* map = ask.facts.Replicas(c, m.member(member).dc);
    if (map == nullptr) return true;
    for (const auto& h : map->WithoutNode(f.member)) {
      if (h.gained == member) return true;
      const auto replicas = map->replicas(h.range);
      if (std::find(replicas.begin(), replicas.end(), member) != replicas.end()) return true;
    }
  }
  return false;
}

}  // namespace

void CheckRangeMovement(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  const bool disrupts = IsDisruption(a.kind) && !a.joins && a.member != kNone;
  if (disrupts) {
    for (size_t i = 0; i < m.foreign.size(); ++i) {
      const bool mover = m.foreign[i].member == a.member;
      if (mover && a.drift == "stuck-movement") continue;  // resolve_movement
      if (!mover && !Touches(ask, m.foreign[i], a.member)) continue;
      out->Add(mover ? kMover : kForeign, kNoResource, static_cast<Id>(i)).waits = true;
      return;
    }
    const Resource serving = ask.resources.serving(a.dc);
    if (!ask.Fresh(serving)) {
      if (ask.facts.OpenRebuildsFrom(a.dc) > 0) out->Add(kRebuild, serving);
      if (ask.facts.OpenRepairs(a.dc) > 0) out->Add(kRepair, serving);
    }
  }
  if (a.kind == Kind::kRebuild) {
    for (Id d = 0; d < static_cast<Id>(m.dcs.size()); ++d) {
      if (a.source_dc != kNone && a.source_dc != d) continue;
      const Resource serving = ask.resources.serving(d);
      if (!ask.Fresh(serving) && ask.facts.DisruptedInDc(d) > 0) out->Add(kRestarts, serving);
    }
  }
  if (a.kind == Kind::kRepair) {
    const Keyspace& k = m.keyspace(a.keyspace);
    for (Id d = 0; d < static_cast<Id>(m.dcs.size()); ++d) {
      if (k.strategy == Replicates::kNetworkTopology && k.rf[static_cast<size_t>(d)] == 0) continue;
      const Resource serving = ask.resources.serving(d);
      if (!ask.Fresh(serving) && ask.facts.DisruptedInDc(d) > 0) out->Add(kRestarts, serving);
    }
  }
}

Text DescribeRangeMovement(const Model& m, const Action&, const Refusal& r) {
  switch (r.code) {
    case kForeign:
    case kMover: {
      const ForeignMovement& f = m.foreign[static_cast<size_t>(r.subject)];
      const std::string who = f.member == kNone ? m.SlotName(f.slot) : m.MemberName(f.member);
      return {r.code == kMover ? absl::StrCat(who, " is changing its place in the ring")
                               : absl::StrCat("ranges of this node move with ", who),
              "wait until the movement is done"};
    }
    case kRebuild:
      return {"a rebuild reads from this datacenter", "wait until it is done"};
    case kRepair:
      return {"a repair runs in this datacenter", "wait until it is done"};
    default:
      return {"nodes that it needs are being restarted", "wait until they are back"};
  }
}

}  // namespace cassplan::planner
