// resolve_movement: movements that do not end by themselves. A decommission that failed (5.0 says so) is asked for
// again by scale_in, once its peers are up; a node that hangs in LEAVING refuses that, so it is restarted and is a
// normal member again. A join that failed is begun again by a restart: the node never was in the ring. Pods with each
// other's addresses are restarted one after the other. What a person began is never begun twice: it blocks, and says
// so.
#include "lib/planner/lower.h"

namespace cassplan::planner {

void LowerResolveMovement(Lowering* l) {
  ActionIndex before = -1;  // of crossed Pods: the first that gets another address frees the one that it had
  for (const Drift& d : l->drift) {
    const bool crossed = d.kind == DriftKind::kCrossedNode;
    if (!crossed && d.kind != DriftKind::kStuckMovement) continue;
    const Member& member = l->model.member(d.member);
    const absl::string_view code = crossed ? "crossed-address" : "stuck-movement";
    const ActionIndex i = l->Add(Kind::kRestartNode, kGroupRestart, d.rack, d.slot, code);
    Action& a = l->at(i);
    a.key.broken_rack = -1;
    a.key.broken = 0;
    a.key.dc_priority = l->model.dc(d.dc).priority;
    a.was_down = !member.up;
    a.joins = member.movement == Movement::kJoining;
    if (!crossed) continue;
    if (before >= 0) a.hard.push_back(before);
    before = i;
  }
}

}  // namespace cassplan::planner
