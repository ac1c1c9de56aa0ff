// Large plans: proved without exploring, and still caught when one edge is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/verify/testing.h"

namespace cassplan::verify::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

// Drains and restarts rack by rack, each rack as a whole or node by node.
TestPlan RollAll(int racks, int nodes, bool whole_racks) {
  TestPlan plan;
  std::vector<std::string> before;
  int number = 0;
  for (int rack = 1; rack <= racks; ++rack) {
    std::vector<std::string> members;
    for (int i = 0; i < nodes; ++i) {
      const std::string restart = plan.Roll(absl::StrCat("dc1/r", rack, "/", i), before);
      members.push_back(absl::StrCat("a", plan.response.plan().actions_size() - 1));
      members.push_back(restart);
      if (whole_racks) continue;
      before = {plan.Section("serving/dc1", ++number, {members[members.size() - 2], restart})};
    }
    if (whole_racks) before = {plan.Section("serving/dc1", ++number, members)};
  }
  return plan;
}

TEST(Scale, WholeRacksOf999Nodes) {
  const TestCluster cluster(1, 3, 333, 16);
  TestPlan plan = RollAll(3, 333, true);
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
  // One node of the second rack does not wait.
  plan["a667"].clear_requires_ids();
  EXPECT_THAT(BrokenByOrder(cluster, plan), Contains("quorum"));
  EXPECT_THAT(Broken(cluster, plan), Contains("structure-order"));
}

TEST(Scale, OneByOneOf600Nodes) {
  const TestCluster cluster(1, 2, 300, 16);
  TestPlan plan = RollAll(2, 300, false);
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
}

TEST(Scale, WalksOf99Nodes) {
  const TestCluster cluster(1, 3, 33, 16);
  EXPECT_THAT(BrokenOnWalks(cluster, RollAll(3, 33, true), 3), IsEmpty());
}

TEST(Scale, HundredNodesLeave) {
  const TestCluster cluster(1, 3, 100, 16);
  TestPlan plan;
  std::vector<std::string> before;
  for (int i = 99; i > 66; --i) {
    for (int rack = 1; rack <= 3; ++rack) {
      const v1::Target target = MemberTarget(absl::StrCat("dc1/r", rack, "/", i));
      before = {plan.Add(v1::ACTION_KIND_DECOMMISSION, target, before)};
      const std::string shrunk = plan.Add(v1::ACTION_KIND_SHRINK_RACK, target, before);
      plan.Add(v1::ACTION_KIND_DELETE_VOLUME, target, {shrunk});
    }
  }
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
  plan["a100"].clear_requires_ids();
  EXPECT_THAT(BrokenByOrder(cluster, plan), Contains("one-topology-change"));
}

}  // namespace
}  // namespace cassplan::verify::testing
