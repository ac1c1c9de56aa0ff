// The executor of one CassandraCluster on Kubernetes: StatefulSets, Services and the PodDisruptionBudget through the
// API server, nodes through Jolokia.
#ifndef CASSPLAN_LIB_EXECUTORS_CLUSTER_H_
#define CASSPLAN_LIB_EXECUTORS_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cassplan/codec.h"
#include "cassplan/executor.h"
#include "lib/executors/jolokia.h"
#include "lib/executors/kubernetes.h"
#include "lib/executors/operations.h"
#include "lib/executors/shared_lists.h"

namespace cassplan::executors {

struct ClusterOptions {
  std::string name;
  std::string name_space;
  JolokiaLogin login;              // empty: that of the Secret that spec.imageJolokiaSecret names, or none
  std::function<int64_t()> now;    // seconds since 1970; the system's clock unless a test says otherwise
  int64_t eviction_seconds = 120;  // how long a PodDisruptionBudget may refuse a restart before it counts as failed
  int64_t retry_seconds = 60;      // how long a call to an API server that does not answer is repeated
  // What the CassandraCluster wants, whenever it is another than at the last look: before the observation is returned.
  std::function<void(const v1::Desired&, const v1::Policy&)> on_desired;
};

// The last look, for status and messages.
struct ClusterLook {
  Json cassandra_cluster;  // as the API server has it; null: none was seen yet
  v1::Observed observed;
  std::vector<v1::Finding> findings;  // of reading
  std::vector<std::string> missing;   // what could not be asked
  std::vector<Problem> problems;      // why the CassandraCluster cannot be used; the rest is of the look before
};

class ClusterExecutor final : public Executor {
 public:
  // The clients are shared among executors, and live longer.
  ClusterExecutor(KubernetesClient* kubernetes, SharedLists* lists, JolokiaClient* jolokia, ClusterOptions options);
  ~ClusterExecutor() override { Close(); }
  ClusterExecutor(const ClusterExecutor&) = delete;
  ClusterExecutor& operator=(const ClusterExecutor&) = delete;

  v1::Capabilities GetCapabilities() const override;
  // kNotFound: there is no such CassandraCluster. kInvalidArgument: it cannot be used; Look().problems says why.
  absl::StatusOr<v1::Observed> Observe() override;
  void Start(const v1::StartAction& start, Done done) override;
  void Cancel(const std::string& id, int32_t attempt) override { operations_.Cancel(id, attempt); }
  void Close() override { operations_.Close(); }

  std::shared_ptr<const ClusterLook> Look() const;

 private:
  absl::Status ReadLogin(const Json& cluster);
  absl::Status Work(const v1::StartAction& start, const std::atomic<bool>& stop);

  KubernetesClient* kubernetes_;
  SharedLists* lists_;
  JolokiaClient* jolokia_;
  ClusterOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ClusterLook> look_;
  JolokiaLogin login_;
  std::string wanted_;  // what on_desired was told last
  Operations operations_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CLUSTER_H_
