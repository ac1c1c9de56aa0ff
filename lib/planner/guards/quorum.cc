// quorum: for each keyspace, datacenter and token range the replicas left up satisfy the levels, counting nodes already
// down and the whole open section. A keyspace that tolerates no loss (RF 1, RF 2 at QUORUM) stays available in no
// order: at most one replica of a range is away at a time (policy.intolerant: report), or nothing is taken away (hold).
// Restarting a node that is down cannot make it worse. Source: org.apache.cassandra.locator.ReplicaPlans,
// ConsistencyLevel.blockFor.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kLost, kIntolerant, kTokensUnknown, kJoinedUnknown, kPlaceUnknown };

class Question {
 public:
  Question(const Ask& ask, Refusals* out) : ask_(ask), a_(ask.action), fresh_(ask.ServingFresh()), out_(out) {}

  void Run() {
    if (ask_.facts.unplaced() != kNone) {
      out_->Add(kPlaceUnknown, kNoResource, ask_.facts.unplaced());
      return;
    }
    for (Id c = 0; c < ask_.facts.classes(); ++c) {
      const ReplicationClass& rc = ask_.model.classes[static_cast<size_t>(c)];
      const bool simple = rc.strategy == Replicates::kSimple;
      const int32_t rf = simple ? rc.simple_rf : rc.rf[static_cast<size_t>(a_.dc)];
      if (rf > 0 && !CheckClass(c, rc, simple, rf)) return;
    }
  }

 private:
  bool CheckClass(Id c, const ReplicationClass& rc, bool simple, int32_t rf) {
    int32_t allowed = simple ? rc.span_tolerance : rc.local_tolerance[static_cast<size_t>(a_.dc)];
    // Where there are fewer nodes than replicas, those that are missing are away already.
    const int32_t nodes = simple ? AllNodes() : KnownNodes(a_.dc);
    if (allowed != INT32_MAX) allowed -= std::max(0, rf - nodes);
    const bool intolerant = allowed <= 0 || (rc.spans && SpanTolerance(rc) <= 0);
    if (intolerant && ask_.model.policy.hold_intolerant) {
      out_->Add(kIntolerant, kNoResource, rc.first_keyspace).waits = AnyJoined();
      return false;
    }
    const int32_t limit = std::max(allowed, 1);
    const bool one_per_rack = !simple && ask_.facts.RacksInDc(a_.dc) - JoinedRacks() >= rf;
    if (one_per_rack && OthersAway() == 0) return SpansHold(rc, c, 1);
    if (!CheckJoined(one_per_rack, rc)) return false;
    const placement::ReplicaMap* map = ask_.facts.Replicas(c, a_.dc);
    if (map == nullptr) {
      out_->Add(kTokensUnknown, kNoResource, rc.first_keyspace);
      return false;
    }
    int32_t worst = 1;
    for (const placement::Range range : map->ranges_of(a_.member)) {
      int32_t lost = 1;
      for (const placement::Node n : map->replicas(range)) lost += n != a_.member && ask_.facts.Away(n, fresh_) ? 1 : 0;
      worst = std::max(worst, lost);
    }
    if (worst > limit) {
      Refusal& r = out_->Add(kLost, ask_.resources.serving(a_.dc), rc.first_keyspace, worst);
      r.mate = true;
      return false;
    }
    return SpansHold(rc, c, worst);
  }

  // Racks that have only nodes whose tokens are not known do not make room for a replica yet.
  int32_t JoinedRacks() const {
    int32_t racks = 0;
    if (ask_.facts.JoinedInDc(a_.dc) == 0) return 0;
    const Datacenter& dc = ask_.model.dc(a_.dc);
    for (Id r = dc.first_rack; r < dc.last_rack; ++r) {
      bool known = false;
      for (size_t i = 0; i < ask_.model.members.size(); ++i) {
        known = known || (ask_.model.members[i].rack == r && ask_.facts.InRing(static_cast<Id>(i)));
      }
      racks += !known && ask_.facts.NodesInRack(r) > 0 ? 1 : 0;
    }
    return racks;
  }

  int32_t AllNodes() const {
    int32_t n = 0;
    for (size_t d = 0; d < ask_.model.dcs.size(); ++d) n += KnownNodes(static_cast<Id>(d));
    return n;
  }

  // Nodes away that are in other racks of the datacenter.
  int32_t OthersAway() const { return ask_.facts.AwayInDc(a_.dc, fresh_) - ask_.facts.AwayInRack(ask_.Rack(), fresh_); }

  // A node that joined in this plan may share any range: while one replica per rack holds only nodes of other racks
  // matter.
  bool CheckJoined(bool one_per_rack, const ReplicationClass& rc) {
    if (ask_.facts.JoinedInDc(a_.dc) == 0 && !(ask_.model.merged && AnyJoined())) return true;
    const Id member = a_.member;
    const bool known = member != kNone && ask_.facts.InRing(member);
    if (known || one_per_rack) return true;
    Refusal& r = out_->Add(kJoinedUnknown, ask_.resources.serving(a_.dc), rc.first_keyspace);
    r.mate = true;
    r.waits = true;
    return false;
  }

  bool AnyJoined() const {
    for (size_t d = 0; d < ask_.model.dcs.size(); ++d) {
      if (ask_.facts.JoinedInDc(static_cast<Id>(d)) > 0) return true;
    }
    return false;
  }

  // Nodes whose tokens are known: the others hold no range for certain yet.
  int32_t KnownNodes(Id dc) const { return ask_.facts.NodesInDc(dc) - ask_.facts.JoinedInDc(dc); }

  // Without the replicas that datacenters with too few nodes do not have.
  int32_t SpanTolerance(const ReplicationClass& rc) const {
    int32_t tolerance = rc.span_tolerance;
    for (size_t d = 0; d < rc.rf.size(); ++d) tolerance -= std::max(0, rc.rf[d] - KnownNodes(static_cast<Id>(d)));
    return tolerance;
  }

  // Levels that count over all datacenters: what is lost here plus the worst that is lost elsewhere.
  bool SpansHold(const ReplicationClass& rc, Id c, int32_t here) {
    if (!rc.spans) return true;
    int32_t total = here;
    for (Id d = 0; d < static_cast<Id>(ask_.model.dcs.size()); ++d) {
      if (d == a_.dc || rc.rf[static_cast<size_t>(d)] == 0 || ask_.facts.AwayInDc(d, fresh_) == 0) continue;
      const int32_t worst = WorstIn(c, d);
      if (worst < 0) {
        out_->Add(kTokensUnknown, kNoResource, rc.first_keyspace);
        return false;
      }
      total += worst;
    }
    if (total <= std::max(SpanTolerance(rc), 1)) return true;
    out_->Add(kLost, ask_.resources.serving(a_.dc), rc.first_keyspace, total).mate = true;
    return false;
  }

  int32_t WorstIn(Id c, Id d) const {
    const placement::ReplicaMap* map = ask_.facts.Replicas(c, d);
    if (map == nullptr) return -1;
    int32_t worst = 0;
    for (size_t i = 0; i < ask_.model.members.size(); ++i) {
      const Id id = static_cast<Id>(i);
      if (ask_.model.members[i].dc != d || !ask_.facts.InRing(id) || !ask_.facts.Away(id, fresh_)) continue;
      for (const placement::Range range : map->ranges_of(id)) {
        int32_t lost = 0;
        for (const placement::Node n : map->replicas(range)) lost += ask_.facts.Away(n, fresh_) ? 1 : 0;
        worst = std::max(worst, lost);
      }
    }
    return worst;
  }

  const Ask& ask_;
  const Action& a_;
  const bool fresh_;
  Refusals* out_;
};

}  // namespace

void CheckQuorum(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (!IsDisruption(a.kind) || a.was_down || a.joins || a.member == kNone) return;
  if (!ask.model.member(a.member).in_ring) return;
  Question(ask, out).Run();
}

Text DescribeQuorum(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kIntolerant:
      return {absl::StrCat("keyspace ", m.keyspace(r.subject).name,
                           " tolerates no loss of a replica at its level, and policy.intolerant is hold"),
              "raise its replication factor, lower its level in policy.keyspaces, or set policy.intolerant to report"};
    case kTokensUnknown:
      return {absl::StrCat("which ranges of keyspace ", m.keyspace(r.subject).name,
                           " the nodes hold is not known while other nodes are away"),
              "collect the tokens (TokenToEndpointMap) of the ring"};
    case kJoinedUnknown:
      return {"which ranges the nodes that join will hold is not known yet", "wait until they have joined"};
    case kPlaceUnknown:
      return {absl::StrCat("in which datacenter and rack ", m.MemberName(r.subject), " is, is not known"),
              "collect its answer, or AllEndpointStates of another node"};
    default:
      if (const Id unsure = AnyUnsure(m, a.dc); unsure != kNone) {
        return {absl::StrCat(m.DownOrUnknown(unsure), " and counts as away; without ",
                             a.member == kNone ? std::string("it") : m.MemberName(a.member), ", too, ", r.number,
                             " replicas of a range of keyspace ", m.keyspace(r.subject).name, " would be away at once"),
                absl::StrCat("collect the answers of the peers of ", m.MemberName(unsure),
                             ", and bring back the nodes that are down")};
      }
      return {absl::StrCat("without ", a.member == kNone ? std::string("it") : m.MemberName(a.member), ", ", r.number,
                           " replicas of a range of keyspace ", m.keyspace(r.subject).name, " would be away at once"),
              "wait until the nodes that are away are back; bring back those that stay down"};
  }
}

}  // namespace cassplan::planner
