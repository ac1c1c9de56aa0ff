#include "cassplan/codec.h"
#include "lib/model/json_writer.h"
#include "lib/model/parse.h"

namespace cassplan {
namespace model {

std::vector<Problem> ParseJsonDocument(absl::string_view text, const ParseOptions& options, Value* value) {
  return ParseDocument(text, options, options.max_bytes, ReadJson, value);
}

}  // namespace model

std::vector<Problem> ParseJson(absl::string_view text, const ParseOptions& options,
                               google::protobuf::Message* message) {
  return model::ParseMessage(text, options, options.max_bytes, model::ReadJson, message);
}

std::string WriteJson(const google::protobuf::Message& message) {
  std::string out;
  model::JsonWriter(/*pretty=*/true, &out).Write(message);
  out.push_back('\n');
  return out;
}

std::string WriteJsonLine(const google::protobuf::Message& message) {
  std::string out;
  model::JsonWriter(/*pretty=*/false, &out).Write(message);
  return out;
}

}  // namespace cassplan
