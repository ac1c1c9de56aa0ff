// volume-growth: a claim is made larger only where its class is known to allow it and the quota leaves room for all
// that shall grow, so that growth does not stop half-way; the workload is recreated only when every volume has the
// size. How long the last growth was ago is a time before which the action does not start, not a question here.
#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kClassUnknown, kQuota, kVolumeUnknown };

}  // namespace

void CheckVolumeGrowth(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (a.kind == Kind::kGrowVolume) {
    const VolumeState& volume = m.slot(a.slot).volume;
    if (volume.uid.empty()) out->Add(kVolumeUnknown, kNoResource, a.slot);
    if (volume.expandable == Known::kUnknown) out->Add(kClassUnknown, kNoResource, a.slot);
    if (m.quota_short > 0) out->Add(kQuota, kNoResource, a.slot, m.quota_short);
  }
  if (a.kind != Kind::kRecreateRack || a.capacity == 0) return;
  for (Id s = m.rack(a.rack).first_slot; s < m.rack(a.rack).last_slot; ++s) {
    const Slot& slot = m.slot(s);
    if (slot.desired && slot.present == Known::kYes && slot.volume.present != Known::kNo && slot.volume.capacity == 0) {
      out->Add(kVolumeUnknown, kNoResource, s);
      return;
    }
  }
}

Text DescribeVolumeGrowth(const Model& m, const Action&, const Refusal& r) {
  switch (r.code) {
    case kClassUnknown:
      return {absl::StrCat("whether the storage class of ", m.SlotName(r.subject),
                           m.slot(r.subject).volume.storage_class.empty() ? "" : " (",
                           m.slot(r.subject).volume.storage_class,
                           m.slot(r.subject).volume.storage_class.empty() ? "" : ")", " can grow volumes is not known"),
              "collect the StorageClasses of the cluster"};
    case kQuota:
      return {absl::StrCat("the quota leaves ", SizeRounded(r.number), " too little for all volumes that shall grow"),
              "raise the ResourceQuota, or ask for less"};
    default:
      return {absl::StrCat("how large the volume of ", m.SlotName(r.subject), " is, or which it is, is not known"),
              "collect the PersistentVolumeClaims of the cluster"};
  }
}

}  // namespace cassplan::planner
