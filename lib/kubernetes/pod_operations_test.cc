#include "lib/kubernetes/pod_operations.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/kubernetes/observe.h"
#include "lib/kubernetes/test_util.h"

namespace cassplan::kubernetes {
namespace {

using testing::HasSubstr;

constexpr char kPod[] = "cassandra-demo-dc1-rack1-0";
using Labels = std::map<std::string, std::string>;

Observation With(const Labels& labels, const std::string& name = kPod) {
  Json list = TestList("02-scaled-up");
  bool found = false;
  for (Json& item : list["items"]) {
    if (TextOf(item, "kind") != "Pod" || TextOf(item["metadata"], "name") != name) continue;
    found = true;
    for (const char* old : {"operation-name", "operation-status", "operation-argument", "operation-start"}) {
      item["metadata"]["labels"].erase(old);
    }
    for (const auto& [key, value] : labels) item["metadata"]["labels"][key] = value;
  }
  EXPECT_TRUE(found);
  return ObserveObjects(ToValue(list), ObserveOptions());
}

std::vector<v1::RequestedOperation> Asked(const Labels& labels) {
  const Observation observation = With(labels);
  EXPECT_EQ(Joined(observation.label_problems), "");
  return observation.operations;
}

TEST(PodOperations, NoLabelsAskForNothing) { EXPECT_TRUE(Asked({}).empty()); }

TEST(PodOperations, EveryName) {
  const std::map<std::string, v1::ActionKind> names = {{"cleanup", v1::ACTION_KIND_CLEANUP},
                                                       {"rebuild", v1::ACTION_KIND_REBUILD},
                                                       {"upgradesstables", v1::ACTION_KIND_UPGRADE_SSTABLES},
                                                       {"scrub", v1::ACTION_KIND_SCRUB},
                                                       {"compact", v1::ACTION_KIND_COMPACT},
                                                       {"flush", v1::ACTION_KIND_FLUSH},
                                                       {"garbagecollect", v1::ACTION_KIND_GARBAGE_COLLECT},
                                                       {"drain", v1::ACTION_KIND_DRAIN},
                                                       {"restart", v1::ACTION_KIND_RESTART_NODE}};
  for (const auto& [name, kind] : names) {
    const auto asked = Asked({{"operation-name", name}, {"operation-status", "ToDo"}, {"operation-argument", "dc2"}});
    ASSERT_EQ(asked.size(), 1u) << name;
    EXPECT_EQ(asked[0].kind(), kind);
    EXPECT_FALSE(asked[0].paused());
    EXPECT_EQ(asked[0].target().datacenter(), "dc1");
    EXPECT_EQ(asked[0].target().rack(), "rack1");
    EXPECT_EQ(asked[0].target().ordinal(), 0);
    EXPECT_EQ(asked[0].source_datacenter(), name == "rebuild" ? "dc2" : "");
    EXPECT_EQ(asked[0].requested_by(), "label operation-name of Pod cassandra-demo-dc1-rack1-0");
  }
}

TEST(PodOperations, OnlyToDoAndPausedAsk) {
  for (const char* status : {"Ongoing", "Finalizing", "Done", "Error", "Manual"}) {
    EXPECT_TRUE(Asked({{"operation-name", "cleanup"}, {"operation-status", status}}).empty()) << status;
  }
  const auto paused = Asked({{"operation-name", "cleanup"}, {"operation-status", "Paused"}});
  ASSERT_EQ(paused.size(), 1u);
  EXPECT_TRUE(paused[0].paused());
}

// Asked again after a run, which wrote operation-start, it is another request; pausing it is not.
TEST(PodOperations, UidTellsOneRequestFromTheNext) {
  const auto uid = [](const std::string& status, const std::string& start, const std::string& argument = "") {
    return Asked({{"operation-name", "cleanup"},
                  {"operation-status", status},
                  {"operation-argument", argument},
                  {"operation-start", start}})
        .at(0)
        .uid();
  };
  EXPECT_EQ(uid("ToDo", ""), uid("Paused", ""));
  EXPECT_NE(uid("ToDo", ""), uid("ToDo", "20261123T040000"));
  EXPECT_NE(uid("ToDo", ""), uid("ToDo", "", "dc2"));
}

TEST(PodOperations, AHostIdTellsTheMember) {
  const std::string host = "80216984-d20b-4f21-8c4a-79fcfafe63e3";
  for (const char* name : {"replace", "remove"}) {
    const auto asked = Asked({{"operation-name", name}, {"operation-status", "ToDo"}, {"operation-argument", host}});
    EXPECT_EQ(asked.at(0).target().host_id(), host);
    EXPECT_FALSE(asked.at(0).target().has_ordinal());
  }
}

TEST(PodOperations, ReplaceNamesAnotherPod) {
  const Labels labels = {{"operation-name", "replace"},
                         {"operation-status", "ToDo"},
                         {"operation-argument", "cassandra-demo-dc1-rack2-1"}};
  const v1::RequestedOperation replace = Asked(labels).at(0);
  EXPECT_EQ(replace.kind(), v1::ACTION_KIND_REPLACE_NODE);
  EXPECT_EQ(replace.target().rack(), "rack2");
  EXPECT_EQ(replace.target().ordinal(), 1);
}

TEST(PodOperations, RemoveNamesAPodOrAnAddress) {
  const auto remove = [](const std::string& argument) {
    return Asked({{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", argument}}).at(0);
  };
  const v1::RequestedOperation pod = remove("cassandra-demo-dc1-rack2-1");
  EXPECT_EQ(pod.kind(), v1::ACTION_KIND_REMOVE_NODE);
  EXPECT_EQ(pod.target().rack(), "rack2");
  EXPECT_EQ(pod.target().ordinal(), 1);
  EXPECT_EQ(pod.address(), "");
  EXPECT_EQ(remove("_10.0.0.12").address(), "10.0.0.12");
  EXPECT_FALSE(remove("_10.0.0.12").target().has_ordinal());
  const v1::RequestedOperation both = remove("cassandra-demo-dc1-rack2-1_10.0.0.12");
  EXPECT_EQ(both.address(), "10.0.0.12");
  EXPECT_FALSE(both.target().has_ordinal()) << "another node may live there by now";
}

TEST(PodOperations, WrongLabelsNameThePodTheLabelAndWhatToWrite) {
  struct Wrong {
    Labels labels;
    std::string text;
  };
  const std::vector<Wrong> wrong = {
      {{{"operation-name", "Cleanup"}, {"operation-status", "ToDo"}},
       "label operation-name of Pod cassandra-demo-dc1-rack1-0 (\"Cleanup\") is no operation: write cleanup"},
      {{{"operation-name", "repair"}, {"operation-status", "ToDo"}},
       "(\"repair\") is no operation: write one of cleanup, rebuild, upgradesstables, remove, replace, scrub, compact, "
       "flush, garbagecollect, drain, restart"},
      {{{"operation-name", "cleanup"}, {"operation-status", "todo"}},
       "label operation-status of Pod cassandra-demo-dc1-rack1-0 (\"todo\") is no status: write ToDo"},
      {{{"operation-name", "cleanup"}, {"operation-status", "start"}}, "(\"start\") is no status: write one of ToDo"},
      {{{"operation-name", "cleanup"}}, "label operation-status of Pod cassandra-demo-dc1-rack1-0 is missing"},
      {{{"operation-status", "ToDo"}}, "label operation-name of Pod cassandra-demo-dc1-rack1-0 is missing"},
      {{{"operation-name", "decommission"}, {"operation-status", "ToDo"}}, "lower nodesPerRacks"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}},
       "label operation-argument of Pod cassandra-demo-dc1-rack1-0 names no node"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", "_"}}, "names no node"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", "_10.0.0"}},
       "has no IPv4 address after the _"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", "_10.0.0.256"}},
       "has no IPv4 address after the _"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", "other-0"}},
       "names a Pod that is none of the cluster's"},
      {{{"operation-name", "remove"}, {"operation-status", "ToDo"}, {"operation-argument", kPod}},
       "names the Pod that carries the label"},
  };
  for (const Wrong& one : wrong) {
    const Observation observation = With(one.labels);
    EXPECT_TRUE(observation.operations.empty()) << one.text;
    EXPECT_EQ(observation.label_problems.size(), 1u) << one.text;
    EXPECT_THAT(Joined(observation.label_problems), HasSubstr(one.text));
  }
}

TEST(PodOperations, Addresses) {
  for (const char* good : {"10.0.0.1", "0.0.0.0", "255.255.255.255"}) EXPECT_TRUE(IsAddress(good)) << good;
  for (const char* bad : {"", ".", "1.2.3", "1.2.3.4.5", "1.2.3.a", "1..2.3", "256.1.1.1", "-1.2.3.4", " 1.2.3.4",
                          "0001.2.3.4", "1.2.3.4 "}) {
    EXPECT_FALSE(IsAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace cassplan::kubernetes
