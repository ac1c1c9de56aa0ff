// grow_volumes: one claim first; when its new capacity has been seen, the others, rack by rack; when all volumes of a
// rack have it, the rack's workload is made again (orphan delete, create from the stored template), so that new slots
// get the new size. Nothing restarts. Where new slots are wanted, too, they come after, by the order of groups.
#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "lib/planner/admit.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

// A volume of the datacenter has grown already, so the first one has shown that it works.
bool SeenToGrow(const Model& m, Id dc) {
  for (Id r = m.dc(dc).first_rack; r < m.dc(dc).last_rack; ++r) {
    const Rack& rack = m.rack(r);
    for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
      const VolumeState& volume = m.slot(s).volume;
      if (volume.present == Known::kYes && rack.desired_capacity > 0 && volume.capacity >= rack.desired_capacity) {
        return true;
      }
    }
  }
  return false;
}

class Growth {
 public:
  explicit Growth(Lowering* l) : l_(*l), m_(l->model), volumes_(m_.racks.size()), template_(m_.racks.size(), 0) {}

  void Run() {
    std::vector<Id> racks;
    for (const Drift& d : l_.drift) {
      if (d.kind == DriftKind::kSmallVolume) volumes_[static_cast<size_t>(d.rack)].push_back(d.slot);
      if (d.kind == DriftKind::kSmallTemplate) template_[static_cast<size_t>(d.rack)] = 1;
    }
    for (Id r = 0; r < static_cast<Id>(m_.racks.size()); ++r) racks.push_back(r);
    std::sort(racks.begin(), racks.end(), [&](Id a, Id b) {
      return std::make_tuple(m_.dc(m_.rack(a).dc).priority, a) < std::make_tuple(m_.dc(m_.rack(b).dc).priority, b);
    });
    Id dc = kNone;
    for (const Id r : racks) {
      if (m_.rack(r).dc != dc) {
        dc = m_.rack(r).dc;
        first_ = last_ = -1;
        alone_ = !SeenToGrow(m_, dc);
      }
      AddRack(r);
    }
  }

 private:
  void AddRack(Id r) {
    std::vector<ActionIndex> own;
    for (const Id s : volumes_[static_cast<size_t>(r)]) {
      const ActionIndex i = l_.Add(Kind::kGrowVolume, kGroupGrow, r, s, "small-volume");
      Action& a = l_.at(i);
      a.capacity = m_.rack(r).desired_capacity;
      a.key.dc_priority = m_.dc(m_.rack(r).dc).priority;
      if (last_ >= 0) a.hard.push_back(last_);
      if (alone_ && first_ >= 0) a.hard.push_back(first_);
      if (first_ < 0) first_ = i;
      own.push_back(i);
    }
    if (template_[static_cast<size_t>(r)] == 0) {
      if (!own.empty()) last_ = own.back();  // not all of them: a wide rack would need as many edges as pairs
      return;
    }
    const ActionIndex i = l_.Add(Kind::kRecreateRack, kGroupGrow, r, kNone, "small-template");
    Action& a = l_.at(i);
    a.capacity = m_.rack(r).desired_capacity;
    a.key.dc_priority = m_.dc(m_.rack(r).dc).priority;
    a.key.ordinal = INT32_MAX;  // after the rack's volumes
    a.hard = own;
    if (l_.rack_write[static_cast<size_t>(r)] >= 0) a.hard.push_back(l_.rack_write[static_cast<size_t>(r)]);
    last_ = i;
  }

  Lowering& l_;
  const Model& m_;
  std::vector<std::vector<Id>> volumes_;  // by rack
  std::vector<uint8_t> template_;         // by rack
  ActionIndex first_ = -1;                // of the datacenter
  ActionIndex last_ = -1;                 // ends the rack before
  bool alone_ = false;
};

}  // namespace

void LowerGrowVolumes(Lowering* l) { Growth(l).Run(); }

}  // namespace cassplan::planner
