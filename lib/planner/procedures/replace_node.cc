// replace_node: a dead member, in its own slot, by host id: a seed is taken out of the seed list first and put back
// afterwards; the old volume is set aside, and kept; an empty node starts and takes the dead one's tokens over. Several
// go one after the other: each has `topology` alone.
#include <algorithm>
#include <vector>

#include "lib/planner/dead.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

void Replace(Lowering* l, const Drift& d, ActionIndex demotion) {
  const Id request = RequestFor(l->model, Kind::kReplaceNode, d.member);
  const absl::string_view code = request != kNone ? "replace-requested" : "dead-node";
  const ActionIndex write = l->rack_write[static_cast<size_t>(d.rack)];
  const ActionIndex aside = AddQuarantine(l, d, code);
  const ActionIndex i = l->Add(Kind::kReplaceNode, kGroupReplace, d.rack, d.slot, code);
  l->at(i).request = request;
  if (aside >= 0) {
    l->at(i).drain = aside;
    l->at(i).hard.push_back(aside);
  }
  for (const ActionIndex before : {write, demotion}) {
    if (before < 0) continue;
    l->at(i).hard.push_back(before);
    if (aside >= 0) l->at(aside).hard.push_back(before);
  }
  // It comes back with the new template, so its rack has begun.
  l->restart_begun[static_cast<size_t>(d.rack)] = 1;
}

}  // namespace

ActionIndex AddQuarantine(Lowering* l, const Drift& d, absl::string_view code) {
  if (!HoldsOldData(l->model, d.slot, d.member)) return -1;
  const ActionIndex i = l->Add(Kind::kQuarantineVolume, kGroupReplace, d.rack, d.slot, code);
  l->at(i).in_unit = true;
  return i;
}

void LowerReplace(Lowering* l) {
  const std::vector<Id> seeds = SeedsToDemote(l->model);
  const bool left = !RemainingSeeds(l->model).empty();
  const bool demote = left && !seeds.empty() &&
                      (l->model.seeds_differ == Known::kUnknown || l->model.observed_seeds != RemainingSeeds(l->model));
  ActionIndex demotion = -1;
  if (demote) {
    demotion = l->Add(Kind::kSetSeeds, kGroupObjects, kNone, kNone, "seed-replaced");
    l->at(demotion).demotes = true;
  }
  std::vector<ActionIndex> replaced;
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kReplaceNode) continue;
    Replace(l, d, demotion);
    if (std::binary_search(seeds.begin(), seeds.end(), d.slot))
      replaced.push_back(static_cast<ActionIndex>(l->actions.size()) - 1);
  }
  if (!left || seeds.empty()) return;
  const ActionIndex back = l->Add(Kind::kSetSeeds, kGroupRest, kNone, kNone, "seeds");
  l->at(back).hard = replaced;
}

}  // namespace cassplan::planner
