#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "replication-change";

// dc2 has nodes, and the keyspace shall replicate there.
Cluster Adding() {
  Cluster cluster(Even(1, 3, 2));
  cluster.keyspaces[0].datacenters["dc2"] = 0;
  cluster.desired_keyspaces["app"].datacenters = {{"dc1", 3}, {"dc2", 3}};
  cluster.policy.set_clients_are_dc_local(true);
  return cluster;
}

// The factors of the ALTERs, in order, and of those that are held.
std::vector<int> Factors(const v1::PlanResponse& plan, const std::string& dc) {
  std::vector<int> factors;
  for (const v1::Action& a : plan.plan().actions()) {
    if (a.kind() == v1::ACTION_KIND_ALTER_KEYSPACE && a.target().datacenter() == dc)
      factors.push_back(a.replication_factor());
  }
  return factors;
}

v1::PlanResponse PlanOf(const Cluster& cluster) { return RunPipeline(cluster.Build(), ScheduleOptions(), nullptr); }

int Held(const v1::PlanResponse& plan, const std::string& guard) {
  int held = 0;
  for (const v1::Held& one : plan.held()) {
    for (const v1::Refusal& by : one.by()) held += by.guard() == guard ? 1 : 0;
  }
  return held;
}

int CountOf(const v1::PlanResponse& plan, v1::ActionKind kind) {
  int n = 0;
  for (const v1::Action& a : plan.plan().actions()) n += a.kind() == kind ? 1 : 0;
  return n;
}

TEST(ReplicationChange, FirstReplicasNeedLocalClients) {
  Cluster cluster = Adding();
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"), kPlanned);
  EXPECT_EQ(Factors(PlanOf(cluster), "dc2"), std::vector<int>({3}));
  EXPECT_EQ(CountOf(PlanOf(cluster), v1::ACTION_KIND_REBUILD), 3);
  cluster.policy.clear_clients_are_dc_local();
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"),
            "whether clients read keyspace app in dc2 while its nodes have not all of its data is not known | "
            "see that every client uses its own datacenter and a LOCAL_ level, and none uses dc2; then set "
            "policy.clients_are_dc_local: true");
}

// A level that counts all datacenters would count replicas without data.
TEST(ReplicationChange, OneByOneWhereALevelSpansDatacenters) {
  Cluster cluster = Adding();
  cluster.policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  EXPECT_EQ(Factors(PlanOf(cluster), "dc2"), std::vector<int>({1}));
  EXPECT_EQ(Held(PlanOf(cluster), kGuard), 1);  // the second step; the third comes after it
  cluster.policy.mutable_repair()->set_enabled(true);
  EXPECT_EQ(Factors(PlanOf(cluster), "dc2"), std::vector<int>({1, 2, 3}));
}

TEST(ReplicationChange, OneStepAndARepair) {
  Cluster cluster(Even(1));
  cluster.keyspaces[0].datacenters["dc1"] = 1;
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 3;
  EXPECT_EQ(Factors(PlanOf(cluster), "dc1"), std::vector<int>({2}));
  EXPECT_EQ(Held(PlanOf(cluster), kGuard), 1);
  cluster.policy.mutable_repair()->set_enabled(true);
  const v1::PlanResponse plan = PlanOf(cluster);
  EXPECT_EQ(Factors(plan, "dc1"), std::vector<int>({2, 3}));
  EXPECT_EQ(CountOf(plan, v1::ACTION_KIND_REPAIR), 6);
  EXPECT_EQ(plan.held_size(), 0);
}

// Fewer replicas, too; and the nodes that stay are cleaned up once.
TEST(ReplicationChange, FewerReplicas) {
  Cluster cluster(Even(1));
  cluster.desired_keyspaces["app"].datacenters["dc1"] = 2;
  const v1::PlanResponse plan = PlanOf(cluster);
  EXPECT_EQ(Factors(plan, "dc1"), std::vector<int>({2}));
  EXPECT_EQ(CountOf(plan, v1::ACTION_KIND_CLEANUP), 3);
  EXPECT_EQ(plan.held_size(), 0);
}

TEST(ReplicationChange, NotWhileANodeIsAway) {
  Cluster cluster = Adding();
  cluster.node("dc1/r2/0").up = false;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"),
            "dc1/r2/0 is down, and it would not learn of the change | "
            "bring it back, or replace it, or take it out of the ring");
  cluster.InFlight("restart", v1::ACTION_KIND_RESTART_NODE, "dc1/r2/0");
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"), kPlanned);
}

TEST(ReplicationChange, NotWhileRangesMove) {
  Cluster cluster = Adding();
  cluster.node("dc1/r2/0").movement = v1::PEER_MOVEMENT_LEAVING;
  cluster.node("dc1/r2/0").mode = v1::NODE_MODE_LEAVING;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"), "ranges are moving | wait until the movement is done");
}

TEST(ReplicationChange, NotWhileANodeThatLeftIsThere) {
  Cluster cluster = Adding();
  cluster.desired["dc1"]["r2"] = 2;
  testing::Node& left = cluster.AddNode("dc1", "r2", 1);
  left.in_views = false;
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  cluster.desired["dc1"]["r2"] = 1;
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc2 app"),
            "the node of slot dc1/r2/1 has left, and its process is still there | wait until its slot is gone");
}

TEST(ReplicationChange, ReplicationIsKnown) {
  v1::PlanRequest request = Adding().Build();
  testing::SchemaOf(&request)->set_derived(true);
  EXPECT_EQ(Answer(request, kGuard, "alter_keyspace dc2 app"),
            "how keyspaces replicate is not known for certain | "
            "collect schema.json (rows of system_schema.keyspaces)");
}

// Its nodes leave before system_auth does, and after the keyspaces of users.
TEST(ReplicationChange, ADatacenterIsEmptied) {
  Cluster cluster(Even(1, 3, 2));
  testing::ReplicationOf auth;
  auth.name = "system_auth";
  auth.datacenters = {{"dc1", 3}, {"dc2", 3}};
  cluster.keyspaces.push_back(auth);
  for (const char* name : {"app", "system_auth"}) cluster.desired_keyspaces[name].datacenters = {{"dc1", 3}};
  cluster.desired.erase("dc2");
  cluster.policy.set_clients_are_dc_local(true);
  const v1::PlanResponse plan = PlanOf(cluster);
  for (const v1::Held& held : plan.held()) ADD_FAILURE() << held.ShortDebugString();
  std::vector<std::string> order;
  for (const v1::Action& a : plan.plan().actions()) {
    const bool shown = a.kind() == v1::ACTION_KIND_ALTER_KEYSPACE || a.kind() == v1::ACTION_KIND_DECOMMISSION ||
                       a.kind() == v1::ACTION_KIND_DELETE_RACK;
    if (shown) order.push_back(testing::Name(a));
  }
  const std::vector<std::string> expected = {
      "alter_keyspace dc2 app", "alter_keyspace dc2 app", "alter_keyspace dc2 app",         "decommission dc2/r1/0",
      "decommission dc2/r2/0",  "decommission dc2/r3/0",  "alter_keyspace dc2 system_auth", "delete_rack dc2/r1",
      "delete_rack dc2/r2",     "delete_rack dc2/r3"};
  EXPECT_EQ(order, expected);
  cluster.desired = Even(1, 3, 2);  // and where they stay it does not go
  EXPECT_EQ(Held(PlanOf(cluster), kGuard), 1);
}

// What is restarted after an ALTER is judged with the replicas of then.
TEST(ReplicationChange, ReplicasMoveFirst) {
  Cluster cluster(Even(1, 3, 2));
  cluster.keyspaces[0].datacenters = {{"dc1", 3}, {"dc2", 0}};
  cluster.desired_keyspaces["app"].datacenters = {{"dc1", 0}, {"dc2", 3}};
  cluster.policy.set_clients_are_dc_local(true);
  const v1::PlanResponse plan = PlanOf(cluster);
  std::vector<std::string> order;
  for (const v1::Action& a : plan.plan().actions()) order.push_back(testing::Name(a));
  ASSERT_GE(order.size(), 5u);
  EXPECT_EQ(order[0], "alter_keyspace dc2 app");
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(order[static_cast<size_t>(i)].substr(0, 7), "rebuild");
  EXPECT_EQ(order[4], "alter_keyspace dc1 app");
}

// Other strategies are converted only where no replica moves.
TEST(ReplicationChange, FromSimpleStrategy) {
  Cluster cluster(Even(3, 1));
  cluster.keyspaces[0].datacenters.clear();
  cluster.keyspaces[0].simple = 2;
  cluster.desired_keyspaces["app"].datacenters = {{"dc1", 2}};
  EXPECT_EQ(Answer(cluster, kGuard, "alter_keyspace dc1 app"), kPlanned);
  Cluster racks(Even(3, 3));
  racks.keyspaces = cluster.keyspaces;
  racks.desired_keyspaces = cluster.desired_keyspaces;
  EXPECT_EQ(Answer(racks, kGuard, "alter_keyspace dc1 app"), "not wanted");
  EXPECT_EQ(PlanOf(racks).outcome(), v1::OUTCOME_BLOCKED);
}

}  // namespace
}  // namespace cassplan::planner
