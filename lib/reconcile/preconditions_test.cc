#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "cassplan/planner.h"
#include "cassplan/reconcile.h"
#include "tests/testing/cluster.h"
#include "tests/testing/edit.h"

namespace cassplan {
namespace {

using testing::Cluster;
using testing::Even;
using testing::kNow;

v1::Action Find(const Cluster& cluster, v1::ActionKind kind) {
  const auto response = Plan(cluster.Build());
  for (const v1::Action& a : response->plan().actions()) {
    if (a.kind() == kind) return a;
  }
  ADD_FAILURE() << "the plan has no such action";
  return {};
}

std::string Unmet(const v1::Action& action, const Cluster& cluster, int64_t now = kNow) {
  std::string text;
  for (const UnmetCondition& u : CheckPreconditions(action, cluster.Build().observed(), now)) {
    text += u.condition.fact() + " ";
  }
  return text;
}

Cluster Stale() {
  Cluster cluster(Even(1));
  cluster.templates = {{{"dc1", "r1"}, "B"}, {{"dc1", "r2"}, "B"}, {{"dc1", "r3"}, "B"}};
  cluster.revision = "B";
  return cluster;
}

TEST(Preconditions, HoldOnTheObservationOfThePlan) {
  const Cluster stale = Stale();
  EXPECT_EQ(Unmet(Find(stale, v1::ACTION_KIND_DRAIN), stale), "");
  EXPECT_EQ(Unmet(Find(stale, v1::ACTION_KIND_RESTART_NODE), stale), "");
  Cluster grow(Even(1));
  grow.desired = Even(2);
  EXPECT_EQ(Unmet(Find(grow, v1::ACTION_KIND_START_NODE), grow), "");
  Cluster shrink(Even(2));
  shrink.desired = Even(1);
  EXPECT_EQ(Unmet(Find(shrink, v1::ACTION_KIND_DECOMMISSION), shrink), "");
}

TEST(Preconditions, AnotherPodInTheSlot) {
  Cluster cluster = Stale();
  const v1::Action drain = Find(cluster, v1::ACTION_KIND_DRAIN);
  cluster.node("dc1/r1/0").started_times = 1;
  EXPECT_EQ(Unmet(drain, cluster), "slot_uid ");
}

TEST(Preconditions, AnotherNodeWentDown) {
  Cluster cluster = Stale();
  const v1::Action drain = Find(cluster, v1::ACTION_KIND_DRAIN);
  cluster.node("dc1/r3/0").up = false;
  EXPECT_EQ(Unmet(drain, cluster), "down_outside_section ");
}

// As many are down as when the plan was made, and not the same one.
TEST(Preconditions, AnotherNodeIsDownInPlaceOfTheOneThatWas) {
  Cluster cluster(Even(2));
  cluster.templates = {{{"dc1", "r1"}, "B"}, {{"dc1", "r2"}, "B"}, {{"dc1", "r3"}, "B"}};
  cluster.revision = "B";
  cluster.node("dc1/r1/1").up = false;
  v1::Action drain = Find(Stale(), v1::ACTION_KIND_DRAIN);
  drain.clear_preconditions();
  v1::Condition* down = drain.add_preconditions();
  down->set_fact("down_outside_section");
  down->set_value("dc1/r1/1");
  EXPECT_EQ(Unmet(drain, cluster), "");
  cluster.node("dc1/r1/1").up = true;
  cluster.node("dc1/r2/1").up = false;
  EXPECT_EQ(Unmet(drain, cluster), "down_outside_section ");
  // What is down and has no slot may be the one that the plan knew by a slot.
  cluster.node("dc1/r2/1").up = true;
  cluster.node("dc1/r1/1").up = false;
  cluster.node("dc1/r1/1").slot_present = false;
  EXPECT_EQ(Unmet(drain, cluster), "");
  cluster.node("dc1/r3/1").up = false;
  cluster.node("dc1/r3/1").slot_present = false;
  EXPECT_EQ(Unmet(drain, cluster), "down_outside_section ");
}

TEST(Preconditions, RangesMove) {
  Cluster cluster(Even(1));
  cluster.desired = Even(2);
  const v1::Action start = Find(cluster, v1::ACTION_KIND_START_NODE);
  cluster.node("dc1/r3/0").movement = v1::PEER_MOVEMENT_LEAVING;
  EXPECT_EQ(Unmet(start, cluster), "no_movement ");
}

TEST(Preconditions, OldEvidenceIsNone) {
  const Cluster cluster = Stale();
  const v1::Action drain = Find(cluster, v1::ACTION_KIND_DRAIN);
  EXPECT_NE(Unmet(drain, cluster, kNow + 3600), "");
}

TEST(Preconditions, ASlotThatCannotStart) {
  Cluster cluster(Even(2));
  v1::Action remove;
  remove.mutable_target()->set_datacenter("dc1");
  remove.mutable_target()->set_rack("r1");
  remove.mutable_target()->set_ordinal(1);
  remove.add_preconditions()->set_fact("slot_cannot_start");
  EXPECT_EQ(Unmet(remove, cluster), "slot_cannot_start ");
  cluster.node("dc1/r1/1").slot_present = false;
  EXPECT_EQ(Unmet(remove, cluster), "");
}

// Who found an empty volume, and waits for a permit, may be replaced or removed.
TEST(Preconditions, APodThatWaitsForAPermit) {
  for (const v1::ActionKind kind : {v1::ACTION_KIND_REPLACE_NODE, v1::ACTION_KIND_REMOVE_NODE}) {
    Cluster cluster(Even(2));
    cluster.start_permits = true;
    cluster.node("dc1/r1/1").up = false;
    cluster.node("dc1/r1/1").down_for = 7200;
    const bool replace = kind == v1::ACTION_KIND_REPLACE_NODE;
    cluster.policy.set_dead_node(replace ? v1::DEAD_NODE_POLICY_REPLACE : v1::DEAD_NODE_POLICY_REMOVE);
    v1::PlanRequest request = cluster.Build();
    testing::SlotFactsOf("dc1/r1/1", &request)->set_awaits_permit(true);
    const auto response = Plan(request);
    int found = 0;
    for (const v1::Action& action : response->plan().actions()) {
      if (action.kind() != kind) continue;
      ++found;
      EXPECT_TRUE(CheckPreconditions(action, request.observed(), kNow).empty());
      testing::SlotFactsOf("dc1/r1/1", &request)->set_awaits_permit(false);
      EXPECT_FALSE(CheckPreconditions(action, request.observed(), kNow).empty());
    }
    EXPECT_EQ(found, 1);
  }
}

// What no observation shows holds as the plan has judged it.
TEST(Preconditions, WhatThePolicyAsksFor) {
  const Cluster cluster = Stale();
  for (const auto& [fact, good, bad] :
       {std::tuple{"approved", "yes", "no"}, std::tuple{"window_open", "open", "closed"}}) {
    v1::Action drain = Find(cluster, v1::ACTION_KIND_DRAIN);
    v1::Condition* condition = drain.add_preconditions();
    condition->set_fact(fact);
    condition->set_evidence(good);
    EXPECT_EQ(Unmet(drain, cluster), "");
    condition->set_evidence(bad);
    EXPECT_EQ(Unmet(drain, cluster), std::string(fact) + " ");
  }
}

TEST(Preconditions, TheNodeItselfIsUp) {
  Cluster cluster = Stale();
  v1::Action flush = Find(cluster, v1::ACTION_KIND_DRAIN);
  flush.clear_preconditions();
  flush.add_preconditions()->set_fact("member_up");
  EXPECT_EQ(Unmet(flush, cluster), "");
  const v1::Target& t = flush.target();
  cluster.node(t.datacenter() + "/" + t.rack() + "/" + std::to_string(t.ordinal())).up = false;
  EXPECT_EQ(Unmet(flush, cluster), "member_up ");
}

// A restart that was planned for a dead node does not take away one that is back.
TEST(Preconditions, TheNodeIsStillDown) {
  Cluster cluster = Stale();
  cluster.node("dc1/r1/0").up = false;
  const v1::Action restart = Find(cluster, v1::ACTION_KIND_RESTART_NODE);
  ASSERT_EQ(restart.target().rack(), "r1");
  EXPECT_EQ(Unmet(restart, cluster), "");
  cluster.node("dc1/r1/0").up = true;
  EXPECT_EQ(Unmet(restart, cluster), "member_up ");
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_DRAINED;  // its peers have not noticed yet
  EXPECT_EQ(Unmet(restart, cluster), "");
  // Nobody can be asked, and nothing shows that its process has stopped.
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_NORMAL;
  for (auto& [slot, node] : cluster.nodes()) node.answers = false;
  v1::PlanRequest silent = cluster.Build();
  testing::DropReports(v1::Report::kView, &silent);
  const auto unmet = CheckPreconditions(restart, silent.observed(), kNow);
  ASSERT_EQ(unmet.size(), 1u);
  EXPECT_EQ(unmet[0].condition.fact(), "member_up");
  testing::SlotFactsOf("dc1/r1/0", &silent)->set_ready(false);
  EXPECT_TRUE(CheckPreconditions(restart, silent.observed(), kNow).empty());
}

TEST(Preconditions, AFactThatIsNotKnownIsNotMet) {
  const Cluster cluster = Stale();
  v1::Action drain = Find(cluster, v1::ACTION_KIND_DRAIN);
  drain.add_preconditions()->set_fact("moon_phase");
  EXPECT_EQ(Unmet(drain, cluster), "moon_phase ");
}

}  // namespace
}  // namespace cassplan
