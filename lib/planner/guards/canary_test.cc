#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "canary";

TEST(Canary, SlotsBelowThePartitionKeepTheirTemplate) {
  v1::PlanRequest request = Restarting(Even(2)).Build();
  testing::DesiredRackOf("dc1/r1", &request)->set_partition(1);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "the canary of rack dc1/r1 holds slots below ordinal 1 | "
            "look at the nodes that have the new template, then lower rollingPartition");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
  testing::DesiredRackOf("dc1/r1", &request)->set_partition(0);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// It has its template already, and serves nothing until it is restarted.
TEST(Canary, DrainedNodeIsRestarted) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_DRAINED;
  cluster.node("dc1/r1/0").up = false;
  v1::PlanRequest request = cluster.Build();
  testing::DesiredRackOf("dc1/r1", &request)->set_partition(1);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
