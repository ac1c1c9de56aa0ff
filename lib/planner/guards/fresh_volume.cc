// fresh-volume: a node joins only on a volume that is absent, proven empty, or emptied by this plan; a node that has
// data starts only on the volume of the member of its slot. An old volume would bring a node back with a foreign host
// id, or with dead data. Where a node has left and is wanted again its slot is dropped, emptied and taken anew, which
// only the highest slot of a rack can be.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kUnknownVolume, kUnknownContents, kOtherMember, kLeft, kGone, kSlotAbove };

}  // namespace

void CheckFreshVolume(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (a.kind == Kind::kShrinkRack && a.blocked_by != kNone) out->Add(kSlotAbove, kNoResource, a.blocked_by);
  if (a.kind != Kind::kStartNode) return;
  const Slot& slot = ask.model.slot(a.slot);
  const VolumeState& volume = slot.volume;
  if (!a.joins && volume.present == Known::kNo && ask.model.rack(a.rack).desired_capacity > 0) {
    out->Add(kGone, kNoResource, a.slot);
    return;
  }
  if (ask.predecessor_empties || volume.present == Known::kNo) return;
  if (volume.present == Known::kUnknown) {
    // A rack whose nodes have no volume of their own starts with nothing.
    if (ask.model.rack(a.rack).desired_capacity > 0) out->Add(kUnknownVolume, kNoResource, a.slot);
    return;
  }
  if (!a.joins) {
    const bool own = volume.contents != Contents::kMember || volume.host_id == ask.model.member(a.member).host_id;
    if (!own) out->Add(kOtherMember, kNoResource, a.slot);
    return;
  }
  if (volume.contents == Contents::kEmpty) return;
  if (!slot.left_host_id.empty()) {
    out->Add(kLeft, kNoResource, a.slot);
  } else {
    out->Add(volume.contents == Contents::kMember ? kOtherMember : kUnknownContents, kNoResource, a.slot);
  }
}

Text DescribeFreshVolume(const Model& m, const Action& a, const Refusal& r) {
  const std::string slot = m.SlotName(r.subject);
  switch (r.code) {
    case kSlotAbove: {
      const std::string own = m.SlotName(a.slot);
      const absl::string_view claim = m.slot(a.slot).volume.name;
      return {absl::StrCat("the node of ", own, " has left; only the highest slot of a rack can be emptied, and ", slot,
                           " above it stays"),
              absl::StrCat("see that nodetool status on another node does not list it; then delete the claim ",
                           claim.empty() ? absl::string_view("of the slot") : claim, " and the Pod of ", own,
                           ": both are made anew, and a node joins there")};
    }
    case kUnknownVolume:
      return {absl::StrCat("whether slot ", slot, " has a volume already is not known"),
              "collect the volumes of the cluster"};
    case kUnknownContents:
      if (!m.views_known) {
        return {
            absl::StrCat("slot ", slot, " has a volume already, and nobody could be asked whose data is on it"),
            "when the whole cluster is stopped, start its nodes with their data by hand, a seed first; else collect "
            "the answers of the nodes"};
      }
      return {absl::StrCat("slot ", slot, " has a volume already, and what is on it is not known"),
              absl::StrCat("move the claim ", m.slot(r.subject).volume.name,
                           " out of the way (keep it), or delete it when it is not needed")};
    case kGone:
      return {absl::StrCat("the volume of slot ", slot, " is gone, and its member would come up without its data"),
              "ask for replace_node of the slot"};
    case kLeft:
      return {absl::StrCat("the volume of slot ", slot, " holds the data of a node that has left"),
              "it must be emptied or moved away before a node joins there"};
    default:
      return {
          absl::StrCat("the volume of slot ", slot, " holds the data of host id ", m.slot(r.subject).volume.host_id),
          "move the claim out of the way (keep it), or restore the node that it belongs to"};
  }
}

}  // namespace cassplan::planner
