// One CassandraCluster: a thread that looks, plans and acts, so that no cluster waits for another.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_CLUSTER_LOOP_H_
#define CASSPLAN_EXAMPLES_OPERATOR_CLUSTER_LOOP_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cassplan/driver.h"
#include "examples/operator/metrics.h"
#include "lib/executors/cluster.h"
#include "lib/executors/command.h"
#include "lib/executors/config_map_ledger.h"

namespace cassplan::host {

struct LoopOptions {
  std::string name_space;
  std::string name;
  std::string uid;
  ReconcileOptions reconcile;
  executors::JolokiaLogin login;
  executors::Commands commands;
};

class ClusterLoop {
 public:
  // The clients and metrics are shared, and live longer.
  ClusterLoop(executors::KubernetesClient* kubernetes, executors::SharedLists* lists, executors::JolokiaClient* jolokia,
              Metrics* metrics, LoopOptions options);
  ~ClusterLoop();
  ClusterLoop(const ClusterLoop&) = delete;
  ClusterLoop& operator=(const ClusterLoop&) = delete;

  const std::string& uid() const { return options_.uid; }
  // Seconds since a round ended or failed: each of its steps has a deadline, so many of them mean that it is stuck.
  int64_t SilentSeconds() const;
  void Wake();
  void LedgerIs(int64_t version);
  // Returns at once; the destructor waits. Operations that run on nodes go on there.
  void Stop();

 private:
  void Run();
  bool FirstLook();
  void Beat();
  void OnRound(const Reconciler& reconciler);
  void Event(const char* type, const char* reason, const std::string& message);
  void OnProblem(const char* what, const absl::Status& status);
  void WriteStatus(const v1::PlanResponse* response, std::vector<v1::Withdrawn> withdrawn, const std::string& problem);

  executors::KubernetesClient& kubernetes_;
  Metrics& metrics_;
  LoopOptions options_;
  ClusterName name_;
  std::unique_ptr<executors::ClusterExecutor> executor_;
  std::unique_ptr<executors::CommandExecutor> hands_;  // the one above, with programs for some kinds
  executors::ConfigMapLedger ledger_;
  std::unique_ptr<Driver> driver_;
  std::atomic<bool> stopped_{false};
  std::atomic<int64_t> beat_ms_{0};
  bool wanted_ = false;        // the driver was told what is desired
  v1::PlanResponse response_;  // the last one
  bool planned_ = false;
  std::string told_;  // the last line of the log about the plan
  std::thread thread_;
};

std::string KindName(v1::ActionKind kind);
std::string TargetName(const v1::Target& target);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_CLUSTER_LOOP_H_
