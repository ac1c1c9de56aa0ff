#include "lib/kubernetes/cassandra_cluster.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/config_data.h"
#include "lib/kubernetes/desired.h"
#include "lib/kubernetes/fields.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/parts.h"
#include "lib/kubernetes/topology.h"

namespace cassplan::kubernetes {
namespace {

constexpr int32_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

// True when the document is of the right kind.
bool ReadType(Fields* document) {
  const std::string version = document->Text("apiVersion");
  const std::string kind = document->Text("kind");
  if (version == "db.orange.com/v1alpha1") {
    document->AddProblem("apiVersion",
                         absl::StrCat("db.orange.com/v1alpha1 is CassKop's older API; convert to ", kApiVersion));
  } else if (version != kApiVersion) {
    document->AddProblem("apiVersion", version.empty()
                                           ? absl::StrCat("is required; write ", kApiVersion)
                                           : absl::StrCat("must be ", kApiVersion, "; it is \"", version, "\""));
  }
  if (kind == "List" || kind == "CassandraClusterList") {
    document->AddProblem("kind", "this is a list; give one CassandraCluster");
  } else if (kind != kKind) {
    document->AddProblem("kind", kind.empty() ? absl::StrCat("is required; write ", kKind)
                                              : absl::StrCat("must be ", kKind, "; it is \"", kind, "\""));
  }
  return version == kApiVersion && kind == kKind;
}

void ReadMetadata(ReadContext* context, Fields* document, ParsedCluster* cluster) {
  Fields metadata(context, document->Map("metadata"), "metadata", /*record=*/true);
  if (metadata.empty()) {
    if (document->Take("metadata") == nullptr) document->AddProblem("metadata", "is required");
    return;
  }
  cluster->name = metadata.Text("name");
  if (cluster->name.empty()) {
    metadata.AddProblem("name", "is required");
  } else if (!IsObjectName(cluster->name, /*dots=*/false) || (cluster->name[0] >= '0' && cluster->name[0] <= '9')) {
    metadata.AddProblem("name",
                        absl::StrCat("\"", cluster->name,
                                     "\" must be lower-case letters, digits and dashes, a letter first, at most 63 "
                                     "characters"));
  }
  cluster->name_space = metadata.Text("namespace", "default");
  cluster->labels = metadata.StringMap("labels");
  cluster->annotations = metadata.StringMap("annotations");
  cluster->uid = metadata.Text("uid");
  cluster->generation = metadata.Integer("generation", 0, kInt64Max).value_or(0);
  if (metadata.Take("deletionTimestamp") != nullptr) {
    metadata.AddNote("deletionTimestamp", "the CassandraCluster is being deleted");
  }
  metadata.Ignore({"creationTimestamp", "deletionGracePeriodSeconds", "finalizers", "generateName", "managedFields",
                   "ownerReferences", "resourceVersion", "selfLink"});
  metadata.Finish();
}

void ReadStatus(ReadContext* context, Fields* document, ParsedCluster* cluster) {
  Fields status(context, document->Map("status"), "status");
  const model::Value* list = status.List("seedlist");
  if (list == nullptr) return;
  cluster->status_seeds.emplace();
  for (const model::Value& item : list->items) {
    if (item.IsScalar() && !item.IsNull()) cluster->status_seeds->push_back(item.text);
  }
}

void ReadImages(Fields* spec, ParsedCluster* cluster) {
  cluster->cassandra_image = spec->Text("cassandraImage", "cassandra:3.11.10");
  cluster->image_pull_policy = spec->Choice("imagepullpolicy", "Always", {"Always", "IfNotPresent", "Never"});
  cluster->bootstrap_image = spec->Text("bootstrapImage", "ghcr.io/cscetbon/casskop-bootstrap:0.1.21");
  cluster->config_builder_image = spec->Text("configBuilderImage", "datastax/cass-config-builder:1.0.4");
  cluster->server_version = spec->Text("serverVersion");
  cluster->server_type = spec->Choice("serverType", "cassandra", {"cassandra", "dse"});
}

void ReadBehaviour(Fields* spec, ParsedCluster* cluster) {
  cluster->hard_anti_affinity = spec->Bool("hardAntiAffinity").value_or(false);
  cluster->delete_pvc = spec->Bool("deletePVC").value_or(false);
  cluster->debug = spec->Bool("debug").value_or(false);
  cluster->auto_pilot = spec->Bool("autoPilot").value_or(false);
  cluster->start_permits = spec->Bool("startPermits").value_or(false);
  cluster->no_check_sts_are_equal = spec->Bool("noCheckStsAreEqual").value_or(false);
  cluster->auto_update_seed_list = spec->Bool("autoUpdateSeedList").value_or(false);
  cluster->unlock_next_operation = spec->Bool("unlockNextOperation").value_or(false);
  cluster->restart_count_before_pod_deletion = spec->Int32("restartCountBeforePodDeletion", 0, 0, kInt32Max);
  cluster->keyspace_cleanup_threads = spec->Int32("keyspaceCleanupThreads", 0, 0, kInt32Max);
  // CassKop takes 0 for "not written".
  const int32_t unavailable = spec->Int32("maxPodUnavailable", 1, 0, kMaxNodesPerRack);
  cluster->max_pod_unavailable = unavailable == 0 ? 1 : unavailable;
  cluster->nodes_per_racks = spec->Int32("nodesPerRacks", 1, 1, kMaxNodesPerRack);
  if (cluster->debug) spec->AddNote("debug", "Cassandra is not started: its container only waits");
  for (const char* key : {"unlockNextOperation", "noCheckStsAreEqual"}) {
    const bool set = absl::string_view(key) == "noCheckStsAreEqual" ? cluster->no_check_sts_are_equal
                                                                    : cluster->unlock_next_operation;
    if (set) spec->AddNote(key, "has no effect: cassplan does not need it");
  }
}

void ReadPodSettings(ReadContext* context, Fields* spec, ParsedCluster* cluster) {
  cluster->env_vars = ReadVariables(context, spec, "envVars");
  cluster->run_as_user = spec->Integer("runAsUser", 1, kInt64Max).value_or(999);
  cluster->fs_group = spec->Integer("fsGroup", 1, kInt64Max).value_or(1);
  cluster->read_only_root_filesystem = spec->Bool("readOnlyRootFilesystem").value_or(true);
  cluster->share_process_namespace = spec->Bool("shareProcessNamespace");
  cluster->service_account_name = spec->Text("serviceAccountName", "cassandra-cluster-node");
  cluster->image_pull_secret = ReadReference(context, spec, "imagePullSecret");
  cluster->jolokia_secret = ReadReference(context, spec, "imageJolokiaSecret");
  cluster->cql_secret = ReadReference(context, spec, "cqlSecret");
  cluster->config_map_name = spec->Text("configMapName");
  cluster->config = ReadConfig(context, spec, "config");
  cluster->sidecars = ReadSidecars(context, spec, "sidecarConfigs");
  cluster->storage_configs = ReadStorageConfigs(context, spec, "storageConfigs");
  Fields pod(context, spec->Map("pod"), spec->PathOf("pod"), /*record=*/true);
  cluster->pod_annotations = pod.StringMap("annotations");
  cluster->pod_tolerations = ReadTolerations(context, &pod, "tolerations");
  pod.Finish();
  Fields service(context, spec->Map("service"), spec->PathOf("service"), /*record=*/true);
  cluster->service_annotations = service.StringMap("annotations");
  service.Finish();
}

void ReadClusterResources(ReadContext* context, Fields* spec, ParsedCluster* cluster) {
  cluster->resources = ReadResources(context, spec, "resources");
  Json resources = ReadJson(cluster->resources);
  const Json* requests = Find(std::as_const(resources), "requests");
  if (requests == nullptr || Find(std::as_const(resources), "limits") != nullptr) return;
  resources["limits"] = Json(*requests);
  cluster->resources = WriteJson(resources);
}

std::optional<int32_t> ReadOptional(Fields* spec, const std::string& key) {
  const std::optional<int64_t> value = spec->Integer(key, 1, kInt32Max);
  if (!value.has_value()) return std::nullopt;
  return static_cast<int32_t>(*value);
}

ParsedProbe ReadProbe(Fields* spec, const std::string& prefix, int32_t delay, int32_t timeout) {
  ParsedProbe probe;
  probe.initial_delay_seconds = spec->Int32(prefix + "InitialDelaySeconds", delay, 0, kInt32Max);
  probe.timeout_seconds = spec->Int32(prefix + "HealthCheckTimeout", timeout, 1, kInt32Max);
  probe.period_seconds = spec->Int32(prefix + "HealthCheckPeriod", 10, 1, kInt32Max);
  probe.failure_threshold = ReadOptional(spec, prefix + "FailureThreshold");
  probe.success_threshold = ReadOptional(spec, prefix + "SuccessThreshold");
  return probe;
}

void ReadProbes(Fields* spec, ParsedCluster* cluster) {
  cluster->liveness = ReadProbe(spec, "liveness", 120, 20);
  cluster->readiness = ReadProbe(spec, "readiness", 60, 10);
  if (cluster->liveness.success_threshold.value_or(1) != 1) {
    spec->AddProblem("livenessSuccessThreshold",
                     absl::StrCat("Kubernetes allows only 1; it is ", *cluster->liveness.success_threshold));
  }
}

void ReadBackup(ReadContext* context, Fields* spec, ParsedBackup* backup) {
  Fields fields(context, spec->Map("backRestSidecar"), spec->PathOf("backRestSidecar"), /*record=*/true);
  backup->enabled = fields.Bool("enabled").value_or(true);
  backup->image = fields.Text("image", "ghcr.io/cscetbon/instaclustr-icarus:1.1.3");
  backup->image_pull_policy = fields.Choice("imagePullPolicy", "", {"Always", "IfNotPresent", "Never"});
  backup->env_vars = ReadVariables(context, &fields, "envVars");
  backup->resources = ReadResources(context, &fields, "resources");
  backup->volume_mounts = ReadMounts(context, &fields, "volumeMount");
  fields.Refuse("volumeMounts", "write volumeMount (a list all the same)");
  fields.Finish();
}

void ReadJmx(ReadContext* context, Fields* spec, ParsedCluster* cluster) {
  const model::Value* map = spec->Map("jmxConfiguration");
  if (map == nullptr) return;
  Fields fields(context, map, spec->PathOf("jmxConfiguration"), /*record=*/true);
  ParsedJmx jmx;
  jmx.remote = fields.Bool("jmxRemoteEnable");
  jmx.ssl = fields.Bool("jmxRemoteSSL");
  jmx.authenticate = fields.Bool("jmxRemoteAuthenticate");
  jmx.port = fields.Int32("jmxRemotePort", 0, 0, 65535);
  jmx.rmi_port = fields.Int32("jmxRemoteRmiPort", 0, 0, 65535);
  fields.Finish();
  cluster->jmx = jmx;
}

constexpr int32_t kMaxReplicas = 1000;

void ReadKeyspaces(ReadContext* context, Fields* spec, ParsedCluster* cluster) {
  const model::Value* map = spec->Map("keyspaces");
  if (map == nullptr) return;
  Fields fields(context, map, spec->PathOf("keyspaces"), /*record=*/true);
  for (const auto& [name, written] : map->members) {
    const model::Value* factors = fields.Map(name);
    if (factors == nullptr) {
      if (written.IsNull()) fields.AddProblem(name, "must be a map of datacenters and their replicas");
      continue;
    }
    Fields datacenters(context, factors, fields.PathOf(name), /*record=*/true);
    std::map<std::string, int32_t>& replicas = cluster->keyspaces[name];
    for (const auto& [datacenter, factor] : factors->members) {
      if (factor.IsNull()) datacenters.AddProblem(datacenter, "must be a number of replicas");
      replicas[datacenter] = datacenters.Int32(datacenter, 0, 0, kMaxReplicas);
    }
    if (replicas.empty()) fields.AddProblem(name, "names no datacenter; take the keyspace out to leave it as it is");
  }
}

// Fields of the API before v2, which documents and examples still show.
void RefuseOldFields(Fields* spec) {
  spec->Refuse("baseImage", "write cassandraImage: <image>:<version>");
  spec->Refuse("version", "write cassandraImage: <image>:<version>");
  spec->Refuse("imagePullPolicy", "write imagepullpolicy, in lower case");
  spec->Refuse("gcStdout", "write config: {jvm-options: {log_gc: ...}}, or print the log with a sidecar");
  spec->Refuse("rollingPartition", "write it in each rack: spec.topology.dc[].rack[].rollingPartition");
  spec->Refuse("rollingRestart", "write it in each rack: spec.topology.dc[].rack[].rollingRestart");
  spec->Refuse("numTokens", "write config: {cassandra-yaml: {num_tokens: ...}}");
  spec->Refuse("initContainerImage", "write bootstrapImage");
  spec->Refuse("initContainerCmd", "remove it; hooks go into the ConfigMap of configMapName");
}

void NoteLosses(Fields* spec, const ParsedCluster& cluster) {
  for (const ParsedDatacenter& datacenter : cluster.datacenters) {
    if (!datacenter.data_capacity.empty()) continue;
    spec->AddNote("dataCapacity", absl::StrCat("datacenter ", datacenter.name,
                                               " has no dataCapacity: a node loses its data with its Pod"));
  }
}

// Cassandra 4 and later do not read the key under which CassKop puts its default heap.
void NoteHeap(Fields* spec, const ParsedCluster& cluster) {
  const std::string version = ServerVersion(cluster);
  const bool later = absl::StartsWith(version, "4") || absl::StartsWith(version, "5");
  if (!later || absl::StartsWith(cluster.server_version, "4")) return;
  const Json config = ReadJson(cluster.config);
  if (Find(config, {"jvm-server-options", "max_heap_size"}) != nullptr) return;
  if (absl::StartsWith(version, "4") && Find(config, {"jvm-options", "max_heap_size"}) != nullptr) return;
  spec->AddNote("config", absl::StrCat("Cassandra ", version,
                                       " does not read the default heap, which CassKop writes to jvm-options; set "
                                       "config.jvm-server-options.max_heap_size"));
}

void ReadSpec(ReadContext* context, Fields* document, CassandraCluster* result) {
  ParsedCluster* cluster = &result->cluster;
  Fields spec(context, document->Map("spec"), "spec", /*record=*/true);
  if (document->Take("spec") == nullptr) document->AddProblem("spec", "is required");
  ReadImages(&spec, cluster);
  ReadBehaviour(&spec, cluster);
  ReadPodSettings(context, &spec, cluster);
  ReadClusterResources(context, &spec, cluster);
  ReadProbes(&spec, cluster);
  ReadBackup(context, &spec, &cluster->backup);
  ReadJmx(context, &spec, cluster);
  ReadKeyspaces(context, &spec, cluster);
  const SpecDefaults defaults{ReadCapacity(&spec, "dataCapacity"), spec.Text("dataStorageClass")};
  ReadTopology(context, &spec, defaults, cluster);
  if (const model::Value* policy = spec.Map("policy")) result->policy = *policy;
  RefuseOldFields(&spec);
  spec.Finish();
  NoteLosses(&spec, *cluster);
  NoteHeap(&spec, *cluster);
}

void SortByPlace(std::vector<Problem>* problems) {
  std::stable_sort(problems->begin(), problems->end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.location.line(), a.location.column()) < std::pair(b.location.line(), b.location.column());
  });
}

}  // namespace

CassandraCluster ReadCassandraCluster(const model::Value& document, const std::string& file, Format format) {
  CassandraCluster result;
  ReadContext context;
  context.file = file;
  context.yaml = format == Format::kYaml;
  if (document.IsNull()) {
    context.AddProblem(document, "", absl::StrCat("is empty; give one ", kKind));
  } else {
    Fields fields(&context, &document, "");
    if (!fields.empty() && ReadType(&fields)) {
      ReadMetadata(&context, &fields, &result.cluster);
      ReadStatus(&context, &fields, &result.cluster);
      ReadSpec(&context, &fields, &result);
      fields.Finish();
      FillDesired(context.locations, &result);
    }
  }
  SortByPlace(&context.problems);
  SortByPlace(&context.notes);
  result.problems = std::move(context.problems);
  result.notes = std::move(context.notes);
  return result;
}

CassandraCluster ReadCassandraCluster(absl::string_view text, const std::string& file, Format format) {
  ParseOptions options;
  options.file = file;
  model::Value document;
  std::vector<Problem> problems = format == Format::kYaml ? model::ParseYamlDocument(text, options, &document)
                                                          : model::ParseJsonDocument(text, options, &document);
  if (problems.empty()) return ReadCassandraCluster(document, file, format);
  CassandraCluster result;
  result.problems = std::move(problems);
  return result;
}

}  // namespace cassplan::kubernetes
