// The recorded clusters: what is rendered from cluster.yaml equals what CassKop made and the API server completed.
#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "lib/kubernetes/normalize.h"
#include "lib/kubernetes/observe.h"
#include "lib/kubernetes/render.h"
#include "lib/kubernetes/revision.h"
#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

class Fixture : public testing::TestWithParam<const char*> {
 protected:
  const Json list_ = TestList(GetParam());
  CassandraCluster cluster_ = ReadGood(ReadTestFile(std::string(GetParam()) + "/cluster.yaml"));

  std::map<std::string, Json> Rendered() const {
    std::map<std::string, Json> objects;
    for (const RenderedObject& object : Render(cluster_.cluster)) {
      objects[object.kind + "/" + object.name] = ReadJson(object.json);
    }
    return objects;
  }
};

TEST_P(Fixture, TemplatesAreEqual) {
  const std::map<std::string, Json> rendered = Rendered();
  const std::vector<Json> stored = ItemsOfKind(list_, "StatefulSet");
  ASSERT_EQ(stored.size(), 3u);
  for (const Json& item : stored) {
    const std::string name = TextOf(item["metadata"], "name");
    const Json& own = rendered.at("StatefulSet/" + name)["spec"]["template"];
    const Json& other = item["spec"]["template"];
    EXPECT_EQ(NormalizeTemplate(own, nullptr).dump(1), NormalizeTemplate(other, nullptr).dump(1)) << name;
    EXPECT_EQ(TemplateRevision(WriteJson(own)), TemplateRevision(WriteJson(other)));
    EXPECT_EQ(TemplateRevision(WriteJson(own)).size(), 16u);
  }
}

TEST_P(Fixture, PodsHaveTheRevisionOfTheirTemplate) {
  const std::map<std::string, Json> rendered = Rendered();
  const std::vector<Json> pods = ItemsOfKind(list_, "Pod");
  ASSERT_GE(pods.size(), 3u);
  for (const Json& pod : pods) {
    const std::string name = TextOf(pod["metadata"], "name");
    const std::string workload = name.substr(0, name.rfind('-'));
    const Json& own = rendered.at("StatefulSet/" + workload)["spec"]["template"];
    EXPECT_EQ(NormalizeTemplate(own, nullptr).dump(1), NormalizeTemplate(pod, nullptr).dump(1)) << name;
    EXPECT_EQ(TemplateRevision(WriteJson(own)), TemplateRevision(WriteJson(pod))) << name;
  }
}

TEST_P(Fixture, SharedObjectsAreEqual) {
  const std::map<std::string, Json> rendered = Rendered();
  std::set<std::string> names;
  for (const char* kind : {"Service", "PodDisruptionBudget"}) {
    for (const Json& item : ItemsOfKind(list_, kind)) {
      const std::string name = std::string(kind) + "/" + TextOf(item["metadata"], "name");
      names.insert(name);
      EXPECT_EQ(ObjectRevision(WriteJson(rendered.at(name))), ObjectRevision(WriteJson(item))) << name;
      EXPECT_EQ(rendered.at(name)["metadata"]["labels"], item["metadata"]["labels"]) << name;
    }
  }
  EXPECT_EQ(names.size(), 3u);
}

// The part of StatefulSets beside the template, but for what the API server adds.
TEST_P(Fixture, StatefulSetsAreEqual) {
  const std::map<std::string, Json> rendered = Rendered();
  for (const Json& item : ItemsOfKind(list_, "StatefulSet")) {
    const Json& own = rendered.at("StatefulSet/" + TextOf(item["metadata"], "name"));
    EXPECT_EQ(own["metadata"]["labels"], item["metadata"]["labels"]);
    for (const char* key : {"replicas", "selector", "serviceName", "updateStrategy"}) {
      EXPECT_EQ(own["spec"][key], item["spec"][key]) << key;
    }
    Json claims = item["spec"]["volumeClaimTemplates"];
    for (Json& claim : claims) {
      for (const char* key : {"apiVersion", "kind", "status"}) claim.erase(key);
      claim["spec"].erase("volumeMode");
    }
    EXPECT_EQ(own["spec"]["volumeClaimTemplates"], claims);
  }
}

// The text of the configuration is the same byte for byte, and so are seeds and all other variables.
TEST_P(Fixture, VariablesAreEqual) {
  const std::map<std::string, Json> rendered = Rendered();
  for (const Json& item : ItemsOfKind(list_, "StatefulSet")) {
    const Json& own = rendered.at("StatefulSet/" + TextOf(item["metadata"], "name"));
    for (const char* part : {"initContainers", "containers"}) {
      const Json& theirs = item["spec"]["template"]["spec"][part];
      ASSERT_EQ(own["spec"]["template"]["spec"][part].size(), theirs.size());
      for (size_t i = 0; i < theirs.size(); ++i) {
        EXPECT_EQ(own["spec"]["template"]["spec"][part][i].value("env", Json()), theirs[i].value("env", Json()));
      }
    }
  }
}

TEST_P(Fixture, TheLiveObjectGivesTheSame) {
  const Json live = ItemsOfKind(list_, "CassandraCluster").at(0);
  const CassandraCluster read = ReadCassandraCluster(ToValue(live), "kubernetes.json", Format::kJson);
  ASSERT_EQ(Joined(read.problems), "");
  EXPECT_EQ(read.desired.owner_id(), "f852132e-d11f-4a45-99cb-84da9f52bd50");
  v1::Desired adopted;
  CassandraCluster from_file = cluster_;
  const Observation observation = ObserveObjects(ToValue(list_), ObserveOptions());
  ASSERT_TRUE(observation.cluster.has_value());
  Adopt(*observation.cluster, &from_file);
  v1::Desired live_desired = read.desired;
  live_desired.clear_locations();
  from_file.desired.clear_locations();
  EXPECT_EQ(WriteJsonLine(from_file.desired), WriteJsonLine(live_desired));
}

TEST_P(Fixture, NothingIsLeftToDo) {
  const Observation observation = ObserveObjects(ToValue(list_), ObserveOptions());
  EXPECT_EQ(Joined(observation.problems), "");
  EXPECT_EQ(Joined(observation.notes), "");
  std::map<std::string, std::string> desired;
  std::map<std::string, std::string> objects;
  for (const v1::DesiredDatacenter& datacenter : cluster_.desired.datacenters()) {
    for (const v1::DesiredRack& rack : datacenter.racks()) {
      desired[datacenter.name() + "/" + rack.name()] = rack.template_().revision();
    }
  }
  for (const v1::SharedObject& object : cluster_.desired.objects())
    objects[object.kind() + object.name()] = object.revision();
  int racks = 0;
  int slots = 0;
  for (const v1::Report& report : observation.reports) {
    const std::string rack = report.subject().datacenter() + "/" + report.subject().rack();
    if (report.has_rack()) {
      ++racks;
      EXPECT_EQ(report.rack().template_().revision(), desired.at(rack));
      EXPECT_EQ(report.rack().template_().release(), "3.11");
      EXPECT_EQ(report.rack().nodes(), cluster_.desired.datacenters(0).racks(0).nodes());
      EXPECT_EQ(report.rack().volume().capacity_bytes(), 200 << 20);
      EXPECT_EQ(report.rack().volume().storage_class(), "local-path");
      EXPECT_FALSE(report.rack().parallel());
    } else if (report.has_slot()) {
      ++slots;
      EXPECT_EQ(report.slot().template_revision(), desired.at(rack));
      EXPECT_TRUE(report.slot().ready());
      EXPECT_TRUE(report.slot().schedulable());
      EXPECT_FALSE(report.slot().being_deleted());
    } else if (report.has_object()) {
      EXPECT_EQ(report.object().revision(), objects.at(report.object().kind() + report.subject().name()));
      EXPECT_EQ(report.object().owner_id(), "f852132e-d11f-4a45-99cb-84da9f52bd50");
    } else if (report.has_volume()) {
      EXPECT_TRUE(report.volume().mounted());
      EXPECT_EQ(report.volume().capacity_bytes(), 200 << 20);
      EXPECT_EQ(report.volume().contents(), v1::VOLUME_CONTENTS_UNSPECIFIED);
      EXPECT_EQ(report.volume().owner_id(), "");
      EXPECT_GT(report.volume().created_at_seconds(), 1795000000);
    } else if (report.has_inventory()) {
      EXPECT_TRUE(report.inventory().racks_complete() && report.inventory().slots_complete() &&
                  report.inventory().volumes_complete() && report.inventory().objects_complete());
    } else if (report.has_seeds()) {
      EXPECT_EQ(report.seeds().seeds_size(), 3);
      for (int i = 0; i < report.seeds().seeds_size(); ++i) {
        EXPECT_EQ(WriteJsonLine(report.seeds().seeds(i)), WriteJsonLine(cluster_.desired.seeds(i)));
      }
    }
  }
  EXPECT_EQ(racks, 3);
  EXPECT_EQ(slots, 3 * cluster_.desired.datacenters(0).racks(0).nodes());
  EXPECT_EQ(observation.slots.size(), static_cast<size_t>(slots));
}

INSTANTIATE_TEST_SUITE_P(Recorded, Fixture, testing::Values("01-created", "02-scaled-up", "03-scaled-down"));

}  // namespace
}  // namespace cassplan::kubernetes
