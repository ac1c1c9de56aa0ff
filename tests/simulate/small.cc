// All small worlds: at most two datacenters, three racks, two nodes in a rack, three replicas; every single change of
// them; at most two faults of the menu. `simulate_small --count` tells how many there are, `--every N` plays each N-th
// (--every 1: all), `--first K` begins with the K-th. What is not as it may be is made smaller and printed.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/simulate/judge.h"
#include "tests/testing/cluster.h"

namespace cassplan {
namespace {

using absl::StrCat;
using testing::Cluster;
using testing::Even;

struct World {
  std::string name;
  Cluster cluster;
  std::string first, last;  // slots
};

std::vector<World> Worlds() {
  std::vector<World> out;
  for (int dcs = 1; dcs <= 2; ++dcs) {
    for (int racks = 1; racks <= 3; ++racks) {
      for (int nodes = 1; nodes <= 2; ++nodes) {
        for (int factor = 1; factor <= std::min(3, racks * nodes); ++factor) {
          Cluster c(Even(nodes, racks, dcs));
          for (auto& [dc, replicas] : c.keyspaces[0].datacenters) replicas = factor;
          out.push_back({StrCat(dcs, " dc, ", racks, " rack(s), ", nodes, " node(s), RF ", factor), c, "dc1/r1/0",
                         StrCat("dc", dcs, "/r", racks, "/", nodes - 1)});
        }
      }
    }
  }
  return out;
}

// Every single change of a world, by name.
std::vector<std::pair<std::string, Cluster>> Changes(const Cluster& world) {
  std::vector<std::pair<std::string, Cluster>> out;
  const auto change = [&](const std::string& name) -> Cluster& { return out.emplace_back(name, world).second; };
  change("nothing");
  change("template").revision = "B";
  change("restart").restart_token = "again";
  change("release").release = "4.1.4";
  for (const auto& [dc, racks] : world.desired) {
    for (const auto& [rack, nodes] : racks) {
      change(StrCat("one more in ", dc, "/", rack)).desired[dc][rack] = nodes + 1;
      change(StrCat("one fewer in ", dc, "/", rack)).desired[dc][rack] = nodes - 1;
      change(StrCat("without ", dc, "/", rack)).desired[dc].erase(rack);
    }
    change(StrCat("another rack in ", dc)).desired[dc][StrCat("r", racks.size() + 1)] = 1;
    change(StrCat("without ", dc)).desired.erase(dc);
  }
  change("another datacenter").desired["dc9"]["r1"] = 1;
  Cluster& grown = change("larger volumes");
  grown.expandable = true;
  grown.volume_bytes *= 2;
  change("larger volumes that cannot grow").volume_bytes *= 2;
  return out;
}

std::vector<std::string> Menu(const World& w) {
  return {StrCat("pod=", w.first, " at=20s"),
          StrCat("pod=", w.last, " at=45s"),
          StrCat("node=", w.last, " at=30s for=10m"),
          StrCat("crash-loop=", w.first, " at=40s for=10m"),
          StrCat("split=", w.first, " at=10s for=5m"),
          StrCat("by-hand=restart:", w.last, " at=15s"),
          "zone=a at=60s for=10m",
          "crash=host at=25s",
          "lost=effect at=0s",
          "late=effect at=0s for=5m",
          "duplicate=effect at=0s",
          "stale=kubernetes at=10s for=5m",
          "stale=jolokia at=10s for=5m",
          "missing=kubernetes at=20s for=5m",
          "missing=jolokia at=20s for=5m",
          "stuck=streams at=0s for=10m",
          "fail=streams at=70s",
          "clock=+5m at=35s"};
}

struct Totals {
  int64_t cases = 0, played = 0, converged = 0, held = 0, refused = 0, states = 0, actions = 0;
};

bool Play(const World& world, const std::string& change, const Cluster& cluster, const std::vector<std::string>& faults,
          Totals* totals) {
  v1::SimulationRequest request;
  *request.mutable_start() = cluster.Build();
  request.set_seed(static_cast<uint64_t>(totals->cases));
  request.set_limit_seconds(12 * 3600);
  for (const std::string& fault : faults) request.add_faults(fault);
  SimulateHooks brief;
  brief.brief = true;
  const auto result = Simulate(request, brief);
  if (!result.ok() || !simulate::Good(*result)) {
    std::cout << "case " << totals->cases << ": " << world.name << ", " << change << "\n";
    simulate::Fail(request);
    return false;
  }
  ++totals->played;
  totals->states += result->states();
  totals->actions += result->actions();
  totals->converged += result->verdict() == v1::SIMULATION_VERDICT_CONVERGED ? 1 : 0;
  totals->held += result->verdict() == v1::SIMULATION_VERDICT_BLOCKED ? 1 : 0;
  totals->refused += result->verdict() == v1::SIMULATION_VERDICT_REFUSED ? 1 : 0;
  return true;
}

int Main(int argc, char** argv) {
  int64_t every = 1;
  int64_t first = 0;
  int64_t most_failures = 1;
  bool count = false;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    int64_t* value = name == "--every"      ? &every
                     : name == "--first"    ? &first
                     : name == "--failures" ? &most_failures
                                            : nullptr;
    count |= name == "--count";
    const bool read = value != nullptr && i + 1 < argc && absl::SimpleAtoi(argv[i + 1], value) && *value >= 0;
    if (name != "--count" && (!read || every < 1)) {
      std::cerr << "usage: simulate_small [--count] [--every N] [--first K] [--failures N]\n";
      return 3;
    }
    i += name == "--count" ? 0 : 1;
  }
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  int64_t failures = 0;
  for (const World& world : Worlds()) {
    const std::vector<std::string> menu = Menu(world);
    for (const auto& [change, cluster] : Changes(world.cluster)) {
      // None, one or two of the menu: two equal indices are one fault, and -1 is none.
      for (int a = -1; a < static_cast<int>(menu.size()); ++a) {
        for (int b = a; b < static_cast<int>(menu.size()); ++b) {
          if (a < 0 && b >= 0) continue;
          ++totals.cases;
          if (count || totals.cases < first || totals.cases % every != 0) continue;
          std::vector<std::string> faults;
          if (a >= 0) faults.push_back(menu[static_cast<size_t>(a)]);
          if (b > a) faults.push_back(menu[static_cast<size_t>(b)]);
          if (!Play(world, change, cluster, faults, &totals) && ++failures >= most_failures) return 1;
        }
      }
    }
  }
  const auto took = std::chrono::steady_clock::now() - start;
  std::cout << totals.cases << " small worlds, " << totals.played << " played: " << totals.converged << " converged, "
            << totals.held << " held for a person, " << totals.refused << " refused, " << failures
            << " not as they may be; " << totals.states << " states checked, " << totals.actions << " actions, "
            << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms\n";
  return failures > 0 ? 1 : 0;
}

}  // namespace
}  // namespace cassplan

int main(int argc, char** argv) { return cassplan::Main(argc, argv); }
