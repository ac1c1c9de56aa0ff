#include "examples/operator/metrics.h"

#include <CivetServer.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace cassplan::host {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

constexpr std::array kOutcomes = {"invalid", "refused", "blocked", "planned", "in_progress", "converged"};

std::map<std::string, std::string> Labels(const ClusterName& cluster) {
  return {{"namespace", cluster.name_space}, {"cluster", cluster.name}};
}

std::map<std::string, std::string> Labels(const ClusterName& cluster, const char* name, const std::string& value) {
  std::map<std::string, std::string> labels = Labels(cluster);
  labels[name] = value;
  return labels;
}

prometheus::Histogram::BucketBoundaries Seconds() { return {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}; }

class Page : public CivetHandler {
 public:
  explicit Page(std::function<std::pair<int, std::string>()> text) : text_(std::move(text)) {}
  bool handleGet(CivetServer* /*server*/, mg_connection* connection) override {
    const auto [code, text] = text_();
    const std::string head = absl::StrCat(
        "HTTP/1.1 ", code, code == 200 ? " OK" : " Service Unavailable",
        "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\nContent-Length: ",
        text.size(), "\r\n\r\n");
    mg_write(connection, head.data(), head.size());
    mg_write(connection, text.data(), text.size());
    return true;
  }

 private:
  std::function<std::pair<int, std::string>()> text_;
};

}  // namespace

Metrics::Metrics()
    : started_(
          BuildCounter().Name("cassplan_actions_started_total").Help("Actions started, by kind").Register(registry_)),
      ended_(BuildCounter()
                 .Name("cassplan_actions_ended_total")
                 .Help("Actions that ended, by kind and ending: succeeded, failed, unknown")
                 .Register(registry_)),
      problems_(BuildCounter()
                    .Name("cassplan_problems_total")
                    .Help("Looks and writes that did not work and were tried again")
                    .Register(registry_)),
      status_writes_(
          BuildCounter().Name("cassplan_status_writes_total").Help("Writes of a status").Register(registry_)),
      rounds_(
          BuildCounter().Name("cassplan_rounds_total").Help("Rounds: looked, planned, started").Register(registry_)),
      reactions_(BuildHistogram()
                     .Name("cassplan_reaction_seconds")
                     .Help("From a change that the watch told to the next look")
                     .Register(registry_)),
      outcome_(BuildGauge().Name("cassplan_outcome").Help("1 for the outcome of the last plan").Register(registry_)),
      actions_(BuildGauge().Name("cassplan_plan_actions").Help("Actions in the last plan").Register(registry_)),
      held_(BuildGauge().Name("cassplan_plan_held").Help("Changes that the last plan holds").Register(registry_)),
      running_(BuildGauge().Name("cassplan_actions_running").Help("Actions in flight").Register(registry_)),
      leads_(BuildGauge().Name("cassplan_leader").Help("1: this process acts").Register(registry_).Add({})),
      clusters_(
          BuildGauge().Name("cassplan_clusters").Help("CassandraClusters looked after").Register(registry_).Add({})),
      requests_(BuildGauge()
                    .Name("cassplan_api_requests")
                    .Help("Requests to the API server since the start")
                    .Register(registry_)) {}

void Metrics::Started(const ClusterName& cluster, const std::string& kind) {
  started_.Add(Labels(cluster, "kind", kind)).Increment();
}

void Metrics::Ended(const ClusterName& cluster, const std::string& kind, const std::string& ending) {
  std::map<std::string, std::string> labels = Labels(cluster, "kind", kind);
  labels["ending"] = ending;
  ended_.Add(labels).Increment();
}

void Metrics::Round(const ClusterName& cluster) { rounds_.Add(Labels(cluster)).Increment(); }

void Metrics::Reaction(const ClusterName& cluster, double seconds) {
  reactions_.Add(Labels(cluster), Seconds()).Observe(seconds);
}

void Metrics::Problem(const ClusterName& cluster, const std::string& what) {
  problems_.Add(Labels(cluster, "what", what)).Increment();
}

void Metrics::Plan(const ClusterName& cluster, const std::string& outcome, int actions, int held, int running) {
  for (const char* one : kOutcomes) outcome_.Add(Labels(cluster, "outcome", one)).Set(outcome == one ? 1 : 0);
  actions_.Add(Labels(cluster)).Set(actions);
  held_.Add(Labels(cluster)).Set(held);
  running_.Add(Labels(cluster)).Set(running);
}

void Metrics::StatusWritten(const ClusterName& cluster) { status_writes_.Add(Labels(cluster)).Increment(); }

void Metrics::Forget(const ClusterName& cluster) {
  for (const char* one : kOutcomes) outcome_.Remove(&outcome_.Add(Labels(cluster, "outcome", one)));
  actions_.Remove(&actions_.Add(Labels(cluster)));
  held_.Remove(&held_.Add(Labels(cluster)));
  running_.Remove(&running_.Add(Labels(cluster)));
}

void Metrics::Requests(int64_t reads, int64_t writes) {
  requests_.Add({{"kind", "read"}}).Set(static_cast<double>(reads));
  requests_.Add({{"kind", "write"}}).Set(static_cast<double>(writes));
}
void Metrics::Leads(bool leads) { leads_.Set(leads ? 1 : 0); }
void Metrics::Clusters(int count) { clusters_.Set(count); }

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

struct MetricsServer::Parts {
  std::vector<std::unique_ptr<Page>> pages;
  std::unique_ptr<CivetServer> server;  // goes first
};

MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Listen(const std::string& address, const Metrics* metrics,
                                                                     std::function<bool()> healthy,
                                                                     std::function<bool()> ready) {
  std::unique_ptr<MetricsServer> self(new MetricsServer());
  self->parts_ = std::make_unique<Parts>();
  try {
    self->parts_->server = std::make_unique<CivetServer>(
        std::vector<std::string>{"listening_ports", address, "num_threads", "8", "request_timeout_ms", "3000"});
  } catch (const CivetException& error) {
    return absl::InvalidArgumentError(absl::StrCat("--listen ", address, ": ", error.what(), "; name another port"));
  }
  const auto add = [&](const char* path, std::function<std::pair<int, std::string>()> text) {
    self->parts_->pages.push_back(std::make_unique<Page>(std::move(text)));
    self->parts_->server->addHandler(path, self->parts_->pages.back().get());
  };
  const auto yes_or_no = [](std::function<bool()> good) {
    return [good = std::move(good)] {
      return good() ? std::pair(200, std::string("ok\n")) : std::pair(503, std::string("no\n"));
    };
  };
  add("/metrics", [metrics] { return std::pair(200, metrics->Text()); });
  add("/healthz", yes_or_no(std::move(healthy)));
  add("/readyz", yes_or_no(std::move(ready)));
  return self;
}

}  // namespace cassplan::host
