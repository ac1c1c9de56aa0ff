// Volumes grow where their class lets them; they never shrink, change their class, or come and go. All is judged before
// the first claim is touched.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;

constexpr char kCapacity[] = "spec.dataCapacity";

void AdmitClass(Model* model, Id r) {
  Rack& rack = model->racks[static_cast<size_t>(r)];
  if (rack.storage_class.empty() || rack.desired_storage_class.empty()) return;  // the default class, by any name
  if (rack.storage_class == rack.desired_storage_class || rack.desired_capacity == 0) return;
  Refuse(model, "volume-class",
         StrCat("volumes of rack ", model->RackName(r), " have storage class ", rack.storage_class,
                " and cannot change to ", rack.desired_storage_class),
         "put the class back; to get other volumes add a datacenter and move to it", "spec.dataStorageClass", rack.dc,
         r);
  rack.volume_refused = true;
}

void AdmitShrinking(Model* model, Id r) {
  Rack& rack = model->racks[static_cast<size_t>(r)];
  if (rack.capacity == 0 || rack.desired_nodes == 0 || rack.desired_capacity >= rack.capacity) return;
  rack.volume_refused = true;
  if (rack.desired_capacity > 0) {
    Refuse(model, "volume-shrink",
           StrCat("volumes of rack ", model->RackName(r), " cannot shrink from ", SizeText(rack.capacity), " to ",
                  SizeText(rack.desired_capacity)),
           "put the capacity back; to get smaller volumes add a datacenter and move to it", kCapacity, rack.dc, r);
    return;
  }
  Refuse(model, "volume-shrink",
         StrCat("rack ", model->RackName(r), " has volumes of ", SizeText(rack.capacity),
                ", and without a capacity its nodes would start without their data"),
         "put the capacity back", kCapacity, rack.dc, r);
  rack.template_refused = true;
}

// Whether the nodes keep their data on volumes is not known, or they do not: with the new template they would start on
// empty ones.
void AdmitAppearing(Model* model, Id r) {
  Rack& rack = model->racks[static_cast<size_t>(r)];
  if (rack.capacity != 0 || rack.desired_capacity == 0 || !TemplateDiffers(rack)) return;
  bool members = false;
  for (Id s = rack.first_slot; s < rack.last_slot; ++s) members = members || model->slot(s).member != kNone;
  if (!members) return;
  Refuse(model, "volume-appears",
         StrCat("nodes of rack ", model->RackName(r), " shall get volumes of ", SizeText(rack.desired_capacity),
                ", and are not known to keep their data on volumes now: started with the new template they would be "
                "empty"),
         "leave the template of these racks as it is; add a datacenter with volumes and move to it", kCapacity, rack.dc,
         r);
  rack.template_refused = true;
  rack.volume_refused = true;
}

std::vector<Id> Growing(const Model& model, Id r) {
  const Rack& rack = model.rack(r);
  std::vector<Id> slots;
  for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
    if (VolumeGrows(model, model.slot(s))) slots.push_back(s);
  }
  return slots;
}

// A class that cannot grow volumes is met before anything is touched: the whole datacenter's growth is refused.
void AdmitGrowth(Model* model, Id dc) {
  std::vector<Id> fixed;
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    for (const Id s : Growing(*model, r)) {
      if (model->slot(s).volume.expandable == Known::kNo) fixed.push_back(s);
    }
  }
  if (fixed.empty()) return;
  const Slot& first = model->slot(fixed.front());
  const Rack& rack = model->rack(first.rack);
  Refuse(model, "volume-growth",
         StrCat("volumes of ", SomeSlots(*model, fixed), " cannot grow to ", SizeText(rack.desired_capacity),
                ": their storage class ", first.volume.storage_class, " does not allow it"),
         "put the capacity back, let the class grow volumes (allowVolumeExpansion) where its driver can, or add a "
         "datacenter with larger volumes and move to it",
         kCapacity, dc, first.rack);
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    model->racks[static_cast<size_t>(r)].volume_refused = true;
  }
}

// Of all volumes that count for a quota together, against the tightest.
int64_t QuotaShort(const Model& model) {
  int64_t missing = 0;
  int64_t least = -1;
  for (const Slot& slot : model.slots) {
    const int64_t bytes = slot.volume.quota_left.has_value() ? MissingBytes(model, slot) : 0;
    if (bytes == 0) continue;
    missing += bytes;
    least = least < 0 ? *slot.volume.quota_left : std::min(least, *slot.volume.quota_left);
  }
  return least < 0 ? 0 : std::max<int64_t>(0, missing - least);
}

}  // namespace

std::string SizeText(int64_t bytes) {
  for (const auto& [shift, unit] : {std::make_pair(30, "Gi"), std::make_pair(20, "Mi"), std::make_pair(10, "Ki")}) {
    if (bytes % (int64_t{1} << shift) == 0) return StrCat(bytes >> shift, unit);
  }
  return StrCat(bytes, " bytes");
}

int64_t MissingBytes(const Model& model, const Slot& slot) {
  const Rack& rack = model.rack(slot.rack);
  const int64_t asked = std::max(slot.volume.requested, slot.volume.capacity);
  if (!slot.desired || !rack.desired || rack.present != Known::kYes || rack.volume_refused) return 0;
  if (slot.volume.present != Known::kYes || asked == 0) return 0;
  return std::max<int64_t>(0, rack.desired_capacity - asked);
}

bool VolumeGrows(const Model& model, const Slot& slot) {
  const Rack& rack = model.rack(slot.rack);
  if (!slot.desired || !rack.desired || rack.present != Known::kYes || rack.volume_refused) return false;
  if (slot.volume.present != Known::kYes || rack.desired_capacity == 0) return false;
  const int64_t now = slot.volume.capacity > 0 ? slot.volume.capacity : slot.volume.requested;
  return now > 0 && now < rack.desired_capacity;
}

void AdmitVolumes(Model* model) {
  for (Id r = 0; r < static_cast<Id>(model->racks.size()); ++r) {
    if (!model->rack(r).desired || model->rack(r).present != Known::kYes) continue;
    AdmitClass(model, r);
    AdmitShrinking(model, r);
    AdmitAppearing(model, r);
  }
  for (Id d = 0; d < static_cast<Id>(model->dcs.size()); ++d) AdmitGrowth(model, d);
  model->quota_short = QuotaShort(*model);
}

}  // namespace cassplan::planner
