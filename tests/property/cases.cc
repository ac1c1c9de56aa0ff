#include "tests/property/cases.h"

#include <gtest/gtest.h>

namespace cassplan::property {

using testing::Cluster;
using testing::Even;
using testing::Node;
using testing::ReplicationOf;
using testing::Shape;

namespace {

constexpr char kOld[] = "4.1.3";
constexpr char kNew[] = "5.0.2";

Cluster Converged(const Shape& shape, uint64_t seed) {
  Cluster c(shape, seed);
  c.policy.set_drain(false);
  return c;
}

Cluster Upgrade(const Shape& shape, uint64_t seed, bool drain = false) {
  Cluster c = Rolling(shape, seed, drain);
  c.release = kNew;
  return c;
}

ReplicationOf Simple(int rf) {
  ReplicationOf k;
  k.name = "app";
  k.simple = rf;
  return k;
}

ReplicationOf Network(const std::string& name, int rf) {
  ReplicationOf k;
  k.name = name;
  k.datacenters["dc1"] = rf;
  return k;
}

Cluster Bootstrap(uint64_t seed) {
  Cluster c = Converged({}, seed);
  c.desired = Even(2);
  c.keyspaces.clear();
  return c;
}

Cluster RollingTwoDcs(uint64_t seed) { return Rolling(Even(2, 3, 2), seed); }

Cluster RollingTwoDcsAtOnce(uint64_t seed) {
  Cluster c = RollingTwoDcs(seed);
  c.policy.set_max_datacenters(2);
  return c;
}

Cluster QuorumTwoDcs(uint64_t seed) {
  Cluster c = RollingTwoDcsAtOnce(seed);
  c.policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM);
  return c;
}

Cluster RollingSimple(uint64_t seed) {
  Cluster c = Rolling(Even(2), seed);
  c.keyspaces = {Simple(3)};
  return c;
}

Cluster RollingSimpleWide(uint64_t seed) {
  Cluster c = Rolling(Even(3), seed);
  c.keyspaces = {Simple(3)};
  c.policy.set_rack_width(3);
  return c;
}

Cluster TwoRacks(uint64_t seed) { return Rolling(Even(3, 2), seed); }

Cluster TwoRacksWide(uint64_t seed) {
  Cluster c = Rolling(Even(6, 2), seed);
  c.policy.set_rack_width(4);
  return c;
}

Cluster Rf1Report(uint64_t seed) {
  Cluster c = Rolling(Even(2), seed);
  c.keyspaces.push_back(Network("one", 1));
  return c;
}

Cluster Rf1Hold(uint64_t seed) {
  Cluster c = Rf1Report(seed);
  c.policy.set_intolerant(v1::INTOLERANT_POLICY_HOLD);
  return c;
}

Cluster Rf2TwoRacks(uint64_t seed) {
  Cluster c = Rolling(Even(3, 2), seed);
  c.keyspaces = {Network("two", 2)};
  return c;
}

Cluster OneFailed(uint64_t seed) {
  Cluster c = Rolling(Even(4), seed);
  Down(&c, "dc1/r2/0", true);
  return c;
}

Cluster BrokenRack(uint64_t seed) {
  Cluster c = Rolling(Even(3), seed);
  Down(&c, "dc1/r2/0", false);
  return c;
}

Cluster TwoBroken(uint64_t seed) {
  Cluster c = Rolling(Even(3), seed);
  Down(&c, "dc1/r1/1", false);
  Down(&c, "dc1/r2/0", false);
  return c;
}

Cluster BrokenTwoDcs(uint64_t seed) {
  Cluster c = Rolling(Even(2, 3, 2), seed);
  Down(&c, "dc1/r1/1", false);
  Down(&c, "dc2/r2/0", false);
  return c;
}

Cluster ScaleOut(uint64_t seed) {
  Cluster c = Converged(Even(2), seed);
  c.desired = Even(3);
  return c;
}

Cluster ScaleIn(uint64_t seed) {
  Cluster c = Converged(Even(3), seed);
  c.desired = Even(2);
  return c;
}

Cluster ScaleInTwoRacks(uint64_t seed) {
  Cluster c = Converged(Even(4, 2), seed);
  c.desired = Even(3, 2);
  return c;
}

Cluster DebtThenLeave(uint64_t seed) {
  Cluster c = ScaleIn(seed);
  for (auto& [slot, node] : c.nodes()) node.owes_cleanup = node.ordinal < 2;
  return c;
}

Cluster OutAndIn(uint64_t seed) {
  Shape before = Even(2);
  before["dc1"]["r2"] = 3;
  Cluster c = Converged(before, seed);
  c.desired = Even(2);
  c.desired["dc1"]["r1"] = 3;
  return c;
}

Cluster ImageShrink(uint64_t seed) {
  Cluster c = Rolling(Even(3), seed);
  c.desired = Even(2);
  return c;
}

Cluster ReleaseShrink(uint64_t seed) {
  Cluster c = Upgrade(Even(3), seed);
  c.desired = Even(2);
  return c;
}

Cluster ReleaseShrinkOneDown(uint64_t seed) {
  Cluster c = ReleaseShrink(seed);
  Down(&c, "dc1/r2/0", true);
  return c;
}

Cluster ImageGrow(uint64_t seed) {
  Cluster c = Rolling(Even(2), seed);
  c.desired = Even(3);
  return c;
}

Cluster ReleaseGrow(uint64_t seed) {
  Cluster c = Upgrade(Even(2), seed);
  c.desired = Even(3);
  return c;
}

Cluster ReleaseAndGrowElsewhere(uint64_t seed) {
  Cluster c = Upgrade(Even(2, 3, 2), seed);
  c.desired["dc2"]["r1"] = 3;
  return c;
}

Cluster ReleaseAndGrowElsewhereAtOnce(uint64_t seed) {
  Cluster c = ReleaseAndGrowElsewhere(seed);
  c.policy.set_max_datacenters(2);
  return c;
}

// dc2 runs the new release already, dc1 does not.
Cluster UpgradeElsewhereJoin(uint64_t seed) {
  Cluster c = ReleaseAndGrowElsewhere(seed);
  for (auto& [slot, node] : c.nodes()) {
    if (node.dc != "dc2") continue;
    node.revision = "B";
    node.release = kNew;
    c.templates[{"dc2", node.rack}] = "B";
  }
  return c;
}

Cluster GrowSimple(uint64_t seed) {
  Cluster c = RollingSimple(seed);
  c.desired = Even(3);
  c.policy.set_rack_width(2);
  return c;
}

Cluster AddDc(uint64_t seed) {
  Cluster c = Converged(Even(2), seed);
  for (const char* rack : {"r1", "r2", "r3"}) c.desired["dc2"][rack] = 1;
  c.desired_keyspaces["app"].datacenters = {{"dc1", 3}, {"dc2", 3}};
  c.policy.set_clients_are_dc_local(true);
  return c;
}

Cluster AddDcImage(uint64_t seed) {
  Cluster c = AddDc(seed);
  c.revision = "B";
  return c;
}

Cluster ReplaceDead(uint64_t seed) {
  Cluster c = Converged(Even(3), seed);
  Down(&c, "dc1/r2/0", true);
  c.replace["dc1/r2/0"] = c.node("dc1/r2/0").host_id;
  return c;
}

Cluster ReplaceDeadImage(uint64_t seed) {
  Cluster c = ReplaceDead(seed);
  c.revision = "B";
  return c;
}

// dc1/r2/0 is dead since two hours, and policy replaces it; it is a seed.
Cluster ReplaceSeedByPolicy(uint64_t seed) {
  Cluster c = Converged(Even(3), seed);
  Down(&c, "dc1/r2/0", false);
  c.node("dc1/r2/0").down_for = 7200;
  c.seeds = c.observed_seeds = {"dc1/r1/0", "dc1/r2/0"};
  c.policy.set_dead_node(v1::DEAD_NODE_POLICY_REPLACE);
  return c;
}

// Its Pod waits for a machine; nothing starts there without a permit.
Cluster RemoveDead(uint64_t seed) {
  Cluster c = Converged(Even(3), seed);
  Down(&c, "dc1/r2/2", false);
  c.node("dc1/r2/2").down_for = 7200;
  c.node("dc1/r2/2").pending = true;
  c.start_permits = true;
  c.desired["dc1"]["r2"] = 2;
  c.policy.set_dead_node(v1::DEAD_NODE_POLICY_REMOVE);
  return c;
}

Cluster GrowOneDown(uint64_t seed) {
  Cluster c = ScaleOut(seed);
  Down(&c, "dc1/r2/0", true);
  return c;
}

Cluster HeldJoinKeepsCleanup(uint64_t seed) {
  Cluster c = GrowOneDown(seed);
  for (auto& [slot, node] : c.nodes()) node.owes_cleanup = true;
  return c;
}

// A person has begun a decommission by hand.
Cluster ForeignMove(uint64_t seed) {
  Cluster c = Rolling(Even(4), seed);
  Node& mover = c.node("dc1/r1/0");
  mover.movement = v1::PEER_MOVEMENT_LEAVING;
  mover.mode = v1::NODE_MODE_LEAVING;
  return c;
}

Cluster SwapAtFloor(uint64_t seed) {
  Shape before;
  before["dc1"] = {{"r1", 2}, {"r2", 1}, {"r3", 1}};
  Cluster c = Converged(before, seed);
  c.keyspaces[0].datacenters["dc1"] = 4;
  c.desired["dc1"] = {{"r1", 1}, {"r2", 2}, {"r3", 1}};
  return c;
}

Cluster ImageGrowTwoRacks(uint64_t seed) {
  Cluster c = Rolling(Even(5, 2), seed);
  c.desired["dc1"]["r1"] = 6;
  c.policy.set_rack_width(3);
  return c;
}

Cluster ShrinkOneDown(uint64_t seed) {
  Cluster c = Rolling(Even(4), seed);
  Down(&c, "dc1/r3/0", false);
  c.desired["dc1"]["r1"] = 3;
  return c;
}

Cluster UpgradeJoinInFlight(uint64_t seed) {
  Cluster c = Upgrade(Even(2, 3, 2), seed, true);
  c.policy.set_max_datacenters(2);
  c.desired["dc2"]["r1"] = 3;
  c.replicas[{"dc2", "r1"}] = 3;
  c.InFlight("join-in-flight", v1::ACTION_KIND_START_NODE, "dc2/r1/2");
  return c;
}

// A join is under way before anything is restarted: nobody knows which tokens it draws.
Cluster UnknownTokens(uint64_t seed) {
  Cluster c = Rolling(Even(8, 2), seed);
  c.keyspaces = {Simple(3)};
  c.policy.set_rack_width(6);
  c.desired["dc1"]["r1"] = 9;
  c.replicas[{"dc1", "r1"}] = 9;
  c.InFlight("join-in-flight", v1::ACTION_KIND_START_NODE, "dc1/r1/8");
  return c;
}

Cluster Drained(uint64_t seed) {
  Cluster c = Rolling(Even(3), seed, true);
  Node& node = c.node("dc1/r1/1");
  node.up = false;
  node.mode = v1::NODE_MODE_DRAINED;
  return c;
}

// Two of a rack leave one after the other, and all owe a cleanup.
Cluster ShrinkTwoEach(uint64_t seed) {
  Cluster c = Converged(Even(4), seed);
  c.desired = Even(2);
  for (auto& [slot, node] : c.nodes()) node.owes_cleanup = node.ordinal != 1;
  return c;
}

Cluster GrowTwoEach(uint64_t seed) {
  Cluster c = Rolling(Even(1), seed, true);
  c.desired = Even(3);
  return c;
}

// One datacenter grows, the other shrinks, and all is restarted.
Cluster GrowHereShrinkThere(uint64_t seed) {
  Cluster c = Rolling(Even(2, 3, 2), seed);
  for (const char* rack : {"r1", "r2", "r3"}) {
    c.desired["dc1"][rack] = 3;
    c.desired["dc2"][rack] = 1;
  }
  return c;
}

// The same with a keyspace that makes them one ring.
Cluster GrowHereShrinkThereSimple(uint64_t seed) {
  Cluster c = GrowHereShrinkThere(seed);
  c.keyspaces.push_back(Simple(3));
  c.keyspaces.back().name = "whole";
  return c;
}

Cluster BootstrapTwoDcs(uint64_t seed) {
  Cluster c = Converged({}, seed);
  c.desired = Even(1, 3, 2);
  c.keyspaces.clear();
  return c;
}

Cluster AlterUp(uint64_t seed) {
  Cluster c = Converged(Even(2), seed);
  c.keyspaces[0].datacenters["dc1"] = 2;
  c.desired_keyspaces["app"].datacenters = {{"dc1", 3}};
  c.desired["dc1"]["r1"] = 3;
  return c;
}

// Two keyspaces reach a new datacenter, which is restarted, too.
Cluster TwoKeyspacesReachADc(uint64_t seed) {
  Cluster c = Rolling(Even(1, 3, 2), seed);
  for (const char* name : {"app", "more"}) {
    c.desired_keyspaces[name].datacenters = {{"dc1", 3}, {"dc2", 3}};
  }
  c.keyspaces = {Network("app", 3), Network("more", 3)};
  c.policy.set_clients_are_dc_local(true);
  return c;
}

Cluster DeadAndReplaceAndGrow(uint64_t seed) {
  Cluster c = ReplaceDeadImage(seed);
  c.desired["dc1"]["r3"] = 4;
  return c;
}

Cluster Rolling3x3(uint64_t seed) { return Rolling(Even(3), seed, true); }

}  // namespace

Cluster Rolling(const Shape& shape, uint64_t seed, bool drain) {
  Cluster c(shape, seed);
  c.revision = "B";
  c.release = kOld;
  c.policy.set_drain(drain);
  return c;
}

void Down(Cluster* cluster, const std::string& slot, bool failed) {
  cluster->node(slot).up = false;
  cluster->node(slot).failed = failed;
  if (failed) cluster->policy.set_max_failed_restarts(2);  // one is let pass, so that the other rules show
}

const std::vector<Case>& SmallCases() {
  static const std::vector<Case>* const kCases = new std::vector<Case>{
      {"Bootstrap", Bootstrap},
      {"Rolling3x3", Rolling3x3},
      {"RollingTwoDcs", RollingTwoDcs},
      {"RollingTwoDcsAtOnce", RollingTwoDcsAtOnce},
      {"QuorumTwoDcs", QuorumTwoDcs},
      {"RollingSimple", RollingSimple},
      {"RollingSimpleWide", RollingSimpleWide},
      {"TwoRacks", TwoRacks},
      {"TwoRacksWide", TwoRacksWide},
      {"Rf1Report", Rf1Report},
      {"Rf1Hold", Rf1Hold},
      {"Rf2TwoRacks", Rf2TwoRacks},
      {"OneFailed", OneFailed},
      {"BrokenRack", BrokenRack},
      {"TwoBroken", TwoBroken},
      {"BrokenTwoDcs", BrokenTwoDcs},
      {"ScaleOut", ScaleOut},
      {"ScaleIn", ScaleIn},
      {"ScaleInTwoRacks", ScaleInTwoRacks},
      {"DebtThenLeave", DebtThenLeave},
      {"OutAndIn", OutAndIn},
      {"ImageShrink", ImageShrink},
      {"ReleaseShrink", ReleaseShrink},
      {"ReleaseShrinkOneDown", ReleaseShrinkOneDown},
      {"ImageGrow", ImageGrow},
      {"ReleaseGrow", ReleaseGrow},
      {"ReleaseAndGrowElsewhere", ReleaseAndGrowElsewhere},
      {"ReleaseAndGrowElsewhereAtOnce", ReleaseAndGrowElsewhereAtOnce},
      {"UpgradeElsewhereJoin", UpgradeElsewhereJoin},
      {"GrowSimple", GrowSimple},
      {"AddDc", AddDc},
      {"AddDcImage", AddDcImage},
      {"ReplaceDead", ReplaceDead},
      {"ReplaceDeadImage", ReplaceDeadImage},
      {"ReplaceSeedByPolicy", ReplaceSeedByPolicy},
      {"RemoveDead", RemoveDead},
      {"GrowOneDown", GrowOneDown},
      {"HeldJoinKeepsCleanup", HeldJoinKeepsCleanup},
      {"ForeignMove", ForeignMove},
      {"SwapAtFloor", SwapAtFloor},
      {"ImageGrowTwoRacks", ImageGrowTwoRacks},
      {"ShrinkOneDown", ShrinkOneDown},
      {"UpgradeJoinInFlight", UpgradeJoinInFlight},
      {"UnknownTokens", UnknownTokens},
      {"Drained", Drained},
      {"ShrinkTwoEach", ShrinkTwoEach},
      {"GrowTwoEach", GrowTwoEach},
      {"GrowHereShrinkThere", GrowHereShrinkThere},
      {"GrowHereShrinkThereSimple", GrowHereShrinkThereSimple},
      {"BootstrapTwoDcs", BootstrapTwoDcs},
      {"AlterUp", AlterUp},
      {"TwoKeyspacesReachADc", TwoKeyspacesReachADc},
      {"DeadAndReplaceAndGrow", DeadAndReplaceAndGrow},
  };
  return *kCases;
}

Cluster MakeCase(const std::string& name, uint64_t seed) {
  for (const Case& c : SmallCases()) {
    if (c.name == name) return c.make(seed);
  }
  ADD_FAILURE() << "no case " << name;
  return Rolling(Even(1), seed);
}

}  // namespace cassplan::property
