#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "failure-stop";

TEST(FailureStop, SameTemplateIsNotTriedAgain) {
  Cluster cluster = Small();
  cluster.restart_token = "again";
  cluster.node("dc1/r1/0").failed = true;  // it is up, with the template that is desired
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "the restart of dc1/r1/0 failed (attempt 1) | "
            "find out why the node does not come up; a changed template is tried at once");
  cluster.revision = "B";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  cluster.revision = "A";
  cluster.node("dc1/r1/0").failed = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(FailureStop, NodeThatStaysDown) {
  Cluster cluster = Restarting();
  cluster.node("dc1/r1/0").failed = true;
  cluster.node("dc1/r1/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "the restart of dc1/r1/0 failed (attempt 1) | "
            "find out why the node does not come up; a changed template is tried at once");
  cluster.policy.set_max_failed_restarts(2);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(FailureStop, TooManyFailures) {
  Cluster cluster = Restarting(Even(4));
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1"}) {
    cluster.node(slot).failed = true;
    cluster.node(slot).up = false;
  }
  const std::string many =
      "2 restarts failed, more than policy.max_failed_restarts allows | "
      "bring the failed nodes back, or go back to the template that worked";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), many);
  // A node that is down may be the repair.
  cluster.node("dc1/r1/2").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/3"), many);
  cluster.node("dc1/r1/2").up = true;
  cluster.node("dc1/r1/1").failed = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
