#include "lib/planner/settle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cassplan/planner.h"
#include "cassplan/verify.h"
#include "tests/testing/cluster.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using ::testing::Contains;
using testing::Even;
using ::testing::Not;

// Two nodes per rack were wanted, the second of r1 was started, and its Pod finds no machine. Now one is wanted again.
Cluster Reverted() {
  Cluster cluster(Even(1));
  testing::Node& node = cluster.AddNode("dc1", "r1", 1);
  node.up = node.answers = node.in_views = false;
  node.pending = true;
  cluster.InFlight("start", v1::ACTION_KIND_START_NODE, "dc1/r1/1");
  cluster.ledger.mutable_started(0)->mutable_target()->clear_host_id();
  cluster.desired = Even(1);
  return cluster;
}

v1::PlanResponse PlanOf(const Cluster& cluster) {
  const v1::PlanRequest request = cluster.Build();
  const absl::StatusOr<v1::PlanResponse> response = Plan(request);
  EXPECT_TRUE(response.ok()) << response.status();
  const absl::StatusOr<VerifyResult> verified = Verify(request, *response, VerifyOptions());
  EXPECT_TRUE(verified.ok() && verified->violations.empty());
  return *response;
}

std::vector<std::string> Ready(const v1::PlanResponse& response) {
  std::vector<std::string> names;
  for (const v1::Action& action : response.plan().actions()) {
    if (action.ready()) names.push_back(testing::Name(action));
  }
  return names;
}

TEST(Settle, AStartThatNobodyWantsAndThatNeverRanIsDropped) {
  const v1::PlanResponse response = PlanOf(Reverted());
  EXPECT_TRUE(response.ledger().started().empty());
  ASSERT_EQ(response.changes_size(), 1);
  EXPECT_EQ(response.changes(0).state(), "dropped");
  EXPECT_THAT(Ready(response), Contains("shrink_rack dc1/r1/1"));
}

TEST(Settle, AStartThatIsStillWantedIsNot) {
  Cluster cluster = Reverted();
  cluster.desired["dc1"]["r1"] = 2;
  EXPECT_EQ(PlanOf(cluster).ledger().started_size(), 1);
}

// It has a machine: it may be joining at this moment.
TEST(Settle, AStartThatMayRunIsNot) {
  Cluster cluster = Reverted();
  cluster.node("dc1/r1/1").pending = false;
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_EQ(response.ledger().started_size(), 1);
  EXPECT_THAT(Ready(response), Not(Contains("shrink_rack dc1/r1/1")));
}

// It never had a node, so that nothing but the start names it.
TEST(Settle, ARackThatIsGoneIsDone) {
  Cluster cluster(Even(1));
  cluster.InFlight("delete", v1::ACTION_KIND_DELETE_RACK, "dc1/r1/0");
  v1::Target* target = cluster.ledger.mutable_started(0)->mutable_target();
  target->Clear();
  target->set_datacenter("dc1");
  target->set_rack("r9");
  target->set_uid("u");
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_TRUE(response.ledger().started().empty());
  EXPECT_EQ(response.outcome(), v1::OUTCOME_CONVERGED);
  // While it is there it is not done.
  target->set_rack("r1");
  EXPECT_EQ(PlanOf(cluster).ledger().started_size(), 1);
}

// A person decommissioned it. Its own word and everybody else's are remembered: once its slot is gone they prove whose
// data the volume holds.
TEST(Settle, ANodeThatLeftByHandIsRemembered) {
  Cluster cluster(Even(2));
  testing::Node& left = cluster.node("dc1/r1/1");
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  left.movement = v1::PEER_MOVEMENT_LEFT;
  const v1::PlanResponse response = PlanOf(cluster);
  ASSERT_EQ(response.ledger().left_size(), 1);
  EXPECT_EQ(response.ledger().left(0).host_id(), left.host_id);
  EXPECT_EQ(response.ledger().left(0).slot().ordinal(), 1);
  cluster.ledger = response.ledger();
  EXPECT_EQ(PlanOf(cluster).ledger().left_size(), 1);
  // Its own word alone proves nothing, nor do the others' where it does not answer and its address may be another's
  // now.
  cluster.ledger.Clear();
  left.movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  EXPECT_EQ(PlanOf(cluster).ledger().left_size(), 0);
  left.movement = v1::PEER_MOVEMENT_LEFT;
  left.mode = v1::NODE_MODE_NORMAL;
  left.answers = false;
  EXPECT_EQ(PlanOf(cluster).ledger().left_size(), 0);
}

// Nobody starts it any more, and it does not come up: nothing goes on without a person, and that is said.
TEST(Settle, ANodeThatDoesNotJoinNeedsAPerson) {
  Cluster cluster = Reverted();
  cluster.desired["dc1"]["r1"] = 2;
  EXPECT_EQ(PlanOf(cluster).outcome(), v1::OUTCOME_IN_PROGRESS);
  cluster.ledger.mutable_started(0)->set_state(v1::STARTED_STATE_FAILED);
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_BLOCKED);
  std::vector<std::string> rules;
  for (const v1::Finding& f : response.findings()) rules.push_back(f.rule());
  EXPECT_THAT(rules, Contains("not-joined"));
}

}  // namespace
}  // namespace cassplan::planner
