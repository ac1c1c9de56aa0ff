// As render.h, in memory.
#ifndef CASSPLAN_LIB_KUBERNETES_RENDER_JSON_H_
#define CASSPLAN_LIB_KUBERNETES_RENDER_JSON_H_

#include <string>
#include <vector>

#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/kubernetes/json.h"

namespace cassplan::kubernetes {

// What a rack's nodes are restarted for; empty: nobody asked.
std::string RestartToken(const ParsedCluster& cluster, const ParsedRack& rack);

Json PodTemplateJson(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack);

// serviceName and volumeClaimTemplates of a rack's StatefulSet.
Json WorkloadSpecJson(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack);

// The two Services and the PodDisruptionBudget.
std::vector<Json> SharedObjectsJson(const ParsedCluster& cluster);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_RENDER_JSON_H_
