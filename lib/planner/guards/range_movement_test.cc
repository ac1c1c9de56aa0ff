#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "range-movement";

// A person has begun to decommission dc1/r1/0.
Cluster Leaving() {
  Cluster cluster = Restarting(Even(2));
  testing::Node& mover = cluster.node("dc1/r1/0");
  mover.movement = v1::PEER_MOVEMENT_LEAVING;
  mover.mode = v1::NODE_MODE_LEAVING;
  return cluster;
}

TEST(RangeMovement, ReplicasOfWhatMoves) {
  Cluster cluster = Leaving();
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"),
            "ranges of this node move with dc1/r1/0 | wait until the movement is done");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "dc1/r1/0 is changing its place in the ring | wait until the movement is done");
  cluster.node("dc1/r1/0").movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_NORMAL;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), kPlanned);
}

TEST(RangeMovement, NodesThatHoldNothingOfIt) {
  Cluster cluster(Even(6, 1), 1, 1);
  cluster.revision = "B";
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.node("dc1/r1/0").movement = v1::PEER_MOVEMENT_LEAVING;
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_LEAVING;
  int held = 0;
  for (int o = 1; o < 6; ++o) {
    held += Answer(cluster, kGuard, "restart_node dc1/r1/" + std::to_string(o)) == kPlanned ? 0 : 1;
  }
  EXPECT_EQ(held, 1);  // the one that gets its range
}

// Where the tokens will be nobody knows, so every node may hold some of it.
TEST(RangeMovement, NewTokensAreNotKnown) {
  for (const v1::PeerMovement movement :
       {v1::PEER_MOVEMENT_JOINING, v1::PEER_MOVEMENT_MOVING, v1::PEER_MOVEMENT_REMOVING}) {
    Cluster cluster(Even(6, 1), 1, 1);
    cluster.revision = "B";
    cluster.keyspaces[0].datacenters["dc1"] = 1;
    cluster.node("dc1/r1/0").movement = movement;
    cluster.node("dc1/r1/0").answers = false;
    for (int o = 1; o < 6; ++o) {
      EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/" + std::to_string(o)),
                "ranges of this node move with dc1/r1/0 | wait until the movement is done");
    }
    cluster.keyspaces.clear();  // no range of anybody moves
    EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), kPlanned);
  }
}

TEST(RangeMovement, TokensAreNotKnown) {
  Cluster cluster(Even(6, 1), 1, 1);
  cluster.revision = "B";
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.node("dc1/r1/0").movement = v1::PEER_MOVEMENT_LEAVING;
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_LEAVING;
  v1::PlanRequest request = cluster.Build();
  testing::PeerOf(cluster.node("dc1/r1/3").host_id, &request)->clear_tokens();
  for (int o = 1; o < 6; ++o) {
    EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/" + std::to_string(o)),
              "ranges of this node move with dc1/r1/0 | wait until the movement is done");
  }
}

TEST(RangeMovement, SlotThatHasNotJoined) {
  Cluster cluster = Restarting();
  cluster.desired["dc1"]["r2"] = 2;
  testing::Node& started = cluster.AddNode("dc1", "r2", 1);
  started.in_views = started.up = false;
  started.revision = "B";
  started.mode = v1::NODE_MODE_JOINING;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "ranges of this node move with dc1/r2/1 | wait until the movement is done");
  cluster.RemoveNode("dc1/r2/1");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(RangeMovement, OtherDatacentersDoNotMatter) {
  Cluster cluster = Restarting(Even(1, 3, 2));
  cluster.node("dc2/r1/0").movement = v1::PEER_MOVEMENT_MOVING;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc2/r2/0"), kPlanned);
  cluster.keyspaces[0].simple = 3;
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

v1::StartedAction* InFlight(v1::ActionKind kind, const std::string& slot, Cluster* cluster) {
  cluster->InFlight("in-flight", kind, slot);
  v1::StartedAction* started = cluster->ledger.mutable_started(0);
  started->mutable_target()->set_keyspace("app");
  return started;
}

TEST(RangeMovement, RebuildReadsFromTheDatacenter) {
  Cluster cluster = Restarting(Even(1, 3, 2));
  InFlight(v1::ACTION_KIND_REBUILD, "dc2/r1/0", &cluster)->set_source_datacenter("dc1");
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc1/r1/0", "serving/dc1#0"));
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);  // so that it is told
  const std::string refused = "a rebuild reads from this datacenter | wait until it is done";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), refused);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r2/0"), "held by paused");  // it gives nothing
  cluster.ledger.clear_started();
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), "held by paused");
}

TEST(RangeMovement, RepairRuns) {
  Cluster cluster = Restarting(Even(1, 3, 2));
  cluster.keyspaces[0].datacenters["dc2"] = 0;
  InFlight(v1::ACTION_KIND_REPAIR, "dc1/r1/0", &cluster);
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc1/r1/0", "serving/dc1#0"));
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"),
            "a repair runs in this datacenter | wait until it is done");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r2/0"), "held by paused");
}

TEST(RangeMovement, RebuildWaitsForRestarts) {
  Cluster cluster(Even(1, 3, 2));
  v1::RebuildOwed* owed = cluster.ledger.add_rebuild_owed();
  testing::SetSlot("dc2/r1/0", owed->mutable_target());
  owed->mutable_target()->set_host_id(cluster.node("dc2/r1/0").host_id);
  owed->set_keyspace("app");
  owed->set_source_datacenter("dc1");
  owed->set_replication_factor(3);
  cluster.InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0");
  EXPECT_TRUE(WaitsFor(cluster.Build(), "rebuild dc2/r1/0 app", "serving/dc1#0"));
  testing::Pause(v1::ACTION_KIND_REBUILD, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"),
            "nodes that it needs are being restarted | wait until they are back");
  cluster.ledger.clear_started();
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"), "held by paused");
}

TEST(RangeMovement, RepairWaitsForRestarts) {
  Cluster cluster(Even(1, 3, 2));
  cluster.keyspaces[0].datacenters["dc2"] = 0;
  cluster.policy.mutable_repair()->set_enabled(true);
  testing::Pause(v1::ACTION_KIND_REPAIR, &cluster.policy);
  cluster.InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0");
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r2/0 app"),
            "nodes that it needs are being restarted | wait until they are back");
  // What happens in a datacenter without replicas does not matter.
  cluster.ledger.clear_started();
  cluster.InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc2/r1/0");
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r2/0 app"), "held by paused");
}

}  // namespace
}  // namespace cassplan::planner
