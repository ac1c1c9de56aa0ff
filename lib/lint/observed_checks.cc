// What the specs mean for a cluster that is there.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/lint/checks.h"
#include "lib/report/words.h"

namespace cassplan::lint {
namespace {

constexpr v1::FindingLevel kNote = v1::FINDING_LEVEL_NOTE;
constexpr v1::FindingLevel kWarning = v1::FINDING_LEVEL_WARNING;
constexpr v1::FindingLevel kError = v1::FINDING_LEVEL_ERROR;

constexpr int64_t kDefaultGcGrace = 864000;  // Cassandra's, in seconds
constexpr int64_t kLatePercent = 70;         // of gc_grace: then a repair should have begun

constexpr std::array<absl::string_view, 4> kLines = {"3.11", "4.0", "4.1", "5.0"};
constexpr std::array<std::pair<absl::string_view, absl::string_view>, 5> kUpgrades = {
    {{"3.11", "4.0"}, {"3.11", "4.1"}, {"4.0", "4.1"}, {"4.0", "5.0"}, {"4.1", "5.0"}}};

bool Known(absl::string_view line) { return std::find(kLines.begin(), kLines.end(), line) != kLines.end(); }

std::string Names(const std::set<std::string>& names) {
  constexpr size_t kShown = 5;
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() < kShown) shown.push_back(name);
  }
  std::string text = absl::StrJoin(shown, ", ");
  if (names.size() > kShown) absl::StrAppend(&text, " and ", names.size() - kShown, " more");
  return text;
}

// Slots that run now, and those whose member is in the ring.
struct Slots {
  std::set<std::string> present, members, joining;
  std::map<std::string, std::set<std::string>> silent;  // rack -> host ids in the ring whose node did not answer
  bool complete = false;                                // what is not listed is absent
};

Slots SlotsOf(const v1::Observed& observed) {
  Slots out;
  std::set<std::string> answered;
  for (const v1::Report& r : observed.reports()) {
    const std::string name = report::TargetName(r.subject());
    if (r.has_inventory()) out.complete = out.complete || r.inventory().slots_complete();
    if (r.has_slot() && r.slot().present()) out.present.insert(name);
    if (r.has_node() && r.node().mode() != v1::NODE_MODE_JOINING && r.node().mode() != v1::NODE_MODE_STARTING &&
        r.node().mode() != v1::NODE_MODE_UNSPECIFIED) {
      out.members.insert(name);
    } else if (r.has_node() && r.node().mode() != v1::NODE_MODE_UNSPECIFIED) {
      out.joining.insert(name);
    }
    if (!r.node().host_id().empty()) answered.insert(r.node().host_id());
  }
  for (const v1::Report& r : observed.reports()) {
    for (const v1::Peer& p : r.view().peers()) {
      if (p.movement() == v1::PEER_MOVEMENT_LEFT || answered.count(p.host_id()) != 0) continue;
      out.silent[absl::StrCat(p.datacenter(), "/", p.rack())].insert(p.host_id());
    }
  }
  return out;
}

void CheckVolumes(const Spec& spec, const Input& input, const Slots& slots, Findings* out) {
  if (!slots.complete) return;
  for (const v1::Report& r : input.observed->reports()) {
    const std::string name = report::TargetName(r.subject());
    if (!r.has_volume() || !r.volume().present() || slots.present.count(name) != 0) continue;
    out->Add(spec, "kept-volume", kWarning,
             absl::StrCat("volume ", r.subject().name().empty() ? absl::StrCat("of ", name) : r.subject().name(),
                          " is there and no node runs in ", name,
                          ": a node that starts there later would find the data of another time"),
             "delete it once its data is not needed, or set it aside under another name", "topology", r.subject());
  }
}

void CheckCleanup(const Spec& spec, const Input& input, Findings* out) {
  std::set<std::string> owing;
  for (const v1::CleanupOwed& owed : input.ledger.cleanup_owed()) owing.insert(report::TargetName(owed.target()));
  for (const v1::Report& r : input.observed->reports()) {
    if (r.node().uncleaned_keyspaces_size() > 0) owing.insert(report::TargetName(r.subject()));
  }
  if (owing.empty()) return;
  out->Add(spec, "cleanup-owed", kWarning,
           absl::StrCat(Names(owing), " keep data of ranges that belong to other nodes now"),
           "run nodetool cleanup there, before ranges come back or gc_grace is over", "topology");
}

void CheckRepairs(const Spec& spec, const Input& input, Findings* out) {
  const std::map<std::string, v1::Keyspace> keyspaces = KeyspacesOf(spec, input.observed);
  for (const v1::Report& r : input.observed->reports()) {
    for (const v1::RepairedTable& table : r.repairs().tables()) {
      const auto k = keyspaces.find(table.keyspace());
      const int64_t grace =
          k != keyspaces.end() && k->second.has_gc_grace_seconds() ? k->second.gc_grace_seconds() : kDefaultGcGrace;
      if (grace == 0 || table.repaired_at_seconds() <= 0 || IsSystem(table.keyspace())) continue;
      const int64_t age = input.now_seconds - table.repaired_at_seconds();
      if (age * 100 < grace * kLatePercent) continue;
      v1::Target subject;
      subject.set_keyspace(table.keyspace());
      out->Add(spec, "repair-age", age >= grace ? kError : kWarning,
               absl::StrCat(table.keyspace(), table.table().empty() ? "" : ".", table.table(), " was repaired ",
                            report::Duration(age), " ago; its gc_grace is ", report::Duration(grace),
                            age >= grace ? ": deleted data may come back" : ""),
               "repair it, or let policy.repair plan repairs", "keyspaces", subject);
    }
  }
}

// Proven: its node says so; or it has no slot, and every member of its rack is the node of another one.
bool IsNoMember(const Slots& slots, const v1::Target& seed) {
  const std::string name = report::TargetName(seed);
  if (slots.joining.count(name) != 0) return true;
  const bool silent = slots.silent.count(absl::StrCat(seed.datacenter(), "/", seed.rack())) != 0;
  return slots.complete && slots.present.count(name) == 0 && slots.members.count(name) == 0 && !silent;
}

void CheckSeeds(const Spec& spec, const Slots& slots, Findings* out) {
  if (slots.members.empty()) return;  // the first node of a cluster is its own seed
  for (const v1::Target& seed : spec.desired.seeds()) {
    const std::string name = report::TargetName(seed);
    if (!IsNoMember(slots, seed)) continue;
    bool desired = false;
    for (const v1::DesiredDatacenter& dc : spec.desired.datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        desired =
            desired || (dc.name() == seed.datacenter() && rack.name() == seed.rack() && seed.ordinal() < rack.nodes());
      }
    }
    if (!desired) continue;
    out->Add(
        spec, "seed-joins", kWarning,
        absl::StrCat(name, " is a seed and no member yet: a node that is its own seed joins without fetching data"),
        "take it out of the seed list until it has joined", "topology", seed);
  }
}

}  // namespace

void CheckVersions(const Spec& spec, const Input& input, Findings* out) {
  std::map<std::string, std::set<std::string>> wanted;  // line -> racks
  for (const v1::DesiredDatacenter& dc : spec.desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      if (rack.nodes() > 0)
        wanted[LineOf(rack.template_().release())].insert(absl::StrCat(dc.name(), "/", rack.name()));
    }
  }
  const auto unknown = wanted.find("");
  if (unknown != wanted.end()) {
    out->Add(spec, "version-unknown", kWarning,
             absl::StrCat("the release of ", Names(unknown->second),
                          " is not known, so an upgrade could not be told from a "
                          "restart"),
             "use an image tag that starts with the release, or set serverVersion", "cassandraImage");
    wanted.erase(unknown);
  }
  for (const auto& [line, racks] : wanted) {
    if (Known(line)) continue;
    out->Add(spec, "version-unsupported", kError,
             absl::StrCat("release ", line, " of ", Names(racks), " is not known here"), "use 3.11, 4.0, 4.1 or 5.0",
             "cassandraImage");
  }
  if (wanted.size() > 1) {
    std::vector<std::string> lines;
    for (const auto& [line, racks] : wanted) lines.push_back(absl::StrCat(line, " for ", Names(racks)));
    out->Add(spec, "version-mixed", kError,
             absl::StrCat("the spec asks for several releases: ", absl::StrJoin(lines, "; ")),
             "write one release for all racks", "cassandraImage");
  }
  if (input.observed == nullptr) return;
  std::map<std::string, std::set<std::string>> running;
  for (const v1::Report& r : input.observed->reports()) {
    const std::string line = LineOf(r.node().release());
    if (!line.empty()) running[line].insert(report::TargetName(r.subject()));
  }
  for (const auto& [from, nodes] : running) {
    for (const auto& [to, racks] : wanted) {
      const bool legal =
          from == to || std::find(kUpgrades.begin(), kUpgrades.end(),
                                  std::pair<absl::string_view, absl::string_view>(from, to)) != kUpgrades.end();
      if (legal || !Known(from) || !Known(to)) continue;
      out->Add(spec, "version-path", kError,
               absl::StrCat(Names(nodes), " run ", from, ", and ", to, " cannot follow it"),
               "go through a release between; an older one cannot read newer sstables", "cassandraImage");
    }
  }
  if (running.size() > 1) {
    std::vector<std::string> lines;
    for (const auto& [line, nodes] : running) lines.push_back(absl::StrCat(line, " on ", Names(nodes)));
    out->Add(spec, "version-mixed", kWarning, absl::StrCat("nodes run several releases: ", absl::StrJoin(lines, "; ")),
             "finish the upgrade: until then no repair, movement or schema change is planned", "cassandraImage");
  }
}

void CheckObserved(const Spec& spec, const Input& input, Findings* out) {
  const Slots slots = SlotsOf(*input.observed);
  CheckVolumes(spec, input, slots, out);
  CheckCleanup(spec, input, out);
  CheckRepairs(spec, input, out);
  CheckSeeds(spec, slots, out);
  std::map<std::string, std::set<std::string>> in_order;  // datacenter -> racks
  for (const v1::Report& r : input.observed->reports()) {
    if (!r.rack().has_parallel() || r.rack().parallel() || r.rack().nodes() < 2) continue;
    in_order[r.subject().datacenter()].insert(report::TargetName(r.subject()));
  }
  for (const auto& [dc, racks] : in_order) {
    const bool one = racks.size() == 1;
    out->Add(spec, "ordered-ready", kNote,
             absl::StrCat(one ? "rack " : "racks ", Names(racks), one ? " starts its nodes" : " start their nodes",
                          " in order: of a rack one node restarts at a time"),
             "to go wider recreate the workloads with podManagementPolicy Parallel (orphan delete, no restart)",
             "topology", InDatacenter(dc));
  }
}

}  // namespace cassplan::lint
