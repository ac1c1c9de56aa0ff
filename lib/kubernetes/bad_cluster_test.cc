// What is wrong with a CassandraCluster: the exact words, path and place.
#include <ostream>
#include <string>

#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

constexpr char kHead[] = "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: c}\n";
constexpr char kSpec[] =
    "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: c}\nspec:\n  dataCapacity: 1Gi\n";

struct Bad {
  const char* name;
  const char* before;
  const char* yaml;
  const char* problems;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

const Bad kCases[] = {
    {"Empty", "", "", "c.yaml:1:1: is empty; give one CassandraCluster\n"},
    {"NotAMap", "", "- a\n- b\n", "c.yaml:1:1: must be a map, not a list\n"},
    {"NoType", "", "metadata: {name: c}\nspec: {}\n",
     "c.yaml:1:1: apiVersion: is required; write db.orange.com/v2\nc.yaml:1:1: kind: is required; write "
     "CassandraCluster\n"},
    {"OldApi", "", "apiVersion: db.orange.com/v1alpha1\nkind: CassandraCluster\nmetadata: {name: c}\nspec: {}\n",
     "c.yaml:1:13: apiVersion: db.orange.com/v1alpha1 is CassKop's older API; convert to db.orange.com/v2\n"},
    {"OtherApi", "", "apiVersion: apps/v1\nkind: CassandraCluster\nmetadata: {name: c}\nspec: {}\n",
     "c.yaml:1:13: apiVersion: must be db.orange.com/v2; it is \"apps/v1\"\n"},
    {"OtherKind", "", "apiVersion: db.orange.com/v2\nkind: CassandraBackup\nmetadata: {name: c}\nspec: {}\n",
     "c.yaml:2:7: kind: must be CassandraCluster; it is \"CassandraBackup\"\n"},
    {"List", "", "apiVersion: v1\nkind: List\nitems: []\n",
     "c.yaml:1:13: apiVersion: must be db.orange.com/v2; it is \"v1\"\nc.yaml:2:7: kind: this is a list; give one "
     "CassandraCluster\n"},
    {"NoName", "", "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {}\nspec: {}\n",
     "c.yaml:3:11: metadata.name: is required\n"},
    {"NoMetadata", "", "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nspec: {}\n",
     "c.yaml:1:1: metadata: is required\n"},
    {"BadName", "", "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata:\n  name: My_Cluster\nspec: {}\n",
     "c.yaml:4:9: metadata.name: \"My_Cluster\" must be lower-case letters, digits and dashes, a letter first, at most "
     "63 characters\n"},
    {"DigitName", "", "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: 1c}\nspec: {}\n",
     "c.yaml:3:18: metadata.name: \"1c\" must be lower-case letters, digits and dashes, a letter first, at most 63 "
     "characters\n"},
    {"NoSpec", kHead, "", "c.yaml:1:1: spec: is required\n"},
    {"SpecIsList", kHead, "spec: []\n", "c.yaml:4:7: spec: must be a map, not a list\n"},
    {"UnknownTop", kHead, "spec: {}\nstats: {}\n", "c.yaml:5:1: stats: unknown field; did you mean status?\n"},
    {"UnknownMetadata", "",
     "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata:\n  name: c\n  lables: {a: b}\nspec: {}\n",
     "c.yaml:5:3: metadata.lables: unknown field; did you mean labels?\n"},
    {"BaseImage", kSpec, "  baseImage: cassandra\n",
     "c.yaml:6:3: spec.baseImage: is not a field of db.orange.com/v2; write cassandraImage: <image>:<version>\n"},
    {"Version", kSpec, "  version: '3.11'\n",
     "c.yaml:6:3: spec.version: is not a field of db.orange.com/v2; write cassandraImage: <image>:<version>\n"},
    {"GcStdout", kSpec, "  gcStdout: true\n",
     "c.yaml:6:3: spec.gcStdout: is not a field of db.orange.com/v2; write config: {jvm-options: {log_gc: ...}}, or "
     "print the log with a sidecar\n"},
    {"RollingPartition", kSpec, "  rollingPartition: 1\n",
     "c.yaml:6:3: spec.rollingPartition: is not a field of db.orange.com/v2; write it in each rack: "
     "spec.topology.dc[].rack[].rollingPartition\n"},
    {"RollingRestart", kSpec, "  rollingRestart: true\n",
     "c.yaml:6:3: spec.rollingRestart: is not a field of db.orange.com/v2; write it in each rack: "
     "spec.topology.dc[].rack[].rollingRestart\n"},
    {"NumTokens", kSpec, "  numTokens: 256\n",
     "c.yaml:6:3: spec.numTokens: is not a field of db.orange.com/v2; write config: {cassandra-yaml: {num_tokens: "
     "...}}\n"},
    {"CamelPullPolicy", kSpec, "  imagePullPolicy: Always\n",
     "c.yaml:6:3: spec.imagePullPolicy: is not a field of db.orange.com/v2; write imagepullpolicy, in lower case\n"},
    {"InitImage", kSpec, "  initContainerImage: x\n",
     "c.yaml:6:3: spec.initContainerImage: is not a field of db.orange.com/v2; write bootstrapImage\n"},
    {"InitCmd", kSpec, "  initContainerCmd: x\n",
     "c.yaml:6:3: spec.initContainerCmd: is not a field of db.orange.com/v2; remove it; hooks go into the ConfigMap of "
     "configMapName\n"},
    {"Unknown", kSpec, "  autopilot: true\n", "c.yaml:6:3: spec.autopilot: unknown field; did you mean autoPilot?\n"},
    {"UnknownFar", kSpec, "  zebra: 1\n", "c.yaml:6:3: spec.zebra: unknown field; remove it\n"},
    {"Misspelt", kSpec, "  nodesPerRack: 3\n",
     "c.yaml:6:3: spec.nodesPerRack: unknown field; did you mean nodesPerRacks?\n"},
    {"NodesZero", kSpec, "  nodesPerRacks: 0\n", "c.yaml:6:18: spec.nodesPerRacks: must be from 1 to 10000; it is 0\n"},
    {"NodesNegative", kSpec, "  nodesPerRacks: -1\n",
     "c.yaml:6:18: spec.nodesPerRacks: must be from 1 to 10000; it is -1\n"},
    {"NodesTooMany", kSpec, "  nodesPerRacks: 10001\n",
     "c.yaml:6:18: spec.nodesPerRacks: must be from 1 to 10000; it is 10001\n"},
    {"NodesText", kSpec, "  nodesPerRacks: three\n",
     "c.yaml:6:18: spec.nodesPerRacks: must be an integer, not a string\n"},
    {"NodesQuoted", kSpec, "  nodesPerRacks: '3'\n",
     "c.yaml:6:18: spec.nodesPerRacks: must be an integer, not a string\n"},
    {"NodesFloat", kSpec, "  nodesPerRacks: 1.5\n",
     "c.yaml:6:18: spec.nodesPerRacks: must be an integer, not a number\n"},
    {"BoolText", kSpec, "  autoPilot: maybe\n", "c.yaml:6:14: spec.autoPilot: must be true or false, not a string\n"},
    {"BoolQuoted", kSpec, "  autoPilot: 'true'\n",
     "c.yaml:6:14: spec.autoPilot: must be true or false, not a string\n"},
    {"PullPolicy", kSpec, "  imagepullpolicy: Sometimes\n",
     "c.yaml:6:20: spec.imagepullpolicy: must be one of Always, IfNotPresent, Never; it is \"Sometimes\"\n"},
    {"ServerType", kSpec, "  serverType: scylla\n",
     "c.yaml:6:15: spec.serverType: must be one of cassandra, dse; it is \"scylla\"\n"},
    {"ImageIsMap", kSpec, "  cassandraImage: {a: b}\n",
     "c.yaml:6:19: spec.cassandraImage: must be a string, not a map\n"},
    {"RunAsRoot", kSpec, "  runAsUser: 0\n", "c.yaml:6:14: spec.runAsUser: must be at least 1; it is 0\n"},
    {"FsGroup", kSpec, "  fsGroup: -5\n", "c.yaml:6:12: spec.fsGroup: must be at least 1; it is -5\n"},
    {"Unavailable", kSpec, "  maxPodUnavailable: -1\n",
     "c.yaml:6:22: spec.maxPodUnavailable: must be from 0 to 10000; it is -1\n"},
    {"UnavailableHuge", kSpec, "  maxPodUnavailable: 99999\n",
     "c.yaml:6:22: spec.maxPodUnavailable: must be from 0 to 10000; it is 99999\n"},
    {"Threads", kSpec, "  keyspaceCleanupThreads: -2\n",
     "c.yaml:6:27: spec.keyspaceCleanupThreads: must be at least 0; it is -2\n"},
    {"Restarts", kSpec, "  restartCountBeforePodDeletion: 2147483648\n",
     "c.yaml:6:34: spec.restartCountBeforePodDeletion: must be from 0 to 2147483647; it is 2147483648\n"},
    {"Capacity", kHead, "spec:\n  dataCapacity: 10GB\n",
     "c.yaml:5:17: spec.dataCapacity: \"10GB\" is not a quantity; write a number with an optional unit, such as 500m, "
     "10 or 1.5Gi\n"},
    {"CapacityZero", kHead, "spec:\n  dataCapacity: 0\n", "c.yaml:5:17: spec.dataCapacity: must be above 0; it is 0\n"},
    {"CapacityNegative", kHead, "spec:\n  dataCapacity: -1Gi\n",
     "c.yaml:5:17: spec.dataCapacity: must be above 0; it is -1Gi\n"},
    {"CapacityHuge", kHead, "spec:\n  dataCapacity: 16Ei\n",
     "c.yaml:5:17: spec.dataCapacity: \"16Ei\" is more than 2^63-1\n"},
    {"Quantity", kSpec, "  resources:\n    limits: {cpu: lots}\n",
     "c.yaml:7:19: spec.resources.limits.cpu: \"lots\" is not a quantity; write a number with an optional unit, such "
     "as 500m, 10 or 1.5Gi\n"},
    {"QuantityNegative", kSpec, "  resources:\n    requests: {memory: -1Gi}\n",
     "c.yaml:7:24: spec.resources.requests.memory: must not be negative; it is -1Gi\n"},
    {"QuantityMap", kSpec, "  resources:\n    requests: {memory: {a: b}}\n",
     "c.yaml:7:24: spec.resources.requests.memory: must be a quantity, not a map\n"},
    {"RequestAboveLimit", kSpec, "  resources:\n    limits: {memory: 1Gi}\n    requests:\n      memory: 1025Mi\n",
     "c.yaml:9:15: spec.resources.requests.memory: must not be above the limit of 1Gi; it is 1025Mi\n"},
    {"ResourcesUnknown", kSpec, "  resources: {limit: {}}\n",
     "c.yaml:6:15: spec.resources.limit: unknown field; did you mean limits?\n"},
    {"EnvNoName", kSpec, "  envVars:\n  - value: x\n", "c.yaml:7:5: spec.envVars[0].name: is required\n"},
    {"EnvUnknown", kSpec, "  envVars:\n  - name: A\n    vaule: x\n",
     "c.yaml:8:5: spec.envVars[0].vaule: unknown field; did you mean value?\n"},
    {"EnvTwoValues", kSpec, "  envVars:\n  - {name: A, value: x, valueFrom: {fieldRef: {fieldPath: a}}}\n",
     "c.yaml:7:36: spec.envVars[0].valueFrom: value and valueFrom exclude each other; keep one\n"},
    {"EnvNotMap", kSpec, "  envVars: [A=b]\n", "c.yaml:6:13: spec.envVars[0]: must be a map, not a string\n"},
    {"EnvNull", kSpec, "  envVars: [null]\n", "c.yaml:6:13: spec.envVars[0]: must be a map, not null\n"},
    {"EnvIsMap", kSpec, "  envVars: {A: b}\n", "c.yaml:6:12: spec.envVars: must be a list, not a map\n"},
    {"Toleration", kSpec, "  pod:\n    tolerations: [{key: a, operator: Is}]\n",
     "c.yaml:7:38: spec.pod.tolerations[0].operator: must be one of Equal, Exists, Lt, Gt; it is \"Is\"\n"},
    {"TolerationSeconds", kSpec, "  pod:\n    tolerations: [{key: a, tolerationSeconds: soon}]\n",
     "c.yaml:7:47: spec.pod.tolerations[0].tolerationSeconds: must be an integer, not a string\n"},
    {"PodLabels", kSpec, "  pod: {labels: {a: b}}\n", "c.yaml:6:9: spec.pod.labels: unknown field; remove it\n"},
    {"PodAnnotation", kSpec, "  pod: {annotations: {a: [b]}}\n",
     "c.yaml:6:26: spec.pod.annotations.a: must be a string, not a list\n"},
    {"Service", kSpec, "  service: {type: LoadBalancer}\n",
     "c.yaml:6:13: spec.service.type: unknown field; remove it\n"},
    {"SidecarNoImage", kSpec, "  sidecarConfigs:\n  - name: a\n",
     "c.yaml:7:5: spec.sidecarConfigs[0].image: is required\n"},
    {"SidecarName", kSpec, "  sidecarConfigs:\n  - {name: cassandra, image: b}\n",
     "c.yaml:7:12: spec.sidecarConfigs[0].name: the Pod has another container \"cassandra\"; choose another name\n"},
    {"SidecarTwice", kSpec, "  sidecarConfigs:\n  - {name: a, image: b}\n  - {name: a, image: b}\n",
     "c.yaml:8:12: spec.sidecarConfigs[1].name: the Pod has another container \"a\"; choose another name\n"},
    {"SidecarUnknown", kSpec, "  sidecarConfigs:\n  - {name: a, image: b, cmd: [c]}\n",
     "c.yaml:7:25: spec.sidecarConfigs[0].cmd: unknown field; remove it\n"},
    {"SidecarMount", kSpec, "  sidecarConfigs:\n  - {name: a, image: b, volumeMounts: [{name: d}]}\n",
     "c.yaml:7:40: spec.sidecarConfigs[0].volumeMounts[0].mountPath: is required\n"},
    {"StorageNoSpec", kSpec, "  storageConfigs:\n  - {name: logs, mountPath: /var/log/cassandra}\n",
     "c.yaml:7:5: spec.storageConfigs[0].pvcSpec: is required\n"},
    {"StorageNameData", kSpec, "  storageConfigs:\n  - {name: data, mountPath: /x, pvcSpec: {}}\n",
     "c.yaml:7:12: spec.storageConfigs[0].name: another volume is called \"data\"; choose another name\n"},
    {"StorageName", kSpec, "  storageConfigs:\n  - {name: Logs, mountPath: /x, pvcSpec: {}}\n",
     "c.yaml:7:12: spec.storageConfigs[0].name: \"Logs\" must be lower-case letters, digits, dashes and dots\n"},
    {"StoragePath", kSpec, "  storageConfigs:\n  - {name: logs, mountPath: /var/lib/cassandra, pvcSpec: {}}\n",
     "c.yaml:7:29: spec.storageConfigs[0].mountPath: another volume is mounted at /var/lib/cassandra\n"},
    {"StorageQuantity", kSpec,
     "  storageConfigs:\n  - name: logs\n    mountPath: /x\n    pvcSpec: {resources: {requests: {storage: big}}}\n",
     "c.yaml:9:47: spec.storageConfigs[0].pvcSpec.resources.requests.storage: \"big\" is not a quantity; write a "
     "number with an optional unit, such as 500m, 10 or 1.5Gi\n"},
    {"Config", kSpec, "  config: num_tokens=16\n", "c.yaml:6:11: spec.config: must be a map, not a string\n"},
    {"Secret", kSpec, "  imagePullSecret: name\n", "c.yaml:6:20: spec.imagePullSecret: must be a map, not a string\n"},
    {"Delay", kSpec, "  livenessInitialDelaySeconds: -1\n",
     "c.yaml:6:32: spec.livenessInitialDelaySeconds: must be at least 0; it is -1\n"},
    {"Success", kSpec, "  livenessSuccessThreshold: 2\n",
     "c.yaml:6:29: spec.livenessSuccessThreshold: Kubernetes allows only 1; it is 2\n"},
    {"Failure", kSpec, "  readinessFailureThreshold: 0\n",
     "c.yaml:6:30: spec.readinessFailureThreshold: must be at least 1; it is 0\n"},
    {"BackupMounts", kSpec, "  backRestSidecar: {volumeMounts: []}\n",
     "c.yaml:6:21: spec.backRestSidecar.volumeMounts: is not a field of db.orange.com/v2; write volumeMount (a list "
     "all the same)\n"},
    {"BackupUnknown", kSpec, "  backRestSidecar: {enable: false}\n",
     "c.yaml:6:21: spec.backRestSidecar.enable: unknown field; did you mean enabled?\n"},
    {"Jmx", kSpec, "  jmxConfiguration: {jmxRemotePort: 70000}\n",
     "c.yaml:6:37: spec.jmxConfiguration.jmxRemotePort: must be from 0 to 65535; it is 70000\n"},
    {"TopologyIsList", kSpec, "  topology: []\n", "c.yaml:6:13: spec.topology: must be a map, not a list\n"},
    {"DcIsMap", kSpec, "  topology: {dc: {name: dc1}}\n", "c.yaml:6:18: spec.topology.dc: must be a list, not a map\n"},
    {"DcTwice", kSpec, "  topology:\n    dc:\n    - name: dc1\n    - name: dc1\n",
     "c.yaml:9:13: spec.topology.dc[1].name: \"dc1\" is used twice; names must be unique\n"},
    {"DcDash", kSpec, "  topology:\n    dc:\n    - name: dc-1\n",
     "c.yaml:8:13: spec.topology.dc[0].name: \"dc-1\" must be lower-case letters and digits without dashes, a letter "
     "first\n"},
    {"DcUpper", kSpec, "  topology:\n    dc:\n    - name: DC1\n",
     "c.yaml:8:13: spec.topology.dc[0].name: \"DC1\" must be lower-case letters and digits without dashes, a letter "
     "first\n"},
    {"DcDigit", kSpec, "  topology:\n    dc:\n    - name: 1dc\n",
     "c.yaml:8:13: spec.topology.dc[0].name: \"1dc\" must be lower-case letters and digits without dashes, a letter "
     "first\n"},
    {"DcNodes", kSpec, "  topology:\n    dc:\n    - name: dc1\n      nodesPerRacks: -1\n",
     "c.yaml:9:22: spec.topology.dc[0].nodesPerRacks: must be from 0 to 10000; it is -1\n"},
    {"DcUnknown", kSpec, "  topology:\n    dc:\n    - name: dc1\n      racks: []\n",
     "c.yaml:9:7: spec.topology.dc[0].racks: unknown field; did you mean rack?\n"},
    {"DcTokens", kSpec, "  topology:\n    dc:\n    - name: dc1\n      numTokens: 16\n",
     "c.yaml:9:7: spec.topology.dc[0].numTokens: is not a field of db.orange.com/v2; write config: {cassandra-yaml: "
     "{num_tokens: ...}}\n"},
    {"DcCapacity", kSpec, "  topology:\n    dc:\n    - name: dc1\n      dataCapacity: 1Gib\n",
     "c.yaml:9:21: spec.topology.dc[0].dataCapacity: \"1Gib\" is not a quantity; write a number with an optional unit, "
     "such as 500m, 10 or 1.5Gi\n"},
    {"RackTwice", kSpec,
     "  topology:\n    dc:\n    - name: dc1\n      rack:\n      - name: rack1\n      - name: rack2\n      - name: "
     "rack1\n",
     "c.yaml:12:15: spec.topology.dc[0].rack[2].name: \"rack1\" is used twice; names must be unique\n"},
    {"RackDefaultTwice", kSpec, "  topology:\n    dc:\n    - name: dc1\n      rack: [{}, {}]\n",
     "c.yaml:9:18: spec.topology.dc[0].rack[1].name: \"rack1\" is used twice; names must be unique\n"},
    {"RackDash", kSpec, "  topology:\n    dc:\n    - name: dc1\n      rack:\n      - name: rack-1\n",
     "c.yaml:10:15: spec.topology.dc[0].rack[0].name: \"rack-1\" must be lower-case letters and digits without "
     "dashes\n"},
    {"RackPartition", kSpec,
     "  topology:\n    dc:\n    - name: dc1\n      rack:\n      - {name: rack1, rollingPartition: -1}\n",
     "c.yaml:10:41: spec.topology.dc[0].rack[0].rollingPartition: must be at least 0; it is -1\n"},
    {"RackNodes", kSpec,
     "  topology:\n    dc:\n    - name: dc1\n      rack:\n      - {name: rack1, nodesPerRacks: 2}\n",
     "c.yaml:10:23: spec.topology.dc[0].rack[0].nodesPerRacks: is not a field of db.orange.com/v2; racks of a "
     "datacenter have equally many nodes: write it in the datacenter\n"},
    {"RackLabels", kSpec, "  topology:\n    dc:\n    - name: dc1\n      rack:\n      - {name: rack1, labels: [zone]}\n",
     "c.yaml:10:31: spec.topology.dc[0].rack[0].labels: must be a map, not a list\n"},
    {"RackText", kSpec, "  topology:\n    dc:\n    - name: dc1\n      rack: [rack1]\n",
     "c.yaml:9:14: spec.topology.dc[0].rack[0]: must be a map, not a string\n"},
    {"LongName", kSpec,
     "  topology:\n    dc:\n    - name: averyveryverylongdatacentername\n      rack: [{name: anequallylongrackname}]\n",
     "c.yaml:8:13: spec.topology.dc[0].name: the StatefulSet would be called "
     "\"c-averyveryverylongdatacentername-anequallylongrackname\"; Kubernetes needs at most 52 characters, it has "
     "55\n"},
    {"Policy", kSpec, "  policy: strict\n", "c.yaml:6:11: spec.policy: must be a map, not a string\n"},
    {"Several", kHead, "spec:\n  dataCapacity: 1GB\n  nodesPerRacks: 0\n  topolgy: {}\n",
     "c.yaml:5:17: spec.dataCapacity: \"1GB\" is not a quantity; write a number with an optional unit, such as 500m, "
     "10 or 1.5Gi\nc.yaml:6:18: spec.nodesPerRacks: must be from 1 to 10000; it is 0\nc.yaml:7:3: spec.topolgy: "
     "unknown field; did you mean topology?\n"}};

class BadCluster : public testing::TestWithParam<Bad> {};

TEST_P(BadCluster, IsRefused) {
  const CassandraCluster cluster =
      ReadCassandraCluster(std::string(GetParam().before) + GetParam().yaml, "c.yaml", Format::kYaml);
  EXPECT_FALSE(cluster.ok());
  EXPECT_EQ(Joined(cluster.problems), GetParam().problems);
}

INSTANTIATE_TEST_SUITE_P(Table, BadCluster, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Bad>& bad) { return bad.param.name; });

}  // namespace
}  // namespace cassplan::kubernetes
