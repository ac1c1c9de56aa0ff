// cassplan-operator: does on Kubernetes what cassplan plans.
#include <exception>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "examples/operator/commands.h"

namespace cassplan::host {

absl::StatusOr<Connection> Connect(const Access& access) {
  const absl::StatusOr<executors::KubeConfig> config = executors::LoadKubeConfig(access.kubeconfig);
  if (!config.ok()) return config.status();
  executors::JolokiaOptions jolokia;
  jolokia.port = access.jolokia_port;
  jolokia.tls = access.jolokia_tls;
  if (!access.jolokia_authorities.empty()) {
    absl::StatusOr<std::string> pem = executors::ReadTextFile(access.jolokia_authorities);
    if (!pem.ok()) return pem.status();
    jolokia.tls_options.authorities = *std::move(pem);
  }
  Connection connection;
  connection.name_space = access.name_space.empty() ? config->name_space : access.name_space;
  connection.kubernetes = std::make_unique<executors::KubernetesClient>(*config);
  connection.jolokia = std::make_unique<executors::JolokiaClient>(std::move(jolokia));
  return connection;
}

int Report(const absl::Status& status) {
  std::cerr << "error: " << status.message() << "\n";
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
      return kInvalid;
    case absl::StatusCode::kInternal:
      return kInternalError;
    default:
      return kUnreachable;
  }
}

namespace {

int Run(int argc, char** argv) {
  CLI::App app("", "cassplan-operator");
  Options options;
  Describe(&app, &options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    std::cerr << "error: " << error.what() << " (see cassplan-operator --help)\n";
    return kInvalid;
  }
  if (app.got_subcommand(kObserve)) return ObserveCommand(options);
  std::cout << "cassplan-operator " << CASSPLAN_VERSION << "\n";
  return kDone;
}

}  // namespace
}  // namespace cassplan::host

int main(int argc, char** argv) {
  try {
    return cassplan::host::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: internal: " << error.what() << "\n";
    return cassplan::host::kInternalError;
  }
}
