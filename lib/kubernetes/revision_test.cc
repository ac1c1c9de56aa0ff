#include "lib/kubernetes/revision.h"

#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "lib/kubernetes/normalize.h"
#include "lib/kubernetes/render.h"
#include "lib/kubernetes/sections.h"
#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::map<std::string, std::string> SectionsOf(const CassandraCluster& cluster) {
  std::map<std::string, std::string> sections;
  for (const auto& section : cluster.desired.datacenters(0).racks(0).template_().sections()) {
    sections[section.name()] = section.value();
  }
  return sections;
}

// The sections in which two clusters differ. Their revisions differ if and only if there are any.
std::set<std::string> Changed(const Json& patch) {
  const CassandraCluster before = ReadChanged(Json::object());
  const CassandraCluster after = ReadChanged(patch);
  const std::map<std::string, std::string> a = SectionsOf(before);
  const std::map<std::string, std::string> b = SectionsOf(after);
  std::set<std::string> changed;
  for (const auto& [name, value] : a) {
    if (!b.contains(name) || b.at(name) != value) changed.insert(name);
  }
  for (const auto& [name, value] : b) {
    if (!a.contains(name)) changed.insert(name);
  }
  EXPECT_EQ(changed.empty(), before.desired.datacenters(0).racks(0).template_().revision() ==
                                 after.desired.datacenters(0).racks(0).template_().revision());
  return changed;
}

std::set<std::string> ChangedSpec(const Json& spec) { return Changed({{"spec", spec}}); }

TEST(Revision, OneFieldChangesItsSections) {
  EXPECT_THAT(ChangedSpec({{"cassandraImage", "cassandra:3.11.19"}}), UnorderedElementsAre("image", "server"));
  EXPECT_THAT(ChangedSpec({{"imagepullpolicy", "Always"}}), UnorderedElementsAre("image_pull_policy"));
  EXPECT_THAT(ChangedSpec({{"serverVersion", "3.11.9"}}), UnorderedElementsAre("server"));
  EXPECT_THAT(ChangedSpec({{"envVars", {{{"name", "A"}, {"value", "b"}}}}}), UnorderedElementsAre("env"));
  EXPECT_THAT(ChangedSpec({{"jmxConfiguration", {{"jmxRemotePort", 7199}}}}), UnorderedElementsAre("env"));
  EXPECT_THAT(ChangedSpec({{"config", {{"cassandra-yaml", {{"num_tokens", 16}}}}}}), UnorderedElementsAre("config"));
  EXPECT_THAT(ChangedSpec({{"resources", {{"limits", {{"cpu", "2"}}}}}}), UnorderedElementsAre("resources"));
  EXPECT_THAT(ChangedSpec({{"livenessInitialDelaySeconds", 300}}), UnorderedElementsAre("probes"));
  EXPECT_THAT(ChangedSpec({{"readinessFailureThreshold", 9}}), UnorderedElementsAre("probes"));
  EXPECT_THAT(ChangedSpec({{"sidecarConfigs", {{{"name", "a"}, {"image", "b:1"}}}}}), UnorderedElementsAre("sidecars"));
  EXPECT_THAT(ChangedSpec({{"bootstrapImage", "x:1"}}), UnorderedElementsAre("bootstrap"));
  EXPECT_THAT(ChangedSpec({{"configBuilderImage", "x:1"}}), UnorderedElementsAre("bootstrap"));
  EXPECT_THAT(ChangedSpec({{"startPermits", true}}), UnorderedElementsAre("bootstrap", "storage"));
  EXPECT_THAT(ChangedSpec({{"configMapName", "other"}}), UnorderedElementsAre("configmap"));
  EXPECT_THAT(ChangedSpec({{"configMapName", nullptr}}), UnorderedElementsAre("configmap"));
  EXPECT_THAT(ChangedSpec({{"serviceAccountName", "other"}}), UnorderedElementsAre("service_account"));
  EXPECT_THAT(ChangedSpec({{"imagePullSecret", {{"name", "s"}}}}), UnorderedElementsAre("image_pull_secret"));
  EXPECT_THAT(ChangedSpec({{"imageJolokiaSecret", {{"name", "s"}}}}), UnorderedElementsAre("jolokia_secret"));
  EXPECT_THAT(ChangedSpec({{"debug", true}}), UnorderedElementsAre("other"));
}

TEST(Revision, PodLevelFieldsChangeTheirSections) {
  EXPECT_THAT(ChangedSpec({{"hardAntiAffinity", true}}), UnorderedElementsAre("scheduling"));
  EXPECT_THAT(ChangedSpec({{"pod", {{"tolerations", {{{"key", "k"}, {"operator", "Exists"}}}}}}}),
              UnorderedElementsAre("scheduling"));
  EXPECT_THAT(ChangedSpec({{"pod", {{"annotations", {{"a", "b"}}}}}}), UnorderedElementsAre("pod_metadata"));
  EXPECT_THAT(ChangedSpec({{"runAsUser", 1000}}), UnorderedElementsAre("security"));
  EXPECT_THAT(ChangedSpec({{"fsGroup", 2}}), UnorderedElementsAre("security"));
  EXPECT_THAT(ChangedSpec({{"readOnlyRootFilesystem", false}}), UnorderedElementsAre("security"));
  EXPECT_THAT(ChangedSpec({{"shareProcessNamespace", true}}), UnorderedElementsAre("security"));
  EXPECT_THAT(ChangedSpec({{"backRestSidecar", {{"image", "x:1"}}}}), UnorderedElementsAre("backup_sidecar"));
  EXPECT_THAT(ChangedSpec({{"backRestSidecar", {{"enabled", false}}}}), UnorderedElementsAre("backup_sidecar"));
  EXPECT_THAT(ChangedSpec({{"storageConfigs", {{{"name", "l"}, {"mountPath", "/l"}, {"pvcSpec", Json::object()}}}}}),
              UnorderedElementsAre("storage"));
  EXPECT_THAT(Changed({{"metadata", {{"labels", {{"team", "a"}}}}}}),
              UnorderedElementsAre("pod_metadata", "scheduling", "selector"));
}

// These have effects on more than one container by design.
TEST(Revision, FieldsOfSeveralSections) {
  EXPECT_THAT(ChangedSpec({{"resources", {{"limits", {{"memory", "4Gi"}}}}}}),
              UnorderedElementsAre("resources", "config"));
  EXPECT_THAT(ChangedSpec({{"serverVersion", "4.0.1"}}), UnorderedElementsAre("server", "config"));
  EXPECT_THAT(ChangedSpec({{"backRestSidecar", {{"envVars", {{{"name", "A"}, {"value", "b"}}}}}}}),
              UnorderedElementsAre("backup_sidecar", "bootstrap"));
}

TEST(Revision, WhatIsNotInTheTemplateChangesNothing) {
  EXPECT_THAT(ChangedSpec({{"nodesPerRacks", 3}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"maxPodUnavailable", 2}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"dataCapacity", "1Gi"}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"deletePVC", false}, {"autoPilot", true}, {"autoUpdateSeedList", true}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"keyspaceCleanupThreads", 2}, {"restartCountBeforePodDeletion", 3}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"service", {{"annotations", {{"a", "b"}}}}}}), IsEmpty());
  EXPECT_THAT(ChangedSpec({{"resources", {{"limits", {{"memory", "2048Mi"}, {"cpu", "1000m"}}}}}}), IsEmpty());
  EXPECT_THAT(Changed({{"metadata", {{"uid", "other"}, {"annotations", {{"a", "b"}}}}}}), IsEmpty());
}

TEST(Revision, SeedsRestartNothing) {
  EXPECT_THAT(Changed({{"status", {{"seedlist", {"a", "b"}}}}}), IsEmpty());
  EXPECT_THAT(Changed({{"status", {{"seedlist", nullptr}}}}), IsEmpty());
}

TEST(Revision, ARestartIsAskedByTokenOnly) {
  const Json racks = {{{"name", "rack1"}, {"rollingRestart", true}}, {{"name", "rack2"}}, {{"name", "rack3"}}};
  const Json patch = {{"spec", {{"topology", {{"dc", {{{"name", "dc1"}, {"nodesPerRacks", 1}, {"rack", racks}}}}}}}}};
  EXPECT_THAT(Changed(patch), IsEmpty());
  const CassandraCluster cluster = ReadChanged(patch);
  const auto& datacenter = cluster.desired.datacenters(0);
  EXPECT_THAT(datacenter.racks(0).restart_token(), testing::StartsWith("generation-"));
  EXPECT_EQ(datacenter.racks(1).restart_token(), "");
  EXPECT_EQ(ReadTemplate(datacenter.racks(0).template_().body()).restart_token, datacenter.racks(0).restart_token());
  EXPECT_EQ(ReadTemplate(datacenter.racks(1).template_().body()).restart_token, "");
}

TEST(Revision, MaxPodUnavailableChangesTheBudgetOnly) {
  const CassandraCluster before = ReadChanged(Json::object());
  const CassandraCluster after = ReadChanged({{"spec", {{"maxPodUnavailable", 2}}}});
  ASSERT_EQ(before.desired.objects_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const bool budget = before.desired.objects(i).kind() == "PodDisruptionBudget";
    EXPECT_EQ(before.desired.objects(i).revision() != after.desired.objects(i).revision(), budget);
    EXPECT_EQ(before.desired.objects(i).create_only(), !budget);
  }
  EXPECT_EQ(after.desired.max_unavailable(), 2);
}

Json StoredTemplate() { return ItemsOfKind(TestList("01-created"), "StatefulSet").at(0)["spec"]["template"]; }

std::string RevisionOf(const Json& pod_template) { return TemplateRevision(WriteJson(pod_template)); }

TEST(Revision, OrderOfVolumesMountsAndTolerationsDoesNotMatter) {
  Json changed = StoredTemplate();
  Json& spec = changed["spec"];
  std::reverse(spec["volumes"].begin(), spec["volumes"].end());
  for (Json& container : spec["containers"]) {
    std::reverse(container["volumeMounts"].begin(), container["volumeMounts"].end());
  }
  EXPECT_EQ(RevisionOf(changed), RevisionOf(StoredTemplate()));
  spec["tolerations"] = {{{"key", "a"}, {"operator", "Exists"}}, {{"key", "b"}, {"operator", "Equal"}, {"value", "c"}}};
  Json other = changed;
  other["spec"]["tolerations"] = {{{"key", "b"}, {"value", "c"}}, {{"key", "a"}, {"operator", "Exists"}}};
  EXPECT_EQ(RevisionOf(changed), RevisionOf(other));
  EXPECT_NE(RevisionOf(changed), RevisionOf(StoredTemplate()));
}

TEST(Revision, OrderOfVariablesAndContainersMatters) {
  Json changed = StoredTemplate();
  Json& variables = changed["spec"]["containers"][0]["env"];
  std::reverse(variables.begin(), variables.end());
  EXPECT_NE(RevisionOf(changed), RevisionOf(StoredTemplate()));
  changed = StoredTemplate();
  std::reverse(changed["spec"]["containers"].begin(), changed["spec"]["containers"].end());
  EXPECT_NE(RevisionOf(changed), RevisionOf(StoredTemplate()));
  changed = StoredTemplate();
  std::reverse(changed["spec"]["initContainers"].begin(), changed["spec"]["initContainers"].end());
  EXPECT_NE(RevisionOf(changed), RevisionOf(StoredTemplate()));
}

TEST(Revision, WhatOthersAddDoesNotCount) {
  Json changed = StoredTemplate();
  changed["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = "2026-11-22T00:00:00Z";
  changed["metadata"]["labels"]["operation-name"] = "cleanup";
  changed["metadata"]["labels"]["rolling-restart"] = "20261122T000000";
  changed["metadata"]["creationTimestamp"] = nullptr;
  changed["spec"]["priorityClassName"] = "high";
  changed["spec"]["initContainers"].push_back({{"name", "istio-init"}, {"image", "x"}});
  changed["spec"]["containers"][0]["resizePolicy"] = {{{"resourceName", "cpu"}, {"restartPolicy", "NotRequired"}}};
  EXPECT_EQ(RevisionOf(changed), RevisionOf(StoredTemplate()));
  EXPECT_EQ(ReadTemplate(WriteJson(changed)).restart_token, "20261122T000000");
}

TEST(Revision, OnlyLabelsOfTheSelectorCount) {
  const Json selector = StoredTemplate()["metadata"]["labels"];
  Json changed = StoredTemplate();
  changed["metadata"]["labels"]["mine"] = "x";
  EXPECT_NE(RevisionOf(changed), RevisionOf(StoredTemplate()));
  EXPECT_EQ(ReadTemplateJson(changed, &selector).revision, RevisionOf(StoredTemplate()));
}

TEST(Revision, RequestsAreFilledFromLimits) {
  Json changed = StoredTemplate();
  changed["spec"]["containers"][0]["resources"].erase("requests");
  EXPECT_EQ(RevisionOf(changed), RevisionOf(StoredTemplate()));
}

TEST(Revision, WhatIsNoTemplateHasNone) {
  for (const char* text : {"", "null", "[]", "{", "\"a\"", "\xff"}) {
    EXPECT_EQ(TemplateRevision(text), "") << text;
    EXPECT_EQ(ObjectRevision(text), "") << text;
  }
  const std::string deep = std::string(100000, '[');
  EXPECT_EQ(TemplateRevision(deep), "");
}

// Any type in any place: no crash, and a revision all the same.
TEST(Revision, OddTemplatesAreRead) {
  const Json stored = StoredTemplate();
  const Json flat = stored.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const Json::json_pointer place(pointer);
    for (Json::json_pointer at = place; !at.empty(); at = at.parent_pointer()) {
      for (const Json& odd :
           {Json(nullptr), Json(7), Json("x"), Json::array(), Json::array({7}), Json::object(), Json({{"name", 7}})}) {
        Json changed = stored;
        changed[at] = odd;
        EXPECT_EQ(RevisionOf(changed).size(), 16u);
      }
    }
  }
}

TEST(Revision, ReleaseOfImageAndServerVersion) {
  const auto release = [](const Json& spec) {
    return ReadChanged({{"spec", spec}}).desired.datacenters(0).racks(0).template_().release();
  };
  EXPECT_EQ(release({{"cassandraImage", "cassandra:4.1.10"}}), "4.1.10");
  EXPECT_EQ(release({{"cassandraImage", "host:5000/a/cassandra:4.1.10-jre11"}}), "4.1.10");
  EXPECT_EQ(release({{"cassandraImage", "cassandra:latest"}}), "");
  EXPECT_EQ(release({{"cassandraImage", "cassandra"}}), "");
  EXPECT_EQ(release({{"cassandraImage", "cassandra:latest"}, {"serverVersion", "4.0.7"}}), "4.0.7");
  EXPECT_EQ(release({{"cassandraImage", "cassandra:5.0.2@sha256:0123"}, {"serverVersion", "5.0.2"}}), "5.0.2");
}

TEST(Revision, SectionsSayWhatPeopleWrote) {
  std::map<std::string, std::string> sections = SectionsOf(ReadChanged(Json::object()));
  EXPECT_EQ(sections["image"], "cassandra:3.11");
  EXPECT_EQ(sections["image_pull_policy"], "IfNotPresent");
  EXPECT_EQ(sections["server"], "cassandra 3.11");
  EXPECT_EQ(sections["resources"], "limits cpu 1 memory 2Gi; requests cpu 1 memory 2Gi");
  EXPECT_EQ(sections["service_account"], "cassandra-cluster-node");
  EXPECT_THAT(sections["configmap"], testing::MatchesRegex("cassandra-configmap-v1 \\([0-9a-f]+\\)"));
  EXPECT_THAT(sections["config"], testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_FALSE(sections.contains("sidecars"));
  EXPECT_FALSE(sections.contains("jolokia_secret"));
}

}  // namespace
}  // namespace cassplan::kubernetes
