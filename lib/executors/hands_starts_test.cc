#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "lib/executors/cluster_testing.h"
#include "lib/kubernetes/names.h"

namespace cassplan::executors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kPod[] = "demo-dc1-rack1-0";
constexpr char kSet[] = "demo-dc1-rack1";
constexpr char kClaim[] = "data-demo-dc1-rack1-0";

class StartsTest : public ClusterTest {
 protected:
  // Templates and Pods wait for a permit.
  void Guard() {
    const Json step = {{"name", kubernetes::kStartPermitContainer}};
    Json set = Rack(1);
    set["metadata"]["generation"] = 4;
    set["spec"]["template"]["spec"]["initContainers"].push_back(step);
    set["status"] = {{"observedGeneration", 4}, {"updateRevision", "rev-2"}};
    api_.Put(kStatefulSets, set);
    api_.Put(kPods, Waiting("pod-1", "rev-2"));
  }
  static Json Waiting(const std::string& uid, const std::string& revision) {
    Json pod = Pod(uid);
    pod["metadata"]["labels"]["controller-revision-hash"] = revision;
    pod["spec"]["initContainers"] = Json::array({{{"name", kubernetes::kStartPermitContainer}}});
    return pod;
  }
  static v1::StartAction Replace() {
    v1::StartAction start = Start(v1::ACTION_KIND_REPLACE_NODE);
    start.mutable_action()->set_replaced_address("10.0.0.12");
    start.mutable_action()->set_replaced_host_id("host-2");
    start.mutable_action()->set_permit(v1::PERMIT_KIND_REPLACE);
    return start;
  }
  static v1::StartAction Quarantine() {
    v1::StartAction start = Replace();
    start.mutable_action()->set_kind(v1::ACTION_KIND_QUARANTINE_VOLUME);
    start.mutable_action()->set_volume(kClaim);
    Pre("volume_uid", "claim-1", &start);
    return start;
  }
  void PutVolume() {
    api_.Put(kClaims, {{"metadata", {{"name", kClaim}, {"namespace", kSpace}, {"uid", "claim-1"}}},
                       {"spec", {{"volumeName", "disk-1"}}}});
    api_.Put(kPersistentVolumes,
             {{"metadata", {{"name", "disk-1"}}}, {"spec", {{"persistentVolumeReclaimPolicy", "Delete"}}}});
  }
  std::string Permit() {
    return TextAt(api_.Get(kPods, kPod), {"metadata", "annotations", kubernetes::kStartPermitMark});
  }
};

TEST_F(StartsTest, ANodeThatReplacesIsToldWhom) {
  Guard();
  EXPECT_EQ(Run(Replace()).ending, Ending::kSucceeded);
  EXPECT_THAT(Permit(), StartsWith("replace 10.0.0.12 until 1"));
  EXPECT_THAT(api_.writes(), ElementsAre("PATCH pods/demo-dc1-rack1-0"));
}

TEST_F(StartsTest, NobodyReplacesWhereNodesStartByThemselves) {
  for (const v1::StartAction& start : {Replace(), Quarantine()}) {
    const StartResult result = Run(start);
    EXPECT_EQ(result.ending, Ending::kFailed);
    EXPECT_THAT(result.message, HasSubstr("set spec.startPermits"));
  }
  EXPECT_THAT(api_.writes(), ElementsAre());
}

TEST_F(StartsTest, OneNodeMoreIsPermittedWhenItsPodComes) {
  Guard();
  v1::StartAction start = Start(v1::ACTION_KIND_START_NODE, 1);
  start.mutable_action()->set_permit(v1::PERMIT_KIND_BOOTSTRAP);
  std::thread controller([&] {
    while (Replicas() != 2) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Json pod = Waiting("pod-9", "rev-2");
    pod["metadata"]["name"] = "demo-dc1-rack1-1";
    Json set = api_.Get(kStatefulSets, kSet);
    set["status"]["observedGeneration"] = IntegerAt(set, {"metadata", "generation"}, 0);
    api_.Put(kStatefulSets, set);
    api_.Put(kPods, pod);
  });
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  controller.join();
  EXPECT_THAT(TextAt(api_.Get(kPods, "demo-dc1-rack1-1"), {"metadata", "annotations", kubernetes::kStartPermitMark}),
              StartsWith("bootstrap until 1"));
}

// Its seeds are those of its template.
TEST_F(StartsTest, APodOfAnOldTemplateThatNeverRanIsMadeAnew) {
  Guard();
  api_.Put(kPods, Waiting("pod-1", "rev-1"));
  std::thread controller([&] {
    while (!api_.Get(kPods, kPod).is_null()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    api_.Put(kPods, Waiting("pod-2", "rev-2"));
  });
  EXPECT_EQ(Run(Replace()).ending, Ending::kSucceeded);
  controller.join();
  EXPECT_THAT(api_.writes(), ElementsAre("DELETE pods/demo-dc1-rack1-0", "PATCH pods/demo-dc1-rack1-0"));
  EXPECT_THAT(Permit(), StartsWith("replace 10.0.0.12"));
}

TEST_F(StartsTest, OneWhereCassandraRanStays) {
  Guard();
  Json pod = Waiting("pod-1", "rev-1");
  pod["status"]["containerStatuses"] = Json::array({{{"name", "cassandra"}, {"state", {{"running", Json::object()}}}}});
  api_.Put(kPods, pod);
  EXPECT_EQ(Run(Replace()).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(), ElementsAre("PATCH pods/demo-dc1-rack1-0"));
}

TEST_F(StartsTest, TheDiskOutlivesItsClaim) {
  Guard();
  PutVolume();
  EXPECT_EQ(Run(Quarantine()).ending, Ending::kSucceeded);
  EXPECT_THAT(api_.writes(),
              ElementsAre("PATCH persistentvolumes/disk-1", "DELETE persistentvolumeclaims/data-demo-dc1-rack1-0",
                          "DELETE pods/demo-dc1-rack1-0"));
  const Json disk = api_.Get(kPersistentVolumes, "disk-1");
  EXPECT_EQ(TextAt(disk, {"spec", "persistentVolumeReclaimPolicy"}), "Retain");
  EXPECT_EQ(TextAt(disk, {"metadata", "annotations", kubernetes::kHostIdMark}), "host-2");
}

TEST_F(StartsTest, WhereTheDiskCannotBeKeptNothingIsDeleted) {
  Guard();
  PutVolume();
  api_.RefuseWrites({403});
  const StartResult result = Run(Quarantine());
  EXPECT_EQ(result.ending, Ending::kFailed);
  EXPECT_THAT(result.message, HasSubstr("deploy/overlays/volumes"));
  EXPECT_THAT(api_.writes(), ElementsAre());
}

TEST_F(StartsTest, AnotherClaimOfThatNameIsLeftAlone) {
  Guard();
  PutVolume();
  Json claim = api_.Get(kClaims, kClaim);
  claim["metadata"]["uid"] = "claim-2";
  api_.Put(kClaims, claim);
  EXPECT_EQ(Run(Quarantine()).ending, Ending::kSucceeded);  // that one is gone
  EXPECT_THAT(api_.writes(), ElementsAre());
}

// The Pod that carries the request stays; the one that is replaced does not.
TEST_F(StartsTest, WhoAskedIsToldOnTheirPod) {
  Guard();
  Json other = Waiting("pod-7", "rev-2");
  other["metadata"]["name"] = "demo-dc1-rack2-0";
  other["metadata"]["labels"]["operation-name"] = "replace";
  api_.Put(kPods, other);
  v1::StartAction start = Replace();
  start.mutable_action()->set_request_uid("pod/pod-7/replace/demo-dc1-rack1-0/");
  EXPECT_EQ(Run(start).ending, Ending::kSucceeded);
  EXPECT_EQ(TextAt(api_.Get(kPods, "demo-dc1-rack2-0"), {"metadata", "labels", "operation-status"}), "Done");
}

}  // namespace
}  // namespace cassplan::executors
