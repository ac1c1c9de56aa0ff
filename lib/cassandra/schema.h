// Replication of keyspaces, from the schema's own rows or from what nodes say of it.
#ifndef CASSPLAN_LIB_CASSANDRA_SCHEMA_H_
#define CASSPLAN_LIB_CASSANDRA_SCHEMA_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "cassplan/v1/common.pb.h"
#include "cassplan/v1/observed.pb.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {

struct SchemaAnswer {
  v1::SchemaFacts schema;  // keyspaces sorted by name
  std::vector<Problem> problems;
};

// Reads the rows of system_schema.keyspaces: a list of {"keyspace_name", "durable_writes", "replication"}, where
// `replication` is a map or the text of a CQL map. `complete` is true when every row could be read; a row that could
// not is a problem and its keyspace is left out. `file` is for locations only.
SchemaAnswer ReadKeyspaceRows(const model::Value& rows, absl::string_view file);

// A keyspace out of its strategy (full or simple class name) and options as Cassandra prints them ("dc1" -> "3",
// "replication_factor" -> "2", "dc1" -> "3/1"). Nothing and an `error` when they make no sense.
std::optional<v1::Keyspace> MakeKeyspace(absl::string_view name, absl::string_view strategy,
                                         const std::vector<std::pair<std::string, std::string>>& options,
                                         std::string* error);

// Reads what getKeyspaceReplicationInfo answers: "SimpleStrategy {replication_factor=1}", or a map with its class
// inside.
std::optional<v1::Keyspace> ReadReplicationText(absl::string_view name, absl::string_view text, std::string* error);

// One range of describeRingJMX: "TokenRange(start_token:1, end_token:2, endpoints:[...], ..., endpoint_details:
// [EndpointDetails(host:127.0.0.12, datacenter:dc1, rack:rack2), ...])".
struct RingReplica {
  std::string address;
  std::string datacenter;
  std::string rack;
};
std::optional<std::vector<RingReplica>> ReadTokenRange(absl::string_view text);

// Derives how a keyspace replicates from who owns its ranges: NetworkTopologyStrategy when every datacenter has the
// same number of replicas in every range, on as many racks as that number allows; else SimpleStrategy when the ranges
// have the same number of replicas; else nothing. A number that equals the nodes of its datacenter is only a lower
// bound.
std::optional<v1::Keyspace> DeriveReplication(absl::string_view name,
                                              const std::vector<std::vector<RingReplica>>& ranges);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_SCHEMA_H_
