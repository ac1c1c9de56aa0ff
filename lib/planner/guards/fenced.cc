// fenced: before a member is taken out of the ring by others (removenode, assassinate) its slot cannot start it again:
// its Pod is gone or its machine fenced, and its volume is out of the way. A member that comes back after it was
// removed is a stranger with old data. A member without a slot: every slot of its rack is known to be somebody else's.
#include "absl/strings/str_cat.h"
#include "lib/planner/dead.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kRuns, kVolume, kStartsEmpty, kPlaceUnknown, kMayBeHere };

bool Stopped(const Slot& slot) {
  if (slot.awaits_permit) return true;  // it has no data to start with
  return slot.present == Known::kNo || slot.schedulable == Known::kNo || slot.machine_fenced == Known::kYes;
}

// Whoever is in the slot is not the member, and nor is the data on its volume.
bool SomebodyElses(const Model& m, const Slot& slot, Id member) {
  const VolumeState& volume = slot.volume;
  const bool known = slot.member != kNone && slot.member != member && m.member(slot.member).up;
  if (known) return true;
  if (slot.present == Known::kNo && volume.present == Known::kNo) return true;
  return volume.contents == Contents::kEmpty ||
         (volume.contents == Contents::kMember && volume.host_id != m.member(member).host_id);
}

void CheckSlot(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  const Slot& slot = m.slot(a.slot);
  const Rack& rack = m.rack(slot.rack);
  if (!Stopped(slot)) {
    out->Add(kRuns, kNoResource, a.slot);
    return;
  }
  if (!ask.predecessor_empties && HoldsOldData(m, a.slot, a.member)) {
    out->Add(kVolume, kNoResource, a.slot);
    return;
  }
  const bool by_itself = rack.present != Known::kNo && slot.ordinal < rack.nodes && slot.desired;
  if (by_itself && rack.start_permits != Known::kYes) out->Add(kStartsEmpty, kNoResource, a.slot);
}

void CheckGhost(const Ask& ask, Refusals* out) {
  const Model& m = ask.model;
  const Member& member = m.member(ask.action.member);
  if (member.rack == kNone) {
    out->Add(kPlaceUnknown, kNoResource, ask.action.member);
    return;
  }
  const Rack& rack = m.rack(member.rack);
  for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
    if (SomebodyElses(m, m.slot(s), ask.action.member)) continue;
    out->Add(kMayBeHere, kNoResource, s);
    return;
  }
}

}  // namespace

void CheckFenced(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if ((a.kind != Kind::kRemoveNode && a.kind != Kind::kAssassinate) || a.member == kNone) return;
  a.slot != kNone ? CheckSlot(ask, out) : CheckGhost(ask, out);
}

Text DescribeFenced(const Model& m, const Action& a, const Refusal& r) {
  const std::string slot = r.code == kPlaceUnknown ? "" : m.SlotName(r.subject);
  switch (r.code) {
    case kRuns:
      return {
          absl::StrCat("slot ", slot, " may start ", m.MemberName(a.member), " again: its Pod is there"),
          absl::StrCat("replace it in its slot instead (ask for replace_node of host id ", m.member(a.member).host_id,
                       "); or fence its machine: taint it with node.kubernetes.io/out-of-service, or delete the "
                       "Node object once the machine is off")};
    case kVolume:
      return {absl::StrCat("the volume of slot ", slot, " may still hold its data"),
              "let the plan set the volume aside: take quarantine_volume out of policy.paused; or move the claim away"};
    case kStartsEmpty:
      return {absl::StrCat("without its volume the workload starts an empty node in slot ", slot,
                           " by itself, while the old one is being removed"),
              absl::StrCat("replace it in its slot instead (ask for replace_node of host id ",
                           m.member(a.member).host_id, "); or lower the workload of the rack below the slot")};
    case kPlaceUnknown:
      return {absl::StrCat("in which rack ", m.MemberName(a.member), " was, is not known"),
              "let AllEndpointStates be collected from another node"};
    default:
      return {absl::StrCat("slot ", slot, " may hold the data of ", m.MemberName(a.member),
                           ": who lives there is not known for certain"),
              absl::StrCat("collect the answer of the node in slot ", slot, ", or mark on its claim whose data it is")};
  }
}

}  // namespace cassplan::planner
