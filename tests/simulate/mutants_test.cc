// Each guard is taken out once, and the fake cluster is let run. What the guard would have held then happens, and the
// simulator must say so. The conditions just before a start would stop most of it even so: they are taken out, too.
// docs/mutants.md lists the cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cassplan/simulate.h"
#include "lib/planner/guards/guard.h"
#include "tests/property/mutant_cases.h"
#include "tests/property/support.h"
#include "tests/testing/edit.h"

namespace cassplan {
namespace {

using property::Cluster;
using property::Even;

struct Killed {
  std::string guard;
  std::string name;  // of a request of tests/property/mutant_cases.cc, or one of here
  std::string invariant;
  std::vector<std::string> faults;
};

v1::PlanRequest JoinOfASeed() {
  Cluster c(Even(1));
  c.desired["dc1"]["r1"] = 2;
  c.seeds = c.observed_seeds = {"dc1/r1/0", "dc1/r1/1"};
  return c.Build();
}

// dc2 is not desired any more; the workload of its rack was scaled to nothing by hand, and its node never left.
v1::PlanRequest RackOfAMember() {
  Cluster c(Even(1));
  testing::Node& node = c.AddNode("dc2", "r1", 0);
  node.up = node.answers = node.slot_present = false;
  c.templates[{"dc2", "r1"}] = "A";
  c.replicas[{"dc2", "r1"}] = 0;
  c.desired = Even(1);
  return c.Build();
}

v1::PlanRequest GoodTemplate() {
  Cluster c(Even(2));
  c.revision = "B";
  return c.Build();
}

v1::PlanRequest ScaleInThatFits() {
  Cluster c(Even(2));
  c.desired = Even(1);
  for (auto& [slot, node] : c.nodes()) node.load = int64_t{30} << 30;
  return c.Build();
}

v1::PlanRequest Named(const std::string& name) {
  for (const property::Seen& s : property::SeenByTheVerifier()) {
    if (s.name == name) return s.make();
  }
  for (const property::Unseen& s : property::UnseenByTheVerifier()) {
    if (s.name == name) return s.make();
  }
  if (name == "JoinOfASeed") return JoinOfASeed();
  if (name == "RackOfAMember") return RackOfAMember();
  if (name == "GoodTemplate") return GoodTemplate();
  if (name == "ScaleInThatFits") return ScaleInThatFits();
  ADD_FAILURE() << "no request is called " << name;
  return {};
}

const std::vector<Killed>& Kills() {
  static const auto* const kills = new std::vector<Killed>{
      {"identity", "ScaleInThatFits", "identity", {"missing=uids at=0s for=1d"}},
      {"one-topology-change", "JoinBesideALeave", "one-topology-change", {"stuck=streams at=0s for=1h"}},
      {"mixed-version", "JoinInAMixedCluster", "mixed-version", {}},
      {"replication-floor", "LeaveWithoutTheJoin", "replication-floor", {}},
      {"replication-change", "AlterWhileRangesMove", "replication-change", {"stuck=streams at=0s for=1h"}},
      {"fresh-volume", "JoinOnAnUnknownVolume", "fresh-volume", {}},
      {"volume-last", "ShrinkWhileTheNodeLeaves", "left-first", {"stuck=streams at=0s for=1h"}},
      {"cleanup-debt", "LeaveWithDebt", "cleanup-debt", {}},
      {"movement-sources", "JoinWithADonorDown", "movement-sources", {}},
      {"range-movement", "RestartWhileRangesMove", "range-movement", {"stuck=streams at=0s for=1h"}},
      {"one-rack", "TwoDatacentersAtOnce", "max-datacenters", {}},
      {"one-rack", "TwoRacksAtOnce", "one-rack", {}},
      {"fenced", "RemoveWhatMayStart", "fenced", {}},
      {"replace-window", "RestartBeyondGrace", "replace-window", {}},
      {"quorum", "RestartBesideADeadNode", "quorum", {}},
      {"volume-growth", "GrowUnknownClass", "volume-growth", {}},
      {"supported", "UnknownPartitioner", "supported", {}},
      {"ownership", "RackOfAnotherOwner", "ownership", {}},
      {"paused", "PausedRestart", "paused", {}},
      {"healthy", "RestartBesideASickNode", "healthy", {}},
      {"node-up", "FlushOfANodeThatIsDown", "node-up", {}},
      {"approval", "CleanupWithoutAutoPilot", "approval", {}},
      {"canary", "CanaryOfARack", "canary", {}},
      {"failure-stop", "GoodTemplate", "failure-stop", {"crash-loop=dc1/r1/0 at=20s for=2h"}},
      {"schema-agreement", "SchemaDiffers", "schema-agreement", {}},
      {"single-replica", "ReplaceTheOnlyReplica", "data-loss", {}},
      {"seeds", "JoinOfASeed", "seeds", {}},
      {"datacenter-empty", "RackOfAMember", "left-first", {"missing=jolokia at=0s for=1d"}},
      {"disk-forecast", "ScaleInThatFits", "disk-forecast", {"fill=dc1/r3/0:60% at=30s"}},
  };
  return *kills;
}

v1::SimulationResult Played(const Killed& kill, bool with) {
  v1::SimulationRequest request;
  *request.mutable_start() = Named(kill.name);
  request.set_seed(1);
  request.set_limit_seconds(3 * 3600);
  for (const std::string& fault : kill.faults) request.add_faults(fault);
  SimulateHooks hooks;
  const std::string guard = with ? "" : kill.guard;
  // Where the seed list is known a seed that joins is taken out of it before, guard or no guard.
  const bool list_untold = kill.guard == "seeds";
  hooks.plan = [guard, list_untold](const v1::PlanRequest& r) -> absl::StatusOr<v1::PlanResponse> {
    v1::PlanRequest told = r;
    if (list_untold) testing::DropReports(v1::Report::kSeeds, &told);
    v1::PlanResponse response = property::PlanWithout(guard, told);
    if (guard.empty()) return response;
    for (v1::Action& a : *response.mutable_plan()->mutable_actions()) a.clear_preconditions();
    return response;
  };
  const auto result = Simulate(request, hooks);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : v1::SimulationResult();
}

std::string Violated(const v1::SimulationResult& result) {
  std::string out;
  for (const v1::SimulationViolation& v : result.violations())
    absl::StrAppend(&out, v.invariant(), ": ", v.text(), "\n");
  return out;
}

std::string Story(const v1::SimulationResult& result) {
  std::string out;
  for (const v1::SimulationEvent& e : result.events()) {
    if (e.kind() != "withdrawn") absl::StrAppend(&out, e.at_seconds(), " ", e.kind(), " ", e.text(), "\n");
  }
  for (const v1::Held& h : result.held()) {
    for (const v1::Refusal& by : h.by()) absl::StrAppend(&out, "held by ", by.guard(), ": ", by.text(), "\n");
  }
  return out;
}

TEST(Mutants, TheSimulatorSeesWhatGoesWrong) {
  for (const Killed& kill : Kills()) {
    SCOPED_TRACE(absl::StrCat(kill.guard, " ", kill.name));
    const v1::SimulationResult with = Played(kill, true);
    EXPECT_EQ(Violated(with), "") << Story(with);
    const v1::SimulationResult without = Played(kill, false);
    EXPECT_THAT(Violated(without), ::testing::HasSubstr(kill.invariant + ": ")) << Story(without);
  }
}

TEST(Mutants, EveryGuardHasOneInTheSimulator) {
  std::set<std::string> guards;
  for (const Killed& kill : Kills()) guards.insert(kill.guard);
  for (const planner::Guard& guard : planner::Guards()) {
    EXPECT_EQ(guards.count(std::string(guard.slug)), 1u) << guard.slug;
  }
}

}  // namespace
}  // namespace cassplan
