// spec.topology.
#ifndef CASSPLAN_LIB_KUBERNETES_TOPOLOGY_H_
#define CASSPLAN_LIB_KUBERNETES_TOPOLOGY_H_

#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/kubernetes/fields.h"

namespace cassplan::kubernetes {

// What the datacenters inherit from the spec.
struct SpecDefaults {
  std::string data_capacity;
  std::string storage_class;
};

// Reads the datacenters into `cluster`, whose other fields are read already.
void ReadTopology(ReadContext* context, Fields* spec, const SpecDefaults& defaults, ParsedCluster* cluster);

inline constexpr int32_t kMaxNodesPerRack = 10000;

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_TOPOLOGY_H_
