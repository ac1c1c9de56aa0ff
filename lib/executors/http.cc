#include "lib/executors/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kLongestPauseMs = 10000;
constexpr int64_t kMaxRetryAfterSeconds = 3600;

void InitOnce() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

int64_t MillisSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

bool Stopped(const HttpRequest& request) { return request.stop != nullptr && request.stop->load(); }

// Everything between nothing and twice the usual pause, so that many clients do not come back at the same time.
int64_t Jittered(int64_t pause_ms) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<int64_t>(pause_ms / 2, pause_ms + pause_ms / 2)(random);
}

bool Pause(int64_t millis, const HttpRequest& request) {
  const auto start = Clock::now();
  while (MillisSince(start) < millis) {
    if (Stopped(request)) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min<int64_t>(50, millis)));
  }
  return true;
}

bool MayComeBack(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

// What one transfer writes into.
struct Transfer {
  const HttpRequest* request = nullptr;
  CURL* handle = nullptr;
  HttpResponse response;
  bool too_long = false;
  bool ended = false;
};

size_t OnBody(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  int64_t status = 0;
  curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
  if (transfer->request->on_data && status == 200) {
    if (transfer->request->on_data(absl::string_view(data, bytes))) return bytes;
    transfer->ended = true;
    return 0;
  }
  if (transfer->response.body.size() + bytes > transfer->request->max_body) {
    transfer->too_long = true;
    return 0;
  }
  transfer->response.body.append(data, bytes);
  return bytes;
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const absl::string_view line(data, size * count);
  constexpr absl::string_view kRetryAfter = "retry-after:";
  if (absl::StartsWithIgnoreCase(line, kRetryAfter)) {
    int64_t seconds = 0;
    // A date is not read: it would need the server's clock.
    if (absl::SimpleAtoi(absl::StripAsciiWhitespace(line.substr(kRetryAfter.size())), &seconds) && seconds > 0) {
      transfer->response.retry_after_seconds = std::min(seconds, kMaxRetryAfterSeconds);
    }
  }
  return size * count;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* transfer = static_cast<const Transfer*>(user);
  return Stopped(*transfer->request) ? 1 : 0;
}

curl_blob Blob(const std::string& text) {
  curl_blob blob;
  blob.data = const_cast<char*>(text.data());
  blob.len = text.size();
  blob.flags = CURL_BLOB_COPY;
  return blob;
}

template <typename T>
void Set(CURL* handle, CURLoption option, T value) {
  curl_easy_setopt(handle, option, value);
}

void SetTls(const TlsOptions& tls, CURL* handle) {
  if (!tls.authorities.empty()) {
    curl_blob blob = Blob(tls.authorities);
    Set(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (!tls.certificate.empty()) {
    curl_blob blob = Blob(tls.certificate);
    Set(handle, CURLOPT_SSLCERT_BLOB, &blob);
  }
  if (!tls.key.empty()) {
    curl_blob blob = Blob(tls.key);
    Set(handle, CURLOPT_SSLKEY_BLOB, &blob);
  }
  if (tls.insecure) {
    Set(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    Set(handle, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

void SetMethod(const HttpRequest& request, CURL* handle) {
  if (request.method == "GET") {
    Set(handle, CURLOPT_HTTPGET, 1L);
    return;
  }
  Set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  Set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  Set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
}

absl::Status Error(CURLcode code, const Transfer& transfer, const char* text) {
  curl_off_t sent_after = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  const std::string message = absl::StrCat(transfer.request->method, " ", transfer.request->url, ": ",
                                           *text != '\0' ? text : curl_easy_strerror(code));
  if (transfer.too_long) {
    return absl::ResourceExhaustedError(absl::StrCat(transfer.request->method, " ", transfer.request->url,
                                                     ": the answer is longer than ", transfer.request->max_body,
                                                     " bytes"));
  }
  if (transfer.ended || code == CURLE_ABORTED_BY_CALLBACK) return absl::CancelledError(message);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return absl::InvalidArgumentError(message);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return absl::UnavailableError(message);
    case CURLE_OPERATION_TIMEDOUT:
      return sent_after == 0 ? absl::UnavailableError(message) : absl::DeadlineExceededError(message);
    default:
      return sent_after == 0 ? absl::UnavailableError(message) : absl::UnknownError(message);
  }
}

}  // namespace

// Handles that keep their connections.
class HttpClient::Pool {
 public:
  explicit Pool(size_t max_idle) : max_idle_(max_idle) {}
  ~Pool() {
    for (CURL* handle : idle_) curl_easy_cleanup(handle);
  }

  CURL* Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return curl_easy_init();
    CURL* handle = idle_.back();
    idle_.pop_back();
    return handle;
  }
  void Give(CURL* handle) {
    curl_easy_reset(handle);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.size() < max_idle_) {
      idle_.push_back(handle);
    } else {
      curl_easy_cleanup(handle);
    }
  }

 private:
  std::mutex mutex_;
  std::vector<CURL*> idle_;
  size_t max_idle_;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {
  InitOnce();
  pool_ = std::make_unique<Pool>(static_cast<size_t>(std::max(options_.max_idle, 0)));
}

HttpClient::~HttpClient() = default;

absl::StatusOr<HttpResponse> HttpClient::Once(const HttpRequest& request, int64_t timeout_ms) {
  CURL* handle = pool_->Take();
  if (handle == nullptr) return absl::UnavailableError("no memory for a connection");
  Transfer transfer;
  transfer.request = &request;
  transfer.handle = handle;
  char error[CURL_ERROR_SIZE] = "";
  curl_slist* headers = nullptr;
  const auto add = [&](const std::string& line) { headers = curl_slist_append(headers, line.c_str()); };
  add("Expect:");
  for (const std::string& line : request.headers) add(line);
  if (!request.content_type.empty()) add(absl::StrCat("Content-Type: ", request.content_type));
  if (options_.authorization) {
    if (const std::string value = options_.authorization(); !value.empty()) add(absl::StrCat("Authorization: ", value));
  }
  Set(handle, CURLOPT_URL, request.url.c_str());
  SetMethod(request, handle);
  Set(handle, CURLOPT_HTTPHEADER, headers);
  Set(handle, CURLOPT_USERAGENT, options_.agent.c_str());
  Set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle, CURLOPT_HTTP_VERSION, static_cast<int64_t>(CURL_HTTP_VERSION_1_1));
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(handle, CURLOPT_TCP_KEEPIDLE, 20L);
  Set(handle, CURLOPT_TCP_KEEPINTVL, 10L);
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS, std::max<int64_t>(1, std::min(request.connect_timeout_ms, timeout_ms)));
  Set(handle, CURLOPT_TIMEOUT_MS, std::max<int64_t>(1, timeout_ms));
  Set(handle, CURLOPT_ERRORBUFFER, &error[0]);
  Set(handle, CURLOPT_WRITEFUNCTION, &OnBody);
  Set(handle, CURLOPT_WRITEDATA, &transfer);
  Set(handle, CURLOPT_HEADERFUNCTION, &OnHeader);
  Set(handle, CURLOPT_HEADERDATA, &transfer);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
  Set(handle, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  Set(handle, CURLOPT_XFERINFODATA, &transfer);
  if (!options_.use_proxy) Set(handle, CURLOPT_NOPROXY, "*");
  SetTls(options_.tls, handle);
  std::string url_of_name;
  curl_slist* connect_to = nullptr;
  if (!options_.tls.server_name.empty()) {
    // The certificate is checked against the URL's host, so the URL names it and the connection goes where it went.
    CURLU* url = curl_url();
    char* host = nullptr;
    char* port = nullptr;
    if (curl_url_set(url, CURLUPART_URL, request.url.c_str(), 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
      connect_to =
          curl_slist_append(nullptr, absl::StrCat(options_.tls.server_name, ":", port, ":", host, ":", port).c_str());
      char* whole = nullptr;
      curl_url_set(url, CURLUPART_HOST, options_.tls.server_name.c_str(), 0);
      if (curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK) url_of_name = whole;
      curl_free(whole);
      Set(handle, CURLOPT_CONNECT_TO, connect_to);
      Set(handle, CURLOPT_URL, url_of_name.c_str());
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
  }
  const CURLcode code = curl_easy_perform(handle);
  absl::Status status;
  if (code == CURLE_OK) {
    int64_t number = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &number);
    transfer.response.status = static_cast<int>(number);
  } else {
    status = Error(code, transfer, &error[0]);
  }
  pool_->Give(handle);
  curl_slist_free_all(headers);
  curl_slist_free_all(connect_to);
  if (!status.ok()) return status;
  return std::move(transfer.response);
}

absl::StatusOr<HttpResponse> HttpClient::Do(const HttpRequest& request) {
  const auto start = Clock::now();
  int64_t pause_ms = options_.first_pause_ms;
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<HttpResponse> response = Once(request, request.timeout_ms - MillisSince(start));
    const bool last = !request.idempotent || attempt >= options_.max_attempts || Stopped(request);
    const bool passing = response.ok() ? MayComeBack(response->status)
                                       : absl::IsUnavailable(response.status()) || absl::IsUnknown(response.status());
    if (last || !passing) return response;
    int64_t wait = Jittered(pause_ms);
    if (response.ok()) wait = std::max(wait, response->retry_after_seconds * 1000);
    wait = std::min(wait, kLongestPauseMs);
    if (MillisSince(start) + wait >= request.timeout_ms || !Pause(wait, request)) return response;
    pause_ms *= 2;
  }
}

std::string UrlEscape(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      escaped += c;
    } else {
      absl::StrAppend(&escaped, "%", absl::AsciiStrToUpper(absl::StrCat(absl::Hex(byte, absl::kZeroPad2))));
    }
  }
  return escaped;
}

}  // namespace cassplan::executors
