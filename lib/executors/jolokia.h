// Asks Cassandra nodes through Jolokia (protocol of 1.x). A long operation is synchronous there: its caller waits in a
// thread of its own, beside the reads.
#ifndef CASSPLAN_LIB_EXECUTORS_JOLOKIA_H_
#define CASSPLAN_LIB_EXECUTORS_JOLOKIA_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/http.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {

struct JolokiaOptions {
  bool tls = false;
  int port = 8778;
  std::string path = "/jolokia/";
  TlsOptions tls_options;
  int64_t connect_timeout_ms = 3000;
  int64_t read_timeout_ms = 15000;
};

struct JolokiaLogin {
  std::string username;
  std::string password;
};

inline constexpr char kStorageServiceBean[] = "org.apache.cassandra.db:type=StorageService";

struct JolokiaCall {
  std::string bean = kStorageServiceBean;
  std::string operation;  // with its signature where it is overloaded
  nlohmann::json arguments = nlohmann::json::array();
  int64_t timeout_ms = 30000;
  const std::atomic<bool>* stop = nullptr;
};

class JolokiaClient {
 public:
  explicit JolokiaClient(JolokiaOptions options);

  // The JSON array of a bulk answer with everything that lib/cassandra/jolokia.h reads; entries have `asked_at_seconds`
  // as their timestamp, so that a node's clock does not matter. kInternal when the answer cannot be understood.
  absl::StatusOr<std::string> Read(const std::string& address, const JolokiaLogin& login, int64_t asked_at_seconds);

  // Ends all reads soon, those that come later, too. For a host that stops.
  void StopReads() { stop_reads_ = true; }

  // The value of one attribute.
  absl::StatusOr<nlohmann::json> Attribute(const std::string& address, const JolokiaLogin& login,
                                           const std::string& bean, const std::string& attribute);

  // Runs an operation and waits for its end. HTTP says 200 to everything: the body's status counts. Errors: those of
  // http.h (kUnknown, kDeadlineExceeded: it may be running, or done), and of the body kInvalidArgument (400),
  // kNotFound (404), kFailedPrecondition (anything else; Cassandra refused or failed).
  absl::StatusOr<nlohmann::json> Run(const std::string& address, const JolokiaLogin& login, const JolokiaCall& call);

 private:
  absl::StatusOr<nlohmann::json> Post(const std::string& address, const JolokiaLogin& login, std::string body,
                                      int64_t timeout_ms, bool idempotent, const std::atomic<bool>* stop);

  JolokiaOptions options_;
  HttpClient http_;
  std::atomic<bool> stop_reads_{false};
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_JOLOKIA_H_
