#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "one-topology-change";

const std::string kWait = "wait until it is done; when it does not end, see that its peers are up and restart it";

TEST(OneTopologyChange, MovementThatTheLedgerDoesNotKnow) {
  const std::pair<v1::PeerMovement, std::string> kVerbs[] = {{v1::PEER_MOVEMENT_JOINING, "joining"},
                                                             {v1::PEER_MOVEMENT_LEAVING, "leaving"},
                                                             {v1::PEER_MOVEMENT_MOVING, "moving"},
                                                             {v1::PEER_MOVEMENT_REMOVING, "being removed"}};
  for (const auto& [movement, verb] : kVerbs) {
    Cluster cluster = Growing();
    cluster.AddNode("dc1", "r2", 1).answers = movement != v1::PEER_MOVEMENT_JOINING;
    cluster.node("dc1/r2/1").movement = movement;
    EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), absl::StrCat("dc1/r2/1 is ", verb, " already | ", kWait));
    EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_IN_PROGRESS) << verb;
  }
}

TEST(OneTopologyChange, OnlyMovements) {
  Cluster cluster = Growing();
  testing::Node& mover = cluster.AddNode("dc1", "r2", 1);
  mover.movement = v1::PEER_MOVEMENT_LEAVING;
  mover.mode = v1::NODE_MODE_LEAVING;
  EXPECT_NE(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  mover.movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  mover.mode = v1::NODE_MODE_NORMAL;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// Of another cluster's half it is a matter all the same: gossip carries one ring.
TEST(OneTopologyChange, InEveryDatacenter) {
  Cluster cluster(Even(1, 3, 2));
  cluster.desired["dc1"]["r1"] = 2;
  cluster.node("dc2/r1/0").movement = v1::PEER_MOVEMENT_MOVING;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), "dc2/r1/0 is moving already | " + kWait);
}

// It does not end by itself, so a person is asked.
TEST(OneTopologyChange, DecommissionThatFailed) {
  Cluster cluster = Growing();
  cluster.node("dc1/r2/0").mode = v1::NODE_MODE_DECOMMISSION_FAILED;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), "dc1/r2/0 is leaving already | " + kWait);
  EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_BLOCKED);
}

TEST(OneTopologyChange, SlotThatHasNotJoined) {
  Cluster cluster = Growing();
  testing::Node& started = cluster.AddNode("dc1", "r2", 1);
  started.in_views = false;
  started.up = false;
  started.mode = v1::NODE_MODE_STARTING;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "slot dc1/r2/1 has been started and has not joined yet | wait until it has joined");
  v1::PlanRequest request = cluster.Build();
  testing::SlotFactsOf("dc1/r2/1", &request)->set_schedulable(false);
  const std::string remedy = "correct what it needs (resources, image, machines), or lower the number of nodes again";
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "slot dc1/r2/1 has been started and cannot come up: no machine takes it | " + remedy);
  testing::SlotFactsOf("dc1/r2/1", &request)->set_waiting_reason("ImagePullBackOff");
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "slot dc1/r2/1 has been started and cannot come up: ImagePullBackOff | " + remedy);
  EXPECT_EQ(RunPipeline(request, ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_BLOCKED);
  cluster.RemoveNode("dc1/r2/1");
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// With a new template it is tried again; that is the way out.
TEST(OneTopologyChange, SlotThatIsStuckIsRestarted) {
  Cluster cluster = Restarting();
  cluster.desired["dc1"]["r2"] = 2;
  testing::Node& started = cluster.AddNode("dc1", "r2", 1);
  started.in_views = false;
  started.up = false;
  started.mode = v1::NODE_MODE_STARTING;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/1"), kPlanned);
}

// What the node itself calls failed is asked for again, of that node only.
TEST(OneTopologyChange, FailedDecommissionIsAskedForAgain) {
  Cluster cluster = Shrinking();
  testing::Node& failed = cluster.node("dc1/r1/1");
  failed.movement = v1::PEER_MOVEMENT_LEAVING;
  failed.mode = v1::NODE_MODE_DECOMMISSION_FAILED;
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  EXPECT_NE(Answer(cluster, kGuard, "decommission dc1/r2/1"), kPlanned);
  // It shall stay: a restart ends it.
  cluster.desired = Even(2);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), kPlanned);
  // Somebody's own decommission goes on by itself, and is never begun twice.
  failed.mode = v1::NODE_MODE_LEAVING;
  cluster.desired = Even(1);
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), "not wanted");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "not wanted");
}

}  // namespace
}  // namespace cassplan::planner
