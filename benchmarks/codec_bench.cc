// JSON text in and out, against nlohmann's parse and dump of the same text.
#include <string>

#include "benchmark/benchmark.h"
#include "cassplan/codec.h"
#include "nlohmann/json.hpp"
#include "tests/testing/cluster.h"

namespace {

std::string Text(int nodes) {
  cassplan::testing::Cluster cluster(cassplan::testing::Even(nodes / 3), 1, 16);
  return cassplan::WriteJson(cluster.Build());
}

void BM_NlohmannJson(benchmark::State& state) {
  const std::string text = Text(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(text).dump(2));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_NlohmannJson)->Arg(99)->Arg(999);

void BM_CodecJson(benchmark::State& state) {
  const std::string text = Text(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    cassplan::v1::PlanRequest request;
    if (!cassplan::ParseJson(text, cassplan::ParseOptions(), &request).empty()) state.SkipWithError("problems");
    benchmark::DoNotOptimize(cassplan::WriteJson(request));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_CodecJson)->Arg(99)->Arg(999);

}  // namespace
