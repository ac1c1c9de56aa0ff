#include "lib/executors/kubernetes.h"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace cassplan::executors {
namespace {

constexpr size_t kMaxErrorText = 600;
constexpr int kPageSize = 500;
constexpr int kMaxPages = 200;
constexpr size_t kMaxWatchLine = 16u << 20;

// The Authorization header; a token file is read again once a minute.
class Credentials {
 public:
  explicit Credentials(const KubeConfig& config) : config_(config) {}

  std::string Header() {
    if (!config_.token_file.empty()) return absl::StrCat("Bearer ", Token());
    if (!config_.token.empty()) return absl::StrCat("Bearer ", config_.token);
    if (!config_.username.empty()) {
      return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(config_.username, ":", config_.password)));
    }
    return "";
  }

 private:
  std::string Token() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (token_.empty() || now - read_at_ > std::chrono::minutes(1)) {
      // While the file cannot be read the last token is used: it may still be good.
      if (absl::StatusOr<std::string> text = ReadTextFile(config_.token_file); text.ok()) {
        token_ = std::string(absl::StripAsciiWhitespace(*text));
        read_at_ = now;
      }
    }
    return token_;
  }

  KubeConfig config_;
  std::mutex mutex_;
  std::string token_;
  std::chrono::steady_clock::time_point read_at_;
};

HttpOptions OptionsOf(const KubeConfig& config) {
  HttpOptions options;
  options.tls = config.tls;
  options.agent = "cassplan-operator";
  options.authorization = [credentials = std::make_shared<Credentials>(config)] { return credentials->Header(); };
  return options;
}

absl::StatusCode CodeOf(int status, const std::string& reason) {
  switch (status) {
    case 400:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return reason == "AlreadyExists" ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kAborted;
    case 410:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

std::string WhatOf(const HttpRequest& request) {
  return absl::StrCat(request.method, " ", request.url.substr(0, request.url.find('?')));
}

absl::Status ErrorOf(absl::string_view what, int status, const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  std::string text = json.is_object() ? TextAt(json, {"message"}) : body;
  if (text.size() > kMaxErrorText) text = absl::StrCat(text.substr(0, kMaxErrorText), " ...");
  return absl::Status(CodeOf(status, TextAt(json, {"reason"})), absl::StrCat(what, ": HTTP ", status, ": ", text));
}

Json DeleteOptions(const Preconditions& preconditions) {
  Json conditions = Json::object();
  if (!preconditions.uid.empty()) conditions["uid"] = preconditions.uid;
  if (!preconditions.resource_version.empty()) conditions["resourceVersion"] = preconditions.resource_version;
  Json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
  if (!conditions.empty()) options["preconditions"] = std::move(conditions);
  return options;
}

}  // namespace

const Json* At(const Json& json, std::initializer_list<absl::string_view> path) {
  const Json* at = &json;
  for (const absl::string_view name : path) {
    if (!at->is_object()) return nullptr;
    const auto it = at->find(std::string(name));
    if (it == at->end()) return nullptr;
    at = &*it;
  }
  return at;
}

std::string TextAt(const Json& json, std::initializer_list<absl::string_view> path) {
  const Json* at = At(json, path);
  return at != nullptr && at->is_string() ? at->get<std::string>() : "";
}

int64_t IntegerAt(const Json& json, std::initializer_list<absl::string_view> path, int64_t otherwise) {
  const Json* at = At(json, path);
  return at != nullptr && at->is_number_integer() ? at->get<int64_t>() : otherwise;
}

std::string ToText(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

KubernetesClient::KubernetesClient(const KubeConfig& config, int64_t timeout_ms)
    : config_(config), timeout_ms_(timeout_ms), http_(std::make_unique<HttpClient>(OptionsOf(config))) {}

std::string KubernetesClient::Url(const Resource& resource, const std::string& name_space, absl::string_view name,
                                  absl::string_view subresource, absl::string_view query) const {
  const absl::string_view version = resource.api_version;
  std::string url =
      absl::StrCat(config_.server, version.find('/') == absl::string_view::npos ? "/api/" : "/apis/", version);
  if (resource.namespaced && !name_space.empty()) absl::StrAppend(&url, "/namespaces/", UrlEscape(name_space));
  absl::StrAppend(&url, "/", resource.plural);
  if (!name.empty()) absl::StrAppend(&url, "/", UrlEscape(name));
  if (!subresource.empty()) absl::StrAppend(&url, "/", subresource);
  if (!query.empty()) absl::StrAppend(&url, "?", query);
  return url;
}

absl::StatusOr<Json> KubernetesClient::Call(HttpRequest request, std::string what) {
  if (what.empty()) what = WhatOf(request);
  request.headers.push_back("Accept: application/json");
  const bool read = request.method == "GET";
  (read ? reads_ : writes_).fetch_add(1);
  if (read) request.stop = &stop_reads_;
  request.timeout_ms = timeout_ms_;
  const absl::StatusOr<HttpResponse> response = http_->Do(request);
  if (!response.ok()) return response.status();
  if (response->status < 200 || response->status > 299) return ErrorOf(what, response->status, response->body);
  Json json = Json::parse(response->body, nullptr, false);
  if (!json.is_object()) {
    const std::string text = absl::StrCat(what, ": the answer is no JSON object");
    // What was asked for with a GET did not change anything; what a write did is not known.
    return read ? absl::InternalError(text) : absl::UnknownError(text);
  }
  return json;
}

absl::StatusOr<Json> KubernetesClient::List(const Resource& resource, const std::string& name_space,
                                            const std::string& label_selector) {
  const std::string what = absl::StrCat("list ", resource.plural);
  Json whole = {{"apiVersion", resource.api_version}, {"kind", absl::StrCat(resource.kind, "List")}};
  Json items = Json::array();
  std::string next;
  bool paged = true;
  for (int page = 0; page < kMaxPages; ++page) {
    HttpRequest request;
    request.idempotent = true;
    std::vector<std::string> query;
    if (paged) query.push_back(absl::StrCat("limit=", kPageSize));
    if (!label_selector.empty()) query.push_back(absl::StrCat("labelSelector=", UrlEscape(label_selector)));
    if (!next.empty()) query.push_back(absl::StrCat("continue=", UrlEscape(next)));
    request.url = Url(resource, name_space, "", "", absl::StrJoin(query, "&"));
    absl::StatusOr<Json> list = Call(std::move(request), what);
    // The pages are of one moment, and the server keeps it for some minutes only: then the whole list at once.
    if (absl::IsOutOfRange(list.status()) && !next.empty()) {
      items.clear();
      next.clear();
      paged = false;
      continue;
    }
    if (!list.ok()) return list;
    const Json* found = At(*list, {"items"});
    if (found == nullptr || !(found->is_array() || found->is_null()) || TextAt(*list, {"kind"}).empty()) {
      return absl::InternalError(absl::StrCat(what, ": the answer is no list of Kubernetes"));
    }
    for (const Json& item : *found) {
      if (!item.is_object()) return absl::InternalError(absl::StrCat(what, ": an item is no object"));
      items.push_back(item);
    }
    next = TextAt(*list, {"metadata", "continue"});
    if (!next.empty()) continue;
    whole["metadata"] = {{"resourceVersion", TextAt(*list, {"metadata", "resourceVersion"})}};
    // The items of a typed list do not say what they are.
    for (Json& item : items) {
      item["apiVersion"] = resource.api_version;
      item["kind"] = resource.kind;
    }
    whole["items"] = std::move(items);
    return whole;
  }
  return absl::ResourceExhaustedError(absl::StrCat(what, ": more than ", kMaxPages, " pages"));
}

absl::StatusOr<Json> KubernetesClient::Get(const Resource& resource, const std::string& name_space,
                                           const std::string& name) {
  HttpRequest request;
  request.idempotent = true;
  request.url = Url(resource, name_space, name, "", "");
  return Call(std::move(request));
}

absl::StatusOr<Json> KubernetesClient::Create(const Resource& resource, const std::string& name_space,
                                              const Json& object) {
  HttpRequest request;
  request.method = "POST";
  request.url = Url(resource, name_space, "", "", absl::StrCat("fieldManager=", kFieldManager));
  request.content_type = "application/json";
  request.body = ToText(object);
  return Call(std::move(request));
}

absl::StatusOr<Json> KubernetesClient::Apply(const Resource& resource, const std::string& name_space,
                                             const std::string& name, const Json& object,
                                             absl::string_view subresource) {
  HttpRequest request;
  request.method = "PATCH";
  request.idempotent = true;
  request.url =
      Url(resource, name_space, name, subresource, absl::StrCat("fieldManager=", kFieldManager, "&force=true"));
  request.content_type = "application/apply-patch+yaml";  // JSON is YAML
  request.body = ToText(object);
  return Call(std::move(request));
}

absl::StatusOr<Json> KubernetesClient::Replace(const Resource& resource, const std::string& name_space,
                                               const std::string& name, const Json& object,
                                               absl::string_view subresource) {
  HttpRequest request;
  request.method = "PUT";
  request.url = Url(resource, name_space, name, subresource, absl::StrCat("fieldManager=", kFieldManager));
  request.content_type = "application/json";
  request.body = ToText(object);
  return Call(std::move(request));
}

absl::StatusOr<Json> KubernetesClient::Patch(const Resource& resource, const std::string& name_space,
                                             const std::string& name, const Json& patch,
                                             absl::string_view subresource) {
  HttpRequest request;
  request.method = "PATCH";
  // A patch bound to a resource version takes effect once: repeated it meets 409.
  request.idempotent = TextAt(patch, {"metadata", "resourceVersion"}).empty();
  request.url = Url(resource, name_space, name, subresource, absl::StrCat("fieldManager=", kFieldManager));
  request.content_type = "application/merge-patch+json";
  request.body = ToText(patch);
  return Call(std::move(request));
}

absl::Status KubernetesClient::Delete(const Resource& resource, const std::string& name_space, const std::string& name,
                                      const Preconditions& preconditions, absl::string_view propagation) {
  HttpRequest request;
  request.method = "DELETE";
  request.idempotent = !preconditions.uid.empty();
  request.url = Url(resource, name_space, name, "", "");
  request.content_type = "application/json";
  Json options = DeleteOptions(preconditions);
  options["propagationPolicy"] = std::string(propagation);
  request.body = ToText(options);
  return Call(std::move(request)).status();
}

absl::Status KubernetesClient::Evict(const std::string& name_space, const std::string& pod,
                                     const Preconditions& preconditions) {
  HttpRequest request;
  request.method = "POST";
  request.url = Url(kPods, name_space, pod, "eviction", "");
  request.content_type = "application/json";
  const Json eviction = {{"apiVersion", "policy/v1"},
                         {"kind", "Eviction"},
                         {"metadata", {{"name", pod}, {"namespace", name_space}}},
                         {"deleteOptions", DeleteOptions(preconditions)}};
  request.body = ToText(eviction);
  return Call(std::move(request)).status();
}

absl::Status KubernetesClient::Watch(const Resource& resource, WatchOptions* options,
                                     const std::function<void(const WatchEvent&)>& on_event) {
  HttpRequest request;
  request.url = Url(resource, options->name_space, "", "",
                    absl::StrCat("watch=true&allowWatchBookmarks=true&timeoutSeconds=", options->seconds,
                                 "&resourceVersion=", UrlEscape(options->resource_version)));
  request.headers.push_back("Accept: application/json");
  // A server that does not end it, or a connection that hangs, is given up soon after the time it was asked for.
  request.timeout_ms = (options->seconds + 15) * 1000;
  request.stop = options->stop;
  const std::string what = absl::StrCat("watch ", resource.plural);
  std::string rest;
  absl::Status problem;
  const auto handle = [&](absl::string_view line) {
    const Json event = Json::parse(line.begin(), line.end(), nullptr, false);
    if (!event.is_object() || !event.contains("object") || !event["object"].is_object()) {
      problem = absl::UnknownError(absl::StrCat("a line of the watch of ", resource.plural, " cannot be read"));
      return false;
    }
    const Json& object = event["object"];
    const std::string type = TextAt(event, {"type"});
    if (type == "ERROR") {
      problem = ErrorOf(what, static_cast<int>(IntegerAt(object, {"code"}, 500)), ToText(object));
      return false;
    }
    if (std::string version = TextAt(object, {"metadata", "resourceVersion"}); !version.empty()) {
      options->resource_version = std::move(version);
    }
    if (type != "BOOKMARK") on_event({type, object});
    return true;
  };
  request.on_data = [&](absl::string_view data) {
    rest.append(data.data(), data.size());
    size_t start = 0;
    for (size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', start)) {
      const absl::string_view line = absl::string_view(rest).substr(start, end - start);
      if (!line.empty() && !handle(line)) return false;
      start = end + 1;
    }
    rest.erase(0, start);
    return rest.size() <= kMaxWatchLine;
  };
  reads_.fetch_add(1);
  const absl::StatusOr<HttpResponse> response = http_->Do(request);
  if (!problem.ok()) return problem;
  if (!response.ok()) return response.status();
  return response->status == 200 ? absl::OkStatus() : ErrorOf(what, response->status, response->body);
}

}  // namespace cassplan::executors
