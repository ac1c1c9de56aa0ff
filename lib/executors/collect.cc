#include "lib/executors/collect.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/cassandra/reads.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

struct Wanted {
  Resource resource;
  bool needed = false;
};

std::vector<Wanted> WantedKinds() {
  return {{{"db.orange.com/v2", "cassandraclusters"}, true},
          {{"apps/v1", "statefulsets"}, true},
          {{"v1", "pods"}, true},
          {{"v1", "persistentvolumeclaims"}, true},
          {{"v1", "services"}, true},
          {{"policy/v1", "poddisruptionbudgets"}, true},
          {{"v1", "resourcequotas"}, false},
          {{"apps/v1", "controllerrevisions"}, false},
          {{"v1", "nodes", /*namespaced=*/false}, false},
          {{"storage.k8s.io/v1", "storageclasses", /*namespaced=*/false}, false}};
}

struct Node {
  std::string pod;
  std::string address;
  std::string answer;
  std::string error;
};

std::string TextAt(const Json& object, const char* pointer) {
  const auto at = Json::json_pointer(pointer);
  if (!object.is_object() || !object.contains(at) || !object.at(at).is_string()) return "";
  return object.at(at).get<std::string>();
}

// Pods of the cluster that have an address, in the order of their names.
std::vector<Node> NodesOf(const Json& items, const std::string& cluster) {
  std::vector<Node> nodes;
  for (const Json& item : items) {
    if (TextAt(item, "/kind") != "Pod" || TextAt(item, "/metadata/labels/cassandracluster") != cluster) continue;
    Node node;
    node.pod = TextAt(item, "/metadata/name");
    node.address = TextAt(item, "/status/podIP");
    if (!node.pod.empty() && !node.address.empty()) nodes.push_back(std::move(node));
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.pod < b.pod; });
  return nodes;
}

// Asks one node after the other; several of these run at once.
class Asker {
 public:
  Asker(const CollectOptions& options, std::vector<Node>* nodes)
      : options_(options), http_(HttpOptionsOf(options)), nodes_(*nodes) {}

  void Run() {
    std::vector<std::thread> threads;
    const int count = std::clamp(options_.parallel, 1, 256);
    for (int i = 0; i < std::min(count, static_cast<int>(nodes_.size())); ++i) {
      threads.emplace_back([this] { AskAll(); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  static HttpOptions HttpOptionsOf(const CollectOptions& options) {
    HttpOptions http;
    http.use_proxy = false;  // nodes are in the cluster's own network
    if (!options.jolokia_user.empty()) {
      http.authorization = [value = absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(
                                                               options.jolokia_user, ":", options.jolokia_password)))] {
        return value;
      };
    }
    return http;
  }

  void AskAll() {
    for (size_t i = next_++; i < nodes_.size(); i = next_++) {
      Ask(&nodes_[i]);
      const int done = ++done_;
      if (options_.progress) options_.progress(done, static_cast<int>(nodes_.size()));
    }
  }

  absl::StatusOr<std::string> Post(const std::string& address, std::string body) {
    HttpRequest request;
    request.method = "POST";
    const bool six = absl::StrContains(address, ':');
    request.url =
        absl::StrCat("http://", six ? "[" : "", address, six ? "]" : "", ":", options_.jolokia_port, "/jolokia/");
    request.body = std::move(body);
    request.content_type = "application/json";
    request.connect_timeout_ms = std::min<int64_t>(3000, options_.node_timeout_ms);
    request.timeout_ms = options_.node_timeout_ms;
    absl::StatusOr<HttpResponse> response = http_.Do(request);
    if (!response.ok()) return response.status();
    if (response->status == 401 || response->status == 403) {
      return absl::PermissionDeniedError(absl::StrCat("HTTP ", response->status, ": Jolokia wants another password"));
    }
    if (response->status != 200) return absl::UnavailableError(absl::StrCat("HTTP ", response->status));
    return std::move(response->body);
  }

  void Ask(Node* node) {
    absl::StatusOr<std::string> facts = Post(node->address, cassandra::AttributeReads());
    if (!facts.ok()) {
      node->error = std::string(facts.status().message());
      return;
    }
    node->answer = *std::move(facts);
    const std::string more = cassandra::ReplicationReads(cassandra::KeyspacesToAsk(node->answer));
    if (more.empty()) return;
    // Without it replication is what the other facts tell of it.
    const absl::StatusOr<std::string> replication = Post(node->address, more);
    if (replication.ok()) node->answer = cassandra::JoinAnswers(node->answer, *replication);
  }

  const CollectOptions& options_;
  HttpClient http_;
  std::vector<Node>& nodes_;
  std::atomic<size_t> next_{0};
  std::atomic<int> done_{0};
};

}  // namespace

absl::StatusOr<Collected> Collect(const CollectOptions& options, KubernetesClient* kubernetes) {
  Collected collected;
  Json items = Json::array();
  for (const Wanted& wanted : WantedKinds()) {
    const absl::StatusOr<std::string> listed = kubernetes->List(wanted.resource, options.name_space);
    if (!listed.ok() && wanted.needed) return listed.status();
    if (!listed.ok()) {
      collected.missing.push_back(absl::StrCat(wanted.resource.plural, ": ", listed.status().message()));
      continue;
    }
    for (Json& item : Json::parse(*listed)) {
      // Who wrote which field is of no use here, and long.
      if (item.contains("metadata") && item["metadata"].is_object()) item["metadata"].erase("managedFields");
      items.push_back(std::move(item));
    }
  }
  std::vector<Node> nodes = NodesOf(items, options.cluster);
  Asker(options, &nodes).Run();
  const Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"metadata", Json::object()}, {"items", items}};
  collected.files.push_back({"kubernetes.json", list.dump(1) + "\n"});
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
