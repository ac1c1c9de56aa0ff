#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

int CountOf(const v1::PlanResponse& plan, v1::ActionKind kind) {
  int n = 0;
  for (const v1::Action& a : plan.plan().actions()) n += a.kind() == kind ? 1 : 0;
  return n;
}

// The first action of the kind requires the other one.
bool RequiresAll(const v1::PlanResponse& plan, v1::ActionKind kind, const std::string& other) {
  std::string id;
  for (const v1::Action& a : plan.plan().actions()) {
    if (testing::Name(a) == other) id = a.id();
  }
  for (const v1::Action& a : plan.plan().actions()) {
    if (a.kind() != kind) continue;
    for (const std::string& required : a.requires_ids()) {
      if (required == id) return true;
    }
    return false;
  }
  return false;
}

constexpr char kGuard[] = "seeds";

TEST(Seeds, JoiningNodeIsNotItsOwnSeed) {
  Cluster cluster = Growing();
  cluster.seeds = {"dc1/r1/0", "dc1/r1/1"};
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "slot dc1/r1/1 is in the seed list, and a node that is its own seed joins without its data | "
            "take it out of the seed list, let it join, then put it back");
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r2/1"), kPlanned);
  cluster.seeds = {"dc1/r1/0", "dc1/r2/0"};
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// Where it is known what nodes are started with, the plan writes the list: without it before, with it afterwards.
TEST(Seeds, IsPromotedAfterItsJoin) {
  Cluster cluster = Growing();
  cluster.seeds = {"dc1/r1/0", "dc1/r1/1"};
  cluster.observed_seeds = {"dc1/r1/0"};
  v1::PlanResponse plan = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  ASSERT_EQ(CountOf(plan, v1::ACTION_KIND_SET_SEEDS), 1);
  EXPECT_TRUE(RequiresAll(plan, v1::ACTION_KIND_SET_SEEDS, "start_node dc1/r1/1"));
  cluster.observed_seeds = cluster.seeds;
  plan = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  EXPECT_EQ(CountOf(plan, v1::ACTION_KIND_SET_SEEDS), 2);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// A seed that leaves is taken out of the list before; the last one is not.
TEST(Seeds, IsDemotedBeforeItLeaves) {
  Cluster cluster = Shrinking();
  cluster.seeds = cluster.observed_seeds = {"dc1/r1/0", "dc1/r1/1"};
  const v1::PlanResponse plan = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  EXPECT_EQ(CountOf(plan, v1::ACTION_KIND_SET_SEEDS), 1);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  cluster.seeds = cluster.observed_seeds = {"dc1/r1/1"};
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"),
            "dc1/r1/1 is a seed, and no other one is listed in its place | list a node that stays as a seed");
}

TEST(Seeds, WhereNothingReplicatesYet) {
  Cluster cluster(Even(1));
  cluster.desired = Even(1, 3, 2);
  cluster.seeds = {"dc1/r1/0", "dc2/r1/0"};
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc2/r1/0"), kPlanned);
  cluster.keyspaces[0].datacenters["dc2"] = 1;
  EXPECT_NE(Answer(cluster, kGuard, "start_node dc2/r1/0"), kPlanned);
}

TEST(Seeds, FirstNodeOfAnEmptyCluster) {
  Cluster cluster({});
  cluster.desired = Even(1);
  cluster.keyspaces.clear();
  cluster.seeds = {"dc1/r1/0"};
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/0"), kPlanned);
}

TEST(Seeds, LastOneOfADatacenterStaysUp) {
  Cluster cluster = Restarting();
  cluster.seeds = {"dc1/r1/0", "dc1/r2/0"};
  cluster.node("dc1/r2/0").up = false;
  cluster.node("dc1/r2/0").failed = true;
  cluster.policy.set_max_failed_restarts(2);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "dc1/r1/0 is the last live seed of dc1 | bring another seed back first");
  cluster.node("dc1/r2/0").up = true;
  cluster.node("dc1/r2/0").failed = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// Two seeds of one rack do not go together.
TEST(Seeds, OneAfterTheOther) {
  Cluster cluster = Restarting(Even(2));
  cluster.policy.set_rack_width(2);
  cluster.seeds = {"dc1/r1/0", "dc1/r1/1"};
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc1/r1/1", "serving/dc1#0"));
  cluster.seeds = {"dc1/r1/0", "dc1/r2/0"};
  EXPECT_FALSE(WaitsFor(cluster.Build(), "drain dc1/r1/1", "serving/dc1#0"));
}

// With one seed there is no other to wait for.
TEST(Seeds, OnlySeed) {
  Cluster cluster = Restarting();
  cluster.seeds = {"dc1/r1/0"};
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// A seed is taken out of the list before it is replaced, and put back afterwards.
TEST(Seeds, ReplacedSeed) {
  Cluster cluster(Even(2));
  cluster.seeds = cluster.observed_seeds = {"dc1/r1/0", "dc1/r2/0"};
  cluster.node("dc1/r1/0").up = false;
  cluster.replace["dc1/r1/0"] = cluster.node("dc1/r1/0").host_id;
  v1::PlanResponse response = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  std::vector<std::string> lists;
  std::vector<std::string> order;
  for (const v1::Action& a : response.plan().actions()) {
    if (a.kind() == v1::ACTION_KIND_SET_SEEDS) lists.push_back(a.effects(0).value());
    order.push_back(testing::Name(a));
  }
  EXPECT_EQ(lists, (std::vector<std::string>{"dc1/r2/0", "dc1/r1/0, dc1/r2/0"}));
  EXPECT_EQ(order, (std::vector<std::string>{"set_seeds ", "quarantine_volume dc1/r1/0", "replace_node dc1/r1/0",
                                             "set_seeds "}));
  // The list is without it already.
  cluster.observed_seeds = {"dc1/r2/0"};
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/0"), kPlanned);
  // The only seed.
  cluster.seeds = cluster.observed_seeds = {"dc1/r1/0"};
  EXPECT_EQ(
      Answer(cluster, kGuard, "replace_node dc1/r1/0"),
      "slot dc1/r1/0 is in the seed list, and a node that is its own seed replaces nobody | add another node to the "
      "seed list first");
}

}  // namespace
}  // namespace cassplan::planner
