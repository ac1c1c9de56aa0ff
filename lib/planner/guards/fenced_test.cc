#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;
using ::testing::StartsWith;

constexpr char kGuard[] = "fenced";
constexpr char kRemove[] = "remove_node dc1/r1/1";

// dc1/r1/1 is dead, and shall be taken out of the ring.
Cluster Removing() {
  Cluster cluster(Even(2));
  cluster.start_permits = true;
  cluster.node("dc1/r1/1").up = false;
  cluster.node("dc1/r1/1").down_for = 7200;
  cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REMOVE);
  return cluster;
}

TEST(Fenced, PodThatIsThere) {
  Cluster cluster = Removing();
  EXPECT_THAT(Answer(cluster, kGuard, kRemove), StartsWith("slot dc1/r1/1 may start dc1/r1/1 again: its Pod is there"));
  cluster.node("dc1/r1/1").fenced = true;
  EXPECT_EQ(Answer(cluster, kGuard, kRemove), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "quarantine_volume dc1/r1/1"), kPlanned);
  cluster.node("dc1/r1/1").fenced = false;
  cluster.node("dc1/r1/1").pending = true;
  EXPECT_EQ(Answer(cluster, kGuard, kRemove), kPlanned);
}

// The unit is in the plan as a whole, or not at all.
TEST(Fenced, VolumeThatIsNotSetAside) {
  Cluster cluster = Removing();
  cluster.node("dc1/r1/1").pending = true;
  testing::Pause(v1::ACTION_KIND_QUARANTINE_VOLUME, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, kRemove), "held by paused");
  EXPECT_NE(Answer(cluster, kGuard, "quarantine_volume dc1/r1/1"), kPlanned);
  cluster.node("dc1/r1/1").volume_gone = true;
  EXPECT_EQ(Answer(cluster, kGuard, kRemove), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "quarantine_volume dc1/r1/1"), "not wanted");
}

// Each seed whose rack is known to need no permit is told; unknown is not "none".
TEST(Fenced, SeedsThatStartWithoutAPermit) {
  Cluster cluster(Even(1));
  cluster.seeds = cluster.observed_seeds = {"dc1/r1/0", "dc1/r2/0"};
  v1::PlanRequest request = cluster.Build();
  const auto told = [&] {
    std::string seeds;
    const v1::PlanResponse response = RunPipeline(request, ScheduleOptions(), nullptr);
    for (const v1::Finding& f : response.findings()) {
      if (f.rule() == "unguarded-start") seeds += f.subject().rack() + " ";
    }
    return seeds;
  };
  EXPECT_EQ(told(), "");
  for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
    if (report.has_rack()) report.mutable_rack()->set_start_permits(report.subject().rack() == "r2");
  }
  EXPECT_EQ(told(), "r1 ");
}

TEST(Fenced, WorkloadThatStartsAnEmptyNodeByItself) {
  Cluster cluster = Removing();
  cluster.start_permits = false;
  cluster.node("dc1/r1/1").pending = true;
  EXPECT_THAT(Answer(cluster, kGuard, kRemove),
              StartsWith("without its volume the workload starts an empty node in slot dc1/r1/1 by itself"));
  // A person lowers the workload: the slot is gone, and a new node joins there afterwards.
  cluster.node("dc1/r1/1").slot_present = false;
  cluster.node("dc1/r1/1").volume_left = true;
  v1::KnownMember* known = cluster.ledger.add_members();
  known->set_host_id(cluster.node("dc1/r1/1").host_id);
  testing::SetSlot("dc1/r1/1", known->mutable_slot());
  EXPECT_EQ(Answer(cluster, kGuard, kRemove), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// A member that has no slot: dc1/r1/1 runs somebody else.
TEST(Fenced, Ghost) {
  Cluster cluster(Even(2));
  cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REPLACE);
  testing::Node& ghost = cluster.AddNode("dc1", "r1", 2);
  ghost.up = false;
  ghost.slot_present = false;
  ghost.down_for = 7200;
  v1::PlanRequest request = cluster.Build();
  EXPECT_EQ(Answer(request, kGuard, "remove_node dc1/r1"), kPlanned);
  // Nobody answers from dc1/r1/1, and its volume may be anybody's.
  testing::SlotFactsOf("dc1/r1/1", &request)->set_ready(false);
  cluster.node("dc1/r1/1").answers = false;
  cluster.node("dc1/r1/1").in_views = false;
  cluster.node("dc1/r1/1").up = false;
  const v1::PlanResponse response = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  for (const v1::Action& a : response.plan().actions()) EXPECT_NE(a.kind(), v1::ACTION_KIND_REMOVE_NODE);
}

}  // namespace
}  // namespace cassplan::planner
