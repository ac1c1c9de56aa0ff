// Shared objects, the workloads of racks, the seed list: what nodes need before they can start.
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

void AddRackWrite(Lowering* l, Kind kind, Id rack, absl::string_view code) {
  const ActionIndex i = l->Add(kind, kGroupObjects, rack, kNone, code);
  if (l->objects >= 0) l->at(i).hard.push_back(l->objects);
  l->rack_write[static_cast<size_t>(rack)] = i;
}

}  // namespace

void LowerObjects(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind == DriftKind::kObjects) {
      const Kind kind = d.number == 1 ? Kind::kCreateClusterObjects : Kind::kUpdateClusterObjects;
      const ActionIndex i = l->Add(kind, kGroupObjects, kNone, kNone, "objects");
      if (kind == Kind::kCreateClusterObjects) l->objects = i;
    }
  }
  for (const Drift& d : l->drift) {
    if (d.kind == DriftKind::kMissingRack) AddRackWrite(l, Kind::kCreateRack, d.rack, "missing-rack");
    if (d.kind == DriftKind::kFixedWorkload) AddRackWrite(l, Kind::kRecreateRack, d.rack, "fixed-workload");
    // A workload that is made anew gets its new template with it: drift of a rack's fixed part comes first.
    const bool written = d.rack != kNone && l->rack_write[static_cast<size_t>(d.rack)] >= 0;
    if (d.kind == DriftKind::kStaleTemplate && !written) AddRackWrite(l, Kind::kUpdateRack, d.rack, "stale-template");
    if (d.kind == DriftKind::kSeeds) l->seeds = l->Add(Kind::kSetSeeds, kGroupObjects, kNone, kNone, "seeds");
  }
}

}  // namespace cassplan::planner
