// How the plugin reaches the API server, and how it tells what went wrong.
#ifndef CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_REACH_H_
#define CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_REACH_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::plugin {

enum ExitCode : int { kDone = 0, kInvalidInput = 3, kInternalError = 6 };

struct Reach {
  std::string name_space;
  std::string kubeconfig;
  std::string context;
  int64_t timeout_seconds = 30;
};

struct Connection {
  std::unique_ptr<executors::KubernetesClient> kubernetes;
  std::string name_space;
};

absl::StatusOr<Connection> Connect(const Reach& reach);

// Prints "error: ..." and returns the exit code.
int Fail(const absl::Status& status);
int Fail(absl::string_view message);

}  // namespace cassplan::plugin

#endif  // CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_REACH_H_
