// The commands of cassplan-operator. Each returns its exit code.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_COMMANDS_H_
#define CASSPLAN_EXAMPLES_OPERATOR_COMMANDS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "examples/operator/options.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::host {

int ObserveCommand(const Options& options);

struct Connection {
  std::unique_ptr<executors::KubernetesClient> kubernetes;
  std::unique_ptr<executors::JolokiaClient> jolokia;
  std::string name_space;
};
absl::StatusOr<Connection> Connect(const Access& access);

// Prints the error; the exit code that fits it.
int Report(const absl::Status& status);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_COMMANDS_H_
