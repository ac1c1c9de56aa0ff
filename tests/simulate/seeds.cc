// Many seeds: `simulate_seeds --seeds N [--first S]`. Each seed chooses a cluster, a change of it and faults. Prints
// what was checked and how fast; a seed that fails is made smaller and written into --transcripts FOLDER (the current
// one) as a transcript. `--without GUARD` plays a planner that lacks it, to see that the first seed that shows it
// fails.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cassplan/simulate.h"
#include "lib/planner/guards/guard.h"
#include "lib/simulate/faults.h"
#include "lib/simulate/random.h"
#include "lib/simulate/world.h"
#include "tests/simulate/judge.h"

namespace cassplan {
namespace {

using absl::StrCat;
using simulate::Case;

Case Choose(uint64_t seed) {
  simulate::Random random(seed * 7919);
  const int dcs = random.OneIn(4) ? 2 : 1;
  const int nodes = static_cast<int>(random.Between(1, 2));
  Case c{StrCat("seed ", seed), {StrCat("cluster nodes=", nodes, " racks=3 dcs=", dcs)}, ""};
  const auto desired = [&](const std::string& what) { c.commands.push_back("desired " + what); };
  const int64_t change = random.Between(0, 4);
  if (change == 0 || change == 3) desired("revision=B");
  if (change == 1 || change == 3) desired(StrCat("nodes=", nodes + 1, " racks=3 dcs=", dcs));
  if (change == 2) desired(StrCat("nodes=", std::max(1, nodes - 1), " racks=3 dcs=", dcs));
  if (change == 4) desired("restart=again");
  c.commands.push_back(StrCat("seed ", seed));
  c.commands.push_back("limit 6h");
  // Written out, so that one may be left out without another draw for the rest.
  simulate::World world(seed);
  world.Load(simulate::RequestOf(c).start());
  for (const simulate::Fault& fault : simulate::DrawFaults(static_cast<int>(random.Between(0, 6)), &world))
    c.commands.push_back("fault " + fault.text);
  return c;
}

int Main(int argc, char** argv) {
  uint64_t seeds = 100;
  uint64_t first = 1;
  std::string folder;
  std::string without;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    uint64_t* value = name == "--seeds" ? &seeds : name == "--first" ? &first : nullptr;
    std::string* word = name == "--transcripts" ? &folder : name == "--without" ? &without : nullptr;
    if (word != nullptr) {
      *word = argv[i + 1];
    } else if (value == nullptr || !absl::SimpleAtoi(argv[i + 1], value)) {
      std::cerr << "usage: simulate_seeds [--seeds N] [--first S] [--transcripts FOLDER] [--without GUARD]\n";
      return 3;
    }
  }
  if (!without.empty() && planner::GuardNumber(without) < 0) {
    std::cerr << "no guard is called " << without << "\n";
    return 3;
  }
  const auto start = std::chrono::steady_clock::now();
  int64_t states = 0, rounds = 0, seconds = 0, converged = 0, faults = 0, actions = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    Case c = Choose(seed);
    c.without = without;
    SimulateHooks brief = simulate::HooksOf(c);
    brief.brief = true;
    const auto result = Simulate(simulate::RequestOf(c), brief);
    if (!result.ok() || !simulate::Good(*result)) {
      simulate::Fail(c, folder);
      return 1;
    }
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
