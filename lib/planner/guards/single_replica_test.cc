#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "single-replica";

Cluster Replacing() {
  Cluster cluster = Small();
  cluster.node("dc1/r2/0").up = false;
  cluster.replace["dc1/r2/0"] = cluster.node("dc1/r2/0").host_id;
  return cluster;
}

testing::ReplicationOf Once() {
  testing::ReplicationOf once;
  once.name = "once";
  once.datacenters["dc1"] = 1;
  return once;
}

const std::string kRefused =
    "keyspace once has one replica: what only dc1/r2/0 holds is lost for good | "
    "bring the node back; or add a waiver for guard single-replica that names the keyspace";

TEST(SingleReplica, Replace) {
  Cluster cluster = Replacing();
  cluster.keyspaces.push_back(Once());
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kRefused);
  cluster.keyspaces[1].datacenters["dc1"] = 2;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
}

TEST(SingleReplica, SimpleStrategy) {
  Cluster cluster = Replacing();
  cluster.keyspaces.push_back(Once());
  cluster.keyspaces[1].simple = 1;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kRefused);
  cluster.keyspaces[1].simple = 2;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
}

TEST(SingleReplica, AnotherDatacenterHasIt) {
  Cluster cluster(Even(1, 3, 2));
  cluster.node("dc1/r2/0").up = false;
  cluster.replace["dc1/r2/0"] = cluster.node("dc1/r2/0").host_id;
  cluster.keyspaces.push_back(Once());
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kRefused);
  cluster.keyspaces[1].datacenters["dc2"] = 1;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
}

TEST(SingleReplica, KeyspacesOfCassandraDoNotCount) {
  Cluster cluster = Replacing();
  cluster.keyspaces.push_back(Once());
  cluster.keyspaces[1].name = "system_traces";
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
}

TEST(SingleReplica, Waiver) {
  Cluster cluster = Replacing();
  cluster.keyspaces.push_back(Once());
  const v1::PlanResponse held = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  ASSERT_EQ(held.held_size(), 1);
  v1::Waiver* waiver = cluster.policy.add_waivers();
  waiver->set_action_id(held.held(0).action_id());
  waiver->set_guard(kGuard);
  waiver->add_keyspaces("once");
  waiver->set_by("ann");
  waiver->set_why("its data is a cache");
  waiver->set_until_seconds(testing::kNow + 1);
  const v1::PlanResponse waived = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  EXPECT_EQ(Answer(waived, kGuard, "replace_node dc1/r2/0"), kPlanned);
  ASSERT_EQ(waived.plan().actions_size(), 2);  // its volume is set aside before
  ASSERT_EQ(waived.plan().actions(1).waivers_size(), 1);
  EXPECT_EQ(waived.plan().actions(1).waivers(0), kGuard);

  v1::Waiver other = *waiver;
  other.set_guard("quorum");
  *waiver = other;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kRefused);
  waiver->set_guard(kGuard);
  waiver->set_until_seconds(testing::kNow);
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kRefused);
}

}  // namespace
}  // namespace cassplan::planner
