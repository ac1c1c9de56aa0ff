#include "examples/operator/run.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "examples/operator/controller.h"
#include "examples/operator/lease.h"
#include "examples/operator/log.h"
#include "examples/operator/metrics.h"
#include "examples/operator/observe.h"
#include "examples/operator/signals.h"
#include "lib/executors/command.h"
#include "lib/executors/kube_config.h"

namespace cassplan::host {
namespace {

// With the pause between renewals well below the Lease's duration, so that who lost it ends before another one begins.
constexpr int64_t kLeaseTimeoutMs = 3000;

LogLevel LevelOf(const std::string& level) {
  if (level == "debug") return LogLevel::kDebug;
  if (level == "warning") return LogLevel::kWarning;
  return level == "error" ? LogLevel::kError : LogLevel::kInfo;
}

std::string NamespaceOf(const RunCommand& command, const executors::KubeConfig& config) {
  if (!command.name_space.empty()) return command.name_space;
  if (const char* watched = std::getenv("WATCH_NAMESPACE"); watched != nullptr && *watched != '\0') return watched;
  return config.name_space;
}

// As Kubernetes names objects: else every request would fail for ever.
bool IsObjectName(absl::string_view name) {
  const auto plain = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  return !name.empty() && name.size() <= 253 && plain(name.front()) && plain(name.back()) &&
         name.find("..") == absl::string_view::npos &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-' || c == '.'; });
}

int Fail(absl::string_view message) {
  std::cerr << "error: " << message << "\n";
  return kInvalidInput;
}

}  // namespace

int RunOperator(const RunCommand& command) {
  const absl::StatusOr<executors::KubeConfig> config = executors::LoadKubeConfig({command.kubeconfig, command.context});
  if (!config.ok()) return Fail(config.status().message());
  ControllerOptions options;
  options.name_space = NamespaceOf(command, *config);
  if (options.name_space.find(',') != std::string::npos) {
    return Fail(
        absl::StrCat("WATCH_NAMESPACE ", options.name_space, ": one namespace, please; run one operator in each"));
  }
  if (!IsObjectName(options.name_space)) {
    return Fail(absl::StrCat("\"", options.name_space, "\" is no name of a namespace; name one with --namespace"));
  }
  if (!IsObjectName(command.lease)) {
    return Fail(absl::StrCat("--lease \"", command.lease, "\" is no name of a Lease: a-z, 0-9, - and . only"));
  }
  options.reconcile.poll_seconds = command.poll_seconds;
  options.reconcile.idle_seconds = command.idle_seconds;
  options.stuck_seconds = command.stuck_seconds;
  options.reconcile.horizon = v1::HORIZON_COMPLETE;  // the status tells the whole plan
  options.login.username = command.jolokia_user;
  if (!command.jolokia_password_file.empty()) {
    const absl::StatusOr<std::string> password = executors::ReadTextFile(command.jolokia_password_file);
    if (!password.ok()) return Fail(password.status().message());
    options.login.password = std::string(absl::StripTrailingAsciiWhitespace(*password));
  }
  if (!command.commands.empty()) {
    const absl::StatusOr<executors::Commands> commands = executors::LoadCommands(command.commands);
    if (!commands.ok()) return Fail(absl::StrCat("--commands: ", commands.status().message()));
    options.commands = *commands;
  }
  OpenLog(command.log_format == "json" ? LogFormat::kJson : LogFormat::kText, LevelOf(command.log_level));
  const Signals signals;  // before any other thread begins
  // Hundreds of threads that each read large texts now and then: what they give back goes back to the system.
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  executors::KubernetesClient kubernetes(*config);
  executors::JolokiaOptions jolokia_options;
  jolokia_options.port = command.jolokia_port;
  jolokia_options.read_timeout_ms = int64_t{1000} * command.timeout_seconds;
  executors::JolokiaClient jolokia(jolokia_options);
  Metrics metrics;
  std::mutex acting_mutex;  // the pages may be asked for while it goes
  Controller* acting = nullptr;
  std::atomic<bool> standby{true};
  const auto acts = [&](Controller* controller) {
    const std::lock_guard<std::mutex> lock(acting_mutex);
    acting = controller;
  };
  const auto ready = [&] {
    const std::lock_guard<std::mutex> lock(acting_mutex);
    return acting == nullptr ? standby.load() : acting->Ready();
  };
  const auto healthy = [&] {
    const std::lock_guard<std::mutex> lock(acting_mutex);
    return acting == nullptr || acting->Healthy();
  };
  absl::StatusOr<std::unique_ptr<MetricsServer>> server =
      MetricsServer::Listen(command.listen, &metrics, healthy, ready);
  if (!server.ok()) return Fail(server.status().message());
  LeaseOptions lease_options;
  lease_options.name_space = options.name_space;
  lease_options.name = command.lease;
  lease_options.identity = IdentityOf(command.identity);
  // Its own: it goes on while the other one stops, and it must know in time that nobody answers.
  executors::KubernetesClient lease_client(*config, kLeaseTimeoutMs);
  Lease lease(&lease_client, lease_options);
  Log(LogLevel::kInfo, "begins",
      {{"namespace", options.name_space}, {"identity", lease_options.identity}, {"server", config->server}});
  if (!command.no_leader_election && !lease.Acquire(signals.stop())) return kDone;
  metrics.Leads(true);
  bool kept = true;
  {
    Controller controller(&kubernetes, &jolokia, &metrics, options);
    controller.Start();
    acts(&controller);
    if (command.no_leader_election) {
      while (!signals.stop()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } else {
      kept = lease.Keep(signals.stop());
    }
    if (!kept) {
      // Somebody else may act by now: whatever is under way here must not write any more.
      Log(LogLevel::kError, "lost the Lease");
      std::_Exit(kInternalError);
    }
    standby = false;
    acts(nullptr);
    controller.Stop();
  }
  if (!command.no_leader_election) lease.Release();
  Log(LogLevel::kInfo, "stopped");
  return kDone;
}

}  // namespace cassplan::host
