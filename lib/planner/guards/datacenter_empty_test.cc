#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "datacenter-empty";

// dc2 shall go, and nothing replicates there.
Cluster Emptying() {
  testing::Shape before = Even(1);
  before["dc2"]["r1"] = 1;
  Cluster cluster(before);
  cluster.keyspaces[0].datacenters["dc2"] = 0;
  cluster.desired["dc2"]["r1"] = 0;
  return cluster;
}

// The node that shall take over its replicas does not join yet.
TEST(DatacenterEmpty, KeyspaceReplicatesThere) {
  Cluster cluster = Emptying();
  cluster.keyspaces[0].datacenters.clear();
  cluster.keyspaces[0].simple = 4;
  cluster.desired["dc1"]["r1"] = 2;
  testing::Pause(v1::ACTION_KIND_START_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc2/r1/0"),
            "keyspace app still replicates in dc2 | alter the keyspace so that dc2 has no replicas");
  cluster.keyspaces[0].simple = 3;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc2/r1/0"), kPlanned);
}

// Replicas that are asked for where no node shall be.
TEST(DatacenterEmpty, ReplicasWithoutNodes) {
  Cluster cluster = Emptying();
  cluster.desired_keyspaces["app"].datacenters = {{"dc1", 3}, {"dc2", 1}};
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"), "not wanted");
  EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_REFUSED);
}

// What replicates there now is refused before anything begins.
TEST(DatacenterEmpty, IsRefusedWhole) {
  Cluster cluster = Emptying();
  cluster.keyspaces[0].datacenters["dc2"] = 1;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc2/r1/0"), "not wanted");
  EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_REFUSED);
}

const std::string kUnknown =
    "whether keyspaces replicate there, or nodes are left there, is not known | "
    "collect schema.json and the nodes' answers";

TEST(DatacenterEmpty, ReplicationIsKnown) {
  v1::PlanRequest request = Emptying().Build();
  testing::SchemaOf(&request)->set_derived(true);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc2/r1/0"), kUnknown);
  testing::SchemaOf(&request)->set_derived(false);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc2/r1/0"), kPlanned);
}

// dc2 is not desired any more; its workload has no node.
Cluster Removing() {
  Cluster cluster(Even(1));
  cluster.templates[{"dc2", "r1"}] = "A";
  return cluster;
}

TEST(DatacenterEmpty, RingIsKnownBeforeARackGoes) {
  v1::PlanRequest request = Removing().Build();
  EXPECT_EQ(Answer(request, kGuard, "delete_rack dc2/r1"), kPlanned);
  testing::DropReports(v1::Report::kView, &request);
  EXPECT_EQ(Answer(request, kGuard, "delete_rack dc2/r1"), kUnknown);
}

TEST(DatacenterEmpty, NodeThatIsBeingStarted) {
  Cluster cluster = Removing();
  cluster.InFlight("join", v1::ACTION_KIND_START_NODE, "dc2/r1/0");
  EXPECT_EQ(Answer(cluster, kGuard, "delete_rack dc2/r1"), "rack dc2/r1 still has nodes | let them leave first");
}

// A SimpleStrategy keyspace may have replicas anywhere.
TEST(DatacenterEmpty, SimpleStrategy) {
  Cluster cluster = Emptying();
  cluster.keyspaces.emplace_back();
  cluster.keyspaces.back().name = "simple";
  cluster.keyspaces.back().simple = 3;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc2/r1/0"), kPlanned);
  cluster.keyspaces.back().simple = 4;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc2/r1/0"), "not wanted");
}

// No node answers, and nothing remembers one: that is no proof that the ring has none.
TEST(DatacenterEmpty, NobodyIsKnown) {
  Cluster cluster(Even(1));
  cluster.templates[{"dc2", "r1"}] = "A";
  v1::PlanRequest request = cluster.Build();
  EXPECT_EQ(Answer(request, kGuard, "delete_rack dc2/r1"), kPlanned);
  testing::DropReports(v1::Report::kView, &request);
  testing::DropReports(v1::Report::kNode, &request);
  EXPECT_EQ(Answer(request, kGuard, "delete_rack dc2/r1"), kUnknown);
}

}  // namespace
}  // namespace cassplan::planner
