#include <sys/stat.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "examples/operator/commands.h"
#include "lib/dump/dump.h"
#include "lib/executors/collect.h"

namespace cassplan::host {
namespace {

using executors::Collected;

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
}

absl::Status WriteFolder(const std::string& folder, const Collected& collected) {
  ::mkdir(folder.c_str(), 0755);
  ::mkdir(absl::StrCat(folder, "/jolokia").c_str(), 0755);
  for (const dump::DumpFile& file : collected.files) {
    if (absl::Status status = WriteFile(absl::StrCat(folder, "/", file.name), file.text); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool HasCluster(const executors::ObjectLists& objects, const std::string& cluster) {
  for (const executors::Json& item : objects.items) {
    if (executors::TextAt(item, {"kind"}) == "CassandraCluster" &&
        executors::TextAt(item, {"metadata", "name"}) == cluster) {
      return true;
    }
  }
  return false;
}

}  // namespace

int ObserveCommand(const Options& options) {
  absl::StatusOr<Connection> connection = Connect(options.access);
  if (!connection.ok()) return Report(connection.status());
  const absl::StatusOr<executors::ObjectLists> objects =
      executors::ListObjects(connection->kubernetes.get(), connection->name_space, std::time(nullptr));
  if (!objects.ok()) return Report(objects.status());
  if (!HasCluster(*objects, options.observe.cluster)) {
    return Report(absl::NotFoundError(
        absl::StrCat("no CassandraCluster ", options.observe.cluster, " in name space ", connection->name_space)));
  }
  executors::CollectOptions collect;
  collect.cluster = options.observe.cluster;
  collect.name_space = connection->name_space;
  const Collected collected =
      executors::Collect(connection->kubernetes.get(), connection->jolokia.get(), *objects, collect);
  for (const auto& [pod, why] : collected.unreachable) std::cerr << "note: " << pod << " told nothing: " << why << "\n";
  if (!options.observe.dump.empty()) {
    const absl::Status written = WriteFolder(options.observe.dump, collected);
    return written.ok() ? kDone : Report(written);
  }
  dump::DumpOptions read;
  read.cluster = options.observe.cluster;
  read.namespace_name = connection->name_space;
  read.observed_at_seconds = objects->asked_at_seconds;
  const dump::Dump dump = dump::ReadDump(collected.files, read);
  if (!dump.problems.empty()) return Report(absl::InternalError(FormatProblem(dump.problems[0])));
  std::cout << WriteJson(dump.observed) << std::flush;
  return std::cout ? kDone : kInternalError;
}

}  // namespace cassplan::host
