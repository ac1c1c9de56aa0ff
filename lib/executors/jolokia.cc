#include "lib/executors/jolokia.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/cassandra/reads.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxErrorText = 400;

// Answers are of the moment when they were asked for, by the asker's clock. Stack traces are long and nobody reads
// them.
void Stamp(int64_t asked_at_seconds, Json* answer) {
  for (Json& entry : *answer) {
    if (!entry.is_object()) continue;
    entry["timestamp"] = asked_at_seconds;
    entry.erase("stacktrace");
  }
}

std::string Body(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

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

absl::StatusOr<Json> JolokiaClient::Post(const std::string& address, const JolokiaLogin& login, std::string body,
                                         int64_t timeout_ms, bool idempotent, const std::atomic<bool>* stop) {
  HttpRequest request;
  request.method = "POST";
  const bool v6 = address.find(':') != std::string::npos;
  request.url = absl::StrCat(options_.tls ? "https://" : "http://", v6 ? "[" : "", address, v6 ? "]" : "", ":",
                             options_.port, options_.path);
  request.body = std::move(body);
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
        absl::StrCat(request.url, ": HTTP ", response->status, ": Jolokia wants another user or password"));
  }
  if (response->status != 200) return absl::UnavailableError(absl::StrCat(request.url, ": HTTP ", response->status));
  Json json = Json::parse(response->body, nullptr, false);
  if (json.is_discarded()) return absl::UnknownError(absl::StrCat(request.url, ": the answer is not JSON"));
  return json;
}

absl::StatusOr<std::string> JolokiaClient::Read(const std::string& address, const JolokiaLogin& login,
                                                int64_t asked_at_seconds) {
  const absl::StatusOr<Json> first =
      Post(address, login, cassandra::AttributeReads(), options_.read_timeout_ms, true, &stop_reads_);
  if (!first.ok()) return first.status();
  if (!first->is_array()) return absl::InternalError(absl::StrCat(address, ": the bulk answer is no list"));
  std::string answer = Body(*first);
  const std::string questions = cassandra::ReplicationReads(cassandra::KeyspacesToAsk(answer));
  if (!questions.empty()) {
    // Without the second answer replication is what the other facts tell of it.
    const absl::StatusOr<Json> second = Post(address, login, questions, options_.read_timeout_ms, true, &stop_reads_);
    if (second.ok()) answer = cassandra::JoinAnswers(answer, Body(*second));
  }
  Json entries = Json::parse(answer, nullptr, false);
  if (!entries.is_array()) return absl::InternalError(absl::StrCat(address, ": the bulk answer is no list"));
  Stamp(asked_at_seconds, &entries);
  return Body(entries);
}

absl::StatusOr<Json> JolokiaClient::Attribute(const std::string& address, const JolokiaLogin& login,
                                              const std::string& bean, const std::string& attribute) {
  const Json question = {{"type", "read"}, {"mbean", bean}, {"attribute", attribute}};
  const absl::StatusOr<Json> answer =
      Post(address, login, Body(question), options_.read_timeout_ms, true, &stop_reads_);
  if (!answer.ok()) return answer.status();
  return ValueOf(absl::StrCat(address, ": ", attribute), *answer);
}

absl::StatusOr<Json> JolokiaClient::Run(const std::string& address, const JolokiaLogin& login,
                                        const JolokiaCall& call) {
  const Json question = {
      {"type", "exec"}, {"mbean", call.bean}, {"operation", call.operation}, {"arguments", call.arguments}};
  const absl::StatusOr<Json> answer = Post(address, login, Body(question), call.timeout_ms, false, call.stop);
  if (!answer.ok()) return answer.status();
  return ValueOf(absl::StrCat(address, ": ", call.operation), *answer);
}

}  // namespace cassplan::executors
