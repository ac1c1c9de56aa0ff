// movement-sources: every donor and receiver of the ranges that will move is up, and the levels still hold if the mover
// dies in the middle. A joiner's tokens are not known, so every node of its datacenter is a donor, whichever keyspaces
// there are: it takes Cassandra's own ones from them, too, and gives up where a node that it would take over from is
// down (consistent range movement). For replace and removenode the level must hold without the node that is gone.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kDown, kDeadVictim, kTokensUnknown, kIntolerant, kSelfDown, kUnknown, kAlive, kBothGone };

Id AnyAway(const Ask& ask, Id dc, Id except) {
  for (size_t i = 0; i < ask.model.members.size(); ++i) {
    const Id id = static_cast<Id>(i);
    const bool scope = ask.model.members[i].dc == dc || ask.model.merged;
    if (scope && id != except && ask.facts.InRing(id) && ask.facts.Away(id, true)) return id;
  }
  return kNone;
}

// A rebuild streams from that datacenter and from no other, and shares its serving with restarts.
Id AwayInSource(const Ask& ask, Id dc, bool fresh) {
  for (size_t i = 0; i < ask.model.members.size(); ++i) {
    const Id id = static_cast<Id>(i);
    const bool source = ask.model.members[i].dc == dc && id != ask.action.member;
    if (source && ask.facts.InRing(id) && ask.facts.Away(id, fresh)) return id;
  }
  return kNone;
}

// Down, and no restart that comes before brings it back. (Its own sections order the two.)
bool StaysDown(const Ask& ask, Id member) { return !ask.model.member(member).up && ask.facts.Away(member, true); }

void CheckRebuild(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  for (Id d = 0; d < static_cast<Id>(ask.model.dcs.size()); ++d) {
    if (a.source_dc != kNone && a.source_dc != d) continue;
    const Resource serving = ask.resources.serving(d);
    const Id down = AwayInSource(ask, d, ask.Fresh(serving));
    if (down != kNone) out->Add(kDown, serving, down);
  }
  if (a.member != kNone && StaysDown(ask, a.member)) out->Add(kSelfDown, ask.resources.slot(a.slot), a.member);
}

bool Intolerant(const ReplicationClass& c, Id dc) {
  if (c.strategy == Replicates::kSimple || c.spans) {
    if (c.span_tolerance <= 0) return true;
  }
  return c.strategy != Replicates::kSimple && c.local_tolerance[static_cast<size_t>(dc)] <= 0;
}

void CheckIntolerant(const Ask& ask, Refusals* out) {
  if (!ask.model.policy.hold_intolerant) return;
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    const ReplicationClass& rc = ask.model.classes[static_cast<size_t>(c)];
    if (!ask.facts.Replicates(c, ask.action.dc) || !Intolerant(rc, ask.action.dc)) continue;
    out->Add(kIntolerant, kNoResource, rc.first_keyspace);
    return;
  }
}

void CheckJoin(const Ask& ask, Refusals* out) {
  const Id down = AnyAway(ask, ask.action.dc, ask.action.member);
  if (down != kNone) out->Add(kDown, ask.resources.serving(ask.action.dc), down);
}

// A member of the ring of which nobody tells whether it is up: what leaves for good does not go on a guess.
Id AnyUnknown(const Ask& ask, Id dc) {
  for (size_t i = 0; i < ask.model.members.size(); ++i) {
    const Member& member = ask.model.members[i];
    if (!member.in_ring || member.up || member.down) continue;
    if (member.dc == dc || member.dc == kNone || ask.model.merged) return static_cast<Id>(i);
  }
  return kNone;
}

// Old replicas and gainers of the ranges that the leaving node holds.
void CheckLeave(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Member& victim = ask.model.member(a.member);
  if (StaysDown(ask, a.member)) {
    out->Add(victim.down ? kDeadVictim : kUnknown, victim.down ? ask.resources.serving(a.dc) : kNoResource, a.member);
    return;
  }
  if (victim.at_risk) {
    out->Add(kSelfDown, kNoResource, a.member);
    return;
  }
  const Id any = AnyAway(ask, a.dc, a.member);
  if (any == kNone) return;
  if (const Id unknown = AnyUnknown(ask, a.dc); unknown != kNone) {
    out->Add(kUnknown, kNoResource, unknown);
    return;
  }
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    if (!ask.facts.Replicates(c, a.dc)) continue;
    const placement::ReplicaMap* map = ask.facts.Replicas(c, a.dc);
    if (map == nullptr || ask.facts.JoinedInDc(a.dc) > 0) {
      out->Add(kTokensUnknown, ask.resources.serving(a.dc), any);
      return;
    }
    for (const auto& h : map->WithoutNode(a.member)) {
      Id hit = h.gained >= 0 && ask.facts.Away(h.gained, true) ? h.gained : kNone;
      for (const placement::Node n : map->replicas(h.range)) {
        if (n != a.member && ask.facts.Away(n, true)) hit = n;
      }
      if (hit == kNone) continue;
      out->Add(kDown, ask.resources.serving(a.dc), hit);
      return;
    }
  }
}

// Every range of the node that is gone keeps its level, and all its other replicas.
void CheckGone(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (!ask.model.member(a.member).down || !StaysDown(ask, a.member)) {
    out->Add(kAlive, kNoResource, a.member);
    return;
  }
  if (a.kind == Kind::kAssassinate) return;  // nothing is streamed
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    if (!ask.facts.Replicates(c, a.dc)) continue;
    const placement::ReplicaMap* map = ask.facts.Replicas(c, a.dc);
    if (map == nullptr) {
      out->Add(kTokensUnknown, kNoResource, a.member);
      return;
    }
    for (const placement::Range range : map->ranges_of(a.member)) {
      for (const placement::Node n : map->replicas(range)) {
        if (n == a.member || !ask.facts.Away(n, true)) continue;
        out->Add(kBothGone, ask.resources.serving(a.dc), n);
        return;
      }
    }
    if (a.kind != Kind::kRemoveNode) continue;
    for (const auto& h : map->WithoutNode(a.member)) {
      if (h.gained < 0 || !ask.facts.Away(h.gained, true)) continue;
      out->Add(kDown, ask.resources.serving(a.dc), h.gained);
      return;
    }
  }
}

}  // namespace

void CheckMovementSources(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (a.kind == Kind::kRebuild) {
    CheckRebuild(ask, out);
    return;
  }
  if (a.kind == Kind::kRepair) {
    if (a.member != kNone && StaysDown(ask, a.member)) out->Add(kSelfDown, ask.resources.slot(a.slot), a.member);
    return;
  }
  if (a.joins) {
    CheckJoin(ask, out);
    CheckIntolerant(ask, out);
  } else if (a.kind == Kind::kDecommission) {
    CheckLeave(ask, out);
    CheckIntolerant(ask, out);
  } else if (a.kind == Kind::kReplaceNode || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate) {
    CheckGone(ask, out);
  }
}

Text DescribeMovementSources(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kDown:
      return Unsure(m.member(r.subject))
                 ? Text{absl::StrCat(m.DownOrUnknown(r.subject), ", and it would have to give or take data"),
                        "collect the answers of its peers"}
                 : Text{absl::StrCat(m.MemberName(r.subject), " is down and would have to give or take data"),
                        absl::StrCat("bring ", m.MemberName(r.subject), " back, or replace it")};
    case kBothGone:
      return {absl::StrCat(m.MemberName(r.subject), " is down, too, and holds ranges of ", m.MemberName(a.member),
                           ": what was written to both only would be missed"),
              absl::StrCat("bring ", m.MemberName(r.subject),
                           " back; when both are lost for good, add a waiver for guard movement-sources, and repair "
                           "afterwards")};
    case kDeadVictim:
      return {absl::StrCat(m.MemberName(r.subject), " is down; a node that is down cannot be decommissioned"),
              absl::StrCat("bring it back; or ask for remove_node of host id ", m.member(r.subject).host_id,
                           ", or set policy.dead_node to remove")};
    case kAlive:
      return {absl::StrCat("that ", m.MemberName(r.subject), " is down for good is not known"),
              "only a dead member is replaced or removed: stop it first, or decommission it"};
    case kUnknown:
      return {absl::StrCat("whether ", m.MemberName(r.subject), " is up is not known"),
              "collect the answers of its peers"};
    case kSelfDown:
      if (Unsure(m.member(r.subject))) return {m.DownOrUnknown(r.subject), "collect the answers of its peers"};
      return {absl::StrCat(m.MemberName(r.subject), " is down, or about to go down"), "bring it back first"};
    case kTokensUnknown:
      return {absl::StrCat(m.MemberName(r.subject), " is down, and which ranges move is not known"),
              absl::StrCat("collect the tokens of the ring (TokenToEndpointMap), or bring ", m.MemberName(r.subject),
                           " back")};
    default:
      return {absl::StrCat("keyspace ", m.keyspace(r.subject).name,
                           " would be unavailable if the node died meanwhile, and policy.intolerant is hold"),
              "raise its replication factor, or set policy.intolerant to report"};
  }
}

}  // namespace cassplan::planner
