// Bytes of a caller to messages of the schema, and back.
#ifndef CASSPLAN_CAPI_MESSAGES_H_
#define CASSPLAN_CAPI_MESSAGES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "capi/boundary.h"
#include "cassplan/v1/planner.pb.h"
#include "google/protobuf/message.h"

namespace cassplan::capi {

// The caller's bytes; fails for NULL with a size, and above the limit.
absl::string_view Input(const void* data, size_t size);

// Fails unless `encoding` is proto or JSON.
void CheckEncoding(cassplan_encoding encoding);

// Fails with every problem. Fields that the schema does not know fail, except in proto inside `observed`.
void Parse(cassplan_encoding encoding, absl::string_view bytes, google::protobuf::Message* message);

// A request, alone or inside `message` (at the field `prefix`, such as "request."): what is not known in `observed` is
// dropped, and told as findings.
std::vector<v1::Finding> ParseWithRequest(cassplan_encoding encoding, absl::string_view bytes,
                                          const std::string& prefix, google::protobuf::Message* message);

std::string Write(cassplan_encoding encoding, const google::protobuf::Message& message);

// A status of the library that is not one of a caller's mistake is a defect.
[[noreturn]] void FailWith(const absl::Status& status);

template <typename T>
T ValueOf(absl::StatusOr<T> result) {
  if (!result.ok()) FailWith(result.status());
  return *std::move(result);
}

// The names of messages that cassplan_convert knows, sorted; and one of them, or nullptr.
std::vector<std::string> MessageNames();
const google::protobuf::Message* FindMessage(absl::string_view name);

}  // namespace cassplan::capi

#endif  // CASSPLAN_CAPI_MESSAGES_H_
