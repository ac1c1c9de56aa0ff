// One input file: YAML or JSON, recognised by what it holds.
#ifndef CASSPLAN_EXAMPLES_CLI_DOCUMENT_H_
#define CASSPLAN_EXAMPLES_CLI_DOCUMENT_H_

#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "google/protobuf/message.h"
#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/model/document.h"

namespace cassplan::cli {

struct Document {
  std::string file;  // for messages: "-" reads as "<stdin>"
  std::string text;
  kubernetes::Format format = kubernetes::Format::kYaml;
};

// Reads the file. JSON when the first character that is not a space is { or [; otherwise YAML.
std::vector<Problem> Open(const std::string& path, Document* document);

// As a message of the schema.
std::vector<Problem> Parse(const Document& document, bool ignore_unknown_fields, google::protobuf::Message* message);
// As a tree.
std::vector<Problem> ParseTree(const Document& document, model::Value* value);

// A message that stands inside a tree, such as spec.policy; `path` is where. Problems tell the place in the file.
std::vector<Problem> ParseInside(const model::Value& value, const std::string& path, const std::string& file,
                                 google::protobuf::Message* message);

// A plan in JSON or YAML.
std::vector<Problem> ReadPlan(const std::string& path, bool ignore_unknown_fields, v1::PlanResponse* response);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_DOCUMENT_H_
