#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "mixed-version";

TEST(MixedVersion, NothingMovesBetweenReleases) {
  Cluster cluster = Growing();
  cluster.release = "";
  cluster.node("dc1/r2/0").release = "5.0.2";
  cluster.node("dc1/r2/0").owes_cleanup = false;
  EXPECT_EQ(
      Answer(cluster, kGuard, "start_node dc1/r1/1"),
      "start_node does not work while nodes run different releases of Cassandra | let the rolling update finish first");
  cluster.node("dc1/r2/0").release = "4.1.10";  // the same line
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

TEST(MixedVersion, JoinsWithTheReleaseThatRuns) {
  Cluster cluster = Growing();
  cluster.revision = "B";
  cluster.release = "5.0.2";
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  EXPECT_NE(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  cluster.policy.clear_paused();
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  cluster.release = "4.1.3";
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
}

// What nobody tells is not what the others run.
TEST(MixedVersion, ANewNodeOfUnknownReleaseIsLikeNobodyElse) {
  Cluster cluster({});
  cluster.desired = testing::Even(1);
  cluster.keyspaces.clear();
  v1::PlanRequest request = cluster.Build();
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r2/0"), kPlanned);
  auto* racks = request.mutable_desired()->mutable_datacenters(0)->mutable_racks();
  racks->Mutable(0)->mutable_template_()->clear_release();
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/0"), kPlanned);
  EXPECT_THAT(Answer(request, kGuard, "start_node dc1/r2/0"), ::testing::HasSubstr("name the release of every rack"));
  for (v1::DesiredRack& rack : *racks) rack.mutable_template_()->clear_release();  // all alike
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r2/0"), kPlanned);
}

// Two sources tell of one node: the stranger word decides what its rack may start on.
TEST(MixedVersion, ReportsOfANodeThatDiffer) {
  v1::PlanRequest request = Restarting().Build();
  v1::Report other;
  for (const v1::Report& report : request.observed().reports()) {
    const v1::Target& of = report.subject();
    if (report.has_node() && of.rack() == "r2" && of.ordinal() == 0) other = report;
  }
  other.set_source("another");
  other.mutable_node()->set_release("9.9.1");
  *request.mutable_observed()->add_reports() = other;
  const v1::PlanResponse response = RunPipeline(request, ScheduleOptions(), nullptr);
  std::string text;
  for (const v1::Finding& f : response.findings()) text += f.rule() + ": " + f.message() + "\n";
  EXPECT_THAT(text, ::testing::HasSubstr("contradiction: two reports of the node in dc1/r2/0 differ"));
  EXPECT_THAT(text, ::testing::HasSubstr("mixed-version: dc1/r2/0 runs Cassandra 9.9 and whether it can go to 4.1"));
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
}

TEST(MixedVersion, AlterAndRepairAndLeave) {
  Cluster cluster = Shrinking();
  cluster.release = "";
  cluster.keyspaces[0].datacenters["dc1"] = 2;
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 3;
  cluster.policy.mutable_repair()->set_enabled(true);
  cluster.node("dc1/r2/0").release = "5.0.2";
  const std::string remedy =
      " does not work while nodes run different releases of Cassandra | "
      "let the rolling update finish first";
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), "decommission" + remedy);
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), "alter_keyspace" + remedy);
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r1/0 app"), "held by predecessor");  // that ALTER
  cluster.desired_keyspaces.clear();
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r1/0 app"), "repair" + remedy);
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 3;
  cluster.node("dc1/r2/0").release = "4.1.3";
  EXPECT_EQ(Answer(cluster, kGuard, "decommission dc1/r1/1"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "repair dc1/r1/0 app"), kPlanned);
}

TEST(MixedVersion, NoNewReleaseWhileRangesMove) {
  Cluster cluster = Restarting();
  cluster.release = "5.0.2";
  cluster.desired["dc1"]["r1"] = 2;
  cluster.InFlight("join", v1::ACTION_KIND_START_NODE, "dc1/r1/1");
  EXPECT_TRUE(WaitsFor(cluster.Build(), "drain dc1/r2/0", "schema#0"));
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &cluster.policy);  // so that it is told
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"),
            "ranges move, or a repair or upgradesstables runs, and the release of the node would change meanwhile | "
            "wait until it is done");
  cluster.release = "4.1.3";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), "held by paused");
}

// Whoever began it, and in whichever datacenter.
TEST(MixedVersion, NoNewReleaseWhileSomebodyElsesNodeJoins) {
  Cluster cluster(testing::Even(2, 3, 2));
  cluster.revision = "B";
  cluster.release = "5.0.2";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r1/0"), kPlanned);
  cluster.node("dc1/r1/1").movement = v1::PEER_MOVEMENT_JOINING;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc2/r1/0"),
            "ranges move, or a repair or upgradesstables runs, and the release of the node would change meanwhile | "
            "wait until it is done");
}

}  // namespace
}  // namespace cassplan::planner
