// For every invariant a plan that breaks it and the least change that makes it hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/verify/testing.h"

namespace cassplan::verify::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Both ways to prove a plan must see it.
void ExpectBroken(const TestCluster& cluster, const TestPlan& plan, const std::string& slug) {
  EXPECT_THAT(Broken(cluster, plan), ElementsAre(slug));
  EXPECT_THAT(BrokenByOrder(cluster, plan), Contains(slug)) << "by order";
  EXPECT_THAT(BrokenInStates(cluster, plan), Contains(slug)) << "in states";
}

void ExpectHolds(const TestCluster& cluster, const TestPlan& plan) {
  const VerifyResult result = MustVerify(cluster, plan);
  for (const Violation& violation : result.violations) ADD_FAILURE() << violation.invariant << ": " << violation.text;
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(BrokenOnWalks(cluster, plan, 5), IsEmpty());
}

// In its slot, with the old volume set aside before.
void Replace(TestPlan& plan, const std::string& slot) {
  const std::string aside = plan.Add(v1::ACTION_KIND_QUARANTINE_VOLUME, MemberTarget(slot));
  plan.Add(v1::ACTION_KIND_REPLACE_NODE, MemberTarget(slot), {aside});
}

std::string Decommission(TestPlan& plan, const std::string& slot, const std::vector<std::string>& after = {}) {
  return plan.Add(v1::ACTION_KIND_DECOMMISSION, MemberTarget(slot), after);
}

std::string Start(TestPlan& plan, const std::string& slot, const std::vector<std::string>& after = {}) {
  return plan.Add(v1::ACTION_KIND_START_NODE, SlotTarget(slot), after);
}

std::string Cleanup(TestPlan& plan, const std::string& slot, const std::vector<std::string>& after = {}) {
  return plan.Add(v1::ACTION_KIND_CLEANUP, MemberTarget(slot), after);
}

v1::Target KeyspaceTarget(const std::string& keyspace, const std::string& dc) {
  v1::Target target;
  target.set_keyspace(keyspace);
  target.set_datacenter(dc);
  return target;
}

TEST(Quorum, TwoReplicasOfOneRangeAway) {
  // 2 racks, RF 3: some rack holds two replicas of a range.
  const TestCluster cluster(1, 2, 2);
  TestPlan bad;
  bad.Roll("dc1/r1/0");
  bad.Roll("dc1/r1/1");
  ExpectBroken(cluster, bad, "quorum");
  TestPlan good;
  good.Roll("dc1/r1/1", {good.Roll("dc1/r1/0")});
  ExpectHolds(cluster, good);
}

TEST(Quorum, AWholeRackWhereThereAreAsManyRacksAsReplicas) {
  const TestCluster cluster(1, 3, 3);
  TestPlan good;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) good.Roll(slot);
  ExpectHolds(cluster, good);
}

TEST(Quorum, ADownMateCounts) {
  TestCluster cluster(1, 3, 1);
  cluster["dc1/r2/0"].up = false;
  TestPlan bad;
  bad.Roll("dc1/r1/0");
  ExpectBroken(cluster, bad, "quorum");
  TestPlan good;
  good.Roll("dc1/r1/0", {good.Restart("dc1/r2/0")});
  ExpectHolds(cluster, good);
}

TEST(Quorum, RestartingADownNodeIsNoLoss) {
  TestCluster cluster(1, 3, 1);
  cluster["dc1/r2/0"].up = false;
  cluster["dc1/r3/0"].up = false;
  TestPlan good;
  good.Restart("dc1/r2/0");
  good.Restart("dc1/r3/0");
  ExpectHolds(cluster, good);
}

TEST(Quorum, DrainedNodesStayAwayUntilTheirRestart) {
  const TestCluster cluster(1, 2, 2);
  TestPlan bad;
  const std::string first = bad.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/0"));
  const std::string second = bad.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/1"), {first});
  bad.Restart("dc1/r1/0", {first});
  bad.Restart("dc1/r1/1", {second});
  ExpectBroken(cluster, bad, "quorum");
}

TEST(Quorum, SimpleStrategyLooksAtTheWholeRing) {
  TestCluster cluster(2, 1, 2);
  cluster.Replicate("app", 1);
  cluster.ReplicateSimply("whole", 3);
  cluster.base.mutable_policy()->set_max_datacenters(2);
  TestPlan bad;
  bad.Roll("dc1/r1/0");
  bad.Roll("dc2/r1/0");
  ExpectBroken(cluster, bad, "quorum");
  TestPlan good;
  good.Roll("dc2/r1/0", {good.Roll("dc1/r1/0")});
  ExpectHolds(cluster, good);
}

TEST(Quorum, LevelOverAllDatacenters) {
  TestCluster cluster(2, 3, 1);
  cluster.base.mutable_policy()->set_max_datacenters(2);
  cluster["dc1/r1/0"].up = false;
  TestPlan plan;
  plan.Roll("dc1/r2/0");
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("quorum"));
  // 4 of 6 must answer, wherever they are: two may be away in one datacenter, a third elsewhere may not.
  cluster.base.mutable_policy()->add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  ExpectHolds(cluster, plan);
  plan.Roll("dc2/r1/0");
  ExpectBroken(cluster, plan, "quorum");
}

TEST(Quorum, EachQuorumIsJudgedPerDatacenter) {
  TestCluster cluster(2, 3, 1);
  cluster.base.mutable_policy()->set_max_datacenters(2);
  cluster.base.mutable_policy()->add_levels(v1::CONSISTENCY_LEVEL_EACH_QUORUM);
  TestPlan plan;
  plan.Roll("dc1/r1/0");
  plan.Roll("dc2/r1/0");
  ExpectHolds(cluster, plan);
  cluster["dc2/r2/0"].up = false;
  ExpectBroken(cluster, plan, "quorum");
}

TEST(Quorum, ToleratesNoLoss) {
  TestCluster cluster(1, 1, 3);
  cluster.Replicate("app", 2);
  TestPlan bad;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) bad.Roll(slot);
  ExpectBroken(cluster, bad, "quorum");
  TestPlan good;
  good.Roll("dc1/r1/2", {good.Roll("dc1/r1/1", {good.Roll("dc1/r1/0")})});
  ExpectHolds(cluster, good);
  cluster.base.mutable_policy()->set_intolerant(v1::INTOLERANT_POLICY_HOLD);
  ExpectBroken(cluster, good, "quorum");
}

TEST(Quorum, IgnoredAndUncountedKeyspaces) {
  TestCluster cluster(1, 1, 3);
  TestPlan plan;
  for (const char* slot : {"dc1/r1/0", "dc1/r1/1", "dc1/r1/2"}) plan.Roll(slot);
  ExpectBroken(cluster, plan, "quorum");
  v1::KeyspacePolicy& policy = *cluster.base.mutable_policy()->add_keyspaces();
  policy.set_name("app");
  policy.set_ignore(true);
  ExpectHolds(cluster, plan);
  cluster.Replicate("system_distributed", 3);
  ExpectHolds(cluster, plan);
  cluster.Replicate("system_auth", 3);
  ExpectBroken(cluster, plan, "quorum");
}

TEST(Quorum, LevelOfOneKeyspace) {
  TestCluster cluster(1, 3, 1);
  TestPlan plan;
  plan.Roll("dc1/r1/0");
  cluster["dc1/r2/0"].up = false;
  ExpectBroken(cluster, plan, "quorum");
  v1::KeyspacePolicy& policy = *cluster.base.mutable_policy()->add_keyspaces();
  policy.set_name("app");
  policy.add_levels(v1::CONSISTENCY_LEVEL_LOCAL_ONE);
  ExpectHolds(cluster, plan);
}

TEST(Quorum, UnsupportedReplicationLosesNothing) {
  TestCluster cluster(1, 3, 1);
  TestPlan plan;
  plan.Roll("dc1/r1/0");
  ExpectHolds(cluster, plan);
  cluster.Replicate("odd", 3).set_strategy("EverywhereStrategy");
  ExpectBroken(cluster, plan, "quorum");
}

TEST(Quorum, SixReplicas) {
  TestCluster cluster(1, 1, 7);
  cluster.Replicate("app", 5);
  TestPlan two;
  two.Roll("dc1/r1/0");
  two.Roll("dc1/r1/1");
  ExpectHolds(cluster, two);
  two.Roll("dc1/r1/2");
  ExpectBroken(cluster, two, "quorum");
}

TEST(Quorum, UnknownIsDown) {
  TestCluster cluster(1, 3, 1);
  TestPlan plan;
  plan.Roll("dc1/r1/0");
  ExpectHolds(cluster, plan);
  cluster.view_age = 400;
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());  // it is as good as down itself
  TestCluster starting(1, 3, 1);
  starting["dc1/r2/0"].mode = v1::NODE_MODE_STARTING;
  ExpectBroken(starting, plan, "quorum");
}

TEST(QuorumMover, LevelWithoutTheMover) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  Start(plan, "dc1/r1/2");
  ExpectHolds(cluster, plan);
  // A restart in flight that the join does not wait for: should the joiner die, 2 replicas answer where 3 must.
  cluster.InFlight("old", v1::ACTION_KIND_RESTART_NODE, "dc1/r2/0");
  EXPECT_THAT(BrokenInStates(cluster, plan), Contains("quorum-mover"));
  TestPlan leave;
  Decommission(leave, "dc1/r1/1");
  EXPECT_THAT(Broken(cluster, leave), Contains("quorum-mover"));
  EXPECT_THAT(BrokenByOrder(cluster, leave), Contains("quorum-mover"));
  EXPECT_THAT(BrokenInStates(cluster, leave), Contains("quorum-mover"));
}

TEST(QuorumMover, ReplacementNeedsTheLevelWithoutIt) {
  TestCluster cluster(1, 3, 1);
  cluster["dc1/r2/0"].up = false;
  TestPlan plan;
  Replace(plan, "dc1/r2/0");
  ExpectHolds(cluster, plan);
  cluster["dc1/r3/0"].up = false;
  EXPECT_THAT(BrokenByOrder(cluster, plan), Contains("quorum-mover"));
  EXPECT_THAT(BrokenInStates(cluster, plan), Contains("quorum-mover"));
}

TEST(OneTopologyChange, TwoDecommissions) {
  const TestCluster cluster(1, 3, 3);
  TestPlan bad;
  Decommission(bad, "dc1/r1/2");
  Decommission(bad, "dc1/r2/2");
  ExpectBroken(cluster, bad, "one-topology-change");
  TestPlan good;
  Decommission(good, "dc1/r2/2", {Decommission(good, "dc1/r1/2")});
  ExpectHolds(cluster, good);
}

TEST(OneTopologyChange, OneIsUnderWay) {
  TestCluster cluster(2, 3, 2);
  TestPlan plan;
  Decommission(plan, "dc2/r1/1");
  ExpectHolds(cluster, plan);
  cluster["dc1/r1/1"].movement = v1::PEER_MOVEMENT_LEAVING;
  ExpectBroken(cluster, plan, "one-topology-change");
  // It is in the ledger now, and the plan waits for it.
  cluster.InFlight("old", v1::ACTION_KIND_DECOMMISSION, "dc1/r1/1");
  ExpectBroken(cluster, plan, "one-topology-change");
  v1::Section& section = *plan.response.mutable_plan()->add_sections();
  section.set_id("topology#0");
  section.set_resource("topology");
  section.set_size(1);
  section.add_in_flight("old");
  plan["a1"].add_requires_ids("topology#0");
  ExpectHolds(cluster, plan);
}

TEST(RangeMovement, RestartOfAReplica) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  Decommission(bad, "dc1/r1/1");
  bad.Roll("dc1/r2/0");
  EXPECT_THAT(Broken(cluster, bad), Contains("range-movement"));
  EXPECT_THAT(BrokenByOrder(cluster, bad), Contains("range-movement"));
  EXPECT_THAT(BrokenInStates(cluster, bad), Contains("range-movement"));
  TestPlan good;
  good.Roll("dc1/r2/0", {Decommission(good, "dc1/r1/1")});
  ExpectHolds(cluster, good);
}

TEST(RangeMovement, AnotherDatacenterIsNoReplica) {
  const TestCluster cluster(2, 3, 2);
  TestPlan good;
  Decommission(good, "dc1/r1/1");
  good.Roll("dc2/r2/0");
  ExpectHolds(cluster, good);
}

TEST(RangeMovement, AJoinerSharesRangesWithAll) {
  const TestCluster cluster(1, 3, 4);
  TestPlan bad;
  Start(bad, "dc1/r1/4");
  bad.Roll("dc1/r2/0");
  EXPECT_THAT(BrokenByOrder(cluster, bad), Contains("range-movement"));
}

TEST(RangeMovement, MoverIsRestartedOnlyToEndTheMovement) {
  TestCluster cluster(1, 4, 2);
  cluster["dc1/r1/0"].movement = v1::PEER_MOVEMENT_LEAVING;
  TestPlan plan;
  const std::string restart = plan.Restart("dc1/r1/0");
  plan[restart].mutable_reason()->set_code("template");
  ExpectBroken(cluster, plan, "range-movement");
  plan[restart].mutable_reason()->set_code("half-done-movement");
  ExpectHolds(cluster, plan);
}

TEST(LeftFirst, ShrinkAndDeleteAfterTheDecommission) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  bad.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"));
  ExpectBroken(cluster, bad, "left-first");
  TestPlan worse;
  worse.Add(v1::ACTION_KIND_DELETE_VOLUME, MemberTarget("dc1/r1/1"));
  ExpectBroken(cluster, worse, "left-first");
  TestPlan good;
  const std::string gone = Decommission(good, "dc1/r1/1");
  const std::string shrunk = good.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"), {gone});
  good.Add(v1::ACTION_KIND_DELETE_VOLUME, MemberTarget("dc1/r1/1"), {shrunk});
  ExpectHolds(cluster, good);
}

TEST(LeftFirst, ObservedToHaveLeft) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"));
  cluster["dc1/r1/1"].movement = v1::PEER_MOVEMENT_LEFT;
  ExpectHolds(cluster, plan);
  cluster.view_age = 400;
  ExpectBroken(cluster, plan, "left-first");
}

TEST(LeftFirst, ForgottenByGossipButRemembered) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan.Add(v1::ACTION_KIND_DELETE_VOLUME, MemberTarget("dc1/r1/1"));
  cluster["dc1/r1/1"].in_views = false;
  cluster["dc1/r1/1"].has_facts = false;
  ExpectHolds(cluster, plan);  // it never was in the ring, as far as all members know
  *cluster.base.mutable_ledger()->add_members()->mutable_slot() = SlotTarget("dc1/r1/1");
  cluster.base.mutable_ledger()->mutable_members(0)->set_host_id(HostId("dc1/r1/1"));
  ExpectBroken(cluster, plan, "left-first");
  cluster.base.mutable_ledger()->add_left()->set_host_id(HostId("dc1/r1/1"));
  ExpectHolds(cluster, plan);
}

TEST(LeftFirst, ASlotThatNeverJoined) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r1/1"].in_views = false;
  cluster["dc1/r1/1"].has_facts = false;
  cluster["dc1/r1/1"].contents = v1::VOLUME_CONTENTS_EMPTY;
  TestPlan plan;
  const std::string shrink = plan.Add(v1::ACTION_KIND_SHRINK_RACK, SlotTarget("dc1/r1/1"));
  plan[shrink].mutable_target()->set_uid("pod:dc1/r1/1");
  ExpectHolds(cluster, plan);
}

TEST(LeftFirst, RackWithMembers) {
  TestCluster cluster(1, 4, 1);
  v1::Target rack;
  rack.set_datacenter("dc1");
  rack.set_rack("r4");
  TestPlan bad;
  bad.Add(v1::ACTION_KIND_DELETE_RACK, rack);
  ExpectBroken(cluster, bad, "left-first");
  TestPlan good;
  good.Add(v1::ACTION_KIND_DELETE_RACK, rack, {Decommission(good, "dc1/r4/0")});
  ExpectHolds(cluster, good);
}

TEST(RestartOfLeft, AfterItsDecommission) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  bad.Restart("dc1/r1/1", {Decommission(bad, "dc1/r1/1")});
  ExpectBroken(cluster, bad, "restart-of-left");
  TestPlan good;
  Decommission(good, "dc1/r1/1", {good.Restart("dc1/r1/1")});
  ExpectHolds(cluster, good);
}

TEST(ReplicationFloor, NodesAndRacks) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  Decommission(plan, "dc1/r1/1");
  ExpectHolds(cluster, plan);
  cluster.Replicate("app", 6);
  ExpectBroken(cluster, plan, "replication-floor");
  TestCluster racks(1, 3, 1);
  racks.nodes["dc1/r1/1"] = TestNode();
  TestPlan lose;
  Decommission(lose, "dc1/r3/0");
  ExpectBroken(racks, lose, "replication-floor");
}

TEST(ReplicationFloor, TwoRacksAndThreeReplicas) {
  const TestCluster cluster(1, 2, 4);
  TestPlan plan;
  Decommission(plan, "dc1/r1/3");
  ExpectHolds(cluster, plan);
}

TEST(ReplicationFloor, MoreReplicasThanNodes) {
  const TestCluster cluster(1, 3, 1);
  TestPlan plan;
  const std::string alter = plan.Add(v1::ACTION_KIND_ALTER_KEYSPACE, KeyspaceTarget("app", "dc1"));
  plan[alter].set_replication_factor(4);
  ExpectBroken(cluster, plan, "replication-floor");
  plan[alter].set_replication_factor(2);
  ExpectHolds(cluster, plan);
}

TEST(DatacenterEmpty, WhileSomethingReplicatesThere) {
  TestCluster cluster(2, 1, 1);
  cluster.Replicate("app", 1);
  for (v1::DesiredRack& rack : *cluster.base.mutable_desired()->mutable_datacenters(1)->mutable_racks()) {
    rack.set_nodes(0);
  }
  TestPlan plan;
  Decommission(plan, "dc2/r1/0");
  ExpectBroken(cluster, plan, "datacenter-empty");
  TestPlan good;
  const std::string alter = good.Add(v1::ACTION_KIND_ALTER_KEYSPACE, KeyspaceTarget("app", "dc2"));
  Decommission(good, "dc2/r1/0", {alter});
  ExpectHolds(cluster, good);
  cluster.Replicate("system_auth", 1);
  ExpectHolds(cluster, good);
}

TEST(CleanupDuringMovement, SameRingOnly) {
  const TestCluster cluster(2, 3, 2);
  TestPlan bad;
  Decommission(bad, "dc1/r1/1");
  Cleanup(bad, "dc1/r2/0");
  ExpectBroken(cluster, bad, "cleanup-during-movement");
  TestPlan good;
  Decommission(good, "dc1/r1/1", {Cleanup(good, "dc1/r2/0")});
  Cleanup(good, "dc2/r2/0");
  ExpectHolds(cluster, good);
  TestCluster whole = cluster;
  whole.ReplicateSimply("whole", 3);
  ExpectBroken(whole, good, "cleanup-during-movement");
}

TEST(OneActionPerNode, CleanupAndRestart) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  bad.Roll("dc1/r1/0");
  Cleanup(bad, "dc1/r1/0");
  ExpectBroken(cluster, bad, "one-action-per-node");
  TestPlan good;
  Cleanup(good, "dc1/r1/0", {good.Roll("dc1/r1/0")});
  ExpectHolds(cluster, good);
}

TEST(RestartOnce, TwoRestarts) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  bad.Restart("dc1/r1/0", {bad.Restart("dc1/r1/0")});
  EXPECT_THAT(Broken(cluster, bad), ElementsAre("restart-once"));
}

TEST(OneRack, TwoRacksWithoutACommonRange) {
  TestCluster cluster(1, 2, 2);
  cluster.Replicate("app", 1);
  TestPlan bad;
  bad.Roll("dc1/r1/0");
  bad.Roll("dc1/r2/0");
  ExpectBroken(cluster, bad, "one-rack");
  TestPlan good;
  good.Roll("dc1/r1/0");
  good.Roll("dc1/r1/1");
  ExpectHolds(cluster, good);
}

TEST(OneRack, ARestartInFlightCounts) {
  TestCluster cluster(1, 2, 2);
  cluster.Replicate("app", 1);
  cluster.InFlight("old", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0");
  TestPlan plan;
  plan.Roll("dc1/r2/0");
  ExpectBroken(cluster, plan, "one-rack");
  // What is in flight is not judged by itself.
  cluster.InFlight("older", v1::ACTION_KIND_RESTART_NODE, "dc1/r2/1");
  ExpectHolds(cluster, TestPlan());
}

TEST(OneRack, BrokenNodesOfTwoRacks) {
  TestCluster cluster(1, 3, 3);
  cluster["dc1/r1/1"].up = false;
  cluster["dc1/r2/0"].up = false;
  TestPlan plan;
  plan.Restart("dc1/r1/1");
  plan.Restart("dc1/r2/0");
  ExpectHolds(cluster, plan);
}

TEST(MaxDatacenters, TwoAtOnce) {
  TestCluster cluster(2, 3, 1);
  TestPlan plan;
  plan.Roll("dc1/r1/0");
  plan.Roll("dc2/r1/0");
  ExpectBroken(cluster, plan, "max-datacenters");
  cluster.base.mutable_policy()->set_max_datacenters(2);
  ExpectHolds(cluster, plan);
}

TEST(RebuildSource, RestartWhereItStreamsFrom) {
  const TestCluster cluster(2, 3, 1);
  TestPlan bad;
  const std::string rebuild = bad.Add(v1::ACTION_KIND_REBUILD, MemberTarget("dc2/r1/0"));
  bad[rebuild].set_source_datacenter("dc1");
  bad.Roll("dc1/r1/0");
  ExpectBroken(cluster, bad, "rebuild-source");
  TestPlan good;
  const std::string first = good.Add(v1::ACTION_KIND_REBUILD, MemberTarget("dc2/r1/0"));
  good[first].set_source_datacenter("dc1");
  good.Roll("dc1/r1/0", {first});
  ExpectHolds(cluster, good);
}

TEST(RebuildSource, MovementWhereItStreamsFrom) {
  const TestCluster cluster(2, 3, 2);
  TestPlan bad;
  const std::string rebuild = bad.Add(v1::ACTION_KIND_REBUILD, MemberTarget("dc2/r1/0"));
  bad[rebuild].set_source_datacenter("dc1");
  Decommission(bad, "dc1/r1/1");
  ExpectBroken(cluster, bad, "rebuild-source");
  bad["a2"].add_requires_ids(rebuild);
  ExpectHolds(cluster, bad);
}

TEST(MixedVersion, MovementAcrossReleases) {
  TestCluster cluster(2, 3, 2);
  cluster.base.mutable_policy()->set_snapshot_before_upgrade(false);
  for (v1::DesiredDatacenter& dc : *cluster.base.mutable_desired()->mutable_datacenters()) {
    for (v1::DesiredRack& rack : *dc.mutable_racks()) rack.mutable_template_()->set_release("5.0.2");
  }
  for (auto& [slot, node] : cluster.nodes) {
    if (slot != "dc1/r1/0") node.release = "5.0.2";
  }
  TestPlan bad;
  bad[bad.Roll("dc1/r1/0")].set_release_changes(true);
  Decommission(bad, "dc2/r1/1");
  ExpectBroken(cluster, bad, "mixed-version");
  TestPlan good;
  const std::string restart = good.Roll("dc1/r1/0");
  good[restart].set_release_changes(true);
  Decommission(good, "dc2/r1/1", {restart});
  ExpectHolds(cluster, good);
}

TEST(MixedVersion, PatchReleasesStream) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r1/0"].release = "4.1.9";
  TestPlan plan;
  Decommission(plan, "dc1/r2/1");
  ExpectHolds(cluster, plan);
}

TEST(CleanupDebt, ReceiverOwes) {
  TestCluster cluster(1, 1, 4);
  for (int i = 0; i < 4; ++i) cluster.Owe(absl::StrCat("dc1/r1/", i));
  TestPlan bad;
  Decommission(bad, "dc1/r1/3");
  ExpectBroken(cluster, bad, "cleanup-debt");
  TestPlan good;
  std::vector<std::string> cleaned;
  for (int i = 0; i < 3; ++i) cleaned.push_back(Cleanup(good, absl::StrCat("dc1/r1/", i)));
  Decommission(good, "dc1/r1/3", cleaned);
  ExpectHolds(cluster, good);
}

TEST(CleanupDebt, JoinMakesDebt) {
  TestCluster cluster(1, 1, 4);
  TestPlan bad;
  Decommission(bad, "dc1/r1/0", {Start(bad, "dc1/r1/4")});
  ExpectBroken(cluster, bad, "cleanup-debt");
  TestPlan good;
  const std::string join = Start(good, "dc1/r1/4");
  std::vector<std::string> cleaned;
  for (int i = 0; i < 4; ++i) cleaned.push_back(Cleanup(good, absl::StrCat("dc1/r1/", i), {join}));
  Decommission(good, "dc1/r1/0", cleaned);
  ExpectHolds(cluster, good);
}

TEST(DrainUnit, RestartNeedsNothingElse) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  const std::string drain = bad.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/0"));
  const std::string other = Cleanup(bad, "dc1/r2/0");
  bad.Restart("dc1/r1/0", {drain, other});
  EXPECT_THAT(Broken(cluster, bad), ElementsAre("drain-unit"));
  TestPlan alone;
  alone.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/0"));
  EXPECT_THAT(Broken(cluster, alone), ElementsAre("drain-unit"));
  TestPlan good;
  const std::string before = Cleanup(good, "dc1/r2/0");
  const std::string second = good.Add(v1::ACTION_KIND_DRAIN, MemberTarget("dc1/r1/0"), {before});
  good.Restart("dc1/r1/0", {second, before});
  ExpectHolds(cluster, good);
}

TEST(MovementSources, DownReplica) {
  TestCluster cluster(1, 3, 3);
  cluster["dc1/r2/0"].up = false;
  TestPlan bad;
  Start(bad, "dc1/r1/3");
  EXPECT_THAT(Broken(cluster, bad), Contains("movement-sources"));
  EXPECT_THAT(BrokenByOrder(cluster, bad), Contains("movement-sources"));
  EXPECT_THAT(BrokenInStates(cluster, bad), Contains("movement-sources"));
  TestPlan good;
  Start(good, "dc1/r1/3", {good.Restart("dc1/r2/0")});
  ExpectHolds(cluster, good);
}

TEST(MovementSources, NothingReplicatesThere) {
  TestCluster cluster(2, 3, 1);
  cluster["dc2/r2/0"].up = false;
  cluster.Replicate("app", 3).mutable_datacenters()->RemoveLast();
  TestPlan plan;
  Start(plan, "dc2/r1/1");
  ExpectHolds(cluster, plan);
}

TEST(MovementSources, ReplaceTheDead) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r2/0"].up = false;
  TestPlan plan;
  Replace(plan, "dc1/r2/0");
  ExpectHolds(cluster, plan);
  cluster["dc1/r3/0"].up = false;
  EXPECT_THAT(Broken(cluster, plan), Contains("movement-sources"));
}

TEST(LiveTarget, OnlyTheDeadAreRemoved) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  const std::string aside = plan.Add(v1::ACTION_KIND_QUARANTINE_VOLUME, MemberTarget("dc1/r2/0"));
  plan.Add(v1::ACTION_KIND_REMOVE_NODE, MemberTarget("dc1/r2/0"), {aside});
  cluster["dc1/r2/0"].fenced = true;
  ExpectBroken(cluster, plan, "live-target");
  cluster["dc1/r2/0"].up = false;
  ExpectHolds(cluster, plan);
}

TEST(Fenced, WhatIsRemovedCannotStartAgain) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r2/0"].up = false;
  cluster["dc1/r2/0"].fenced = true;
  TestPlan with_volume;
  with_volume.Add(v1::ACTION_KIND_REMOVE_NODE, MemberTarget("dc1/r2/0"));
  ExpectBroken(cluster, with_volume, "fenced");
  TestPlan plan;
  const std::string aside = plan.Add(v1::ACTION_KIND_QUARANTINE_VOLUME, MemberTarget("dc1/r2/0"));
  plan.Add(v1::ACTION_KIND_REMOVE_NODE, MemberTarget("dc1/r2/0"), {aside});
  ExpectHolds(cluster, plan);
  cluster["dc1/r2/0"].fenced = false;
  ExpectBroken(cluster, plan, "fenced");
}

TEST(FreshVolume, ReplacementOnTheOldData) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r2/0"].up = false;
  TestPlan plan;
  plan.Add(v1::ACTION_KIND_REPLACE_NODE, MemberTarget("dc1/r2/0"));
  ExpectBroken(cluster, plan, "fresh-volume");
}

TEST(FreshVolume, JoinsOnNobodysData) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r1/1"].in_views = false;
  cluster["dc1/r1/1"].has_facts = false;
  TestPlan plan;
  Start(plan, "dc1/r1/1");
  ExpectBroken(cluster, plan, "fresh-volume");
  cluster["dc1/r1/1"].contents = v1::VOLUME_CONTENTS_UNSPECIFIED;
  ExpectBroken(cluster, plan, "fresh-volume");
  cluster["dc1/r1/1"].contents = v1::VOLUME_CONTENTS_EMPTY;
  ExpectHolds(cluster, plan);
}

TEST(FreshVolume, WipedAfterADecommission) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  const std::string gone = Decommission(bad, "dc1/r1/1");
  const std::string shrunk = bad.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"), {gone});
  Start(bad, "dc1/r1/1", {shrunk});
  ExpectBroken(cluster, bad, "fresh-volume");
  TestPlan good;
  const std::string left = Decommission(good, "dc1/r1/1");
  const std::string small = good.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"), {left});
  const std::string wiped = good.Add(v1::ACTION_KIND_DELETE_VOLUME, MemberTarget("dc1/r1/1"), {small});
  Start(good, "dc1/r1/1", {wiped});
  ExpectHolds(cluster, good);
}

TEST(FreshVolume, AMemberStartsOnItsOwnData) {
  TestCluster cluster(1, 3, 2);
  cluster["dc1/r1/1"].up = false;
  TestPlan plan;
  Start(plan, "dc1/r1/1");
  ExpectHolds(cluster, plan);
  cluster["dc1/r1/1"].contents = v1::VOLUME_CONTENTS_EMPTY;
  ExpectBroken(cluster, plan, "fresh-volume");
}

TEST(Identity, DestructiveActionsNameTheirMember) {
  const TestCluster cluster(1, 3, 2);
  TestPlan bad;
  bad.Add(v1::ACTION_KIND_DECOMMISSION, SlotTarget("dc1/r1/1"));
  EXPECT_THAT(Broken(cluster, bad), ElementsAre("identity"));
  TestPlan other;
  v1::Target target = SlotTarget("dc1/r1/1");
  target.set_host_id(HostId("dc1/r1/0"));
  other.Add(v1::ACTION_KIND_DECOMMISSION, target);
  EXPECT_THAT(Broken(cluster, other), ElementsAre("identity"));
  TestPlan good;
  target = MemberTarget("dc1/r1/1");
  target.set_uid("pod:dc1/r1/1");
  good.Add(v1::ACTION_KIND_DECOMMISSION, target);
  ExpectHolds(cluster, good);
  good["a1"].mutable_target()->set_uid("another");
  EXPECT_THAT(Broken(cluster, good), ElementsAre("identity"));
}

TEST(StaleEvidence, NothingDestructiveIsReady) {
  TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan[Decommission(plan, "dc1/r1/1")].set_ready(true);
  ExpectHolds(cluster, plan);
  cluster.schema_age = 400;
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("stale-evidence"));
  plan["a1"].set_ready(false);
  ExpectHolds(cluster, plan);
  plan["a1"].set_ready(true);
  cluster.schema_age = 10;
  cluster.view_age = 400;
  EXPECT_THAT(Broken(cluster, plan), Contains("stale-evidence"));
  cluster.base.mutable_policy()->set_max_evidence_age_seconds(500);
  ExpectHolds(cluster, plan);
}

TEST(ReplicationChange, NotDuringAMovement) {
  const TestCluster cluster(2, 3, 2);
  TestPlan bad;
  bad[bad.Add(v1::ACTION_KIND_ALTER_KEYSPACE, KeyspaceTarget("app", "dc2"))].set_replication_factor(4);
  Decommission(bad, "dc1/r1/1");
  ExpectBroken(cluster, bad, "replication-change");
  bad["a2"].add_requires_ids("a1");
  ExpectHolds(cluster, bad);
}

TEST(ReplicationChange, OneAtATimeAndNotWhatIsStreamed) {
  const TestCluster cluster(2, 3, 2);
  TestPlan bad;
  bad[bad.Add(v1::ACTION_KIND_ALTER_KEYSPACE, KeyspaceTarget("app", "dc1"))].set_replication_factor(4);
  bad[bad.Add(v1::ACTION_KIND_ALTER_KEYSPACE, KeyspaceTarget("app", "dc2"))].set_replication_factor(4);
  ExpectBroken(cluster, bad, "replication-change");
  bad["a2"].add_requires_ids("a1");
  ExpectHolds(cluster, bad);
  const std::string rebuild = bad.Add(v1::ACTION_KIND_REBUILD, MemberTarget("dc2/r1/0"), {"a1"});
  bad[rebuild].set_source_datacenter("dc1");
  ExpectBroken(cluster, bad, "replication-change");
  bad[rebuild].add_requires_ids("a2");
  ExpectHolds(cluster, bad);
}

TEST(UnknownKind, IsReported) {
  const TestCluster cluster(1, 3, 2);
  TestPlan plan;
  plan.Add(v1::ACTION_KIND_UNSPECIFIED, SlotTarget("dc1/r1/1"));
  EXPECT_THAT(Broken(cluster, plan), ElementsAre("unknown-kind"));
}

}  // namespace
}  // namespace cassplan::verify::testing
