#include "lib/planner/lower.h"

#include <algorithm>

#include "lib/planner/schedule.h"

namespace cassplan::planner {
namespace {

// An action that the ledger has in flight is not planned again; what comes after it waits for its section.
void MarkInFlight(Lowering* l) {
  for (Action& a : l->actions) {
    for (const InFlight& running : l->model.in_flight) {
      if (running.kind != a.kind) continue;
      const bool out = a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate;
      const bool same = out               ? running.member == a.member
                        : a.slot != kNone ? running.slot == a.slot
                        : a.rack != kNone ? running.rack == a.rack
                                          : running.dc == a.dc;
      // A plan may write the list twice: without a seed that is replaced, leaves or joins, then with it.
      if (a.kind == Kind::kSetSeeds && running.id != ActionId(l->model, a, GoalOf(l->model, a))) continue;
      if (a.drift == "requested" && running.request_uid != l->model.request_at(a.request).uid) continue;
      if (a.drift != "requested" && running.some_keyspaces) continue;
      // A keyspace may change in several steps, and a node owe several repairs.
      const bool step =
          a.keyspace == kNone || running.replication_factor == 0 || running.replication_factor == a.replication_factor;
      if (same && step && running.keyspace == a.keyspace) a.in_flight = true;
    }
  }
  for (size_t i = 0; i < l->actions.size(); ++i) {
    const Action& a = l->actions[i];
    if (a.in_flight && a.drain >= 0) l->at(a.drain).in_flight = true;  // what began the unit is over
  }
}

void SortUnique(std::vector<ActionIndex>* list) {
  std::sort(list->begin(), list->end());
  list->erase(std::unique(list->begin(), list->end()), list->end());
}

}  // namespace

Lowering::Lowering(const Model& m, const std::vector<Drift>& d) : model(m), drift(d) {
  rack_write.assign(model.racks.size(), -1);
  start.assign(model.slots.size(), -1);
  decommission.assign(model.slots.size(), -1);
  last_in_slot.assign(model.slots.size(), -1);
  restart_begun.assign(model.racks.size(), 0);
  restart_broken.assign(model.racks.size(), 0);
}

ActionIndex Lowering::Add(Kind kind, int32_t group, Id rack, Id slot, absl::string_view code) {
  Action a;
  a.kind = kind;
  a.slot = slot;
  a.rack = slot == kNone ? rack : model.slot(slot).rack;
  a.dc = a.rack == kNone ? kNone : model.rack(a.rack).dc;
  a.member = slot == kNone ? kNone : model.slot(slot).member;
  a.drift = code;
  a.key.group = group;
  a.key.dc = a.dc;
  a.key.rack = a.rack;
  a.key.ordinal = slot == kNone ? -1 : model.slot(slot).ordinal;
  a.key.kind = static_cast<int32_t>(kind);
  actions.push_back(std::move(a));
  return static_cast<ActionIndex>(actions.size()) - 1;
}

bool StartInFlight(const Model& model, Id slot) {
  return std::any_of(model.in_flight.begin(), model.in_flight.end(),
                     [&](const InFlight& a) { return a.kind == Kind::kStartNode && a.slot == slot; });
}

std::vector<Action> Lower(const Model& model, const std::vector<Drift>& drift) {
  Lowering l(model, drift);
  LowerObjects(&l);
  LowerReplace(&l);
  LowerRemove(&l);
  LowerResolveMovement(&l);
  LowerScaleIn(&l);
  LowerSurplusRacks(&l);
  LowerRollingUpdate(&l);
  LowerUpgrade(&l);
  LowerGrowVolumes(&l);
  LowerScaleOut(&l);
  LowerCleanup(&l);
  LowerSeeds(&l);
  LowerReplication(&l);
  LowerRepair(&l);
  LowerOperations(&l);
  if (!model.in_flight.empty()) MarkInFlight(&l);
  for (Action& a : l.actions) SortUnique(&a.hard);
  return std::move(l.actions);
}

}  // namespace cassplan::planner
