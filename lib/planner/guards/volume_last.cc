// volume-last: a slot is dropped, and its volume deleted, only after its member has left: by a decommission of this
// plan (its evidence is a precondition, checked again just before), or because a majority of all known members, at
// least one per rack, show the host id LEFT, or do not list it although their lists are whole and the decommission is
// known to be done. A slot whose node never was in the ring just goes. The volume of a dead member is set aside only
// when no live peer sees the member up, and it is kept: nothing in a plan deletes it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

// It may be the one that lives in the slot.
bool AnyWithoutSlot(const Model& m) {
  return std::any_of(m.members.begin(), m.members.end(),
                     [](const Member& member) { return member.slot == kNone && member.in_ring && !member.external; });
}

enum Code : uint8_t {
  kStillMember,
  kNotProven,
  kUnknownMember,
  kMounted,
  kMountedUnknown,
  kRingUnknown,
  kNobodysData,
  kSeenUp
};

}  // namespace

void CheckVolumeLast(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (FirstOfUnit(a) == Kind::kQuarantineVolume || a.kind == Kind::kReplaceNode) {
    if (a.member != kNone && ask.model.member(a.member).seen_up) out->Add(kSeenUp, kNoResource, a.member);
    return;
  }
  if (a.kind != Kind::kShrinkRack && a.kind != Kind::kDeleteVolume) return;
  const Model& m = ask.model;
  const Slot& slot = m.slot(a.slot);
  if (ask.predecessor_left) return;
  if (slot.member != kNone) {
    const Member& member = m.member(slot.member);
    out->Add(kStillMember, kNoResource, slot.member).waits = member.movement == Movement::kLeaving && member.up;
    return;
  }
  if (slot.member_unknown) {
    out->Add(kUnknownMember, kNoResource, a.slot);
    return;
  }
  if (!m.views_known) {  // even where no member is known: then nobody could be asked
    out->Add(kRingUnknown);
    return;
  }
  // With its slot gone nothing should use it; with the slot still there a shrink of this plan comes before.
  if (a.kind == Kind::kDeleteVolume && slot.volume.mounted != Known::kNo && a.hard.empty()) {
    out->Add(slot.volume.mounted == Known::kYes ? kMounted : kMountedUnknown, kNoResource, a.slot);
    return;
  }
  if (!slot.left_host_id.empty()) {
    if (!slot.left_proven) out->Add(kNotProven, kNoResource, a.slot);
    return;
  }
  // Nothing says which member the data belonged to: only a node that is there and never joined is known to have had
  // none.
  const bool never_joined =
      slot.present == Known::kYes &&
      (slot.mode == Mode::kJoining || slot.mode == Mode::kStarting || slot.mode == Mode::kUnknown);
  if (a.kind == Kind::kDeleteVolume && slot.volume.contents != Contents::kEmpty && !never_joined) {
    out->Add(kNobodysData, kNoResource, a.slot);
  } else if (slot.volume.present != Known::kNo && slot.volume.contents != Contents::kEmpty && AnyWithoutSlot(m)) {
    out->Add(kUnknownMember, kNoResource, a.slot);
  }
}

Text DescribeVolumeLast(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kStillMember:
      return {
          absl::StrCat(m.MemberName(r.subject), " is still in the ring (host id ", m.member(r.subject).host_id, ")"),
          "wait until it has left; a dead node is taken out with removenode"};
    case kUnknownMember:
      return {absl::StrCat("which member lives in slot ", m.SlotName(r.subject), " is not known"),
              "collect the answers of the nodes"};
    case kSeenUp:
      return {absl::StrCat("some node still sees ", m.MemberName(r.subject), " up: its volume is not taken away"),
              "wait until all nodes see it down, or mend the network between them"};
    case kMounted:
      return {absl::StrCat("the volume of slot ", m.SlotName(r.subject), " is in use"), "find out what uses it"};
    case kMountedUnknown:
      return {absl::StrCat("whether the volume of slot ", m.SlotName(r.subject), " is in use is not known"),
              "collect the Pods of the cluster (kubernetes.json)"};
    case kRingUnknown:
      return {"no node could be asked who is in the ring", "collect the answers of the nodes (Jolokia)"};
    case kNobodysData:
      return {absl::StrCat("whose data is on the volume of slot ", m.SlotName(r.subject),
                           " is not known: its node is gone, and no ledger tells which one it was"),
              "see in nodetool status that no node of that rack is missing, then delete the volume by hand"};
    default:
      return {absl::StrCat("that the node of slot ", m.SlotName(r.subject), " has left is not proven",
                           a.kind == Kind::kDeleteVolume ? "; its volume stays" : ""),
              "let a majority of the nodes, one per rack at least, answer; or delete the volume by hand"};
  }
}

}  // namespace cassplan::planner
