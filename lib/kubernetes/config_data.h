// The configuration tree that the config builder gets.
#ifndef CASSPLAN_LIB_KUBERNETES_CONFIG_DATA_H_
#define CASSPLAN_LIB_KUBERNETES_CONFIG_DATA_H_

#include <string>

#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::kubernetes {

// The server version that the config builder is told: the written one, or that of the image's tag.
std::string ServerVersion(const ParsedCluster& cluster);

// CONFIG_FILE_DATA: cluster, datacenter and rack configuration merged, the deepest wins, then CassKop's defaults for
// what is missing. Two oddities of CassKop are kept, since changing them would restart adopted nodes: the default heap
// goes under `jvm-server-options` only when spec.serverVersion itself starts with 4 (with 4.x from the image's tag and
// with 5.x under `jvm-options`, which these releases ignore), and it follows spec.resources even where a datacenter has
// its own.
std::string ConfigFileData(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_CONFIG_DATA_H_
