#include "lib/report/grouping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cassplan::report {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

v1::Action* Add(v1::Plan* plan, v1::ActionKind kind, const std::string& rack, int ordinal) {
  v1::Action* a = plan->add_actions();
  a->set_id(absl::StrCat(plan->actions_size()));
  a->set_kind(kind);
  a->mutable_target()->set_datacenter("dc1");
  a->mutable_target()->set_rack(rack);
  a->mutable_target()->set_ordinal(ordinal);
  return a;
}

// Restarts of racks * nodes, each rack in a section of its own.
v1::Plan RollingRestart(int racks, int nodes) {
  v1::Plan plan;
  for (int r = 1; r <= racks; ++r) {
    for (int n = 0; n < nodes; ++n) {
      v1::Action* a = Add(&plan, v1::ACTION_KIND_RESTART_NODE, absl::StrCat("rack", r), n);
      a->add_sections(absl::StrCat("serving/dc1#", r));
      if (r > 1) a->add_requires_ids(absl::StrCat("serving/dc1#", r - 1));
    }
  }
  return plan;
}

TEST(Waves, SectionsCountAsAllTheirMembers) {
  v1::Plan plan;
  Add(&plan, v1::ACTION_KIND_UPDATE_RACK, "rack1", 0)->add_sections("s#1");
  v1::Action* slow = Add(&plan, v1::ACTION_KIND_RESTART_NODE, "rack1", 0);
  slow->add_requires_ids("1");
  slow->add_sections("s#1");
  Add(&plan, v1::ACTION_KIND_RESTART_NODE, "rack1", 1)->add_requires_ids("s#1");
  EXPECT_THAT(Waves(plan), ElementsAre(1, 2, 3));
}

TEST(Waves, WhatIsNotInThePlanIsInFlight) {
  v1::Plan plan;
  Add(&plan, v1::ACTION_KIND_CLEANUP, "rack1", 0)->add_requires_ids("ring/dc1#0");
  EXPECT_THAT(Waves(plan), ElementsAre(1));
}

TEST(GroupActions, WholeRacksGiveOneRowEach) {
  const v1::Plan plan = RollingRestart(3, 333);
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(3));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(rows[i].step, static_cast<int>(i) + 1);
    EXPECT_EQ(rows[i].width, 333u);
    EXPECT_THAT(rows[i].actions, SizeIs(333));
  }
}

TEST(GroupActions, APoolBoundsTheWidth) {
  v1::Plan plan = RollingRestart(1, 9);
  v1::Pool* pool = plan.add_pools();
  pool->set_id("width/dc1/rack1");
  pool->set_capacity(2);
  for (v1::Action& a : *plan.mutable_actions()) a.add_pools("width/dc1/rack1");
  EXPECT_EQ(GroupActions(plan, 16)[0].width, 2u);
}

TEST(GroupActions, NodesOneAfterAnotherAreOneRow) {
  v1::Plan plan;
  for (int n = 0; n < 5; ++n) {
    v1::Action* a = Add(&plan, v1::ACTION_KIND_RESTART_NODE, "rack1", n);
    if (n > 0) a->add_requires_ids(absl::StrCat(n));
  }
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].width, 1u);
  EXPECT_EQ(rows[0].first_wave, 1);
  EXPECT_EQ(rows[0].last_wave, 5);
}

// Joins go round the racks: rack1/1, rack2/1, rack1/2, rack2/2.
v1::Plan RoundRobin(int rounds) {
  v1::Plan plan;
  for (int n = 1; n <= rounds; ++n) {
    for (const char* rack : {"rack1", "rack2"}) {
      const int before = plan.actions_size();
      v1::Action* a = Add(&plan, v1::ACTION_KIND_START_NODE, rack, n);
      if (before > 0) a->add_requires_ids(absl::StrCat(before));
    }
  }
  return plan;
}

TEST(GroupActions, AlternatingRacksStayApartWhileTheyFit) {
  const v1::Plan plan = RoundRobin(2);
  EXPECT_THAT(GroupActions(plan, 16), SizeIs(4));
}

TEST(GroupActions, RowsAreJoinedWhenTheyDoNotFit) {
  const v1::Plan plan = RoundRobin(10);
  const std::vector<Row> by_rack = GroupActions(plan, 16);
  ASSERT_THAT(by_rack, SizeIs(2));
  EXPECT_THAT(by_rack[0].actions, SizeIs(10));
  EXPECT_EQ(by_rack[0].width, 1u);
  const std::vector<Row> by_datacenter = GroupActions(plan, 1);
  ASSERT_THAT(by_datacenter, SizeIs(1));
  EXPECT_THAT(by_datacenter[0].actions, SizeIs(20));
}

TEST(GroupActions, DatacentersInParallelHaveOneNumber) {
  v1::Plan plan = RollingRestart(2, 2);
  for (int i = 2; i < 4; ++i) {
    plan.mutable_actions(i)->clear_requires_ids();
    plan.mutable_actions(i)->mutable_target()->set_datacenter("dc2");
  }
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].step, 1);
  EXPECT_EQ(rows[1].step, 1);
}

TEST(GroupActions, DrainsAreShownWithTheirRestarts) {
  v1::Plan plan;
  for (int n = 0; n < 2; ++n) {
    v1::Action* drain = Add(&plan, v1::ACTION_KIND_DRAIN, "rack1", n);
    drain->set_unit(absl::StrCat("unit", n));
    drain->set_ready(true);
    v1::Action* restart = Add(&plan, v1::ACTION_KIND_RESTART_NODE, "rack1", n);
    restart->set_unit(absl::StrCat("unit", n));
    restart->add_requires_ids(absl::StrCat(2 * n + 1));
    restart->set_forecast_start_seconds(60);
    restart->set_forecast_finish_seconds(360);
  }
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].kind, v1::ACTION_KIND_RESTART_NODE);
  EXPECT_TRUE(rows[0].drained);
  EXPECT_EQ(rows[0].ready, 2u);
  EXPECT_EQ(rows[0].seconds, 360);
}

TEST(GroupActions, ADrainOfItsOwnHasARow) {
  v1::Plan plan;
  Add(&plan, v1::ACTION_KIND_DRAIN, "rack1", 0)->set_unit("u");
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].kind, v1::ACTION_KIND_DRAIN);
}

TEST(GroupActions, RacksAreCountedByDatacenter) {
  v1::Plan plan;
  for (const char* rack : {"rack1", "rack2"}) {
    Add(&plan, v1::ACTION_KIND_UPDATE_RACK, rack, 0)->mutable_target()->clear_ordinal();
  }
  const std::vector<Row> rows = GroupActions(plan, 16);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_THAT(rows[0].actions, SizeIs(2));
}

TEST(GroupActions, OnlyWhatIsKept) {
  const v1::Plan plan = RollingRestart(2, 2);
  const std::vector<Row> rows =
      GroupActions(plan, 16, [](const v1::Action& a) { return a.target().rack() == "rack2"; });
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].first_wave, 2);
  EXPECT_EQ(rows[0].step, 1);
}

v1::Held MakeHeld(v1::ActionKind kind, int ordinal, const std::vector<std::string>& guards) {
  v1::Held held;
  held.set_kind(kind);
  held.mutable_target()->set_datacenter("dc1");
  held.mutable_target()->set_rack("rack1");
  held.mutable_target()->set_ordinal(ordinal);
  for (const std::string& guard : guards) {
    v1::Refusal* by = held.add_by();
    by->set_guard(guard);
    by->set_text(absl::StrCat(guard, " says no to ", ordinal % 2));
    by->set_remedy("wait");
  }
  return held;
}

TEST(GroupHeld, ByGuardWithDifferentTextsOnce) {
  std::vector<v1::Held> held;
  for (int n = 0; n < 4; ++n) held.push_back(MakeHeld(v1::ACTION_KIND_RESTART_NODE, n, {"quorum"}));
  held.push_back(MakeHeld(v1::ACTION_KIND_CLEANUP, 4, {"quorum", "paused"}));
  std::vector<const v1::Held*> borrowed;
  for (const v1::Held& h : held) borrowed.push_back(&h);
  const std::vector<HeldGroup> groups = GroupHeld(borrowed);
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_EQ(groups[0].guard, "quorum");
  EXPECT_THAT(groups[0].held, SizeIs(5));
  EXPECT_THAT(groups[0].texts, ElementsAre("quorum says no to 0", "quorum says no to 1"));
  EXPECT_THAT(groups[0].remedies, ElementsAre("wait"));
  EXPECT_EQ(groups[1].guard, "paused");
}

TEST(GroupHeld, WhatOnlyFollowsIsLast) {
  const v1::Held cause = MakeHeld(v1::ACTION_KIND_DECOMMISSION, 0, {"quorum"});
  const v1::Held first = MakeHeld(v1::ACTION_KIND_SHRINK_RACK, 0, {"predecessor"});
  const v1::Held second = MakeHeld(v1::ACTION_KIND_DELETE_VOLUME, 0, {"predecessor"});
  const std::vector<HeldGroup> groups = GroupHeld({&cause, &first, &second});
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_EQ(groups[1].guard, "predecessor");
}

TEST(GroupHeld, ADrainIsNotCountedBesideItsRestart) {
  const v1::Held drain = MakeHeld(v1::ACTION_KIND_DRAIN, 0, {"quorum"});
  const v1::Held restart = MakeHeld(v1::ACTION_KIND_RESTART_NODE, 0, {"quorum"});
  const std::vector<HeldGroup> groups = GroupHeld({&drain, &restart});
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_THAT(groups[0].held, ElementsAre(&restart));
}

TEST(GroupImpact, WorstFirstAndEqualOnesTogether) {
  v1::PlanResponse response;
  for (const char* name : {"a", "b", "bad"}) {
    v1::Impact* i = response.add_impact();
    i->set_keyspace(name);
    i->set_datacenter("dc1");
    i->set_replication_factor(3);
    i->set_lowest_replicas_up(2);
  }
  response.mutable_impact(2)->set_lowest_replicas_up(1);
  response.mutable_impact(2)->add_failing(v1::CONSISTENCY_LEVEL_LOCAL_QUORUM);
  const std::vector<ImpactGroup> groups = GroupImpact(response.impact());
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_THAT(groups[0].keyspaces, ElementsAre("bad"));
  EXPECT_THAT(groups[1].keyspaces, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace cassplan::report
