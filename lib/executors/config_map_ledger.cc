#include "lib/executors/config_map_ledger.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"

namespace cassplan::executors {
namespace {

constexpr size_t kMaxBytes = 1000000;  // an object of etcd has at most 1.5 MB, a ConfigMap 1 MiB

}  // namespace

ConfigMapLedger::ConfigMapLedger(KubernetesClient* kubernetes, std::string name_space, std::string cluster,
                                 std::string owner_uid)
    : kubernetes_(*kubernetes),
      name_space_(std::move(name_space)),
      cluster_(std::move(cluster)),
      owner_uid_(std::move(owner_uid)) {}

absl::StatusOr<v1::Ledger> ConfigMapLedger::Read(const Json& config_map) const {
  v1::Ledger ledger;
  // A ledger of a cluster of the same name that is gone says nothing of this one.
  if (TextAt(config_map, {"metadata", "labels", "cassplan/cluster-uid"}) != owner_uid_) return ledger;
  ParseOptions options;
  options.file = absl::StrCat("ConfigMap ", NameOf(cluster_));
  options.ignore_unknown_fields = true;
  const std::vector<Problem> problems = ParseJson(TextAt(config_map, {"data", "ledger"}), options, &ledger);
  if (problems.empty()) return ledger;
  return absl::InvalidArgumentError(
      absl::StrCat(FormatProblem(problems.front()), "; delete the ConfigMap to go on without a ledger"));
}

absl::StatusOr<v1::Ledger> ConfigMapLedger::Load() {
  const absl::StatusOr<Json> stored = kubernetes_.Get(kConfigMaps, name_space_, NameOf(cluster_));
  if (absl::IsNotFound(stored.status())) return v1::Ledger();
  if (!stored.ok()) return stored.status();
  return Read(*stored);
}

absl::StatusOr<v1::LedgerStored> ConfigMapLedger::Store(const v1::Ledger& ledger, int64_t expected_version) {
  const std::string text = WriteJsonLine(ledger);
  if (text.size() > kMaxBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the ledger has ", text.size(), " bytes, and a ConfigMap ", kMaxBytes));
  }
  Json object = {{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata",
                  {{"name", NameOf(cluster_)},
                   {"namespace", name_space_},
                   {"labels", {{"cassandracluster", cluster_}, {"cassplan/cluster-uid", owner_uid_}}},
                   {"ownerReferences", Json::array({{{"apiVersion", kCassandraClusters.api_version},
                                                     {"kind", kCassandraClusters.kind},
                                                     {"name", cluster_},
                                                     {"uid", owner_uid_}}})}}},
                 {"data", {{"ledger", text}}}};
  const absl::StatusOr<Json> there = kubernetes_.Get(kConfigMaps, name_space_, NameOf(cluster_));
  v1::LedgerStored result;
  absl::Status written;
  if (absl::IsNotFound(there.status())) {
    if (expected_version != 0) return result;  // somebody deleted it: nothing is stored
    written = kubernetes_.Create(kConfigMaps, name_space_, object).status();
  } else if (!there.ok()) {
    return there.status();
  } else {
    absl::StatusOr<v1::Ledger> current = Read(*there);
    if (!current.ok()) return current.status();
    if (current->version() != expected_version) {
      *result.mutable_current() = *std::move(current);
      return result;
    }
    object["metadata"]["resourceVersion"] = TextAt(*there, {"metadata", "resourceVersion"});
    written = kubernetes_.Replace(kConfigMaps, name_space_, NameOf(cluster_), object).status();
  }
  if (absl::IsAborted(written) || absl::IsAlreadyExists(written)) {
    absl::StatusOr<v1::Ledger> current = Load();
    if (!current.ok()) return current.status();
    *result.mutable_current() = *std::move(current);
    return result;
  }
  if (!written.ok()) return written;
  result.set_stored(true);
  return result;
}

}  // namespace cassplan::executors
