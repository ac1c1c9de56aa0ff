#include "lib/executors/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/cluster_testing.h"
#include "lib/executors/collect.h"
#include "lib/executors/config_map_ledger.h"
#include "lib/executors/conformance.h"

namespace cassplan::executors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ClusterTest, Conforms) {
  node_.hangs = "decommission";
  ConformanceCase c;
  c.make = [this] { return Make(); };
  c.succeeds = Start(v1::ACTION_KIND_FLUSH);
  c.succeeds.mutable_action()->add_keyspaces("app");
  c.effects = [this] { return node_.Count("forceKeyspaceFlush"); };
  c.fails = Start(v1::ACTION_KIND_SHRINK_RACK, 5);
  c.hangs = Start(v1::ACTION_KIND_DECOMMISSION);
  EXPECT_THAT(CheckConformance(c), IsEmpty());
}

TEST_F(ClusterTest, TellsWhatIsDesiredWhenItChanged) {
  const std::unique_ptr<ClusterExecutor> executor = Make();
  EXPECT_EQ(told_, 1);
  EXPECT_EQ(desired_.cluster(), "demo");
  ASSERT_TRUE(executor->Observe().ok());
  EXPECT_EQ(told_, 1);
  Json changed = DemoCluster();
  changed["spec"]["nodesPerRacks"] = 3;
  api_.Put(kCassandraClusters, changed);
  ASSERT_TRUE(executor->Observe().ok());
  EXPECT_EQ(told_, 2);
  EXPECT_EQ(desired_.datacenters(0).racks(0).nodes(), 3);
}

TEST_F(ClusterTest, ASpecThatCannotBeUsedIsTold) {
  const std::unique_ptr<ClusterExecutor> executor = Make();
  Json changed = DemoCluster();
  changed["spec"]["nodesPerRacks"] = "three";
  api_.Put(kCassandraClusters, changed);
  EXPECT_TRUE(absl::IsInvalidArgument(executor->Observe().status()));
  ASSERT_FALSE(executor->Look()->problems.empty());
  EXPECT_THAT(FormatProblem(executor->Look()->problems[0]), HasSubstr("nodesPerRacks"));
}

TEST_F(ClusterTest, StartsOneNodeMore) {
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_START_NODE, 1)).ending, Ending::kSucceeded);
  EXPECT_EQ(Replicas(), 2);
  // Again, as after a crash: it is done already.
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_START_NODE, 1)).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(), ElementsAre("PUT statefulsets/demo-dc1-rack1"));
  // Not from another number than the plan was made for.
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_START_NODE, 4)).ending, Ending::kFailed);
  EXPECT_EQ(Replicas(), 2);
}

TEST_F(ClusterTest, ShrinksByOneOnly) {
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_SHRINK_RACK, 2)).ending, Ending::kFailed);
  EXPECT_EQ(Replicas(), 1);
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_SHRINK_RACK, 0)).ending, Ending::kSucceeded);
  EXPECT_EQ(Replicas(), 0);
}

TEST_F(ClusterTest, AnotherStatefulSetOfThatNameIsLeftAlone) {
  v1::StartAction start = Start(v1::ACTION_KIND_SHRINK_RACK, 0);
  Pre("rack_uid", "another", &start);
  const StartResult result = Run(start);
  EXPECT_EQ(result.ending, Ending::kFailed);
  EXPECT_THAT(result.message, HasSubstr("changed since the plan was made"));
  EXPECT_THAT(api_.writes(), IsEmpty());
}

TEST_F(ClusterTest, AConflictAndAnErrorAreTriedAgain) {
  api_.RefuseWrites({409, 500});
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_START_NODE, 1)).ending, Ending::kSucceeded);
  EXPECT_EQ(Replicas(), 2);
}

TEST_F(ClusterTest, TheNewTemplateRestartsNothing) {
  Make();
  v1::StartAction start = Start(v1::ACTION_KIND_UPDATE_RACK);
  start.mutable_action()->set_template_revision(desired_.datacenters(0).racks(0).template_().revision());
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  const Json set = api_.Get(kStatefulSets, "demo-dc1-rack1");
  EXPECT_EQ(set["spec"]["updateStrategy"], Json({{"type", "OnDelete"}}));
  EXPECT_EQ(IntegerAt(set, {"spec", "replicas"}), 1);
  EXPECT_THAT(ToText(set["spec"]["template"]), HasSubstr("cassandra:4.1.10"));
  // The spec became another one since the plan was made.
  start.mutable_action()->set_template_revision("older");
  EXPECT_EQ(Run(start).ending, Ending::kFailed);
}

TEST_F(ClusterTest, ARackIsMadeWithTheNodesItHas) {
  Make();
  api_.Put(kCassandraClusters, DemoCluster());
  v1::StartAction start = Start(v1::ACTION_KIND_CREATE_RACK);
  start.mutable_action()->mutable_target()->clear_ordinal();
  start.mutable_action()->set_template_revision(desired_.datacenters(0).racks(0).template_().revision());
  EXPECT_EQ(Run(start).ending, Ending::kFailed);  // it does not say how many
  v1::Effect* effect = start.mutable_action()->add_effects();
  effect->set_fact("rack_nodes");
  effect->set_value("0");
  // One that is there already and is ours counts as made; one of somebody else does not.
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  Json foreign = Rack(1);
  foreign["metadata"].erase("ownerReferences");
  api_.Put(kStatefulSets, foreign);
  EXPECT_EQ(Run(start).ending, Ending::kFailed);
}

TEST_F(ClusterTest, SeedsStandInTwoPlaces) {
  v1::StartAction start = Start(v1::ACTION_KIND_SET_SEEDS);
  v1::Effect* effect = start.mutable_action()->add_effects();
  effect->set_fact("seeds");
  effect->set_value("dc1/rack1/0, elsewhere.example");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  const Json set = api_.Get(kStatefulSets, "demo-dc1-rack1");
  const Json& env = set["spec"]["template"]["spec"]["initContainers"][0]["env"];
  EXPECT_EQ(TextAt(env[0], {"value"}), "demo-dc1-rack1-0.demo.shop,elsewhere.example");
  EXPECT_EQ(TextAt(Json::parse(TextAt(env[1], {"value"})), {"cluster-info", "seeds"}), TextAt(env[0], {"value"}));
  EXPECT_EQ(set["spec"]["updateStrategy"], Json({{"type", "OnDelete"}}));
}

TEST_F(ClusterTest, ANodeThatIsUpIsEvicted) {
  v1::StartAction start = Start(v1::ACTION_KIND_RESTART_NODE);
  EXPECT_EQ(Run(start).ending, Ending::kFailed);  // it does not say which Pod
  start.mutable_action()->mutable_target()->set_uid("pod-1");
  start.mutable_action()->set_disrupts(1);
  api_.evictions_refused = 1000;  // a budget that never allows it
  const StartResult refused = Run(start);
  EXPECT_EQ(refused.ending, Ending::kFailed);
  EXPECT_THAT(refused.message, HasSubstr("TooManyRequests"));
  api_.evictions_refused = 1;  // and one that does a moment later
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(), ElementsAre("EVICT pods/demo-dc1-rack1-0"));
  // Another Pod by now: that one was restarted.
  api_.Put(kPods, Pod("pod-2"));
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_EQ(TextAt(api_.Get(kPods, "demo-dc1-rack1-0"), {"metadata", "uid"}), "pod-2");
}

TEST_F(ClusterTest, ANodeThatIsDownIsDeleted) {
  v1::StartAction start = Start(v1::ACTION_KIND_RESTART_NODE);
  start.mutable_action()->mutable_target()->set_uid("pod-1");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(), ElementsAre("DELETE pods/demo-dc1-rack1-0"));
}

TEST_F(ClusterTest, AVolumeIsDeletedByItsUid) {
  api_.Put(kClaims, {{"metadata", {{"name", "data-demo-dc1-rack1-0"}, {"uid", "claim-2"}}}});
  v1::StartAction start = Start(v1::ACTION_KIND_DELETE_VOLUME);
  start.mutable_action()->set_volume("data-demo-dc1-rack1-0");
  EXPECT_EQ(Run(start).ending, Ending::kFailed);  // no uid
  Pre("volume_uid", "claim-1", &start);
  EXPECT_EQ(Run(start).ending, Ending::kFailed);  // another claim has the name now
  EXPECT_FALSE(api_.Get(kClaims, "data-demo-dc1-rack1-0").is_null());
  start.mutable_action()->mutable_preconditions(0)->set_value("claim-2");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_TRUE(api_.Get(kClaims, "data-demo-dc1-rack1-0").is_null());
}

TEST_F(ClusterTest, ARackWithNodesIsNotDeleted) {
  v1::StartAction start = Start(v1::ACTION_KIND_DELETE_RACK);
  Pre("rack_uid", "set-1", &start);
  EXPECT_EQ(Run(start).ending, Ending::kFailed);
  api_.Put(kStatefulSets, Rack(0));
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_TRUE(api_.Get(kStatefulSets, "demo-dc1-rack1").is_null());
}

TEST_F(ClusterTest, SharedObjectsAreMade) {
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS)).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(),
              ElementsAre("POST services/demo", "POST services/demo-exporter-jmx", "POST poddisruptionbudgets/demo"));
  // Services are made once; the budget is written when it differs.
  Json budget = api_.Get(kBudgets, "demo");
  budget["spec"]["maxUnavailable"] = 5;
  api_.Put(kBudgets, budget);
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS)).ending, Ending::kSucceeded);
  EXPECT_EQ(api_.writes().back(), "PUT poddisruptionbudgets/demo");
  EXPECT_EQ(IntegerAt(api_.Get(kBudgets, "demo"), {"spec", "maxUnavailable"}), 1);
  EXPECT_EQ(api_.writes().size(), 4U);
}

TEST_F(ClusterTest, DecommissionHadNoArgumentBefore40) {
  node_.answers["decommission(boolean)"] = {{{"status", 404}, {"error", "no such operation"}}};
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_DECOMMISSION)).ending, Ending::kSucceeded);
  EXPECT_THAT(node_.operations(), ElementsAre("decommission(boolean) [false]", "decommission() []"));
  // Forcing is never left out silently.
  v1::StartAction forced = Start(v1::ACTION_KIND_DECOMMISSION);
  forced.mutable_action()->set_force(true);
  EXPECT_EQ(Run(forced).ending, Ending::kFailed);
  EXPECT_EQ(node_.Count("decommission()"), 1);
}

TEST_F(ClusterTest, CleanupAsksForEveryKeyspaceAndReadsTheAnswer) {
  EXPECT_EQ(Run(Start(v1::ACTION_KIND_CLEANUP)).ending, Ending::kSucceeded);
  EXPECT_EQ(node_.operations().size(), 2U);
  EXPECT_THAT(node_.operations()[0], HasSubstr("\"app\""));
  node_.answers["forceKeyspaceCleanup"] = {{{"status", 200}, {"value", 1}}};
  const StartResult aborted = Run(Start(v1::ACTION_KIND_CLEANUP));
  EXPECT_EQ(aborted.ending, Ending::kFailed);
  EXPECT_THAT(aborted.message, HasSubstr("aborted"));
}

TEST_F(ClusterTest, ARepairIsWaitedFor) {
  node_.answers["repairAsync"] = {{{"status", 200}, {"value", 4}}};
  node_.answers["getParentRepairStatus"] = {{{"status", 200}, {"value", Json::array({"IN_PROGRESS"})}},
                                            {{"status", 200}, {"value", Json::array({"COMPLETED"})}}};
  v1::StartAction start = Start(v1::ACTION_KIND_REPAIR);
  start.mutable_action()->add_keyspaces("app");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_EQ(node_.Count("getParentRepairStatus"), 2);
  node_.answers["getParentRepairStatus"] = {{{"status", 200}, {"value", Json::array({"FAILED", "a replica is down"})}}};
  const StartResult failed = Run(start);
  EXPECT_EQ(failed.ending, Ending::kFailed);
  EXPECT_THAT(failed.message, HasSubstr("a replica is down"));
}

TEST_F(ClusterTest, AnotherPodIsNotAskedToLeave) {
  v1::StartAction start = Start(v1::ACTION_KIND_DECOMMISSION);
  start.mutable_action()->mutable_target()->set_uid("pod-0");
  EXPECT_EQ(Run(start).ending, Ending::kFailed);
  EXPECT_THAT(node_.operations(), IsEmpty());
}

TEST_F(ClusterTest, RemovingAsksAnotherNode) {
  Json other = Pod("pod-9");
  other["metadata"]["name"] = "demo-dc1-rack1-1";
  api_.Put(kPods, other);
  v1::StartAction start = Start(v1::ACTION_KIND_REMOVE_NODE);
  EXPECT_EQ(Run(start).ending, Ending::kFailed);  // whom?
  start.mutable_action()->set_replaced_host_id("dead");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_THAT(node_.operations(), ElementsAre("removeNode(java.lang.String) [\"dead\"]"));
}

// What is another cluster's is not carried along; what stands in our way by its name is.
TEST_F(ClusterTest, LooksAtItsOwnObjects) {
  for (const char* name : {"other-dc1-rack1-0", "demo-dc1-rack9-0"}) {
    Json pod = Pod(absl::StrCat("uid of ", name));
    pod["metadata"]["name"] = name;
    pod["metadata"]["labels"]["cassandracluster"] = "other";
    pod.erase("status");
    api_.Put(kPods, pod);
  }
  Json mounts = Pod("rescue");
  mounts["metadata"]["name"] = "rescue";
  mounts["metadata"].erase("labels");
  mounts.erase("status");
  mounts["spec"]["volumes"] = Json::array({{{"persistentVolumeClaim", {{"claimName", "data-demo-dc1-rack1-0"}}}}});
  api_.Put(kPods, mounts);
  CollectOptions options;
  options.cluster = "demo";
  options.name_space = kSpace;
  options.only_this_cluster = true;
  const absl::StatusOr<Collected> collected = Collect(options, lists_.get(), jolokia_.get());
  ASSERT_TRUE(collected.ok()) << collected.status();
  std::vector<std::string> pods;
  const Json list = Json::parse(collected->files[0].text);
  for (const Json& object : list["items"]) {
    if (TextAt(object, {"kind"}) == "Pod") pods.push_back(TextAt(object, {"metadata", "name"}));
  }
  EXPECT_THAT(pods, ElementsAre("demo-dc1-rack1-0", "demo-dc1-rack9-0", "rescue"));
}

// Of many who ask at once few requests are made, and each gets what was read after it asked.
TEST_F(ClusterTest, ListsAreShared) {
  const int64_t before = client_->reads();
  std::atomic<int> fresh{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&, i] {
      const std::string name = absl::StrCat("demo-dc1-rack1-", 10 + i);
      Json pod = Pod(name);
      pod["metadata"]["name"] = name;
      api_.Put(kPods, pod);
      const absl::StatusOr<std::shared_ptr<const Json>> list = lists_->List(kPods, kSpace);
      if (!list.ok()) return;
      for (const Json& item : (**list)["items"]) fresh += TextAt(item, {"metadata", "name"}) == name ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fresh, 40);
  EXPECT_LT(client_->reads() - before, 40);
}

TEST_F(ClusterTest, TheLedgerIsComparedAndSwapped) {
  ConfigMapLedger store(client_.get(), kSpace, "demo", kUid);
  ASSERT_TRUE(store.Load().ok());
  EXPECT_EQ(store.Load()->version(), 0);
  v1::Ledger ledger;
  ledger.set_version(1);
  ledger.set_now_seconds(5);
  EXPECT_TRUE(store.Store(ledger, 0)->stored());
  EXPECT_EQ(store.Load()->now_seconds(), 5);
  ledger.set_version(2);
  const v1::LedgerStored refused = *store.Store(ledger, 7);
  EXPECT_FALSE(refused.stored());
  EXPECT_EQ(refused.current().version(), 1);
  // Somebody writes between our reading and our writing.
  api_.RefuseWrites({409});
  EXPECT_FALSE(store.Store(ledger, 1)->stored());
  EXPECT_TRUE(store.Store(ledger, 1)->stored());
  EXPECT_THAT(ToText(api_.Get(kConfigMaps, "demo-cassplan")["metadata"]["ownerReferences"]), HasSubstr(kUid));
  // The ledger of a former cluster of that name is none of this one's.
  ConfigMapLedger another(client_.get(), kSpace, "demo", "another");
  EXPECT_EQ(another.Load()->version(), 0);
  EXPECT_TRUE(another.Store(ledger, 0)->stored());
  // What cannot be read is not overwritten.
  Json broken = api_.Get(kConfigMaps, "demo-cassplan");
  broken["data"]["ledger"] = "{";
  api_.Put(kConfigMaps, broken);
  EXPECT_TRUE(absl::IsInvalidArgument(another.Load().status()));
  EXPECT_TRUE(absl::IsInvalidArgument(another.Store(ledger, 2).status()));
}

}  // namespace
}  // namespace cassplan::executors
