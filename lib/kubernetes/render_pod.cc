// The Pod template of a rack: init containers, Cassandra, sidecars, volumes.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/kubernetes/config_data.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/render_json.h"

namespace cassplan::kubernetes {
namespace {

Json Variable(const std::string& name, const std::string& value) { return {{"name", name}, {"value", value}}; }

Json FieldVariable(const std::string& name, const std::string& path) {
  return {{"name", name}, {"valueFrom", {{"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", path}}}}}};
}

Json LabelVariable(const std::string& name, const std::string& label) {
  return FieldVariable(name, absl::StrCat("metadata.labels['", label, "']"));
}

Json SecretVariable(const std::string& name, const std::string& secret, const std::string& key) {
  return {{"name", name}, {"valueFrom", {{"secretKeyRef", {{"name", secret}, {"key", key}}}}}};
}

Json Mount(const std::string& volume, const std::string& path) { return {{"name", volume}, {"mountPath", path}}; }

Json ToList(const std::vector<JsonText>& texts) {
  Json list = Json::array();
  for (const JsonText& text : texts) list.push_back(ReadJson(text));
  return list;
}

// One list in order of name; of equal names the last wins.
Json MergeVariables(const std::vector<Json>& lists) {
  std::map<std::string, Json> by_name;
  for (const Json& list : lists) {
    for (const Json& variable : list) by_name[TextOf(variable, "name")] = variable;
  }
  Json merged = Json::array();
  for (auto& [name, variable] : by_name) merged.push_back(std::move(variable));
  return merged;
}

Json CommonVariables(const ParsedCluster& cluster) {
  Json variables = {FieldVariable("POD_IP", "status.podIP"), Variable("CASSANDRA_LOG_DIR", "/var/log/cassandra")};
  if (!cluster.jolokia_secret.empty()) {
    variables.push_back(SecretVariable("JOLOKIA_USER", cluster.jolokia_secret, "username"));
    variables.push_back(SecretVariable("JOLOKIA_PASSWORD", cluster.jolokia_secret, "password"));
    variables.push_back(Variable("CASSANDRA_AUTH_JOLOKIA", "true"));
  }
  return variables;
}

Json BootstrapVariables(const ParsedCluster& cluster) {
  const Json base = {Variable("CASSANDRA_CLUSTER_NAME", cluster.name),
                     Variable("CASSANDRA_SEEDS", absl::StrJoin(cluster.seeds, ",")),
                     LabelVariable("CASSANDRA_DC", kDatacenterLabel), LabelVariable("CASSANDRA_RACK", kRackLabel)};
  return MergeVariables({base, CommonVariables(cluster), ToList(cluster.backup.env_vars)});
}

std::string JmxOptions(const ParsedJmx& jmx) {
  const auto flag = [](absl::string_view name, std::optional<bool> value) {
    return value.has_value() ? absl::StrCat("-Dcom.sun.management.jmxremote", name, "=", *value ? "true" : "false", " ")
                             : std::string();
  };
  const auto port = [](absl::string_view name, int32_t value) {
    return value != 0 ? absl::StrCat("-Dcom.sun.management.jmxremote.", name, "=", value, " ") : std::string();
  };
  return absl::StrCat(flag("", jmx.remote), flag(".ssl", jmx.ssl), flag(".authenticate", jmx.authenticate),
                      port("port", jmx.port), port("rmi.port", jmx.rmi_port));
}

Json CassandraVariables(const ParsedCluster& cluster) {
  Json base = CommonVariables(cluster);
  base.push_back(Variable("JAVA_TOOL_OPTIONS", "-Dcom.sun.jndi.rmiURLParsing=legacy"));
  const std::string jmx = cluster.jmx.has_value() ? JmxOptions(*cluster.jmx) : "";
  if (!jmx.empty()) base.push_back(Variable("JVM_OPTS", jmx));
  return MergeVariables({base, ToList(cluster.env_vars)});
}

Json SmallResources(const char* memory) {
  const Json quantities = {{"cpu", "500m"}, {"memory", memory}};
  return {{"limits", quantities}, {"requests", quantities}};
}

Json BaseConfigContainer(const ParsedCluster& cluster) {
  return {{"name", kBaseConfigContainer},
          {"image", cluster.cassandra_image},
          {"imagePullPolicy", cluster.image_pull_policy},
          {"command", {"/bin/sh"}},
          {"args", {"-c", "cp -r /etc/cassandra/* /bootstrap/"}},
          {"volumeMounts", Json::array({Mount("bootstrap", "/bootstrap")})},
          {"resources", SmallResources("512Mi")}};
}

Json ConfigContainer(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  return {{"name", kConfigContainer},
          {"image", cluster.config_builder_image},
          {"imagePullPolicy", cluster.image_pull_policy},
          {"env",
           {Variable("CONFIG_FILE_DATA", ConfigFileData(cluster, datacenter, rack)),
            Variable("CONFIG_OUTPUT_DIRECTORY", "/bootstrap"), LabelVariable("RACK_NAME", kRackLabel),
            Variable("PRODUCT_NAME", cluster.server_type), Variable("PRODUCT_VERSION", ServerVersion(cluster)),
            FieldVariable("POD_IP", "status.podIP"), FieldVariable("HOST_IP", "status.hostIP")}},
          {"volumeMounts", Json::array({Mount("bootstrap", "/bootstrap")})},
          {"resources", SmallResources("512Mi")}};
}

Json BootstrapContainer(const ParsedCluster& cluster, const Json& variables) {
  Json mounts = {Mount("bootstrap", "/etc/cassandra"), Mount("extra-lib", "/extra-lib"), Mount("tools", "/opt/bin")};
  if (!cluster.config_map_name.empty()) mounts.push_back(Mount("cassandra-config", "/configmap"));
  return {{"name", kBootstrapContainer},
          {"image", cluster.bootstrap_image},
          {"imagePullPolicy", cluster.image_pull_policy},
          {"env", variables},
          {"volumeMounts", std::move(mounts)},
          {"resources", SmallResources("512Mi")}};
}

// A data directory with something in it is its own node's, and starts. With an empty one nothing tells what the node is
// to be: it waits for a permit that has not run out, and keeps it on the volume, so that a first boot that was cut
// short goes on as it began; Cassandra heeds all of them in a first boot only.
constexpr char kStartPermitScript[] = R"sh(set -eu
kept="$DATA/start-permit"
if [ -z "$(ls -A "$DATA/data/system" 2>/dev/null)" ]; then
  rm -f "$kept"
  echo "The data directory is empty: waiting for a permit to start."
  until [ -s "$kept" ]; do
    permit=$(cat "$PERMIT" 2>/dev/null || true)
    end="${permit##* until }"
    case "$end" in
      ''|*[!0-9]*) sleep 1 ;;
      *) if [ "$end" -ge "$(date +%s)" ]; then echo "${permit% until *}" > "$kept"; else sleep 1; fi ;;
    esac
  done
fi
[ -s "$kept" ] || exit 0
read -r word address < "$kept"
case "$word" in
  bootstrap) option= ;;
  replace) option="-Dcassandra.replace_address_first_boot=$address" ;;
  join-without-streaming) option="-Dcassandra.auto_bootstrap=false" ;;
  *) echo "$word is none of: bootstrap, replace ADDRESS, join-without-streaming" >&2; rm -f "$kept"; exit 1 ;;
esac
echo "Permitted: $word $address"
[ -z "$option" ] || echo "JVM_OPTS=\"\$JVM_OPTS $option\"" >> "$CONFIGURATION/cassandra-env.sh"
)sh";

Json StartPermitContainer(const ParsedCluster& cluster, const ParsedDatacenter& datacenter) {
  Json mounts = {Mount("bootstrap", "/etc/cassandra"), Mount(kStartPermitContainer, "/permit")};
  if (!datacenter.data_capacity.empty()) mounts.push_back(Mount(kDataVolume, "/var/lib/cassandra"));
  return {{"name", kStartPermitContainer},
          {"image", cluster.cassandra_image},
          {"imagePullPolicy", cluster.image_pull_policy},
          {"command", {"/bin/sh", "-c", kStartPermitScript}},
          {"env",
           {Variable("CONFIGURATION", "/etc/cassandra"), Variable("DATA", "/var/lib/cassandra"),
            Variable("PERMIT", "/permit/permit")}},
          {"volumeMounts", std::move(mounts)},
          {"resources", SmallResources("512Mi")}};
}

Json StartPermitVolume() {
  const Json item = {
      {"path", "permit"},
      {"fieldRef",
       {{"apiVersion", "v1"}, {"fieldPath", absl::StrCat("metadata.annotations['", kStartPermitMark, "']")}}}};
  return {{"name", kStartPermitContainer}, {"downwardAPI", {{"items", Json::array({item})}, {"defaultMode", 0644}}}};
}

Json Probe(const ParsedProbe& probe, const char* script) {
  Json json = {{"exec", {{"command", {"/bin/bash", "-c", script}}}},
               {"initialDelaySeconds", probe.initial_delay_seconds},
               {"timeoutSeconds", probe.timeout_seconds},
               {"periodSeconds", probe.period_seconds}};
  if (probe.failure_threshold.has_value()) json["failureThreshold"] = *probe.failure_threshold;
  if (probe.success_threshold.has_value()) json["successThreshold"] = *probe.success_threshold;
  return json;
}

Json Ports() {
  Json ports = Json::array();
  const std::vector<std::pair<const char*, int>> list = {{"intra-node", 7000}, {"intra-node-tls", 7001},
                                                         {"jmx-port", 7199},   {"cql", 9042},
                                                         {"promjmx", 9500},    {"jolokia", 8778}};
  for (const auto& [name, port] : list) {
    ports.push_back({{"name", name}, {"containerPort", port}, {"protocol", "TCP"}});
  }
  return ports;
}

Json CassandraMounts(const ParsedCluster& cluster, const ParsedDatacenter& datacenter) {
  Json mounts = {Mount("bootstrap", "/etc/cassandra"), Mount("extra-lib", "/extra-lib"), Mount("tools", "/opt/bin")};
  // CassKop asks spec.dataCapacity here, and so does not mount a volume that only the datacenter asks for: its data
  // would be lost with the Pod.
  if (!datacenter.data_capacity.empty()) mounts.push_back(Mount(kDataVolume, "/var/lib/cassandra"));
  mounts.push_back(Mount("tmp", "/tmp"));
  mounts.push_back(Mount("log", "/var/log/cassandra"));
  for (const ParsedStorage& storage : cluster.storage_configs)
    mounts.push_back(Mount(storage.name, storage.mount_path));
  return mounts;
}

Json CassandraContainer(const ParsedCluster& cluster, const ParsedDatacenter& datacenter) {
  Json command = {"cassandra", "-f"};
  if (cluster.debug) command = {"sh", "-c", "tail -f /dev/null"};
  Json container = {{"name", kCassandraContainer},
                    {"image", cluster.cassandra_image},
                    {"imagePullPolicy", cluster.image_pull_policy},
                    {"command", std::move(command)},
                    {"ports", Ports()},
                    {"securityContext",
                     {{"capabilities", {{"add", {"IPC_LOCK"}}}},
                      {"procMount", "Default"},
                      {"readOnlyRootFilesystem", cluster.read_only_root_filesystem}}},
                    {"env", CassandraVariables(cluster)},
                    {"readinessProbe", Probe(cluster.readiness, "/etc/cassandra/readiness-probe.sh")},
                    {"livenessProbe", Probe(cluster.liveness, "/etc/cassandra/liveness-probe.sh")},
                    {"volumeMounts", CassandraMounts(cluster, datacenter)}};
  if (Json resources = ReadJson(datacenter.resources); !resources.empty())
    container["resources"] = std::move(resources);
  return container;
}

Json BackupContainer(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const Json& variables) {
  const ParsedBackup& backup = cluster.backup;
  Json mounts = ToList(backup.volume_mounts);
  mounts.push_back(Mount("bootstrap", "/etc/cassandra"));
  mounts.push_back(Mount("extra-lib", "/extra-lib"));
  if (!datacenter.data_capacity.empty()) mounts.push_back(Mount(kDataVolume, "/var/lib/cassandra"));
  mounts.push_back(Mount("tmp", "/tmp"));
  Json container = {{"name", kBackupContainer},
                    {"image", backup.image},
                    {"env", variables},
                    {"ports", Json::array({{{"name", "http"}, {"containerPort", 4567}}})},
                    {"readinessProbe",
                     {{"httpGet", {{"path", "/status"}, {"port", 4567}}},
                      {"initialDelaySeconds", 10},
                      {"timeoutSeconds", 5},
                      {"periodSeconds", 10},
                      {"failureThreshold", 10}}},
                    {"resources", backup.resources.empty() ? SmallResources("1Gi") : ReadJson(backup.resources)},
                    {"volumeMounts", std::move(mounts)}};
  if (!backup.image_pull_policy.empty()) container["imagePullPolicy"] = backup.image_pull_policy;
  return container;
}

Json Sidecar(const JsonText& text, const Json& variables) {
  Json container = ReadJson(text);
  Json& env = container["env"];
  if (!env.is_array()) env = Json::array();
  for (const Json& variable : variables) env.push_back(variable);
  return container;
}

Json Containers(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const Json& variables) {
  Json containers = Json::array();
  for (const JsonText& sidecar : cluster.sidecars) containers.push_back(Sidecar(sidecar, variables));
  containers.push_back(CassandraContainer(cluster, datacenter));
  if (cluster.backup.enabled) containers.push_back(BackupContainer(cluster, datacenter, variables));
  return containers;
}

Json Volumes(const ParsedCluster& cluster) {
  Json volumes = Json::array();
  for (const char* name : {"bootstrap", "extra-lib", "tools", "log", "tmp"}) {
    volumes.push_back({{"name", name}, {"emptyDir", Json::object()}});
  }
  if (!cluster.config_map_name.empty()) {
    volumes.push_back(
        {{"name", "cassandra-config"}, {"configMap", {{"name", cluster.config_map_name}, {"defaultMode", 0755}}}});
  }
  if (cluster.start_permits) volumes.push_back(StartPermitVolume());
  return volumes;
}

// The claims that Cassandra mounts, by path.
std::map<std::string, std::string> ClaimsByPath(const ParsedCluster& cluster, const ParsedDatacenter& datacenter) {
  std::map<std::string, std::string> claims;
  if (!datacenter.data_capacity.empty()) claims["/var/lib/cassandra"] = kDataVolume;
  for (const ParsedStorage& storage : cluster.storage_configs) claims.emplace(storage.mount_path, storage.name);
  return claims;
}

// A claim takes the place of any other volume mounted at its path: Cassandra loses that mount, other containers get the
// claim instead, and the volume itself goes.
void PreferClaims(const std::map<std::string, std::string>& claims, Json* containers, Json* volumes) {
  std::map<std::string, bool> gone;
  for (Json& container : *containers) {
    Json* mounts = Find(container, "volumeMounts");
    if (mounts == nullptr || !mounts->is_array()) continue;
    Json kept = Json::array();
    for (Json& mount : *mounts) {
      const std::string name = TextOf(mount, "name");
      const auto claim = claims.find(TextOf(mount, "mountPath"));
      bool is_claim = false;
      for (const auto& [path, claim_name] : claims) is_claim = is_claim || claim_name == name;
      if (!is_claim && claim != claims.end()) {
        gone[name] = true;
        if (TextOf(container, "name") == kCassandraContainer) continue;
        mount["name"] = claim->second;
      }
      kept.push_back(std::move(mount));
    }
    *mounts = std::move(kept);
  }
  Json left = Json::array();
  for (Json& volume : *volumes) {
    if (!gone.contains(TextOf(volume, "name"))) left.push_back(std::move(volume));
  }
  *volumes = std::move(left);
}

Json NodeAffinity(const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  Labels labels = rack.labels;
  labels.insert(datacenter.labels.begin(), datacenter.labels.end());
  if (labels.empty()) return Json::object();
  Json expressions = Json::array();
  for (const auto& [key, value] : labels) {
    expressions.push_back({{"key", key}, {"operator", "In"}, {"values", Json::array({value})}});
  }
  return {{"requiredDuringSchedulingIgnoredDuringExecution",
           {{"nodeSelectorTerms", Json::array({{{"matchExpressions", std::move(expressions)}}})}}}};
}

Json PodAntiAffinity(const ParsedCluster& cluster) {
  const Json term = {{"labelSelector", {{"matchLabels", ClusterLabels(cluster.name, cluster.labels)}}},
                     {"topologyKey", "kubernetes.io/hostname"}};
  if (cluster.hard_anti_affinity) {
    return {{"requiredDuringSchedulingIgnoredDuringExecution", Json::array({term})}};
  }
  return {
      {"preferredDuringSchedulingIgnoredDuringExecution", Json::array({{{"weight", 100}, {"podAffinityTerm", term}}})}};
}

Json PodSpec(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  const Json variables = BootstrapVariables(cluster);
  Json containers = Containers(cluster, datacenter, variables);
  Json volumes = Volumes(cluster);
  PreferClaims(ClaimsByPath(cluster, datacenter), &containers, &volumes);
  Json init_containers = {BaseConfigContainer(cluster), ConfigContainer(cluster, datacenter, rack),
                          BootstrapContainer(cluster, variables)};
  // Last, so that the configuration that it adds to is there.
  if (cluster.start_permits) init_containers.push_back(StartPermitContainer(cluster, datacenter));
  Json spec = {
      {"affinity", {{"nodeAffinity", NodeAffinity(datacenter, rack)}, {"podAntiAffinity", PodAntiAffinity(cluster)}}},
      {"securityContext", {{"runAsUser", cluster.run_as_user}, {"runAsNonRoot", true}, {"fsGroup", cluster.fs_group}}},
      {"initContainers", std::move(init_containers)},
      {"containers", std::move(containers)},
      {"volumes", std::move(volumes)},
      {"restartPolicy", "Always"},
      {"terminationGracePeriodSeconds", 1800},
      {"serviceAccountName", cluster.service_account_name}};
  if (!cluster.pod_tolerations.empty()) spec["tolerations"] = ToList(cluster.pod_tolerations);
  if (cluster.share_process_namespace.has_value()) spec["shareProcessNamespace"] = *cluster.share_process_namespace;
  if (!cluster.image_pull_secret.empty()) {
    spec["imagePullSecrets"] = Json::array({{{"name", cluster.image_pull_secret}}});
  }
  return spec;
}

}  // namespace

std::string RestartToken(const ParsedCluster& cluster, const ParsedRack& rack) {
  if (!rack.rolling_restart) return "";
  return cluster.generation > 0 ? absl::StrCat("generation-", cluster.generation) : "requested";
}

Json PodTemplateJson(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  Labels labels = RackLabels(cluster.name, cluster.labels, datacenter.name, rack.name);
  const std::string token = RestartToken(cluster, rack);
  if (!token.empty()) labels[kRestartLabel] = token;
  Json metadata = {{"labels", std::move(labels)}};
  if (!cluster.pod_annotations.empty()) metadata["annotations"] = cluster.pod_annotations;
  return {{"metadata", std::move(metadata)}, {"spec", PodSpec(cluster, datacenter, rack)}};
}

}  // namespace cassplan::kubernetes
