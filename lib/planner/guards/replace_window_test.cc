#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGuard[] = "replace-window";

// dc1/r1/1 is down since so many seconds.
Cluster OneDown(int64_t seconds, v1::DeadNodePolicy policy) {
  Cluster cluster(Even(2));
  cluster.node("dc1/r1/1").up = false;
  cluster.node("dc1/r1/1").down_for = seconds;
  cluster.policy.set_dead_node(policy);
  return cluster;
}

v1::PlanResponse Plan(const Cluster& cluster) { return RunPipeline(cluster.Build(), ScheduleOptions(), nullptr); }

const std::string& MemberDown(const v1::PlanResponse& response) {
  static const std::string none;
  for (const v1::Finding& f : response.findings()) {
    if (f.rule() == "member-down") return f.message();
  }
  return none;
}

// It may come back by itself: the cluster is not as desired, and nobody is called for yet.
TEST(ReplaceWindow, OnlyJustSeenDown) {
  v1::PlanResponse response = Plan(OneDown(0, v1::DEAD_NODE_POLICY_WAIT));
  EXPECT_EQ(response.outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_EQ(response.summary(), "waiting to see whether dc1/r1/1 comes back");
  EXPECT_EQ(MemberDown(response),
            "dc1/r1/1 is down for less than 60 min (policy.replace_after_seconds) and may come back by itself");
  EXPECT_EQ(response.next_check_seconds(), 60);
  EXPECT_EQ(Plan(OneDown(3599, v1::DEAD_NODE_POLICY_WAIT)).outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_EQ(Plan(OneDown(3600, v1::DEAD_NODE_POLICY_WAIT)).outcome(), v1::OUTCOME_BLOCKED);
  EXPECT_EQ(Plan(OneDown(60, v1::DEAD_NODE_POLICY_REPLACE)).outcome(), v1::OUTCOME_IN_PROGRESS);
  Cluster all(Even(2, 3, 2));  // a whole datacenter
  for (auto& [slot, node] : all.nodes()) node.up = node.dc != "dc2";
  response = Plan(all);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_THAT(response.summary(), StartsWith("waiting to see whether dc2/r1/0, dc2/r1/1"));
}

TEST(ReplaceWindow, PolicyWaits) {
  Cluster cluster = OneDown(1800, v1::DEAD_NODE_POLICY_WAIT);
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), "not wanted");
  cluster.node("dc1/r1/1").down_for = 7300;
  const std::string host = cluster.node("dc1/r1/1").host_id;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"),
            "dc1/r1/1 has been down for 2 h, and policy.dead_node is wait | bring it back; or ask for replace_node of "
            "host id " +
                host + "; or set policy.dead_node to replace or remove");
  EXPECT_EQ(Plan(cluster).outcome(), v1::OUTCOME_BLOCKED);
  // Each of the remedies.
  cluster.replace["dc1/r1/1"] = host;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), kPlanned);
  cluster.replace.clear();
  cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REPLACE);
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), kPlanned);
}

TEST(ReplaceWindow, NotBeforeItsTime) {
  Cluster cluster = OneDown(1800, v1::DEAD_NODE_POLICY_REPLACE);
  EXPECT_THAT(Answer(cluster, kGuard, "replace_node dc1/r1/1"),
              StartsWith("dc1/r1/1 has been down for 30 min, and is waited for during 60 min"));
  EXPECT_EQ(Plan(cluster).outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_EQ(Plan(cluster).next_check_seconds(), 1800);
  cluster.node("dc1/r1/1").down_for = 3600;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), kPlanned);
}

TEST(ReplaceWindow, RackOutageNeedsAPerson) {
  Cluster cluster = OneDown(7200, v1::DEAD_NODE_POLICY_REPLACE);
  cluster.node("dc1/r1/0").up = false;
  cluster.node("dc1/r1/0").down_for = 7200;
  for (const char* action : {"replace_node dc1/r1/0", "replace_node dc1/r1/1"}) {
    EXPECT_THAT(Answer(cluster, kGuard, action),
                StartsWith("2 members of rack dc1/r1 are down: that looks like an outage of the rack"));
  }
  cluster.replace["dc1/r1/0"] = cluster.node("dc1/r1/0").host_id;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/0"), kPlanned);
  EXPECT_THAT(Answer(cluster, kGuard, "replace_node dc1/r1/1"), HasSubstr("outage"));
  // Two in two racks are two broken nodes.
  cluster.replace.clear();
  cluster.node("dc1/r1/0").up = true;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), kPlanned);
}

TEST(ReplaceWindow, OldDataIsNotStarted) {
  Cluster cluster = OneDown(86400, v1::DEAD_NODE_POLICY_WAIT);
  cluster.revision = "B";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), kPlanned);
  cluster.node("dc1/r1/1").down_for = 11 * 86400;
  EXPECT_EQ(
      Answer(cluster, kGuard, "restart_node dc1/r1/1"),
      "dc1/r1/1 was down for 11 days, longer than the smallest gc_grace (10 days): with its old data it would bring "
      "deleted rows back | do not start it: replace it on an empty volume (policy.dead_node: replace, or ask for "
      "replace_node of host id " +
          cluster.node("dc1/r1/1").host_id + ")");
  // The smallest gc_grace counts.
  cluster.node("dc1/r1/1").down_for = 7200;
  v1::PlanRequest request = cluster.Build();
  testing::SchemaOf(&request)->mutable_keyspaces(0)->set_gc_grace_seconds(3600);
  EXPECT_THAT(Answer(request, kGuard, "restart_node dc1/r1/1"), HasSubstr("smallest gc_grace (60 min)"));
  // The remedy.
  cluster.node("dc1/r1/1").down_for = 11 * 86400;
  cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REPLACE);
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/1"), "not wanted");
}

// Back after it was away for longer than hints are kept: it says so until it was repaired.
TEST(ReplaceWindow, RepairIsOwed) {
  Cluster cluster = OneDown(4 * 3600, v1::DEAD_NODE_POLICY_WAIT);
  cluster.node("dc1/r1/1").up = true;
  v1::PlanResponse response = Plan(cluster);
  ASSERT_EQ(response.ledger().first_seen_down_size(), 1);
  EXPECT_EQ(response.ledger().first_seen_down(0).back_at_seconds(), testing::kNow);
  const auto owed = [](const v1::PlanResponse& r) {
    for (const v1::Finding& f : r.findings()) {
      if (f.rule() == "repair-owed") return f.message();
    }
    return std::string();
  };
  EXPECT_EQ(owed(response),
            "dc1/r1/1 was down for longer than hints are kept (3 h), until 2026-11-22T12:36:40Z: what was written "
            "meanwhile is missing there until a repair");
  cluster.ledger = response.ledger();
  cluster.node("dc1/r1/1").down_for = 0;
  cluster.policy.mutable_repair()->set_enabled(true);
  for (const auto& [slot, node] : cluster.nodes()) {  // all were repaired an hour before
    v1::LastRepair* last = cluster.ledger.add_last_repairs();
    last->set_keyspace("app");
    last->mutable_target()->set_host_id(node.host_id);
    last->set_at_seconds(testing::kNow - 3600);
  }
  EXPECT_EQ(Answer(cluster, "", "repair dc1/r1/1 app"), kPlanned);
  EXPECT_EQ(Answer(cluster, "", "repair dc1/r1/0 app"), "not wanted");
  v1::LastRepair* since = cluster.ledger.add_last_repairs();
  since->set_keyspace("app");
  since->set_at_seconds(testing::kNow);
  response = Plan(cluster);
  EXPECT_EQ(owed(response), "");
  EXPECT_EQ(response.ledger().first_seen_down_size(), 0);
}

// After a raise of a replication factor, and repairs are somebody else's.
TEST(ReplaceWindow, RepairIsOwedAfterAnAlter) {
  Cluster cluster(Even(1));
  for (const auto& [slot, node] : cluster.nodes()) {
    v1::RebuildOwed* owed = cluster.ledger.add_rebuild_owed();
    testing::SetSlot(slot, owed->mutable_target());
    owed->mutable_target()->set_host_id(node.host_id);
    owed->set_keyspace("app");
    owed->set_replication_factor(3);
    owed->set_at_seconds(testing::kNow - 3600);
  }
  std::string message;
  const auto findings = Plan(cluster).findings();
  for (const v1::Finding& f : findings) message += f.rule() == "repair-owed" ? f.message() + " | " + f.remedy() : "";
  EXPECT_EQ(message,
            "keyspace app got more replicas at 2026-11-22T11:36:40Z, and dc1/r1/0, dc1/r2/0, dc1/r3/0 have not been "
            "repaired since: reads of one replica may miss data | nodetool repair --full there before gc_grace ends; "
            "or set policy.repair.enabled");
}

}  // namespace
}  // namespace cassplan::planner
