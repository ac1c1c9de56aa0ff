// repair: by node and primary range, so that every range is repaired once; only when policy asks for it.
#include "lib/planner/lower.h"

namespace cassplan::planner {

void LowerRepair(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kRepairDue) continue;
    const ActionIndex i = l->Add(Kind::kRepair, kGroupRest, d.rack, d.slot, "repair-due");
    l->at(i).keyspace = d.keyspace;
    l->at(i).key.keyspace = d.keyspace;
    l->at(i).unless = l->decommission[static_cast<size_t>(d.slot)];
  }
}

}  // namespace cassplan::planner
