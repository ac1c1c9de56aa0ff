// scale_out, the bootstrap of a new cluster, and the cold start of a stopped one. New nodes join one at a time, the
// emptiest rack first: so the first node of the first rack, then the first node of every other rack, then round-robin.
// Members that have their data start together, a seed of each datacenter first.
#include <algorithm>
#include <vector>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

struct Joiner {
  Id slot;
  bool cold;
};

void AddPredecessors(Lowering* l, Id s, ActionIndex i, std::vector<ActionIndex>* last) {
  const size_t rack = static_cast<size_t>(l->model.slot(s).rack);
  Action& a = l->at(i);
  if (l->rack_write[rack] >= 0) a.hard.push_back(l->rack_write[rack]);
  if (l->objects >= 0) a.hard.push_back(l->objects);
  if ((*last)[rack] >= 0) a.hard.push_back((*last)[rack]);  // ordinals of a workload start in order
  if (l->last_in_slot[static_cast<size_t>(s)] >= 0) a.hard.push_back(l->last_in_slot[static_cast<size_t>(s)]);
  (*last)[rack] = i;
  l->start[static_cast<size_t>(s)] = i;
}

void ColdStart(Lowering* l, std::vector<ActionIndex>* last) {
  const Model& m = l->model;
  std::vector<ActionIndex> seed_of_dc(m.dcs.size(), -1);
  for (const bool seeds : {true, false}) {
    for (const Drift& d : l->drift) {
      if (d.kind != DriftKind::kStoppedNode) continue;
      if (std::binary_search(m.seeds.begin(), m.seeds.end(), d.slot) != seeds) continue;
      const ActionIndex i = l->Add(Kind::kStartNode, kGroupRestart, d.rack, d.slot, "stopped-node");
      AddPredecessors(l, d.slot, i, last);
      ActionIndex& seed = seed_of_dc[static_cast<size_t>(d.dc)];
      l->at(i).key.broken_rack = seeds ? -1 : 0;
      l->at(i).was_down = true;
      if (seed >= 0 && !seeds) l->at(i).hard.push_back(seed);
      if (seed < 0) seed = i;
    }
  }
}

// Nodes of each rack, those that are joining already among them.
std::vector<int32_t> CountNodes(const Model& m) {
  std::vector<int32_t> count(m.racks.size(), 0);
  for (const Member& member : m.members) {
    if (member.rack != kNone) ++count[static_cast<size_t>(member.rack)];
  }
  for (size_t s = 0; s < m.slots.size(); ++s) {
    if (m.slots[s].member == kNone && StartInFlight(m, static_cast<Id>(s)))
      ++count[static_cast<size_t>(m.slots[s].rack)];
  }
  return count;
}

void Join(Lowering* l, std::vector<ActionIndex>* last) {
  const Model& m = l->model;
  std::vector<std::vector<Id>> pool(m.racks.size());  // highest ordinal first, so that back() is next
  size_t left = 0;
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kMissingNode || StartInFlight(m, d.slot)) continue;
    pool[static_cast<size_t>(d.rack)].push_back(d.slot);
    ++left;
  }
  for (auto& slots : pool) std::reverse(slots.begin(), slots.end());
  std::vector<int32_t> count = CountNodes(m);
  for (int32_t turn = 1; left > 0; ++turn, --left) {
    size_t best = pool.size();
    for (size_t r = 0; r < pool.size(); ++r) {
      if (!pool[r].empty() && (best == pool.size() || count[r] < count[best])) best = r;
    }
    const Id s = pool[best].back();
    pool[best].pop_back();
    ++count[best];
    const ActionIndex i = l->Add(Kind::kStartNode, kGroupJoin, static_cast<Id>(best), s, "missing-node");
    l->at(i).joins = true;
    l->at(i).member = kNone;  // whoever is there now leaves before
    l->at(i).key.turn = turn;
    AddPredecessors(l, s, i, last);
  }
}

}  // namespace

void LowerScaleOut(Lowering* l) {
  std::vector<ActionIndex> last(l->model.racks.size(), -1);
  ColdStart(l, &last);
  Join(l, &last);
}

}  // namespace cassplan::planner
