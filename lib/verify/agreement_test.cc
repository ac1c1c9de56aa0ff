// Two ways of proof, made to disagree if they can: plans drawn at random, most of them bad.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/verify/testing.h"

namespace cassplan::verify::testing {
namespace {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 1) {}
  int operator()(int sides) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<int>((state_ >> 11) % static_cast<uint64_t>(sides));
  }

 private:
  uint64_t state_;
};

std::string RandomSlot(Dice& dice, int datacenters, int racks, int nodes) {
  return absl::StrCat("dc", 1 + dice(datacenters), "/r", 1 + dice(racks), "/", dice(nodes));
}

struct Case {
  TestCluster cluster{1, 1, 1};
  TestPlan plan;
};

constexpr v1::ActionKind kKinds[] = {
    v1::ACTION_KIND_RESTART_NODE,   v1::ACTION_KIND_RESTART_NODE, v1::ACTION_KIND_RESTART_NODE,
    v1::ACTION_KIND_DECOMMISSION,   v1::ACTION_KIND_CLEANUP,      v1::ACTION_KIND_SHRINK_RACK,
    v1::ACTION_KIND_DELETE_VOLUME,  v1::ACTION_KIND_REPLACE_NODE, v1::ACTION_KIND_REMOVE_NODE,
    v1::ACTION_KIND_ALTER_KEYSPACE, v1::ACTION_KIND_REBUILD,      v1::ACTION_KIND_START_NODE};

Case Draw(uint64_t seed, bool joins) {
  Dice dice(seed);
  const int datacenters = 1 + dice(2);
  const int racks = 1 + dice(3);
  const int nodes = 1 + dice(3);
  Case drawn{TestCluster(datacenters, racks, nodes, 2), TestPlan()};
  drawn.cluster.Replicate("app", 1 + dice(3));
  drawn.cluster.base.mutable_policy()->set_max_datacenters(1 + dice(2));
  if (dice(3) == 0) drawn.cluster.ReplicateSimply("whole", 1 + dice(3));
  if (dice(3) == 0) drawn.cluster.base.mutable_policy()->add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  for (int i = dice(3); i > 0; --i) drawn.cluster[RandomSlot(dice, datacenters, racks, nodes)].up = false;
  for (int i = dice(3); i > 0; --i) drawn.cluster.Owe(RandomSlot(dice, datacenters, racks, nodes));
  if (dice(4) == 0) {
    drawn.cluster.InFlight("old", v1::ACTION_KIND_RESTART_NODE, RandomSlot(dice, datacenters, racks, nodes));
  }
  const int actions = 2 + dice(5);
  std::vector<std::string> ids;
  while (static_cast<int>(ids.size()) < actions) {
    std::vector<std::string> after;
    for (const std::string& id : ids) {
      if (dice(5) < 2) after.push_back(id);
    }
    const std::string slot = RandomSlot(dice, datacenters, racks, nodes);
    const v1::ActionKind kind = kKinds[static_cast<size_t>(dice(joins ? 12 : 11))];
    if (kind == v1::ACTION_KIND_START_NODE) {
      v1::Target target = SlotTarget(slot);
      target.set_ordinal(nodes + dice(2));
      ids.push_back(drawn.plan.Add(kind, target, after));
    } else if (kind == v1::ACTION_KIND_RESTART_NODE && dice(2) == 0) {
      ids.push_back(drawn.plan.Roll(slot, after));
    } else {
      ids.push_back(drawn.plan.Add(kind, MemberTarget(slot), after));
    }
    v1::Action& action = drawn.plan[ids.back()];
    if (kind == v1::ACTION_KIND_ALTER_KEYSPACE) {
      action.mutable_target()->set_keyspace("app");
      action.set_replication_factor(dice(4));
    }
    if (kind == v1::ACTION_KIND_REBUILD) action.set_source_datacenter(absl::StrCat("dc", 1 + dice(2)));
  }
  return drawn;
}

std::string Missing(const Slugs& all, const Slugs& some) {
  return absl::StrJoin(some, " ", [&](std::string* out, const std::string& slug) {
    if (!all.contains(slug)) absl::StrAppend(out, slug);
  });
}

// Two actions that contend for a node or the ring are reported as such; what their order would change besides is not.
bool Contends(const Slugs& slugs) {
  return slugs.contains("one-action-per-node") || slugs.contains("one-topology-change") ||
         slugs.contains("replication-change");
}

TEST(Agreement, WhatAStateBreaksTheOrderBreaks) {
  int broken = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    const Case drawn = Draw(seed, seed % 2 == 0);
    const Slugs states = BrokenInStates(drawn.cluster, drawn.plan);
    Slugs order = BrokenByOrder(drawn.cluster, drawn.plan);
    // Where a joiner's tokens are unknown, all of its ring must be up and stay so: that implies the level without it.
    if (order.contains("movement-sources") || order.contains("range-movement")) order.insert("quorum-mover");
    if (Contends(order)) continue;
    ASSERT_THAT(Missing(order, states), ::testing::MatchesRegex(" *")) << "seed " << seed << "\n"
                                                                       << drawn.plan.response.ShortDebugString();
    broken += states.empty() ? 0 : 1;
  }
  EXPECT_GT(broken, 800);
}

TEST(Agreement, TheOrderBreaksNothingThatNoStateBreaks) {
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    const Case drawn = Draw(seed, false);
    Slugs states = BrokenInStates(drawn.cluster, drawn.plan);
    const Slugs order = BrokenByOrder(drawn.cluster, drawn.plan);
    if (Contends(order)) continue;
    states.insert("quorum-mover");  // a level over all datacenters: what may be away elsewhere is taken together
    ASSERT_THAT(Missing(states, order), ::testing::MatchesRegex(" *")) << "seed " << seed << "\n"
                                                                       << drawn.plan.response.ShortDebugString();
  }
}

TEST(Agreement, WalksStayWithinTheStates) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Case drawn = Draw(seed, false);  // walks draw other tokens
    ASSERT_THAT(Missing(BrokenInStates(drawn.cluster, drawn.plan), BrokenOnWalks(drawn.cluster, drawn.plan, 2)),
                ::testing::MatchesRegex(" *"))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace cassplan::verify::testing
