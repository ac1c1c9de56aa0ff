#include <algorithm>

#include "cassplan/codec.h"
#include "lib/model/parse.h"

namespace cassplan {
namespace {

// yaml-cpp is slow, and nobody writes more by hand.
size_t MaxBytes(const ParseOptions& options) { return std::min(options.max_bytes, size_t{1} << 20); }

}  // namespace

namespace model {

std::vector<Problem> ParseYamlDocument(absl::string_view text, const ParseOptions& options, Value* value) {
  return ParseDocument(text, options, MaxBytes(options), ReadYaml, value);
}

}  // namespace model

std::vector<Problem> ParseYaml(absl::string_view text, const ParseOptions& options,
                               google::protobuf::Message* message) {
  return model::ParseMessage(text, options, MaxBytes(options), model::ReadYaml, message);
}

}  // namespace cassplan
