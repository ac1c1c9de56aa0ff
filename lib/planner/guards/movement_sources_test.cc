#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "movement-sources";

void Fail(const std::string& slot, Cluster* cluster) {
  cluster->node(slot).up = false;
  cluster->node(slot).failed = true;
  cluster->policy.set_max_failed_restarts(9);
}

const std::string kDown = "dc1/r2/0 is down and would have to give or take data | bring dc1/r2/0 back, or replace it";

TEST(MovementSources, EveryNodeGivesToAJoiner) {
  Cluster cluster = Growing();
  Fail("dc1/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kDown);
  Cluster empty = cluster;
  empty.keyspaces.clear();
  EXPECT_EQ(Answer(empty, kGuard, "start_node dc1/r1/1"), kDown);  // Cassandra's own keyspaces are always there
  cluster.node("dc1/r2/0").up = true;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

TEST(MovementSources, OnlyOfItsDatacenter) {
  Cluster cluster(Even(1, 3, 2));
  cluster.desired["dc1"]["r1"] = 2;
  Fail("dc2/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  cluster.keyspaces[0].simple = 3;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "dc2/r2/0 is down and would have to give or take data | bring dc2/r2/0 back, or replace it");
}

// A restart that comes before brings the node back.
TEST(MovementSources, NodeThatThePlanBringsBack) {
  Cluster cluster = Growing();
  cluster.revision = "B";
  cluster.node("dc1/r2/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  cluster.node("dc1/r2/0").failed = true;
  cluster.policy.set_max_failed_restarts(9);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kDown);
}

TEST(MovementSources, ReplicasOfWhatALeaverHolds) {
  Cluster cluster = Shrinking();
  Fail("dc1/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kDown);
  cluster.node("dc1/r2/0").up = true;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
}

// With one replica a node that is down neither gives nor takes, unless the ranges go to it.
TEST(MovementSources, NodeThatSharesNothingWithTheLeaver) {
  Cluster cluster(Even(6, 1), 1, 1);
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.desired = Even(5, 1);
  int held = 0;
  for (int o = 0; o < 5; ++o) {
    Cluster one = cluster;
    Fail("dc1/r1/" + std::to_string(o), &one);
    held += Answer(one, kGuard, "decommission dc1/r1/5") == kPlanned ? 0 : 1;
  }
  EXPECT_EQ(held, 1);  // the one that gets its range
}

TEST(MovementSources, RangesAreNotKnown) {
  Cluster cluster = Shrinking();
  Fail("dc1/r3/0", &cluster);
  v1::PlanRequest request = cluster.Build();
  testing::PeerOf(cluster.node("dc1/r2/0").host_id, &request)->clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "dc1/r3/0 is down, and which ranges move is not known | collect the tokens of the ring "
            "(TokenToEndpointMap), or bring dc1/r3/0 back");
}

TEST(MovementSources, LeaverThatIsDown) {
  Cluster cluster = Shrinking();
  Fail("dc1/r1/1", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"),
            "dc1/r1/1 is down; a node that is down cannot be decommissioned | bring it back; or ask for remove_node of "
            "host id " +
                cluster.node("dc1/r1/1").host_id + ", or set policy.dead_node to remove");
}

TEST(MovementSources, LeaverThatNobodyKnowsOf) {
  Cluster cluster = Shrinking();
  const std::string host_id = cluster.node("dc1/r1/1").host_id;
  v1::PlanRequest request = cluster.Build();
  testing::ViewOf(&request)->clear_viewers();
  testing::ViewOf(&request)->add_viewers(host_id);
  testing::NodeFactsOf("dc1/r1/1", &request)->clear_mode();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "whether dc1/r1/1 is up is not known | collect the answers of its peers");
}

TEST(MovementSources, LeaverThatMayGoAtAnyMoment) {
  v1::PlanRequest request = Shrinking().Build();
  testing::SlotFactsOf("dc1/r1/1", &request)->set_machine_cordoned(true);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "dc1/r1/1 is down, or about to go down | bring it back first");
  testing::SlotFactsOf("dc1/r1/1", &request)->set_machine_cordoned(false);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

Cluster Replacing() {
  Cluster cluster(Even(2));
  Fail("dc1/r2/0", &cluster);
  cluster.replace["dc1/r2/0"] = cluster.node("dc1/r2/0").host_id;
  return cluster;
}

TEST(MovementSources, ReplacementNeedsTheOtherReplicas) {
  Cluster cluster = Replacing();
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
  Fail("dc1/r3/0", &cluster);
  EXPECT_EQ(
      Answer(cluster, kGuard, "replace_node dc1/r2/0"),
      "dc1/r3/0 is down, too, and holds ranges of dc1/r2/0: what was written to both only would be missed | bring "
      "dc1/r3/0 back; when both are lost for good, add a waiver for guard movement-sources, and repair afterwards");
}

TEST(MovementSources, ReplacementNeedsTheRanges) {
  Cluster cluster = Replacing();
  v1::PlanRequest request = cluster.Build();
  testing::PeerOf(cluster.node("dc1/r3/0").host_id, &request)->clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "replace_node dc1/r2/0"),
            "dc1/r2/0 is down, and which ranges move is not known | collect the tokens of the ring "
            "(TokenToEndpointMap), or bring dc1/r2/0 back");
}

// Half of its peers see it, half do not: that is not dead.
TEST(MovementSources, OnlyWhatIsDeadForCertainIsReplaced) {
  Cluster cluster = Replacing();
  v1::PlanRequest request = cluster.Build();
  const std::string host_id = cluster.node("dc1/r2/0").host_id;
  testing::PeerOf(host_id, &request)->clear_state();
  EXPECT_EQ(Answer(request, kGuard, "replace_node dc1/r2/0"),
            "that dc1/r2/0 is down for good is not known | "
            "only a dead member is replaced or removed: stop it first, or decommission it");
}

// dc2 owes the rebuild of one node, from dc1.
Cluster Rebuilding() {
  Cluster cluster(Even(1, 3, 2));
  v1::RebuildOwed* owed = cluster.ledger.add_rebuild_owed();
  testing::SetSlot("dc2/r1/0", owed->mutable_target());
  owed->mutable_target()->set_host_id(cluster.node("dc2/r1/0").host_id);
  owed->set_keyspace("app");
  owed->set_source_datacenter("dc1");
  owed->set_replication_factor(3);
  return cluster;
}

TEST(MovementSources, SourceOfARebuild) {
  Cluster cluster = Rebuilding();
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"), kPlanned);
  Fail("dc1/r2/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"), kDown);
  cluster.node("dc1/r2/0").up = true;
  Fail("dc2/r2/0", &cluster);  // gives nothing
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"), kPlanned);
  Fail("dc2/r1/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "rebuild dc2/r1/0 app"),
            "dc2/r1/0 is down, or about to go down | bring it back first");
}

TEST(MovementSources, NodeThatIsRepaired) {
  Cluster cluster = Small();
  cluster.policy.mutable_repair()->set_enabled(true);
  Fail("dc1/r1/0", &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r1/0 app"),
            "dc1/r1/0 is down, or about to go down | bring it back first");
  cluster.node("dc1/r1/0").up = true;
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r1/0 app"), kPlanned);
}

TEST(MovementSources, KeyspaceThatToleratesNoLoss) {
  const std::string refused =
      "keyspace app would be unavailable if the node died meanwhile, and policy.intolerant is hold | "
      "raise its replication factor, or set policy.intolerant to report";
  Cluster grow = Growing();
  Cluster shrink = Shrinking();
  for (Cluster* cluster : {&grow, &shrink}) {
    const std::string action = cluster == &grow ? "start_node dc1/r1/1" : "decommission dc1/r1/1";
    cluster->policy.set_intolerant(v1::INTOLERANT_POLICY_HOLD);
    EXPECT_EQ(Answer(*cluster, kGuard, action), kPlanned);
    cluster->keyspaces[0].datacenters["dc1"] = 1;
    EXPECT_EQ(Answer(*cluster, kGuard, action), refused);
    cluster->keyspaces[0].simple = 1;
    EXPECT_EQ(Answer(*cluster, kGuard, action), refused);
    cluster->policy.set_intolerant(v1::INTOLERANT_POLICY_REPORT);
    EXPECT_EQ(Answer(*cluster, kGuard, action), kPlanned);
  }
}

// QUORUM over two datacenters of one replica each.
TEST(MovementSources, LevelThatSpansDatacenters) {
  Cluster cluster(Even(1, 3, 2));
  cluster.desired["dc1"]["r1"] = 2;
  cluster.policy.set_intolerant(v1::INTOLERANT_POLICY_HOLD);
  cluster.policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  cluster.keyspaces[0].datacenters = {{"dc1", 1}, {"dc2", 1}};
  EXPECT_NE(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
