#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "volume-last";

// A person has begun the decommission, so none of this plan comes before.
TEST(VolumeLast, StillInTheRing) {
  Cluster cluster = Shrinking();
  testing::Node& leaver = cluster.node("dc1/r1/1");
  leaver.movement = v1::PEER_MOVEMENT_LEAVING;
  leaver.mode = v1::NODE_MODE_LEAVING;
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"),
            "dc1/r1/1 is still in the ring (host id " + leaver.host_id +
                ") | wait until it has left; a dead node is taken out with removenode");
  leaver.in_views = false;
  leaver.mode = v1::NODE_MODE_DECOMMISSIONED;
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

TEST(VolumeLast, AfterADecommissionOfThePlan) {
  Cluster cluster = Shrinking();
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "delete_volume dc1/r1/1"), kPlanned);
  testing::Pause(v1::ACTION_KIND_DECOMMISSION, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), "held by predecessor");
}

TEST(VolumeLast, MemberOfTheSlotIsNotKnown) {
  Cluster cluster = Shrinking();
  cluster.node("dc1/r1/0").answers = false;
  cluster.node("dc1/r1/1").answers = false;
  v1::PlanRequest request = cluster.Build();
  testing::SlotFactsOf("dc1/r1/0", &request)->clear_address();
  testing::SlotFactsOf("dc1/r1/1", &request)->clear_address();
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"),
            "which member lives in slot dc1/r1/1 is not known | collect the answers of the nodes");
}

// Nobody answers, so that no member is known at all: that proves nothing.
TEST(VolumeLast, NobodyAnswers) {
  Cluster cluster = Shrinking();
  for (auto& [slot, node] : cluster.nodes()) node.answers = false;
  v1::PlanRequest request = cluster.Build();
  testing::DropReports(v1::Report::kView, &request);
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"),
            "no node could be asked who is in the ring | collect the answers of the nodes (Jolokia)");
}

// The old volume of a dead member stays in its place while anybody sees the member up.
TEST(VolumeLast, DeadForAllLivePeers) {
  Cluster cluster(Even(2));
  cluster.node("dc1/r1/1").up = false;
  cluster.replace["dc1/r1/1"] = cluster.node("dc1/r1/1").host_id;
  EXPECT_EQ(Answer(cluster, kGuard, "quarantine_volume dc1/r1/1"), kPlanned);
  v1::PlanRequest request = cluster.Build();
  v1::Report* other = request.mutable_observed()->add_reports();
  *other = *testing::AddReport(&request);
  *other->mutable_view() = *testing::ViewOf(&request);
  other->mutable_view()->clear_viewers();
  other->mutable_view()->add_viewers(cluster.node("dc1/r2/0").host_id);
  other->set_observed_at_seconds(testing::kNow - 1);  // its newest word
  for (v1::Peer& peer : *other->mutable_view()->mutable_peers()) peer.set_state(v1::PEER_STATE_UP);
  EXPECT_EQ(
      Answer(request, kGuard, "replace_node dc1/r1/1"),
      "some node still sees dc1/r1/1 up: its volume is not taken away | wait until all nodes see it down, or mend "
      "the network between them");
  EXPECT_NE(Answer(request, kGuard, "quarantine_volume dc1/r1/1"), kPlanned);
}

// A node that was started and never joined.
Cluster NeverJoined() {
  Cluster cluster = Small();
  testing::Node& started = cluster.AddNode("dc1", "r1", 1);
  started.in_views = started.up = false;
  started.mode = v1::NODE_MODE_STARTING;
  return cluster;
}

TEST(VolumeLast, SlotThatNeverJoinedJustGoes) {
  EXPECT_EQ(Answer(NeverJoined(), kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(NeverJoined(), kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

TEST(VolumeLast, NobodyCouldBeAsked) {
  v1::PlanRequest request = NeverJoined().Build();
  testing::DropReports(v1::Report::kView, &request);
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"),
            "no node could be asked who is in the ring | collect the answers of the nodes (Jolokia)");
}

TEST(VolumeLast, AMajorityHasSeenItLeave) {
  Cluster cluster = Shrinking();
  testing::Node& left = cluster.node("dc1/r1/1");
  left.in_views = false;
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  for (const char* slot : {"dc1/r2/0", "dc1/r2/1", "dc1/r3/0", "dc1/r3/1"}) cluster.node(slot).answers = false;
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"),
            "that the node of slot dc1/r1/1 has left is not proven | "
            "let a majority of the nodes, one per rack at least, answer; or delete the volume by hand");
  // A majority, but none of r3.
  cluster.node("dc1/r2/0").answers = cluster.node("dc1/r2/1").answers = true;
  EXPECT_NE(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  cluster.node("dc1/r3/0").answers = true;
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
}

// The slot is gone, its volume is left.
Cluster Leftover() {
  Cluster cluster = Small();
  testing::Node& gone = cluster.AddNode("dc1", "r1", 1);
  gone.in_views = gone.up = gone.slot_present = false;
  gone.volume_left = true;
  return cluster;
}

void Left(Cluster* cluster) {
  v1::LeftMember* left = cluster->ledger.add_left();
  left->set_host_id(cluster->node("dc1/r1/1").host_id);
  testing::SetSlot("dc1/r1/1", left->mutable_slot());
}

TEST(VolumeLast, LeftoverVolume) {
  Cluster cluster = Leftover();
  Left(&cluster);
  EXPECT_EQ(Answer(cluster, kGuard, "delete_volume dc1/r1/1"), kPlanned);
  cluster.node("dc1/r2/0").answers = cluster.node("dc1/r3/0").answers = false;
  EXPECT_EQ(Answer(cluster, kGuard, "delete_volume dc1/r1/1"),
            "that the node of slot dc1/r1/1 has left is not proven; its volume stays | "
            "let a majority of the nodes, one per rack at least, answer; or delete the volume by hand");
}

TEST(VolumeLast, SomethingUsesIt) {
  Cluster cluster = Leftover();
  Left(&cluster);
  v1::PlanRequest request = cluster.Build();
  testing::VolumeFactsOf("dc1/r1/1", &request)->set_mounted(true);
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"),
            "the volume of slot dc1/r1/1 is in use | find out what uses it");
  testing::VolumeFactsOf("dc1/r1/1", &request)->set_mounted(false);
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

TEST(VolumeLast, WhoseDataIsOnIt) {
  v1::PlanRequest request = Leftover().Build();
  EXPECT_EQ(
      Answer(request, kGuard, "delete_volume dc1/r1/1"),
      "whose data is on the volume of slot dc1/r1/1 is not known: its node is gone, and no ledger tells which one "
      "it was | see in nodetool status that no node of that rack is missing, then delete the volume by hand");
  testing::VolumeFactsOf("dc1/r1/1", &request)->set_contents(v1::VOLUME_CONTENTS_EMPTY);
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
