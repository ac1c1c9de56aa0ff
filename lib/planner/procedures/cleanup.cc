// cleanup: after joins the older nodes of the datacenter keep data that is not theirs any more. It is owed once, after
// the last join: by every node that was there before, and by every joiner but the last.
#include <memory>
#include <utility>
#include <vector>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

bool HoldsData(const Model& m, Id dc) {
  for (const Keyspace& k : m.keyspaces) {
    if (!k.user && !k.counted) continue;
    if (k.strategy == Replicates::kSimple && k.simple_rf > 0) return true;
    if (k.strategy == Replicates::kNetworkTopology && k.rf[static_cast<size_t>(dc)] > 0) return true;
  }
  return false;
}

struct Joins {
  std::shared_ptr<const std::vector<ActionIndex>> planned = std::make_shared<std::vector<ActionIndex>>();  // by turn
  bool in_flight = false;
};

Joins JoinsOf(const Lowering& l, Id dc) {
  Joins joins;
  auto planned = std::make_shared<std::vector<ActionIndex>>();
  for (size_t i = 0; i < l.actions.size(); ++i) {
    const Action& a = l.actions[i];
    const bool join = a.joins && (a.kind == Kind::kStartNode || a.kind == Kind::kRestartNode);
    if (join && !StartInFlight(l.model, a.slot) && (a.dc == dc || l.model.merged))
      planned->push_back(static_cast<ActionIndex>(i));
  }
  for (const InFlight& a : l.model.in_flight) {
    if (a.kind == Kind::kStartNode && (a.dc == dc || l.model.merged)) joins.in_flight = true;
  }
  joins.planned = std::move(planned);
  return joins;
}

// One cleanup. Unless it is owed for certain, it goes when none of the joins from `from` on is placed.
void AddCleanup(Lowering* l, Id slot, bool now, const Joins& joins, size_t from, ActionIndex own_start) {
  const ActionIndex i = l->Add(Kind::kCleanup, kGroupCleanup, l->model.slot(slot).rack, slot, "cleanup-owed");
  Action& a = l->at(i);
  if (own_start >= 0) a.hard.push_back(own_start);
  if (now) return;
  a.only_with = joins.planned;
  a.only_with_from = from;
}

// A node that is to leave owes like any other as long as it stays: those that leave before it may give it ranges back.
void MembersOf(Lowering* l, Id dc, const Joins& joins) {
  const Model& m = l->model;
  for (Id s = 0; s < static_cast<Id>(m.slots.size()); ++s) {
    if (m.slot(s).member == kNone || m.DcOfSlot(s) != dc) continue;
    const Member& member = m.member(m.slot(s).member);
    const bool leaves = member.movement == Movement::kLeaving;
    const bool now = member.cleanup_owed || (joins.in_flight && member.movement != Movement::kJoining);
    if (!member.cleanup_owed && (leaves || (!now && joins.planned->empty()))) continue;
    AddCleanup(l, s, now, joins, 0, -1);
    l->actions.back().unless = l->decommission[static_cast<size_t>(s)];
  }
}

void JoinersOf(Lowering* l, Id dc, const Joins& joins) {
  if (joins.planned->empty()) return;
  for (const InFlight& a : l->model.in_flight) {
    const bool pending = a.kind == Kind::kStartNode && a.dc == dc && a.slot != kNone;
    if (pending && l->model.slot(a.slot).member == kNone) AddCleanup(l, a.slot, false, joins, 0, -1);
  }
  for (size_t j = 0; j + 1 < joins.planned->size(); ++j) {
    const ActionIndex join = (*joins.planned)[j];
    if (l->at(join).dc == dc) AddCleanup(l, l->at(join).slot, false, joins, j + 1, join);
  }
}

}  // namespace

void LowerCleanup(Lowering* l) {
  for (size_t d = 0; d < l->model.dcs.size(); ++d) {
    const Id dc = static_cast<Id>(d);
    // Where nothing replicates a join makes nobody owe; what is owed from before is paid all the same.
    const Joins joins = HoldsData(l->model, dc) ? JoinsOf(*l, dc) : Joins();
    MembersOf(l, dc, joins);
    JoinersOf(l, dc, joins);
  }
}

}  // namespace cassplan::planner
