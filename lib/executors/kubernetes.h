// A client of the Kubernetes API: just what cassplan needs of it. Objects are nlohmann::json. Threads: any number at
// once.
#ifndef CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_
#define CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/http.h"
#include "lib/executors/kube_config.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {

using Json = nlohmann::json;

struct Resource {
  const char* api_version;  // "v1", "apps/v1"
  const char* kind;
  const char* plural;
  bool namespaced = true;
};

inline constexpr Resource kCassandraClusters{"db.orange.com/v2", "CassandraCluster", "cassandraclusters"};
inline constexpr Resource kStatefulSets{"apps/v1", "StatefulSet", "statefulsets"};
inline constexpr Resource kControllerRevisions{"apps/v1", "ControllerRevision", "controllerrevisions"};
inline constexpr Resource kPods{"v1", "Pod", "pods"};
inline constexpr Resource kClaims{"v1", "PersistentVolumeClaim", "persistentvolumeclaims"};
inline constexpr Resource kPersistentVolumes{"v1", "PersistentVolume", "persistentvolumes", false};
inline constexpr Resource kServices{"v1", "Service", "services"};
inline constexpr Resource kSecrets{"v1", "Secret", "secrets"};
inline constexpr Resource kConfigMaps{"v1", "ConfigMap", "configmaps"};
inline constexpr Resource kEvents{"v1", "Event", "events"};
inline constexpr Resource kQuotas{"v1", "ResourceQuota", "resourcequotas"};
inline constexpr Resource kBudgets{"policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"};
inline constexpr Resource kLeases{"coordination.k8s.io/v1", "Lease", "leases"};
inline constexpr Resource kNodes{"v1", "Node", "nodes", false};
inline constexpr Resource kStorageClasses{"storage.k8s.io/v1", "StorageClass", "storageclasses", false};

// Empty fields do not count.
struct Preconditions {
  std::string uid;
  std::string resource_version;
};

struct WatchEvent {
  std::string type;  // ADDED, MODIFIED, DELETED
  Json object;
};

struct WatchOptions {
  std::string name_space;
  std::string resource_version;  // to go on from
  int64_t seconds = 300;         // then the server ends it
  const std::atomic<bool>* stop = nullptr;
};

// Errors are what the server said, or what http.h says when there is no answer:
//   kNotFound 404 · kAlreadyExists 409 AlreadyExists · kAborted 409 Conflict (somebody else wrote, or another uid) ·
//   kOutOfRange 410 · kPermissionDenied 403 · kUnauthenticated 401 · kInvalidArgument 400, 422 ·
//   kResourceExhausted 429 · kUnavailable 5xx
class KubernetesClient {
 public:
  // `timeout_ms`: of every request, attempts and pauses included, but of watches.
  explicit KubernetesClient(const KubeConfig& config, int64_t timeout_ms = 30000);

  // The whole list, as it is now, page by page; items have their kind and apiVersion. An empty name space: all of them.
  // kInternal when the answer is no list, kResourceExhausted after 200 pages.
  absl::StatusOr<Json> List(const Resource& resource, const std::string& name_space,
                            const std::string& label_selector = "");
  absl::StatusOr<Json> Get(const Resource& resource, const std::string& name_space, const std::string& name);
  absl::StatusOr<Json> Create(const Resource& resource, const std::string& name_space, const Json& object);
  // Server-side apply: what `object` has becomes ours, also where another manager had it.
  absl::StatusOr<Json> Apply(const Resource& resource, const std::string& name_space, const std::string& name,
                             const Json& object, absl::string_view subresource = "");
  // PUT. `object` has metadata.resourceVersion: it fails with kAborted when the object changed since.
  absl::StatusOr<Json> Replace(const Resource& resource, const std::string& name_space, const std::string& name,
                               const Json& object, absl::string_view subresource = "");
  // A merge patch; with metadata.uid or metadata.resourceVersion in it, only when they still are the same.
  absl::StatusOr<Json> Patch(const Resource& resource, const std::string& name_space, const std::string& name,
                             const Json& patch, absl::string_view subresource = "");
  // `propagation`: Background or Orphan. kAborted when the preconditions do not hold, kNotFound when it is gone.
  absl::Status Delete(const Resource& resource, const std::string& name_space, const std::string& name,
                      const Preconditions& preconditions, absl::string_view propagation = "Background");
  // Asks for the Pod's eviction. kResourceExhausted while a PodDisruptionBudget does not allow it.
  absl::Status Evict(const std::string& name_space, const std::string& pod, const Preconditions& preconditions);

  // Calls on_event for each event until the server ends the watch (OK), `stop`, or an error: kOutOfRange when the
  // resource version is too old: list again. `resource_version` is kept up to date, bookmarks included.
  absl::Status Watch(const Resource& resource, WatchOptions* options,
                     const std::function<void(const WatchEvent&)>& on_event);

  // Ends all reads soon, those that come later, too; writes end as they do. For a host that stops.
  void StopReads() { stop_reads_ = true; }

  const KubeConfig& config() const { return config_; }
  // Requests made so far that write, and that read.
  int64_t writes() const { return writes_.load(); }
  int64_t reads() const { return reads_.load(); }

 private:
  absl::StatusOr<Json> Call(HttpRequest request, std::string what = "");
  std::string Url(const Resource& resource, const std::string& name_space, absl::string_view name,
                  absl::string_view subresource, absl::string_view query) const;

  KubeConfig config_;
  int64_t timeout_ms_;
  std::unique_ptr<HttpClient> http_;
  std::atomic<int64_t> writes_{0};
  std::atomic<int64_t> reads_{0};
  std::atomic<bool> stop_reads_{false};
};

inline constexpr char kFieldManager[] = "cassplan";

// The member at a path of names; nullptr when there is none.
const Json* At(const Json& json, std::initializer_list<absl::string_view> path);
std::string TextAt(const Json& json, std::initializer_list<absl::string_view> path);
int64_t IntegerAt(const Json& json, std::initializer_list<absl::string_view> path, int64_t otherwise = 0);
// One line; bytes that are not UTF-8 are replaced.
std::string ToText(const Json& json);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_
