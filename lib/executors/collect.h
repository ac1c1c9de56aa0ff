// Collects what a dump holds from a live cluster: the same lists, the same answers, in memory.
#ifndef CASSPLAN_LIB_EXECUTORS_COLLECT_H_
#define CASSPLAN_LIB_EXECUTORS_COLLECT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dump/dump.h"
#include "lib/executors/jolokia.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::executors {

// Runs at most so many of the tasks at once and waits for all.
void RunAll(const std::vector<std::function<void()>>& tasks, int at_once);

// Everything of one name space that observing a cluster needs. Lists that are not about the name space (nodes, storage
// classes) and quotas may be forbidden: then they are left out and what they tell is unknown.
struct ObjectLists {
  Json items = Json::array();
  int64_t asked_at_seconds = 0;
};
absl::StatusOr<ObjectLists> ListObjects(KubernetesClient* client, const std::string& name_space, int64_t now_seconds);

struct CollectOptions {
  std::string cluster;
  std::string name_space;
  int nodes_at_once = 16;
};

struct Collected {
  std::vector<dump::DumpFile> files;
  std::map<std::string, std::string> unreachable;  // Pods that did not answer, and why
};

// Asks the nodes of the cluster that `objects` has. What cannot be read of a node is missing, and so unknown.
Collected Collect(KubernetesClient* client, JolokiaClient* jolokia, const ObjectLists& objects,
                  const CollectOptions& options);

// User and password that the cluster's spec.imageJolokiaSecret names; empty when it names none.
absl::StatusOr<JolokiaLogin> ReadLogin(KubernetesClient* client, const std::string& name_space,
                                       const std::string& secret);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_COLLECT_H_
