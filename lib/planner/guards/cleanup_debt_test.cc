#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "cleanup-debt";

TEST(CleanupDebt, IsPaidBeforeANodeLeaves) {
  Cluster cluster = Shrinking();
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0", "dc1/r3/0"}) cluster.node(slot).owes_cleanup = true;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  testing::Pause(v1::ACTION_KIND_CLEANUP, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"),
            "3 nodes of dc1 owe a cleanup and would get ranges back | let the cleanups run first");
  for (auto& [slot, node] : cluster.nodes()) node.owes_cleanup = false;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(CleanupDebt, IsPaidBeforeMoreReplicas) {
  Cluster cluster = Small();
  cluster.keyspaces[0].datacenters["dc1"] = 2;
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 3;
  cluster.node("dc1/r1/0").owes_cleanup = true;
  testing::Pause(v1::ACTION_KIND_CLEANUP, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"),
            "1 node of dc1 owes a cleanup and would get ranges back | let the cleanups run first");
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 1;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), kPlanned);
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 3;
  cluster.policy.clear_paused();
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), kPlanned);
}

// Where a keyspace spans the datacenters all of them are one ring.
TEST(CleanupDebt, OfAnotherDatacenter) {
  Cluster cluster(Even(2, 3, 2));
  cluster.desired["dc1"]["r1"] = 1;
  cluster.node("dc2/r1/0").owes_cleanup = true;
  testing::Pause(v1::ACTION_KIND_CLEANUP, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  cluster.keyspaces[0].simple = 3;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"),
            "1 node of dc1 owes a cleanup and would get ranges back | let the cleanups run first");
}

TEST(CleanupDebt, NoCleanupWhileRangesMove) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  cluster.node("dc1/r2/0").movement = v1::PEER_MOVEMENT_MOVING;
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0"),
            "ranges are moving, and a cleanup would delete what is on its way | wait until the movement is done");
  cluster.node("dc1/r2/0").movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

TEST(CleanupDebt, MovementElsewhere) {
  Cluster cluster(Even(1, 3, 2));
  cluster.node("dc1/r1/0").owes_cleanup = true;
  cluster.node("dc2/r2/0").movement = v1::PEER_MOVEMENT_MOVING;
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0"), kPlanned);
  cluster.keyspaces[0].simple = 3;
  EXPECT_NE(Answer(cluster, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

TEST(CleanupDebt, NodeThatIsDown) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  cluster.node("dc1/r1/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0"), "dc1/r1/0 is down | bring the node back");
  cluster.revision = "B";  // a restart comes before
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
