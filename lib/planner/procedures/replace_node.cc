// replace_node: a dead member that a person asked to replace, in its own slot, by host id.
#include "lib/planner/lower.h"

namespace cassplan::planner {

void LowerReplace(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kReplaceNode) continue;
    const ActionIndex i = l->Add(Kind::kReplaceNode, kGroupReplace, d.rack, d.slot, "replace-requested");
    l->at(i).request = l->model.Wanted(Kind::kReplaceNode, d.slot);
    const ActionIndex write = l->rack_write[static_cast<size_t>(d.rack)];
    if (write >= 0) l->at(i).hard.push_back(write);
    // It comes back with the new template, so its rack has begun.
    l->restart_begun[static_cast<size_t>(d.rack)] = 1;
  }
}

}  // namespace cassplan::planner
