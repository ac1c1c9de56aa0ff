#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "approval";

TEST(Approval, CleanupsAreStartedByAPerson) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  v1::PlanRequest request = cluster.Build();
  request.mutable_desired()->set_auto_cleanup(false);
  EXPECT_EQ(Answer(request, kGuard, "cleanup dc1/r1/0"),
            "a person starts cleanups here (autoPilot is off) | "
            "run nodetool cleanup on the node, or ask for it as an operation, or set spec.autoPilot to true");
  request.mutable_desired()->set_auto_cleanup(true);
  EXPECT_EQ(Answer(request, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

TEST(Approval, OnlyCleanups) {
  v1::PlanRequest request = Growing().Build();
  request.mutable_desired()->set_auto_cleanup(false);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  EXPECT_NE(Answer(request, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
