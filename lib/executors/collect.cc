#include "lib/executors/collect.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/executors/jolokia.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

struct Wanted {
  const Resource& resource;
  bool needed = false;
};

constexpr Wanted kWanted[] = {{kCassandraClusters, true},
                              {kStatefulSets, true},
                              {kPods, true},
                              {kClaims, true},
                              {kServices, true},
                              {kBudgets, true},
                              {kQuotas, false},
                              {kControllerRevisions, false},
                              {kNodes, false},
                              {kStorageClasses, false}};

struct Node {
  std::string pod;
  std::string address;
  std::string answer;
  std::string error;
};

// Whether an object may be of the cluster. One that only has a name like one of ours counts, too: the planner has to
// see that it is in the way. So does any Pod that mounts a claim with such a name.
bool Concerns(const Json& item, const std::string& cluster) {
  if (TextAt(item, {"kind"}) == kQuotas.kind) return true;
  if (TextAt(item, {"metadata", "labels", "cassandracluster"}) == cluster) return true;
  if (absl::StrContains(TextAt(item, {"metadata", "name"}), cluster)) return true;
  const Json* volumes = At(item, {"spec", "volumes"});
  if (volumes == nullptr || !volumes->is_array()) return false;
  return std::any_of(volumes->begin(), volumes->end(), [&](const Json& volume) {
    return absl::StrContains(TextAt(volume, {"persistentVolumeClaim", "claimName"}), cluster);
  });
}

// Pods of the cluster that have an address, in the order of their names.
std::vector<Node> NodesOf(const Json& items, const std::string& cluster) {
  std::vector<Node> nodes;
  for (const Json& item : items) {
    if (TextAt(item, {"kind"}) != "Pod" || TextAt(item, {"metadata", "labels", "cassandracluster"}) != cluster)
      continue;
    Node node;
    node.pod = TextAt(item, {"metadata", "name"});
    node.address = TextAt(item, {"status", "podIP"});
    if (!node.pod.empty() && !node.address.empty()) nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.pod < b.pod; });
  return nodes;
}

JolokiaOptions JolokiaOptionsOf(const CollectOptions& options) {
  JolokiaOptions jolokia;
  jolokia.port = options.jolokia_port;
  jolokia.connect_timeout_ms = std::min<int64_t>(3000, options.node_timeout_ms);
  jolokia.read_timeout_ms = options.node_timeout_ms;
  return jolokia;
}

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Asks one node after the other; several of these run at once.
class Asker {
 public:
  Asker(const CollectOptions& options, JolokiaClient* jolokia, std::vector<Node>* nodes)
      : options_(options), jolokia_(*jolokia), nodes_(*nodes) {}

  void Run() {
    std::vector<std::thread> threads;
    const int count = std::clamp(options_.parallel, 1, 256);
    for (int i = 0; i < std::min(count, static_cast<int>(nodes_.size())); ++i) {
      threads.emplace_back([this] { AskAll(); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  void AskAll() {
    for (size_t i = next_++; i < nodes_.size(); i = next_++) {
      Node& node = nodes_[i];
      absl::StatusOr<std::string> answer =
          jolokia_.Read(node.address, {options_.jolokia_user, options_.jolokia_password}, Now());
      if (answer.ok()) {
        node.answer = *std::move(answer);
      } else {
        node.error = std::string(answer.status().message());
      }
      const int done = ++done_;
      if (options_.progress) options_.progress(done, static_cast<int>(nodes_.size()));
    }
  }

  const CollectOptions& options_;
  JolokiaClient& jolokia_;
  std::vector<Node>& nodes_;
  std::atomic<size_t> next_{0};
  std::atomic<int> done_{0};
};

}  // namespace

absl::StatusOr<Collected> Collect(const CollectOptions& options, KubernetesClient* kubernetes) {
  JolokiaClient jolokia(JolokiaOptionsOf(options));
  SharedLists lists(kubernetes);
  return Collect(options, &lists, &jolokia);
}

absl::StatusOr<Collected> Collect(const CollectOptions& options, SharedLists* lists, JolokiaClient* jolokia) {
  Collected collected;
  Json items = Json::array();
  for (const Wanted& wanted : kWanted) {
    const absl::StatusOr<std::shared_ptr<const Json>> listed = lists->List(wanted.resource, options.name_space);
    if (!listed.ok() && wanted.needed) return listed.status();
    if (!listed.ok()) {
      collected.missing.push_back(absl::StrCat(wanted.resource.plural, ": ", listed.status().message()));
      continue;
    }
    for (const Json& item : (**listed)["items"]) {
      if (options.only_this_cluster && wanted.resource.namespaced && !Concerns(item, options.cluster)) continue;
      items.push_back(item);
      // Who wrote which field is of no use here, and long.
      Json& copy = items.back();
      if (copy.contains("metadata") && copy["metadata"].is_object()) copy["metadata"].erase("managedFields");
    }
  }
  std::vector<Node> nodes = NodesOf(items, options.cluster);
  Asker(options, jolokia, &nodes).Run();
  const Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"metadata", Json::object()}, {"items", items}};
  collected.files.push_back(
      {"kubernetes.json",
       list.dump(options.only_this_cluster ? -1 : 1, ' ', false, Json::error_handler_t::replace) + "\n"});
  collected.files.push_back({"dump.json", Json({{"observed_at_seconds", options.now_seconds}}).dump() + "\n"});
  for (Node& node : nodes) {
    if (node.error.empty()) {
      collected.files.push_back({absl::StrCat("jolokia/", node.pod, ".json"), std::move(node.answer)});
    } else {
      collected.missing.push_back(absl::StrCat(node.pod, ": ", node.error));
    }
  }
  return collected;
}

}  // namespace cassplan::executors
