#include "lib/kubernetes/observe.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

using testing::HasSubstr;

Observation Observe(const Json& list, const ObserveOptions& options = ObserveOptions()) {
  return ObserveObjects(ToValue(list), options);
}

Json* ItemOf(Json& list, const std::string& kind, const std::string& name) {
  for (Json& item : list["items"]) {
    if (TextOf(item, "kind") == kind && TextOf(item["metadata"], "name") == name) return &item;
  }
  ADD_FAILURE() << kind << " " << name;
  return &list;
}

constexpr char kPod[] = "cassandra-demo-dc1-rack1-0";
constexpr char kSet[] = "cassandra-demo-dc1-rack1";

v1::SlotFacts SlotOf(const Observation& observation, const std::string& name) {
  for (const v1::Report& report : observation.reports) {
    if (report.has_slot() && report.slot().name() == name) return report.slot();
  }
  return v1::SlotFacts();
}

v1::VolumeFacts VolumeOf(const Observation& observation, const std::string& name) {
  for (const v1::Report& report : observation.reports) {
    if (report.has_volume() && report.subject().name() == name) return report.volume();
  }
  return v1::VolumeFacts();
}

v1::RackFacts RackOf(const Observation& observation, const std::string& name) {
  for (const v1::Report& report : observation.reports) {
    if (report.has_rack() && report.rack().name() == name) return report.rack();
  }
  return v1::RackFacts();
}

v1::InventoryFacts Inventory(const Observation& observation) {
  for (const v1::Report& report : observation.reports) {
    if (report.has_inventory()) return report.inventory();
  }
  return v1::InventoryFacts();
}

int Count(const Observation& observation, const std::function<bool(const v1::Report&)>& matches) {
  int count = 0;
  for (const v1::Report& report : observation.reports) count += matches(report) ? 1 : 0;
  return count;
}

// What is observed after `change` was made to one object of the fixture.
Observation After(const std::string& kind, const std::string& name, const Json& patch) {
  Json list = TestList("01-created");
  ItemOf(list, kind, name)->merge_patch(patch);
  return Observe(list);
}

TEST(Observe, ReportsNameSourceTimeAndSubject) {
  ObserveOptions options;
  options.observed_at_seconds = 1795000000;
  const Observation observation = Observe(TestList("01-created"), options);
  for (const v1::Report& report : observation.reports) {
    EXPECT_EQ(report.source(), "kubernetes");
    EXPECT_EQ(report.observed_at_seconds(), 1795000000);
    EXPECT_EQ(report.status(), v1::REPORT_STATUS_OK);
    if (report.has_slot() || report.has_volume()) {
      EXPECT_EQ(report.subject().datacenter(), "dc1");
      EXPECT_TRUE(report.subject().has_ordinal());
      EXPECT_FALSE(report.subject().uid().empty());
    }
  }
  const v1::SlotFacts slot = SlotOf(observation, kPod);
  EXPECT_EQ(slot.address(), "127.100.0.3");
  EXPECT_EQ(slot.machine(), "node-b2");
  EXPECT_FALSE(slot.has_machine_cordoned());
  EXPECT_EQ(slot.release(), "3.11");
  EXPECT_EQ(slot.owner_id(), "9ff70522-5670-4bd2-88b1-488051e31e6e");
  EXPECT_EQ(RackOf(observation, kSet).owner_id(), "f852132e-d11f-4a45-99cb-84da9f52bd50");
  EXPECT_EQ(observation.slots.at("127.100.0.3"), (SlotId{"dc1", "rack1", 0}));
  EXPECT_EQ(observation.cluster->name_space, "default");
  EXPECT_EQ(observation.cluster->seeds->size(), 3u);
}

TEST(Observe, OrderOfTheListDoesNotMatter) {
  Json list = TestList("02-scaled-up");
  const Observation before = Observe(list);
  std::reverse(list["items"].begin(), list["items"].end());
  const Observation after = Observe(list);
  ASSERT_EQ(before.reports.size(), after.reports.size());
  for (size_t i = 0; i < before.reports.size(); ++i) {
    if (before.reports[i].has_object()) continue;
    EXPECT_EQ(WriteJsonLine(before.reports[i]), WriteJsonLine(after.reports[i]));
  }
}

TEST(Observe, StateOfAPod) {
  const auto slot = [](const Json& patch) { return SlotOf(After("Pod", kPod, patch), kPod); };
  const auto condition = [](const char* type, const char* status) {
    return Json{{"status", {{"conditions", {{{"type", type}, {"status", status}}}}}}};
  };
  EXPECT_FALSE(slot(condition("Ready", "False")).ready());
  EXPECT_FALSE(slot({{"status", {{"conditions", nullptr}}}}).ready());
  EXPECT_FALSE(slot({{"status", nullptr}}).has_ready());
  EXPECT_FALSE(slot(condition("PodScheduled", "False")).schedulable());
  EXPECT_TRUE(slot(condition("PodScheduled", "False")).has_schedulable());
  EXPECT_FALSE(slot(condition("Ready", "True")).has_schedulable());
  EXPECT_TRUE(slot({{"metadata", {{"deletionTimestamp", "2026-11-22T00:00:00Z"}}}}).being_deleted());
  EXPECT_EQ(slot({{"metadata", {{"labels", {{"rolling-restart", "t1"}}}}}}).restart_token(), "t1");
  const Json waiting = {
      {"name", "cassandra"}, {"restartCount", 7}, {"state", {{"waiting", {{"reason", "CrashLoopBackOff"}}}}}};
  EXPECT_EQ(slot({{"status", {{"containerStatuses", {waiting}}}}}).waiting_reason(), "CrashLoopBackOff");
  EXPECT_EQ(slot({{"status", {{"containerStatuses", {waiting}}}}}).restart_count(), 7);
  const Json initializing = {{"name", "cassandra"}, {"state", {{"waiting", {{"reason", "PodInitializing"}}}}}};
  const Json pulling = {{"name", "bootstrap"}, {"state", {{"waiting", {{"reason", "ImagePullBackOff"}}}}}};
  EXPECT_EQ(slot({{"status", {{"containerStatuses", {initializing}}, {"initContainerStatuses", {pulling}}}}})
                .waiting_reason(),
            "ImagePullBackOff");
  EXPECT_EQ(slot({{"status", {{"reason", "Evicted"}}}}).waiting_reason(), "Evicted");
}

// Its init step runs, and no permit that still counts is there.
TEST(Observe, APodThatWaitsForAPermit) {
  const auto waits = [](const std::string& permit, const char* state) {
    Json patch = {
        {"status",
         {{"initContainerStatuses", {{{"name", kStartPermitContainer}, {"state", {{state, Json::object()}}}}}}}}};
    if (!permit.empty()) patch["metadata"]["annotations"] = {{kStartPermitMark, permit}};
    Json list = TestList("01-created");
    ItemOf(list, "Pod", kPod)->merge_patch(patch);
    ObserveOptions options;
    options.observed_at_seconds = 1000;
    return SlotOf(Observe(list, options), kPod).awaits_permit();
  };
  EXPECT_TRUE(waits("", "running"));
  EXPECT_FALSE(waits("", "terminated"));
  EXPECT_FALSE(waits("", "waiting"));
  EXPECT_FALSE(waits("bootstrap until 1000", "running"));
  EXPECT_TRUE(waits("bootstrap until 999", "running"));
  EXPECT_TRUE(waits("bootstrap", "running")) << "the step heeds no permit without an end";
}

TEST(Observe, WhetherATemplateHasThePermitStep) {
  const auto permits = [](const char* name) {
    Json list = TestList("01-created");
    (*ItemOf(list, "StatefulSet", kSet))["spec"]["template"]["spec"]["initContainers"].push_back({{"name", name}});
    return RackOf(Observe(list), kSet);
  };
  EXPECT_TRUE(permits(kStartPermitContainer).start_permits());
  EXPECT_TRUE(permits("other").has_start_permits());
  EXPECT_FALSE(permits("other").start_permits());
}

TEST(Observe, RevisionOfAPodOfTheCurrentTemplate) {
  const std::string revision = RackOf(Observe(TestList("01-created")), kSet).template_().revision();
  // What a webhook or a person added to a Pod of the current template does not count.
  Json list = TestList("01-created");
  Json* pod = ItemOf(list, "Pod", kPod);
  (*pod)["spec"]["containers"].push_back({{"name", "istio-proxy"}, {"image", "x"}});
  (*pod)["metadata"]["labels"]["mine"] = "x";
  EXPECT_EQ(SlotOf(Observe(list), kPod).template_revision(), revision);
  // A changed image does, and so does all once the template has another hash.
  (*pod)["spec"]["containers"][0]["image"] = "cassandra:4.1";
  EXPECT_NE(SlotOf(Observe(list), kPod).template_revision(), revision);
}

TEST(Observe, RevisionOfAPodOfAnEarlierTemplate) {
  Json list = TestList("01-created");
  Json* set = ItemOf(list, "StatefulSet", kSet);
  const Json earlier = (*set)["spec"]["template"];
  (*set)["spec"]["template"]["spec"]["containers"][0]["image"] = "cassandra:3.11.19";
  (*set)["status"]["updateRevision"] = "newer";
  Observation observation = Observe(list);
  const std::string current = RackOf(observation, kSet).template_().revision();
  const std::string own = SlotOf(observation, kPod).template_revision();
  EXPECT_NE(own, current);
  // With the ControllerRevision what was added to the Pod does not count either.
  Json* pod = ItemOf(list, "Pod", kPod);
  (*pod)["spec"]["containers"].push_back({{"name", "istio-proxy"}, {"image", "x"}});
  EXPECT_NE(SlotOf(Observe(list), kPod).template_revision(), own);
  list["items"].push_back(
      {{"kind", "ControllerRevision"},
       {"metadata", {{"name", (*ItemOf(list, "Pod", kPod))["metadata"]["labels"]["controller-revision-hash"]}}},
       {"data", {{"spec", {{"template", earlier}}}}}});
  EXPECT_EQ(SlotOf(Observe(list), kPod).template_revision(), own);
}

// A template that the controller has not seen yet must not be taken for that of the Pods.
TEST(Observe, TheHashCountsOnlyWhenTheControllerHasSeenTheTemplate) {
  Json list = TestList("01-created");
  Json* set = ItemOf(list, "StatefulSet", kSet);
  (*set)["spec"]["template"]["spec"]["serviceAccountName"] = "other";
  (*set)["metadata"]["generation"] = 2;
  const Observation observation = Observe(list);
  EXPECT_NE(SlotOf(observation, kPod).template_revision(), RackOf(observation, kSet).template_().revision());
}

TEST(Observe, OnlySeedsDiffer) {
  Json list = TestList("01-created");
  Json* set = ItemOf(list, "StatefulSet", kSet);
  for (Json& variable : (*set)["spec"]["template"]["spec"]["initContainers"][2]["env"]) {
    if (variable["name"] == "CASSANDRA_SEEDS")
      variable["value"] = "a, cassandra-demo-dc1-rack2-0.cassandra-demo.default";
  }
  (*set)["status"]["updateRevision"] = "newer";
  const Observation observation = Observe(list);
  EXPECT_EQ(SlotOf(observation, kPod).template_revision(), RackOf(observation, kSet).template_().revision());
  std::vector<std::string> seeds;
  for (const v1::Report& report : observation.reports) {
    if (report.has_seeds()) seeds.push_back(report.subject().rack() + std::to_string(report.seeds().seeds_size()));
  }
  EXPECT_THAT(seeds, testing::ElementsAre("rack12", "rack23", "rack33"));
}

TEST(Observe, MachinesAndStorageClasses) {
  Json list = TestList("01-created");
  list["items"].push_back({{"kind", "Node"},
                           {"metadata", {{"name", "node-b2"}, {"labels", {{"topology.kubernetes.io/zone", "zone-b"}}}}},
                           {"spec", {{"unschedulable", true}}}});
  list["items"].push_back(
      {{"kind", "StorageClass"}, {"metadata", {{"name", "local-path"}}}, {"allowVolumeExpansion", true}});
  const Observation observation = Observe(list);
  EXPECT_TRUE(SlotOf(observation, kPod).machine_cordoned());
  EXPECT_EQ(SlotOf(observation, kPod).zone(), "zone-b");
  EXPECT_TRUE(VolumeOf(observation, "data-cassandra-demo-dc1-rack1-0").expandable());
  EXPECT_FALSE(VolumeOf(Observe(TestList("01-created")), "data-cassandra-demo-dc1-rack1-0").has_expandable());
}

TEST(Observe, VolumesThatAreNotMounted) {
  Json list = TestList("01-created");
  Json claim = *ItemOf(list, "PersistentVolumeClaim", "data-cassandra-demo-dc1-rack1-0");
  claim["metadata"]["name"] = "data-cassandra-demo-dc1-rack1-10";
  claim["metadata"]["annotations"] = {{"cassplan/host-id", "h"}, {"cassplan/cluster-uid", "u"}};
  claim["spec"]["resources"]["requests"]["storage"] = "1Gi";
  list["items"].push_back(claim);
  claim["metadata"]["name"] = "logs-cassandra-demo-dc1-rack1-10";
  list["items"].push_back(claim);
  claim["metadata"]["name"] = "data-cassandra-demo-dc1-rack1-11";
  claim["metadata"]["annotations"] = {{"cassplan/contents", "empty"}};
  list["items"].push_back(claim);
  const Observation observation = Observe(list);
  EXPECT_EQ(Count(observation, [](const v1::Report& report) { return report.has_volume(); }), 5);
  const v1::VolumeFacts volume = VolumeOf(observation, "data-cassandra-demo-dc1-rack1-10");
  EXPECT_TRUE(volume.has_mounted());
  EXPECT_FALSE(volume.mounted());
  EXPECT_EQ(volume.contents(), v1::VOLUME_CONTENTS_MEMBER);
  EXPECT_EQ(volume.host_id(), "h");
  EXPECT_EQ(volume.owner_id(), "u");
  EXPECT_EQ(volume.requested_bytes(), 1 << 30);
  EXPECT_EQ(volume.capacity_bytes(), 200 << 20);
  EXPECT_EQ(VolumeOf(observation, "data-cassandra-demo-dc1-rack1-11").contents(), v1::VOLUME_CONTENTS_EMPTY);
}

TEST(Observe, ObjectsOfAnotherOwnerKeepIt) {
  const Json owner = {{"metadata", {{"ownerReferences", {{{"controller", true}, {"uid", "other"}}}}}}};
  EXPECT_EQ(RackOf(After("StatefulSet", kSet, owner), kSet).owner_id(), "other");
  const Json nobody = {{"metadata", {{"ownerReferences", nullptr}}}};
  EXPECT_EQ(RackOf(After("StatefulSet", kSet, nobody), kSet).owner_id(), "");
  const Observation observation = After("PodDisruptionBudget", "cassandra-demo", owner);
  EXPECT_EQ(Count(observation, [](const v1::Report& report) { return report.object().owner_id() == "other"; }), 1);
}

TEST(Observe, ADesiredNameCountsWithoutLabels) {
  Json list = TestList("01-created");
  for (Json& item : list["items"]) item["metadata"].erase("labels");
  EXPECT_EQ(Count(Observe(list), [](const v1::Report& report) { return report.has_rack() || report.has_slot(); }), 0);
  ObserveOptions options;
  options.racks.emplace_back();
  options.racks[0].set_datacenter("dc1");
  options.racks[0].set_rack("rack1");
  const Observation observation = Observe(list, options);
  EXPECT_EQ(RackOf(observation, kSet).nodes(), 1);
  EXPECT_EQ(SlotOf(observation, kPod).address(), "127.100.0.3");
  EXPECT_TRUE(VolumeOf(observation, "data-cassandra-demo-dc1-rack1-0").mounted());
  EXPECT_EQ(Count(observation, [](const v1::Report& report) { return report.has_rack() || report.has_slot(); }), 2);
}

TEST(Observe, ChangedLabelsAreTold) {
  const Observation observation =
      After("CassandraCluster", "cassandra-demo", {{"metadata", {{"labels", {{"cluster", "x"}}}}}});
  ASSERT_EQ(observation.notes.size(), 3u);
  EXPECT_THAT(Joined(observation.notes), HasSubstr("restore metadata.labels"));
}

TEST(Observe, CopiesWithTheLabelsAreLeftOut) {
  Json list = TestList("01-created");
  Json copy = *ItemOf(list, "Pod", kPod);
  copy["metadata"]["name"] = "debug";
  list["items"].push_back(copy);
  Json set = *ItemOf(list, "StatefulSet", kSet);
  set["metadata"]["name"] = "copy";
  list["items"].push_back(set);
  const Observation observation = Observe(list);
  EXPECT_EQ(observation.notes.size(), 2u);
  EXPECT_EQ(Count(observation, [](const v1::Report& report) { return report.has_slot(); }), 3);
  EXPECT_EQ(Count(observation, [](const v1::Report& report) { return report.has_rack(); }), 3);
}

TEST(Observe, TwoPodsWithOneAddress) {
  const Observation observation = After("Pod", kPod, {{"status", {{"podIP", "127.100.0.4"}}}});
  EXPECT_EQ(observation.slots.size(), 1u);
  EXPECT_THAT(Joined(observation.problems), HasSubstr("two Pods have the address 127.100.0.4"));
}

TEST(Observe, WhatIsComplete) {
  Json list = TestList("01-created");
  EXPECT_TRUE(Inventory(Observe(list)).slots_complete());
  list["metadata"]["continue"] = "token";
  EXPECT_FALSE(Inventory(Observe(list)).racks_complete());
  ObserveOptions options;
  options.complete = true;
  EXPECT_TRUE(Inventory(Observe(list, options)).racks_complete());
  list = TestList("01-created");
  options.complete = false;
  EXPECT_FALSE(Inventory(Observe(list, options)).racks_complete());
  // Nothing of the cluster is in the list: it may be the list of another namespace.
  options = ObserveOptions();
  options.cluster = "other";
  EXPECT_FALSE(Inventory(Observe(list, options)).racks_complete());
  // One object is no list.
  EXPECT_FALSE(Inventory(Observe(list["items"][0])).racks_complete());
  // An item without a name could be any Pod; one without a kind anything.
  ItemOf(list, "Pod", kPod)->at("metadata").erase("name");
  EXPECT_FALSE(Inventory(Observe(list)).slots_complete());
  EXPECT_TRUE(Inventory(Observe(list)).racks_complete());
  EXPECT_FALSE(VolumeOf(Observe(list), "data-cassandra-demo-dc1-rack2-0").has_mounted() &&
               !VolumeOf(Observe(list), "data-cassandra-demo-dc1-rack2-0").mounted());
  list["items"].push_back(7);
  EXPECT_FALSE(Inventory(Observe(list)).racks_complete());
  EXPECT_THAT(Joined(Observe(list).problems), HasSubstr("is not an object"));
}

TEST(Observe, WhichCluster) {
  Json list = TestList("01-created");
  Json second = list["items"][0];
  second["metadata"]["name"] = "second";
  list["items"].push_back(second);
  const Observation unclear = Observe(list);
  EXPECT_TRUE(unclear.reports.empty());
  EXPECT_THAT(Joined(unclear.problems),
              HasSubstr("several CassandraClusters are listed (default/cassandra-demo, default/second); name one"));
  ObserveOptions options;
  options.cluster = "cassandra-demo";
  EXPECT_EQ(Count(Observe(list, options), [](const v1::Report& report) { return report.has_rack(); }), 3);
  EXPECT_THAT(Joined(Observe({{"kind", "List"}, {"items", Json::array()}}).problems),
              HasSubstr("no CassandraCluster is listed; name the cluster"));
}

TEST(Observe, OtherNamespacesAreLeftOut) {
  Json list = TestList("01-created");
  Json set = *ItemOf(list, "StatefulSet", kSet);
  set["metadata"]["namespace"] = "other";
  list["items"].push_back(set);
  EXPECT_EQ(Count(Observe(list), [](const v1::Report& report) { return report.has_rack(); }), 3);
  list["items"].erase(0);
  ObserveOptions options;
  options.cluster = "cassandra-demo";
  EXPECT_THAT(Joined(Observe(list, options).problems), HasSubstr("in the namespaces default, other; name one"));
  options.name_space = "other";
  EXPECT_EQ(Count(Observe(list, options), [](const v1::Report& report) { return report.has_rack(); }), 1);
}

TEST(Observe, ListsOfLists) {
  const Json list = TestList("01-created");
  Json outer = {{"kind", "List"}, {"items", {list, {{"kind", "PodList"}, {"items", Json::array()}}}}};
  const Observation observation = Observe(outer);
  EXPECT_EQ(observation.reports.size(), Observe(list).reports.size());
  EXPECT_TRUE(Inventory(observation).slots_complete());
}

TEST(Observe, WrongTypesAreTold) {
  Json list = TestList("01-created");
  for (size_t i = 0; i < list["items"].size(); ++i) {
    if (list["items"][i]["kind"] == "StatefulSet") list["items"][i]["spec"]["replicas"] = "three";
    if (list["items"][i]["kind"] == "Pod") list["items"][i]["status"] = "gone";
  }
  const Observation observation = Observe(list);
  EXPECT_THAT(Joined(observation.problems), HasSubstr("items[1].spec.replicas: must be an integer, not a string"));
  EXPECT_THAT(Joined(observation.problems), HasSubstr("items[4].status.podIP: must be inside a map, not a string"));
  EXPECT_FALSE(RackOf(observation, kSet).has_nodes());
  EXPECT_FALSE(RackOf(observation, kSet).template_().revision().empty());
  EXPECT_FALSE(SlotOf(observation, kPod).has_ready());
}

// Any type in any place of one object of each kind: no crash, and the rest is still there.
TEST(Observe, OddItemsAreRead) {
  Json list = TestList("01-created");
  Json small = {{"kind", "List"}, {"items", Json::array()}};
  for (const char* kind : {"CassandraCluster", "StatefulSet", "Pod", "PersistentVolumeClaim", "Service"}) {
    small["items"].push_back(ItemsOfKind(list, kind).at(0));
  }
  small["items"][0]["metadata"].erase("managedFields");
  small["items"][0]["metadata"].erase("annotations");
  small["items"][1]["metadata"].erase("annotations");
  const Json flat = small.flatten();
  ObserveOptions options;
  options.cluster = "cassandra-demo";
  for (const auto& [pointer, value] : flat.items()) {
    for (const Json& odd : {Json(7), Json::array()}) {
      for (Json::json_pointer at(pointer); !at.empty(); at = at.parent_pointer()) {
        Json changed = small;
        changed[at] = odd;
        const Observation observation = Observe(changed, options);
        EXPECT_FALSE(observation.reports.empty() && observation.problems.empty());
        if (at.parent_pointer().empty() || odd != Json(7)) break;
      }
    }
  }
}

}  // namespace
}  // namespace cassplan::kubernetes
