// One answer to "how do the keyspaces replicate", from the schema's rows and from what the nodes say.
#ifndef CASSPLAN_LIB_DUMP_REPLICATION_H_
#define CASSPLAN_LIB_DUMP_REPLICATION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "cassplan/v1/observed.pb.h"
#include "cassplan/v1/plan.pb.h"
#include "lib/cassandra/schema.h"
#include "lib/dump/conflicts.h"

namespace cassplan::dump {

// `rows` (of schema.json, made at `rows_time`) go first; without them the nodes' words count, and where no node was
// asked for a keyspace's replication what its ring tells. A keyspace on which they disagree is left out, with a
// finding, and `complete` is false. Nodes that are not yet or no more in the ring are not asked. A report without a
// status: nobody said anything.
v1::Report JoinReplication(const std::optional<cassandra::SchemaAnswer>& rows, int64_t rows_time,
                           const std::vector<NodeAnswer>& nodes, std::vector<v1::Finding>* findings);

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_REPLICATION_H_
