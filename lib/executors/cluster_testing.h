// A played API server, a played Jolokia, and the executor of cluster "demo" on them.
#ifndef CASSPLAN_LIB_EXECUTORS_CLUSTER_TESTING_H_
#define CASSPLAN_LIB_EXECUTORS_CLUSTER_TESTING_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/executors/cluster.h"
#include "lib/executors/test_server.h"

namespace cassplan::executors {

inline constexpr char kSpace[] = "shop";
inline constexpr char kUid[] = "11111111-2222-3333-4444-555555555555";

inline TestResponse Say(int status, const Json& body) {
  TestResponse response;
  response.status = status;
  response.body = ToText(body);
  return response;
}

inline TestResponse Refuse(int code, const std::string& reason) {
  return Say(code,
             {{"kind", "Status"}, {"code", code}, {"reason", reason}, {"message", absl::StrCat("because ", reason)}});
}

// An API server that keeps objects, with versions, uids and preconditions.
class PlayedKubernetes {
 public:
  PlayedKubernetes() : server_([this](const TestRequest& request) { return Answer(request); }) {}

  Json& Put(const Resource& resource, Json object) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return Keep(resource.plural, std::move(object));
  }
  Json Get(const Resource& resource, const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = objects_[resource.plural].find(name);
    return found == objects_[resource.plural].end() ? Json() : found->second;
  }
  KubeConfig config() const {
    KubeConfig config;
    config.server = server_.url();
    return config;
  }
  // "PUT statefulsets/demo-dc1-rack1", without reads
  std::vector<std::string> writes() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return writes_;
  }
  // The next writes are answered with these codes instead.
  void RefuseWrites(std::vector<int> codes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    codes_ = std::move(codes);
  }
  std::atomic<int> evictions_refused{0};

 private:
  Json& Keep(const std::string& plural, Json object) {
    const std::string name = TextAt(object, {"metadata", "name"});
    object["metadata"]["resourceVersion"] = absl::StrCat(++version_);
    if (TextAt(object, {"metadata", "uid"}).empty()) object["metadata"]["uid"] = absl::StrCat("uid-", version_);
    return objects_[plural][name] = std::move(object);
  }

  static bool Meets(const Json& body, const Json& object) {
    for (const auto& [given, path] : {std::pair{"uid", "uid"}, std::pair{"resourceVersion", "resourceVersion"}}) {
      const std::string wanted = TextAt(body, {"preconditions", given});
      if (!wanted.empty() && wanted != TextAt(object, {"metadata", path})) return false;
    }
    return true;
  }

  TestResponse Answer(const TestRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string> parts = absl::StrSplit(request.path, '/', absl::SkipEmpty());
    parts.erase(parts.begin(), parts.begin() + (parts[0] == "api" ? 2 : 3));
    if (parts[0] == "namespaces") parts.erase(parts.begin(), parts.begin() + 2);
    const std::string plural = parts[0];
    const std::string name = parts.size() > 1 ? parts[1] : "";
    const Json body = request.body.empty() ? Json() : Json::parse(request.body);
    auto& kept = objects_[plural];
    if (request.method == "GET") {
      if (name.empty()) {
        Json items = Json::array();
        for (const auto& [key, object] : kept) items.push_back(object);
        return Say(200,
                   {{"kind", "List"}, {"metadata", {{"resourceVersion", absl::StrCat(version_)}}}, {"items", items}});
      }
      const auto found = kept.find(name);
      return found == kept.end() ? Refuse(404, "NotFound") : Say(200, found->second);
    }
    if (!codes_.empty()) {
      const int code = codes_.front();
      codes_.erase(codes_.begin());
      if (code != 200) return Refuse(code, code == 409 ? "Conflict" : "ServerError");
    }
    if (request.method == "POST" && parts.size() == 2) return Refuse(404, "NotFound");
    if (request.method == "POST" && parts.size() == 1) {
      const std::string made = TextAt(body, {"metadata", "name"});
      if (kept.contains(made)) return Refuse(409, "AlreadyExists");
      writes_.push_back(absl::StrCat("POST ", plural, "/", made));
      return Say(201, Keep(plural, body));
    }
    const auto found = kept.find(name);
    if (found == kept.end()) return Refuse(404, "NotFound");
    if (request.method == "PATCH") {
      const std::string uid = TextAt(body, {"metadata", "uid"});
      if (!uid.empty() && uid != TextAt(found->second, {"metadata", "uid"})) return Refuse(409, "Conflict");
      writes_.push_back(absl::StrCat("PATCH ", plural, "/", name));
      Json object = found->second;
      object.merge_patch(body);
      return Say(200, Keep(plural, std::move(object)));
    }
    if (request.method == "PUT") {
      if (TextAt(body, {"metadata", "resourceVersion"}) != TextAt(found->second, {"metadata", "resourceVersion"})) {
        return Refuse(409, "Conflict");
      }
      writes_.push_back(absl::StrCat("PUT ", plural, "/", name));
      return Say(200, Keep(plural, body));
    }
    const bool eviction = request.method == "POST" && parts.size() == 3 && parts[2] == "eviction";
    if (request.method != "DELETE" && !eviction) return Refuse(405, "MethodNotAllowed");
    if (!Meets(eviction ? body["deleteOptions"] : body, found->second)) return Refuse(409, "Conflict");
    if (eviction && evictions_refused-- > 0) return Refuse(429, "TooManyRequests");
    writes_.push_back(absl::StrCat(eviction ? "EVICT " : "DELETE ", plural, "/", name));
    kept.erase(found);
    return Say(200, {{"kind", "Status"}});
  }

  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Json>> objects_;
  std::vector<std::string> writes_;
  std::vector<int> codes_;
  int version_ = 100;
  TestServer server_;  // last: it goes first
};

inline Json DemoCluster() {
  return {{"apiVersion", "db.orange.com/v2"},
          {"kind", "CassandraCluster"},
          {"metadata", {{"name", "demo"}, {"namespace", kSpace}, {"uid", kUid}, {"generation", 3}}},
          {"spec",
           {{"cassandraImage", "cassandra:4.1.10"},
            {"dataCapacity", "1Gi"},
            {"nodesPerRacks", 2},
            {"topology", {{"dc", Json::array({{{"name", "dc1"}, {"rack", Json::array({{{"name", "rack1"}}})}}})}}}}}};
}

inline Json Owned(Json object) {
  object["metadata"]["ownerReferences"] = Json::array({{{"apiVersion", "db.orange.com/v2"},
                                                        {"kind", "CassandraCluster"},
                                                        {"name", "demo"},
                                                        {"uid", kUid},
                                                        {"controller", true}}});
  return object;
}

inline Json Rack(int replicas) {
  const Json env =
      Json::array({{{"name", "CASSANDRA_SEEDS"}, {"value", "old"}},
                   {{"name", "CONFIG_FILE_DATA"}, {"value", R"({"cluster-info":{"name":"demo","seeds":"old"}})"}}});
  return Owned(
      {{"apiVersion", "apps/v1"},
       {"kind", "StatefulSet"},
       {"metadata",
        {{"name", "demo-dc1-rack1"},
         {"namespace", kSpace},
         {"uid", "set-1"},
         {"labels", {{"cassandracluster", "demo"}}}}},
       {"spec",
        {{"replicas", replicas},
         {"updateStrategy", {{"type", "RollingUpdate"}}},
         {"template", {{"spec", {{"initContainers", Json::array({{{"name", "bootstrap"}, {"env", env}}})}}}}}}}});
}

inline Json Pod(const std::string& uid) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata",
       {{"name", "demo-dc1-rack1-0"}, {"namespace", kSpace}, {"uid", uid}, {"labels", {{"cassandracluster", "demo"}}}}},
      {"status", {{"podIP", "127.0.0.1"}, {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})}}}};
}

// A Jolokia that answers reads with nothing known, and operations as it is told.
class PlayedNode {
 public:
  PlayedNode() : server_([this](const TestRequest& request) { return Answer(request); }) {}
  int port() const { return server_.port(); }
  std::vector<std::string> operations() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return operations_;
  }
  int Count(const std::string& operation) {
    int count = 0;
    for (const std::string& one : operations()) count += absl::StartsWith(one, operation) ? 1 : 0;
    return count;
  }
  // By the beginning of an operation: answers in turn, the last one for good; none: it succeeds with null.
  std::map<std::string, std::vector<Json>> answers;
  std::string hangs;  // operations that begin so never answer

 private:
  TestResponse Answer(const TestRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Json body = Json::parse(request.body);
    if (body.is_array()) {
      Json all = Json::array();
      for (const Json& one : body) all.push_back({{"request", one}, {"status", 404}, {"timestamp", 1}});
      return Say(200, all);
    }
    if (TextAt(body, {"type"}) == "read") {
      return Say(200, {{"status", 200}, {"value", Json::array({"app", "system_auth"})}});
    }
    const std::string operation = TextAt(body, {"operation"});
    operations_.push_back(absl::StrCat(operation, " ", ToText(body["arguments"])));
    if (!hangs.empty() && absl::StartsWith(operation, hangs)) {
      TestResponse response;
      response.hang = true;
      return response;
    }
    for (auto& [name, list] : answers) {
      if (!absl::StartsWith(operation, name) || list.empty()) continue;
      Json answer = list.front();
      if (list.size() > 1) list.erase(list.begin());
      return Say(200, answer);
    }
    return Say(200, {{"status", 200}, {"value", nullptr}});
  }

  std::mutex mutex_;
  std::vector<std::string> operations_;
  TestServer server_;
};

class ClusterTest : public ::testing::Test {
 protected:
  ClusterTest() {
    api_.Put(kCassandraClusters, DemoCluster());
    api_.Put(kStatefulSets, Rack(1));
    api_.Put(kPods, Pod("pod-1"));
    client_ = std::make_unique<KubernetesClient>(api_.config());
    lists_ = std::make_unique<SharedLists>(client_.get());
    JolokiaOptions jolokia;
    jolokia.port = node_.port();
    jolokia.read_timeout_ms = 2000;
    jolokia_ = std::make_unique<JolokiaClient>(jolokia);
  }

  std::unique_ptr<ClusterExecutor> Make() {
    ClusterOptions options;
    options.name = "demo";
    options.name_space = kSpace;
    options.eviction_seconds = 3;
    options.retry_seconds = 5;
    options.on_desired = [this](const v1::Desired& desired, const v1::Policy&) {
      desired_ = desired;
      ++told_;
    };
    auto executor = std::make_unique<ClusterExecutor>(client_.get(), lists_.get(), jolokia_.get(), options);
    EXPECT_TRUE(executor->Observe().ok());
    return executor;
  }

  static v1::StartAction Start(v1::ActionKind kind, int ordinal = 0) {
    v1::StartAction start;
    start.mutable_action()->set_kind(kind);
    start.mutable_action()->set_id(v1::ActionKind_Name(kind));
    v1::Target* target = start.mutable_action()->mutable_target();
    target->set_datacenter("dc1");
    target->set_rack("rack1");
    target->set_ordinal(ordinal);
    start.set_attempt(1);
    start.set_started_at_seconds(7);
    return start;
  }
  static void Pre(const char* fact, const char* value, v1::StartAction* start) {
    v1::Condition* condition = start->mutable_action()->add_preconditions();
    condition->set_fact(fact);
    condition->set_value(value);
  }

  StartResult Run(const v1::StartAction& start) {
    const std::unique_ptr<ClusterExecutor> executor = Make();
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<StartResult> result;
    executor->Start(start, [&](const StartResult& told) {
      const std::lock_guard<std::mutex> lock(mutex);
      result = told;
      changed.notify_all();
    });
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return result.has_value(); });
    lock.unlock();
    executor->Close();
    return result.value_or(StartResult{Ending::kUnknown, "no result"});
  }
  int64_t Replicas() { return IntegerAt(api_.Get(kStatefulSets, "demo-dc1-rack1"), {"spec", "replicas"}, -1); }

  PlayedKubernetes api_;
  PlayedNode node_;
  std::unique_ptr<KubernetesClient> client_;
  std::unique_ptr<SharedLists> lists_;
  std::unique_ptr<JolokiaClient> jolokia_;
  v1::Desired desired_;
  int told_ = 0;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CLUSTER_TESTING_H_
