// The planner in the simulator: changes come to their end, safely, whatever breaks meanwhile; and the simulator notices
// when they do not.
#include "cassplan/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/pipeline.h"
#include "tests/testing/cluster.h"

namespace cassplan {
namespace {

using testing::Cluster;
using testing::Even;

v1::SimulationRequest Of(const Cluster& cluster, uint64_t seed = 1) {
  v1::SimulationRequest request;
  *request.mutable_start() = cluster.Build();
  request.set_seed(seed);
  return request;
}

v1::SimulationResult Play(const v1::SimulationRequest& request, const SimulateHooks& hooks = {}) {
  const auto result = Simulate(request, hooks);
  if (!result.ok()) ADD_FAILURE() << result.status().ToString();
  return result.ok() ? *result : v1::SimulationResult();
}

std::string Story(const v1::SimulationResult& result) {
  std::string text = absl::StrCat(v1::SimulationVerdict_Name(result.verdict()), " after ", result.seconds(), " s\n");
  for (const v1::SimulationEvent& e : result.events())
    absl::StrAppend(&text, e.at_seconds(), " ", e.kind(), " ", e.text(), "\n");
  for (const v1::Held& h : result.held()) {
    for (const v1::Refusal& r : h.by())
      absl::StrAppend(&text, "held ", testing::Name(h), " by ", r.guard(), ": ", r.text(), "\n");
  }
  for (const v1::Finding& f : result.findings()) absl::StrAppend(&text, "finding ", f.rule(), ": ", f.message(), "\n");
  return text;
}

void ExpectConverged(const v1::SimulationResult& result) {
  EXPECT_EQ(result.verdict(), v1::SIMULATION_VERDICT_CONVERGED) << Story(result);
}

Cluster Rolling() {
  Cluster cluster(Even(2));
  cluster.revision = "B";
  return cluster;
}
Cluster Growing() {
  Cluster cluster(Even(1));
  cluster.desired = Even(2);
  return cluster;
}
Cluster Shrinking() {
  Cluster cluster(Even(2));
  cluster.desired = Even(1);
  return cluster;
}

TEST(Simulate, NothingToDo) {
  const auto result = Play(Of(Cluster(Even(1))));
  ExpectConverged(result);
  EXPECT_EQ(result.actions(), 0);
}

TEST(Simulate, RollingUpdate) {
  const auto result = Play(Of(Rolling()));
  ExpectConverged(result);
  EXPECT_EQ(result.actions(), 3 + 12);
  for (const auto& low : result.lowest()) EXPECT_GE(low.up(), low.need()) << low.keyspace();
}

TEST(Simulate, Grow) {
  const auto result = Play(Of(Growing()));
  ExpectConverged(result);
  EXPECT_GT(result.streamed_bytes(), 0);
}

TEST(Simulate, Shrink) { ExpectConverged(Play(Of(Shrinking()))); }

TEST(Simulate, NewCluster) {
  v1::SimulationRequest request = Of(Cluster(Even(1)));
  v1::Observed* observed = request.mutable_start()->mutable_observed();
  v1::Report inventory = observed->reports(0);
  ASSERT_TRUE(inventory.has_inventory());
  observed->clear_reports();
  *observed->add_reports() = inventory;
  observed->add_reports()->set_source("schema");
  observed->mutable_reports(1)->set_observed_at_seconds(inventory.observed_at_seconds());
  observed->mutable_reports(1)->set_status(v1::REPORT_STATUS_OK);
  observed->mutable_reports(1)->mutable_schema()->set_complete(true);
  ExpectConverged(Play(request));
}

TEST(Simulate, OneSeedOneHistory) {
  v1::SimulationRequest request = Of(Rolling(), 7);
  request.set_random_faults(4);
  const std::string one = Play(request).SerializeAsString();
  EXPECT_EQ(one, Play(request).SerializeAsString());
  request.set_seed(8);
  EXPECT_NE(one, Play(request).SerializeAsString());
}

// Every change under faults from many seeds: never unsafe, and it comes to its end.
void Storm(const Cluster& cluster, uint64_t seeds, int faults, bool may_block = false) {
  int blocked = 0;
  int64_t states = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    v1::SimulationRequest request = Of(cluster, seed);
    request.set_random_faults(faults);
    request.set_limit_seconds(4 * 3600);
    const auto result = Play(request);
    states += result.states();
    // A failed decommission needs a person as long as no procedure takes it up again; that is safe, and it says so.
    const bool held = result.verdict() == v1::SIMULATION_VERDICT_BLOCKED && result.held_size() > 0;
    blocked += held ? 1 : 0;
    if (result.verdict() != v1::SIMULATION_VERDICT_CONVERGED && !(may_block && held)) {
      ADD_FAILURE() << "seed " << seed << "\n" << Story(result);
      return;
    }
  }
  std::cout << seeds << " seeds, " << states << " states, " << blocked << " held for a person\n";
}

TEST(Simulate, RollingUpdateUnderFaults) { Storm(Rolling(), 20, 5); }
TEST(Simulate, GrowUnderFaults) { Storm(Growing(), 20, 5); }
TEST(Simulate, ShrinkUnderFaults) { Storm(Shrinking(), 20, 5, true); }

}  // namespace
}  // namespace cassplan
