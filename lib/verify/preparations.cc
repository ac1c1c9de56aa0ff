#include "lib/verify/preparations.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cassplan::verify {
namespace {

constexpr int64_t kDefaultAge = 300;

// "4.1" of "4.1.10"
std::string LineOf(const std::string& release) {
  const std::vector<std::string> parts = absl::StrSplit(release, absl::ByAnyChar(".-"));
  return parts.size() < 2 ? release : absl::StrCat(parts[0], ".", parts[1]);
}

// Cassandra's NEWS.txt: which data a release starts on, without more.
bool StartsOn(const std::string& release, const std::string& data) {
  static const auto* const kReads = new absl::btree_map<std::string, absl::btree_set<std::string>>{
      {"3.11", {"3.0"}}, {"4.0", {"3.0", "3.11"}}, {"4.1", {"3.0", "3.11", "4.0"}}, {"5.0", {"4.0", "4.1"}}};
  if (release == data) return true;
  const auto found = kReads->find(release);
  return found != kReads->end() && found->second.contains(data);
}

struct NodeFact {
  std::string line;
  std::string mode;
  bool owes = false;
};

struct VolumeFact {
  int64_t capacity = 0;
  int64_t requested = 0;
  bool expandable = false;
};

class PreparationCheck {
 public:
  PreparationCheck(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                   const Order& order)
      : request_(request), scene_(scene), world_(scene.world), order_(order) {
    const bool given = request.policy().has_max_evidence_age_seconds();
    fresh_since_ = request.now_seconds() - (given ? request.policy().max_evidence_age_seconds() : kDefaultAge);
    for (const v1::StateChange& change : response.changes()) over_.insert(change.action_id());
  }

  void Check() {
    ReadDesired();
    ReadReports();
    ReadLedger();
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      const Operation& operation = At(scene_.operations, i);
      if (operation.kind != v1::ACTION_KIND_SHRINK_RACK || !operation.target.has_ordinal()) continue;
      drops_[{PlaceOf(operation.target), operation.target.ordinal()}].push_back(i);
    }
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      const Operation& operation = At(scene_.operations, i);
      if (!operation.in_flight()) CheckOperation(i, operation);
    }
  }

 private:
  using Place = std::pair<std::string, std::string>;

  static Place PlaceOf(const v1::Target& target) { return {target.datacenter(), target.rack()}; }

  void Add(absl::string_view invariant, int32_t number, const std::string& text) {
    scene_.findings.Add(invariant, absl::StrCat(Describe(At(scene_.operations, number), world_), ": ", text), {number});
  }

  // ---- what is known
  void ReadDesired() {
    for (const v1::DesiredDatacenter& dc : request_.desired().datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        desired_[{dc.name(), rack.name()}] = LineOf(rack.template_().release());
      }
    }
  }

  void ReadReports() {
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK || report.observed_at_seconds() < fresh_since_) continue;
      for (const v1::Peer& peer : report.view().peers()) {
        std::string& line = nodes_[peer.host_id()].line;
        if (line.empty()) line = LineOf(peer.release());
      }
      if (report.has_rack()) racks_[PlaceOf(report.subject())] = &report.rack();
      if (report.has_volume() && IsSlot(report.subject()) && report.volume().present()) {
        const v1::VolumeFacts& v = report.volume();
        volumes_[PlaceOf(report.subject())][report.subject().ordinal()] = {v.capacity_bytes(), v.requested_bytes(),
                                                                           v.has_expandable() && v.expandable()};
      }
      if (report.has_slot() && IsSlot(report.subject())) revisions_[SlotOf(report)] = report.slot().template_revision();
    }
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK || report.observed_at_seconds() < fresh_since_) continue;
      if (report.has_node()) ReadNode(report);
    }
  }

  static std::pair<Place, int32_t> SlotOf(const v1::Report& report) {
    return {PlaceOf(report.subject()), report.subject().ordinal()};
  }

  // A node that was started with the template that its rack has now has that one's mode.
  void ReadNode(const v1::Report& report) {
    const v1::NodeFacts& facts = report.node();
    NodeFact& node = nodes_[facts.host_id().empty() ? report.subject().host_id() : facts.host_id()];
    if (!facts.release().empty()) node.line = LineOf(facts.release());
    node.mode = facts.storage_compatibility_mode();
    const auto rack = racks_.find(PlaceOf(report.subject()));
    if (node.mode.empty() && rack != racks_.end() && IsSlot(report.subject())) {
      const std::string& stored = rack->second->template_().revision();
      if (!stored.empty() && revisions_[SlotOf(report)] == stored) {
        node.mode = rack->second->template_().storage_compatibility_mode();
      }
    }
    if (facts.has_old_sstables()) {
      node.owes = facts.old_sstables() > 0;
      counted_.insert(facts.host_id());
    }
  }

  void ReadLedger() {
    for (const v1::UpgradeOwed& owed : request_.ledger().upgrade_owed()) {
      const std::string& host = owed.target().host_id();
      const auto node = nodes_.find(host);
      if (node != nodes_.end() && !counted_.contains(host) && node->second.line == owed.release()) {
        node->second.owes = true;
      }
    }
    // What the response says is over has been done.
    for (const v1::StartedAction& started : request_.ledger().started()) {
      if (!over_.contains(started.id()) || started.state() != v1::STARTED_STATE_SUCCEEDED) continue;
      const auto node = nodes_.find(started.target().host_id());
      if (node == nodes_.end()) continue;
      if (started.kind() == v1::ACTION_KIND_UPGRADE_SSTABLES) node->second.owes = false;
      if (started.kind() == v1::ACTION_KIND_TAKE_SNAPSHOT) {
        const auto line = desired_.find(PlaceOf(started.target()));
        if (line != desired_.end()) snapshots_.emplace(started.target().host_id(), line->second);
      }
    }
    for (const v1::SnapshotTaken& taken : request_.ledger().snapshots()) {
      snapshots_.emplace(taken.target().host_id(), taken.release());
    }
  }

  // ---- what must be
  void CheckOperation(int32_t number, const Operation& operation) {
    switch (operation.kind) {
      case v1::ACTION_KIND_RESTART_NODE:
        CheckRestart(number, operation);
        break;
      case v1::ACTION_KIND_UPDATE_RACK:
        CheckTemplate(number, operation);
        break;
      case v1::ACTION_KIND_RECREATE_RACK:
        if (!operation.action->template_revision().empty()) CheckTemplate(number, operation);
        CheckRecreate(number, operation);
        break;
      case v1::ACTION_KIND_GROW_VOLUME:
        CheckGrowth(number, operation);
        break;
      case v1::ACTION_KIND_SHRINK_RACK:
        CheckHighest(number, operation);
        break;
      default:
        break;
    }
  }

  bool DoneBefore(v1::ActionKind kind, int32_t node, int32_t number) const {
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      const Operation& other = At(scene_.operations, i);
      if (other.kind == kind && other.node == node && order_.Before(i, number)) return true;
    }
    return false;
  }

  // Only 5.0 that was never out of CASSANDRA_4 goes back, to what it can have come from.
  static bool MayStart(const NodeFact& node, const std::string& line) {
    return StartsOn(line, node.line) || (node.line == "5.0" && node.mode == "CASSANDRA_4" && StartsOn("5.0", line));
  }

  void CheckRestart(int32_t number, const Operation& operation) {
    const auto desired = desired_.find(PlaceOf(operation.target));
    const auto found = nodes_.find(operation.target.host_id());
    if (desired == desired_.end() || desired->second.empty() || operation.release == 0) return;
    if (found == nodes_.end() || found->second.line.empty() || found->second.line == desired->second) return;
    const NodeFact& node = found->second;
    const std::string& line = desired->second;
    if (!MayStart(node, line)) Add("release-path", number, absl::StrCat("from ", node.line, " to ", line));
    if (!StartsOn(line, node.line)) return;  // going back
    const bool wanted = !request_.policy().has_snapshot_before_upgrade() || request_.policy().snapshot_before_upgrade();
    const bool up = operation.node != kNone && At(world_.nodes, operation.node).up;
    if (wanted && up && !snapshots_.contains({operation.target.host_id(), line}) &&
        !DoneBefore(v1::ACTION_KIND_TAKE_SNAPSHOT, operation.node, number)) {
      Add("snapshot-first", number, absl::StrCat("no snapshot of the node before it starts on ", line));
    }
    CheckOwed(number, line);
  }

  void CheckOwed(int32_t number, const std::string& line) {
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const auto node = nodes_.find(At(world_.nodes, i).host_id);
      if (node == nodes_.end() || !node->second.owes || node->second.line == line) continue;
      const bool gone = !At(world_.nodes, i).in_ring || DoneBefore(v1::ACTION_KIND_DECOMMISSION, i, number);
      if (gone || DoneBefore(v1::ACTION_KIND_UPGRADE_SSTABLES, i, number)) continue;
      Add("upgrade-owed", number, absl::StrCat(At(world_.nodes, i).name, " still owes upgradesstables"));
    }
  }

  // Kubernetes starts nodes by itself, with what the template says.
  void CheckTemplate(int32_t number, const Operation& operation) {
    const auto desired = desired_.find(PlaceOf(operation.target));
    if (desired == desired_.end() || desired->second.empty()) return;
    for (const Slot& slot : world_.slots) {
      if (At(world_.racks, slot.rack) != absl::StrCat(operation.target.datacenter(), "/", operation.target.rack())) {
        continue;
      }
      if (slot.node == kNone) continue;
      const auto node = nodes_.find(At(world_.nodes, slot.node).host_id);
      if (node == nodes_.end() || node->second.line.empty() || MayStart(node->second, desired->second)) continue;
      Add("release-path", number,
          absl::StrCat(slot.name, " runs ", node->second.line, " and would start on ", desired->second));
    }
  }

  void CheckGrowth(int32_t number, const Operation& operation) {
    const auto volumes = volumes_.find(PlaceOf(operation.target));
    if (volumes == volumes_.end() || !volumes->second.contains(operation.target.ordinal())) {
      Add("volume-growth", number, "the volume is not known");
      return;
    }
    const VolumeFact& volume = volumes->second.at(operation.target.ordinal());
    const int64_t wanted = operation.action->capacity_bytes();
    if (!volume.expandable) Add("volume-growth", number, "its class is not known to grow volumes");
    if (wanted < volume.capacity || wanted < volume.requested) Add("volume-growth", number, "it would shrink");
  }

  void CheckRecreate(int32_t number, const Operation& operation) {
    const auto rack = racks_.find(PlaceOf(operation.target));
    if (rack == racks_.end() || !rack->second->has_volume()) return;
    const int64_t wanted = operation.action->capacity_bytes();
    const v1::Volume& stored = rack->second->volume();
    if (wanted < stored.capacity_bytes()) Add("volume-growth", number, "new volumes would be smaller");
    if (operation.action->storage_class() != stored.storage_class()) {
      Add("volume-growth", number, "new volumes would have another class");
    }
    if (wanted == stored.capacity_bytes()) return;
    for (const auto& [ordinal, volume] : volumes_[PlaceOf(operation.target)]) {
      v1::Target slot = operation.target;
      slot.set_ordinal(ordinal);
      const int32_t at = world_.FindSlot(slot);
      if (volume.capacity >= wanted || !Desired(operation.target, ordinal) || GrownBefore(at, number)) continue;
      Add("volume-growth", number, absl::StrCat("the volume of ordinal ", ordinal, " has not grown before"));
    }
  }

  // A workload only ever drops its last slot, whichever the action names. The next one above is enough: that one is
  // judged in the same way.
  void CheckHighest(int32_t number, const Operation& operation) {
    const auto rack = racks_.find(PlaceOf(operation.target));
    if (rack == racks_.end() || !rack->second->has_nodes() || !operation.target.has_ordinal()) return;
    const int64_t above = int64_t{operation.target.ordinal()} + 1;
    if (above >= rack->second->nodes()) return;
    const auto drops = drops_.find({PlaceOf(operation.target), above});
    if (drops != drops_.end()) {
      for (const int32_t other : drops->second) {
        if (At(scene_.operations, other).in_flight() || order_.Before(other, number)) return;
      }
    }
    Add("highest-slot", number, absl::StrCat("the rack has a slot ", above, " above it, which stays"));
  }

  bool Desired(const v1::Target& target, int32_t ordinal) {
    const auto rack = world_.desired.find(scene_.world.FindRack(target.datacenter(), target.rack()));
    return rack != world_.desired.end() && ordinal < rack->second.nodes;
  }

  bool GrownBefore(int32_t slot, int32_t number) const {
    for (int32_t i = 0; i < Size(scene_.operations) && slot != kNone; ++i) {
      const Operation& other = At(scene_.operations, i);
      if (other.kind == v1::ACTION_KIND_GROW_VOLUME && other.slot == slot && order_.Before(i, number)) return true;
    }
    return false;
  }

  const v1::PlanRequest& request_;
  const Scene& scene_;
  const World& world_;
  const Order& order_;
  int64_t fresh_since_ = 0;
  absl::btree_set<std::string> over_;
  absl::btree_map<Place, std::string> desired_;  // release line
  absl::btree_map<std::string, NodeFact> nodes_;
  absl::btree_set<std::string> counted_;  // hosts that said how many old sstables they have
  absl::btree_map<Place, const v1::RackFacts*> racks_;
  absl::btree_map<Place, absl::btree_map<int32_t, VolumeFact>> volumes_;
  absl::btree_map<std::pair<Place, int32_t>, std::string> revisions_;
  absl::btree_map<std::pair<Place, int64_t>, std::vector<int32_t>> drops_;  // shrink_rack, by ordinal
  absl::btree_set<std::pair<std::string, std::string>> snapshots_;          // host id, line that they are from before
};

}  // namespace

void CheckPreparations(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                       const Order& order) {
  PreparationCheck(request, response, scene, order).Check();
}

}  // namespace cassplan::verify
