#include "examples/operator/finalizer.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace cassplan::host {
namespace {

using executors::At;
using executors::Json;
using executors::TextAt;

Json FinalizersOf(const Json& cluster) {
  const Json* finalizers = At(cluster, {"metadata", "finalizers"});
  return finalizers != nullptr && finalizers->is_array() ? *finalizers : Json::array();
}

bool Has(const Json& finalizers) {
  return std::find(finalizers.begin(), finalizers.end(), Json(kClaimsFinalizer)) != finalizers.end();
}

// Bound to what was seen: where somebody else changed the object meanwhile it fails with kAborted.
absl::Status Write(executors::KubernetesClient* kubernetes, const Json& cluster, const Json& finalizers) {
  const Json patch = {{"metadata",
                       {{"finalizers", finalizers},
                        {"resourceVersion", TextAt(cluster, {"metadata", "resourceVersion"})},
                        {"uid", TextAt(cluster, {"metadata", "uid"})}}}};
  return kubernetes
      ->Patch(executors::kCassandraClusters, TextAt(cluster, {"metadata", "namespace"}),
              TextAt(cluster, {"metadata", "name"}), patch)
      .status();
}

absl::Status TakeAway(executors::KubernetesClient* kubernetes, const Json& cluster) {
  Json finalizers = FinalizersOf(cluster);
  finalizers.erase(std::remove(finalizers.begin(), finalizers.end(), Json(kClaimsFinalizer)), finalizers.end());
  return Write(kubernetes, cluster, finalizers);
}

bool Wanted(const Json& cluster) {
  const Json* wanted = At(cluster, {"spec", "deletePVC"});
  return wanted != nullptr && wanted->is_boolean() && wanted->get<bool>();
}

}  // namespace

absl::Status KeepFinalizer(executors::KubernetesClient* kubernetes, const Json& cluster) {
  if (!TextAt(cluster, {"metadata", "deletionTimestamp"}).empty()) return absl::OkStatus();
  Json finalizers = FinalizersOf(cluster);
  if (Has(finalizers) == Wanted(cluster)) return absl::OkStatus();
  if (!Wanted(cluster)) return TakeAway(kubernetes, cluster);
  finalizers.push_back(kClaimsFinalizer);
  return Write(kubernetes, cluster, finalizers);
}

absl::Status DeleteClaims(executors::KubernetesClient* kubernetes, const Json& cluster) {
  if (TextAt(cluster, {"metadata", "deletionTimestamp"}).empty() || !Has(FinalizersOf(cluster)))
    return absl::OkStatus();
  if (Wanted(cluster)) {
    const std::string name_space = TextAt(cluster, {"metadata", "namespace"});
    const absl::StatusOr<Json> claims = kubernetes->List(
        executors::kClaims, name_space, absl::StrCat("cassandracluster=", TextAt(cluster, {"metadata", "name"})));
    if (!claims.ok()) return claims.status();
    for (const Json& claim : (*claims)["items"]) {
      // The label again: an API server that did not select must not cost somebody else's data.
      if (TextAt(claim, {"metadata", "labels", "cassandracluster"}) != TextAt(cluster, {"metadata", "name"})) continue;
      const absl::Status gone = kubernetes->Delete(executors::kClaims, name_space, TextAt(claim, {"metadata", "name"}),
                                                   {TextAt(claim, {"metadata", "uid"}), ""});
      if (!gone.ok() && !absl::IsNotFound(gone)) return gone;
    }
  }
  const absl::Status done = TakeAway(kubernetes, cluster);
  return absl::IsNotFound(done) ? absl::OkStatus() : done;
}

}  // namespace cassplan::host
