// remove_node: the others take a dead member out of the ring, by host id: one that has no slot (a ghost), one whose
// slot is not desired any more, or any where policy.dead_node is remove. Its volume is set aside in the same unit, so
// that its slot cannot start it again. Where the slot is still desired a new node joins there afterwards. As a last
// resort a person asks to assassinate it: nothing is streamed then.
#include "lib/planner/dead.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {

void LowerRemove(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kRemoveNode) continue;
    const bool assassinate = EndingOf(l->model, d.member) == Ending::kAssassinate;
    const Kind kind = assassinate ? Kind::kAssassinate : Kind::kRemoveNode;
    const Id request = RequestFor(l->model, kind, d.member);
    const absl::string_view code = request != kNone ? "requested" : d.slot == kNone ? "ghost" : "dead-node";
    const ActionIndex aside = d.slot == kNone ? -1 : AddQuarantine(l, d, code);
    const ActionIndex i = l->Add(kind, kGroupReplace, d.rack, d.slot, code);
    Action& a = l->at(i);
    a.member = d.member;
    a.request = request;
    a.dc = d.dc;
    a.key.dc = d.dc;
    a.key.turn = d.member;
    a.drain = aside;
    if (aside >= 0) a.hard.push_back(aside);
    if (d.slot == kNone) continue;
    l->decommission[static_cast<size_t>(d.slot)] = i;
    l->last_in_slot[static_cast<size_t>(d.slot)] = i;
  }
}

}  // namespace cassplan::planner
