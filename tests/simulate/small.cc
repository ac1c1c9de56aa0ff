// All small worlds: at most two datacenters, three racks, two nodes in a rack, three replicas; every single change of
// them; at most two faults of the menu. `simulate_small --count` tells how many there are, `--every N` plays each N-th
// (--every 1: all), `--first K` begins with the K-th. What is not as it may be is made smaller and written into
// --transcripts FOLDER (the current one) as a transcript.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/simulate/judge.h"

namespace cassplan {
namespace {

using absl::StrCat;
using simulate::Case;

struct World {
  std::string name;
  int dcs, racks, nodes;
  std::vector<std::string> commands;
  std::string first, last;  // slots
};

std::vector<World> Worlds() {
  std::vector<World> out;
  for (int dcs = 1; dcs <= 2; ++dcs) {
    for (int racks = 1; racks <= 3; ++racks) {
      for (int nodes = 1; nodes <= 2; ++nodes) {
        for (int factor = 1; factor <= std::min(3, racks * nodes); ++factor) {
          std::string replicas;
          for (int dc = 1; dc <= dcs; ++dc) absl::StrAppend(&replicas, " dc", dc, "=", factor);
          out.push_back({StrCat(dcs, " dc, ", racks, " rack(s), ", nodes, " node(s), RF ", factor),
                         dcs,
                         racks,
                         nodes,
                         {StrCat("cluster nodes=", nodes, " racks=", racks, " dcs=", dcs), "keyspace app" + replicas},
                         "dc1/r1/0",
                         StrCat("dc", dcs, "/r", racks, "/", nodes - 1)});
        }
      }
    }
  }
  return out;
}

struct Change {
  std::string name;
  std::vector<std::string> commands;
};

// Every single change of a world.
std::vector<Change> Changes(const World& w) {
  std::vector<Change> out = {{"nothing", {}},
                             {"template", {"desired revision=B"}},
                             {"restart", {"desired restart=again"}},
                             {"release", {"desired release=4.1.4"}}};
  for (int d = 1; d <= w.dcs; ++d) {
    const std::string dc = StrCat("dc", d);
    for (int r = 1; r <= w.racks; ++r) {
      const std::string rack = StrCat(dc, "/r", r);
      out.push_back({"one more in " + rack, {StrCat("desired ", rack, "=", w.nodes + 1)}});
      out.push_back({"one fewer in " + rack, {StrCat("desired ", rack, "=", w.nodes - 1)}});
      out.push_back({"without " + rack, {StrCat("desired ", rack, "=gone")}});
    }
    out.push_back({"another rack in " + dc, {StrCat("desired ", dc, "/r", w.racks + 1, "=1")}});
    out.push_back({"without " + dc, {StrCat("desired ", dc, "=gone")}});
  }
  out.push_back({"another datacenter", {"desired dc9/r1=1"}});
  out.push_back({"larger volumes", {"expandable", "desired volume-gib=200"}});
  out.push_back({"larger volumes that cannot grow", {"desired volume-gib=200"}});
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

Case CaseOf(int64_t number, const World& world, const Change& change, const std::vector<std::string>& faults) {
  Case c{StrCat("case ", number, ": ", world.name, ", ", change.name), world.commands, ""};
  c.commands.insert(c.commands.end(), change.commands.begin(), change.commands.end());
  for (const std::string& fault : faults) c.commands.push_back("fault " + fault);
  c.commands.push_back(StrCat("seed ", number));
  return c;
}

bool Play(const Case& c, const std::string& folder, Totals* totals) {
  SimulateHooks brief;
  brief.brief = true;
  const auto result = Simulate(simulate::RequestOf(c), brief);
  if (!result.ok() || !simulate::Good(*result)) {
    simulate::Fail(c, folder);
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
  std::string folder;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--transcripts" && i + 1 < argc) {
      folder = argv[++i];
      continue;
    }
    int64_t* value = name == "--every"      ? &every
                     : name == "--first"    ? &first
                     : name == "--failures" ? &most_failures
                                            : nullptr;
    count |= name == "--count";
    const bool read = value != nullptr && i + 1 < argc && absl::SimpleAtoi(argv[i + 1], value) && *value >= 0;
    if (name != "--count" && (!read || every < 1)) {
      std::cerr << "usage: simulate_small [--count] [--every N] [--first K] [--failures N] [--transcripts FOLDER]\n";
      return 3;
    }
    i += name == "--count" ? 0 : 1;
  }
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  int64_t failures = 0;
  for (const World& world : Worlds()) {
    const std::vector<std::string> menu = Menu(world);
    for (const Change& change : Changes(world)) {
      // None, one or two of the menu: two equal indices are one fault, and -1 is none.
      for (int a = -1; a < static_cast<int>(menu.size()); ++a) {
        for (int b = a; b < static_cast<int>(menu.size()); ++b) {
          if (a < 0 && b >= 0) continue;
          ++totals.cases;
          if (count || totals.cases < first || totals.cases % every != 0) continue;
          std::vector<std::string> faults;
          if (a >= 0) faults.push_back(menu[static_cast<size_t>(a)]);
          if (b > a) faults.push_back(menu[static_cast<size_t>(b)]);
          const Case c = CaseOf(totals.cases, world, change, faults);
          if (!Play(c, folder, &totals) && ++failures >= most_failures) return 1;
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
