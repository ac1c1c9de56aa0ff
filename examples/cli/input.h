// Files -> a PlanRequest.
#ifndef CASSPLAN_EXAMPLES_CLI_INPUT_H_
#define CASSPLAN_EXAMPLES_CLI_INPUT_H_

#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "examples/cli/options.h"
#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::cli {

struct Input {
  v1::PlanRequest request;
  // What reading found worth telling: of the dump, of the CassandraCluster. They join the findings of the planner.
  std::vector<v1::Finding> findings;
  // When there is one, the request must not be used.
  std::vector<Problem> problems;
};

Input ReadInput(const InputOptions& options);

// The CassandraCluster in a file; problems say what is wrong, also when it is something else.
kubernetes::CassandraCluster ReadClusterFile(const std::string& path);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_INPUT_H_
