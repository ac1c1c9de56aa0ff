// What starts on an empty volume: an init step of the Pod waits for a permit, which is an annotation of that one Pod
// and runs out, so that it is good for one first boot only.
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/executors/hands.h"
#include "lib/kubernetes/names.h"

namespace cassplan::executors {
namespace {

constexpr int64_t kPermitSeconds = 600;

bool HasPermitStep(const Json& pod_spec) {
  const Json* containers = At(pod_spec, {"initContainers"});
  if (containers == nullptr || !containers->is_array()) return false;
  for (const Json& container : *containers) {
    if (TextAt(container, {"name"}) == kubernetes::kStartPermitContainer) return true;
  }
  return false;
}

bool CassandraHasRun(const Json& pod) {
  const Json* containers = At(pod, {"status", "containerStatuses"});
  if (containers == nullptr || !containers->is_array()) return false;
  for (const Json& container : *containers) {
    if (TextAt(container, {"name"}) == kubernetes::kCassandraContainer) {
      return At(container, {"state", "running"}) != nullptr || At(container, {"state", "terminated"}) != nullptr;
    }
  }
  return false;
}

// Not to be repeated: nothing of it will pass by itself.
absl::Status Explained(const absl::Status& status, const std::string& how) {
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(absl::StrCat(status.message(), "; ", how));
}

}  // namespace

absl::Status Hands::AskForSlot() {
  const int64_t ordinal = action_.target().ordinal();
  return ChangeObject(kStatefulSets, WorkloadName(), Precondition("rack_uid"), [&](Json* live) -> absl::Status {
    const int64_t now = IntegerAt(*live, {"spec", "replicas"}, 1);
    if (now > ordinal) return absl::OkStatus();
    if (now < ordinal) {
      return absl::FailedPreconditionError(
          absl::StrCat("the number of nodes of ", WorkloadName(), " changed since the plan was made"));
    }
    (*live)["spec"]["replicas"] = ordinal + 1;
    return absl::OkStatus();
  });
}

absl::Status Hands::StartNode() {
  const absl::Status asked = AskForSlot();
  if (!asked.ok() || action_.permit() == v1::PERMIT_KIND_UNSPECIFIED) return asked;
  return Permit(action_.permit() == v1::PERMIT_KIND_JOIN_WITHOUT_STREAMING ? "join-without-streaming" : "bootstrap");
}

absl::Status Hands::ReplaceNode() {
  if (action_.replaced_address().empty()) return absl::InvalidArgumentError("the dead node's address is not known");
  if (absl::Status guarded = NeedsPermits(); !guarded.ok()) return guarded;
  if (absl::Status asked = AskForSlot(); !asked.ok()) return asked;
  return Permit(absl::StrCat("replace ", action_.replaced_address()));
}

// Without the init step the workload would start a stranger.
absl::Status Hands::NeedsPermits() const {
  const absl::StatusOr<Json> set = kubernetes_.Get(kStatefulSets, options_.name_space, WorkloadName());
  if (!set.ok()) return set.status();
  const Json* spec = At(*set, {"spec", "template", "spec"});
  if (spec != nullptr && HasPermitStep(*spec)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("StatefulSet ", WorkloadName(), " has no init container ", kubernetes::kStartPermitContainer,
                   ": its nodes start on an empty volume by themselves; set spec.startPermits"));
}

absl::StatusOr<bool> Hands::IsOfAnOldTemplate(const Json& pod) {
  const absl::StatusOr<Json> set = kubernetes_.Get(kStatefulSets, options_.name_space, WorkloadName());
  if (!set.ok()) return set.status();
  // Which one is today's it knows only once it has seen today's.
  if (IntegerAt(*set, {"status", "observedGeneration"}, 0) != IntegerAt(*set, {"metadata", "generation"}, 0)) {
    return absl::UnavailableError(absl::StrCat("the newest template of ", WorkloadName(), " was not taken up yet"));
  }
  const std::string today = TextAt(*set, {"status", "updateRevision"});
  return !today.empty() && TextAt(pod, {"metadata", "labels", "controller-revision-hash"}) != today;
}

// Of the Pod that is there now, or comes.
absl::Status Hands::Permit(const std::string& words) {
  const std::string value = absl::StrCat(words, " until ", options_.now() + kPermitSeconds);
  while (true) {
    const absl::Status told = PermitOnce(value);
    // It was deleted, or became another one, in between; or is not there yet.
    const bool again = absl::IsNotFound(told) || absl::IsAborted(told) || absl::IsUnavailable(told);
    if (!again) return told;
    if (!Wait(500)) return absl::UnknownError(absl::StrCat("Pod ", PodName(), " is not there to be permitted"));
  }
}

absl::Status Hands::PermitOnce(const std::string& value) {
  const absl::StatusOr<Json> pod = kubernetes_.Get(kPods, options_.name_space, PodName());
  if (!pod.ok()) return pod.status();
  const std::string uid = TextAt(*pod, {"metadata", "uid"});
  if (!TextAt(*pod, {"metadata", "deletionTimestamp"}).empty()) return absl::UnavailableError("it goes");
  if (!HasPermitStep((*pod)["spec"])) return absl::OkStatus();  // starts by itself
  const absl::StatusOr<bool> old = IsOfAnOldTemplate(*pod);
  if (!old.ok()) return old.status();
  if (*old && !CassandraHasRun(*pod)) {
    // Made anew it has today's seeds, of which a node that is replaced must not be one.
    const absl::Status gone = kubernetes_.Delete(kPods, options_.name_space, PodName(), {uid, ""});
    return gone.ok() ? absl::UnavailableError("it is made anew") : gone;
  }
  const Json patch = {{"metadata", {{"uid", uid}, {"annotations", {{kubernetes::kStartPermitMark, value}}}}}};
  return kubernetes_.Patch(kPods, options_.name_space, PodName(), patch).status();
}

// The disk of the claim stays when the claim goes.
absl::Status Hands::Keep(const std::string& claim, const std::string& uid) {
  const absl::StatusOr<Json> live = kubernetes_.Get(kClaims, options_.name_space, claim);
  if (!live.ok()) return live.status();
  if (TextAt(*live, {"metadata", "uid"}) != uid) return absl::NotFoundError(claim);  // that one is gone
  const std::string volume = TextAt(*live, {"spec", "volumeName"});
  if (volume.empty()) return absl::OkStatus();  // it never had a disk
  const Json patch = {{"metadata",
                       {{"annotations",
                         {{kubernetes::kClusterUidMark, cluster_.cluster.uid},
                          {kubernetes::kHostIdMark, action_.replaced_host_id()}}}}},
                      {"spec", {{"persistentVolumeReclaimPolicy", "Retain"}}}};
  return Explained(kubernetes_.Patch(kPersistentVolumes, "", volume, patch).status(),
                   "the old disk must be kept: let the service account patch persistentvolumes "
                   "(deploy/overlays/volumes), or set volumes aside by hand");
}

// First the disk is made to outlive its claim. The claim goes with its Pod, which holds it; the workload makes both
// anew.
absl::Status Hands::QuarantineVolume() {
  const std::string uid = Precondition("volume_uid");
  const std::string claim = action_.volume().empty() ? action_.target().name() : action_.volume();
  if (uid.empty() || claim.empty()) return absl::InvalidArgumentError("the action does not say which volume");
  if (action_.permit() == v1::PERMIT_KIND_REPLACE) {
    if (absl::Status guarded = NeedsPermits(); !guarded.ok()) return guarded;
  }
  const absl::Status kept = Persist([&] { return Keep(claim, uid); });
  if (absl::IsNotFound(kept)) return absl::OkStatus();
  if (!kept.ok()) return kept;
  const absl::StatusOr<Json> pod = kubernetes_.Get(kPods, options_.name_space, PodName());
  if (!pod.ok() && !absl::IsNotFound(pod.status())) return pod.status();
  const absl::Status gone = Persist([&] { return kubernetes_.Delete(kClaims, options_.name_space, claim, {uid, ""}); });
  if (!gone.ok() && !absl::IsNotFound(gone)) return gone;
  if (pod.ok()) {
    const std::string pod_uid = TextAt(*pod, {"metadata", "uid"});
    const absl::Status freed = Persist([&] {
      return kubernetes_.Delete(kPods, options_.name_space, PodName(), {pod_uid, ""});
    });
    if (!freed.ok() && !absl::IsNotFound(freed) && !absl::IsAborted(freed)) return freed;
  }
  while (true) {
    const absl::StatusOr<Json> now = kubernetes_.Get(kClaims, options_.name_space, claim);
    if (absl::IsNotFound(now.status()) || (now.ok() && TextAt(*now, {"metadata", "uid"}) != uid)) {
      return absl::OkStatus();
    }
    if (!Wait(500)) {
      return absl::UnknownError(
          absl::StrCat(claim,
                       " is still there: something holds it; where its machine is dead, fence it (taint "
                       "node.kubernetes.io/out-of-service, or delete the Node object)"));
    }
  }
}

}  // namespace cassplan::executors
