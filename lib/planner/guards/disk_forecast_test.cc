#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "disk-forecast";

constexpr int64_t kGiB = int64_t{1} << 30;

void Load(int64_t bytes, Cluster* cluster) {
  for (auto& [slot, node] : cluster->nodes()) node.load = bytes;
}

// Where a scale-in has begun it is not refused whole: each step is judged by itself.
void Begun(const std::string& slot, Cluster* cluster) {
  testing::Node& node = cluster->node(slot);
  node.in_views = false;
  node.mode = v1::NODE_MODE_DECOMMISSIONED;
}

TEST(DiskForecast, RefusedWhole) {
  Cluster cluster(Even(3, 1));
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.desired = Even(1, 1);
  Load(30 * kGiB, &cluster);
  const v1::PlanResponse response = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
  EXPECT_EQ(response.plan().actions_size(), 0);
  EXPECT_EQ(response.held_size(), 0);
  ASSERT_GE(response.findings_size(), 1);
  EXPECT_EQ(response.findings(0).rule(), kGuard);
  EXPECT_THAT(response.findings(0).message(),
              ::testing::StartsWith("datacenter dc1 cannot lose 2 nodes: step 2, the decommission of dc1/r1/1, would "
                                    "bring "));
  EXPECT_EQ(response.findings(0).remedy(), "the most that fits leaves 2 nodes; or grow the volumes first");
  cluster.desired = Even(2, 1);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/2"), kPlanned);
  // Volumes that grow first count with their new size.
  cluster.desired = Even(1, 1);
  v1::PlanRequest request = cluster.Build();
  testing::DesiredRackOf("dc1/r1", &request)->mutable_volume()->set_capacity_bytes(400 * kGiB);
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) {
    v1::VolumeFacts* volume = testing::VolumeReportOf(slot, &request)->mutable_volume();
    volume->set_requested_bytes(100 * kGiB);
    volume->set_expandable(true);
  }
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/0"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/1"), "not wanted");  // it leaves
}

TEST(DiskForecast, Receiver) {
  Cluster cluster = Shrinking();
  Begun("dc1/r3/1", &cluster);
  Load(60 * kGiB, &cluster);
  const std::string refused = Answer(cluster, kGuard, "decommission dc1/r1/1");
  EXPECT_THAT(refused, ::testing::MatchesRegex("dc1/r[1-3]/[01] would get about [0-9]+ bytes more than its disk may "
                                               "hold . grow the volumes, clean up, or remove fewer nodes"));
  for (auto& [slot, node] : cluster.nodes()) node.capacity = 400 * kGiB;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  for (auto& [slot, node] : cluster.nodes()) node.capacity = 100 * kGiB;
  Load(10 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  // What else is on the disk counts, too.
  v1::PlanRequest request = cluster.Build();
  testing::NodeFactsOf("dc1/r1/0", &request)->set_disk_used_bytes(75 * kGiB);
  EXPECT_NE(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
  request = cluster.Build();
  testing::NodeFactsOf("dc1/r1/0", &request)->set_disk_capacity_bytes(20 * kGiB);
  EXPECT_NE(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

// The second one would fit alone, not after the first.
TEST(DiskForecast, EveryStepOnTheWay) {
  Cluster cluster(Even(4, 1));
  Begun("dc1/r1/3", &cluster);
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.desired = Even(1, 1);
  Load(30 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/2"), kPlanned);
  EXPECT_THAT(Answer(cluster, kGuard, "decommission dc1/r1/1"), ::testing::StartsWith("dc1/r1/0 would get about "));
  Load(10 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(DiskForecast, LoadIsKnown) {
  Cluster cluster = Shrinking();
  v1::PlanRequest request = cluster.Build();
  const std::string host_id = cluster.node("dc1/r1/1").host_id;
  testing::NodeFactsOf("dc1/r1/1", &request)->clear_load_bytes();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);  // its peers know
  testing::PeerOf(host_id, &request)->clear_load_bytes();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "how much data dc1/r1/1 has, or which ranges, is not known | "
            "let Jolokia answer LoadMap and TokenToEndpointMap");
  request = cluster.Build();
  testing::NodeFactsOf("dc1/r1/0", &request)->clear_load_bytes();
  testing::PeerOf(cluster.node("dc1/r1/0").host_id, &request)->clear_load_bytes();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "how much data dc1/r1/0 has, or which ranges, is not known | "
            "let Jolokia answer LoadMap and TokenToEndpointMap");
}

TEST(DiskForecast, RangesAreKnown) {
  Cluster cluster = Shrinking();
  v1::PlanRequest request = cluster.Build();
  testing::PeerOf(cluster.node("dc1/r2/0").host_id, &request)->clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "how much data dc1/r1/1 has, or which ranges, is not known | "
            "let Jolokia answer LoadMap and TokenToEndpointMap");
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(DiskForecast, NothingReplicatesThere) {
  Cluster cluster = Shrinking();
  cluster.keyspaces.clear();
  v1::PlanRequest request = cluster.Build();
  for (v1::Peer& peer : *testing::ViewOf(&request)->mutable_peers()) peer.clear_tokens();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(DiskForecast, CapacityIsKnown) {
  v1::PlanRequest request = Shrinking().Build();
  testing::VolumeFactsOf("dc1/r1/0", &request)->clear_capacity_bytes();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "how large the disk of dc1/r1/0 is, is not known | "
            "collect the volumes of the cluster, or disk_capacity_bytes of the node");
  testing::NodeFactsOf("dc1/r1/0", &request)->set_disk_capacity_bytes(100 * kGiB);
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(DiskForecast, Joiner) {
  Cluster cluster = Growing();
  Load(95 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "the new node dc1/r1/1 would get about 76504104960 bytes, more than its volume may hold | "
            "give it a larger volume, or add nodes to the other racks first");
  v1::PlanRequest request = cluster.Build();
  testing::DesiredRackOf("dc1/r1", &request)->mutable_volume()->set_capacity_bytes(200 * kGiB);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  Load(50 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// The first node of a rack takes an even share of the datacenter.
TEST(DiskForecast, FirstNodeOfARack) {
  Cluster cluster = Small();
  cluster.desired["dc1"]["r4"] = 1;
  Load(90 * kGiB, &cluster);
  EXPECT_THAT(Answer(cluster, kGuard, "start_node dc1/r4/0"), ::testing::StartsWith("the new node dc1/r4/0 would get"));
  Load(10 * kGiB, &cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r4/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
