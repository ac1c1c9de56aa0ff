#include "lib/lint/lint.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/lint/checks.h"
#include "lib/report/locate.h"

namespace cassplan::lint {
namespace {

constexpr v1::FindingLevel kNote = v1::FINDING_LEVEL_NOTE;
constexpr v1::FindingLevel kWarning = v1::FINDING_LEVEL_WARNING;
constexpr v1::FindingLevel kError = v1::FINDING_LEVEL_ERROR;

constexpr Rule kRules[] = {
    {"auth-replication", kWarning, "system_auth should have replicas on more than one node.",
     "Alter system_auth to NetworkTopologyStrategy with three replicas per datacenter, then repair it."},
    {"auto-bootstrap", kError, "auto_bootstrap: false must not stay in a template.",
     "Take it out: a node that joins later would own ranges whose data it never fetched."},
    {"cleanup-owed", kWarning, "Nodes should not keep data of ranges that they gave away.",
     "Run nodetool cleanup on them."},
    {"disruption-budget", kWarning, "The PodDisruptionBudget should let exactly one node go.",
     "Set maxPodUnavailable to 1; the width of rolling updates is policy.rack_width."},
    {"image-tag", kWarning, "The image should have a tag that always means the same release.",
     "Write the whole version as the tag, or a digest."},
    {"intolerant-replication", kWarning, "A keyspace should survive the loss of one replica at its level.",
     "Raise the replication factor to 3, or lower the level in policy.keyspaces."},
    {"kept-volume", kWarning, "A volume without a node waits for nobody.",
     "Delete it once its data is not needed; a node never starts on it."},
    {"name-clash", kError, "Objects of two clusters in one namespace must not have the same name.",
     "Rename one of the clusters, or put it into another namespace."},
    {"no-volume", kWarning, "Nodes should keep their data on a volume.",
     "Set dataCapacity: without it the data goes with the Pod."},
    {"ordered-ready", kNote, "Racks whose nodes start in order restart one node at a time.",
     "Recreate the workload with podManagementPolicy Parallel (orphan delete, no restart)."},
    {"rack-count", kWarning, "A datacenter should have as many racks as replicas, or one.",
     "Use as many racks as the replication factor, so that each rack holds one replica of everything."},
    {"repair-age", kError, "Every table should be repaired within gc_grace_seconds.",
     "Repair it now; after gc_grace_seconds deleted data may come back."},
    {"replace-address", kError, "A replace address must not stay in a template.",
     "Take it out: every node that starts with it tries to replace that member."},
    {"replication-nodes", kError, "A datacenter needs as many nodes as a keyspace has replicas there.",
     "Add nodes, or lower the replication factor."},
    {"seed-joins", kWarning, "A node that joins should not be its own seed.",
     "Take it out of the seed list until it has joined: a seed does not fetch data."},
    {"simple-strategy", kWarning, "Keyspaces should use NetworkTopologyStrategy.",
     "Alter the keyspace to NetworkTopologyStrategy with the same replicas, then repair it."},
    {"uneven-racks", kWarning, "Racks of a datacenter should have equally many nodes.",
     "Give all racks the same number of nodes: the smaller ones hold more data per node."},
    {"unknown-datacenter", kError, "A keyspace replicates only to datacenters that exist.",
     "Correct the datacenter's name in the replication, or take it out."},
    {"version-mixed", kError, "All racks should run the same release.",
     "Write one image for all; finish an upgrade before the next change."},
    {"version-path", kError, "Only some releases may be upgraded to some others.",
     "Go through the release between; never back to an older line."},
    {"version-unknown", kWarning, "The release of Cassandra should be known.",
     "Use an image tag that starts with the release, or set serverVersion."},
    {"version-unsupported", kError, "Only releases that cassplan knows are planned for.", "Use 3.11, 4.0, 4.1 or 5.0."},
    {"volumes-deleted", kWarning, "Deleting the cluster's object should not delete its data.",
     "Set deletePVC to false unless the cluster is a throwaway."},
};

}  // namespace

absl::Span<const Rule> Rules() { return kRules; }

v1::Finding& Findings::Add(const Spec& spec, absl::string_view rule, v1::FindingLevel level, std::string message,
                           std::string remedy, absl::string_view path, const v1::Target& subject) {
  v1::Finding& f = list.emplace_back();
  f.set_rule(std::string(rule));
  f.set_level(level);
  f.set_message(std::move(message));
  f.set_remedy(std::move(remedy));
  *f.mutable_location() = report::Locate(spec.desired, path, subject);
  // What the file does not say, such as a keyspace that is only observed, belongs to the place that it is about.
  if (f.location().file().empty() || path == "topology") {
    v1::Location place = report::Locate(spec.desired, v1::Reason(), subject);
    if (!place.file().empty()) *f.mutable_location() = std::move(place);
  }
  if (f.location().file().empty()) {
    f.mutable_location()->set_file(spec.file);
    f.mutable_location()->set_path(std::string(path));
  }
  if (!subject.datacenter().empty() || !subject.keyspace().empty()) *f.mutable_subject() = subject;
  return f;
}

v1::Finding& Findings::Add(const Spec& spec, absl::string_view rule, v1::FindingLevel level, std::string message,
                           std::string remedy, absl::string_view path) {
  return Add(spec, rule, level, std::move(message), std::move(remedy), path, v1::Target());
}

std::map<std::string, DatacenterShape> ShapesOf(const v1::Desired& desired) {
  std::map<std::string, DatacenterShape> shapes;
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    DatacenterShape& shape = shapes[dc.name()];
    for (const v1::DesiredRack& rack : dc.racks()) {
      if (rack.nodes() == 0) continue;
      shape.nodes += rack.nodes();
      shape.least = shape.racks == 0 ? rack.nodes() : std::min<int64_t>(shape.least, rack.nodes());
      shape.most = std::max<int64_t>(shape.most, rack.nodes());
      ++shape.racks;
    }
  }
  return shapes;
}

std::map<std::string, v1::Keyspace> KeyspacesOf(const Spec& spec, const v1::Observed* observed) {
  std::map<std::string, v1::Keyspace> all;
  if (observed != nullptr) {
    for (const v1::Report& r : observed->reports()) {
      if (r.schema().derived()) continue;  // only lower bounds
      for (const v1::Keyspace& k : r.schema().keyspaces()) all[k.name()] = k;
    }
  }
  for (const v1::Keyspace& k : spec.desired.keyspaces()) all[k.name()] = k;
  return all;
}

bool IsSystem(absl::string_view keyspace) {
  static constexpr std::array<absl::string_view, 7> kNames = {
      "system",        "system_schema",      "system_views", "system_virtual_schema",
      "system_traces", "system_distributed", "system_auth"};
  return std::find(kNames.begin(), kNames.end(), keyspace) != kNames.end();
}

std::string LineOf(absl::string_view release) {
  const std::vector<absl::string_view> parts = absl::StrSplit(release, absl::ByAnyChar(".-~+"));
  int32_t major = 0;
  int32_t minor = 0;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[0], &major) || !absl::SimpleAtoi(parts[1], &minor)) return "";
  return absl::StrCat(major, ".", minor);
}

v1::Target InDatacenter(const std::string& datacenter) {
  v1::Target target;
  target.set_datacenter(datacenter);
  return target;
}

std::vector<v1::Finding> Lint(const Input& input) {
  Findings out;
  for (size_t i = 0; i < input.specs.size(); ++i) {
    Input own = input;
    if (i > 0) own.observed = nullptr;
    if (i > 0) own.ledger.Clear();
    CheckReplication(input.specs[i], own, &out);
    CheckTopology(input.specs[i], own, &out);
    CheckTemplates(input.specs[i], own, &out);
    CheckVersions(input.specs[i], own, &out);
    if (own.observed != nullptr) CheckObserved(input.specs[i], own, &out);
  }
  CheckNames(input.specs, &out);
  const auto key = [](const v1::Finding& f) {
    return std::make_tuple(f.location().file().empty(), f.location().file(), f.location().line() == 0,
                           f.location().line(), f.location().column(), f.rule(), f.message());
  };
  std::sort(out.list.begin(), out.list.end(),
            [&](const v1::Finding& a, const v1::Finding& b) { return key(a) < key(b); });
  out.list.erase(std::unique(out.list.begin(), out.list.end(),
                             [&](const v1::Finding& a, const v1::Finding& b) { return key(a) == key(b); }),
                 out.list.end());
  return std::move(out.list);
}

}  // namespace cassplan::lint
