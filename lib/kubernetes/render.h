// The Kubernetes objects that a CassandraCluster stands for, exactly as CassKop makes them: an adopted cluster gets no
// new template because the operator changed.
#ifndef CASSPLAN_LIB_KUBERNETES_RENDER_H_
#define CASSPLAN_LIB_KUBERNETES_RENDER_H_

#include <string>
#include <vector>

#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::kubernetes {

struct RenderedObject {
  std::string kind;
  std::string name;
  JsonText json;  // canonical: one line, sorted keys
};

// The Services, the PodDisruptionBudget, then one StatefulSet per rack in listed order. Legal only for a cluster that
// was read without problems. An object has an ownerReference when the cluster's uid is known.
std::vector<RenderedObject> Render(const ParsedCluster& cluster);

// The Pod template of one rack.
JsonText RenderPodTemplate(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack);

// All objects as YAML documents, keys sorted, `---` before each.
std::string RenderYaml(const ParsedCluster& cluster);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_RENDER_H_
