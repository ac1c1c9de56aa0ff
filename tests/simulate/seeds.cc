// Many seeds: `simulate_seeds --seeds N [--first S]`. Each seed chooses a cluster, a change of it and faults. Prints
// what was checked and how fast; a seed that fails is made smaller, and its history printed.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cassplan/simulate.h"
#include "lib/simulate/faults.h"
#include "lib/simulate/random.h"
#include "lib/simulate/world.h"
#include "tests/simulate/judge.h"
#include "tests/testing/cluster.h"

namespace cassplan {
namespace {

v1::SimulationRequest Choose(uint64_t seed) {
  simulate::Random random(seed * 7919);
  const int dcs = random.OneIn(4) ? 2 : 1;
  const int nodes = static_cast<int>(random.Between(1, 2));
  testing::Cluster cluster(testing::Even(nodes, 3, dcs));
  const int64_t change = random.Between(0, 4);
  if (change == 0 || change == 3) cluster.revision = "B";
  if (change == 1 || change == 3) cluster.desired = testing::Even(nodes + 1, 3, dcs);
  if (change == 2) cluster.desired = testing::Even(std::max(1, nodes - 1), 3, dcs);
  if (change == 4) cluster.restart_token = "again";
  v1::SimulationRequest request;
  *request.mutable_start() = cluster.Build();
  request.set_seed(seed);
  request.set_limit_seconds(6 * 3600);
  // Written out, so that one may be left out without another draw for the rest.
  simulate::World world(seed);
  world.Load(request.start());
  for (const simulate::Fault& fault : simulate::DrawFaults(static_cast<int>(random.Between(0, 6)), &world))
    request.add_faults(fault.text);
  return request;
}

using simulate::Fail;
using simulate::Good;

int Main(int argc, char** argv) {
  uint64_t seeds = 100;
  uint64_t first = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    uint64_t* value = name == "--seeds" ? &seeds : name == "--first" ? &first : nullptr;
    if (value == nullptr || !absl::SimpleAtoi(argv[i + 1], value)) {
      std::cerr << "usage: simulate_seeds [--seeds N] [--first S]\n";
      return 3;
    }
  }
  const auto start = std::chrono::steady_clock::now();
  int64_t states = 0, rounds = 0, seconds = 0, converged = 0, faults = 0, actions = 0;
  SimulateHooks brief;
  brief.brief = true;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const v1::SimulationRequest request = Choose(seed);
    const auto result = Simulate(request, brief);
    if (!result.ok() || !Good(*result)) return Fail(request);
    states += result->states();
    rounds += result->rounds();
    seconds += result->seconds();
    faults += result->faults();
    actions += result->actions();
    converged += result->verdict() == v1::SIMULATION_VERDICT_CONVERGED ? 1 : 0;
  }
  const auto took = std::chrono::steady_clock::now() - start;
  const int64_t ms = std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  std::cout << seeds << " seeds: " << converged << " converged, " << static_cast<int64_t>(seeds) - converged
            << " held for a person, 0 violations; " << states << " states checked, " << rounds << " rounds, " << actions
            << " actions, " << faults << " faults\n"
            << ms << " ms: " << states * 1000 / ms << " states and " << rounds * 1000 / ms << " rounds per second, "
            << seconds * 1000 / ms << " virtual seconds per second\n";
  return 0;
}

}  // namespace
}  // namespace cassplan

int main(int argc, char** argv) { return cassplan::Main(argc, argv); }
