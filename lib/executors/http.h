// One HTTP client for everything that executors ask, on libcurl. Every request has a time to connect in, a time to end
// in and a bound on what is read. Connections are kept. Threads: any number at once.
#ifndef CASSPLAN_LIB_EXECUTORS_HTTP_H_
#define CASSPLAN_LIB_EXECUTORS_HTTP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cassplan::executors {

// PEM texts, not paths. Empty: the system's authorities, no client certificate.
struct TlsOptions {
  std::string authorities;
  std::string certificate;
  std::string key;
  std::string server_name;  // that the server's certificate must have; empty: the URL's host
  bool insecure = false;    // the server's certificate is not checked
};

struct HttpOptions {
  TlsOptions tls;
  // The Authorization header; asked for every attempt, so that a renewed token is used. Unset: none.
  std::function<std::string()> authorization;
  bool use_proxy = true;  // of the environment (https_proxy, no_proxy)
  std::string agent = "cassplan";
  int max_idle = 16;     // connections kept for later
  int max_attempts = 4;  // of a request that may be repeated
  int64_t first_pause_ms = 100;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::string body;
  std::string content_type;
  std::vector<std::string> headers;  // "Accept: application/json"
  int64_t connect_timeout_ms = 5000;
  int64_t timeout_ms = 30000;  // in all, attempts and pauses included
  size_t max_body = 256u << 20;
  // Doing it twice is as doing it once: it is repeated when the connection is lost and after 429, 500, 502, 503, 504.
  bool idempotent = false;
  // Gets the body of a 200 as it comes; it is not collected then. Returns false to end the request.
  std::function<bool(absl::string_view)> on_data;
  // Ends the request soon after it becomes true. May be nullptr.
  const std::atomic<bool>* stop = nullptr;
};

struct HttpResponse {
  int status = 0;
  std::string body;
  int64_t retry_after_seconds = 0;
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any answer of the server is a response, whatever its status. Errors:
  //   kUnavailable        the request was not sent: nothing happened
  //   kUnknown            it was sent and the answer is not known: it may have happened
  //   kDeadlineExceeded   the same, because the time was over
  //   kResourceExhausted  the answer is longer than max_body
  //   kCancelled          `stop` or on_data ended it
  //   kInvalidArgument    the request or the TLS options cannot be used
  absl::StatusOr<HttpResponse> Do(const HttpRequest& request);

 private:
  class Pool;

  absl::StatusOr<HttpResponse> Once(const HttpRequest& request, int64_t timeout_ms);

  HttpOptions options_;
  std::unique_ptr<Pool> pool_;
};

// What may not stand in a URL's path segment or query value is written as %XX.
std::string UrlEscape(absl::string_view text);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_HTTP_H_
