// Collects from a live cluster what lib/dump reads: the same files, so that what a host sees can be kept, sent and
// planned again elsewhere. Reads only.
#ifndef CASSPLAN_LIB_EXECUTORS_COLLECT_H_
#define CASSPLAN_LIB_EXECUTORS_COLLECT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dump/dump.h"
#include "lib/executors/http.h"
#include "lib/executors/jolokia.h"
#include "lib/executors/kubernetes.h"
#include "lib/executors/shared_lists.h"

namespace cassplan::executors {

struct CollectOptions {
  std::string cluster;  // the CassandraCluster's name
  std::string name_space;
  int32_t jolokia_port = 8778;
  std::string jolokia_user;  // basic authentication; empty: none
  std::string jolokia_password;
  int64_t node_timeout_ms = 10000;  // a node that does not answer in time is unknown, and delays no other
  int32_t parallel = 16;            // nodes asked at once. [1, 256]
  int64_t now_seconds = 0;
  // Leave out what is of other clusters: objects that neither have the cluster's label, nor its name in theirs, nor
  // mount a claim that has.
  bool only_this_cluster = false;
  // Called as nodes have answered; any thread.
  std::function<void(int done, int all)> progress;
};

struct Collected {
  // kubernetes.json, dump.json and a file per node that answered.
  std::vector<dump::DumpFile> files;
  // What could not be collected, one line each: kinds that we may not list, nodes that did not answer.
  std::vector<std::string> missing;
};

// Errors: those of listing CassandraClusters, StatefulSets, Pods, PersistentVolumeClaims, Services or
// PodDisruptionBudgets: without them nothing can be said. Other kinds and nodes may be missing.
absl::StatusOr<Collected> Collect(const CollectOptions& options, KubernetesClient* kubernetes);
// With a client that keeps its connections; its options count instead of jolokia_port and node_timeout_ms.
absl::StatusOr<Collected> Collect(const CollectOptions& options, SharedLists* lists, JolokiaClient* jolokia);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_COLLECT_H_
