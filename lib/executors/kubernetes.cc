#include "lib/executors/kubernetes.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kPage = 500;
constexpr int kMaxPages = 200;
constexpr auto kTokenAge = std::chrono::minutes(1);

// A bearer token, read again from its file once a minute: Kubernetes renews it there.
class Token {
 public:
  explicit Token(const KubeConfig& config) : config_(config) {}

  std::string Header() {
    if (!config_.username.empty()) {
      return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(config_.username, ":", config_.password)));
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!config_.token_file.empty() && (read_at_ == Clock::time_point() || Clock::now() - read_at_ > kTokenAge)) {
      // When the file cannot be read the last token may still do.
      if (absl::StatusOr<std::string> token = ReadTextFile(config_.token_file); token.ok()) {
        config_.token = std::string(absl::StripAsciiWhitespace(*token));
      }
      read_at_ = Clock::now();
    }
    return config_.token.empty() ? "" : absl::StrCat("Bearer ", config_.token);
  }

 private:
  KubeConfig config_;
  std::mutex mutex_;
  Clock::time_point read_at_;
};

HttpOptions OptionsFor(const KubeConfig& config) {
  HttpOptions options;
  options.tls = config.tls;
  options.authorization = [token = std::make_shared<Token>(config)] { return token->Header(); };
  return options;
}

std::string PathOf(const Resource& resource, const std::string& name_space) {
  const bool core = !absl::StrContains(resource.version, '/');
  std::string path = absl::StrCat(core ? "/api/" : "/apis/", resource.version);
  if (resource.namespaced) absl::StrAppend(&path, "/namespaces/", UrlEscape(name_space));
  return absl::StrCat(path, "/", resource.plural);
}

// What the server says went wrong: a Status object.
std::string MessageOf(const HttpResponse& response) {
  const Json status = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const auto message = status.is_object() ? status.find("message") : status.end();
  if (status.is_object() && message != status.end() && message->is_string()) return message->get<std::string>();
  return response.body.substr(0, 200);
}

absl::Status StatusOf(const HttpResponse& response, const std::string& what) {
  const std::string text = absl::StrCat(what, ": HTTP ", response.status, ": ", MessageOf(response));
  switch (response.status) {
    case 401:
    case 403:
      return absl::PermissionDeniedError(text);
    case 404:
      return absl::NotFoundError(text);
    case 409:
      return absl::AbortedError(text);
    case 410:
      return absl::OutOfRangeError(text);
    case 429:
      return absl::UnavailableError(text);
    default:
      return response.status >= 500 ? absl::UnavailableError(text) : absl::InvalidArgumentError(text);
  }
}

bool HasText(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string();
}

}  // namespace

KubernetesClient::KubernetesClient(const KubeConfig& config) : server_(config.server), http_(OptionsFor(config)) {}

absl::StatusOr<std::string> KubernetesClient::List(const Resource& resource, const std::string& name_space,
                                                   const std::string& label_selector) {
  const std::string what = absl::StrCat("list ", resource.plural);
  Json items = Json::array();
  std::string next;
  for (int page = 0; page < kMaxPages; ++page) {
    HttpRequest request;
    request.url = absl::StrCat(server_, PathOf(resource, name_space), "?limit=", kPage);
    if (!label_selector.empty()) absl::StrAppend(&request.url, "&labelSelector=", UrlEscape(label_selector));
    if (!next.empty()) absl::StrAppend(&request.url, "&continue=", UrlEscape(next));
    request.headers = {"Accept: application/json"};
    request.idempotent = true;
    absl::StatusOr<HttpResponse> response = http_.Do(request);
    if (!response.ok()) return response.status();
    if (response->status == 410 && page > 0) {  // the pages are too old: begin again
      items = Json::array();
      next.clear();
      continue;
    }
    if (response->status != 200) return StatusOf(*response, what);
    Json list = Json::parse(response->body, nullptr, /*allow_exceptions=*/false);
    if (!list.is_object() || !list.contains("items") || !(list["items"].is_array() || list["items"].is_null()) ||
        !HasText(list, "kind") || !HasText(list, "apiVersion")) {
      return absl::InternalError(absl::StrCat(what, ": the answer is no list of Kubernetes"));
    }
    // The items of a list do not say what they are.
    std::string kind = list["kind"].get<std::string>();
    if (absl::EndsWith(kind, "List")) kind.resize(kind.size() - 4);
    for (Json& item : list["items"]) {
      if (!item.is_object()) return absl::InternalError(absl::StrCat(what, ": an item is no object"));
      item["kind"] = kind;
      item["apiVersion"] = list["apiVersion"];
      items.push_back(std::move(item));
    }
    next.clear();
    const Json metadata = list.value("metadata", Json::object());
    if (metadata.is_object() && HasText(metadata, "continue")) next = metadata["continue"].get<std::string>();
    if (next.empty()) return items.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return absl::ResourceExhaustedError(absl::StrCat(what, ": more than ", kMaxPages, " pages"));
}

}  // namespace cassplan::executors
