// The named cases of docs/scheduling.md: which sections, what is held and by whom, what comes before what, how many
// questions and edges. F1 to F16 are the findings that shaped the algorithm; each has at least one test here that names
// it. The verifier judges every plan again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/planner/pipeline.h"
#include "tests/property/cases.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

// A plan, judged.
struct Planned {
  explicit Planned(const Cluster& cluster, const VerifyOptions& options = Effort(3000, 3)) : request(cluster.Build()) {
    response = planner::RunPipeline(request, planner::ScheduleOptions(), &statistics);
    EXPECT_EQ(Violations(Settled(request, response), response, options), "");
    picture = std::make_unique<Picture>(response);
  }
  const Picture& operator*() const { return *picture; }
  const Picture* operator->() const { return picture.get(); }

  v1::PlanRequest request;
  v1::PlanResponse response;
  planner::Statistics statistics;
  std::unique_ptr<Picture> picture;
};

Planned PlanCase(const std::string& name) { return Planned(MakeCase(name)); }

std::string Restart(const std::string& slot) { return absl::StrCat("restart_node ", slot); }

// Restarts of `nodes` nodes of a rack.
Names RestartsOf(const std::string& rack, int nodes) {
  Names names;
  for (int o = 0; o < nodes; ++o) names.push_back(Restart(absl::StrCat(rack, "/", o)));
  return names;
}

// Guards that hold anything.
std::set<std::string> Guards(const Picture& picture) {
  std::set<std::string> guards;
  for (const auto& [name, by] : picture.held()) guards.insert(by.begin(), by.end());
  return guards;
}

bool Unordered(const Picture& p, const std::string& a, const std::string& b) {
  return !p.Before(a, b) && !p.Before(b, a);
}

// Nodes that share a range of keyspace app (NetworkTopologyStrategy, as many racks as replicas) with `slot`.
std::set<std::string> RangeMates(Cluster* cluster, const std::string& slot) {
  std::vector<std::pair<int64_t, std::string>> ring;
  for (const auto& [name, node] : cluster->nodes()) {
    for (const int64_t token : node.tokens) ring.emplace_back(token, name);
  }
  std::sort(ring.begin(), ring.end());
  std::set<std::string> mates;
  for (size_t i = 0; i < ring.size(); ++i) {
    std::set<std::string> racks;
    std::set<std::string> replicas;
    for (size_t k = 0; k < ring.size() && racks.size() < 3; ++k) {
      const std::string& name = ring[(i + k) % ring.size()].second;
      if (racks.insert(cluster->node(name).rack).second) replicas.insert(name);
    }
    if (replicas.count(slot) > 0) mates.insert(replicas.begin(), replicas.end());
  }
  mates.erase(slot);
  return mates;
}

// ---- F1: facts are read through their owner

TEST(Scheduling, RollingSharesRingSection) {
  const Planned p = PlanCase("Rolling3x3");
  EXPECT_THAT(p->Sections("serving/dc1"), SizeIs(3));
  EXPECT_THAT(p->Sections("ring/dc1"), SizeIs(1));
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_EQ(p.response.outcome(), v1::OUTCOME_PLANNED);
  EXPECT_THAT(p->Named("restart_node"), SizeIs(9));
}

TEST(Scheduling, WholeRack999) {
  Cluster cluster = Rolling(Even(333), 1);
  const Planned p(cluster, Effort(1, 1));
  EXPECT_THAT(p->Sizes("serving/dc1"), ElementsAre(333, 333, 333));
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_EQ(p.statistics.actions, 999 + 3);
  EXPECT_LE(p.statistics.edges, 3 * 999);
  EXPECT_LE(p.statistics.asks, 999 + 5);
  EXPECT_EQ(p.statistics.edges, p->edges());
}

// With the drain as a step of its own.
TEST(Scheduling, WholeRack999WithDrains) {
  Cluster cluster = Rolling(Even(333), 1, true);
  const Planned p(cluster, Effort(1, 0));
  EXPECT_THAT(p->Sizes("serving/dc1"), ElementsAre(666, 666, 666));
  EXPECT_LE(p.statistics.edges, 3 * p.statistics.actions);
  EXPECT_LE(p.statistics.asks, 999 + 5);
}

// ---- F2: all guards that refuse name the sections to close

TEST(Scheduling, TwoGuardsTwoSections) {
  const Planned p = PlanCase("BrokenTwoDcs");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("restart_node"), SizeIs(12));
  // Both broken nodes may come back at once, though one datacenter is disrupted at a time.
  EXPECT_TRUE(Unordered(*p, Restart("dc1/r1/1"), Restart("dc2/r2/0")));
}

// ---- F3: what is parked is asked again

TEST(Scheduling, DebtThenLeave) {
  const Planned p = PlanCase("DebtThenLeave");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("cleanup"), SizeIs(6));
  EXPECT_THAT(p->Named("decommission"), SizeIs(3));
  for (const std::string& leave : p->Named("decommission")) {
    for (const std::string& cleanup : p->Named("cleanup")) EXPECT_TRUE(p->Before(cleanup, leave)) << cleanup << leave;
  }
}

TEST(Scheduling, SwapAtFloor) {
  const Planned p = PlanCase("SwapAtFloor");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("start_node"), ElementsAre("start_node dc1/r2/1"));
  EXPECT_THAT(p->Named("decommission"), ElementsAre("decommission dc1/r1/1"));
  EXPECT_THAT(p->Named("cleanup"), SizeIs(4));  // also of the node that leaves at the end
  for (const std::string& cleanup : p->Named("cleanup")) {
    EXPECT_TRUE(p->Before("start_node dc1/r2/1", cleanup));
    EXPECT_TRUE(p->Before(cleanup, "decommission dc1/r1/1"));
  }
}

// ---- F4: what was owed before does not wait for joins that are held; none is forecast for them

TEST(Scheduling, HeldJoinKeepsCleanup) {
  const Planned p = PlanCase("HeldJoinKeepsCleanup");
  EXPECT_THAT(p->Named("cleanup"), UnorderedElementsAre("cleanup dc1/r1/0", "cleanup dc1/r1/1", "cleanup dc1/r2/1",
                                                        "cleanup dc1/r3/0", "cleanup dc1/r3/1"));
  for (const char* slot : {"dc1/r1/2", "dc1/r2/2", "dc1/r3/2"}) {
    EXPECT_THAT(p->held(), Contains(Pair(absl::StrCat("start_node ", slot), ElementsAre("movement-sources"))));
  }
  EXPECT_THAT(p->held(), Contains(Pair("cleanup dc1/r2/0", ElementsAre("cleanup-debt"))));  // owed, and it is down
  EXPECT_THAT(p->held(), SizeIs(4));
  EXPECT_THAT(p->Ready(), SizeIs(1));  // a pool carries how many run at once
}

TEST(Scheduling, HeldJoinOwesNothing) {
  const Planned p = PlanCase("GrowOneDown");
  EXPECT_THAT(p->Named("cleanup"), IsEmpty());
  EXPECT_THAT(p->held(), SizeIs(3));
  EXPECT_EQ(p.response.outcome(), v1::OUTCOME_BLOCKED);
}

// ---- F5: a drain has no state of its own

TEST(Scheduling, DrainIsAUnit) {
  const Planned p = PlanCase("UpgradeJoinInFlight");
  EXPECT_THAT(p->held(), IsEmpty());
  for (const std::string& name : p->Ready()) EXPECT_FALSE(absl::StartsWith(name, "drain")) << name;
  const Names restarts = p->Named("restart_node");
  EXPECT_THAT(p->Named("drain"), SizeIs(restarts.size()));
  for (const std::string& restart : restarts) {
    const std::string drain = absl::StrCat("drain ", restart.substr(13));
    const v1::Action& a = p->action(drain);
    const v1::Action& b = p->action(restart);
    EXPECT_EQ(a.unit(), b.unit());
    EXPECT_NE(a.unit(), "");
    EXPECT_EQ(Names(a.sections().begin(), a.sections().end()), Names(b.sections().begin(), b.sections().end()));
    EXPECT_THAT(b.requires_ids(), ElementsAre(a.id()));
    EXPECT_THAT(a.requires_ids(), Contains("schema#0"));  // the join in dc2
  }
}

// A restart that is held takes its drain along.
TEST(Scheduling, NoDrainWithoutItsRestart) {
  Cluster cluster = MakeCase("OneFailed");
  cluster.policy.set_drain(true);
  const Planned p(cluster);
  EXPECT_THAT(p->held(), Contains(Key(Restart("dc1/r1/0"))));
  for (const std::string& drain : p->Named("drain")) EXPECT_TRUE(p->Has(Restart(drain.substr(6)))) << drain;
  EXPECT_THAT(p->Named("drain"), SizeIs(p->Named("restart_node").size()));
}

// ---- F6: how many datacenters are disrupted is a fact with an owner

TEST(Scheduling, CanaryDcFirst) {
  Cluster cluster = MakeCase("RollingTwoDcs");
  const Planned one(cluster);
  EXPECT_THAT(one->held(), IsEmpty());
  for (const std::string& first : one->Named("restart_node")) {
    if (!absl::StartsWith(first, "restart_node dc1")) continue;
    EXPECT_THAT(one->action(Restart("dc2/r1/0")).requires_ids(), Contains("disruption#0"));
    for (const char* second : {"dc2/r1/0", "dc2/r3/1"}) EXPECT_TRUE(one->Before(first, Restart(second)));
  }
  cluster.policy.set_canary_datacenter("dc2");
  const Planned canary(cluster);
  EXPECT_TRUE(canary->Before(Restart("dc2/r3/1"), Restart("dc1/r1/0")));
  EXPECT_THAT(canary->Ready(), Not(Contains(::testing::HasSubstr("restart_node dc1"))));
  const Planned two = PlanCase("RollingTwoDcsAtOnce");
  EXPECT_THAT(two->Sections("disruption"), SizeIs(1));
  EXPECT_TRUE(Unordered(*two, Restart("dc1/r1/0"), Restart("dc2/r1/0")));
  EXPECT_TRUE(Unordered(*two, Restart("dc1/r3/1"), Restart("dc2/r1/0")));
}

// ---- F7: a rebuild claims its source

TEST(Scheduling, RebuildSourceStaysUp) {
  const Planned p = PlanCase("AddDcImage");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("rebuild"), SizeIs(3));
  for (const std::string& rebuild : p->Named("rebuild")) {
    EXPECT_EQ(p->action(rebuild).source_datacenter(), "dc1");
    for (const std::string& restart : p->Named("restart_node")) EXPECT_FALSE(Unordered(*p, rebuild, restart));
  }
}

// The mirror: a rebuild that runs already keeps the restarts of its source, and of its own node, waiting. It claims no
// serving of its own datacenter: no range changes hands there, and the other nodes give it nothing.
TEST(Scheduling, RebuildInFlightKeepsRestartsWaiting) {
  Cluster cluster = MakeCase("RollingTwoDcsAtOnce");
  cluster.InFlight("rebuild-in-flight", v1::ACTION_KIND_REBUILD, "dc2/r1/0");
  v1::StartedAction* rebuild = cluster.ledger.mutable_started(0);
  rebuild->mutable_target()->set_keyspace("app");
  rebuild->set_source_datacenter("dc1");
  for (const bool source_is_known : {true, false}) {
    if (!source_is_known) cluster.ledger.mutable_started(0)->clear_source_datacenter();
    const Planned p(cluster);
    EXPECT_THAT(p->held(), IsEmpty());
    EXPECT_THAT(p->Named("restart_node"), SizeIs(12));
    for (const char* kind : {"drain", "restart_node"}) {
      for (const std::string& name : p->Named(kind)) {
        const v1::Action& a = p->action(name);
        const Names sections(a.sections().begin(), a.sections().end());
        EXPECT_THAT(sections, Not(Contains("serving/dc1#0"))) << name;
        if (!source_is_known) {
          EXPECT_THAT(sections, Not(Contains("serving/dc2#0"))) << name;
        }
        if (source_is_known && absl::EndsWith(name, "dc2/r1/1")) {
          EXPECT_THAT(sections, Contains("serving/dc2#0"));
        }
        EXPECT_FALSE(a.ready());  // the templates come first
        if (absl::EndsWith(name, "dc2/r1/0")) {
          EXPECT_THAT(sections, Contains("node/dc2/r1/0#1"));
        }
      }
    }
  }
}

// ---- F8: releases are facts of the cluster

TEST(Scheduling, UpgradeElsewhereJoin) {
  const Planned p = PlanCase("UpgradeElsewhereJoin");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("restart_node"), SizeIs(6));
  for (const std::string& restart : p->Named("restart_node")) EXPECT_TRUE(p->Before(restart, "start_node dc2/r1/2"));
  EXPECT_THAT(p->action("start_node dc2/r1/2").requires_ids(), Contains("schema#0"));
}

TEST(Scheduling, ReleaseAndGrowElsewhere) {
  for (const char* name : {"ReleaseAndGrowElsewhere", "ReleaseAndGrowElsewhereAtOnce"}) {
    const Planned p = PlanCase(name);
    EXPECT_THAT(p->held(), IsEmpty());
    EXPECT_THAT(p->Named("restart_node"), SizeIs(12));
    for (const std::string& restart : p->Named("restart_node")) EXPECT_TRUE(p->Before(restart, "start_node dc2/r1/2"));
  }
}

// ---- F9: tokens that are not drawn yet are not forecast

TEST(Scheduling, UnknownTokens) {
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    Cluster cluster = MakeCase("UnknownTokens", seed);
    VerifyOptions options = Effort(1500, 3);
    options.seed = seed;
    const Planned p(cluster, options);
    EXPECT_THAT(p->Named("restart_node"), SizeIs(16));
    for (const std::string& restart : p->Named("restart_node")) {
      EXPECT_THAT(p->action(restart).requires_ids(), Contains("ring/*#0")) << "the join is there";
    }
  }
}

// Where a rack holds one replica of a range, drawn tokens change nothing.
TEST(Scheduling, UnknownTokensInARackOfItsOwn) {
  Cluster cluster = Rolling(Even(2), 1);
  cluster.desired["dc1"]["r1"] = 3;
  cluster.replicas[{"dc1", "r1"}] = 3;
  cluster.InFlight("join-in-flight", v1::ACTION_KIND_START_NODE, "dc1/r1/2");
  const Planned p(cluster);
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sizes("serving/dc1"), ElementsAre(1, 2, 2, 2));
}

// ---- F10: only resolve_movement restarts the mover

TEST(Scheduling, MoverIsNotRestarted) {
  const Planned p = PlanCase("ForeignMove");
  EXPECT_THAT(p->Named("restart_node"), IsEmpty());
  EXPECT_THAT(p->held(), SizeIs(12));
  EXPECT_THAT(p->held(), Contains(Key(Restart("dc1/r1/0"))));
  EXPECT_THAT(Guards(*p), ElementsAre("range-movement"));
}

// Nodes that share no range with the mover may be restarted.
TEST(Scheduling, FarFromTheMover) {
  Cluster cluster = Rolling(Even(60), 1);
  cluster.node("dc1/r1/0").movement = v1::PEER_MOVEMENT_LEAVING;
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_LEAVING;
  const Planned p(cluster, Effort(1, 1));
  EXPECT_THAT(Guards(*p), ElementsAre("range-movement"));
  for (const std::string& mate : RangeMates(&cluster, "dc1/r1/0")) {
    EXPECT_THAT(p->held(), Contains(Key(Restart(mate)))) << mate;
  }
  EXPECT_GT(p->Named("restart_node").size(), 100u);
}

// ---- F11: a dead node can be replaced

TEST(Scheduling, ReplaceDead) {
  const Planned p = PlanCase("ReplaceDead");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Ready(), ElementsAre("quarantine_volume dc1/r2/0"));
  EXPECT_TRUE(p->Before("quarantine_volume dc1/r2/0", "replace_node dc1/r2/0"));
  const v1::Action& replace = p->action("replace_node dc1/r2/0");
  EXPECT_EQ(p->action("quarantine_volume dc1/r2/0").unit(), replace.unit());
  EXPECT_EQ(replace.replaced_host_id(), replace.target().host_id());
  EXPECT_NE(replace.replaced_address(), "");
}

// Asking once is not asking for ever: the request names the member, and only a dead one is replaced.
TEST(Scheduling, ReplaceNamesTheDeadMember) {
  Cluster cluster = MakeCase("ReplaceDead");
  cluster.replace["dc1/r2/0"] = "";
  const Planned unnamed(cluster);
  EXPECT_THAT(unnamed->held(), ElementsAre(Pair("replace_node dc1/r2/0", ElementsAre("identity"))));
  cluster.replace["dc1/r2/0"] = "another";
  const Planned done(cluster);
  EXPECT_FALSE(done->Has("replace_node dc1/r2/0"));
  EXPECT_THAT(done->held(), Not(Contains(Key("replace_node dc1/r2/0"))));
  cluster.replace["dc1/r2/0"] = cluster.node("dc1/r2/0").host_id;
  cluster.node("dc1/r2/0").up = true;
  const Planned alive(cluster);
  EXPECT_FALSE(alive->Has("replace_node dc1/r2/0"));
  EXPECT_TRUE(HasFinding(alive.response, "operation", "is up"));
}

// ---- movements that do not end by themselves

TEST(Scheduling, FailedJoinIsBegunAgain) {
  Cluster cluster(Even(2));
  testing::Node& joiner = cluster.node("dc1/r1/1");
  joiner.movement = v1::PEER_MOVEMENT_JOINING;
  joiner.mode = v1::NODE_MODE_JOINING_FAILED;
  joiner.up = false;
  const Planned failed(cluster);
  EXPECT_THAT(failed->Ready(), ElementsAre(Restart("dc1/r1/1")));
  joiner.mode = v1::NODE_MODE_JOINING;  // it goes on, begun by whomever
  const Planned joins(cluster);
  EXPECT_THAT(joins->Ready(), IsEmpty());
}

TEST(Scheduling, DecommissionThatHangs) {
  Cluster cluster(Even(2));
  cluster.desired["dc1"]["r1"] = 1;
  testing::Node& leaver = cluster.node("dc1/r1/1");
  leaver.movement = v1::PEER_MOVEMENT_LEAVING;
  leaver.mode = v1::NODE_MODE_LEAVING;
  EXPECT_THAT(Planned(cluster)->Ready(), IsEmpty());  // somebody's own
  cluster.InFlight("hangs", v1::ACTION_KIND_DECOMMISSION, "dc1/r1/1");
  EXPECT_THAT(Planned(cluster)->Ready(), IsEmpty());  // it goes on
  cluster.ledger.mutable_started(0)->set_state(v1::STARTED_STATE_TIMED_OUT);
  EXPECT_THAT(Planned(cluster)->Ready(), ElementsAre(Restart("dc1/r1/1")));
  // Restarted, it is a normal member, and is asked again.
  leaver.movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  leaver.mode = v1::NODE_MODE_NORMAL;
  EXPECT_THAT(Planned(cluster)->Ready(), ElementsAre("decommission dc1/r1/1"));
}

// ---- F16: the rack of the replaced node comes first

TEST(Scheduling, ReplaceDeadImage) {
  const Planned p = PlanCase("ReplaceDeadImage");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_FALSE(p->Has(Restart("dc1/r2/0")));
  EXPECT_THAT(p->Sections("serving/dc1"),
              ElementsAre(ElementsAre("quarantine_volume dc1/r2/0", "replace_node dc1/r2/0"),
                          ElementsAre(Restart("dc1/r2/1"), Restart("dc1/r2/2")), RestartsOf("dc1/r1", 3),
                          RestartsOf("dc1/r3", 3)));
}

// ---- F12: two racks stay two racks

TEST(Scheduling, LeaveWithTwoRacks) {
  const Planned p = PlanCase("ScaleInTwoRacks");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("decommission"), ElementsAre("decommission dc1/r1/3", "decommission dc1/r2/3"));
}

// ---- F13: those that only a mate keeps away are set aside within their rack

TEST(Scheduling, TwoRacksWide) {
  Cluster cluster = Rolling(Even(5000, 2), 1);
  cluster.policy.set_rack_width(1000);
  const Planned p(cluster, Effort(1, 0));
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("restart_node"), SizeIs(10000));
  EXPECT_LE(p->Sections("serving/dc1").size(), 20u);
  EXPECT_LE(p.statistics.edges, 3 * 10000);
}

TEST(Scheduling, TwoRacksWidthOne) {
  for (const int nodes : {3, 50, 500}) {
    Cluster cluster = Rolling(Even(nodes, 2), 1);
    const Planned p(cluster, Effort(200, nodes < 100 ? 2 : 0));
    const int64_t n = int64_t{2} * nodes;
    EXPECT_THAT(p->held(), IsEmpty());
    EXPECT_THAT(p->Sections("serving/dc1"), SizeIs(n));
    EXPECT_TRUE(HasFinding(p.response, "one-rack", absl::StrCat(n, " restarts take ", n, " sections")));
    EXPECT_LE(p.statistics.asks, 2 + n + n);  // template writes, restarts, sections
    EXPECT_LE(p.statistics.edges, 3 * n);
  }
}

// ---- F14: a node that is down holds its range mates, not racks

TEST(Scheduling, OneDead999) {
  Cluster cluster = Rolling(Even(333), 1);
  Down(&cluster, "dc1/r2/5", true);
  const Planned p(cluster, Effort(1, 1));
  EXPECT_THAT(p->Sections("serving/dc1"), SizeIs(3));
  std::set<std::string> expected = {Restart("dc1/r2/5")};
  for (const std::string& mate : RangeMates(&cluster, "dc1/r2/5")) {
    if (cluster.node(mate).rack != "r2") expected.insert(Restart(mate));
  }
  std::set<std::string> held;
  for (const auto& [name, by] : p->held()) held.insert(name);
  EXPECT_EQ(held, expected);
  EXPECT_GT(held.size(), 5u);
  EXPECT_LT(held.size(), 30u);
  EXPECT_THAT(p->held(), Contains(Pair(Restart("dc1/r2/5"), ElementsAre("failure-stop"))));
  EXPECT_THAT(Guards(*p), ElementsAre("failure-stop", "quorum"));
  EXPECT_LE(p.statistics.asks, 2 * (999 + 3 + 3));
}

// The stricter wish has a setting of its own.
TEST(Scheduling, DegradedWidth) {
  Cluster cluster = Rolling(Even(40), 1);
  Down(&cluster, "dc1/r2/5", true);
  cluster.policy.set_degraded_width(2);
  const Planned p(cluster, Effort(1, 1));
  const auto sections = p->Sections("serving/dc1");
  for (const Names& section : sections) {
    const bool own_rack = absl::StartsWith(section[0], "restart_node dc1/r2");
    EXPECT_EQ(section.size(), own_rack ? 39u : std::min<size_t>(section.size(), 2)) << section[0];
  }
  EXPECT_GT(sections.size(), 20u);
}

// ---- F15: bringing back what is down is no disruption, and counts for those after it

TEST(Scheduling, TwoBrokenTwoRacks) {
  const Planned p = PlanCase("TwoBroken");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sections("serving/dc1"),
              ElementsAre(ElementsAre(Restart("dc1/r1/1"), Restart("dc1/r2/0")),
                          ElementsAre(Restart("dc1/r1/0"), Restart("dc1/r1/2")),
                          ElementsAre(Restart("dc1/r2/1"), Restart("dc1/r2/2")), RestartsOf("dc1/r3", 3)));
}

TEST(Scheduling, DrainedCounts) {
  const Planned p = PlanCase("Drained");  // dc1/r1/1 is drained
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_FALSE(p->Has("drain dc1/r1/1"));
  for (const std::string& name : p->Named("drain")) {
    if (absl::StartsWith(name, "drain dc1/r1")) continue;
    EXPECT_TRUE(p->Before(Restart("dc1/r1/1"), name)) << name;
  }
  EXPECT_THAT(p->Sizes("serving/dc1"), ElementsAre(5, 6, 6));
}

// ---- F16: groups and the order of racks

TEST(Scheduling, BrokenRackFirst) {
  const Planned p = PlanCase("BrokenRack");  // dc1/r2/0 is down
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sections("serving/dc1"),
              ElementsAre(RestartsOf("dc1/r2", 3), RestartsOf("dc1/r1", 3), RestartsOf("dc1/r3", 3)));
}

TEST(Scheduling, ReleaseShrink) {
  const Planned p = PlanCase("ReleaseShrink");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("restart_node"), SizeIs(6));
  EXPECT_THAT(p->Named("decommission"), SizeIs(3));
  for (const std::string& leave : p->Named("decommission")) {
    for (const std::string& restart : p->Named("restart_node")) EXPECT_TRUE(p->Before(leave, restart));
    EXPECT_FALSE(p->Has(Restart(leave.substr(13)))) << leave;
  }
}

TEST(Scheduling, ReleaseShrinkOneDown) {
  const Planned p = PlanCase("ReleaseShrinkOneDown");
  EXPECT_THAT(p->Named("decommission"), IsEmpty());
  int held_victims = 0;
  for (const auto& [name, by] : p->held()) {
    if (!absl::StartsWith(name, "decommission")) continue;
    EXPECT_TRUE(by.count("movement-sources") > 0) << name;
    ++held_victims;
  }
  EXPECT_EQ(held_victims, 3);
  // A victim that stays is upgraded with the rest of its rack.
  EXPECT_TRUE(p->Has(Restart("dc1/r2/2")));
  for (const char* victim : {"dc1/r1/2", "dc1/r3/2"}) {
    EXPECT_TRUE(p->Has(Restart(victim)) || p->held().count(Restart(victim)) > 0) << victim;
  }
}

// ---- cleanup: joiners owe, too

TEST(Scheduling, JoinerOwesToo) {
  Cluster cluster = MakeCase("ScaleOut");
  const Planned p(cluster);
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Named("start_node"), ElementsAre("start_node dc1/r1/2", "start_node dc1/r2/2", "start_node dc1/r3/2"));
  const Names cleanups = p->Named("cleanup");
  EXPECT_THAT(cleanups, SizeIs(8));
  EXPECT_FALSE(p->Has("cleanup dc1/r3/2")) << "nobody joins after the last";
  for (const std::string& cleanup : cleanups) EXPECT_TRUE(p->Before("start_node dc1/r3/2", cleanup));
  // The ids stay after each join.
  for (const char* joined : {"dc1/r1/2", "dc1/r2/2", "dc1/r3/2"}) {
    const testing::Node before = cluster.AddNode("dc1", std::string(joined).substr(4, 2), 2);
    for (auto& [slot, node] : cluster.nodes()) node.owes_cleanup |= node.host_id != before.host_id;
    const Planned then(cluster);
    EXPECT_EQ(then->Named("cleanup"), cleanups);
    for (const std::string& name : cleanups) EXPECT_EQ(then->action(name).id(), p->action(name).id()) << name;
  }
}

// ---- keyspaces that tolerate no loss

TEST(Scheduling, Rf1Hold) {
  const Planned p = PlanCase("Rf1Hold");
  EXPECT_EQ(p.response.outcome(), v1::OUTCOME_BLOCKED);
  EXPECT_THAT(p->Named("restart_node"), IsEmpty());
  EXPECT_THAT(p->held(), SizeIs(6));
  EXPECT_THAT(Guards(*p), ElementsAre("quorum"));
}

TEST(Scheduling, Rf1Report) {
  const Planned p = PlanCase("Rf1Report");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sections("serving/dc1"),
              ElementsAre(RestartsOf("dc1/r1", 2), RestartsOf("dc1/r2", 2), RestartsOf("dc1/r3", 2)));
  EXPECT_TRUE(HasFinding(p.response, "quorum", "keyspace one tolerates no loss"));
  EXPECT_FALSE(HasFinding(p.response, "quorum", "keyspace app"));
}

TEST(Scheduling, Rf2Report2Racks) {
  const Planned p = PlanCase("Rf2TwoRacks");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sections("serving/dc1"), ElementsAre(RestartsOf("dc1/r1", 3), RestartsOf("dc1/r2", 3)));
  EXPECT_TRUE(HasFinding(p.response, "quorum", "keyspace two tolerates no loss"));
}

// ---- a level that spans datacenters makes one ring, one serving

TEST(Scheduling, QuorumLevelTwoDcs) {
  const Planned p = PlanCase("QuorumTwoDcs");
  EXPECT_THAT(p->held(), IsEmpty());
  EXPECT_THAT(p->Sections("ring/*"), SizeIs(1));
  const auto sections = p->Sections("serving/*");
  EXPECT_THAT(sections, SizeIs(5));
  // At most two replicas of a range away over both datacenters: at most two racks at once.
  for (const Names& section : sections) {
    std::set<std::string> racks;
    for (const std::string& name : section) racks.insert(name.substr(0, name.rfind('/')));
    EXPECT_LE(racks.size(), 2u);
  }
}

// ---- a restart that hangs holds what comes after it, until it is settled as failed

Cluster Hung() {
  Cluster cluster = Rolling(Even(40), 1);
  cluster.policy.set_rack_width(1000);
  for (auto& [slot, node] : cluster.nodes()) {
    if (node.rack == "r1" && node.ordinal != 3) node.revision = "B";
  }
  for (const char* rack : {"r1", "r2", "r3"}) cluster.templates[{"dc1", rack}] = "B";
  Down(&cluster, "dc1/r1/3", false);
  cluster.InFlight("hung", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/3");
  cluster.ledger.mutable_started(0)->set_attempt(2);
  cluster.policy.set_max_failed_restarts(2);  // one is let pass
  return cluster;
}

// What may start after the failure of dc1/r1/3: r2 but its range mates; r3 comes after it.
std::set<std::string> MatesOfHung(const std::string& rack) {
  Cluster cluster = Hung();
  std::set<std::string> mates;
  for (const std::string& mate : RangeMates(&cluster, "dc1/r1/3")) {
    if (cluster.node(mate).rack == rack) mates.insert(Restart(mate));
  }
  return mates;
}

void ExpectGoesOnWithoutMates(const Cluster& cluster) {
  const Planned after(cluster, Effort(1, 2));
  std::set<std::string> mates = MatesOfHung("r2");
  const size_t ready = 40 - mates.size();
  EXPECT_THAT(after->Ready(), SizeIs(ready));
  for (const std::string& name : after->Ready()) EXPECT_TRUE(absl::StartsWith(name, "restart_node dc1/r2")) << name;
  mates.merge(MatesOfHung("r3"));
  for (const std::string& mate : mates) EXPECT_THAT(after->held(), Contains(Pair(mate, ElementsAre("quorum"))));
  size_t by_quorum = 0;
  for (const auto& [name, by] : after->held()) by_quorum += by.count("quorum");
  EXPECT_EQ(by_quorum, mates.size());
  EXPECT_THAT(after->Named("restart_node"), SizeIs(80 - mates.size()));
}

TEST(Scheduling, HungRestart) {
  Cluster cluster = Hung();
  const Planned before(cluster, Effort(1, 2));
  EXPECT_THAT(before->Ready(), IsEmpty());
  EXPECT_THAT(before->held(), IsEmpty());
  EXPECT_THAT(before->Named("restart_node"), SizeIs(80));
  EXPECT_EQ(before.response.outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_THAT(before->Sections("serving/dc1")[0], ElementsAre("hung"));
  for (const std::string& name : before->Named("restart_node")) {
    EXPECT_THAT(before->action(name).requires_ids(), Contains(::testing::StartsWith("serving/dc1#")));
  }
  // Reported failed.
  cluster.ledger.mutable_started(0)->set_state(v1::STARTED_STATE_FAILED);
  ExpectGoesOnWithoutMates(cluster);
  // Its deadline passed.
  cluster.ledger.mutable_started(0)->set_state(v1::STARTED_STATE_IN_FLIGHT);
  cluster.ledger.mutable_started(0)->set_deadline_seconds(testing::kNow - 1);
  ExpectGoesOnWithoutMates(cluster);
}

// ---- every small case, other seeds: safe, linear, and nothing that the first seed holds by another guard

TEST(Scheduling, EveryCaseHoldsUpUnderTheVerifier) {
  for (const Case& c : SmallCases()) {
    for (uint64_t seed = 2; seed <= 6; ++seed) {
      SCOPED_TRACE(absl::StrCat(c.name, " seed ", seed));
      const Planned p(c.make(seed), Effort(4000, 2));
      EXPECT_LE(p.statistics.edges, 3 * std::max<int64_t>(p.statistics.actions, 1));
      std::set<std::string> ids;
      for (const v1::Action& a : p.response.plan().actions()) EXPECT_TRUE(ids.insert(a.id()).second) << a.id();
      for (const v1::Held& held : p.response.held()) {
        EXPECT_EQ(ids.count(held.action_id()), 0u) << "planned and held";
        EXPECT_GT(held.by_size(), 0) << "held without a reason";
      }
    }
  }
}

// ---- larger ones, with other numbers of racks

TEST(Scheduling, FiveRacks) {
  Cluster cluster = Rolling(Even(40, 5), 1);
  const Planned p(cluster, Effort(1, 2));
  EXPECT_THAT(p->Sizes("serving/dc1"), ElementsAre(40, 40, 40, 40, 40));
  EXPECT_LE(p.statistics.asks, 200 + 5 + 5);
}

TEST(Scheduling, EdgesAreLinearAt999) {
  for (const int width : {1, 1000}) {
    Cluster cluster = Rolling(Even(333), 1);
    Down(&cluster, "dc1/r2/5", false);
    cluster.policy.set_rack_width(width);
    const Planned p(cluster, Effort(1, 0));
    EXPECT_THAT(p->held(), IsEmpty());
    EXPECT_LE(p.statistics.edges, 3 * p.statistics.actions);
    EXPECT_LE(p.statistics.asks, p.statistics.actions + 5);
  }
}

}  // namespace
}  // namespace cassplan::property
