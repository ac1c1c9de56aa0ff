#include "lib/kubernetes/render.h"

#include <stdlib.h>  // mkdtemp

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "lib/kubernetes/test_util.h"
#include "yaml-cpp/yaml.h"

namespace cassplan::kubernetes {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kHead[] = "apiVersion: db.orange.com/v2\nkind: CassandraCluster\nmetadata: {name: c}\nspec:\n";

Json Template(const std::string& spec, size_t datacenter = 0, size_t rack = 0) {
  const CassandraCluster cluster = ReadGood(kHead + spec);
  const ParsedDatacenter& parsed = cluster.cluster.datacenters.at(datacenter);
  return ReadJson(RenderPodTemplate(cluster.cluster, parsed, parsed.racks.at(rack)));
}

Json Container(const Json& pod_template, const std::string& name) {
  for (const char* list : {"containers", "initContainers"}) {
    if (const Json* container = FindNamed(pod_template["spec"][list], name)) return *container;
  }
  return nullptr;
}

Json VariableOf(const Json& container, const std::string& name) {
  const Json* variables = Find(container, "env");
  const Json* variable = variables == nullptr ? nullptr : FindNamed(*variables, name);
  return variable == nullptr ? Json() : *variable;
}

Json Config(const std::string& spec) {
  return ReadJson(TextOf(VariableOf(Container(Template(spec), "config-builder"), "CONFIG_FILE_DATA"), "value"));
}

TEST(Render, ObjectsAndTheirOrder) {
  const CassandraCluster cluster =
      ReadGood(std::string(kHead) + "  topology: {dc: [{name: b, rack: [{name: r2}, {name: r1}]}, {name: a}]}\n");
  std::string names;
  for (const RenderedObject& object : Render(cluster.cluster)) names += object.kind + "/" + object.name + " ";
  EXPECT_EQ(names,
            "Service/c Service/c-exporter-jmx PodDisruptionBudget/c StatefulSet/c-b-r2 StatefulSet/c-b-r1 "
            "StatefulSet/c-a-rack1 ");
}

TEST(Render, OwnerOnlyWhenKnown) {
  const CassandraCluster without = ReadGood(std::string(kHead) + "  dataCapacity: 1Gi\n");
  EXPECT_THAT(RenderYaml(without.cluster), Not(HasSubstr("ownerReferences")));
  const CassandraCluster with = ReadChanged(Json::object());
  for (const RenderedObject& object : Render(with.cluster)) {
    EXPECT_EQ(ReadJson(object.json)["metadata"]["ownerReferences"][0]["uid"], with.cluster.uid);
  }
}

// The script itself, by a shell: it waits where nothing is on the volume, heeds a permit that has not run out, and
// keeps it for the next start.
class PermitStep : public testing::Test {
 protected:
  PermitStep() {
    const std::string folder = testing::TempDir() + "permit-step-XXXXXX";
    folder_ = folder;
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    for (const char* name : {"/conf", "/data", "/data/data", "/permit"})
      std::filesystem::create_directory(folder_ + name);
  }
  ~PermitStep() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& name, const std::string& text) { std::ofstream(folder_ + name) << text; }
  std::string Read(const std::string& name) {
    std::ifstream file(folder_ + name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // The exit code; 124: it still waited after three seconds.
  int Run() {
    const Json step = Container(Template("  startPermits: true\n  dataCapacity: 1Gi\n"), "start-permit");
    Put("/script", step["command"][2].get<std::string>());
    std::filesystem::remove(folder_ + "/conf/cassandra-env.sh");
    const std::string line = "CONFIGURATION=" + folder_ + "/conf DATA=" + folder_ + "/data PERMIT=" + folder_ +
                             "/permit/permit timeout 3 sh " + folder_ + "/script > " + folder_ + "/out 2>&1";
    const int status = std::system(line.c_str());
    return WEXITSTATUS(status);
  }
  std::string Options() { return Read("/conf/cassandra-env.sh"); }

  std::string folder_;
};

const char kLater[] = " until 99999999999";

TEST_F(PermitStep, WaitsWithoutOne) {
  for (const char* permit : {"", "bootstrap", "bootstrap until 12", "bootstrap until soon", " until "}) {
    Put("/permit/permit", permit);
    EXPECT_EQ(Run(), 124) << permit;
    EXPECT_EQ(Options(), "");
  }
}

TEST_F(PermitStep, Bootstrap) {
  Put("/permit/permit", std::string("bootstrap") + kLater);
  EXPECT_EQ(Run(), 0) << Read("/out");
  EXPECT_EQ(Options(), "");
}

TEST_F(PermitStep, ReplaceIsKeptUntilTheFirstBootIsOver) {
  const std::string option = "JVM_OPTS=\"$JVM_OPTS -Dcassandra.replace_address_first_boot=10.0.0.12\"\n";
  Put("/permit/permit", std::string("replace 10.0.0.12") + kLater);
  EXPECT_EQ(Run(), 0) << Read("/out");
  EXPECT_EQ(Options(), option);
  // Cut short with something on the volume already: it goes on as it began, with no permit there any more.
  std::filesystem::create_directories(folder_ + "/data/data/system/local");
  Put("/permit/permit", "");
  EXPECT_EQ(Run(), 0) << Read("/out");
  EXPECT_EQ(Options(), option);
  // Lost again: what was kept for the first one counts no more.
  std::filesystem::remove_all(folder_ + "/data/data/system");
  EXPECT_EQ(Run(), 124);
}

TEST_F(PermitStep, JoinWithoutStreaming) {
  Put("/permit/permit", std::string("join-without-streaming") + kLater);
  EXPECT_EQ(Run(), 0) << Read("/out");
  EXPECT_EQ(Options(), "JVM_OPTS=\"$JVM_OPTS -Dcassandra.auto_bootstrap=false\"\n");
}

TEST_F(PermitStep, AnotherWordIsRefused) {
  Put("/permit/permit", std::string("destroy") + kLater);
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(Read("/out"), HasSubstr("is none of"));
}

TEST_F(PermitStep, DataStartsByItself) {
  std::filesystem::create_directories(folder_ + "/data/data/system/local");
  EXPECT_EQ(Run(), 0) << Read("/out");
  EXPECT_EQ(Options(), "");
}

TEST(Render, StartPermitsOnlyWhereAskedFor) {
  EXPECT_TRUE(Container(Template("  dataCapacity: 1Gi\n"), "start-permit").is_null());
  const Json pod = Template("  startPermits: true\n  dataCapacity: 1Gi\n")["spec"];
  EXPECT_EQ(pod["initContainers"].back()["name"], "start-permit");
  EXPECT_EQ(FindNamed(pod["volumes"], "start-permit")->at("downwardAPI")["items"][0]["fieldRef"]["fieldPath"],
            "metadata.annotations['cassplan/start-permit']");
}

TEST(Render, DefaultsOfAnEmptySpec) {
  const Json pod_template = Template("  autoPilot: true\n");
  const Json cassandra = Container(pod_template, "cassandra");
  EXPECT_EQ(cassandra["image"], "cassandra:3.11.10");
  EXPECT_EQ(cassandra["imagePullPolicy"], "Always");
  EXPECT_FALSE(cassandra.contains("resources"));
  EXPECT_EQ(Container(pod_template, "bootstrap")["image"], "ghcr.io/cscetbon/casskop-bootstrap:0.1.21");
  EXPECT_EQ(pod_template["spec"]["securityContext"]["runAsUser"], 999);
  EXPECT_EQ(pod_template["spec"]["terminationGracePeriodSeconds"], 1800);
  EXPECT_FALSE(pod_template["spec"].contains("tolerations"));
}

TEST(Render, HeapFollowsTheMemoryLimit) {
  EXPECT_EQ(Config("  autoPilot: true\n")["jvm-options"]["max_heap_size"], "2048M");
  const Json config = Config("  resources: {limits: {memory: 10Gi}}\n");
  EXPECT_EQ(config["jvm-options"]["max_heap_size"], "2560M");
  EXPECT_EQ(config["jvm-options"]["initial_heap_size"], "640M");
  // Limits are taken from requests when none are written.
  EXPECT_EQ(Config("  resources: {requests: {memory: 1.5Gi}}\n")["jvm-options"]["max_heap_size"], "384M");
}

TEST(Render, KeyOfJvmOptionsFollowsTheVersion) {
  Json config = Config("  serverVersion: 4.1.10\n  config: {jvm-options: {log_gc: 'true'}}\n");
  EXPECT_FALSE(config.contains("jvm-options"));
  EXPECT_EQ(config["jvm-server-options"]["log_gc"], "true");
  EXPECT_EQ(config["jvm-server-options"]["max_heap_size"], "2048M");
  config = Config("  cassandraImage: cassandra:4.1.10\n  config: {jvm-options: {log_gc: 'true'}}\n");
  EXPECT_EQ(config["jvm-server-options"], Json({{"log_gc", "true"}}));
  EXPECT_EQ(config["jvm-options"]["max_heap_size"], "2048M");
  config = Config("  serverVersion: 5.0.2\n  config: {jvm-server-options: {max_heap_size: 1G}}\n");
  EXPECT_EQ(config["jvm-server-options"], Json({{"max_heap_size", "1G"}}));
  EXPECT_EQ(config["jvm-options"]["max_heap_size"], "2048M");
}

TEST(Render, ConfigurationIsMergedDeepestLast) {
  const Json config = Config(
      "  config: {cassandra-yaml: {a: 1, b: 1, c: 1, list: [1, 2], half: 0.5, two: 2.0}, logback-xml: "
      "{debuglog-enabled: yes}}\n"
      "  topology: {dc: [{name: dc1, config: {cassandra-yaml: {b: 2, c: 2, list: [3]}}, rack: [{name: r, config: "
      "{cassandra-yaml: {c: 3, read_request_timeout_in_ms: 1}}}]}]}\n");
  EXPECT_EQ(config["cassandra-yaml"], Json({{"a", 1},
                                            {"b", 2},
                                            {"c", 3},
                                            {"list", {3}},
                                            {"half", 0.5},
                                            {"two", 2},
                                            {"read_request_timeout_in_ms", 1},
                                            {"write_request_timeout_in_ms", 5000},
                                            {"counter_write_request_timeout_in_ms", 5000}}));
  EXPECT_EQ(config["logback-xml"]["debuglog-enabled"], true);
  EXPECT_TRUE(config["cassandra-yaml"]["two"].is_number_integer());
}

TEST(Render, HtmlCharactersAreEscapedAsCassKopDoes) {
  const std::string text =
      TextOf(VariableOf(Container(Template("  config: {logback-xml: {a: '<x> & y'}}\n"), "config-builder"),
                        "CONFIG_FILE_DATA"),
             "value");
  EXPECT_THAT(text, HasSubstr("\\u003cx\\u003e \\u0026 y"));
}

TEST(Render, ServerVersionAndType) {
  const auto product = [](const std::string& spec) {
    const Json builder = Container(Template(spec), "config-builder");
    return TextOf(VariableOf(builder, "PRODUCT_NAME"), "value") + " " +
           TextOf(VariableOf(builder, "PRODUCT_VERSION"), "value");
  };
  EXPECT_EQ(product("  cassandraImage: cassandra:3.11.10\n"), "cassandra 3.11.10");
  EXPECT_EQ(product("  cassandraImage: cassandra:4.0-jre8\n"), "cassandra 4.0.0");
  EXPECT_EQ(product("  serverVersion: 4.10\n"), "cassandra 4.10");
  EXPECT_EQ(product("  {serverType: dse, cassandraImage: x/dse-server:6.8.1}\n"), "dse 6.8.1");
}

TEST(Render, VariablesOfUsersWin) {
  const Json cassandra = Container(
      Template("  jmxConfiguration: {jmxRemoteEnable: true, jmxRemoteSSL: false, jmxRemotePort: 7199, "
               "jmxRemoteRmiPort: 7198}\n"
               "  envVars: [{name: Z, value: 1}, {name: CASSANDRA_LOG_DIR, value: /x}, {name: Z, value: 2}]\n"),
      "cassandra");
  std::string names;
  for (const Json& variable : cassandra["env"]) names += TextOf(variable, "name") + " ";
  EXPECT_EQ(names, "CASSANDRA_LOG_DIR JAVA_TOOL_OPTIONS JVM_OPTS POD_IP Z ");
  EXPECT_EQ(TextOf(VariableOf(cassandra, "CASSANDRA_LOG_DIR"), "value"), "/x");
  EXPECT_EQ(TextOf(VariableOf(cassandra, "Z"), "value"), "2");
  EXPECT_EQ(TextOf(VariableOf(cassandra, "JVM_OPTS"), "value"),
            "-Dcom.sun.management.jmxremote=true -Dcom.sun.management.jmxremote.ssl=false "
            "-Dcom.sun.management.jmxremote.port=7199 -Dcom.sun.management.jmxremote.rmi.port=7198 ");
}

TEST(Render, JolokiaSecretReachesEveryContainer) {
  const Json pod_template = Template("  imageJolokiaSecret: {name: s}\n  sidecarConfigs: [{name: a, image: b}]\n");
  for (const char* name : {"cassandra", "bootstrap", "backrest-sidecar", "a"}) {
    const Json container = Container(pod_template, name);
    EXPECT_EQ(VariableOf(container, "JOLOKIA_USER")["valueFrom"]["secretKeyRef"],
              Json({{"name", "s"}, {"key", "username"}}))
        << name;
    EXPECT_EQ(TextOf(VariableOf(container, "CASSANDRA_AUTH_JOLOKIA"), "value"), "true");
  }
}

TEST(Render, SidecarsStandBeforeCassandra) {
  const Json pod_template = Template(
      "  sidecarConfigs: [{name: a, image: b, env: [{name: X, value: 'y'}]}]\n  backRestSidecar: {envVars: [{name: "
      "POD_IP, value: "
      "z}], resources: {}, volumeMount: [{name: tools, mountPath: /t}]}\n");
  const Json& containers = pod_template["spec"]["containers"];
  ASSERT_EQ(containers.size(), 3u);
  EXPECT_EQ(containers[0]["name"], "a");
  EXPECT_EQ(containers[0]["env"][0], Json({{"name", "X"}, {"value", "y"}}));
  EXPECT_EQ(TextOf(VariableOf(containers[0], "POD_IP"), "value"), "z");
  EXPECT_EQ(containers[1]["name"], "cassandra");
  EXPECT_EQ(containers[2]["resources"], Json::object());
  EXPECT_EQ(containers[2]["volumeMounts"][0]["mountPath"], "/t");
  const Json without = Template("  backRestSidecar: {enabled: false}\n");
  EXPECT_EQ(without["spec"]["containers"].size(), 1u);
}

TEST(Render, NodeAffinityOfDatacenterAndRack) {
  const Json pod_template =
      Template("  topology: {dc: [{name: dc1, labels: {zone: a, disk: ssd}, rack: [{name: r, labels: {zone: b}}]}]}\n");
  EXPECT_EQ(pod_template["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
                        ["nodeSelectorTerms"][0]["matchExpressions"],
            Json({{{"key", "disk"}, {"operator", "In"}, {"values", {"ssd"}}},
                  {{"key", "zone"}, {"operator", "In"}, {"values", {"b"}}}}));
}

TEST(Render, AClaimTakesThePlaceOfAnEmptyDirectory) {
  const Json pod_template = Template(
      "  dataCapacity: 1Gi\n"
      "  storageConfigs: [{name: gc-logs, mountPath: /var/log/cassandra, pvcSpec: {accessModes: [ReadWriteOnce]}}]\n"
      "  sidecarConfigs: [{name: a, image: b, volumeMounts: [{name: log, mountPath: /var/log/cassandra}]}]\n");
  EXPECT_EQ(FindNamed(pod_template["spec"]["volumes"], "log"), nullptr);
  EXPECT_EQ(Container(pod_template, "a")["volumeMounts"],
            Json::array({{{"name", "gc-logs"}, {"mountPath", "/var/log/cassandra"}}}));
  const Json mounts = Container(pod_template, "cassandra")["volumeMounts"];
  EXPECT_EQ(FindNamed(mounts, "log"), nullptr);
  EXPECT_NE(FindNamed(mounts, "gc-logs"), nullptr);
  EXPECT_NE(FindNamed(pod_template["spec"]["volumes"], "tmp"), nullptr);
}

TEST(Render, AVolumeThatOnlyADatacenterAsksForIsMounted) {
  const std::string spec =
      "  dataStorageClass: fast\n  topology: {dc: [{name: dc1}, {name: dc2, dataCapacity: 1024Mi}]}\n";
  const CassandraCluster cluster = ReadGood(kHead + spec);
  const std::vector<RenderedObject> objects = Render(cluster.cluster);
  const Json first = ReadJson(objects.at(3).json);
  const Json second = ReadJson(objects.at(4).json);
  EXPECT_FALSE(first["spec"].contains("volumeClaimTemplates"));
  EXPECT_EQ(second["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "1Gi");
  EXPECT_FALSE(second["spec"]["volumeClaimTemplates"][0]["spec"].contains("storageClassName"));
  for (const char* name : {"cassandra", "backrest-sidecar"}) {
    const Json without = Container(Template(spec, 0), name)["volumeMounts"];
    const Json with = Container(Template(spec, 1), name)["volumeMounts"];
    EXPECT_EQ(FindNamed(without, "data"), nullptr);
    EXPECT_NE(FindNamed(with, "data"), nullptr);
  }
}

// The YAML says the same as the JSON, read by another reader; texts that look like other types are quoted.
void ExpectSame(const YAML::Node& yaml, const Json& json, const std::string& path) {
  if (json.is_object()) {
    ASSERT_TRUE(yaml.IsMap()) << path;
    ASSERT_EQ(yaml.size(), json.size()) << path;
    for (const auto& [key, value] : json.items()) ExpectSame(yaml[key], value, absl::StrCat(path, ".", key));
  } else if (json.is_array()) {
    ASSERT_TRUE(yaml.IsSequence()) << path;
    ASSERT_EQ(yaml.size(), json.size()) << path;
    for (size_t i = 0; i < json.size(); ++i) ExpectSame(yaml[i], json[i], absl::StrCat(path, "[]"));
  } else if (json.is_string()) {
    EXPECT_EQ(yaml.Scalar(), json.get<std::string>()) << path;
    const bool quoted = yaml.Tag() != "?";
    EXPECT_TRUE(quoted || std::isalpha(yaml.Scalar().at(0)) || yaml.Scalar().at(0) == '/') << path;
  } else {
    EXPECT_EQ(yaml.Tag(), "?") << path;
    EXPECT_EQ(yaml.Scalar(), json.dump()) << path;
  }
}

TEST(Render, YamlSaysTheSame) {
  const CassandraCluster cluster = ReadChanged({{"spec",
                                                 {{"pod",
                                                   {{"annotations",
                                                     {{"a", "yes"},
                                                      {"b", "1"},
                                                      {"c", ""},
                                                      {"d", "two\nlines"},
                                                      {"e", "it's: #x"},
                                                      {"no", "n"},
                                                      {"f", "~"},
                                                      {"g", "0x10"},
                                                      {"h", "- x"},
                                                      {"i", "café"},
                                                      {"j", "a:"}}}}}}}});
  const std::string yaml = RenderYaml(cluster.cluster);
  const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
  const std::vector<RenderedObject> objects = Render(cluster.cluster);
  ASSERT_EQ(documents.size(), objects.size());
  for (size_t i = 0; i < objects.size(); ++i) ExpectSame(documents[i], ReadJson(objects[i].json), objects[i].name);
  EXPECT_THAT(yaml, testing::StartsWith(
                        "---\napiVersion: v1\nkind: Service\nmetadata:\n  labels:\n    app: cassandracluster\n"));
  EXPECT_THAT(yaml, HasSubstr("a: 'yes'"));
  EXPECT_THAT(yaml, HasSubstr("cpu: '1'"));
  EXPECT_THAT(yaml, HasSubstr("'no': 'n'"));
}

}  // namespace
}  // namespace cassplan::kubernetes
