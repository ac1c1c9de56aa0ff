#include "lib/verify/invariants.h"

#include <algorithm>

#include "absl/container/btree_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cassplan::verify {
namespace {

bool Contains(const std::vector<int32_t>& sorted, int32_t item) {
  return std::binary_search(sorted.begin(), sorted.end(), item);
}

std::string NamesOf(const World& world, const std::vector<int32_t>& nodes) {
  return absl::StrJoin(nodes, ", ",
                       [&](std::string* out, int32_t node) { absl::StrAppend(out, At(world.nodes, node).name); });
}

// Members of a datacenter, and how many racks they are in.
struct Population {
  int32_t nodes = 0;
  absl::btree_set<int32_t> racks;
};

Population CountIn(const World& world, const Moment& moment, int32_t dc, int32_t without) {
  Population population;
  for (int32_t i = 0; i < Size(world.nodes); ++i) {
    if (i == without || !At(moment.nodes, i).in_ring || (dc != kNone && At(world.nodes, i).dc != dc)) continue;
    ++population.nodes;
    population.racks.insert(At(world.nodes, i).rack);
  }
  return population;
}

// The rules for one running action.
class OneCheck {
 public:
  OneCheck(const Scene& scene, const Moment& moment, Ring& ring, int32_t number)
      : scene_(scene),
        world_(scene.world),
        moment_(moment),
        ring_(ring),
        number_(number),
        operation_(At(scene.operations, number)) {}

  void Check() {
    const v1::ActionKind kind = operation_.kind;
    if (kind == v1::ACTION_KIND_SHRINK_RACK || kind == v1::ACTION_KIND_DELETE_VOLUME) CheckLeftFirst();
    if (kind == v1::ACTION_KIND_DELETE_RACK) CheckRackEmpty();
    if (kind == v1::ACTION_KIND_DECOMMISSION || kind == v1::ACTION_KIND_REMOVE_NODE ||
        kind == v1::ACTION_KIND_ASSASSINATE) {
      CheckFloor();
    }
    if (kind == v1::ACTION_KIND_REMOVE_NODE || kind == v1::ACTION_KIND_ASSASSINATE ||
        kind == v1::ACTION_KIND_REPLACE_NODE || kind == v1::ACTION_KIND_QUARANTINE_VOLUME) {
      CheckDead();
    }
    if (kind == v1::ACTION_KIND_REMOVE_NODE || kind == v1::ACTION_KIND_ASSASSINATE) CheckFenced();
    if (kind == v1::ACTION_KIND_RESTART_NODE || kind == v1::ACTION_KIND_START_NODE) CheckGrace();
    if (kind == v1::ACTION_KIND_START_NODE || kind == v1::ACTION_KIND_REPLACE_NODE) CheckVolume();
    if (kind == v1::ACTION_KIND_ALTER_KEYSPACE) CheckFactor();
    if (kind == v1::ACTION_KIND_REBUILD) CheckRebuild();
    if (Disrupts(operation_)) CheckInRing();
    if (NeedsOneRelease(operation_)) CheckReleases();
  }

 private:
  void Add(absl::string_view invariant, const std::string& text) {
    scene_.findings.Add(invariant, absl::StrCat(Describe(operation_, world_), ": ", text), {number_});
  }

  bool HasNode() const { return operation_.node != kNone; }
  const NodeNow& Now() const { return At(moment_.nodes, operation_.node); }

  void CheckLeftFirst() {
    absl::btree_set<std::string> hosts;
    if (!operation_.target.host_id().empty()) hosts.insert(operation_.target.host_id());
    if (operation_.slot != kNone) {
      const Slot& slot = At(world_.slots, operation_.slot);
      if (slot.node != kNone) hosts.insert(At(world_.nodes, slot.node).host_id);
      hosts.insert(slot.host_id);
      hosts.insert(slot.volume_host_id);
    }
    hosts.erase("");
    if (hosts.empty()) CheckNobodyHere();
    for (const std::string& host : hosts) {
      const auto found = world_.node_of_host.find(host);
      const bool gone = found == world_.node_of_host.end() ? world_.ring_known : At(moment_.nodes, found->second).left;
      if (!gone) Add("left-first", absl::StrCat("member ", host, " is not known to have left"));
    }
  }

  // Nobody is known in the slot: it is empty when its volume is, or when every member is known to be elsewhere.
  void CheckNobodyHere() {
    if (operation_.slot != kNone) {
      const VolumeState volume = At(moment_.volumes, operation_.slot);
      if (volume == VolumeState::kAbsent || volume == VolumeState::kEmpty) return;
    }
    bool elsewhere = world_.ring_known;
    for (const Node& node : world_.nodes) elsewhere &= !node.in_ring || node.slot != kNone;
    if (!elsewhere) Add("left-first", "who runs in the slot is not known");
  }

  void CheckRackEmpty() {
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const Node& node = At(world_.nodes, i);
      const bool here =
          At(world_.datacenters, node.dc) == operation_.target.datacenter() &&
          At(world_.racks, node.rack) == absl::StrCat(operation_.target.datacenter(), "/", operation_.target.rack());
      if (here && At(moment_.nodes, i).in_ring) Add("left-first", absl::StrCat(node.name, " is still in the ring"));
    }
  }

  bool IsEmptied(int32_t dc) const {
    for (const Node& node : world_.nodes) {
      const auto rack = world_.desired.find(node.rack);
      if (node.dc == dc && rack != world_.desired.end() && rack->second.nodes > 0) return false;
    }
    return true;
  }

  void CheckFloor() {
    if (!HasNode() || !Now().in_ring) return;
    const int32_t dc = operation_.dc;
    const Population before = CountIn(world_, moment_, dc, kNone);
    const Population after = CountIn(world_, moment_, dc, operation_.node);
    const int32_t all = CountIn(world_, moment_, kNone, operation_.node).nodes;
    for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
      const Keyspace& keyspace = At(world_.keyspaces, i);
      if (!keyspace.user && (!keyspace.counted || IsEmptied(dc))) continue;
      const bool simple = keyspace.strategy == Strategy::kSimple;
      const int32_t factor = At(At(moment_.factors, i), simple ? 0 : dc);
      const auto racks = static_cast<int32_t>(after.racks.size());
      const auto racks_before = static_cast<int32_t>(before.racks.size());
      if (simple && all < factor) {
        Add("replication-floor", absl::StrCat(keyspace.name, " has ", factor, " replicas, ", all, " nodes stay"));
      } else if (!simple && factor > 0 && after.nodes == 0) {
        Add("datacenter-empty", absl::StrCat(keyspace.name, " still replicates to the datacenter"));
      } else if (!simple && after.nodes < factor) {
        Add("replication-floor",
            absl::StrCat(keyspace.name, " has ", factor, " replicas, ", after.nodes, " nodes stay"));
      } else if (!simple && racks < std::min(factor, racks_before)) {
        Add("replication-floor", absl::StrCat(keyspace.name, " has ", factor, " replicas, ", racks, " racks stay"));
      }
    }
  }

  void CheckDead() {
    if (HasNode() && Now().in_ring && !Now().away) Add("live-target", "the member is up");
    if (HasNode() && Now().in_ring && Now().taken_by != kNone) Add("live-target", "the plan only took the member down");
  }

  // Whoever is taken out of the ring by others could come back as a stranger with old data: not from its slot, and not
  // from a slot of its rack of which it is not known whose it is.
  void CheckFenced() {
    if (!HasNode()) return;
    const Node& node = At(world_.nodes, operation_.node);
    for (int32_t i = 0; i < Size(world_.slots); ++i) {
      const Slot& slot = At(world_.slots, i);
      if (slot.node == operation_.node) {
        const VolumeState volume = At(moment_.volumes, i);
        if (slot.may_run) Add("fenced", "its slot may start it again");
        if (volume != VolumeState::kAbsent && volume != VolumeState::kEmpty) Add("fenced", "its volume is in its slot");
      } else if (node.slot == kNone && slot.rack == node.rack && MayHold(i)) {
        Add("fenced", absl::StrCat(slot.name, " may be its slot"));
      }
    }
  }

  bool MayHold(int32_t number) const {
    const Slot& slot = At(world_.slots, number);
    if (slot.node != kNone && At(world_.nodes, slot.node).up) return false;
    const VolumeState volume = At(moment_.volumes, number);
    if (volume == VolumeState::kMember) return slot.volume_host_id == At(world_.nodes, operation_.node).host_id;
    return volume == VolumeState::kUnknown || slot.may_run;
  }

  // Deletions that it missed are forgotten everywhere else.
  void CheckGrace() {
    if (!HasNode() || operation_.joins) return;
    constexpr int64_t kDefault = 10 * 86400;
    const int64_t grace = world_.smallest_grace == 0 ? kDefault : world_.smallest_grace;
    const int64_t since = At(world_.nodes, operation_.node).down_since;
    if (since > 0 && world_.now - since > grace) Add("replace-window", "its data is older than gc_grace");
  }

  void CheckVolume() {
    if (operation_.slot == kNone) return;
    const Slot& slot = At(world_.slots, operation_.slot);
    const auto rack = world_.desired.find(slot.rack);
    const VolumeState volume = At(moment_.volumes, operation_.slot);
    const bool has_none = rack != world_.desired.end() && !rack->second.has_volume;
    if (has_none && (volume == VolumeState::kUnknown || volume == VolumeState::kAbsent)) return;
    if (operation_.joins || operation_.kind == v1::ACTION_KIND_REPLACE_NODE) {
      if (volume == VolumeState::kUnknown) Add("fresh-volume", "what is on the slot's volume is not known");
      if (volume == VolumeState::kMember) Add("fresh-volume", "the slot's volume holds data of another member");
    } else if (volume == VolumeState::kMember ? slot.volume_host_id != At(world_.nodes, operation_.node).host_id
                                              : volume != VolumeState::kUnknown || slot.node != operation_.node) {
      // A volume is its slot's: where nobody tells what is on it, it is that of the member who lived there last.
      Add("fresh-volume", "the slot's volume is not known to be its live member's");
    }
  }

  void CheckFactor() {
    if (operation_.keyspace == kNone || operation_.dc == kNone) return;
    const int32_t before = At(At(moment_.factors, operation_.keyspace), operation_.dc);
    if (operation_.factor <= before) return;
    const int32_t nodes = CountIn(world_, moment_, operation_.dc, kNone).nodes;
    if (operation_.factor > nodes) {
      Add("replication-floor", absl::StrCat(operation_.factor, " replicas on ", nodes, " nodes"));
    }
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const bool owes = At(moment_.nodes, i).in_ring && At(moment_.nodes, i).owes_cleanup;
      if (owes && At(world_.nodes, i).dc == operation_.dc) {
        Add("cleanup-debt", absl::StrCat(At(world_.nodes, i).name, " owes a cleanup"));
      }
    }
  }

  void CheckRebuild() {
    if (HasNode() && (!Now().in_ring || Now().away)) Add("rebuild-source", "the node itself is not up");
    for (const Group& group : ring_.groups()) {
      if (group.dc == kNone || group.dc != operation_.source_dc) continue;
      for (int32_t range = 0; range < group.ranges(); ++range) {
        bool up = group.replicas(range).empty();
        for (const int32_t node : group.replicas(range)) up |= !At(moment_.nodes, node).away;
        if (!up) {
          Add("rebuild-source",
              absl::StrCat("a range of ", At(world_.keyspaces, group.keyspace).name, " has no source"));
          break;
        }
      }
    }
  }

  void CheckInRing() {
    if (HasNode() && !Now().in_ring && At(world_.nodes, operation_.node).ever_in_ring) {
      Add("restart-of-left", "the member has left the ring");
    }
  }

  void CheckReleases() {
    absl::btree_set<int32_t> releases;
    if (operation_.release != 0) releases.insert(operation_.release);
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const NodeNow& node = At(moment_.nodes, i);
      // Who moves is judged by what it runs afterwards; who works on its data counts with what it runs.
      const bool itself = i == operation_.node && IsMovement(operation_);
      if (!node.in_ring || itself || (node.away && node.release == 0)) continue;
      releases.insert(node.release);
      if (node.changing_release) releases.insert(kNone);
    }
    if (releases.size() > 1) Add("mixed-version", "members run different releases");
  }

  const Scene& scene_;
  const World& world_;
  const Moment& moment_;
  Ring& ring_;
  int32_t number_;
  const Operation& operation_;
};

bool ChangesRelease(const World& world, const Operation& operation) {
  return operation.kind == v1::ACTION_KIND_RESTART_NODE && operation.node != kNone && operation.release != 0 &&
         operation.release != At(world.nodes, operation.node).release;
}

// A restart that is meant to end a movement names it as its reason.
bool ResolvesMovement(const Operation& operation) {
  return !operation.in_flight() && absl::StrContains(operation.action->reason().code(), "movement");
}

class TwoCheck {
 public:
  TwoCheck(const Scene& scene, const Operation& a, const Operation& b, const std::vector<int32_t>& running)
      : scene_(scene), a_(a), b_(b), running_(running) {}

  void CheckMovement(const Footprint& footprint) {
    const bool same = a_.node == b_.node;
    const bool ended_by_plan = a_.in_flight() && same;
    // Each pair comes in both orders.
    if (IsMovement(b_) && !ended_by_plan && a_.id < b_.id) Add("one-topology-change", "move members or ranges at once");
    if (Disrupts(b_) && b_.node != kNone) {
      const bool allowed = ended_by_plan && ResolvesMovement(b_);
      if (same ? !allowed : Contains(footprint.involved, b_.node)) {
        Add("range-movement", "restart and a movement of the node's ranges");
      }
    }
    if (b_.kind == v1::ACTION_KIND_CLEANUP && SameRing()) Add("cleanup-during-movement", "clean up and move ranges");
    const bool source = SameRing() || b_.source_dc == kNone || scene_.world.SameRing(a_.dc, b_.source_dc);
    if (b_.kind == v1::ACTION_KIND_REBUILD && source) Add("rebuild-source", "move ranges that are streamed");
    if (b_.kind == v1::ACTION_KIND_ALTER_KEYSPACE) Add("replication-change", "move ranges and change the replication");
  }

  void CheckRebuild() {
    const bool source = a_.source_dc == kNone ? b_.dc != a_.dc : b_.dc == a_.source_dc;
    if (Disrupts(b_) && source) Add("rebuild-source", "rebuild and a restart in the datacenter that it streams from");
  }

  void CheckAlter() {
    if (b_.kind == v1::ACTION_KIND_ALTER_KEYSPACE && a_.id < b_.id) Add("replication-change", "two changes at once");
    const bool streams = a_.dc != kNone && (b_.dc == a_.dc || b_.source_dc == a_.dc);
    if (b_.kind == v1::ACTION_KIND_REBUILD && streams) Add("replication-change", "what is streamed changes");
  }

  void CheckReleases() {
    if (ChangesRelease(scene_.world, b_)) Add("mixed-version", "stream and change a release");
  }

 private:
  bool SameRing() const { return a_.dc != kNone && b_.dc != kNone && scene_.world.SameRing(a_.dc, b_.dc); }

  void Add(absl::string_view invariant, absl::string_view what) {
    scene_.findings.Add(
        invariant, absl::StrCat(Describe(a_, scene_.world), " and ", Describe(b_, scene_.world), ": ", what), running_);
  }

  const Scene& scene_;
  const Operation& a_;
  const Operation& b_;
  const std::vector<int32_t>& running_;
};

// The checks of a whole moment.
class MomentCheck {
 public:
  MomentCheck(const Scene& scene, const Moment& moment, Ring& ring,
              const std::function<const Footprint&(const Operation&)>& footprint_of)
      : scene_(scene), moment_(moment), ring_(ring), footprint_of_(footprint_of) {}

  void Check() {
    for (const int32_t number : moment_.active) {
      const Operation& operation = At(scene_.operations, number);
      if (operation.in_flight()) continue;
      CheckOne(scene_, moment_, ring_, number);
      if (IsMovement(operation)) CheckMovement(scene_, moment_, ring_, number, footprint_of_(operation));
    }
    for (const int32_t node : moment_.foreign) {
      const Operation foreign = ForeignMovement(scene_.world, node);
      CheckBeside(foreign, &footprint_of_(foreign), kNone);
    }
    for (const int32_t number : moment_.active) {
      const Operation& operation = At(scene_.operations, number);
      if (IsMovement(operation)) CheckBeside(operation, &footprint_of_(operation), number);
      if (!IsMovement(operation) && NeedsOneRelease(operation)) CheckBeside(operation, nullptr, number);
    }
    CheckNodes();
    CheckAvailability();
    CheckDisruption();
  }

 private:
  void CheckBeside(const Operation& a, const Footprint* footprint, int32_t number) {
    for (const int32_t other : moment_.active) {
      if (other != number) CheckTwo(scene_, a, footprint, At(scene_.operations, other), moment_.active);
    }
  }

  void CheckNodes() {
    for (size_t i = 0; i < moment_.active.size(); ++i) {
      for (size_t j = 0; j < i; ++j) CheckSameNode(scene_, moment_.active[j], moment_.active[i], moment_.active);
    }
  }

  // Only ranges that an action of the plan takes a replica from.
  void CheckAvailability() {
    for (const int32_t number : moment_.active) {
      const Operation& operation = At(scene_.operations, number);
      if (operation.in_flight() || !Disrupts(operation) || operation.node == kNone) continue;
      if (At(moment_.nodes, operation.node).taken_by == kNone) continue;
      for (const Group& group : ring_.groups()) CheckRanges(group, operation.node);
    }
  }

  void CheckRanges(const Group& group, int32_t node) {
    for (const int32_t range : group.ranges_of(node)) {
      int32_t away = 0;
      for (const int32_t replica : group.replicas(range)) away += At(moment_.nodes, replica).away ? 1 : 0;
      if (away <= group.allowed) continue;
      std::vector<int32_t> names;
      for (const int32_t replica : group.replicas(range)) {
        if (At(moment_.nodes, replica).away) names.push_back(replica);
      }
      AddQuorum(scene_, group, std::move(names), moment_.active);
    }
  }

  void CheckDisruption() {
    std::vector<int32_t> disrupted;
    for (const int32_t number : moment_.active) {
      const Operation& operation = At(scene_.operations, number);
      if (!Disrupts(operation) || operation.node == kNone) continue;
      if (At(moment_.nodes, operation.node).taken_by == kNone) continue;
      const auto same_dc = std::find_if(disrupted.begin(), disrupted.end(),
                                        [&](int32_t other) { return At(scene_.operations, other).dc == operation.dc; });
      if (same_dc == disrupted.end()) {
        disrupted.push_back(number);
      } else {
        CheckRacks(scene_, *same_dc, number, moment_.active);
      }
    }
    if (Size(disrupted) > scene_.world.max_datacenters) AddDatacenters(scene_, disrupted, moment_.active);
  }

  const Scene& scene_;
  const Moment& moment_;
  Ring& ring_;
  const std::function<const Footprint&(const Operation&)>& footprint_of_;
};

}  // namespace

Operation ForeignMovement(const World& world, int32_t node) {
  Operation operation;
  operation.node = node;
  operation.slot = At(world.nodes, node).slot;
  operation.dc = At(world.nodes, node).dc;
  operation.joins = true;
  operation.kind = v1::ACTION_KIND_START_NODE;  // a node that moves is in the ring: as a join of unknown tokens
  if (At(world.nodes, node).movement == Movement::kLeaving) operation.kind = v1::ACTION_KIND_DECOMMISSION;
  if (At(world.nodes, node).movement == Movement::kRemoving) operation.kind = v1::ACTION_KIND_REMOVE_NODE;
  return operation;
}

void CheckOne(const Scene& scene, const Moment& moment, Ring& ring, int32_t number) {
  OneCheck(scene, moment, ring, number).Check();
}

void CheckMovement(const Scene& scene, const Moment& moment, Ring& ring, int32_t number, const Footprint& footprint) {
  const Operation& operation = At(scene.operations, number);
  const std::string name = Describe(operation, scene.world);
  for (const int32_t node : footprint.involved) {
    if (!At(moment.nodes, node).away || At(moment.nodes, node).taken_by != kNone) continue;
    scene.findings.Add(
        "movement-sources",
        absl::StrCat(name, ": ", At(scene.world.nodes, node).name, " holds ranges that move and is down"), {number});
  }
  for (const int32_t node : footprint.receivers) {
    if (!At(moment.nodes, node).owes_cleanup) continue;
    scene.findings.Add("cleanup-debt",
                       absl::StrCat(name, ": ", At(scene.world.nodes, node).name, " gets ranges and owes a cleanup"),
                       {number});
  }
  for (const Footprint::Demand& demand : footprint.demands) {
    int32_t up = demand.total ? ring.LeastUpElsewhere(demand.keyspace, operation.dc, moment) : 0;
    for (const int32_t node : demand.nodes) up += At(moment.nodes, node).away ? 0 : 1;
    if (up >= demand.need) continue;
    scene.findings.Add(
        "quorum-mover",
        absl::StrCat(name, ": if it dies, keyspace ", At(scene.world.keyspaces, demand.keyspace).name, " has ", up,
                     " of ", demand.need, " replicas on ", NamesOf(scene.world, demand.nodes)),
        {number});
  }
}

void CheckTwo(const Scene& scene, const Operation& a, const Footprint* footprint, const Operation& b,
              const std::vector<int32_t>& running) {
  if (a.in_flight() && b.in_flight()) return;
  TwoCheck check(scene, a, b, running);
  if (footprint != nullptr) check.CheckMovement(*footprint);
  if (a.kind == v1::ACTION_KIND_REBUILD) check.CheckRebuild();
  if (a.kind == v1::ACTION_KIND_ALTER_KEYSPACE) check.CheckAlter();
  check.CheckReleases();
}

void CheckSameNode(const Scene& scene, int32_t a, int32_t b, const std::vector<int32_t>& running) {
  const Operation& first = At(scene.operations, a);
  const Operation& second = At(scene.operations, b);
  const bool same =
      (first.node != kNone && first.node == second.node) || (first.slot != kNone && first.slot == second.slot);
  if (!same || !OccupiesNode(first.kind) || !OccupiesNode(second.kind)) return;
  if (first.in_flight() && second.in_flight()) return;
  scene.findings.Add("one-action-per-node",
                     absl::StrCat(Describe(first, scene.world), " and ", Describe(second, scene.world)), running);
}

void CheckRacks(const Scene& scene, int32_t a, int32_t b, const std::vector<int32_t>& running) {
  const Operation& first = At(scene.operations, a);
  const Operation& second = At(scene.operations, b);
  if (first.in_flight() && second.in_flight()) return;
  if (first.dc != second.dc || At(scene.world.nodes, first.node).rack == At(scene.world.nodes, second.node).rack)
    return;
  scene.findings.Add("one-rack", absl::StrCat(Describe(first, scene.world), " and ", Describe(second, scene.world)),
                     running);
}

void AddQuorum(const Scene& scene, const Group& group, std::vector<int32_t> away, const std::vector<int32_t>& running) {
  std::sort(away.begin(), away.end());
  scene.findings.Add(
      "quorum",
      absl::StrCat("keyspace ", At(scene.world.keyspaces, group.keyspace).name, group.dc == kNone ? "" : " in ",
                   group.dc == kNone ? "" : At(scene.world.datacenters, group.dc), ": ", NamesOf(scene.world, away),
                   " hold the same range, ", group.allowed, " may be away"),
      running);
}

void AddDatacenters(const Scene& scene, const std::vector<int32_t>& disrupted, const std::vector<int32_t>& running) {
  bool judged = false;
  for (const int32_t number : disrupted) judged |= !At(scene.operations, number).in_flight();
  if (!judged) return;
  const std::string names = absl::StrJoin(disrupted, ", ", [&](std::string* out, int32_t number) {
    absl::StrAppend(out, Describe(At(scene.operations, number), scene.world));
  });
  scene.findings.Add("max-datacenters",
                     absl::StrCat(names, ": ", scene.world.max_datacenters, " datacenters may be disrupted at once"),
                     running);
}

void CheckMoment(const Scene& scene, const Moment& moment, Ring& ring,
                 const std::function<const Footprint&(const Operation&)>& footprint_of) {
  MomentCheck(scene, moment, ring, footprint_of).Check();
}

}  // namespace cassplan::verify
