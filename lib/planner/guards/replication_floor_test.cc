#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "replication-floor";

// r1 gives a node to r2, and the join does not come.
Cluster Swap() {
  testing::Shape before;
  before["dc1"] = {{"r1", 2}, {"r2", 1}, {"r3", 1}};
  Cluster cluster(before);
  cluster.keyspaces[0].datacenters["dc1"] = 4;
  cluster.desired["dc1"] = {{"r1", 1}, {"r2", 2}, {"r3", 1}};
  return cluster;
}

TEST(ReplicationFloor, NodesThatAreLeft) {
  Cluster cluster = Swap();
  testing::Pause(v1::ACTION_KIND_START_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"),
            "too few nodes would be left in dc1 for the 4 replicas of keyspace app | "
            "add nodes, or lower the replication first");
  cluster.policy.clear_paused();
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
}

// r4 takes the place of r1.
TEST(ReplicationFloor, RacksThatAreLeft) {
  testing::Shape before;
  before["dc1"] = {{"r1", 1}, {"r2", 2}, {"r3", 2}};
  Cluster cluster(before);
  cluster.desired["dc1"] = {{"r1", 0}, {"r2", 2}, {"r3", 2}, {"r4", 1}};
  testing::Pause(v1::ACTION_KIND_START_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/0"),
            "the last node of rack dc1/r1 would leave, and keyspace app has 3 replicas in dc1 | "
            "keep a node in every rack, or lower the replication first");
  cluster.policy.clear_paused();
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/0"), kPlanned);
}

TEST(ReplicationFloor, FewerRacksThanReplicas) {
  Cluster cluster(Even(3, 2));
  cluster.desired = Even(2, 2);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/2"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r2/2"), kPlanned);
}

TEST(ReplicationFloor, ReplicationIsKnownForCertain) {
  v1::PlanRequest request = Shrinking().Build();
  testing::SchemaOf(&request)->set_derived(true);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "how keyspaces replicate is not known for certain | "
            "collect schema.json (rows of system_schema.keyspaces)");
  testing::SchemaOf(&request)->set_derived(false);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(ReplicationFloor, AlterUp) {
  Cluster cluster = Small();
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 4;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), "not wanted");
  EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_REFUSED);
  cluster.desired["dc1"]["r1"] = 2;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), kPlanned);
}

// A whole datacenter goes: only keyspaces of users keep it, and its racks go, too.
TEST(ReplicationFloor, EmptyingADatacenter) {
  Cluster cluster(Even(1, 3, 2));
  cluster.keyspaces[0].datacenters["dc2"] = 0;
  testing::ReplicationOf auth;
  auth.name = "system_auth";
  auth.datacenters = {{"dc1", 3}, {"dc2", 3}};
  cluster.keyspaces.push_back(auth);
  for (auto& [rack, nodes] : cluster.desired["dc2"]) nodes = 0;
  for (const char* rack : {"r1", "r2", "r3"}) {
    EXPECT_EQ(Answer(cluster, kGuard, std::string("decommission dc2/") + rack + "/0"), kPlanned);
  }
}

}  // namespace
}  // namespace cassplan::planner
