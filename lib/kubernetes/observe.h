// Turns what `kubectl get ... -o json` prints into an observation.
//
//   kubectl get
//   cassandraclusters,statefulsets,pods,persistentvolumeclaims,services,poddisruptionbudgets,nodes,storageclasses -o
//   json
//
// ResourceQuotas may be listed too, so that volumes are not grown half-way into one. ControllerRevisions, too: a Pod
// that an earlier template made is then judged by that template, so that what a webhook added to the Pod does not
// count.
//
// What is complete. A List does not say which kinds were asked for, so this rule is used: racks, slots, volumes and
// shared objects are complete when the document is a whole List (no `metadata.continue`) that contains the
// CassandraCluster or a StatefulSet of the cluster. An item that cannot be read makes its kind incomplete (without a
// kind: all of them). ObserveOptions::complete overrides the first part of the rule, not the second.
#ifndef CASSPLAN_LIB_KUBERNETES_OBSERVE_H_
#define CASSPLAN_LIB_KUBERNETES_OBSERVE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/observed.pb.h"
#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/model/document.h"

namespace cassplan::kubernetes {

struct ObserveOptions {
  std::string cluster;     // name; empty: the only CassandraCluster of the list
  std::string name_space;  // empty: that of the CassandraCluster, or any
  std::string file;        // for locations
  int64_t observed_at_seconds = 0;
  std::optional<bool> complete;
  // Racks that are desired: an object of their names counts even without CassKop's labels, so that it is refused as
  // somebody else's instead of being met when the rack is made. Only datacenter and rack are read.
  std::vector<v1::Target> racks;
};

// Which slot has an address.
using SlotsByAddress = std::map<std::string, SlotId>;

struct Observation {
  // Source "kubernetes", status OK: inventory, objects, racks, slots, volumes, seeds. Empty when nothing can be said.
  std::vector<v1::Report> reports;
  // The live CassandraCluster; nullopt when it is not listed.
  std::optional<ClusterIdentity> cluster;
  // Pods that have an address and are not being deleted. An address that two Pods claim is left out (a problem).
  SlotsByAddress slots;
  // Operations that labels of the cluster's Pods ask for (pod_operations.h).
  std::vector<v1::RequestedOperation> operations;
  // Labels that ask wrongly: which Pod, which label, what to write.
  std::vector<Problem> label_problems;
  // Items that could not be read, in whole or in part; the rest was.
  std::vector<Problem> problems;
  // Worth telling.
  std::vector<Problem> notes;
};

Observation ObserveObjects(const model::Value& list, const ObserveOptions& options);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_OBSERVE_H_
