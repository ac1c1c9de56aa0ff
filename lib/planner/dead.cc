#include "lib/planner/dead.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

constexpr int64_t kDefaultGrace = 10 * 86'400;

bool Stale(const Slot& slot, const Rack& rack) {
  if (rack.template_refused || slot.present != Known::kYes) return false;
  if (slot.revision != rack.desired_revision) return true;  // where it is not known, maybe
  return !rack.restart_token.empty() && slot.token != rack.restart_token;
}

bool InFlightOn(const Model& m, Id member, Kind kind) {
  return std::any_of(m.in_flight.begin(), m.in_flight.end(),
                     [&](const InFlight& a) { return a.kind == kind && a.member == member; });
}

}  // namespace

bool IsDead(const Member& member) {
  const bool still = member.movement == Movement::kNormal || member.movement == Movement::kLeaving;
  return member.in_ring && member.down && !member.up && !member.external && still;
}

int64_t SecondsDown(const Model& model, const Member& member) {
  if (member.up || member.first_seen_down <= 0) return 0;
  return std::max<int64_t>(0, model.now - member.first_seen_down);
}

bool MayComeBack(const Model& model, const Member& member) {
  if (!IsDead(member) || member.drained) return false;
  if (member.slot != kNone) {  // whose slot was taken away does not start by itself
    const Slot& slot = model.slot(member.slot);
    const Rack& rack = model.rack(slot.rack);
    if (slot.present == Known::kNo && rack.present == Known::kYes && slot.ordinal >= rack.nodes) return false;
  }
  return SecondsDown(model, member) < model.policy.replace_after;
}

bool IsAwaited(const Model& model, Id id) {
  return MayComeBack(model, model.member(id)) && EndingOf(model, id) == Ending::kStay;
}

int64_t SmallestGrace(const Model& model) {
  int64_t smallest = 0;
  for (const Keyspace& k : model.keyspaces) {
    if (k.strategy == Replicates::kLocal || k.gc_grace <= 0) continue;
    smallest = smallest == 0 ? k.gc_grace : std::min(smallest, k.gc_grace);
  }
  return smallest == 0 ? kDefaultGrace : smallest;
}

bool IsBeyondGrace(const Model& model, const Member& member) {
  return member.in_ring && SecondsDown(model, member) > SmallestGrace(model);
}

int32_t DeadInRack(const Model& model, Id rack) {
  int32_t dead = 0;
  for (const Member& member : model.members) dead += rack != kNone && member.rack == rack && IsDead(member) ? 1 : 0;
  return dead;
}

Id RequestFor(const Model& model, Kind kind, Id member) {
  for (size_t i = 0; i < model.requests.size(); ++i) {
    const Request& r = model.requests[i];
    if (r.kind == kind && r.member == member && r.state == RequestState::kWanted) return static_cast<Id>(i);
  }
  return kNone;
}

Ending EndingOf(const Model& model, Id id) {
  const Member& member = model.member(id);
  if (InFlightOn(model, id, Kind::kRemoveNode)) return Ending::kRemove;
  if (member.dc == kNone) return Ending::kStay;  // no guard could judge what goes with it (NoteUnknowns tells)
  if (!member.up) {                              // the guards judge whether it may be
    if (RequestFor(model, Kind::kReplaceNode, id) != kNone) return Ending::kReplace;
    if (RequestFor(model, Kind::kRemoveNode, id) != kNone) return Ending::kRemove;
    if (RequestFor(model, Kind::kAssassinate, id) != kNone) return Ending::kAssassinate;
  }
  if (!IsDead(member)) return Ending::kStay;
  const bool desired = member.slot != kNone && model.slot(member.slot).desired;
  if (model.policy.dead_node == DeadNode::kWait) {
    if (SecondsDown(model, member) < model.policy.replace_after || member.first_seen_down == 0) return Ending::kStay;
    if (member.slot != kNone && !desired) return Ending::kStay;  // its decommission is held, and says the same
    return member.slot == kNone ? Ending::kRemove : Ending::kReplace;
  }
  if (!desired) return Ending::kRemove;
  return model.policy.dead_node == DeadNode::kReplace ? Ending::kReplace : Ending::kRemove;
}

bool IsStuck(const Model& model, Id id) {
  const Member& member = model.member(id);
  if (member.slot == kNone || member.movement_is_ours || model.slot(member.slot).present != Known::kYes) return false;
  const auto failed = [&](Kind kind) {
    return std::any_of(model.failed_starts.begin(), model.failed_starts.end(),
                       [&](const FailedStart& f) { return f.kind == kind && f.slot == member.slot; });
  };
  if (member.movement == Movement::kLeaving) {
    if (member.mode == Mode::kDecommissionFailed) return model.slot(member.slot).desired;  // else it is asked again
    return member.mode == Mode::kLeaving && failed(Kind::kDecommission);
  }
  if (member.movement != Movement::kJoining || !model.slot(member.slot).desired) return false;
  return member.mode == Mode::kJoiningFailed || failed(Kind::kStartNode);
}

bool RestartMayHelp(const Model& model, Id id) {
  const Member& member = model.member(id);
  if (member.slot == kNone || member.failed) return false;
  const Slot& slot = model.slot(member.slot);
  if (slot.awaits_permit) return false;  // its data is gone
  if (slot.machine_ready == Known::kNo || slot.machine_fenced == Known::kYes) return false;
  if (IsBeyondGrace(model, member) && model.policy.dead_node != DeadNode::kWait) return false;
  return Stale(slot, model.rack(slot.rack)) || (member.drained && slot.present == Known::kYes);
}

bool HoldsOldData(const Model& model, Id slot, Id member) {
  const VolumeState& volume = model.slot(slot).volume;
  if (volume.present == Known::kNo || volume.contents == Contents::kEmpty) return false;
  if (volume.present == Known::kUnknown && model.rack(model.slot(slot).rack).desired_capacity == 0) return false;
  const absl::string_view host_id = model.member(member).host_id;
  return std::none_of(model.quarantined.begin(), model.quarantined.end(),
                      [&](const Quarantined& q) { return q.slot == slot && q.host_id == host_id; });
}

std::vector<Id> SeedsToDemote(const Model& model) {
  std::vector<Id> out;
  for (const Id seed : model.seeds) {
    const Id member = model.slot(seed).member;
    if (member == kNone) continue;
    const bool asked =
        EndingOf(model, member) == Ending::kReplace && RequestFor(model, Kind::kReplaceNode, member) != kNone;
    const bool dead = IsDead(model.member(member)) && EndingOf(model, member) == Ending::kReplace;
    const bool in_time = SecondsDown(model, model.member(member)) >= model.policy.replace_after &&
                         DeadInRack(model, model.member(member).rack) < 2;
    if (asked || (dead && in_time && model.policy.dead_node == DeadNode::kReplace && !RestartMayHelp(model, member)) ||
        InFlightOn(model, member, Kind::kReplaceNode)) {
      out.push_back(seed);
    }
  }
  return out;
}

std::vector<Id> RemainingSeeds(const Model& model) {
  const std::vector<Id> demoted = SeedsToDemote(model);
  std::vector<Id> out;
  std::set_difference(model.seeds.begin(), model.seeds.end(), demoted.begin(), demoted.end(), std::back_inserter(out));
  return out;
}

std::string Duration(int64_t seconds) {
  if (seconds < 120) return absl::StrCat(seconds, " s");
  if (seconds < 2 * 3600) return absl::StrCat(seconds / 60, " min");
  if (seconds < 2 * 86'400) return absl::StrCat(seconds / 3600, " h");
  return absl::StrCat(seconds / 86'400, " days");
}

}  // namespace cassplan::planner
