// The frames of Cassandra's native protocol, version 4: the few requests that are sent, and every answer to them. Bytes
// only: nothing here waits or connects.
#ifndef CASSPLAN_LIB_EXECUTORS_CQL_FRAME_H_
#define CASSPLAN_LIB_EXECUTORS_CQL_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace cassplan::executors {

inline constexpr size_t kCqlHeaderSize = 9;

enum class CqlConsistency : uint16_t { kOne = 0x01, kQuorum = 0x04, kLocalOne = 0x0A };

struct CqlHeader {
  uint8_t flags = 0;
  int16_t stream = 0;  // below 0: an event, which nobody asked for
  uint8_t opcode = 0;
  size_t length = 0;  // of the body
};

// What was answered, once it is no error.
struct CqlAnswer {
  enum class Kind {
    kReady,
    kAuthenticate,
    kAuthChallenge,
    kAuthSuccess,
    kSupported,
    kEvent,
    kVoid,
    kRows,
    kSetKeyspace,
    kSchemaChange,
    kOther,
  };
  Kind kind = Kind::kOther;
  std::string authenticator;  // kAuthenticate: the class
  std::vector<std::string> warnings;
  std::string paging_state;  // kRows: not empty when there are more
  std::vector<std::string> columns;
  // Values as JSON: text, ascii, uuid, inet and large numbers as strings, boolean and numbers as such, lists and sets
  // as lists, a map as an object if its keys are text and as a list of pairs if not; of any other type the bytes, as
  // "0x...".
  std::vector<std::vector<nlohmann::json>> rows;
};

// The frames that a client sends; `stream` comes back in the answer.
std::string CqlStartup(int16_t stream);
std::string CqlAuthResponse(int16_t stream, absl::string_view username, absl::string_view password);
std::string CqlQuery(int16_t stream, absl::string_view text, CqlConsistency consistency, int32_t page_size,
                     absl::string_view paging_state);

// The first kCqlHeaderSize bytes of an answer. kUnknown: they are none of version 4. kResourceExhausted: the body is
// longer than `max_body`.
absl::StatusOr<CqlHeader> ReadCqlHeader(absl::string_view bytes, size_t max_body);

// The body. An ERROR that Cassandra sent is a status whose message begins with `Cassandra: `:
//   kUnauthenticated    user or password are wrong
//   kPermissionDenied   the user may not do it
//   kInvalidArgument    the statement is wrong, or the protocol version is
//   kFailedPrecondition it was refused, and nothing was done
//   kAlreadyExists      so it says
//   kUnavailable        overloaded, starting, or too few replicas: nothing was done
//   kUnknown            a time-out or a failure on the way: it may have been done
// kUnknown without that beginning: the bytes make no sense.
absl::StatusOr<CqlAnswer> ReadCqlAnswer(const CqlHeader& header, absl::string_view body);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CQL_FRAME_H_
