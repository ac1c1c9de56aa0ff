// Bytes to and from one address, over TCP or TLS on it, with a deadline and a way to stop.
#ifndef CASSPLAN_LIB_EXECUTORS_CQL_CHANNEL_H_
#define CASSPLAN_LIB_EXECUTORS_CQL_CHANNEL_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/http.h"

namespace cassplan::executors {

class CqlChannel {
 public:
  using Clock = std::chrono::steady_clock;

  // `address` is numeric. Without `tls` (nullptr) the bytes are sent as they are. Errors: kUnavailable,
  // kInvalidArgument (address, TLS options), kCancelled.
  static absl::StatusOr<std::unique_ptr<CqlChannel>> Open(const std::string& address, int port, const TlsOptions* tls,
                                                          Clock::time_point until, const std::atomic<bool>* stop);
  ~CqlChannel();
  CqlChannel(const CqlChannel&) = delete;
  CqlChannel& operator=(const CqlChannel&) = delete;

  // kUnavailable: it is closed (`sent` says whether any byte may have left). kDeadlineExceeded, kCancelled.
  absl::Status Send(absl::string_view bytes, Clock::time_point until, bool* sent);
  // Exactly `count` bytes.
  absl::StatusOr<std::string> Receive(size_t count, Clock::time_point until);

 private:
  struct Tls;

  CqlChannel(int socket, const std::atomic<bool>* stop);
  absl::Status Wait(short events, Clock::time_point until) const;
  absl::Status SendPlain(absl::string_view bytes, Clock::time_point until, bool* sent);
  // What there is, at least one byte.
  absl::StatusOr<std::string> ReceivePlain(Clock::time_point until);
  absl::StatusOr<std::string> ReceiveSome(Clock::time_point until);
  absl::Status StartTls(const TlsOptions& options, const std::string& address, Clock::time_point until);
  absl::Status FlushTls(Clock::time_point until);
  absl::Status FeedTls(Clock::time_point until);

  int socket_;
  const std::atomic<bool>* stop_;
  std::unique_ptr<Tls> tls_;
  std::string buffer_;  // received, not taken yet
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CQL_CHANNEL_H_
