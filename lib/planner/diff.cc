#include "lib/planner/diff.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/dead.h"

namespace cassplan::planner {
namespace {

bool Contains(const std::vector<Id>& list, Id id) { return std::find(list.begin(), list.end(), id) != list.end(); }

class Differ {
 public:
  explicit Differ(const Model& model) : m_(model) {}

  std::vector<Drift> Run() {
    Objects();
    for (size_t r = 0; r < m_.racks.size(); ++r) DiffRack(static_cast<Id>(r));
    // While a seed is being replaced the list is without it; its replacement brings the rest.
    if (m_.seeds_differ == Known::kYes && SeedsToDemote(m_).empty()) Add(DriftKind::kSeeds);
    if (m_.seeds_known && m_.seeds != m_.final_seeds && SeedsToDemote(m_).empty()) Add(DriftKind::kFinalSeeds);
    for (size_t s = 0; s < m_.slots.size(); ++s) {
      DiffSlot(static_cast<Id>(s));
      if (VolumeGrows(m_, m_.slots[s])) Add(DriftKind::kSmallVolume, static_cast<Id>(s));
    }
    for (size_t m = 0; m < m_.members.size(); ++m) {
      const Member& member = m_.members[m];
      if (member.slot == kNone && TakenOut(EndingOf(m_, static_cast<Id>(m)))) AddGhost(static_cast<Id>(m));
      if (member.cleanup_owed && member.slot != kNone) Add(DriftKind::kCleanupOwed, member.slot, static_cast<Id>(m));
      if (member.upgrade_owed && member.slot != kNone && m_.rack(m_.slot(member.slot).rack).desired) {
        Add(DriftKind::kUpgradeOwed, member.slot, static_cast<Id>(m));
      }
    }
    for (const ReplicationGoal& goal : m_.replication_goals) {
      Drift drift{DriftKind::kReplication, goal.dc, kNone, kNone, kNone, goal.keyspace, goal.to};
      out_.push_back(drift);
    }
    for (size_t i = 0; i < m_.rebuild_debts.size(); ++i) {
      if (m_.rebuild_debts[i].source_dc == kNone && !m_.policy.repair) continue;  // a finding tells
      const Id member = m_.rebuild_debts[i].member;
      Add(DriftKind::kRebuildOwed, m_.member(member).slot, member);
      out_.back().number = static_cast<int32_t>(i);
    }
    if (m_.policy.repair) Repairs();
    return std::move(out_);
  }

 private:
  void Add(DriftKind kind, Id slot = kNone, Id member = kNone) {
    Drift drift;
    drift.kind = kind;
    drift.slot = slot;
    drift.member = member;
    if (slot != kNone) {
      drift.rack = m_.slot(slot).rack;
      drift.dc = m_.rack(drift.rack).dc;
    }
    out_.push_back(drift);
  }

  static bool TakenOut(Ending ending) { return ending == Ending::kRemove || ending == Ending::kAssassinate; }

  // A member without a slot.
  void AddGhost(Id member) {
    Add(DriftKind::kRemoveNode, kNone, member);
    out_.back().rack = m_.member(member).rack;
    out_.back().dc = m_.member(member).dc;
  }

  bool InFlightOn(Id member, Kind kind) const {
    return std::any_of(m_.in_flight.begin(), m_.in_flight.end(),
                       [&](const InFlight& a) { return a.kind == kind && a.member == member; });
  }

  void Objects() {
    bool missing = false;
    bool differs = false;
    for (const ObjectState& object : m_.objects) {
      if (!object.desired) continue;
      missing = missing || object.present == Known::kNo;
      differs = differs || (object.present == Known::kYes && !object.create_only && !object.revision.empty() &&
                            object.revision != object.desired_revision);
    }
    // With other labels they would be about other nodes than there are (admit refuses the change).
    differs = differs && std::none_of(m_.racks.begin(), m_.racks.end(), OtherLabels);
    if (!missing && !differs) return;
    Add(DriftKind::kObjects);
    out_.back().number = missing ? 1 : 0;
    if (missing && differs) {
      Add(DriftKind::kObjects);
      out_.back().number = 0;
    }
  }

  void AddRack(DriftKind kind, Id r) {
    Drift drift;
    drift.kind = kind;
    drift.rack = r;
    drift.dc = m_.rack(r).dc;
    out_.push_back(drift);
  }

  // What of a workload cannot be changed in place.
  void DiffFixed(Id r) {
    const Rack& rack = m_.rack(r);
    if (!rack.desired || rack.present != Known::kYes || rack.desired_nodes == 0) return;
    const bool grows = rack.capacity > 0 && rack.capacity < rack.desired_capacity;
    if (grows && !rack.volume_refused) AddRack(DriftKind::kSmallTemplate, r);
    const bool known = !rack.desired_workload.empty() && !rack.workload.empty();
    if (known && rack.desired_workload != rack.workload && !rack.template_refused && !rack.volume_refused) {
      AddRack(DriftKind::kFixedWorkload, r);
    }
  }

  void DiffRack(Id r) {
    DiffFixed(r);
    const Rack& rack = m_.rack(r);
    DriftKind kind = DriftKind::kMissingRack;
    if (Refused(rack)) return;
    if (rack.desired && rack.desired_nodes > 0 && rack.present == Known::kNo) {
      kind = DriftKind::kMissingRack;
    } else if (rack.desired && rack.present == Known::kYes && !rack.template_refused && rack.desired_nodes > 0 &&
               (rack.revision != rack.desired_revision ||
                (!rack.restart_token.empty() && rack.current_token != rack.restart_token))) {
      kind = DriftKind::kStaleTemplate;
    } else if (rack.leaves && !Contains(m_.refused_scale_in, rack.dc)) {
      kind = DriftKind::kSurplusRack;
    } else {
      return;
    }
    AddRack(kind, r);
  }

  // A rack that is new where another one may not go: half of a change that is refused, such as a new name.
  bool Refused(const Rack& rack) const { return rack.present == Known::kNo && Contains(m_.refused_racks, rack.dc); }

  void DiffSlot(Id s) {
    const Slot& slot = m_.slot(s);
    const Rack& rack = m_.rack(slot.rack);
    if ((!rack.desired && !rack.leaves) || Refused(rack)) return;
    if (slot.desired) {
      if (slot.member == kNone) {
        DiffWithoutMember(s, slot, rack);
      } else {
        DiffMember(s, slot, rack);
      }
      return;
    }
    if (Contains(m_.refused_scale_in, rack.dc)) {  // it stays, so it is kept up to date like the others
      const bool rests = slot.member != kNone && m_.member(slot.member).movement == Movement::kNormal &&
                         !InFlightOn(slot.member, Kind::kDecommission);
      if (rests && !rack.desired_revision.empty() && Stale(slot, rack)) Add(DriftKind::kStaleNode, s, slot.member);
      return;
    }
    const bool exists = slot.present == Known::kYes || (rack.present == Known::kYes && slot.ordinal < rack.nodes);
    if (slot.member != kNone) {
      if (TakenOut(EndingOf(m_, slot.member))) Add(DriftKind::kRemoveNode, s, slot.member);
      if (IsStuck(m_, slot.member)) Add(DriftKind::kStuckMovement, s, slot.member);
      // Leaving already: what follows waits for it.
      Add(DriftKind::kSurplusNode, s, slot.member);
    } else if (exists) {
      Add(DriftKind::kSurplusSlot, s);
    } else if (slot.volume.present == Known::kYes && !m_.policy.retain_volumes) {
      Add(DriftKind::kLeftoverVolume, s);
    }
  }

  void DiffWithoutMember(Id s, const Slot& slot, const Rack& rack) {
    const bool exists = slot.present == Known::kYes || (rack.present == Known::kYes && slot.ordinal < rack.nodes);
    if (!exists && rack.present != Known::kUnknown) {
      // What a node left there goes first, where policy lets it go: another one joins on an empty volume only.
      const bool left_data = slot.volume.present == Known::kYes && !slot.left_host_id.empty();
      if (left_data && !m_.policy.retain_volumes) Add(DriftKind::kLeftoverVolume, s);
      Add(DriftKind::kMissingNode, s);
    } else if (exists && !slot.left_host_id.empty()) {
      Add(DriftKind::kSurplusSlot, s);  // it left: the slot is emptied, then the node joins anew
      Add(DriftKind::kMissingNode, s);
    } else if (exists && slot.awaits_permit && !slot.member_unknown) {
      Add(DriftKind::kMissingNode, s);  // its Pod is there already, and does nothing before it may
    } else if (exists && slot.present == Known::kYes && !slot.member_unknown && Stale(slot, rack)) {
      Add(DriftKind::kStaleNode, s);  // never joined, and its template is not the desired one
    }
  }

  bool Stale(const Slot& slot, const Rack& rack) const {
    if (rack.template_refused || slot.present != Known::kYes) return false;
    if (!slot.revision.empty() && slot.revision != rack.desired_revision) return true;
    return !rack.restart_token.empty() && slot.token != rack.restart_token;
  }

  void DiffMember(Id s, const Slot& slot, const Rack& rack) {
    const Member& member = m_.member(slot.member);
    const bool exists = slot.present == Known::kYes || (rack.present == Known::kYes && slot.ordinal < rack.nodes);
    const Ending ending = EndingOf(m_, slot.member);
    const bool stopped = !exists && rack.present == Known::kYes;
    const bool data = (slot.volume.present != Known::kNo || rack.desired_capacity == 0) && !slot.awaits_permit;
    const bool given_up = m_.policy.dead_node != DeadNode::kWait && (!data || IsBeyondGrace(m_, member));
    const bool asked = RequestFor(m_, Kind::kReplaceNode, slot.member) != kNone;
    if (stopped && !given_up && !asked && !TakenOut(ending)) {
      Add(DriftKind::kStoppedNode, s, slot.member);
      return;
    }
    const bool removed = RequestFor(m_, Kind::kRemoveNode, slot.member) != kNone || ending == Ending::kAssassinate;
    if (TakenOut(ending) && (removed || !RestartMayHelp(m_, slot.member))) {
      Add(DriftKind::kRemoveNode, s, slot.member);
      if (stopped) Add(DriftKind::kMissingNode, s);  // else its Pod starts by itself, with a permit
      return;
    }
    if (InFlightOn(slot.member, Kind::kDecommission)) {
      Add(DriftKind::kSurplusNode, s,
          slot.member);  // it is on its way out: the slot is emptied, then a node joins anew
      Add(DriftKind::kMissingNode, s);
      return;
    }
    if (member.crossed) {
      Add(DriftKind::kCrossedNode, s, slot.member);
      return;
    }
    if (IsStuck(m_, slot.member)) {
      Add(DriftKind::kStuckMovement, s, slot.member);
      return;
    }
    if (ending == Ending::kReplace && (asked || !RestartMayHelp(m_, slot.member))) {
      Add(DriftKind::kReplaceNode, s, slot.member);
      return;
    }
    if (InFlightOn(slot.member, Kind::kReplaceNode)) return;  // nobody asks any more; it goes on
    if (Stale(slot, rack) && !slot.awaits_permit) {           // a restart brings no data back
      Add(DriftKind::kStaleNode, s, slot.member);
    } else if (member.drained && slot.present == Known::kYes && !DrainAsked(s)) {
      Add(DriftKind::kDrainedNode, s, slot.member);
    }
  }

  // As long as a person asks for it the node stays drained.
  bool DrainAsked(Id s) const {
    return std::any_of(m_.requests.begin(), m_.requests.end(), [&](const Request& r) {
      return r.kind == Kind::kDrain && r.slot == s &&
             (r.state == RequestState::kWanted || r.state == RequestState::kDone);
    });
  }

  void Repairs() {
    for (size_t k = 0; k < m_.keyspaces.size(); ++k) {
      const Keyspace& ks = m_.keyspaces[k];
      if (!ks.counted || ks.strategy == Replicates::kUnknown || !Wanted(ks)) continue;
      for (size_t m = 0; m < m_.members.size(); ++m) {
        const Member& member = m_.members[m];
        if (member.slot == kNone || !member.in_ring || !Replicated(ks, member.dc) || !Due(ks, member)) continue;
        Add(DriftKind::kRepairDue, member.slot, static_cast<Id>(m));
        out_.back().keyspace = static_cast<Id>(k);
      }
    }
  }

  bool Wanted(const Keyspace& ks) const {
    const auto& names = m_.policy.repair_keyspaces;
    return names.empty() || std::find(names.begin(), names.end(), ks.name) != names.end();
  }

  static bool Replicated(const Keyspace& ks, Id dc) {
    if (ks.strategy == Replicates::kSimple) return ks.simple_rf > 1;
    return dc != kNone && ks.rf[static_cast<size_t>(dc)] > 0;
  }

  bool Due(const Keyspace& ks, const Member& member) const {
    int64_t interval = m_.policy.repair_interval;
    if (ks.gc_grace > 0) interval = std::min(interval, ks.gc_grace);
    for (const LastRepair& last : m_.last_repairs) {
      if (last.keyspace != ks.name || last.at + interval <= m_.now) continue;
      if (member.repair_owed > 0 && last.at < member.repair_owed) continue;  // it missed writes since
      if (last.host_id.empty() || last.host_id == member.host_id) return false;
    }
    return true;
  }

  const Model& m_;
  std::vector<Drift> out_;
};

void AddUnknown(Model* model, std::string message, std::string remedy) {
  Note note;
  note.rule = "unknown";
  note.level = Level::kWarning;
  note.message = std::move(message);
  note.remedy = std::move(remedy);
  model->notes.push_back(std::move(note));
  model->unknown = true;
}

}  // namespace

void NoteUnknowns(Model* model) {
  std::string racks;
  for (size_t r = 0; r < model->racks.size(); ++r) {
    const Rack& rack = model->racks[r];
    if (!rack.desired || rack.present != Known::kUnknown) continue;
    absl::StrAppend(&racks, racks.empty() ? "" : ", ", model->RackName(static_cast<Id>(r)));
  }
  if (!racks.empty()) {
    AddUnknown(model, absl::StrCat("whether the workload of ", racks, " exists is not known"),
               "collect the objects of the cluster (kubernetes.json)");
  }
  for (const Member& member : model->members) {
    if (!member.in_ring || member.external || member.dc != kNone) continue;
    AddUnknown(model, absl::StrCat("in which datacenter host id ", member.host_id, " is, is not known"),
               "collect AllEndpointStates of another node (jolokia/<pod>.json)");
  }
  std::vector<Id> slots, members, templates;
  for (Id s = 0; s < static_cast<Id>(model->slots.size()); ++s) {
    const Slot& slot = model->slot(s);
    const Rack& rack = model->rack(slot.rack);
    if (!rack.desired || !slot.desired || rack.present != Known::kYes) continue;
    // What is in flight there explains the silence.
    const bool busy =
        std::any_of(model->in_flight.begin(), model->in_flight.end(), [&](const InFlight& a) { return a.slot == s; });
    if (busy) continue;
    const bool exists = slot.ordinal < rack.nodes;
    if (exists && slot.present == Known::kUnknown) slots.push_back(s);
    if (slot.present != Known::kYes) continue;
    if (slot.revision.empty()) templates.push_back(s);
    const bool known =
        slot.member != kNone ? model->member(slot.member).known : model->views_known && !slot.member_unknown;
    if (!known) members.push_back(s);
  }
  if (!slots.empty()) {
    AddUnknown(model, absl::StrCat("whether slots ", SomeSlots(*model, slots), " exist is not known"),
               "collect the Pods of the cluster");
  }
  if (!templates.empty()) {
    AddUnknown(model, absl::StrCat("with which template ", SomeSlots(*model, templates), " started is not known"),
               "collect the Pods of the cluster");
  }
  if (!members.empty()) {
    AddUnknown(
        model,
        absl::StrCat("whether the nodes of ", SomeSlots(*model, members), " are in the ring, and up, is not known"),
        "collect the answers of the nodes (jolokia/<pod>.json)");
  }
}

bool OtherLabels(const Rack& rack) {
  const auto stored = std::find_if(rack.sections.begin(), rack.sections.end(),
                                   [](const auto& section) { return section.first == "selector"; });
  if (!rack.desired || rack.present != Known::kYes || rack.desired_selector.empty()) return false;
  return stored != rack.sections.end() && stored->second != rack.desired_selector;
}

std::vector<Drift> Diff(const Model& model) { return Differ(model).Run(); }

}  // namespace cassplan::planner
