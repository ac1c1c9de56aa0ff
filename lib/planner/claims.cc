#include "lib/planner/claims.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {

Resources::Resources(const Model& m) : merged_(m.merged) {
  first_ring_ = 5;
  first_serving_ = first_ring_ + static_cast<Resource>(m.dcs.size());
  first_workload_ = first_serving_ + static_cast<Resource>(m.dcs.size());
  first_slot_ = first_workload_ + static_cast<Resource>(m.racks.size());
  first_member_ = first_slot_ + static_cast<Resource>(m.slots.size());
  first_keyspace_ = first_member_ + static_cast<Resource>(m.members.size());
  count_ = first_keyspace_ + static_cast<Resource>(m.keyspaces.size());
}

std::string Resources::Name(const Model& m, Resource r) const {
  static constexpr absl::string_view kNames[] = {"topology", "disruption", "schema", "cluster", "repairs"};
  if (r < first_ring_) return std::string(kNames[r]);
  auto dc = [&](Id id) { return merged_ ? absl::string_view("*") : m.dc(id).name; };
  if (r < first_serving_) return absl::StrCat("ring/", dc(r - first_ring_));
  if (r < first_workload_) return absl::StrCat("serving/", dc(r - first_serving_));
  if (r < first_slot_) return absl::StrCat("workload/", m.RackName(r - first_workload_));
  if (r < first_member_) return absl::StrCat("node/", m.SlotName(r - first_slot_));
  if (r < first_keyspace_) return absl::StrCat("node/", m.member(r - first_member_).host_id);
  return absl::StrCat("keyspace/", m.keyspace(r - first_keyspace_).name);
}

namespace {

class Table {
 public:
  Table(const Model& model, const Resources& resources, const Action& action, std::vector<Claim>* out)
      : m_(model), r_(resources), a_(action), out_(out) {}

  void Fill() {
    switch (a_.kind) {
      case Kind::kCreateClusterObjects:
      case Kind::kUpdateClusterObjects:
      case Kind::kSetSeeds:
        Alone(r_.cluster());
        break;
      case Kind::kCreateRack:
      case Kind::kUpdateRack:
      case Kind::kRecreateRack:
        Alone(r_.workload(a_.rack));
        Together(r_.cluster());
        break;
      case Kind::kDeleteRack:
        Alone(r_.workload(a_.rack));
        Together(r_.cluster());
        Together(r_.ring(a_.dc));
        break;
      case Kind::kGrantStart:
        Alone(r_.slot(a_.slot));
        break;
      case Kind::kStartNode:
        a_.joins ? Joins() : Disrupts();
        break;
      case Kind::kDrain:
      case Kind::kRestartNode:
        a_.joins ? Joins() : Disrupts();
        break;
      case Kind::kDecommission:
        Moves();
        Both(true);
        break;
      case Kind::kRemoveNode:
      case Kind::kAssassinate:
        Moves();
        Both(true);
        break;
      case Kind::kReplaceNode:
        Joins();
        Host(true);
        break;
      case Kind::kShrinkRack:
        Alone(r_.workload(a_.rack));
        Both(true);
        break;
      case Kind::kDeleteVolume:
      case Kind::kQuarantineVolume:
        Both(true);
        break;
      case Kind::kGrowVolume:
        Together(r_.ring(a_.dc));
        Together(r_.workload(a_.rack));
        Alone(r_.slot(a_.slot));
        break;
      case Kind::kRebuild:
        Together(r_.schema());
        Together(r_.ring(a_.dc));
        // Without a source it streams from whoever has the data.
        for (Id d = 0; d < static_cast<Id>(m_.dcs.size()); ++d) {
          if (a_.source_dc != kNone && a_.source_dc != d) continue;
          Together(r_.ring(d));
          Together(r_.serving(d));
        }
        Rebuilds();
        Both(true);
        break;
      case Kind::kUpgradeSstables:
        Together(r_.schema());
        [[fallthrough]];
      case Kind::kCleanup:
      case Kind::kScrub:
      case Kind::kCompact:
      case Kind::kGarbageCollect:
        Together(r_.ring(a_.dc));
        Both(true);
        break;
      case Kind::kFlush:
        Both(false);
        break;
      case Kind::kTakeSnapshot:
      case Kind::kClearSnapshot:
      case Kind::kBackup:
        Together(r_.ring(a_.dc));
        Both(false);
        break;
      case Kind::kAlterKeyspace:
        Alone(r_.schema());
        Alone(r_.ring(a_.dc));
        Alone(r_.keyspace(a_.keyspace));
        break;
      case Kind::kRepair:
        Repair();
        break;
      case Kind::kPauseRepairs:
      case Kind::kResumeRepairs:
        Alone(r_.repairs());
        break;
      case Kind::kRestore:
        Together(r_.schema());
        Alone(r_.ring(a_.dc));
        Alone(r_.serving(a_.dc));
        Both(true);
        break;
      case Kind::kStopCompaction:
      case Kind::kDeleteBackup:
      case Kind::kUnspecified:
        break;
    }
  }

 private:
  void Alone(Resource r) { out_->push_back({r, true}); }
  void Together(Resource r) { out_->push_back({r, false}); }
  void Host(bool alone) {
    if (a_.member != kNone) out_->push_back({r_.member(a_.member), alone});
  }
  void Both(bool alone) {
    if (a_.slot != kNone) out_->push_back({r_.slot(a_.slot), alone});
    Host(alone);
  }
  void Moves() {
    Alone(r_.topology());
    Together(r_.schema());
    Alone(r_.ring(a_.dc));
    Alone(r_.serving(a_.dc));
  }
  // A movement that also starts a process.
  void Joins() {
    Moves();
    Alone(r_.workload(a_.rack));
    Together(r_.cluster());
    Alone(r_.slot(a_.slot));
  }
  void Disrupts() {
    Together(r_.disruption());
    if (a_.release_changes) Together(r_.schema());
    Together(r_.ring(a_.dc));
    Together(r_.serving(a_.dc));
    Together(r_.workload(a_.rack));
    Together(r_.cluster());
    Both(true);
  }
  // One on request may be about several.
  void Rebuilds() {
    if (a_.keyspace != kNone) return Together(r_.keyspace(a_.keyspace));
    const bool named = a_.request != kNone && !m_.request_at(a_.request).keyspaces.empty();
    if (named) {
      for (const Id k : m_.request_at(a_.request).keyspaces) Together(r_.keyspace(k));
      return;
    }
    for (Id k = 0; k < static_cast<Id>(m_.keyspaces.size()); ++k) Together(r_.keyspace(k));
  }
  // Every datacenter that replicates the keyspace takes part.
  void Repair() {
    Together(r_.schema());
    const Keyspace& k = m_.keyspace(a_.keyspace);
    for (Id d = 0; d < static_cast<Id>(m_.dcs.size()); ++d) {
      if (k.strategy == Replicates::kNetworkTopology && k.rf[static_cast<size_t>(d)] == 0) continue;
      Together(r_.ring(d));
      Together(r_.serving(d));
    }
    Together(r_.keyspace(a_.keyspace));
    Together(r_.repairs());
    Both(true);
  }

  const Model& m_;
  const Resources& r_;
  const Action& a_;
  std::vector<Claim>* out_;
};

}  // namespace

void ClaimsOf(const Model& model, const Resources& resources, const Action& action, std::vector<Claim>* out) {
  out->clear();
  Table(model, resources, action, out).Fill();
  std::sort(out->begin(), out->end(), [](const Claim& a, const Claim& b) {
    return a.resource != b.resource ? a.resource < b.resource : a.alone && !b.alone;
  });
  out->erase(
      std::unique(out->begin(), out->end(), [](const Claim& a, const Claim& b) { return a.resource == b.resource; }),
      out->end());
}

}  // namespace cassplan::planner
