#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "quorum";

void Fail(const std::string& slot, Cluster* cluster) {
  cluster->node(slot).up = false;
  cluster->node(slot).failed = true;
  cluster->policy.set_max_failed_restarts(9);
}

TEST(Quorum, ReplicasThatWouldBeAwayAtOnce) {
  Cluster cluster = Restarting();
  Fail("dc1/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "without dc1/r1/0, 2 replicas of a range of keyspace app would be away at once | "
            "wait until the nodes that are away are back; bring back those that stay down");
  cluster.node("dc1/r2/0").up = true;
  cluster.node("dc1/r2/0").failed = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// What may go at any moment counts as gone.
TEST(Quorum, NodeOnAMachineThatIsCordoned) {
  v1::PlanRequest request = Restarting().Build();
  testing::SlotFactsOf("dc1/r2/0", &request)->set_machine_cordoned(true);
  EXPECT_NE(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// Others saw it up when they were asked; Kubernetes finds that it does not serve.
TEST(Quorum, NodeThatIsNotReady) {
  v1::PlanRequest request = Restarting().Build();
  testing::SlotFactsOf("dc1/r2/0", &request)->set_ready(false);
  EXPECT_NE(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Quorum, OnlyRangeMatesOfADeadNode) {
  Cluster cluster(Even(12), 1, 1);
  cluster.revision = "B";
  Fail("dc1/r2/0", &cluster);
  const v1::PlanResponse response = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  EXPECT_GT(response.held_size(), 1);
  EXPECT_LT(response.held_size(), 12);
}

TEST(Quorum, LevelsDecide) {
  Cluster cluster = Restarting();
  Fail("dc1/r2/0", &cluster);
  cluster.policy.add_levels(v1::CONSISTENCY_LEVEL_LOCAL_ONE);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  v1::KeyspacePolicy* own = cluster.policy.add_keyspaces();
  own->set_name("app");
  own->add_levels(v1::CONSISTENCY_LEVEL_LOCAL_QUORUM);
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  own->set_ignore(true);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Quorum, KeyspaceThatToleratesNoLoss) {
  const std::string refused =
      "keyspace app tolerates no loss of a replica at its level, and policy.intolerant is hold | "
      "raise its replication factor, lower its level in policy.keyspaces, or set policy.intolerant to report";
  Cluster cluster = Restarting();
  cluster.policy.set_intolerant(v1::INTOLERANT_POLICY_HOLD);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  for (const int rf : {1, 2}) {
    cluster.keyspaces[0].datacenters["dc1"] = rf;
    EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), refused) << rf;
  }
  cluster.keyspaces[0].datacenters["dc1"] = 4;  // three nodes: one replica is missing already
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), refused);
  cluster.policy.set_intolerant(v1::INTOLERANT_POLICY_REPORT);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  // Available in no order, but one replica of a range at a time.
  Fail("dc1/r2/0", &cluster);
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Quorum, SimpleStrategyOverAllDatacenters) {
  Cluster cluster = Restarting(Even(1, 3, 2));
  cluster.keyspaces[0].simple = 6;  // every node has everything
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  Fail("dc2/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  Fail("dc2/r3/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "without dc1/r1/0, 3 replicas of a range of keyspace app would be away at once | "
            "wait until the nodes that are away are back; bring back those that stay down");
}

TEST(Quorum, LevelOverAllDatacenters) {
  Cluster cluster = Restarting(Even(2, 3, 2));
  cluster.policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  cluster.policy.set_max_failed_restarts(3);
  Fail("dc2/r1/0", &cluster);
  cluster.node("dc2/r1/0").revision = "B";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);  // 2 of 6
  Fail("dc2/r2/0", &cluster);
  cluster.node("dc2/r2/0").revision = "B";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "without dc1/r1/0, 3 replicas of a range of keyspace app would be away at once | "
            "wait until the nodes that are away are back; bring back those that stay down");
  cluster.policy.clear_levels();
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

const std::string kTokens =
    "which ranges of keyspace app the nodes hold is not known while other nodes are away | "
    "collect the tokens (TokenToEndpointMap) of the ring";

TEST(Quorum, RangesAreNotKnown) {
  Cluster cluster = Restarting(Even(4));
  v1::PlanRequest request = cluster.Build();
  const std::string host_id = cluster.node("dc1/r3/0").host_id;
  testing::PeerOf(host_id, &request)->clear_tokens();
  // One replica of a range in each rack, whatever the tokens are.
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  Fail("dc1/r2/0", &cluster);
  request = cluster.Build();
  testing::PeerOf(host_id, &request)->clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kTokens);
}

TEST(Quorum, RangesElsewhereAreNotKnown) {
  Cluster cluster = Restarting(Even(2, 3, 2));
  cluster.policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  Fail("dc2/r1/0", &cluster);
  cluster.node("dc2/r1/0").revision = "B";
  v1::PlanRequest request = cluster.Build();
  testing::PeerOf(cluster.node("dc2/r2/0").host_id, &request)->clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kTokens);
}

// A member that nobody can place may hold a replica of anything.
TEST(Quorum, MemberWhosePlaceIsNotKnown) {
  Cluster cluster = Restarting();
  v1::PlanRequest request = cluster.Build();
  v1::Peer ghost = *testing::PeerOf(cluster.node("dc1/r2/0").host_id, &request);
  ghost.set_host_id("ghost");
  ghost.set_address("10.9.9.9");
  ghost.clear_datacenter();
  ghost.clear_rack();
  *testing::ViewOf(&request)->add_peers() = ghost;
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "in which datacenter and rack host id ghost is, is not known | "
            "collect its answer, or AllEndpointStates of another node");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Quorum, NodeThatIsDownTakesNothingAway) {
  Cluster cluster = Restarting();
  cluster.node("dc1/r1/0").up = false;
  cluster.node("dc1/r2/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r3/0"), kPlanned);  // once these are back
}

}  // namespace
}  // namespace cassplan::planner
