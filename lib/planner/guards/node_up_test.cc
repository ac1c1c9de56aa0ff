#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "node-up";

v1::PlanRequest Asking(const Cluster& cluster, v1::ActionKind kind) {
  v1::PlanRequest request = cluster.Build();
  v1::RequestedOperation* o = request.mutable_desired()->add_operations();
  o->set_uid("asked");
  o->set_kind(kind);
  testing::SetSlot("dc1/r1/0", o->mutable_target());
  return request;
}

TEST(NodeUp, RunsOnANodeThatIsUp) {
  EXPECT_EQ(Answer(Asking(Small(), v1::ACTION_KIND_COMPACT), kGuard, "compact dc1/r1/0"), kPlanned);
}

TEST(NodeUp, Down) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").up = false;
  EXPECT_EQ(Answer(Asking(cluster, v1::ACTION_KIND_COMPACT), kGuard, "compact dc1/r1/0"),
            "dc1/r1/0 is down | bring the node back, or take the request back");
  EXPECT_EQ(Answer(Asking(cluster, v1::ACTION_KIND_RESTART_NODE), kGuard, "restart_node dc1/r1/0"), kPlanned);
}

// Somebody deleted the Pod meanwhile.
TEST(NodeUp, PodDeleted) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").up = false;
  cluster.node("dc1/r1/0").slot_present = false;
  EXPECT_EQ(Answer(Asking(cluster, v1::ACTION_KIND_CLEANUP), kGuard, "cleanup dc1/r1/0"),
            "dc1/r1/0 is gone for now, so that nothing runs there | "
            "wait until the node is back, or take the request back");
}

// What the plan itself wants of such a node is other guards' matter.
TEST(NodeUp, OnlyWhatAPersonAskedFor) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  cluster.node("dc1/r1/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "cleanup dc1/r1/0").find("is down | bring"), std::string::npos);
}

}  // namespace
}  // namespace cassplan::planner
