// JSON and YAML in, messages of the schema out, and back. Every problem of a text is reported at once, with the path of
// the field and its place in the file.
#ifndef CASSPLAN_CODEC_H_
#define CASSPLAN_CODEC_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cassplan/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace cassplan {

struct Problem {
  v1::Location location;
  std::string message;  // what is wrong and what to write instead
};

struct ParseOptions {
  std::string file;               // for locations; not opened
  size_t max_bytes = 256u << 20;  // longer texts are refused before they are read
  int max_depth = 64;             // deeper nesting is refused
  size_t max_problems = 100;      // collecting stops after this many
  bool ignore_unknown_fields = false;
};

// Reads one JSON document into `message` (cleared first). Returns the problems; none: the message is whole.
// Numbers must be integers in the range of their field; enum values are lower-case names without the type's prefix; a
// duplicate key, an unknown field, a wrong type, bytes that are not UTF-8, and text after the document are problems.
std::vector<Problem> ParseJson(absl::string_view text, const ParseOptions& options, google::protobuf::Message* message);

// The same for one YAML document (at most 1 MiB; no anchors, aliases, tags or second document). Scalars are typed by
// the schema, so `no` stays a string where a string is due.
std::vector<Problem> ParseYaml(absl::string_view text, const ParseOptions& options, google::protobuf::Message* message);

// Canonical JSON: keys sorted, two spaces of indentation, integers, UTF-8, one newline at the end; unset fields left
// out. Equal messages give equal bytes.
std::string WriteJson(const google::protobuf::Message& message);
// The same on one line.
std::string WriteJsonLine(const google::protobuf::Message& message);

// "file:line:column: path: message", leaving out what is not known.
std::string FormatProblem(const Problem& problem);

}  // namespace cassplan

#endif  // CASSPLAN_CODEC_H_
