#include "examples/kubectl-plugin/reach.h"

#include <iostream>
#include <utility>

#include "lib/executors/kube_config.h"

namespace cassplan::plugin {

absl::StatusOr<Connection> Connect(const Reach& reach) {
  const absl::StatusOr<executors::KubeConfig> config = executors::LoadKubeConfig({reach.kubeconfig, reach.context});
  if (!config.ok()) return absl::InvalidArgumentError(config.status().message());
  Connection connection;
  connection.name_space = reach.name_space.empty() ? config->name_space : reach.name_space;
  connection.kubernetes = std::make_unique<executors::KubernetesClient>(*config, 1000 * reach.timeout_seconds);
  return connection;
}

int Fail(absl::string_view message) {
  std::cerr << "error: " << message << "\n";
  return kInvalidInput;
}

int Fail(const absl::Status& status) {
  Fail(status.message());
  const bool unreached = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsUnknown(status) ||
                         absl::IsInternal(status) || absl::IsResourceExhausted(status);
  return unreached ? kInternalError : kInvalidInput;
}

}  // namespace cassplan::plugin
