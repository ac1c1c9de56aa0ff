#include <gmock/gmock.h>
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
  cluster.node("dc1/r1/0").attempts = 1;
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
  const auto many = [](const std::string& nodes, int max) {
    return nodes +
           " not come up with the desired template: a rolling update stops there (policy.max_failed_restarts is " +
           std::to_string(max) +
           ") | bring the failed nodes back, or go back to the template that worked; or raise "
           "policy.max_failed_restarts";
  };
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), many("2 nodes do", 1));
  cluster.policy.set_max_failed_restarts(2);  // after as many as that, not after one more
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), many("2 nodes do", 2));
  // A node that is down may be the repair.
  cluster.node("dc1/r1/2").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/3"), many("2 nodes do", 2));
  cluster.node("dc1/r1/2").up = true;
  cluster.node("dc1/r1/1").failed = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/2"), kPlanned);
}

// No ledger: what is seen of the node is enough.
TEST(FailureStop, CrashesWithTheNewTemplate) {
  Cluster cluster = Restarting(Even(4));
  testing::Node& first = cluster.node("dc1/r1/0");
  first.revision = "B";
  first.up = false;
  first.waiting_reason = "CrashLoopBackOff";
  EXPECT_THAT(Answer(cluster, kGuard, "restart_node dc1/r1/1"), ::testing::StartsWith("1 node does not come up"));
  EXPECT_THAT(Answer(cluster, kGuard, "restart_node dc1/r2/0"), ::testing::StartsWith("1 node does not come up"));
  first.waiting_reason = "";
  first.pending = true;  // it asks for more than any machine has
  EXPECT_THAT(Answer(cluster, kGuard, "restart_node dc1/r1/1"), ::testing::StartsWith("1 node does not come up"));
  // Another template, and its own restart is the first.
  first.revision = "bad";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
