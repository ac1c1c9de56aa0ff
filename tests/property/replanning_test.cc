// Planning again in the middle of a plan (docs/scheduling.md, re-planning): after a prefix that ends at section borders
// the new plan is the rest of the old one; after any legal prefix, with actions in flight, it has the same ids without
// those that are done or running, and the verifier finds nothing in it. READY is the frontier of COMPLETE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/property/cases.h"
#include "tests/property/execute.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

using Ids = std::set<std::string>;

constexpr uint64_t kSeeds = 4;

// A plan as sets of ids.
struct Outline {
  explicit Outline(const v1::PlanResponse& response) {
    for (const v1::Section& section : response.plan().sections()) {
      Ids& members = sections[section.id()];
      members.insert(section.in_flight().begin(), section.in_flight().end());
      order[section.resource()].push_back(section.id());
    }
    for (const v1::Action& a : response.plan().actions()) {
      placed.push_back(a.id());
      ids.insert(a.id());
      names[a.id()] = testing::Name(a);
      for (const std::string& section : a.sections()) sections[section].insert(a.id());
    }
    for (const v1::Action& a : response.plan().actions()) {
      for (const std::string& id : a.requires_ids()) {
        const auto section = sections.find(id);
        edges[a.id()].push_back(section == sections.end() ? Ids{id} : section->second);
      }
    }
    for (const v1::Held& held : response.held()) {
      held_ids.insert(held.action_id());
      names[held.action_id()] = absl::StrCat("held ", testing::Name(held));
    }
  }

  // Sections per resource, and what each action waits for, without `done`.
  std::map<std::string, std::vector<Ids>> SectionsWithout(const Ids& done) const {
    std::map<std::string, std::vector<Ids>> out;
    for (const auto& [resource, list] : order) {
      if (absl::StartsWith(resource, "node/")) continue;  // shown only where there are two
      for (const std::string& id : list) {
        Ids left = Minus(sections.at(id), done);
        if (!left.empty()) out[resource].push_back(std::move(left));
      }
    }
    return out;
  }

  std::map<std::string, std::set<Ids>> EdgesWithout(const Ids& done) const {
    std::map<std::string, std::set<Ids>> out;
    for (const auto& [id, list] : edges) {
      if (done.count(id) > 0) continue;
      for (const Ids& before : list) {
        Ids left = Minus(before, done);
        if (!left.empty()) out[id].insert(std::move(left));
      }
    }
    return out;
  }

  // No section is partly done. (Of `cluster` nobody reads what another changes: its sections do not count.)
  bool AtBorders(const Ids& done) const {
    for (const auto& [id, members] : sections) {
      if (absl::StartsWith(id, "cluster#")) continue;
      const size_t left = Minus(members, done).size();
      if (left > 0 && left < members.size()) return false;
    }
    return true;
  }

  bool MayStart(const std::string& id, const Ids& done) const {
    const auto it = edges.find(id);
    if (it == edges.end()) return true;
    return std::all_of(it->second.begin(), it->second.end(),
                       [&](const Ids& before) { return Minus(before, done).empty(); });
  }

  static Ids Minus(const Ids& a, const Ids& b) {
    Ids out;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
    return out;
  }

  std::string Names(const Ids& list) const {
    std::string out;
    for (const std::string& id : list) {
      const auto it = names.find(id);
      absl::StrAppend(&out, " [", it == names.end() ? id : it->second, "]");
    }
    return out;
  }

  std::vector<std::string> placed;
  Ids ids;
  Ids held_ids;
  std::map<std::string, Ids> sections;
  std::map<std::string, std::vector<std::string>> order;  // resource -> section ids
  std::map<std::string, std::vector<Ids>> edges;
  std::map<std::string, std::string> names;
};

const v1::Action& ActionOf(const v1::PlanResponse& response, const std::string& id) {
  for (const v1::Action& a : response.plan().actions()) {
    if (a.id() == id) return a;
  }
  ADD_FAILURE() << "no action " << id;
  return response.plan().actions(0);
}

void ExpectSameIds(const Outline& before, const Ids& gone, const Outline& after) {
  const Ids want = Outline::Minus(before.ids, gone);
  EXPECT_EQ(before.Names(Outline::Minus(want, after.ids)), "") << "missing";
  EXPECT_EQ(after.Names(Outline::Minus(after.ids, want)), "") << "extra";
  EXPECT_EQ(before.Names(Outline::Minus(before.held_ids, after.held_ids)), "") << "held no more";
  EXPECT_EQ(after.Names(Outline::Minus(after.held_ids, before.held_ids)), "") << "held now";
}

// ---- prefixes in the order of placing

int PrefixesInOrder(const Case& c, uint64_t seed) {
  int borders = 0;
  Cluster cluster = c.make(seed);
  if (cluster.ledger.started_size() > 0) return 0;  // what is in flight does not end here
  const v1::PlanResponse first = MustPlan(cluster.Build());
  const Outline before(first);
  Ids done;
  for (const std::string& id : before.placed) {
    Finish(ActionOf(first, id), &cluster);
    done.insert(id);
    if (!before.AtBorders(done)) continue;
    ++borders;
    SCOPED_TRACE(absl::StrCat("after ", done.size(), " of ", before.placed.size(), ", the last ", before.names.at(id)));
    const v1::PlanRequest request = cluster.Build();
    const v1::PlanResponse then = MustPlan(request);
    const Outline after(then);
    ExpectSameIds(before, done, after);
    EXPECT_EQ(Violations(request, then, Effort(200, 0)), "");
    EXPECT_EQ(before.SectionsWithout(done), after.SectionsWithout({}));
    EXPECT_EQ(before.EdgesWithout(done), after.EdgesWithout({}));
    if (::testing::Test::HasFailure()) break;
  }
  return borders;
}

TEST(Replanning, PrefixesThatEndAtSectionBorders) {
  int borders = 0;
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      borders += PrefixesInOrder(c, seed);
      if (HasFailure()) return;
    }
  }
  RecordProperty("prefixes", borders);
  EXPECT_GT(borders, 600);
}

// ---- any legal prefix, with actions in flight

struct Prefix {
  Ids done;
  Ids running;
};

Prefix AnyPrefix(const Outline& plan, Random* random) {
  Prefix prefix;
  for (int steps = random->Below(static_cast<int>(2 * plan.placed.size()) + 1); steps > 0; --steps) {
    std::vector<std::string> possible;
    for (const std::string& id : plan.placed) {
      if (prefix.done.count(id) == 0 && prefix.running.count(id) == 0 && plan.MayStart(id, prefix.done)) {
        possible.push_back(id);
      }
    }
    possible.insert(possible.end(), prefix.running.begin(), prefix.running.end());
    if (possible.empty()) break;
    const std::string& id = possible[static_cast<size_t>(random->Below(static_cast<int>(possible.size())))];
    if (prefix.running.erase(id) > 0) {
      prefix.done.insert(id);
    } else {
      prefix.running.insert(id);
    }
  }
  return prefix;
}

void CheckPrefix(const Case& c, uint64_t seed, uint64_t number) {
  Cluster cluster = c.make(seed);
  const v1::PlanResponse first = MustPlan(cluster.Build());
  const Outline before(first);
  Random random(seed * 1000 + number);
  const Prefix prefix = AnyPrefix(before, &random);
  for (const std::string& id : before.placed) {
    if (prefix.done.count(id) > 0) Finish(ActionOf(first, id), &cluster);
  }
  for (const std::string& id : before.placed) {
    if (prefix.running.count(id) > 0) Begin(ActionOf(first, id), random.OneIn(2), &cluster);
  }
  SCOPED_TRACE(absl::StrCat("prefix ", number, "\ndone:", before.Names(prefix.done),
                            "\nrunning:", before.Names(prefix.running)));
  const v1::PlanRequest request = cluster.Build();
  const v1::PlanResponse then = MustPlan(request);
  Ids gone = prefix.done;
  gone.insert(prefix.running.begin(), prefix.running.end());
  ExpectSameIds(before, gone, Outline(then));
  VerifyOptions options = Effort(300, 1);
  options.seed = number;
  EXPECT_EQ(Violations(request, then, options), "");
}

TEST(Replanning, AnyLegalPrefix) {
  int prefixes = 0;
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      for (uint64_t number = 0; number < 20; ++number) {
        SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
        CheckPrefix(c, seed, number);
        ++prefixes;
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("prefixes", prefixes);
  EXPECT_GE(prefixes, 3000);
}

// ---- READY is the frontier of COMPLETE

// Ready: nothing before it is open, and its pool has room.
void ExpectFrontier(const v1::PlanResponse& complete) {
  std::map<std::string, std::set<std::string>> taken;
  for (const v1::Action& a : complete.plan().actions()) {
    if (!a.ready()) continue;
    EXPECT_EQ(a.requires_ids_size(), 0) << testing::Name(a);
    for (const std::string& pool : a.pools()) taken[pool].insert(SlotOf(a.target()));
  }
  std::map<std::string, int> room;
  for (const v1::Pool& pool : complete.plan().pools()) room[pool.id()] = pool.capacity() - pool.used();
  for (const auto& [pool, slots] : taken) EXPECT_LE(static_cast<int>(slots.size()), room.at(pool)) << pool;
  for (const v1::Action& a : complete.plan().actions()) {
    if (a.ready() || a.requires_ids_size() > 0) continue;
    bool full = false;
    for (const std::string& pool : a.pools()) full = full || static_cast<int>(taken[pool].size()) >= room.at(pool);
    EXPECT_TRUE(full) << testing::Name(a) << " could start";
  }
}

void ExpectReadyIsTheFrontier(Cluster cluster) {
  cluster.horizon = v1::HORIZON_COMPLETE;
  const v1::PlanResponse complete = MustPlan(cluster.Build());
  ExpectFrontier(complete);
  cluster.horizon = v1::HORIZON_READY;
  const v1::PlanRequest request = cluster.Build();
  const v1::PlanResponse ready = MustPlan(request);
  EXPECT_EQ(Violations(request, ready, Effort(200, 1)), "");
  std::vector<std::string> want;
  std::vector<std::string> got;
  for (v1::Action a : complete.plan().actions()) {
    a.clear_forecast_start_seconds();
    a.clear_forecast_finish_seconds();
    a.clear_sections();
    if (a.ready()) want.push_back(a.SerializeAsString());
  }
  for (const v1::Action& a : ready.plan().actions()) got.push_back(a.SerializeAsString());
  EXPECT_EQ(got, want);
  EXPECT_EQ(ready.outcome(), complete.outcome());
  EXPECT_EQ(ready.plan_fingerprint(), complete.plan_fingerprint());
  EXPECT_EQ(ready.ledger().SerializeAsString(), complete.ledger().SerializeAsString());
}

TEST(Replanning, ReadyIsTheFrontierOfComplete) {
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      for (const int width : {1, 2, 1000}) {
        SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed, " width ", width));
        Cluster cluster = c.make(seed);
        if (!cluster.policy.has_rack_width()) cluster.policy.set_rack_width(width);
        ExpectReadyIsTheFrontier(cluster);
        if (HasFailure()) return;
      }
    }
  }
}

// ---- a host: start something that is ready, or see something end; plan again; until nothing is left

TEST(Replanning, AHostRunsToTheEnd) {
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      Cluster cluster = c.make(seed);
      if (cluster.ledger.started_size() > 0) continue;  // begun by somebody else
      Host host(std::move(cluster), seed);
      const v1::Outcome before = host.first().outcome();
      const v1::PlanResponse after = host.Run();
      EXPECT_EQ(after.plan().actions_size(), 0);
      const bool person = before == v1::OUTCOME_BLOCKED || c.name == "ForeignMove";
      EXPECT_EQ(after.outcome() == v1::OUTCOME_CONVERGED, !person) << v1::Outcome_Name(after.outcome());
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace cassplan::property
