#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "schema-agreement";

TEST(SchemaAgreement, OfOneReleaseBeforeARestart) {
  Cluster cluster = Restarting();
  cluster.node("dc1/r2/0").schema_version = "s2";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"),
            "live nodes disagree on the schema (dc1/r2/0 has s2) | "
            "wait until they agree; when they do not, see nodetool describecluster");
  // A rolling upgrade has one per release.
  cluster.release = cluster.node("dc1/r2/0").release = "5.0.2";
  cluster.node("dc1/r2/0").revision = "B";
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(SchemaAgreement, OfAllBeforeTheRingChanges) {
  Cluster cluster = Growing();
  cluster.release = "";
  cluster.node("dc1/r2/0").schema_version = "s2";
  cluster.node("dc1/r2/0").release = "5.0.2";
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "live nodes disagree on the schema (dc1/r2/0 has s2) | "
            "wait until they agree; when they do not, see nodetool describecluster");
  cluster.node("dc1/r2/0").schema_version = "s1";
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), "held by mixed-version");
}

TEST(SchemaAgreement, IsKnownBeforeTheRingChanges) {
  Cluster cluster = Growing();
  cluster.node("dc1/r2/0").answers = false;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"),
            "the schema version of dc1/r2/0 is not known | let its Jolokia answer");
  cluster.node("dc1/r2/0").answers = true;
  EXPECT_EQ(Answer(cluster, kGuard, "start_node dc1/r1/1"), kPlanned);
  // A restart only needs that none is known to differ.
  Cluster restarting = Restarting();
  restarting.node("dc1/r2/0").answers = false;
  EXPECT_EQ(Answer(restarting, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(SchemaAgreement, NodesThatAreDownDoNotCount) {
  Cluster cluster = Restarting();
  cluster.node("dc1/r2/0").schema_version = "s2";
  cluster.node("dc1/r2/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r2/0"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
