// The simulator notices: what cannot be read, a planner that loses data, a guard that is left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "cassplan/simulate.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/pipeline.h"
#include "tests/simulate/judge.h"
#include "tests/testing/cluster.h"
#include "tests/transcripts/script.h"

namespace cassplan {
namespace {

using testing::Cluster;
using testing::Even;
using ::testing::HasSubstr;

v1::SimulationRequest Of(const Cluster& cluster) {
  v1::SimulationRequest request;
  *request.mutable_start() = cluster.Build();
  request.set_seed(3);
  request.set_limit_seconds(4 * 3600);
  return request;
}

std::string Problem(const std::string& fault) {
  v1::SimulationRequest request = Of(Cluster(Even(1)));
  request.add_faults(fault);
  const auto result = Simulate(request);
  return result.ok() ? "" : std::string(result.status().message());
}

std::string Violated(const v1::SimulationResult& result) {
  std::string text;
  for (const v1::SimulationViolation& v : result.violations()) absl::StrAppend(&text, v.invariant(), " ");
  return text;
}

TEST(Faults, WhatCannotBeReadIsToldWithItsColumn) {
  EXPECT_EQ(Problem("zone=b at=5m for=1h"), "");
  EXPECT_THAT(Problem("zone=b at=5x"), HasSubstr("column 11: '5x' is no time"));
  EXPECT_THAT(Problem("zone=b soon"), HasSubstr("column 8: 'soon' has no '='"));
  EXPECT_THAT(Problem("moon=b"), HasSubstr("column 1: 'moon' is no fault; one of zone, pod"));
  EXPECT_THAT(Problem("at=3s"), HasSubstr("column 6: no fault is named"));
  EXPECT_THAT(Problem("pod=dc1/r1"), HasSubstr("column 5: 'dc1/r1' is no slot"));
  EXPECT_THAT(Problem("zone=b pod=dc1/r1/0"), HasSubstr("column 8: one fault at a time"));
  EXPECT_THAT(Problem("by-hand=juggle:dc1/r1/0"), HasSubstr("column 9:"));
  EXPECT_THAT(Problem("zone=q"), HasSubstr("no zone is called q; there are a, b, c"));
  EXPECT_THAT(Problem("pod=dc1/r1/7"), HasSubstr("the cluster has no slot dc1/r1/7"));
}

// Two edits at once: another template and a node fewer. CassKop writes both into the workload, and the node goes
// without having left the ring.
TEST(Scenarios, TemplateAndOneNodeFewer) {
  Cluster cluster(Even(2));
  cluster.revision = "B";
  cluster.desired = Even(1);
  v1::SimulationRequest request = Of(cluster);
  const auto ours = Simulate(request);
  ASSERT_TRUE(ours.ok());
  EXPECT_EQ(Violated(*ours), "");
  EXPECT_EQ(ours->verdict(), v1::SIMULATION_VERDICT_CONVERGED);
  request.set_planner(v1::SIMULATED_PLANNER_NAIVE);
  const auto naive = Simulate(request);
  ASSERT_TRUE(naive.ok());
  EXPECT_EQ(naive->verdict(), v1::SIMULATION_VERDICT_VIOLATION);
  EXPECT_THAT(Violated(*naive), HasSubstr("left-first"));
}

v1::SimulationResult Without(const std::string& guard, const v1::SimulationRequest& request) {
  SimulateHooks hooks;
  planner::ScheduleOptions options;
  if (!guard.empty()) options.without_guards = uint64_t{1} << planner::GuardNumber(guard);
  hooks.plan = [options](const v1::PlanRequest& r) -> absl::StatusOr<v1::PlanResponse> {
    return planner::RunPipeline(r, options, nullptr);
  };
  const auto result = Simulate(request, hooks);
  EXPECT_TRUE(result.ok());
  return result.ok() ? *result : v1::SimulationResult();
}

// A person decommissions a node by hand while a rolling update goes on.
TEST(Mutants, RangeMovementIsMissed) {
  Cluster cluster(Even(2));
  cluster.revision = "B";
  v1::SimulationRequest request = Of(cluster);
  request.add_faults("stuck=streams at=0s for=30m");
  request.add_faults("by-hand=decommission:dc1/r3/1 at=1s");
  EXPECT_EQ(Violated(Without("", request)), "");
  EXPECT_THAT(Violated(Without("range-movement", request)), HasSubstr("range-movement"));
}

// What has nothing to do with it is left out, and what is left still goes wrong.
TEST(Mutants, AFailureIsMadeSmaller) {
  Cluster cluster(Even(2));
  cluster.revision = "B";
  v1::SimulationRequest request = Of(cluster);
  request.add_faults("crash=host at=20m");
  request.add_faults("stuck=streams at=0s for=30m");
  request.add_faults("missing=schema at=10m");
  request.add_faults("by-hand=decommission:dc1/r3/1 at=1s");
  request.add_faults("pod=dc1/r2/0 at=1h");
  SimulateHooks mutant;
  planner::ScheduleOptions options;
  options.without_guards = uint64_t{1} << planner::GuardNumber("range-movement");
  mutant.plan = [options](const v1::PlanRequest& r) -> absl::StatusOr<v1::PlanResponse> {
    return planner::RunPipeline(r, options, nullptr);
  };
  const v1::SimulationRequest smaller = simulate::Smaller(request, mutant);
  EXPECT_THAT(smaller.faults(), ::testing::ElementsAre("by-hand=decommission:dc1/r3/1 at=1s"));
  const auto result = Simulate(smaller, mutant);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(Violated(*result), HasSubstr("range-movement"));
}

// A case that goes wrong is written as a transcript that plays it again; one that does not is not.
TEST(Mutants, AFailureIsWrittenAsATranscript) {
  simulate::Case c{"seed 3", {"cluster nodes=2", "desired revision=B", "seed 3", "limit 4h"}, "range-movement"};
  for (const char* fault : {"crash=host at=20m", "stuck=streams at=0s for=30m", "pod=dc1/r2/0 at=1h",
                            "by-hand=decommission:dc1/r3/1 at=1s"})
    c.commands.push_back(absl::StrCat("fault ", fault));
  const std::string path = simulate::Fail(c, ::testing::TempDir());
  std::stringstream written;
  written << std::ifstream(path).rdbuf();
  EXPECT_THAT(written.str(), HasSubstr("seed 3\nlimit 4h\nfault by-hand=decommission:dc1/r3/1 at=1s\nrun without="));
  EXPECT_THAT(written.str(), HasSubstr("\n----\nviolation ("));
  EXPECT_THAT(written.str(), HasSubstr("\nviolation range-movement: "));
  EXPECT_EQ(transcripts::Play(written.str()).text, written.str());
  c.without.clear();
  EXPECT_EQ(simulate::Transcript(c), "");
}

// A zone that comes back does not bring back the machine in it that is lost by itself.
TEST(Faults, EachEndsByItself) {
  v1::SimulationRequest request = Of(Cluster(Even(1)));
  request.add_faults("node=dc1/r1/0 at=10s for=10m");
  request.add_faults("zone=a at=20s for=60s");
  const auto result = Simulate(request);
  ASSERT_TRUE(result.ok());
  int64_t back = 0;
  for (const v1::SimulationBar& bar : result->bars()) {
    if (bar.kind() == "down" && bar.slot() == "dc1/r1/0") back = std::max(back, bar.to_seconds());
  }
  EXPECT_GE(back, 610);
}

}  // namespace
}  // namespace cassplan
