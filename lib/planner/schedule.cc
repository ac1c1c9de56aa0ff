#include "lib/planner/schedule.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/fingerprint.h"
#include "lib/planner/admit.h"
#include "lib/planner/dead.h"
#include "lib/planner/facts.h"

namespace cassplan::planner {
namespace {

// The open section of a resource. Sections before it are closed.
struct Open {
  int32_t number = 0;
  int32_t count = 0;  // members
  bool alone = false;
};

class Pass {
 public:
  Pass(const Model& model, const std::vector<Action>& actions, const ScheduleOptions& options)
      : m_(model), actions_(actions), options_(options), resources_(model), facts_(model, resources_) {
    const size_t n = actions.size();
    out_.place.assign(n, Place::kWaiting);
    out_.memberships.resize(n);
    out_.refusals.resize(n);
    out_.waived.resize(n);
    open_.resize(static_cast<size_t>(resources_.count()));
    parked_.resize(open_.size());
    rank_.assign(n, 0);
    by_rank_.resize(n);
    missing_.assign(n, 0);
    followers_.resize(n);
    refused_at_.assign(n, -1);
  }

  Schedule Run() {
    PlaceInFlight();
    MakeRanks();
    CountPredecessors();
    Drain();
    RetryParked();
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (out_.place[i] != Place::kWaiting) continue;
      const Action& a = actions_[i];
      const bool dropped = Dropped(a);  // its premise is not in the plan
      out_.place[i] = dropped ? Place::kDropped : Place::kHeld;
    }
    return std::move(out_);
  }

 private:
  static size_t At(int32_t i) { return static_cast<size_t>(i); }

  // ---- section 0: what is in flight already, unjudged
  void PlaceInFlight() {
    out_.in_flight.resize(m_.in_flight.size());
    std::vector<Claim> claims;
    std::vector<Resource> alone;
    for (size_t i = 0; i < m_.in_flight.size(); ++i) {
      const InFlight& running = m_.in_flight[i];
      Action a;
      a.kind = running.kind;
      a.dc = running.dc;
      a.rack = running.rack;
      a.slot = running.slot;
      a.member = running.member;
      a.keyspace = running.keyspace;
      a.source_dc = running.source_dc;
      a.release_changes = running.release_changes;
      a.replication_factor = running.replication_factor;
      a.some_keyspaces = running.some_keyspaces;
      a.joins = a.kind == Kind::kStartNode && (a.member == kNone || m_.member(a.member).movement == Movement::kJoining);
      if (!Claimable(a)) continue;
      ClaimsOf(m_, resources_, a, &claims);
      facts_.Place(a, claims);
      for (const Claim& c : claims) {
        Join(c, 1, &out_.in_flight[i]);
        if (c.alone) alone.push_back(c.resource);
      }
    }
    // Closed only after all are in: the ledger may have several that tolerate no other.
    std::sort(alone.begin(), alone.end());
    alone.erase(std::unique(alone.begin(), alone.end()), alone.end());
    for (const Resource r : alone) CloseSection(r);
  }

  // A ledger entry may name what no longer exists.
  bool Claimable(const Action& a) const {
    const bool slot_ok = a.slot != kNone || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate;
    switch (a.kind) {
      case Kind::kCreateClusterObjects:
      case Kind::kUpdateClusterObjects:
      case Kind::kSetSeeds:
      case Kind::kPauseRepairs:
      case Kind::kResumeRepairs:
      case Kind::kStopCompaction:
      case Kind::kDeleteBackup:
        return true;
      case Kind::kCreateRack:
      case Kind::kUpdateRack:
      case Kind::kRecreateRack:
      case Kind::kDeleteRack:
        return a.rack != kNone;
      case Kind::kAlterKeyspace:
        return a.keyspace != kNone && a.dc != kNone;
      case Kind::kRebuild:
      case Kind::kRepair:
        return slot_ok && (a.keyspace != kNone || a.kind == Kind::kRebuild) && a.dc != kNone;
      default:
        return slot_ok && a.dc != kNone && a.rack != kNone;
    }
  }

  // ---- the order of keys, as ranks
  void MakeRanks() {
    std::vector<ActionIndex> order(actions_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<ActionIndex>(i);
    std::sort(order.begin(), order.end(), [this](ActionIndex a, ActionIndex b) {
      const auto x = actions_[At(a)].key.Tuple();
      const auto y = actions_[At(b)].key.Tuple();
      return x != y ? x < y : a < b;
    });
    for (size_t r = 0; r < order.size(); ++r) {
      rank_[At(order[r])] = static_cast<int32_t>(r);
      by_rank_[r] = order[r];
    }
  }

  void CountPredecessors() {
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (actions_[i].in_flight) out_.place[i] = Place::kInFlight;
    }
    for (size_t i = 0; i < actions_.size(); ++i) {
      const Action& a = actions_[i];
      if (a.in_flight || a.in_unit) continue;  // a drain is placed with its restart, never by itself
      for (const ActionIndex p : a.hard) {
        if (p == a.drain || actions_[At(p)].in_flight) continue;
        ++missing_[i];
        followers_[At(p)].push_back(static_cast<ActionIndex>(i));
      }
      if (missing_[i] == 0) Push(static_cast<ActionIndex>(i));
    }
  }

  void Push(ActionIndex i) { heap_.push(rank_[At(i)]); }

  // ---- the pass
  void Drain() {
    while (!heap_.empty() || !aside_.empty()) {
      if (!aside_.empty() && (heap_.empty() || !SameRackRestart(by_rank_[At(heap_.top())], aside_.front()))) {
        ReturnAside();
      }
      const ActionIndex i = by_rank_[At(heap_.top())];
      heap_.pop();
      if (out_.place[At(i)] == Place::kPlaced || out_.place[At(i)] == Place::kDropped) continue;
      Try(i);
    }
  }

  bool SameRackRestart(ActionIndex a, ActionIndex b) const {
    const Action& x = actions_[At(a)];
    return x.kind == Kind::kRestartNode && x.rack == actions_[At(b)].rack;
  }

  // Those set aside come back; the first of them may open a new section.
  void ReturnAside() {
    forced_ = *std::min_element(aside_.begin(), aside_.end(),
                                [this](ActionIndex a, ActionIndex b) { return rank_[At(a)] < rank_[At(b)]; });
    for (const ActionIndex i : aside_) Push(i);
    aside_.clear();
  }

  bool Dropped(const Action& a) const {
    if (a.unless >= 0) {
      const Place p = out_.place[At(a.unless)];
      if (p == Place::kPlaced || p == Place::kInFlight) return true;
    }
    if (a.only_with == nullptr) return false;
    for (size_t k = a.only_with_from; k < a.only_with->size(); ++k) {
      const Place p = out_.place[At((*a.only_with)[k])];
      if (p == Place::kPlaced || p == Place::kInFlight) return false;
    }
    return true;
  }

  void Try(ActionIndex i) {
    const Action& a = actions_[At(i)];
    if (Dropped(a)) {
      out_.place[At(i)] = Place::kDropped;
      if (a.drain >= 0) out_.place[At(a.drain)] = Place::kDropped;
      return;
    }
    ClaimsOf(m_, resources_, a, &claims_);
    fresh_.clear();
    for (const Claim& c : claims_) {
      if (c.alone && open_[At(c.resource)].count > 0) fresh_.push_back(c.resource);
    }
    for (;;) {
      AskGuards(i);
      if (refusals_.empty()) break;
      Widened next = Widen();
      if (next.none) {
        Park(i);
        return;
      }
      const bool alone_again = forced_ == i || a.kind != Kind::kRestartNode;
      if (!alone_again && OnlyMates() && MoreOfRack(a)) {
        aside_.push_back(i);
        return;
      }
      if (!alone_again && !aside_.empty()) {  // those set aside have the older claim to a new section
        Push(i);
        ReturnAside();
        return;
      }
      fresh_.insert(fresh_.end(), next.resources.begin(), next.resources.end());
    }
    Grant(i);
  }

  bool OnlyMates() const {
    return std::all_of(refusals_.begin(), refusals_.end(), [](const Refusal& r) { return r.mate; });
  }

  bool MoreOfRack(const Action& a) const {
    if (heap_.empty()) return false;
    const Action& next = actions_[At(by_rank_[At(heap_.top())])];
    return next.kind == Kind::kRestartNode && next.rack == a.rack;
  }

  struct Widened {
    bool none = false;
    std::vector<Resource> resources;
  };

  // Owners named by all refusing guards, less those read as closed already and those that nobody is in.
  Widened Widen() const {
    Widened w;
    for (const Refusal& r : refusals_) {
      if (r.resource == kNoResource) {
        w.none = true;
        return w;
      }
      const bool claimed =
          std::any_of(claims_.begin(), claims_.end(), [&](const Claim& c) { return c.resource == r.resource; });
      const bool fresh = std::find(fresh_.begin(), fresh_.end(), r.resource) != fresh_.end();
      if (claimed && !fresh && open_[At(r.resource)].count > 0) w.resources.push_back(r.resource);
    }
    std::sort(w.resources.begin(), w.resources.end());
    w.resources.erase(std::unique(w.resources.begin(), w.resources.end()), w.resources.end());
    w.none = w.resources.empty();
    return w;
  }

  void AskGuards(ActionIndex i) {
    ++out_.asks;
    refusals_.clear();
    const Action& a = actions_[At(i)];
    Ask ask{facts_, m_, resources_, a, fresh_};
    for (const ActionIndex p : a.hard) {
      const Action& before = actions_[At(p)];
      const bool same_slot = before.slot == a.slot && a.slot != kNone;
      ask.predecessor_left |= same_slot && (TakesOut(before.kind) || (before.kind == Kind::kShrinkRack && Left(p)));
      const bool sets_aside = before.kind == Kind::kQuarantineVolume ||
                              (before.drain >= 0 && actions_[At(before.drain)].kind == Kind::kQuarantineVolume);
      ask.predecessor_empties |= same_slot && (before.kind == Kind::kDeleteVolume || sets_aside);
      ask.predecessor_demotes |= before.kind == Kind::kSetSeeds && !before.last_seeds;
    }
    Refusals refusals(&refusals_);
    const absl::Span<const Guard> guards = Guards();
    for (size_t g = 0; g < guards.size(); ++g) {
      if ((options_.without_guards >> g & 1) != 0) continue;
      refusals.set_guard(static_cast<uint8_t>(g));
      guards[g].check(ask, &refusals);
    }
    if (!refusals_.empty() && !m_.policy.waivers.empty()) ApplyWaivers(i);
  }

  static bool TakesOut(Kind kind) {
    return kind == Kind::kDecommission || kind == Kind::kRemoveNode || kind == Kind::kAssassinate;
  }

  // A shrink after a decommission of the same slot.
  bool Left(ActionIndex shrink) const {
    const Action& s = actions_[At(shrink)];
    if (!m_.slot(s.slot).left_host_id.empty() && m_.slot(s.slot).left_proven) return true;
    return std::any_of(s.hard.begin(), s.hard.end(),
                       [&](ActionIndex p) { return TakesOut(actions_[At(p)].kind) && actions_[At(p)].slot == s.slot; });
  }

  // What loses data for good is let pass for the keyspaces that the waiver names, and no other.
  bool Names(const Waiver& w, const Refusal& r) const {
    if (w.guard != "single-replica") return true;
    return r.subject != kNone &&
           std::find(w.keyspaces.begin(), w.keyspaces.end(), m_.keyspace(r.subject).name) != w.keyspaces.end();
  }

  void ApplyWaivers(ActionIndex i) {
    const std::string id = ActionId(m_, actions_[At(i)], GoalOf(m_, actions_[At(i)]));
    out_.waived[At(i)].clear();
    auto waived = [&](const Refusal& r) {
      for (const Waiver& w : m_.policy.waivers) {
        if (w.action_id == id && w.guard == Guards()[r.guard].slug && Names(w, r)) {
          out_.waived[At(i)].push_back(r.guard);
          return true;
        }
      }
      return false;
    };
    refusals_.erase(std::remove_if(refusals_.begin(), refusals_.end(), waived), refusals_.end());
  }

  void Park(ActionIndex i) {
    out_.place[At(i)] = Place::kHeld;
    out_.refusals[At(i)] = refusals_;
    refused_at_[At(i)] = version_;
    bool again = true;
    for (const Refusal& r : refusals_) again = again && r.resource != kNoResource;
    if (!again) {
      refused_at_[At(i)] = INT64_MAX;  // by facts that no action changes
      return;
    }
    for (const Refusal& r : refusals_) {
      std::vector<ActionIndex>& list = parked_[At(r.resource)];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }

  void Join(const Claim& c, int32_t members, std::vector<Membership>* out) {
    Open& open = open_[At(c.resource)];
    open.count += members;
    open.alone = open.alone || c.alone;
    out->push_back({c.resource, open.number, c.alone});
  }

  void Grant(ActionIndex i) {
    const Action& a = actions_[At(i)];
    std::sort(fresh_.begin(), fresh_.end());
    for (const Resource r : fresh_) CloseSection(r);
    const ActionIndex drain = a.drain >= 0 && !actions_[At(a.drain)].in_flight ? a.drain : -1;
    if (drain >= 0) facts_.Place(actions_[At(drain)], claims_);
    facts_.Place(a, claims_);
    for (const Claim& c : claims_) {
      if (drain >= 0) out_.memberships[At(drain)].push_back({c.resource, open_[At(c.resource)].number, c.alone});
      Join(c, drain >= 0 ? 2 : 1, &out_.memberships[At(i)]);
    }
    if (drain >= 0) MarkPlaced(drain);
    MarkPlaced(i);
    forced_ = -1;
    // Nothing can join a section that one action has alone.
    for (const Claim& c : claims_) {
      if (c.alone) CloseSection(c.resource);
    }
    if (!aside_.empty() && !fresh_.empty()) ReturnAside();
    for (const ActionIndex follower : followers_[At(i)]) {
      if (--missing_[At(follower)] == 0) Push(follower);
    }
  }

  void MarkPlaced(ActionIndex i) {
    out_.place[At(i)] = Place::kPlaced;
    out_.refusals[At(i)].clear();
    out_.order.push_back(i);
    ++version_;
  }

  void CloseSection(Resource r) {
    Open& open = open_[At(r)];
    if (open.count == 0) return;
    out_.sections.push_back({r, open.number, open.alone, open.count});
    ++open.number;
    open.count = 0;
    open.alone = false;
    if (!facts_.Close(r)) return;
    std::vector<ActionIndex> again;
    again.swap(parked_[At(r)]);
    for (const ActionIndex i : again) {
      if (out_.place[At(i)] == Place::kHeld && refused_at_[At(i)] != INT64_MAX) {
        out_.place[At(i)] = Place::kWaiting;
        Push(i);
      }
    }
  }

  // What was refused before the last placing is asked again, until a round places nothing.
  void RetryParked() {
    for (;;) {
      bool any = false;
      for (size_t i = 0; i < actions_.size(); ++i) {
        if (out_.place[i] != Place::kHeld || refused_at_[i] >= version_) continue;
        out_.place[i] = Place::kWaiting;
        Push(static_cast<ActionIndex>(i));
        any = true;
      }
      if (!any) break;
      for (auto& list : parked_) list.clear();
      const size_t before = out_.order.size();
      Drain();
      if (out_.order.size() == before) break;
    }
    for (size_t r = 0; r < open_.size(); ++r) {
      if (open_[r].count > 0) {
        out_.sections.push_back({static_cast<Resource>(r), open_[r].number, open_[r].alone, open_[r].count});
      }
    }
    std::sort(out_.sections.begin(), out_.sections.end(), [](const SectionInfo& a, const SectionInfo& b) {
      return std::make_pair(a.resource, a.number) < std::make_pair(b.resource, b.number);
    });
  }

  const Model& m_;
  const std::vector<Action>& actions_;
  const ScheduleOptions& options_;
  const Resources resources_;
  Facts facts_;
  Schedule out_;
  std::vector<Open> open_;                        // by resource
  std::vector<std::vector<ActionIndex>> parked_;  // by resource
  std::vector<int32_t> rank_;
  std::vector<ActionIndex> by_rank_;
  std::vector<int32_t> missing_;  // hard predecessors that are not placed yet
  std::vector<std::vector<ActionIndex>> followers_;
  std::vector<int64_t> refused_at_;
  std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>> heap_;
  std::vector<ActionIndex> aside_;
  ActionIndex forced_ = -1;
  int64_t version_ = 0;
  std::vector<Claim> claims_;
  std::vector<Resource> fresh_;
  std::vector<Refusal> refusals_;
};

}  // namespace

Schedule MakeSchedule(const Model& model, const std::vector<Action>& actions, const ScheduleOptions& options) {
  return Pass(model, actions, options).Run();
}

std::string GoalOf(const Model& m, const Action& a) {
  if (a.drift == "requested" && a.request != kNone) return std::string(m.request_at(a.request).uid);
  switch (a.kind) {
    case Kind::kCreateRack:
    case Kind::kUpdateRack:
    case Kind::kDrain:
    case Kind::kRestartNode: {
      if (a.drift == "crossed-address" || a.drift == "stuck-movement") return std::string(a.drift);
      const Rack& rack = m.rack(a.rack);
      return rack.restart_token.empty() ? std::string(rack.desired_revision)
                                        : absl::StrCat(rack.desired_revision, "+", rack.restart_token);
    }
    case Kind::kGrowVolume:
      return absl::StrCat("capacity=", a.capacity);
    case Kind::kRecreateRack:
      if (a.capacity > 0) return absl::StrCat("capacity=", a.capacity);
      return absl::StrCat(m.rack(a.rack).desired_workload, "+", m.rack(a.rack).desired_revision);
    case Kind::kTakeSnapshot:
      return absl::StrCat("before=", DesiredRuns(m.rack(a.rack)).line);
    case Kind::kUpgradeSstables:
      return absl::StrCat("release=", a.detail);
    case Kind::kStartNode:
      return "member";
    case Kind::kReplaceNode:
    case Kind::kQuarantineVolume:
    case Kind::kRemoveNode:
    case Kind::kAssassinate:
      if (a.request != kNone) return std::string(m.request_at(a.request).uid);
      // The same slot may be replaced again, when the next member dies, too.
      return absl::StrCat("without ", a.member == kNone ? absl::string_view() : m.member(a.member).host_id);
    case Kind::kDecommission:
    case Kind::kShrinkRack:
    case Kind::kDeleteVolume:
    case Kind::kDeleteRack:
      return "gone";
    case Kind::kAlterKeyspace:
      return absl::StrCat("rf=", a.replication_factor, a.lowers ? ", fewer" : a.converts ? ", converted" : "");
    case Kind::kRebuild:
      return absl::StrCat("rf=", a.replication_factor);
    case Kind::kRepair: {
      if (a.drift == "repair-owed") return absl::StrCat("rf=", a.replication_factor);
      // A new round is a new goal: rounds are counted by the interval.
      return absl::StrCat("round=", m.policy.repair_interval > 0 ? m.now / m.policy.repair_interval : 0);
    }
    case Kind::kCreateClusterObjects:
    case Kind::kUpdateClusterObjects: {
      base::Fingerprint f;
      for (const ObjectState& o : m.objects) f.Add(o.kind).Add(o.name).Add(o.desired_revision);
      return f.Hex(16);
    }
    case Kind::kSetSeeds: {
      base::Fingerprint f;
      const std::vector<Id> seeds = a.demotes ? RemainingSeeds(m) : a.last_seeds ? m.final_seeds : m.seeds;
      for (const Id s : seeds) f.Add(m.SlotName(s));
      return f.Hex(16);
    }
    default:
      return "";
  }
}

std::string ActionId(const Model& m, const Action& a, absl::string_view goal) {
  base::Fingerprint f;
  f.Add(KindName(a.kind));
  if (a.slot != kNone) {
    f.Add(m.SlotName(a.slot));
  } else if (a.rack != kNone) {
    f.Add(m.RackName(a.rack));
  } else if (a.member != kNone) {
    f.Add(m.member(a.member).host_id);
  } else {
    f.Add(a.dc == kNone ? absl::string_view() : m.dc(a.dc).name);
  }
  f.Add(a.keyspace == kNone ? absl::string_view() : m.keyspace(a.keyspace).name);
  f.Add(goal);
  return f.Hex(16);
}

}  // namespace cassplan::planner
