// seeds: a node that is its own seed does not bootstrap, so it would join without its data; and at least one seed of a
// datacenter stays up. Source: org.apache.cassandra.service.StorageService.shouldBootstrap.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/dead.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kOwnSeed, kLastSeed, kReplacedSeed, kStillSeed };

bool HoldsData(const Ask& ask, Id dc) {
  for (size_t k = 0; k < ask.model.keyspaces.size(); ++k) {
    const Keyspace& ks = ask.model.keyspaces[k];
    if (!ks.counted) continue;
    if (ks.strategy == Replicates::kSimple || ask.facts.ReplicationFactor(static_cast<Id>(k), dc) > 0) return true;
  }
  return false;
}

}  // namespace

namespace {

bool Contains(const std::vector<Id>& list, Id slot) { return std::binary_search(list.begin(), list.end(), slot); }

// Nodes find it in the list with which they are started, as far as that is known.
bool Listed(const Ask& ask) {
  const Model& m = ask.model;
  if (ask.predecessor_demotes) return Contains(m.seeds, ask.action.slot);
  return Contains(m.seeds_known ? m.observed_seeds : m.final_seeds, ask.action.slot);
}

}  // namespace

void CheckSeeds(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (a.slot == kNone) return;
  if (a.joins) {
    if (!m.members.empty() && HoldsData(ask, a.dc) && Listed(ask)) out->Add(kOwnSeed, kNoResource, a.slot);
    return;
  }
  if (a.kind == Kind::kReplaceNode) {
    if (!Contains(m.seeds, a.slot)) return;
    const bool in_list = m.seeds_differ == Known::kUnknown ||
                         std::binary_search(m.observed_seeds.begin(), m.observed_seeds.end(), a.slot);
    // While replace-window holds it nothing is decided yet; unless somebody waives that.
    const std::vector<Id> demoted = SeedsToDemote(m);
    const bool decided = !m.policy.waivers.empty() || std::binary_search(demoted.begin(), demoted.end(), a.slot);
    if (in_list && decided && !ask.predecessor_demotes) out->Add(kReplacedSeed, kNoResource, a.slot);
    return;
  }
  if (a.kind == Kind::kDecommission) {
    if (m.seeds_known && Listed(ask)) out->Add(kStillSeed, kNoResource, a.slot).waits = m.seeds_differ == Known::kYes;
    return;
  }
  if (!Contains(m.seeds, a.slot) || !IsDisruption(a.kind) || a.was_down) return;
  int32_t in_dc = 0;
  for (const Id seed : m.seeds) in_dc += m.DcOfSlot(seed) == a.dc && m.slot(seed).member != kNone ? 1 : 0;
  const bool counted = !ask.facts.Away(a.member, ask.ServingFresh());
  if (in_dc > 1 && counted && ask.facts.LiveSeeds(a.dc, ask.ServingFresh()) <= 1) {
    out->Add(kLastSeed, ask.resources.serving(a.dc), a.slot).mate = true;
  }
}

Text DescribeSeeds(const Model& m, const Action& a, const Refusal& r) {
  if (r.code == kReplacedSeed) {
    return {absl::StrCat("slot ", m.SlotName(r.subject),
                         " is in the seed list, and a node that is its own seed replaces nobody"),
            m.seeds.size() > 1 ? "nothing: the plan takes it out of the list once it is to be replaced"
                               : "add another node to the seed list first"};
  }
  if (r.code == kOwnSeed) {
    return {absl::StrCat("slot ", m.SlotName(r.subject),
                         " is in the seed list, and a node that is its own seed joins without its data"),
            "take it out of the seed list, let it join, then put it back"};
  }
  if (r.code == kStillSeed) {
    return {absl::StrCat(m.SlotName(r.subject), " is a seed, and no other one is listed in its place"),
            "list a node that stays as a seed"};
  }
  return {absl::StrCat(m.SlotName(r.subject), " is the last live seed of ", m.dc(a.dc).name),
          "bring another seed back first"};
}

}  // namespace cassplan::planner
