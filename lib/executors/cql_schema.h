// The schema, asked in CQL: how keyspaces are replicated, whether nodes agree about it, and the statement that changes
// one factor.
#ifndef CASSPLAN_LIB_EXECUTORS_CQL_SCHEMA_H_
#define CASSPLAN_LIB_EXECUTORS_CQL_SCHEMA_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/executors/cql.h"

namespace cassplan::executors {

// As the schema has it: "class" and, by datacenter, "3" or "3/1"; or "replication_factor".
using CqlReplication = std::map<std::string, std::string>;

// kNotFound: there is no such keyspace. Else the errors of Query.
absl::StatusOr<CqlReplication> ReadReplication(CqlConnection* connection, const std::string& keyspace);

// Whether the node, and those of `addresses` that it knows, have one version of the schema.
absl::StatusOr<bool> SchemaAgrees(CqlConnection* connection, const std::vector<std::string>& addresses);

// What `now` becomes with `factor` replicas in `datacenter`; nothing else changes. SimpleStrategy only becomes
// NetworkTopologyStrategy with the same factor. kFailedPrecondition: it cannot be changed so.
absl::StatusOr<CqlReplication> WithFactor(const CqlReplication& now, const std::string& datacenter, int32_t factor);

// ALTER KEYSPACE ... WITH replication = {...}
std::string AlterStatement(const std::string& keyspace, const CqlReplication& replication);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CQL_SCHEMA_H_
