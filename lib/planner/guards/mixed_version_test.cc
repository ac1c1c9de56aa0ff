#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cassplan::planner
