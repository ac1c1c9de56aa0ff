#include "lib/executors/hands.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "lib/kubernetes/names.h"

namespace cassplan::executors {
namespace {

constexpr v1::ActionKind kKinds[] = {v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS,
                                     v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS,
                                     v1::ACTION_KIND_CREATE_RACK,
                                     v1::ACTION_KIND_UPDATE_RACK,
                                     v1::ACTION_KIND_SET_SEEDS,
                                     v1::ACTION_KIND_START_NODE,
                                     v1::ACTION_KIND_REPLACE_NODE,
                                     v1::ACTION_KIND_QUARANTINE_VOLUME,
                                     v1::ACTION_KIND_DRAIN,
                                     v1::ACTION_KIND_RESTART_NODE,
                                     v1::ACTION_KIND_DECOMMISSION,
                                     v1::ACTION_KIND_SHRINK_RACK,
                                     v1::ACTION_KIND_DELETE_VOLUME,
                                     v1::ACTION_KIND_DELETE_RACK,
                                     v1::ACTION_KIND_RECREATE_RACK,
                                     v1::ACTION_KIND_GROW_VOLUME,
                                     v1::ACTION_KIND_REMOVE_NODE,
                                     v1::ACTION_KIND_ASSASSINATE,
                                     v1::ACTION_KIND_REBUILD,
                                     v1::ACTION_KIND_CLEANUP,
                                     v1::ACTION_KIND_STOP_COMPACTION,
                                     v1::ACTION_KIND_UPGRADE_SSTABLES,
                                     v1::ACTION_KIND_SCRUB,
                                     v1::ACTION_KIND_COMPACT,
                                     v1::ACTION_KIND_FLUSH,
                                     v1::ACTION_KIND_GARBAGE_COLLECT,
                                     v1::ACTION_KIND_REPAIR,
                                     v1::ACTION_KIND_TAKE_SNAPSHOT,
                                     v1::ACTION_KIND_CLEAR_SNAPSHOT,
                                     v1::ACTION_KIND_ALTER_KEYSPACE};

// What the API server may answer better in a moment.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsUnknown(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAborted(status);
}

}  // namespace

Hands::Hands(KubernetesClient* kubernetes, JolokiaClient* jolokia, const ClusterOptions& options, JolokiaLogin login,
             const ClusterLook& look, const v1::StartAction& start, const std::atomic<bool>& stop)
    : kubernetes_(*kubernetes),
      jolokia_(*jolokia),
      options_(options),
      login_(std::move(login)),
      look_(look),
      start_(start),
      action_(start.action()),
      stop_(stop),
      cluster_(kubernetes::ReadCassandraCluster(ToText(look.cassandra_cluster), "", kubernetes::Format::kJson)) {}

bool Hands::CanDo(v1::ActionKind kind) {
  return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

absl::Status Hands::Do() {
  Tell("Ongoing");
  absl::Status status = DoKind();
  const StartResult result = ResultOf(status);
  if (result.ending != Ending::kUnknown) Tell(result.ending == Ending::kSucceeded ? "Done" : "Error");
  return status;
}

void Hands::Tell(const std::string& state) {
  // pod/UID/...: the labels of that Pod asked for it, which need not be the action's own.
  const std::vector<std::string> request = absl::StrSplit(action_.request_uid(), '/');
  if (request.size() < 3 || request[0] != "pod") return;
  const absl::StatusOr<std::string> name = PodWithUid(request[1]);
  if (!name.ok()) return;  // it is another one by now
  const std::string now = absl::FormatTime("%Y%m%dT%H%M%S", absl::FromUnixSeconds(options_.now()), absl::UTCTimeZone());
  Json labels = {{"operation-status", state}};
  labels[state == "Ongoing" ? "operation-start" : "operation-end"] = now;
  const Json patch = {{"metadata", {{"uid", request[1]}, {"labels", labels}}}};
  // Only words: whether they can be written decides nothing.
  kubernetes_.Patch(kPods, options_.name_space, *name, patch).status().IgnoreError();
}

absl::StatusOr<std::string> Hands::PodWithUid(const std::string& uid) const {
  const absl::StatusOr<Json> pods = kubernetes_.List(kPods, options_.name_space);
  if (!pods.ok()) return pods.status();
  for (const Json& pod : (*pods)["items"]) {
    if (TextAt(pod, {"metadata", "uid"}) == uid) return TextAt(pod, {"metadata", "name"});
  }
  return absl::NotFoundError(uid);
}

absl::Status Hands::DoKind() {
  if (!cluster_.ok()) return absl::FailedPreconditionError("the CassandraCluster cannot be used any more");
  const int32_t ordinal = action_.target().ordinal();
  switch (action_.kind()) {
    case v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS:
    case v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS:
      return SharedObjects();
    case v1::ACTION_KIND_CREATE_RACK:
      return CreateRack();
    case v1::ACTION_KIND_UPDATE_RACK:
      return UpdateRack();
    case v1::ACTION_KIND_RECREATE_RACK:
      return RecreateRack();
    case v1::ACTION_KIND_DELETE_RACK:
      return DeleteRack();
    case v1::ACTION_KIND_SET_SEEDS:
      return SetSeeds();
    case v1::ACTION_KIND_START_NODE:
      return StartNode();
    case v1::ACTION_KIND_REPLACE_NODE:
      return ReplaceNode();
    case v1::ACTION_KIND_QUARANTINE_VOLUME:
      return QuarantineVolume();
    case v1::ACTION_KIND_SHRINK_RACK:
      return Scale(ordinal + 1, ordinal);
    case v1::ACTION_KIND_RESTART_NODE:
      return RestartPod();
    case v1::ACTION_KIND_DELETE_VOLUME:
      return DeleteVolume();
    case v1::ACTION_KIND_GROW_VOLUME:
      return GrowVolume();
    case v1::ACTION_KIND_DRAIN:
      return Node("drain()", Json::array());
    case v1::ACTION_KIND_DECOMMISSION:
      return Decommission();
    case v1::ACTION_KIND_CLEANUP:
      return Cleanup();
    case v1::ACTION_KIND_UPGRADE_SSTABLES:
      return UpgradeSstables();
    case v1::ACTION_KIND_SCRUB:
      return Scrub();
    case v1::ACTION_KIND_COMPACT:
      return Compact();
    case v1::ACTION_KIND_FLUSH:
      return Flush();
    case v1::ACTION_KIND_GARBAGE_COLLECT:
      return GarbageCollect();
    case v1::ACTION_KIND_REBUILD:
      return Rebuild();
    case v1::ACTION_KIND_REPAIR:
      return Repair();
    case v1::ACTION_KIND_REMOVE_NODE:
    case v1::ACTION_KIND_ASSASSINATE:
      return RemoveMember();
    case v1::ACTION_KIND_TAKE_SNAPSHOT:
    case v1::ACTION_KIND_CLEAR_SNAPSHOT:
    case v1::ACTION_KIND_STOP_COMPACTION:
      return Snapshot();
    case v1::ACTION_KIND_ALTER_KEYSPACE:
      return AlterKeyspace();
    default:
      return absl::UnimplementedError(absl::StrCat("this executor cannot do ", v1::ActionKind_Name(action_.kind())));
  }
}

std::string Hands::WorkloadName() const {
  return kubernetes::WorkloadName(options_.name, action_.target().datacenter(), action_.target().rack());
}

std::string Hands::PodName() const { return absl::StrCat(WorkloadName(), "-", action_.target().ordinal()); }

std::string Hands::Precondition(absl::string_view fact) const {
  for (const v1::Condition& condition : action_.preconditions()) {
    if (condition.fact() == fact) return condition.value();
  }
  return "";
}

bool Hands::Wait(int64_t ms) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (std::chrono::steady_clock::now() < until) {
    if (stop_) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min<int64_t>(ms, 50)));
  }
  return !stop_ && (start_.deadline_seconds() == 0 || options_.now() < start_.deadline_seconds());
}

int64_t Hands::RestMs() const {
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  if (start_.deadline_seconds() == 0) return kDayMs;
  return std::max<int64_t>(1000, (start_.deadline_seconds() - options_.now()) * 1000);
}

absl::Status Hands::Persist(const std::function<absl::Status()>& once) {
  const int64_t until = options_.now() + options_.retry_seconds;
  for (int64_t pause = 200;; pause = std::min<int64_t>(2 * pause, 5000)) {
    absl::Status status = once();
    if (!MayPass(status) || options_.now() >= until || !Wait(pause)) return status;
  }
}

}  // namespace cassplan::executors
