#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "one-rack";

// A restart of dc1/r1/0 is in flight; the others are paused, so that what holds them is told.
Cluster Begun(const testing::Shape& shape) {
  Cluster cluster = Restarting(shape);
  cluster.InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0");
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  return cluster;
}

TEST(OneRack, OneRackAtATime) {
  Cluster cluster = Begun(Even(2));
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"),
            "another rack of dc1 is being restarted | wait until it is back");
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "held by paused");
  cluster.policy.clear_paused();
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc1/r2/0", "serving/dc1#0"));
  EXPECT_FALSE(WaitsFor(cluster.Build(), "drain dc1/r1/1", "serving/dc1#0"));
}

// It is away already, so nothing is taken from anybody.
TEST(OneRack, NodeThatIsDownPasses) {
  Cluster cluster = Begun(Even(2));
  cluster.node("dc1/r2/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), "held by paused");
}

TEST(OneRack, WidthWhereARackHasSeveralReplicas) {
  Cluster cluster = Begun(Even(4, 2));
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"),
            "1 node of the rack is being restarted already | wait, or raise policy.rack_width");
  cluster.policy.set_rack_width(2);
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/1"),
            "1 node of the rack is being restarted already | wait, or raise policy.rack_width");
  cluster.policy.clear_rack_width();
  cluster.keyspaces[0].datacenters["dc1"] = 2;  // one in each rack
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "held by paused");
  cluster.keyspaces[0].simple = 2;  // anywhere
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "held by paused");
}

TEST(OneRack, NarrowerWhileANodeIsDown) {
  Cluster cluster(Even(8), 1, 1);
  cluster.revision = "B";
  cluster.policy.set_degraded_width(1);
  cluster.InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0");
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "held by paused");
  cluster.node("dc1/r3/7").up = false;
  cluster.node("dc1/r3/7").failed = true;
  cluster.policy.set_max_failed_restarts(2);
  const std::string answer = Answer(cluster, kGuard, "restart_node dc1/r1/1");
  EXPECT_EQ(answer,
            "1 node of the rack is being restarted already, while a node of another rack is down | "
            "bring that node back, or raise policy.degraded_width");
  cluster.policy.set_degraded_width(2);
  EXPECT_NE(Answer(cluster, kGuard, "restart_node dc1/r1/1"), answer);
}

TEST(OneRack, OneDatacenterAtATime) {
  Cluster cluster = Begun(Even(1, 3, 2));
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r1/0"),
            "another datacenter is being restarted | wait, or raise policy.max_datacenters");
  cluster.policy.set_max_datacenters(2);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r1/0"), "held by paused");
  cluster.policy.clear_paused();
  cluster.policy.set_max_datacenters(1);
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc2/r1/0", "disruption#0"));
}

}  // namespace
}  // namespace cassplan::planner
