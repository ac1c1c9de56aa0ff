// The status of a CassandraCluster: what CassKop's clients read, standard conditions, and the plan in short. Pure.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_STATUS_H_
#define CASSPLAN_EXAMPLES_OPERATOR_STATUS_H_

#include <string>
#include <vector>

#include "cassplan/v1/ledger.pb.h"
#include "cassplan/v1/planner.pb.h"
#include "cassplan/v1/reconcile.pb.h"
#include "lib/executors/cluster.h"

namespace cassplan::host {

struct StatusInput {
  const executors::ClusterLook* look = nullptr;
  const v1::PlanResponse* response = nullptr;  // of the last plan; nullptr: none was made
  std::vector<v1::Withdrawn> withdrawn;
  std::string problem;  // why there is no plan, such as an API server that does not answer; empty: there is one
  std::string time;     // now, as Kubernetes writes times
};

// The members of status that the operator writes.
executors::Json StatusOf(const StatusInput& input);

// A merge patch that makes the members of `wanted` in `live` what they shall be, and leaves others alone. Empty:
// nothing is to be written.
executors::Json StatusPatch(const executors::Json& live, const executors::Json& wanted);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_STATUS_H_
