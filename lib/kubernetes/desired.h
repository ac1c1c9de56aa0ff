// From a parsed CassandraCluster to the schema.
#ifndef CASSPLAN_LIB_KUBERNETES_DESIRED_H_
#define CASSPLAN_LIB_KUBERNETES_DESIRED_H_

#include <vector>

#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::kubernetes {

// Fills `seeds` of the parsed cluster and all of `desired`.
void FillDesired(const std::vector<v1::Location>& locations, CassandraCluster* cluster);

// At most three seeds per datacenter, as CassKop chooses them: of one rack the first three nodes, of two racks two and
// one, of more the first node of the first three.
std::vector<SlotId> ComputeSeeds(const ParsedCluster& cluster);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_DESIRED_H_
