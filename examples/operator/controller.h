// Looks after every CassandraCluster of one namespace: watches, and wakes the cluster that a change is about.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_CONTROLLER_H_
#define CASSPLAN_EXAMPLES_OPERATOR_CONTROLLER_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/operator/cluster_loop.h"

namespace cassplan::host {

struct ControllerOptions {
  std::string name_space;
  ReconcileOptions reconcile;
  executors::JolokiaLogin login;
  executors::Commands commands;
  int64_t watch_seconds = 300;
  int64_t stuck_seconds = 600;  // beyond the pause between looks
};

class Controller {
 public:
  Controller(executors::KubernetesClient* kubernetes, executors::JolokiaClient* jolokia, Metrics* metrics,
             ControllerOptions options);
  ~Controller() { Stop(); }
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void Start();
  // Waits until every thread is done.
  void Stop();
  // All watches know what there is.
  bool Ready() const { return listed_ == static_cast<int>(watches_.size()); }
  // False: a cluster's thread is stuck, and only a new process helps.
  bool Healthy();

 private:
  void Watch(const executors::Resource& resource);
  absl::Status WatchOnce(const executors::Resource& resource, bool* counted);
  void OnCluster(const executors::Json& object, bool deleted);
  void OnObject(const executors::Json& object);
  void OnLedger(const executors::Json& config_map);
  void OnList(const executors::Json& items);
  void Remove(const std::string& name);
  void LetGo(const std::string& name);

  executors::KubernetesClient& kubernetes_;
  executors::SharedLists lists_;
  executors::JolokiaClient& jolokia_;
  Metrics& metrics_;
  ControllerOptions options_;
  std::atomic<bool> stopped_{false};
  std::atomic<int> listed_{0};
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ClusterLoop>> loops_;
  std::map<std::string, std::string> seen_;  // by cluster: what of its object counts as a change
  std::vector<std::thread> watches_;
  // Those that were let go and are not done yet; nobody waits for them before Stop.
  std::vector<std::pair<std::thread, std::shared_ptr<std::atomic<bool>>>> leaving_;
};

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_CONTROLLER_H_
