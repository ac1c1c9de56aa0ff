// Seeds: a seed that leaves is demoted before; one that joins is promoted once it is there. No list by
// itself restarts a node.
#include <algorithm>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

// Who joins or leaves is in no list before.
void Demote(Lowering* l) {
  if (l->seeds < 0) return;
  const std::vector<Id>& listed = l->model.observed_seeds;
  for (Action& a : l->actions) {
    if ((a.kind != Kind::kDecommission && !a.joins) || a.slot == kNone) continue;
    if (std::binary_search(listed.begin(), listed.end(), a.slot)) a.hard.push_back(l->seeds);
  }
}

// Once all of them are members.
void Promote(Lowering* l) {
  const Model& m = l->model;
  const ActionIndex i = l->Add(Kind::kSetSeeds, kGroupCleanup, kNone, kNone, "final-seeds");
  Action& a = l->at(i);
  a.last_seeds = true;
  if (l->seeds >= 0) a.hard.push_back(l->seeds);
  for (const Id s : m.final_seeds) {
    if (std::binary_search(m.seeds.begin(), m.seeds.end(), s)) continue;
    if (l->start[static_cast<size_t>(s)] >= 0) a.hard.push_back(l->start[static_cast<size_t>(s)]);
  }
  l->final_seeds = i;
}

}  // namespace

void LowerSeeds(Lowering* l) {
  Demote(l);
  for (const Drift& d : l->drift) {
    if (d.kind == DriftKind::kFinalSeeds) Promote(l);
  }
}

}  // namespace cassplan::planner
