// Slots whose Pods found an empty volume and wait for a permit (spec.startPermits of a CassandraCluster).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cassplan/planner.h"
#include "cassplan/verify.h"
#include "tests/testing/cluster.h"
#include "tests/testing/edit.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kSlot[] = "dc1/r1/1";

Cluster Permitting() {
  Cluster cluster(Even(2));
  cluster.start_permits = true;
  return cluster;
}

// Its node is dead, for `seconds`, and its volume is another one.
Cluster Lost(int64_t seconds) {
  Cluster cluster = Permitting();
  cluster.node(kSlot).up = false;
  cluster.node(kSlot).down_for = seconds;
  return cluster;
}

v1::PlanResponse PlanOf(const Cluster& cluster) {
  v1::PlanRequest request = cluster.Build();
  request.mutable_desired()->set_start_permits(true);
  testing::SlotFactsOf(kSlot, &request)->set_awaits_permit(true);
  const absl::StatusOr<v1::PlanResponse> response = Plan(request);
  EXPECT_TRUE(response.ok()) << response.status();
  const absl::StatusOr<VerifyResult> verified = Verify(request, *response, VerifyOptions());
  EXPECT_TRUE(verified.ok()) << verified.status();
  for (const auto& violation : verified->violations) ADD_FAILURE() << violation.text;
  return *response;
}

const v1::Action* Find(const v1::PlanResponse& response, const std::string& name) {
  for (const v1::Action& action : response.plan().actions()) {
    if (testing::Name(action) == name) return &action;
  }
  return nullptr;
}

TEST(Permits, ANewNodeIsPermittedToBootstrap) {
  Cluster cluster = Permitting();
  testing::Node& node = cluster.node(kSlot);
  node.up = node.answers = node.in_views = false;
  const v1::PlanResponse response = PlanOf(cluster);
  const v1::Action* start = Find(response, "start_node dc1/r1/1");
  ASSERT_NE(start, nullptr) << response.DebugString();
  EXPECT_TRUE(start->ready());
  EXPECT_EQ(start->permit(), v1::PERMIT_KIND_BOOTSTRAP);
  EXPECT_EQ(start->manual(), "permit dc1/r1/1 to bootstrap");
  EXPECT_EQ(response.plan().actions_size(), 6);  // and every older node is cleaned up
}

TEST(Permits, OneThatIsNotWantedAnyMoreIsTakenBack) {
  Cluster cluster = Permitting();
  testing::Node& node = cluster.node(kSlot);
  node.up = node.answers = node.in_views = false;
  cluster.desired = Even(2);
  cluster.desired["dc1"]["r1"] = 1;
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_EQ(Find(response, "start_node dc1/r1/1"), nullptr);
  EXPECT_NE(Find(response, "shrink_rack dc1/r1/1"), nullptr) << response.DebugString();
}

TEST(Permits, ALostNodeIsNeverBootstrapped) {
  for (const int64_t seconds : {60, 7200}) {
    const v1::PlanResponse response = PlanOf(Lost(seconds));
    EXPECT_EQ(response.plan().actions_size(), 0) << response.DebugString();
    EXPECT_FALSE(response.findings().empty());
  }
}

TEST(Permits, WhereAPersonAsksItIsReplaced) {
  Cluster cluster = Lost(60);
  cluster.replace[kSlot] = cluster.node(kSlot).host_id;
  const v1::PlanResponse response = PlanOf(cluster);
  const v1::Action* replace = Find(response, "replace_node dc1/r1/1");
  ASSERT_NE(replace, nullptr) << response.DebugString();
  EXPECT_TRUE(replace->ready());
  EXPECT_EQ(replace->permit(), v1::PERMIT_KIND_REPLACE);
  EXPECT_EQ(replace->replaced_host_id(), cluster.node(kSlot).host_id);
  EXPECT_FALSE(replace->replaced_address().empty());
  EXPECT_EQ(Find(response, "quarantine_volume dc1/r1/1"), nullptr) << "there is nothing on it";
}

TEST(Permits, PolicyReplacesOnlyAfterItsTime) {
  for (const auto& [seconds, replaced] : {std::pair{60, false}, std::pair{7200, true}}) {
    Cluster cluster = Lost(seconds);
    cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REPLACE);
    EXPECT_EQ(Find(PlanOf(cluster), "replace_node dc1/r1/1") != nullptr, replaced) << seconds;
  }
}

// Its Pod starts nothing without a permit, so that it need not be fenced.
TEST(Permits, PolicyMayRemoveItToo) {
  Cluster cluster = Lost(7200);
  cluster.policy.set_dead_node(v1::DEAD_NODE_POLICY_REMOVE);
  EXPECT_NE(Find(PlanOf(cluster), "remove_node dc1/r1/1"), nullptr);
}

// A restart brings nothing back.
TEST(Permits, ALostNodeOfAnOldTemplateIsNotRestarted) {
  Cluster cluster = Lost(60);
  cluster.node(kSlot).revision = "old";
  EXPECT_EQ(Find(PlanOf(cluster), "restart_node dc1/r1/1"), nullptr);
}

}  // namespace
}  // namespace cassplan::planner
