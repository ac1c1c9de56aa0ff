// repair: by node and primary range, so that every range is repaired once; only when policy asks for it.
#include <algorithm>

#include "lib/planner/lower.h"

namespace cassplan::planner {

void LowerRepair(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kRepairDue) continue;
    // One that a change of replication owes repairs more.
    const bool planned = std::any_of(l->actions.begin(), l->actions.end(), [&](const Action& a) {
      return a.kind == Kind::kRepair && a.slot == d.slot && a.keyspace == d.keyspace;
    });
    if (planned) continue;
    const ActionIndex i = l->Add(Kind::kRepair, kGroupRest, d.rack, d.slot, "repair-due");
    l->at(i).keyspace = d.keyspace;
    l->at(i).key.keyspace = d.keyspace;
    l->at(i).unless = l->decommission[static_cast<size_t>(d.slot)];
  }
}

}  // namespace cassplan::planner
