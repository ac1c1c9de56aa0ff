// The Kubernetes objects inside a CassandraCluster that are passed through: checked, and kept as canonical JSON.
#ifndef CASSPLAN_LIB_KUBERNETES_PARTS_H_
#define CASSPLAN_LIB_KUBERNETES_PARTS_H_

#include <string>
#include <vector>

#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/kubernetes/fields.h"

namespace cassplan::kubernetes {

std::vector<JsonText> ReadVariables(ReadContext* context, Fields* fields, absl::string_view key);
std::vector<JsonText> ReadTolerations(ReadContext* context, Fields* fields, absl::string_view key);
std::vector<JsonText> ReadMounts(ReadContext* context, Fields* fields, absl::string_view key);
std::vector<JsonText> ReadSidecars(ReadContext* context, Fields* fields, absl::string_view key);
std::vector<ParsedStorage> ReadStorageConfigs(ReadContext* context, Fields* fields, absl::string_view key);

// ResourceRequirements. Empty when it is not written; "{}" when it is and says nothing.
JsonText ReadResources(ReadContext* context, Fields* fields, absl::string_view key);

// A configuration tree.
JsonText ReadConfig(ReadContext* context, Fields* fields, absl::string_view key);

// The name in {name: ...}.
std::string ReadReference(ReadContext* context, Fields* fields, absl::string_view key);

// A quantity of bytes above 0, as written; empty when it is not written.
std::string ReadCapacity(Fields* fields, absl::string_view key);

// Names of objects: letters, digits and dashes; `dots`: also dots.
bool IsObjectName(absl::string_view text, bool dots);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_PARTS_H_
