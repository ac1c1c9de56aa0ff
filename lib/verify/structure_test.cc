#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "lib/verify/testing.h"

namespace cassplan::verify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

absl::Status StatusOf(const TestPlan& plan) {
  return Verify(TestCluster(1, 3, 2).Request(), plan.response, VerifyOptions()).status();
}

TEST(Structure, NoPlanAtAll) {
  TestPlan unknown;
  unknown.Restart("dc1/r1/0", {"a9"});
  EXPECT_EQ(StatusOf(unknown).code(), absl::StatusCode::kInvalidArgument);
  TestPlan twice;
  twice.Restart("dc1/r1/0");
  twice[twice.Restart("dc1/r1/1")].set_id("a1");
  EXPECT_EQ(StatusOf(twice).code(), absl::StatusCode::kInvalidArgument);
  TestPlan nameless;
  nameless[nameless.Restart("dc1/r1/0")].set_id("");
  EXPECT_EQ(StatusOf(nameless).code(), absl::StatusCode::kInvalidArgument);
  TestPlan cycle;
  cycle.Restart("dc1/r1/0", {"a2"});
  cycle.Restart("dc1/r1/1", {"a1"});
  EXPECT_EQ(StatusOf(cycle).code(), absl::StatusCode::kInvalidArgument);
  TestPlan itself;
  itself.Restart("dc1/r1/0");
  itself.Restart("dc1/r1/1");
  itself["a1"].add_requires_ids(itself.Section("serving/dc1", 1, {"a1", "a2"}));
  EXPECT_EQ(StatusOf(itself).code(), absl::StatusCode::kInvalidArgument);
}

TEST(Structure, EmptyPlan) {
  const VerifyResult result = MustVerify(TestCluster(1, 3, 2), TestPlan());
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_TRUE(result.complete);
}

// Two racks in two sections, as the planner makes them.
TestPlan TwoSections() {
  TestPlan plan;
  const std::string first = plan.Section("serving/dc1", 1, {plan.Restart("dc1/r1/0"), plan.Restart("dc1/r1/1")});
  plan.Section("serving/dc1", 2, {plan.Restart("dc1/r2/0", {first}), plan.Restart("dc1/r2/1", {first})});
  return plan;
}

TEST(Structure, SectionsOrderTheirMembers) {
  const TestCluster cluster(1, 3, 2);
  EXPECT_THAT(Broken(cluster, TwoSections()), IsEmpty());
  TestPlan bad = TwoSections();
  bad["a4"].clear_requires_ids();
  bad["a4"].add_requires_ids("a1");
  EXPECT_THAT(Broken(cluster, bad), ElementsAre("one-rack", "quorum", "structure-order"));
}

TEST(Structure, SectionsAreWhatTheySay) {
  const TestCluster cluster(1, 3, 2);
  TestPlan size = TwoSections();
  size.response.mutable_plan()->mutable_sections(0)->set_size(3);
  EXPECT_THAT(Broken(cluster, size), ElementsAre("structure-sections"));
  TestPlan missing = TwoSections();
  missing["a1"].add_sections("ring/dc1#1");
  EXPECT_THAT(Broken(cluster, missing), ElementsAre("structure-sections"));
  TestPlan number = TwoSections();
  number.response.mutable_plan()->mutable_sections(0)->set_number(0);
  EXPECT_THAT(Broken(cluster, number), ElementsAre("structure-sections"));
  TestPlan alone = TwoSections();
  alone.response.mutable_plan()->mutable_sections(1)->set_alone(true);
  EXPECT_THAT(Broken(cluster, alone), ElementsAre("structure-sections"));
  TestPlan in_flight = TwoSections();
  v1::Section& zero = *in_flight.response.mutable_plan()->add_sections();
  zero.set_id("ring/dc1#0");
  zero.set_resource("ring/dc1");
  zero.add_in_flight("nobody");
  EXPECT_THAT(Broken(cluster, in_flight), ElementsAre("structure-in-flight"));
}

TEST(Structure, PlanOrder) {
  const TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan.Restart("dc1/r1/0", {"a2"});
  plan.Restart("dc1/r1/1");
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("structure-order"));
}

TEST(Structure, Ready) {
  const TestCluster cluster(1, 3, 2);
  TestPlan plan = TwoSections();
  plan["a1"].set_ready(true);
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
  plan["a3"].set_ready(true);
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("structure-ready"));
  plan["a3"].set_ready(false);
  plan["a1"].set_not_before_seconds(kNow + 1);
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("structure-ready"));
}

TEST(Structure, Units) {
  const TestCluster cluster(1, 3, 2);
  TestPlan plan;
  const std::string restart = plan.Roll("dc1/r1/0");
  for (v1::Action& action : *plan.response.mutable_plan()->mutable_actions()) action.set_unit("u");
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
  plan[restart].set_unit("v");
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("structure-unit"));
}

TEST(Structure, OnlyWhatIsReadyWasAskedFor) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan.Section("serving/dc1", 1, {plan.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/0"))});
  plan.response.mutable_plan()->mutable_sections(0)->set_size(4);
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("drain-unit", "structure-sections"));
  cluster.base.set_horizon(v1::HORIZON_READY);
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
}

TEST(Verify, EachViolationOnceAndAtMostAHundred) {
  TestCluster cluster(1, 1, 30);
  TestPlan plan;
  for (int i = 0; i < 30; ++i) plan.Roll(absl::StrCat("dc1/r1/", i));
  VerifyOptions options;
  options.max_states = 50;
  const VerifyResult result = MustVerify(cluster, plan, options);
  EXPECT_EQ(result.violations.size(), 100u);
  EXPECT_FALSE(result.complete);
  absl::btree_set<std::pair<std::string, std::string>> seen;
  for (const Violation& violation : result.violations) {
    EXPECT_TRUE(seen.emplace(violation.invariant, violation.text).second) << violation.text;
  }
}

TEST(Verify, NamesWhatIsInFlight) {
  TestPlan plan;
  plan.Restart("dc1/r1/0");
  plan.Restart("dc1/r2/0");
  plan.Restart("dc1/r3/0", {"a1", "a2"});
  const VerifyResult result = MustVerify(TestCluster(1, 3, 1), plan);
  ASSERT_FALSE(result.violations.empty());
  EXPECT_THAT(result.violations[0].running, UnorderedElementsAre("a1", "a2"));
}

TEST(Verify, CapsTheStates) {
  TestCluster cluster(1, 3, 3);
  TestPlan plan;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) plan.Roll(slot);
  VerifyResult result = MustVerify(cluster, plan);
  EXPECT_EQ(result.states, 125);  // five for each node
  EXPECT_TRUE(result.complete);
  VerifyOptions options;
  options.max_states = 100;
  result = MustVerify(cluster, plan, options);
  EXPECT_EQ(result.states, 100);
  EXPECT_FALSE(result.complete);
  options.max_actions_to_explore = 5;
  result = MustVerify(cluster, plan, options);
  EXPECT_EQ(result.states, 0);
  EXPECT_FALSE(result.complete);
}

TEST(Verify, GoesOnFromItsCheckpoint) {
  TestCluster cluster(1, 3, 3);
  TestPlan plan;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2", "dc1/r2/0"}) plan.Roll(slot);
  const VerifyResult whole = MustVerify(cluster, plan);
  ASSERT_TRUE(whole.complete);
  EXPECT_EQ(whole.checkpoint.seen_size(), 0);
  absl::btree_set<std::string> texts;
  VerifyOptions options;
  options.max_states = 90;
  VerifyResult piece = MustVerify(cluster, plan, options);
  int64_t states = piece.states;
  v1::VerifyCheckpoint checkpoint;
  for (const Violation& violation : piece.violations) texts.insert(violation.text);
  while (!piece.complete) {
    ASSERT_LT(states, whole.states);
    checkpoint = piece.checkpoint;
    options.checkpoint = &checkpoint;
    piece = MustVerify(cluster, plan, options);
    EXPECT_LE(piece.states, 90);
    states += piece.states;
    for (const Violation& violation : piece.violations) texts.insert(violation.text);
  }
  EXPECT_EQ(states, whole.states);
  for (const Violation& violation : whole.violations) EXPECT_TRUE(texts.contains(violation.text)) << violation.text;
}

TEST(Verify, RefusesACheckpointOfSomethingElse) {
  TestCluster cluster(1, 3, 3);
  TestPlan plan;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) plan.Roll(slot);
  VerifyOptions options;
  options.max_states = 50;
  const v1::VerifyCheckpoint good = MustVerify(cluster, plan, options).checkpoint;
  ASSERT_EQ(good.seen_size() % 2, 0);
  const auto refuses = [&](const std::function<void(v1::VerifyCheckpoint*)>& change) {
    v1::VerifyCheckpoint checkpoint = good;
    change(&checkpoint);
    options.checkpoint = &checkpoint;
    return Verify(cluster.Request(), plan.response, options).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(refuses([](v1::VerifyCheckpoint*) {}));
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->set_of(c->of() + 1); }));
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->add_seen(1); }));                     // half a state
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->add_open(1'000'000); }));             // nowhere
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->set_seen(0, uint64_t{1} << 63); }));  // no such action
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->set_seen(1, c->seen(0) + 1); }));     // done, not begun
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->set_seen(0, ~uint64_t{0}); }));       // out of order
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint* c) { c->mutable_seen()->Add(c->seen(0)), c->add_seen(c->seen(1)); }));
  plan.Roll("dc1/r2/0");
  EXPECT_TRUE(refuses([](v1::VerifyCheckpoint*) {}));
}

}  // namespace
}  // namespace cassplan::verify::testing
