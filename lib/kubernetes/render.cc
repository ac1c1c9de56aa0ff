#include "lib/kubernetes/render.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/quantity.h"
#include "lib/kubernetes/render_json.h"
#include "yaml-cpp/yaml.h"

namespace cassplan::kubernetes {
namespace {

Json Metadata(const ParsedCluster& cluster, const std::string& name, const Labels& labels) {
  Json metadata = {{"name", name}, {"namespace", cluster.name_space}, {"labels", labels}};
  if (!cluster.uid.empty()) {
    metadata["ownerReferences"] = Json::array({{{"apiVersion", kApiVersion},
                                                {"kind", kKind},
                                                {"name", cluster.name},
                                                {"uid", cluster.uid},
                                                {"controller", true}}});
  }
  return metadata;
}

Json HeadlessService(const ParsedCluster& cluster, const std::string& name, const Labels& labels, const char* port_name,
                     int port) {
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", Metadata(cluster, name, labels)},
          {"spec",
           {{"type", "ClusterIP"},
            {"clusterIP", "None"},
            {"ports", Json::array({{{"name", port_name}, {"port", port}, {"protocol", "TCP"}}})},
            {"selector", ClusterLabels(cluster.name, cluster.labels)}}}};
}

Json Budget(const ParsedCluster& cluster, const Labels& labels) {
  return {{"apiVersion", "policy/v1"},
          {"kind", "PodDisruptionBudget"},
          {"metadata", Metadata(cluster, cluster.name, labels)},
          {"spec", {{"maxUnavailable", cluster.max_pod_unavailable}, {"selector", {{"matchLabels", labels}}}}}};
}

std::string CanonicalQuantity(const std::string& text) {
  const absl::StatusOr<Quantity> quantity = ParseQuantity(text);
  return quantity.ok() ? FormatQuantity(*quantity) : text;
}

Json ClaimTemplates(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const Labels& labels) {
  Json claims = Json::array();
  if (!datacenter.data_capacity.empty()) {
    Json spec = {{"accessModes", {"ReadWriteOnce"}},
                 {"resources", {{"requests", {{"storage", CanonicalQuantity(datacenter.data_capacity)}}}}}};
    if (!datacenter.storage_class.empty()) spec["storageClassName"] = datacenter.storage_class;
    claims.push_back({{"metadata", {{"name", kDataVolume}, {"labels", labels}}}, {"spec", std::move(spec)}});
  }
  for (const ParsedStorage& storage : cluster.storage_configs) {
    claims.push_back(
        {{"metadata", {{"name", storage.name}, {"labels", labels}}}, {"spec", ReadJson(storage.pvc_spec)}});
  }
  return claims;
}

Json StatefulSet(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  const Labels labels = RackLabels(cluster.name, cluster.labels, datacenter.name, rack.name);
  Json spec = WorkloadSpecJson(cluster, datacenter, rack);
  spec["replicas"] = datacenter.nodes_per_rack;
  spec["updateStrategy"] = {{"type", "RollingUpdate"}, {"rollingUpdate", {{"partition", rack.rolling_partition}}}};
  spec["selector"] = {{"matchLabels", labels}};
  spec["template"] = PodTemplateJson(cluster, datacenter, rack);
  return {{"apiVersion", "apps/v1"},
          {"kind", "StatefulSet"},
          {"metadata", Metadata(cluster, WorkloadName(cluster.name, datacenter.name, rack.name), labels)},
          {"spec", std::move(spec)}};
}

std::vector<Json> AllObjects(const ParsedCluster& cluster) {
  std::vector<Json> objects = SharedObjectsJson(cluster);
  for (const ParsedDatacenter& datacenter : cluster.datacenters) {
    for (const ParsedRack& rack : datacenter.racks) objects.push_back(StatefulSet(cluster, datacenter, rack));
  }
  return objects;
}

// Texts that no YAML reader takes for anything else than a string.
bool IsPlain(const std::string& text) {
  if (text.empty() || text.back() == ':') return false;
  if (!absl::ascii_isalpha(static_cast<unsigned char>(text.front())) && text.front() != '/') return false;
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && std::string("/._-:@+").find(c) == std::string::npos) {
      return false;
    }
  }
  const std::string lower = absl::AsciiStrToLower(text);
  for (const char* word : {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}) {
    if (lower == word) return false;
  }
  return true;
}

void Emit(const Json& json, YAML::Emitter* out) {
  if (json.is_object()) {
    *out << (json.empty() ? YAML::Flow : YAML::Block) << YAML::BeginMap;
    for (const auto& [key, value] : json.items()) {
      *out << YAML::Key;
      Emit(key, out);
      *out << YAML::Value;
      Emit(value, out);
    }
    *out << YAML::EndMap;
  } else if (json.is_array()) {
    *out << (json.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (const Json& item : json) Emit(item, out);
    *out << YAML::EndSeq;
  } else if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    *out << (IsPlain(text) ? YAML::Auto : YAML::SingleQuoted) << text;
  } else {
    *out << WriteJson(json);
  }
}

}  // namespace

Json WorkloadSpecJson(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  Json spec = {{"serviceName", cluster.name}};
  const Labels labels = RackLabels(cluster.name, cluster.labels, datacenter.name, rack.name);
  if (Json claims = ClaimTemplates(cluster, datacenter, labels); !claims.empty()) {
    spec["volumeClaimTemplates"] = std::move(claims);
  }
  return spec;
}

std::vector<Json> SharedObjectsJson(const ParsedCluster& cluster) {
  const Labels labels = ClusterLabels(cluster.name, cluster.labels);
  Json service = HeadlessService(cluster, cluster.name, labels, "cql", 9042);
  service["spec"]["publishNotReadyAddresses"] = true;
  if (!cluster.service_annotations.empty()) service["metadata"]["annotations"] = cluster.service_annotations;
  Labels exporter_labels = labels;
  exporter_labels["k8s-app"] = "exporter-cassandra-jmx";
  Json exporter =
      HeadlessService(cluster, absl::StrCat(cluster.name, "-exporter-jmx"), exporter_labels, "promjmx", 9500);
  return {std::move(service), std::move(exporter), Budget(cluster, labels)};
}

std::vector<RenderedObject> Render(const ParsedCluster& cluster) {
  std::vector<RenderedObject> objects;
  for (const Json& json : AllObjects(cluster)) {
    objects.push_back({TextOf(json, "kind"), TextOf(json["metadata"], "name"), WriteJson(json)});
  }
  return objects;
}

JsonText RenderPodTemplate(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  return WriteJson(PodTemplateJson(cluster, datacenter, rack));
}

std::string RenderYaml(const ParsedCluster& cluster) {
  std::string yaml;
  for (const Json& json : AllObjects(cluster)) {
    YAML::Emitter out;
    Emit(json, &out);
    absl::StrAppend(&yaml, "---\n", out.c_str(), "\n");
  }
  return yaml;
}

}  // namespace cassplan::kubernetes
