#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "fresh-volume";

TEST(FreshVolume, WhetherThereIsOne) {
  v1::PlanRequest request = Growing().Build();
  testing::InventoryOf(&request)->set_volumes_complete(false);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "whether slot dc1/r1/1 has a volume already is not known | collect the volumes of the cluster");
  v1::PlanRequest without = request;
  testing::DesiredRackOf("dc1/r1", &without)->clear_volume();
  EXPECT_EQ(Answer(without, kGuard, "start_node dc1/r1/1"), kPlanned);
  testing::InventoryOf(&request)->set_volumes_complete(true);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
}

TEST(FreshVolume, WhatIsOnIt) {
  v1::PlanRequest request = Growing().Build();
  v1::VolumeFacts* volume = testing::AddVolume("dc1/r1/1", &request);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "slot dc1/r1/1 has a volume already, and what is on it is not known | "
            "move the claim data-dc1/r1/1 out of the way (keep it), or delete it when it is not needed");
  volume->set_contents(v1::VOLUME_CONTENTS_MEMBER);
  volume->set_host_id("somebody");
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "the volume of slot dc1/r1/1 holds the data of host id somebody | "
            "move the claim out of the way (keep it), or restore the node that it belongs to");
  volume->set_contents(v1::VOLUME_CONTENTS_EMPTY);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// Its volume was retained, and now a node shall run there again.
TEST(FreshVolume, OfANodeThatHasLeft) {
  Cluster cluster = Growing();
  v1::LeftMember* left = cluster.ledger.add_left();
  left->set_host_id("gone");
  testing::SetSlot("dc1/r1/1", left->mutable_slot());
  v1::PlanRequest request = cluster.Build();
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  testing::AddVolume("dc1/r1/1", &request);
  request.mutable_policy()->set_on_remove(v1::ON_REMOVE_RETAIN);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "the volume of slot dc1/r1/1 holds the data of a node that has left | "
            "it must be emptied or moved away before a node joins there");
  // Where policy lets volumes go with their nodes it goes first.
  request.mutable_policy()->set_on_remove(v1::ON_REMOVE_DELETE);
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// It has left and still stands in its slot: this plan empties its volume before it joins anew.
TEST(FreshVolume, EmptiedByThePlan) {
  Cluster cluster(Even(2));
  testing::Node& left = cluster.node("dc1/r1/1");
  left.in_views = false;
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  EXPECT_EQ(Answer(cluster, kGuard, "delete_volume dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// Slots go from the top: the one in the middle is emptied by hand. Where those above it go, too, it is the highest
// then.
TEST(FreshVolume, OfASlotBelowOthers) {
  Cluster cluster(Even(3));
  testing::Node& left = cluster.node("dc1/r1/1");
  left.in_views = false;
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  EXPECT_EQ(
      Answer(cluster, kGuard, "shrink_rack dc1/r1/1"),
      "the node of dc1/r1/1 has left; only the highest slot of a rack can be emptied, and dc1/r1/2 above it stays "
      "| see that nodetool status on another node does not list it; then delete the claim data-dc1/r1/1 and the "
      "Pod of dc1/r1/1: both are made anew, and a node joins there");
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), "held by predecessor");
  cluster.desired = Even(2);
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/2"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  // What the person was told to do.
  cluster.desired = Even(3);
  left.started_times = 1;
  left.mode = v1::NODE_MODE_JOINING;
  left.movement = v1::PEER_MOVEMENT_JOINING;
  left.in_views = true;
  left.host_id = "anew";
  EXPECT_EQ(Answer(cluster, kGuard, "shrink_rack dc1/r1/1"), "not wanted");
}

// A stopped member starts on its own data only.
TEST(FreshVolume, OfAMemberThatIsStopped) {
  Cluster cluster(Even(2));
  testing::Node& stopped = cluster.node("dc1/r1/1");
  stopped.up = stopped.slot_present = false;
  stopped.volume_left = true;
  v1::PlanRequest request = cluster.Build();
  const std::string host_id = stopped.host_id;
  v1::KnownMember* known = request.mutable_ledger()->add_members();
  known->set_host_id(host_id);
  testing::SetSlot("dc1/r1/1", known->mutable_slot());
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  v1::VolumeFacts* volume = testing::VolumeFactsOf("dc1/r1/1", &request);
  volume->set_contents(v1::VOLUME_CONTENTS_MEMBER);
  volume->set_host_id(host_id);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  volume->set_host_id("somebody");
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "the volume of slot dc1/r1/1 holds the data of host id somebody | "
            "move the claim out of the way (keep it), or restore the node that it belongs to");
}

}  // namespace
}  // namespace cassplan::planner
