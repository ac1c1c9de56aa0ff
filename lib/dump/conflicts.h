// Contradictions between what nodes say. Each becomes a finding; dump.h says what becomes of the facts.
#ifndef CASSPLAN_LIB_DUMP_CONFLICTS_H_
#define CASSPLAN_LIB_DUMP_CONFLICTS_H_

#include <map>
#include <string>
#include <vector>

#include "cassplan/v1/common.pb.h"
#include "cassplan/v1/plan.pb.h"
#include "lib/cassandra/jolokia.h"
#include "lib/cassandra/views.h"

namespace cassplan::dump {

// A slot and what its node said; the view is kept apart.
struct NodeAnswer {
  std::string pod;
  std::string slot_address;  // normalised; empty: none
  std::string file;          // in the dump
  cassandra::BulkAnswer answer;
};

struct ConflictOptions {
  std::string cluster;
  const std::map<std::string, v1::Target>* slots_by_address = nullptr;
};

// Applies the rules foreign-node, duplicate-host-id, crossed-address, location-mismatch, token-conflict and
// remembered-node (dump.h) to `nodes` and `views`, and fills in where peers are: what gossip says, else what the peer's
// own node says, else the slot that has its address.
void ResolveConflicts(const ConflictOptions& options, std::vector<NodeAnswer>* nodes,
                      std::vector<cassandra::TimedView>* views, std::vector<v1::Finding>* findings);

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_CONFLICTS_H_
