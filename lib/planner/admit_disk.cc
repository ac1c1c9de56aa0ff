// The end of a scale-in is judged before its start: all the nodes that shall leave are taken out one after the other in
// the order in which they would go, and where one step does not fit on the disks the whole goal is refused, with the
// largest that fits. The guard disk-forecast asks the same of every step again.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/disk_forecast.h"
#include "lib/planner/lower.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

// Empty where nothing shall leave, or has begun to: what has begun goes on, step by step.
std::vector<Id> Leavers(const Model& model, Id dc) {
  std::vector<Id> slots;
  for (Id r = model.dc(dc).first_rack; r < model.dc(dc).last_rack; ++r) {
    const Rack& rack = model.rack(r);
    for (Id s = rack.first_slot; s < rack.last_slot && (rack.desired || rack.leaves); ++s) {
      const Slot& slot = model.slot(s);
      if (slot.desired) continue;
      const bool gone = slot.member == kNone && !slot.left_host_id.empty();
      if (gone || (slot.member != kNone && model.member(slot.member).movement == Movement::kLeaving)) return {};
      if (slot.member != kNone) slots.push_back(s);
    }
  }
  return slots;
}

// Growing comes before leaving, so the larger volumes count.
void Grow(const Model& model, Facts* facts) {
  for (Id s = 0; s < static_cast<Id>(model.slots.size()); ++s) {
    if (!VolumeGrows(model, model.slot(s))) continue;
    Action grow;
    grow.kind = Kind::kGrowVolume;
    grow.slot = s;
    grow.rack = model.slot(s).rack;
    grow.dc = model.DcOfSlot(s);
    grow.capacity = model.rack(grow.rack).desired_capacity;
    facts->Place(grow, {});
  }
}

// "4 in r1, 3 in r2", or "4 in each rack".
std::string Left(const Model& model, Id dc, const std::vector<Id>& leavers, size_t gone) {
  std::vector<std::pair<absl::string_view, int32_t>> racks;
  for (Id r = model.dc(dc).first_rack; r < model.dc(dc).last_rack; ++r) {
    int32_t nodes = 0;
    for (Id s = model.rack(r).first_slot; s < model.rack(r).last_slot; ++s) {
      nodes += model.slot(s).member != kNone ? 1 : 0;
    }
    for (size_t i = 0; i < gone; ++i) nodes -= model.slot(leavers[i]).rack == r ? 1 : 0;
    racks.emplace_back(model.rack(r).name, nodes);
  }
  // One number for all racks of a datacenter is what a CassandraCluster can ask for.
  int32_t most = 0;
  for (const auto& [name, nodes] : racks) most = std::max(most, nodes);
  return racks.size() == 1 ? Several(most, "node") : absl::StrCat(Several(most, "node"), " in each rack");
}

void AdmitLeaving(Model* model, Id dc) {
  const std::vector<Id> leavers = InOrderOfLeaving(*model, Leavers(*model, dc));
  if (leavers.empty()) return;
  const Resources resources(*model);
  Facts facts(*model, resources);
  Grow(*model, &facts);
  for (size_t i = 0; i < leavers.size(); ++i) {
    Action leave;
    leave.kind = Kind::kDecommission;
    leave.slot = leavers[i];
    leave.rack = model->slot(leave.slot).rack;
    leave.dc = dc;
    leave.member = model->slot(leave.slot).member;
    const LeaveForecast f = ForecastLeave(facts, leave.member, dc);
    if (f.answer == LeaveForecast::kFull) {
      Refuse(model, "disk-forecast",
             absl::StrCat("datacenter ", model->dc(dc).name, " cannot lose ",
                          Several(static_cast<int64_t>(leavers.size()), "node"), ": step ", i + 1,
                          ", the decommission of ", model->SlotName(leave.slot), ", would bring ",
                          SizeRounded(f.incoming), " to ", model->MemberName(f.member), ", which has ",
                          SizeRounded(f.used), " of ", SizeRounded(f.capacity), " by then (at most ",
                          model->policy.max_used_percent, "% may be used, with ",
                          model->policy.compaction_headroom_percent, "% of the data kept free for compaction)"),
             absl::StrCat(i == 0 ? "no node can leave"
                                 : absl::StrCat("the most that fits leaves ", Left(*model, dc, leavers, i)),
                          "; or grow the volumes first"),
             "spec.nodesPerRacks", dc, leave.rack);
      model->refused_scale_in.push_back(dc);
      return;
    }
    if (f.answer != LeaveForecast::kFits) return;  // the guard holds it and says what is not known
    facts.Place(leave, {});
  }
}

}  // namespace

std::string SizeRounded(int64_t bytes) {
  for (const auto& [shift, unit] : {std::make_pair(30, " GiB"), std::make_pair(20, " MiB")}) {
    const int64_t one = int64_t{1} << shift;
    if (bytes >= one) return absl::StrCat(bytes / one + (bytes % one * 2 >= one ? 1 : 0), unit);
  }
  return absl::StrCat(bytes, " bytes");
}

void AdmitDisk(Model* model) {
  for (Id d = 0; d < static_cast<Id>(model->dcs.size()); ++d) {
    if (!model->dc(d).desired) continue;
    const auto& refused = model->refused_scale_in;
    if (std::find(refused.begin(), refused.end(), d) == refused.end()) AdmitLeaving(model, d);
  }
}

}  // namespace cassplan::planner
