// Planning, from bytes to bytes, against what any program must do with the same bytes: parse them, sort the tokens,
// write the answer. benchmarks/run.py runs these and prints the ratios.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "cassplan/planner.h"
#include "tests/testing/cluster.h"

namespace {

using cassplan::testing::Cluster;
using cassplan::testing::Even;
using cassplan::testing::Shape;

constexpr int kTokens = 16;

// `nodes` in `racks` racks; the first ones have the one that is left over.
Shape Spread(int nodes, int racks) {
  Shape shape;
  for (int r = 0; r < racks; ++r)
    shape["dc1"]["r" + std::to_string(r + 1)] = nodes / racks + (r < nodes % racks ? 1 : 0);
  return shape;
}

std::string Request(int nodes, int racks, int width, bool restart, cassplan::v1::Horizon horizon) {
  Cluster cluster(Spread(nodes, racks), 1, kTokens);
  if (restart) cluster.revision = "B";
  if (width > 0) cluster.policy.set_rack_width(width);
  cluster.horizon = horizon;
  return cluster.Build().SerializeAsString();
}

void SortTokens(const cassplan::v1::PlanRequest& request) {
  std::vector<int64_t> tokens;
  for (const auto& report : request.observed().reports()) {
    for (const auto& peer : report.view().peers())
      tokens.insert(tokens.end(), peer.tokens().begin(), peer.tokens().end());
  }
  std::sort(tokens.begin(), tokens.end());
  benchmark::DoNotOptimize(tokens.data());
}

// What "nothing to do" is compared with.
void BM_ParseAndSort(benchmark::State& state) {
  const std::string bytes = Request(static_cast<int>(state.range(0)), 3, 0, false, cassplan::v1::HORIZON_READY);
  for (auto _ : state) {
    cassplan::v1::PlanRequest request;
    request.ParseFromString(bytes);
    SortTokens(request);
  }
}
BENCHMARK(BM_ParseAndSort)->Arg(3)->Arg(100)->Arg(1000)->Arg(10000);

void BM_ReadyNothingToDo(benchmark::State& state) {
  const std::string bytes = Request(static_cast<int>(state.range(0)), 3, 0, false, cassplan::v1::HORIZON_READY);
  for (auto _ : state) benchmark::DoNotOptimize(cassplan::PlanBytes(bytes));
}
BENCHMARK(BM_ReadyNothingToDo)->Arg(3)->Arg(100)->Arg(1000)->Arg(10000);

// What the whole restart is compared with: the same bytes in, the same bytes out, the sort.
void BM_ParseSortSerialize(benchmark::State& state) {
  const std::string bytes = Request(static_cast<int>(state.range(0)), 3, 10000, true, cassplan::v1::HORIZON_COMPLETE);
  cassplan::v1::PlanResponse response;
  response.ParseFromString(*cassplan::PlanBytes(bytes));
  for (auto _ : state) {
    cassplan::v1::PlanRequest request;
    request.ParseFromString(bytes);
    SortTokens(request);
    benchmark::DoNotOptimize(response.SerializeAsString());
  }
}
BENCHMARK(BM_ParseSortSerialize)->Arg(100)->Arg(1000)->Arg(10000);

void BM_CompleteWholeRacks(benchmark::State& state) {
  const std::string bytes = Request(static_cast<int>(state.range(0)), 3, 10000, true, cassplan::v1::HORIZON_COMPLETE);
  for (auto _ : state) benchmark::DoNotOptimize(cassplan::PlanBytes(bytes));
}
BENCHMARK(BM_CompleteWholeRacks)->Arg(100)->Arg(1000)->Arg(3000)->Arg(10000);

// Two racks for three replicas: every pair of nodes may share a range, one restart at a time.
void BM_CompleteWidthOne(benchmark::State& state) {
  const std::string bytes = Request(static_cast<int>(state.range(0)), 2, 1, true, cassplan::v1::HORIZON_COMPLETE);
  for (auto _ : state) benchmark::DoNotOptimize(cassplan::PlanBytes(bytes));
}
BENCHMARK(BM_CompleteWidthOne)->Arg(100)->Arg(1000)->Arg(3000)->Arg(10000);

}  // namespace
