#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

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

}  // namespace
}  // namespace cassplan::planner
