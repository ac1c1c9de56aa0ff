// What the specs say by themselves.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/kubernetes/names.h"
#include "lib/lint/checks.h"
#include "lib/report/words.h"

namespace cassplan::lint {
namespace {

constexpr v1::FindingLevel kNote = v1::FINDING_LEVEL_NOTE;
constexpr v1::FindingLevel kWarning = v1::FINDING_LEVEL_WARNING;
constexpr v1::FindingLevel kError = v1::FINDING_LEVEL_ERROR;

v1::Target KeyspaceIn(const std::string& keyspace, const std::string& datacenter) {
  v1::Target target;
  target.set_keyspace(keyspace);
  target.set_datacenter(datacenter);
  return target;
}

std::string Nodes(int64_t n) { return report::Count(static_cast<size_t>(n), "node", "nodes"); }

void CheckSimple(const Spec& spec, const v1::Keyspace& k, const std::map<std::string, DatacenterShape>& shapes,
                 Findings* out) {
  if (IsSystem(k.name())) return;
  int64_t nodes = 0;
  for (const auto& [name, shape] : shapes) nodes += shape.nodes;
  if (nodes < k.replication_factor()) {
    out->Add(spec, "replication-nodes", kError,
             absl::StrCat("keyspace ", k.name(), " has ", k.replication_factor(),
                          " replicas, and the cluster shall have ", Nodes(nodes)),
             absl::StrCat("keep at least ", Nodes(k.replication_factor()), ", or lower the replication factor first"),
             "nodesPerRacks", KeyspaceIn(k.name(), ""));
  }
  out->Add(spec, "simple-strategy", shapes.size() > 1 ? kError : kWarning,
           absl::StrCat("keyspace ", k.name(), " is SimpleStrategy, which does not look at racks",
                        shapes.size() > 1 ? " or datacenters: its replicas are spread over all of them" : ""),
           "alter it to NetworkTopologyStrategy, then repair it", "keyspaces", KeyspaceIn(k.name(), ""));
}

void CheckIn(const Spec& spec, const v1::Keyspace& k, const v1::DatacenterReplication& r,
             const std::map<std::string, DatacenterShape>& shapes, bool has_dump, Findings* out) {
  const v1::Target subject = KeyspaceIn(k.name(), r.datacenter());
  const auto found = shapes.find(r.datacenter());
  const int32_t rf = r.replication_factor();
  if (rf == 0) return;
  if (found == shapes.end()) {
    out->Add(spec, "unknown-datacenter", has_dump ? kError : kWarning,
             absl::StrCat("keyspace ", k.name(), " has ", rf, " replicas in ", r.datacenter(),
                          ", which is no datacenter of this cluster"),
             "correct the name in the replication, or alter the keyspace so that it has no replicas there", "keyspaces",
             KeyspaceIn(k.name(), ""));
    return;
  }
  const DatacenterShape& shape = found->second;
  if (IsSystem(k.name()) && k.name() != "system_auth") return;
  if (shape.nodes < rf && !IsSystem(k.name())) {
    out->Add(spec, "replication-nodes", kError,
             absl::StrCat("keyspace ", k.name(), " has ", rf, " replicas in ", r.datacenter(), ", which shall have ",
                          Nodes(shape.nodes)),
             absl::StrCat("keep at least ", Nodes(rf), " there, or lower the replication factor first"),
             "nodesPerRacks", subject);
  }
  if (IsSystem(k.name())) return;
  if (shape.racks > 1 && shape.racks < rf) {
    out->Add(
        spec, "rack-count", kWarning,
        absl::StrCat(r.datacenter(), " has ", shape.racks, " racks and keyspace ", k.name(), " has ", rf,
                     " replicas there: a rack holds several replicas of a range, so nodes of it cannot go together"),
        absl::StrCat("use ", rf, " racks, or one"), "topology", subject);
  }
  if (rf < 3) {
    out->Add(
        spec, "intolerant-replication", kWarning,
        absl::StrCat("keyspace ", k.name(), " has ", rf, rf == 1 ? " replica" : " replicas", " in ", r.datacenter(),
                     ": without one of them LOCAL_QUORUM fails, so every restart is seen by clients"),
        "raise the replication factor to 3 with a repair after it", "keyspaces", subject);
  }
}

// false behind the name, whatever quotes and escapes are between: a configuration is JSON inside JSON.
bool SaysFalse(absl::string_view body, absl::string_view name) {
  for (size_t at = body.find(name); at != absl::string_view::npos; at = body.find(name, at + 1)) {
    size_t after = at + name.size();
    while (after < body.size() && absl::StrContains("\\\":= ", body.substr(after, 1))) ++after;
    if (after > at + name.size() && absl::StartsWith(body.substr(after), "false")) return true;
  }
  return false;
}

void CheckBody(const Spec& spec, const std::string& whose, absl::string_view body, const v1::Target& rack,
               std::set<std::string>* told, Findings* out) {
  if (SaysFalse(body, "auto_bootstrap") && told->insert(absl::StrCat("b", whose)).second) {
    out->Add(spec, "auto-bootstrap", kError,
             absl::StrCat(whose,
                          " says auto_bootstrap: false: a node that joins with it owns ranges whose data it never "
                          "fetched"),
             "take auto_bootstrap out of the configuration", "config", rack);
  }
  if (absl::StrContains(body, "cassandra.replace_address") && told->insert(absl::StrCat("r", whose)).second) {
    out->Add(spec, "replace-address", kError,
             absl::StrCat(whose,
                          " names a member to replace (cassandra.replace_address): every node that starts with it "
                          "tries to take that member's place"),
             "take it out of the template; replace a node by asking for the operation", "config", rack);
  }
}

std::string TagOf(const std::string& image) {
  if (absl::StrContains(image, "@")) return "digest";
  const size_t colon = image.rfind(':');
  const size_t slash = image.rfind('/');
  return colon == std::string::npos || (slash != std::string::npos && colon < slash) ? "" : image.substr(colon + 1);
}

}  // namespace

void CheckReplication(const Spec& spec, const Input& input, Findings* out) {
  const std::map<std::string, DatacenterShape> shapes = ShapesOf(spec.desired);
  int64_t nodes = 0;
  for (const auto& [name, shape] : shapes) nodes += shape.nodes;
  for (const auto& [name, k] : KeyspacesOf(spec, input.observed)) {
    if (k.strategy() == "LocalStrategy") continue;
    if (k.strategy() == "SimpleStrategy") CheckSimple(spec, k, shapes, out);
    int32_t most = k.replication_factor();
    for (const v1::DatacenterReplication& r : k.datacenters()) {
      most = std::max(most, r.replication_factor());
      CheckIn(spec, k, r, shapes, input.observed != nullptr, out);
    }
    if (name == "system_auth" && most == 1 && nodes > 1) {
      out->Add(spec, "auth-replication", kWarning,
               "system_auth has one replica: while its node is away nobody whose role is there can log in",
               "alter system_auth to NetworkTopologyStrategy with 3 replicas per datacenter, then repair it",
               "keyspaces", KeyspaceIn(name, ""));
    }
  }
}

void CheckTopology(const Spec& spec, const Input&, Findings* out) {
  for (const auto& [name, shape] : ShapesOf(spec.desired)) {
    if (shape.least == shape.most) continue;
    out->Add(spec, "uneven-racks", kWarning,
             absl::StrCat("racks of ", name, " have from ", shape.least, " to ", shape.most,
                          " nodes: with a replica in each rack the nodes of the smaller ones hold more"),
             "give all racks of the datacenter the same number of nodes", "nodesPerRacks", InDatacenter(name));
  }
  for (const v1::DesiredDatacenter& dc : spec.desired.datacenters()) {
    const bool any = std::any_of(dc.racks().begin(), dc.racks().end(),
                                 [](const v1::DesiredRack& r) { return r.nodes() > 0 && !r.has_volume(); });
    if (!any) continue;
    out->Add(spec, "no-volume", kWarning,
             absl::StrCat("nodes of ", dc.name(), " have no volume: their data goes with the Pod"),
             "set a data capacity", "dataCapacity", InDatacenter(dc.name()));
  }
  if (spec.cluster == nullptr) return;
  const kubernetes::ParsedCluster& parsed = spec.cluster->cluster;
  if (parsed.max_pod_unavailable > 1) {
    out->Add(spec, "disruption-budget", kWarning,
             absl::StrCat("the PodDisruptionBudget is over the whole cluster and lets ", parsed.max_pod_unavailable,
                          " nodes go at once: machines that are drained may take nodes of several racks"),
             "set maxPodUnavailable to 1; for faster rolling updates set policy.rack_width", "maxPodUnavailable");
  }
  if (parsed.max_pod_unavailable == 0) {
    out->Add(spec, "disruption-budget", kNote,
             "the PodDisruptionBudget lets no node go: no machine with a node on it can be drained",
             "set maxPodUnavailable to 1", "maxPodUnavailable");
  }
  if (parsed.delete_pvc) {
    out->Add(spec, "volumes-deleted", kWarning, "deletePVC is true: the data goes when the CassandraCluster is deleted",
             "set deletePVC to false unless the cluster is a throwaway", "deletePVC");
  }
  const std::string tag = TagOf(parsed.cassandra_image);
  if (tag.empty() || tag == "latest") {
    out->Add(spec, "image-tag", kWarning,
             absl::StrCat("image ", parsed.cassandra_image,
                          " may mean another release tomorrow: any restart could be an upgrade"),
             "write the whole version as the tag", "cassandraImage");
  }
}

void CheckTemplates(const Spec& spec, const Input& input, Findings* out) {
  std::set<std::string> told;
  for (const v1::DesiredDatacenter& dc : spec.desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      v1::Target target = InDatacenter(dc.name());
      target.set_rack(rack.name());
      CheckBody(spec, absl::StrCat("the template of rack ", dc.name(), "/", rack.name()), rack.template_().body(),
                target, &told, out);
    }
  }
  if (input.observed == nullptr) return;
  for (const v1::Report& r : input.observed->reports()) {
    if (!r.has_rack()) continue;
    CheckBody(spec, absl::StrCat("the stored template of rack ", r.subject().datacenter(), "/", r.subject().rack()),
              r.rack().template_().body(), r.subject(), &told, out);
  }
}

void CheckNames(const std::vector<Spec>& specs, Findings* out) {
  std::map<std::pair<std::string, std::string>, std::vector<const Spec*>> owners;  // namespace, object
  for (const Spec& spec : specs) {
    std::set<std::string> names;
    std::string name_space = "default";
    for (const v1::SharedObject& object : spec.desired.objects())
      names.insert(absl::StrCat(object.kind(), " ", object.name()));
    if (spec.cluster != nullptr) {
      name_space = spec.cluster->cluster.name_space;
      names.insert(absl::StrCat("CassandraCluster ", spec.cluster->cluster.name));
    }
    for (const v1::DesiredDatacenter& dc : spec.desired.datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        names.insert(
            absl::StrCat("StatefulSet ", kubernetes::WorkloadName(spec.desired.cluster(), dc.name(), rack.name())));
      }
    }
    for (const std::string& name : names) owners[{name_space, name}].push_back(&spec);
  }
  std::map<std::pair<const Spec*, const Spec*>, std::vector<std::string>> clashes;
  std::map<std::pair<const Spec*, const Spec*>, std::string> spaces;
  for (const auto& [object, users] : owners) {
    for (size_t i = 1; i < users.size(); ++i) {
      clashes[{users[0], users[i]}].push_back(object.second);
      spaces[{users[0], users[i]}] = object.first;
    }
  }
  for (const auto& [pair, names] : clashes) {
    std::vector<std::string> shown(names.begin(),
                                   names.begin() + static_cast<int64_t>(std::min<size_t>(names.size(), 4)));
    if (names.size() > shown.size()) shown.push_back(absl::StrCat(names.size() - shown.size(), " more"));
    out->Add(*pair.second, "name-clash", kError,
             absl::StrCat("shares objects of namespace ", spaces[pair], " with ", pair.first->file, ": ",
                          absl::StrJoin(shown, ", "), "; each would change or delete what belongs to the other"),
             "rename one of the clusters, or put it into another namespace", "metadata.name");
  }
}

}  // namespace cassplan::lint
