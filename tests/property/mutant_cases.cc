#include "tests/property/mutant_cases.h"

#include "lib/planner/guards/guard.h"
#include "lib/planner/pipeline.h"
#include "tests/property/cases.h"
#include "tests/property/support.h"
#include "tests/testing/edit.h"

namespace cassplan::property {
namespace {

// ---- seen by the verifier

v1::PlanRequest SlotThatNeverJoined() {
  Cluster c(Even(1));
  testing::Node& started = c.AddNode("dc1", "r1", 1);
  started.in_views = started.up = false;
  started.mode = v1::NODE_MODE_STARTING;
  v1::PlanRequest request = c.Build();
  testing::VolumeReportOf("dc1/r1/1", &request)->mutable_subject()->clear_uid();
  return request;
}

// dc2/r1/0 leaves by hand while dc1 shall grow.
v1::PlanRequest JoinBesideALeave() {
  Cluster c(Even(2, 3, 2));
  c.desired["dc1"]["r1"] = 3;
  testing::Node& mover = c.node("dc2/r1/0");
  mover.movement = v1::PEER_MOVEMENT_LEAVING;
  mover.mode = v1::NODE_MODE_LEAVING;
  return c.Build();
}

v1::PlanRequest JoinInAMixedCluster() { return MakeCase("UpgradeElsewhereJoin").Build(); }

v1::PlanRequest LeaveWithoutTheJoin() {
  Cluster c = MakeCase("SwapAtFloor");
  testing::Pause(v1::ACTION_KIND_START_NODE, &c.policy);
  return c.Build();
}

// A keyspace shall get replicas in dc2 while a node of dc1 leaves by hand.
v1::PlanRequest AlterWhileRangesMove() {
  Cluster c(Even(2, 3, 2));
  c.keyspaces[0].datacenters["dc2"] = 0;
  c.desired_keyspaces["app"].datacenters = {{"dc1", 3}, {"dc2", 3}};
  c.policy.set_clients_are_dc_local(true);
  testing::Node& mover = c.node("dc1/r1/0");
  mover.movement = v1::PEER_MOVEMENT_LEAVING;
  mover.mode = v1::NODE_MODE_LEAVING;
  return c.Build();
}

// dc2 is not desired any more, and who is in the ring is not known.
v1::PlanRequest RackGoesFromAnUnknownRing() {
  Cluster c(Even(1));
  c.templates[{"dc2", "r1"}] = "A";
  v1::PlanRequest request = c.Build();
  testing::DropReports(v1::Report::kView, &request);
  return request;
}

v1::PlanRequest JoinOnAnUnknownVolume() {
  Cluster c(Even(1));
  c.desired["dc1"]["r1"] = 2;
  v1::PlanRequest request = c.Build();
  testing::AddVolume("dc1/r1/1", &request);
  return request;
}

v1::PlanRequest DropASlotBelowOthers() {
  Cluster c(Even(3));
  testing::Node& left = c.node("dc1/r1/1");
  left.in_views = false;
  left.mode = v1::NODE_MODE_DECOMMISSIONED;
  return c.Build();
}

v1::PlanRequest ShrinkWhileTheNodeLeaves() {
  Cluster c(Even(2));
  c.desired["dc1"]["r1"] = 1;
  testing::Node& leaver = c.node("dc1/r1/1");
  leaver.movement = v1::PEER_MOVEMENT_LEAVING;
  leaver.mode = v1::NODE_MODE_LEAVING;
  return c.Build();
}

v1::PlanRequest LeaveWithDebt() {
  Cluster c = MakeCase("DebtThenLeave");
  testing::Pause(v1::ACTION_KIND_CLEANUP, &c.policy);
  return c.Build();
}

v1::PlanRequest JoinWithADonorDown() { return MakeCase("GrowOneDown").Build(); }
v1::PlanRequest RestartWhileRangesMove() { return MakeCase("ForeignMove").Build(); }
v1::PlanRequest TwoDatacentersAtOnce() { return MakeCase("RollingTwoDcs").Build(); }

// Two nodes of different racks are left that have another template; they share no range.
v1::PlanRequest TwoRacksAtOnce() {
  Cluster c(Even(6), 1, 1);
  c.revision = "B";
  c.policy.set_drain(false);
  for (const char* rack : {"r1", "r2", "r3"}) c.templates[{"dc1", rack}] = "B";
  for (auto& [slot, node] : c.nodes()) {
    if (slot != "dc1/r1/0" && slot != "dc1/r2/0") node.revision = "B";
  }
  return c.Build();
}

// Its Pod is there, and could start it again after it was removed.
v1::PlanRequest RemoveWhatMayStart() {
  Cluster c(Even(2));
  c.start_permits = true;
  c.node("dc1/r1/1").up = false;
  c.node("dc1/r1/1").down_for = 7200;
  c.policy.set_dead_node(v1::DEAD_NODE_POLICY_REMOVE);
  return c.Build();
}

// A new template would restart a node that missed deletions which are forgotten by now.
v1::PlanRequest RestartBeyondGrace() {
  Cluster c = Rolling(Even(2), 1);
  c.node("dc1/r1/1").up = false;
  c.node("dc1/r1/1").down_for = 11 * 86400;
  return c.Build();
}

v1::PlanRequest RestartBesideADeadNode() { return MakeCase("OneFailed").Build(); }

// Whether the class of the volumes can grow them is not known.
v1::PlanRequest GrowUnknownClass() {
  v1::PlanRequest request = Cluster(Even(1)).Build();
  testing::DesiredRackOf("dc1/r1", &request)->mutable_volume()->set_capacity_bytes(int64_t{200} << 30);
  return request;
}

// ---- seen in the plan only

v1::PlanRequest PausedRestart() {
  Cluster c = Rolling(Even(1), 1);
  testing::Pause(v1::ACTION_KIND_RESTART_NODE, &c.policy);
  return c.Build();
}

v1::PlanRequest RestartBesideASickNode() {
  Cluster cluster(Even(1));
  cluster.revision = "B";
  v1::PlanRequest request = cluster.Build();
  testing::NodeFactsOf("dc1/r2/0", &request)->set_pending_compactions(100'000);
  return request;
}

v1::PlanRequest FlushOfANodeThatIsDown() {
  Cluster cluster(Even(1));
  cluster.node("dc1/r1/0").up = false;
  v1::PlanRequest request = cluster.Build();
  v1::RequestedOperation* o = request.mutable_desired()->add_operations();
  o->set_uid("asked");
  o->set_kind(v1::ACTION_KIND_FLUSH);
  testing::SetSlot("dc1/r1/0", o->mutable_target());
  return request;
}

v1::PlanRequest CleanupWithoutAutoPilot() {
  Cluster c(Even(1));
  c.node("dc1/r1/0").owes_cleanup = true;
  v1::PlanRequest request = c.Build();
  request.mutable_desired()->set_auto_cleanup(false);
  return request;
}

v1::PlanRequest CanaryOfARack() {
  v1::PlanRequest request = Rolling(Even(2), 1).Build();
  testing::DesiredRackOf("dc1/r1", &request)->set_partition(1);
  return request;
}

v1::PlanRequest RestartThatFailed() {
  Cluster c = Rolling(Even(1), 1);
  Down(&c, "dc1/r1/0", true);
  c.policy.clear_max_failed_restarts();
  return c.Build();
}

v1::PlanRequest UnknownPartitioner() {
  v1::PlanRequest request = Rolling(Even(1), 1).Build();
  testing::NodeFactsOf("dc1/r1/0", &request)->set_partitioner("RandomPartitioner");
  return request;
}

v1::PlanRequest RackOfAnotherOwner() {
  v1::PlanRequest request = Rolling(Even(1), 1).Build();
  testing::RackFactsOf("dc1/r1", &request)->set_owner_id("other");
  return request;
}

v1::PlanRequest DiskTooSmall() {
  Cluster c(Even(2));
  c.desired = Even(1);
  for (auto& [slot, node] : c.nodes()) node.load = int64_t{60} << 30;
  // A scale-in that has begun is not refused whole.
  c.node("dc1/r3/1").in_views = false;
  c.node("dc1/r3/1").mode = v1::NODE_MODE_DECOMMISSIONED;
  return c.Build();
}

v1::PlanRequest SchemaDiffers() {
  Cluster c(Even(1));
  c.desired["dc1"]["r1"] = 2;
  c.node("dc1/r2/0").schema_version = "s2";
  return c.Build();
}

v1::PlanRequest ReplaceTheOnlyReplica() {
  Cluster c = MakeCase("ReplaceDead");
  testing::ReplicationOf once;
  once.name = "once";
  once.datacenters["dc1"] = 1;
  c.keyspaces.push_back(once);
  return c.Build();
}

v1::PlanRequest JoinAsItsOwnSeed() {
  Cluster c(Even(1));
  c.desired["dc1"]["r1"] = 2;
  c.seeds = {"dc1/r1/0", "dc1/r1/1"};
  return c.Build();
}

}  // namespace

v1::PlanResponse PlanWithout(const std::string& guard, const v1::PlanRequest& request) {
  planner::ScheduleOptions options;
  if (!guard.empty()) options.without_guards = uint64_t{1} << planner::GuardNumber(guard);
  return planner::RunPipeline(request, options, nullptr);
}

const std::vector<Seen>& SeenByTheVerifier() {
  static const std::vector<Seen>* const kSeen = new std::vector<Seen>{
      {"identity", "SlotThatNeverJoined", SlotThatNeverJoined, "identity"},
      {"one-topology-change", "JoinBesideALeave", JoinBesideALeave, "one-topology-change"},
      {"mixed-version", "JoinInAMixedCluster", JoinInAMixedCluster, "mixed-version"},
      {"replication-floor", "LeaveWithoutTheJoin", LeaveWithoutTheJoin, "replication-floor"},
      {"replication-change", "AlterWhileRangesMove", AlterWhileRangesMove, "replication-change"},
      {"fresh-volume", "JoinOnAnUnknownVolume", JoinOnAnUnknownVolume, "fresh-volume"},
      {"fresh-volume", "DropASlotBelowOthers", DropASlotBelowOthers, "highest-slot"},
      {"volume-last", "ShrinkWhileTheNodeLeaves", ShrinkWhileTheNodeLeaves, "left-first"},
      {"cleanup-debt", "LeaveWithDebt", LeaveWithDebt, "cleanup-debt"},
      {"movement-sources", "JoinWithADonorDown", JoinWithADonorDown, "movement-sources"},
      {"range-movement", "RestartWhileRangesMove", RestartWhileRangesMove, "range-movement"},
      {"one-rack", "TwoDatacentersAtOnce", TwoDatacentersAtOnce, "max-datacenters"},
      {"one-rack", "TwoRacksAtOnce", TwoRacksAtOnce, "one-rack"},
      {"fenced", "RemoveWhatMayStart", RemoveWhatMayStart, "fenced"},
      {"replace-window", "RestartBeyondGrace", RestartBeyondGrace, "replace-window"},
      {"quorum", "RestartBesideADeadNode", RestartBesideADeadNode, "quorum"},
      {"volume-growth", "GrowUnknownClass", GrowUnknownClass, "volume-growth"},
  };
  return *kSeen;
}

const std::vector<Unseen>& UnseenByTheVerifier() {
  static const std::vector<Unseen>* const kUnseen = new std::vector<Unseen>{
      {"supported", "UnknownPartitioner", UnknownPartitioner, "restart_node dc1/r1/0"},
      {"ownership", "RackOfAnotherOwner", RackOfAnotherOwner, "update_rack dc1/r1"},
      {"paused", "PausedRestart", PausedRestart, "restart_node dc1/r1/0"},
      {"healthy", "RestartBesideASickNode", RestartBesideASickNode, "restart_node dc1/r1/0"},
      {"node-up", "FlushOfANodeThatIsDown", FlushOfANodeThatIsDown, "flush dc1/r1/0"},
      {"approval", "CleanupWithoutAutoPilot", CleanupWithoutAutoPilot, "cleanup dc1/r1/0"},
      {"canary", "CanaryOfARack", CanaryOfARack, "restart_node dc1/r1/0"},
      {"failure-stop", "RestartThatFailed", RestartThatFailed, "restart_node dc1/r1/0"},
      {"schema-agreement", "SchemaDiffers", SchemaDiffers, "start_node dc1/r1/1"},
      {"datacenter-empty", "RackGoesFromAnUnknownRing", RackGoesFromAnUnknownRing, "delete_rack dc2/r1"},
      {"single-replica", "ReplaceTheOnlyReplica", ReplaceTheOnlyReplica, "replace_node dc1/r2/0"},
      {"seeds", "JoinAsItsOwnSeed", JoinAsItsOwnSeed, "start_node dc1/r1/1"},
      {"disk-forecast", "DiskTooSmall", DiskTooSmall, "decommission dc1/r1/1"},
  };
  return *kUnseen;
}

}  // namespace cassplan::property
