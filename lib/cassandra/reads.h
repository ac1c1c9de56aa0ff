// What to ask a node through Jolokia, so that its answers are what lib/cassandra/jolokia.h reads. Pure.
#ifndef CASSPLAN_LIB_CASSANDRA_READS_H_
#define CASSPLAN_LIB_CASSANDRA_READS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::cassandra {

// The body of the first bulk POST: every attribute that is read. A release that does not have one answers 404 for it.
std::string AttributeReads();

// The body of the second: the replication of each keyspace. Empty when there is none to ask for.
std::string ReplicationReads(const std::vector<std::string>& keyspaces);

// The keyspaces that an answer to AttributeReads() names and that may be replicated; those that every node has for
// itself (system, system_schema) are left out. Nothing when it cannot be read.
std::vector<std::string> KeyspacesToAsk(absl::string_view answer);

// Two answers as one. Either may be empty; what is no JSON array is left out.
std::string JoinAnswers(absl::string_view first, absl::string_view second);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_READS_H_
