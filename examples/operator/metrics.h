// What the operator measures, and the little server that tells it: /metrics, /healthz, /readyz.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_METRICS_H_
#define CASSPLAN_EXAMPLES_OPERATOR_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

class CivetServer;

namespace cassplan::host {

struct ClusterName {
  std::string name_space;
  std::string name;
};

// Threads: any number at once.
class Metrics {
 public:
  Metrics();

  void Started(const ClusterName& cluster, const std::string& kind);
  void Ended(const ClusterName& cluster, const std::string& kind, const std::string& ending);
  void Round(const ClusterName& cluster);
  void Reaction(const ClusterName& cluster, double seconds);
  void Problem(const ClusterName& cluster, const std::string& what);
  void Plan(const ClusterName& cluster, const std::string& outcome, int actions, int held, int running);
  void StatusWritten(const ClusterName& cluster);
  void Forget(const ClusterName& cluster);
  void Requests(int64_t reads, int64_t writes);
  void Leads(bool leads);
  void Clusters(int count);

  // As Prometheus reads it.
  std::string Text() const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Counter>& problems_;
  prometheus::Family<prometheus::Counter>& status_writes_;
  prometheus::Family<prometheus::Counter>& rounds_;
  prometheus::Family<prometheus::Histogram>& reactions_;
  prometheus::Family<prometheus::Gauge>& outcome_;
  prometheus::Family<prometheus::Gauge>& actions_;
  prometheus::Family<prometheus::Gauge>& held_;
  prometheus::Family<prometheus::Gauge>& running_;
  prometheus::Gauge& leads_;
  prometheus::Gauge& clusters_;
  prometheus::Family<prometheus::Gauge>& requests_;
};

// Serves until it is destroyed.
class MetricsServer {
 public:
  // `address`: "8080" or "127.0.0.1:8080"; kInvalidArgument when nothing can listen there.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Listen(const std::string& address, const Metrics* metrics,
                                                               std::function<bool()> healthy,
                                                               std::function<bool()> ready);
  ~MetricsServer();

 private:
  MetricsServer() = default;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_METRICS_H_
