// The ledger of one CassandraCluster in a ConfigMap beside it: `<cluster>-cassplan`, key `ledger`, as JSON. It is
// deleted with its CassandraCluster.
#ifndef CASSPLAN_LIB_EXECUTORS_CONFIG_MAP_LEDGER_H_
#define CASSPLAN_LIB_EXECUTORS_CONFIG_MAP_LEDGER_H_

#include <string>

#include "cassplan/executor.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::executors {

class ConfigMapLedger final : public LedgerStore {
 public:
  // `owner_uid`: of the CassandraCluster.
  ConfigMapLedger(KubernetesClient* kubernetes, std::string name_space, std::string cluster, std::string owner_uid);

  // kInvalidArgument: what is stored is no ledger. It is not overwritten; delete the ConfigMap to go on without.
  absl::StatusOr<v1::Ledger> Load() override;
  absl::StatusOr<v1::LedgerStored> Store(const v1::Ledger& ledger, int64_t expected_version) override;

  static std::string NameOf(const std::string& cluster) { return cluster + "-cassplan"; }

 private:
  absl::StatusOr<v1::Ledger> Read(const Json& config_map) const;

  KubernetesClient& kubernetes_;
  std::string name_space_;
  std::string cluster_;
  std::string owner_uid_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CONFIG_MAP_LEDGER_H_
