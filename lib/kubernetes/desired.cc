#include "lib/kubernetes/desired.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/quantity.h"
#include "lib/kubernetes/render_json.h"
#include "lib/kubernetes/sections.h"

namespace cassplan::kubernetes {
namespace {

constexpr size_t kSeedsPerDatacenter = 3;

std::vector<SlotId> SeedsOf(const ParsedDatacenter& datacenter) {
  std::vector<SlotId> seeds;
  const size_t racks = datacenter.racks.size();
  for (const ParsedRack& rack : datacenter.racks) {
    // CassKop lists seeds of three racks even where these have no nodes; a seed that never runs helps nobody.
    const int32_t wanted = std::min(datacenter.nodes_per_rack, racks == 1 ? 3 : racks == 2 ? 2 : 1);
    for (int32_t ordinal = 0; ordinal < wanted && seeds.size() < kSeedsPerDatacenter; ++ordinal) {
      seeds.push_back({datacenter.name, rack.name, ordinal});
    }
  }
  return seeds;
}

// Seeds that stay keep their place; new ones come last.
std::vector<std::string> MergeSeeds(const std::vector<std::string>& listed, const std::vector<std::string>& wanted) {
  std::vector<std::string> merged;
  const auto contains = [](const std::vector<std::string>& list, const std::string& host) {
    return std::find(list.begin(), list.end(), host) != list.end();
  };
  for (const std::string& host : listed) {
    if (contains(wanted, host) && !contains(merged, host)) merged.push_back(host);
  }
  for (const std::string& host : wanted) {
    if (!contains(merged, host)) merged.push_back(host);
  }
  return merged;
}

std::vector<std::string> SeedHosts(const ParsedCluster& cluster) {
  const bool computed = cluster.auto_update_seed_list || !cluster.status_seeds.has_value();
  if (!computed) return *cluster.status_seeds;
  std::vector<std::string> wanted;
  for (const SlotId& slot : ComputeSeeds(cluster)) wanted.push_back(SeedHost(cluster.name, cluster.name_space, slot));
  return MergeSeeds(cluster.status_seeds.value_or(std::vector<std::string>()), wanted);
}

void FillTemplate(const ParsedCluster& cluster, size_t datacenter_index, size_t rack_index, v1::Template* out) {
  const ParsedDatacenter& datacenter = cluster.datacenters[datacenter_index];
  const ParsedRack& rack = datacenter.racks[rack_index];
  const Json pod_template = PodTemplateJson(cluster, datacenter, rack);
  TemplateFacts facts = ReadTemplateJson(pod_template, nullptr);
  out->set_revision(facts.revision);
  out->set_release(facts.release);
  out->set_storage_compatibility_mode(StorageModeOfTemplate(pod_template));
  const std::string path = absl::StrCat("spec.topology.dc[", datacenter_index, "]");
  for (v1::TemplateSection& section : facts.sections) {
    if (section.name() == "resources" && datacenter.own_resources) section.set_path(path + ".resources");
    if (section.name() == "config" && !datacenter.config.empty()) section.set_path(path + ".config");
    if (section.name() == "config" && !rack.config.empty()) {
      section.set_path(absl::StrCat(path, ".rack[", rack_index, "].config"));
    }
    *out->add_sections() = std::move(section);
  }
  *out->add_sections() = SelectorSection(Json(RackLabels(cluster.name, cluster.labels, datacenter.name, rack.name)));
  out->set_body(WriteJson(pod_template));
}

void FillVolume(const ParsedDatacenter& datacenter, v1::DesiredRack* out) {
  const absl::StatusOr<Quantity> capacity = ParseQuantity(datacenter.data_capacity);
  if (datacenter.data_capacity.empty() || !capacity.ok()) return;
  out->mutable_volume()->set_capacity_bytes(WholeUnits(*capacity));
  out->mutable_volume()->set_storage_class(datacenter.storage_class);
}

void FillRacks(const ParsedCluster& cluster, size_t datacenter_index, v1::DesiredDatacenter* out) {
  const ParsedDatacenter& datacenter = cluster.datacenters[datacenter_index];
  out->set_name(datacenter.name);
  for (size_t i = 0; i < datacenter.racks.size(); ++i) {
    const ParsedRack& rack = datacenter.racks[i];
    v1::DesiredRack* out_rack = out->add_racks();
    out_rack->set_name(rack.name);
    out_rack->set_nodes(datacenter.nodes_per_rack);
    out_rack->set_restart_token(RestartToken(cluster, rack));
    out_rack->set_partition(rack.rolling_partition);
    FillVolume(datacenter, out_rack);
    FillTemplate(cluster, datacenter_index, i, out_rack->mutable_template_());
    out_rack->set_workload_revision(WorkloadRevisionJson(WorkloadSpecJson(cluster, datacenter, rack)));
  }
}

void FillObjects(const ParsedCluster& cluster, v1::Desired* desired) {
  for (const Json& json : SharedObjectsJson(cluster)) {
    v1::SharedObject* object = desired->add_objects();
    object->set_kind(TextOf(json, "kind"));
    object->set_name(TextOf(json["metadata"], "name"));
    object->set_revision(ObjectRevisionJson(json));
    object->set_create_only(object->kind() == "Service");
  }
}

}  // namespace

std::vector<SlotId> ComputeSeeds(const ParsedCluster& cluster) {
  std::vector<SlotId> seeds;
  for (const ParsedDatacenter& datacenter : cluster.datacenters) {
    for (SlotId& seed : SeedsOf(datacenter)) seeds.push_back(std::move(seed));
  }
  return seeds;
}

void FillDesired(const std::vector<v1::Location>& locations, CassandraCluster* cluster) {
  ParsedCluster& parsed = cluster->cluster;
  v1::Desired& desired = cluster->desired;
  parsed.seeds = SeedHosts(parsed);
  desired.Clear();
  desired.set_cluster(parsed.name);
  desired.set_owner_id(parsed.uid);
  for (size_t i = 0; i < parsed.datacenters.size(); ++i) FillRacks(parsed, i, desired.add_datacenters());
  FillObjects(parsed, &desired);
  for (const std::string& host : parsed.seeds) *desired.add_seeds() = SeedTarget(parsed.name, host);
  desired.set_max_unavailable(parsed.max_pod_unavailable);
  desired.set_auto_cleanup(parsed.auto_pilot);
  desired.set_start_permits(parsed.start_permits);
  desired.set_cleanup_threads(parsed.keyspace_cleanup_threads);
  for (const auto& [name, replicas] : parsed.keyspaces) {
    v1::Keyspace* keyspace = desired.add_keyspaces();
    keyspace->set_name(name);
    keyspace->set_strategy("NetworkTopologyStrategy");
    for (const auto& [datacenter, factor] : replicas) {
      v1::DatacenterReplication* one = keyspace->add_datacenters();
      one->set_datacenter(datacenter);
      one->set_replication_factor(factor);
    }
  }
  for (const v1::Location& location : locations) *desired.add_locations() = location;
}

void Adopt(const ClusterIdentity& live, CassandraCluster* cluster) {
  ParsedCluster& parsed = cluster->cluster;
  if (parsed.name != live.name || !parsed.uid.empty()) return;
  parsed.uid = live.uid;
  parsed.name_space = live.name_space;
  if (!parsed.status_seeds.has_value()) parsed.status_seeds = live.seeds;
  const std::vector<v1::Location> locations(cluster->desired.locations().begin(), cluster->desired.locations().end());
  FillDesired(locations, cluster);
}

}  // namespace cassplan::kubernetes
