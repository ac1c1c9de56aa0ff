// Asks Cassandra nodes in CQL, over the native protocol, version 4 (Cassandra 2.2 and later): for the schema, and to
// change how a keyspace is replicated.
#ifndef CASSPLAN_LIB_EXECUTORS_CQL_H_
#define CASSPLAN_LIB_EXECUTORS_CQL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/cql_frame.h"
#include "lib/executors/http.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {

struct CqlOptions {
  std::string username;  // empty: only nodes that want none
  std::string password;
  bool tls = false;
  // The certificate's authorities are always checked unless `insecure`; its name only if server_name is set: Pods are
  // asked by address.
  TlsOptions tls_options;
  int port = 9042;
  int64_t connect_timeout_ms = 5000;  // until the node is ready to be asked, login included
  int64_t timeout_ms = 15000;         // of one question
  size_t max_frame = 16u << 20;
  size_t max_rows = 100000;  // of one question, all pages together
  const std::atomic<bool>* stop = nullptr;
};

struct CqlRows {
  std::vector<std::string> columns;
  std::vector<std::vector<nlohmann::json>> rows;
  std::vector<std::string> warnings;

  // Every row as an object.
  nlohmann::json ToJson() const;
};

class CqlChannel;

// One connection, to one node. Threads: one at a time.
class CqlConnection {
 public:
  // `address` is numeric. Errors: kUnavailable (cannot be reached, or says nothing in time), kUnauthenticated,
  // kInvalidArgument (the options), kUnknown (it is no Cassandra node, or a very old one), kCancelled.
  static absl::StatusOr<std::unique_ptr<CqlConnection>> Open(const std::string& address, const CqlOptions& options);
  ~CqlConnection();
  CqlConnection(const CqlConnection&) = delete;
  CqlConnection& operator=(const CqlConnection&) = delete;

  // A statement is sent once, never again. Errors: those that Cassandra sends (cql_frame.h), and
  //   kUnavailable        it was not sent: nothing happened
  //   kUnknown            it was sent and the answer is not known: it may have happened
  //   kDeadlineExceeded   the same, because the time was over
  //   kResourceExhausted  the answer is too long; a statement that changes something has changed it
  //   kCancelled          `stop` ended it; the statement may have been sent
  // After any but Cassandra's own errors the connection cannot be used any more.
  absl::StatusOr<CqlRows> Query(absl::string_view text, CqlConsistency consistency = CqlConsistency::kOne);
  absl::StatusOr<CqlRows> Query(absl::string_view text, CqlConsistency consistency, int64_t timeout_ms);

  const std::string& address() const { return address_; }

 private:
  CqlConnection(std::string address, const CqlOptions& options, std::unique_ptr<CqlChannel> channel);

  absl::Status Login(int64_t timeout_ms);
  absl::StatusOr<CqlAnswer> Ask(const std::string& frame, int64_t timeout_ms);
  absl::StatusOr<CqlAnswer> Answer(int64_t timeout_ms);

  std::string address_;
  CqlOptions options_;
  std::unique_ptr<CqlChannel> channel_;
  int16_t stream_ = 0;
};

// A name in double quotes, and a text in single ones, as CQL has them.
std::string CqlName(absl::string_view name);
std::string CqlText(absl::string_view text);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CQL_H_
