// A Cassandra node's native protocol for tests, in this process: a handler answers each frame, or misbehaves.
#ifndef CASSPLAN_LIB_EXECUTORS_TEST_CQL_SERVER_H_
#define CASSPLAN_LIB_EXECUTORS_TEST_CQL_SERVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {

struct TestCqlAnswer {
  uint8_t opcode = 0x08;
  std::string body;
  uint8_t version = 0x84;
  uint8_t flags = 0;
  std::optional<int16_t> stream;   // instead of the question's
  std::optional<uint32_t> length;  // that the header tells, instead of the body's
  std::string raw_before;          // sent before the frame
  bool hang = false;               // says nothing until the server ends
  bool close = false;              // closes the connection, after the frame if there is a body
  int pause_ms = 0;                // between single bytes
};

struct TestCqlQuestion {
  uint8_t opcode = 0;
  int16_t stream = 0;
  std::string body;
  std::string text;  // of a QUERY
};

class TestCqlServer {
 public:
  using Handler = std::function<TestCqlAnswer(const TestCqlQuestion&)>;

  // With `tls` the server has a certificate of its own for the name "cassandra.test"; authority() is its authority.
  explicit TestCqlServer(Handler handler, bool tls = false, const std::string& address = "127.0.0.1");
  ~TestCqlServer();

  int port() const { return port_; }
  const std::string& authority() const { return authority_; }
  std::vector<TestCqlQuestion> questions() const;
  // The texts of all QUERY frames.
  std::vector<std::string> texts() const;

 private:
  void Listen();
  void Serve(int socket);

  Handler handler_;
  void* tls_ = nullptr;  // SSL_CTX
  std::string authority_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> over_{false};
  mutable std::mutex mutex_;
  std::vector<TestCqlQuestion> questions_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread listen_thread_;
};

// ---- bodies

std::string CqlNumber(uint64_t value, int bytes);
std::string CqlShortString(absl::string_view text);
std::string CqlLongBytes(absl::string_view bytes);
TestCqlAnswer CqlReady();
TestCqlAnswer CqlErrorAnswer(int32_t code, absl::string_view message);
TestCqlAnswer CqlVoid();
TestCqlAnswer CqlSchemaChanged();
// Columns with their type's bytes, rows of values' bytes.
TestCqlAnswer CqlRowsAnswer(const std::vector<std::pair<std::string, std::string>>& columns,
                            const std::vector<std::vector<std::optional<std::string>>>& rows,
                            absl::string_view paging_state = "");
// system_schema.keyspaces: {"app": {"class": "...", "dc1": "3"}}.
TestCqlAnswer CqlKeyspaces(const nlohmann::json& keyspaces);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_TEST_CQL_SERVER_H_
