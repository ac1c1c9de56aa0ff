#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;
using testing::NodeFactsOf;

constexpr char kGuard[] = "healthy";

// What the guard says to a restart in dc1/r1 when a node of dc1/r2 is sick.
std::string RestartWith(void (*sicken)(v1::NodeFacts*), void (*allow)(v1::HealthPolicy*) = nullptr) {
  v1::PlanRequest request = Restarting().Build();
  sicken(NodeFactsOf("dc1/r2/0", &request));
  if (allow != nullptr) allow(request.mutable_policy()->mutable_health());
  return Answer(request, kGuard, "restart_node dc1/r1/0");
}

TEST(Healthy, EveryStopValue) {
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_pending_compactions(1001); }),
            "dc1/r2/0 has pending compactions: 1001 (policy stops at 1000) | "
            "wait until it has caught up, or raise policy.health.max_pending_compactions");
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_pending_compactions(1000); }), kPlanned);
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_pending_hints_bytes((1 << 30) + 1); }),
            "bytes of hints wait on dc1/r2/0: 1073741825 (policy stops at 1073741824) | "
            "wait until they are delivered, or raise policy.health.max_hints_bytes");
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_dropped_mutations(5000); }),
            "dc1/r2/0 drops mutations: 5000 (policy stops at 1000) | "
            "find out what overloads it, or raise policy.health.max_dropped_mutations");
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_clock_skew_ms(501); }),
            "the clock of dc1/r2/0 differs from the others' by milliseconds: 501 (policy stops at 500) | "
            "repair its time service, or raise policy.health.max_clock_skew_ms");
  const auto full = [](v1::NodeFacts* f) {
    f->set_disk_capacity_bytes(1000);
    f->set_disk_used_bytes(930);
  };
  EXPECT_EQ(RestartWith(full),
            "the disk of dc1/r2/0 is full, in percent: 93 (policy stops at 90) | make room (cleanup, snapshots, a "
            "larger volume, more nodes), or raise policy.health.max_disk_used_percent");
}

// A stop value that a person has set is relied on.
TEST(Healthy, WhatIsNotKnownOfALiveNode) {
  v1::PlanRequest request = Restarting().Build();
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0", "dc1/r3/0"}) {
    NodeFactsOf(slot, &request)->set_disk_capacity_bytes(1000);
    NodeFactsOf(slot, &request)->set_disk_used_bytes(930);
  }
  request.mutable_policy()->mutable_health()->set_max_disk_used_percent(95);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  NodeFactsOf("dc1/r2/0", &request)->clear_disk_used_bytes();
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "how full the disk is of dc1/r2/0 is not known, and the policy sets a stop value for it | collect "
            "disk_used_bytes and disk_capacity_bytes of the node (nodes.json of the dump); or take "
            "policy.health.max_disk_used_percent out");
  request.mutable_policy()->mutable_health()->set_max_disk_used_percent(0);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  const auto with = [](void (*set)(v1::HealthPolicy*)) {
    v1::PlanRequest r = Restarting().Build();
    set(r.mutable_policy()->mutable_health());
    return Answer(r, kGuard, "restart_node dc1/r1/0");
  };
  EXPECT_EQ(with([](v1::HealthPolicy* p) { p->set_max_pending_compactions(1000); }),
            "how many compactions are pending on dc1/r2/0 is not known, and the policy sets a stop value for it | "
            "collect PendingTasks of the CompactionManager (jolokia/<pod>.json); or take "
            "policy.health.max_pending_compactions out");
  EXPECT_EQ(with([](v1::HealthPolicy* p) { p->set_max_hints_bytes(1000); }),
            "how many bytes of hints wait on dc1/r2/0 is not known, and the policy sets a stop value for it | collect "
            "pending_hints_bytes of the node (nodes.json of the dump); or take policy.health.max_hints_bytes out");
  EXPECT_EQ(with([](v1::HealthPolicy* p) { p->set_max_dropped_mutations(1000); }),
            "how many mutations are dropped by dc1/r2/0 is not known, and the policy sets a stop value for it | "
            "collect OneMinuteRate of the metric DroppedMessage, scope MUTATION (jolokia/<pod>.json); or take "
            "policy.health.max_dropped_mutations out");
  EXPECT_EQ(with([](v1::HealthPolicy* p) { p->set_max_clock_skew_ms(1000); }),
            "the clock skew of dc1/r2/0 is not known, and the policy sets a stop value for it | collect clock_skew_ms "
            "of the node (nodes.json of the dump); or take policy.health.max_clock_skew_ms out");
}

TEST(Healthy, ZeroDoesNotLook) {
  EXPECT_EQ(RestartWith([](v1::NodeFacts* f) { f->set_pending_compactions(1'000'000); },
                        [](v1::HealthPolicy* p) { p->set_max_pending_compactions(0); }),
            kPlanned);
}

TEST(Healthy, TheSickNodeItselfMayBeRestarted) {
  v1::PlanRequest request = Restarting().Build();
  NodeFactsOf("dc1/r2/0", &request)->set_dropped_mutations(5000);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
  EXPECT_NE(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Healthy, AnotherDatacenterGoesOn) {
  v1::PlanRequest request = Restarting(Even(1, 3, 2)).Build();
  NodeFactsOf("dc2/r2/0", &request)->set_pending_compactions(5000);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  EXPECT_NE(Answer(request, kGuard, "restart_node dc2/r1/0"), kPlanned);
}

TEST(Healthy, HoldsMovementsAndNotCleanups) {
  Cluster cluster = Growing();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  v1::PlanRequest request = cluster.Build();
  NodeFactsOf("dc1/r2/0", &request)->set_pending_compactions(5000);
  EXPECT_NE(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "cleanup dc1/r1/0"), kPlanned);
}

// A node more is what helps a full disk.
TEST(Healthy, AFullDiskDoesNotHoldAJoin) {
  v1::PlanRequest request = Growing().Build();
  NodeFactsOf("dc1/r2/0", &request)->set_disk_capacity_bytes(int64_t{100} << 30);
  NodeFactsOf("dc1/r2/0", &request)->set_disk_used_bytes(int64_t{95} << 30);
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1").find("is full"), std::string::npos);
}

TEST(Healthy, StreamsThatNothingExplains) {
  v1::PlanRequest request = Restarting().Build();
  NodeFactsOf("dc1/r1/0", &request)->set_streams(2);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "dc1/r1/0 streams data (2 streams), and no movement that is known explains it | "
            "wait until it is done: nodetool netstats");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
}

// Compactions are done some day: nobody has to do anything.
TEST(Healthy, WhatEndsByItselfBlocksNobody) {
  Cluster cluster = Restarting();
  v1::PlanRequest request = cluster.Build();
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0", "dc1/r3/0"}) {
    NodeFactsOf(slot, &request)->set_pending_compactions(5000);
  }
  for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
    if (report.has_rack()) report.mutable_rack()->mutable_template_()->set_revision("B");
  }
  const v1::PlanResponse waits = RunPipeline(request, ScheduleOptions(), nullptr);
  EXPECT_EQ(waits.held_size(), 3);
  EXPECT_EQ(waits.outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_GT(waits.next_check_seconds(), 0);
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0", "dc1/r3/0"}) {
    NodeFactsOf(slot, &request)->clear_pending_compactions();
    NodeFactsOf(slot, &request)->set_clock_skew_ms(5000);
  }
  EXPECT_EQ(RunPipeline(request, ScheduleOptions(), nullptr).outcome(), v1::OUTCOME_BLOCKED);
}

}  // namespace
}  // namespace cassplan::planner
