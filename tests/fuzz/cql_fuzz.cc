// What a node answers is read whatever it is: it ends, within the bytes, and is understood or refused. The first 9
// bytes are a header, the others the body; both are read as if the header told the body's length, too.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "lib/executors/cql_frame.h"

namespace {

using cassplan::executors::CqlAnswer;
using cassplan::executors::CqlHeader;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void Check(const CqlHeader& header, absl::string_view body) {
  const absl::StatusOr<CqlAnswer> answer = cassplan::executors::ReadCqlAnswer(header, body);
  if (!answer.ok()) {
    Require(!answer.status().message().empty(), "an error without text");
    return;
  }
  // Each value takes at least its length.
  size_t values = 0;
  for (const auto& row : answer->rows) {
    Require(row.size() == answer->columns.size(), "a row that has not every column");
    values += row.size();
    for (const auto& value : row) {
      Require(!value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).empty(), "a value without text");
    }
  }
  Require(values * 4 <= body.size(), "more values than bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::string_view head = bytes.substr(0, cassplan::executors::kCqlHeaderSize);
  const absl::string_view body = bytes.substr(head.size());
  absl::StatusOr<CqlHeader> header = cassplan::executors::ReadCqlHeader(head, 1u << 20);
  if (!header.ok()) {
    if (head.size() < cassplan::executors::kCqlHeaderSize) return 0;
    header = CqlHeader();
    header->flags = data[1];
    header->opcode = data[4];
  }
  Check(*header, body);
  header->length = body.size();
  Check(*header, body);
  return 0;
}
