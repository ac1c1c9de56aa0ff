#include "examples/operator/observe.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/collect.h"
#include "lib/executors/kube_config.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::host {
namespace {

namespace fs = std::filesystem;

int Fail(int code, absl::string_view message) {
  std::cerr << "error: " << message << "\n";
  return code;
}

int Fail(const absl::Status& status) {
  const bool mistake = absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
                       absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
  return Fail(mistake ? kInvalidInput : kInternalError, status.message());
}

absl::Status WriteFile(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (error || !file) return absl::InvalidArgumentError(absl::StrCat(path.string(), ": cannot be written"));
  return absl::OkStatus();
}

// Whether the folder may be written: a dump replaces a dump whole, and nothing else is touched.
absl::Status CheckFolder(const ObserveCommand& command) {
  std::error_code error;
  const fs::path folder = command.output;
  if (!fs::exists(folder, error)) return absl::OkStatus();
  if (!fs::is_directory(folder, error)) {
    return absl::InvalidArgumentError(absl::StrCat(command.output, " is no folder; name one"));
  }
  const bool dump = fs::exists(folder / "kubernetes.json", error);
  if (fs::is_empty(folder, error) || (dump && command.replace)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(command.output, " is not empty; name another folder",
                                                 dump ? ", or --replace the dump that is there" : ""));
}

absl::Status WriteDump(const std::string& output, const executors::Collected& collected) {
  const fs::path folder = output;
  std::error_code error;
  // Files of nodes that are gone must not stay.
  for (const char* name : {"kubernetes.json", "dump.json", "nodes.json", "schema.json", "jolokia"}) {
    fs::remove_all(folder / name, error);
  }
  for (const dump::DumpFile& file : collected.files) {
    if (absl::Status written = WriteFile(folder / file.name, file.text); !written.ok()) return written;
  }
  return absl::OkStatus();
}

// One line that is written over, on a terminal only.
std::function<void(int, int)> Progress() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [](int done, int all) {
    static std::mutex mutex;
    const std::lock_guard<std::mutex> lock(mutex);
    std::cerr << "\r" << done << " of " << all << " nodes asked" << (done == all ? "\n" : "") << std::flush;
  };
}

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

int Observe(const ObserveCommand& command) {
  const absl::StatusOr<executors::KubeConfig> config = executors::LoadKubeConfig({command.kubeconfig, command.context});
  if (!config.ok()) return Fail(kInvalidInput, config.status().message());
  if (const absl::Status ready = CheckFolder(command); !ready.ok()) return Fail(ready);
  executors::CollectOptions options;
  options.cluster = command.cluster;
  options.name_space = command.name_space.empty() ? config->name_space : command.name_space;
  options.jolokia_port = command.jolokia_port;
  options.node_timeout_ms = int64_t{1000} * command.timeout_seconds;
  options.parallel = command.parallel;
  options.now_seconds = Now();
  options.progress = Progress();
  options.jolokia_user = command.jolokia_user;
  if (!command.jolokia_password_file.empty()) {
    const absl::StatusOr<std::string> password = executors::ReadTextFile(command.jolokia_password_file);
    if (!password.ok()) return Fail(kInvalidInput, password.status().message());
    options.jolokia_password = std::string(absl::StripTrailingAsciiWhitespace(*password));
  }
  executors::KubernetesClient kubernetes(*config);
  const absl::StatusOr<executors::Collected> collected = executors::Collect(options, &kubernetes);
  if (!collected.ok()) return Fail(collected.status());
  if (const absl::Status written = WriteDump(command.output, *collected); !written.ok()) return Fail(written);
  for (const std::string& missing : collected->missing) std::cerr << "missing: " << missing << "\n";
  const size_t nodes = collected->files.size() - 2;
  std::cout << nodes << (nodes == 1 ? " node of " : " nodes of ") << options.name_space << "/" << command.cluster
            << " in " << command.output << "; next: cassplan plan --desired CLUSTER.yaml --observed " << command.output
            << "\n";
  return collected->missing.empty() ? kDone : kPartly;
}

}  // namespace cassplan::host
