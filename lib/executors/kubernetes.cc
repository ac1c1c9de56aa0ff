#include "lib/executors/kubernetes.h"

#include <chrono>
#include <mutex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cassplan::executors {
namespace {

constexpr size_t kMaxErrorText = 600;
constexpr int kPageSize = 500;
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

absl::Status ErrorOf(const HttpRequest& request, int status, const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  std::string text = json.is_object() ? TextAt(json, {"message"}) : body;
  if (text.size() > kMaxErrorText) text = absl::StrCat(text.substr(0, kMaxErrorText), " ...");
  const std::string path = request.url.substr(0, request.url.find('?'));
  return absl::Status(CodeOf(status, TextAt(json, {"reason"})),
                      absl::StrCat(request.method, " ", path, ": ", status, " ", text));
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

KubernetesClient::KubernetesClient(const KubeConfig& config)
    : config_(config), http_(std::make_unique<HttpClient>(OptionsOf(config))) {}

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

absl::StatusOr<Json> KubernetesClient::Call(HttpRequest request, bool want_json) {
  request.headers.push_back("Accept: application/json");
  (request.method == "GET" ? reads_ : writes_).fetch_add(1);
  const absl::StatusOr<HttpResponse> response = http_->Do(request);
  if (!response.ok()) return response.status();
  if (response->status < 200 || response->status > 299) return ErrorOf(request, response->status, response->body);
  Json json = Json::parse(response->body, nullptr, false);
  if (want_json && !json.is_object()) {
    return absl::UnknownError(absl::StrCat(request.method, " ", request.url, ": the answer is not a JSON object"));
  }
  return json;
}

absl::StatusOr<Json> KubernetesClient::List(const Resource& resource, const std::string& name_space) {
  Json whole;
  std::string next;
  do {
    HttpRequest request;
    request.idempotent = true;
    request.url = Url(resource, name_space, "", "",
                      absl::StrCat("limit=", kPageSize, next.empty() ? "" : "&continue=", UrlEscape(next)));
    absl::StatusOr<Json> page = Call(request);
    // The pages are of one moment, and the server keeps it for some minutes only.
    if (absl::IsOutOfRange(page.status()) && !next.empty()) {
      request.url = Url(resource, name_space, "", "", "");
      whole = Json();
      page = Call(request);
    }
    if (!page.ok()) return page;
    const Json* items = At(*page, {"items"});
    if (items == nullptr || !items->is_array()) {
      return absl::UnknownError(absl::StrCat(request.url, ": the answer has no items"));
    }
    next = TextAt(*page, {"metadata", "continue"});
    if (whole.is_null()) {
      whole = *std::move(page);
    } else {
      Json& all = whole["items"];
      for (const Json& item : *items) all.push_back(item);
    }
  } while (!next.empty());
  whole["metadata"].erase("continue");
  whole["metadata"].erase("remainingItemCount");
  // The items of a typed list do not say what they are.
  for (Json& item : whole["items"]) {
    if (!item.is_object()) continue;
    item["apiVersion"] = resource.api_version;
    item["kind"] = resource.kind;
  }
  return whole;
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
      problem = ErrorOf(request, static_cast<int>(IntegerAt(object, {"code"}, 500)), ToText(object));
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
  return response->status == 200 ? absl::OkStatus() : ErrorOf(request, response->status, response->body);
}

}  // namespace cassplan::executors
