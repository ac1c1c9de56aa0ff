#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "paused";

TEST(Paused, OneKind) {
  Cluster cluster = Restarting();
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "restart_node is paused by policy | take it out of policy.paused");
  EXPECT_EQ(Answer(cluster, kGuard, "update_rack dc1/r1"), kPlanned);
  cluster.policy.clear_paused();
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Paused, EveryKind) {
  Cluster cluster = Restarting();
  testing::Pause(v1::ACTION_KIND_UNSPECIFIED, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "update_rack dc1/r1"),
            "update_rack is paused by policy | take it out of policy.paused");
}

// A drain without its restart would leave the node out of service.
TEST(Paused, DrainTakesItsRestartAlong) {
  Cluster cluster = Restarting();
  testing::Pause(v1::ACTION_KIND_DRAIN, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "drain is paused by policy | take it out of policy.paused");
  EXPECT_EQ(Answer(cluster, kGuard, "drain dc1/r1/0"), "not wanted");
  cluster.policy.set_drain(false);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
