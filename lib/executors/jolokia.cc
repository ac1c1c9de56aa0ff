#include "lib/executors/jolokia.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxErrorText = 400;

struct Bean {
  const char* name;
  std::vector<const char*> attributes;
};

// What lib/cassandra reads.
const std::vector<Bean>& Beans() {
  static const std::vector<Bean>* beans = new std::vector<Bean>{
      {kStorageServiceBean,
       {"OperationMode",
        "Drained",
        "Starting",
        "LocalHostId",
        "EndpointToHostId",
        "LiveNodes",
        "UnreachableNodes",
        "JoiningNodes",
        "LeavingNodes",
        "MovingNodes",
        "RemovalStatus",
        "SchemaVersion",
        "ReleaseVersion",
        "TokenToEndpointMap",
        "Keyspaces",
        "NonLocalStrategyKeyspaces",
        "NativeTransportRunning",
        "GossipRunning",
        "ClusterName",
        "PartitionerName",
        "LoadMap"}},
      {"org.apache.cassandra.db:type=EndpointSnitchInfo", {"Datacenter", "Rack", "SnitchName"}},
      {"org.apache.cassandra.net:type=FailureDetector", {"SimpleStates", "AllEndpointStates"}},
      {"org.apache.cassandra.net:type=StreamManager", {"CurrentStreams"}},
      {"org.apache.cassandra.db:type=CompactionManager", {"Compactions"}},
      {"org.apache.cassandra.metrics:type=Compaction,name=PendingTasks", {"Value"}},
      {"org.apache.cassandra.metrics:type=Storage,name=Load", {"Count"}},
  };
  return *beans;
}

Json BulkRequest() {
  Json list = Json::array();
  for (const Bean& bean : Beans()) {
    for (const char* attribute : bean.attributes) {
      list.push_back({{"type", "read"}, {"mbean", bean.name}, {"attribute", attribute}});
    }
  }
  return list;
}

// One question for each keyspace that the first answer names.
Json ReplicationRequest(const Json& answer) {
  Json list = Json::array();
  for (const Json& entry : answer) {
    if (!entry.is_object() || !entry.contains("request") || !entry.contains("value")) continue;
    const Json& request = entry["request"];
    const Json& value = entry["value"];
    if (!request.is_object() || request.value("attribute", Json()) != "NonLocalStrategyKeyspaces") continue;
    if (!value.is_array()) continue;
    for (const Json& keyspace : value) {
      list.push_back({{"type", "exec"},
                      {"mbean", kStorageServiceBean},
                      {"operation", "getKeyspaceReplicationInfo"},
                      {"arguments", Json::array({keyspace})}});
    }
  }
  return list;
}

// Answers are of the moment when they were asked for, by the asker's clock. Stack traces are long and nobody reads
// them.
void Tidy(int64_t asked_at_seconds, Json* answer) {
  for (Json& entry : *answer) {
    if (!entry.is_object()) continue;
    entry["timestamp"] = asked_at_seconds;
    entry.erase("stacktrace");
  }
}

std::string Text(const Json& entry, const char* key) {
  const auto it = entry.find(key);
  std::string text = it != entry.end() && it->is_string() ? it->get<std::string>() : "";
  return text.size() > kMaxErrorText ? absl::StrCat(text.substr(0, kMaxErrorText), " ...") : text;
}

absl::StatusOr<Json> ValueOf(const std::string& what, const Json& entry) {
  if (!entry.is_object()) return absl::UnknownError(absl::StrCat(what, ": the answer is not an object"));
  const auto it = entry.find("status");
  const int64_t status = it != entry.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
  if (status == 200) return entry.value("value", Json());
  const std::string text = absl::StrCat(what, ": ", status, " ", Text(entry, "error"));
  if (status == 400) return absl::InvalidArgumentError(text);
  if (status == 404) return absl::NotFoundError(text);
  if (status == 0) return absl::UnknownError(absl::StrCat(what, ": the answer has no status"));
  return absl::FailedPreconditionError(text);
}

}  // namespace

JolokiaClient::JolokiaClient(JolokiaOptions options)
    : options_(std::move(options)), http_([this] {
        HttpOptions http;
        http.tls = options_.tls_options;
        http.use_proxy = false;  // Pods are asked by address
        http.max_idle = 64;
        http.max_attempts = 2;
        return http;
      }()) {}

absl::StatusOr<Json> JolokiaClient::Post(const std::string& address, const JolokiaLogin& login, const Json& body,
                                         int64_t timeout_ms, bool idempotent, const std::atomic<bool>* stop) {
  HttpRequest request;
  request.method = "POST";
  const bool v6 = address.find(':') != std::string::npos;
  request.url = absl::StrCat(options_.tls ? "https://" : "http://", v6 ? "[" : "", address, v6 ? "]" : "", ":",
                             options_.port, options_.path);
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.content_type = "application/json";
  request.connect_timeout_ms = options_.connect_timeout_ms;
  request.timeout_ms = timeout_ms;
  request.max_body = 64u << 20;
  request.idempotent = idempotent;
  request.stop = stop;
  if (!login.username.empty()) {
    request.headers.push_back(
        absl::StrCat("Authorization: Basic ", absl::Base64Escape(absl::StrCat(login.username, ":", login.password))));
  }
  const absl::StatusOr<HttpResponse> response = http_.Do(request);
  if (!response.ok()) return response.status();
  if (response->status == 401 || response->status == 403) {
    return absl::UnauthenticatedError(
        absl::StrCat(request.url, ": ", response->status, "; spec.imageJolokiaSecret names the user and password"));
  }
  if (response->status != 200) return absl::UnavailableError(absl::StrCat(request.url, ": HTTP ", response->status));
  Json json = Json::parse(response->body, nullptr, false);
  if (json.is_discarded()) return absl::UnknownError(absl::StrCat(request.url, ": the answer is not JSON"));
  return json;
}

absl::StatusOr<std::string> JolokiaClient::Read(const std::string& address, const JolokiaLogin& login,
                                                int64_t asked_at_seconds) {
  absl::StatusOr<Json> answer = Post(address, login, BulkRequest(), options_.read_timeout_ms, true, nullptr);
  if (!answer.ok()) return answer.status();
  if (!answer->is_array()) return absl::UnknownError(absl::StrCat(address, ": the bulk answer is not a list"));
  if (const Json questions = ReplicationRequest(*answer); !questions.empty()) {
    // Without the second answer replication is unknown; the rest is good.
    const absl::StatusOr<Json> more = Post(address, login, questions, options_.read_timeout_ms, true, nullptr);
    if (more.ok() && more->is_array()) {
      for (const Json& entry : *more) answer->push_back(entry);
    }
  }
  Tidy(asked_at_seconds, &*answer);
  return answer->dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<Json> JolokiaClient::Attribute(const std::string& address, const JolokiaLogin& login,
                                              const std::string& bean, const std::string& attribute) {
  const Json question = {{"type", "read"}, {"mbean", bean}, {"attribute", attribute}};
  const absl::StatusOr<Json> answer = Post(address, login, question, options_.read_timeout_ms, true, nullptr);
  if (!answer.ok()) return answer.status();
  return ValueOf(absl::StrCat(address, ": ", attribute), *answer);
}

absl::StatusOr<Json> JolokiaClient::Run(const std::string& address, const JolokiaLogin& login,
                                        const JolokiaCall& call) {
  const Json question = {
      {"type", "exec"}, {"mbean", call.bean}, {"operation", call.operation}, {"arguments", call.arguments}};
  const absl::StatusOr<Json> answer = Post(address, login, question, call.timeout_ms, false, call.stop);
  if (!answer.ok()) return answer.status();
  return ValueOf(absl::StrCat(address, ": ", call.operation), *answer);
}

}  // namespace cassplan::executors
