#include "examples/cli/document.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "examples/cli/files.h"

namespace cassplan::cli {
namespace {

Problem MakeProblem(const std::string& file, std::string message) {
  Problem problem;
  problem.location.set_file(file);
  problem.message = std::move(message);
  return problem;
}

// What stands at a path such as "waivers[0].guard"; where it ends, the last thing on the way.
const model::Value* Walk(const model::Value& root, const std::string& path) {
  const model::Value* at = &root;
  for (const absl::string_view step : absl::StrSplit(path, absl::ByAnyChar(".["), absl::SkipEmpty())) {
    size_t index = 0;
    const bool is_index = absl::EndsWith(step, "]") && absl::SimpleAtoi(step.substr(0, step.size() - 1), &index);
    const model::Value* next = is_index ? (index < at->items.size() ? &at->items[index] : nullptr) : at->Find(step);
    if (next == nullptr) break;
    at = next;
  }
  return at;
}

}  // namespace

std::vector<Problem> Open(const std::string& path, Document* document) {
  document->file = path == "-" ? "<stdin>" : path;
  absl::StatusOr<std::string> text = ReadText(path);
  if (!text.ok()) return {MakeProblem(document->file, std::string(text.status().message()))};
  document->text = *std::move(text);
  const absl::string_view start = absl::StripLeadingAsciiWhitespace(document->text);
  // Mostly a download or a redirection that failed; taken for "nothing is set" it would be believed.
  if (start.empty()) return {MakeProblem(document->file, "is empty")};
  const bool json = start[0] == '{' || start[0] == '[';
  document->format = json ? kubernetes::Format::kJson : kubernetes::Format::kYaml;
  return {};
}

std::vector<Problem> Parse(const Document& document, bool ignore_unknown_fields, google::protobuf::Message* message) {
  ParseOptions options;
  options.file = document.file;
  options.ignore_unknown_fields = ignore_unknown_fields;
  return document.format == kubernetes::Format::kJson ? ParseJson(document.text, options, message)
                                                      : ParseYaml(document.text, options, message);
}

std::vector<Problem> ParseTree(const Document& document, model::Value* value) {
  ParseOptions options;
  options.file = document.file;
  return document.format == kubernetes::Format::kJson ? model::ParseJsonDocument(document.text, options, value)
                                                      : model::ParseYamlDocument(document.text, options, value);
}

std::vector<Problem> ParseInside(const model::Value& value, const std::string& path, const std::string& file,
                                 google::protobuf::Message* message) {
  std::vector<Problem> problems = ParseJson(model::CanonicalJson(value), ParseOptions(), message);
  for (Problem& problem : problems) {
    const model::Value* at = Walk(value, problem.location.path());
    v1::Location& location = problem.location;
    location.set_path(location.path().empty() ? path : absl::StrCat(path, ".", location.path()));
    location.set_file(file);
    location.set_line(at->key_line > 0 ? at->key_line : at->line);
    location.set_column(at->key_line > 0 ? at->key_column : at->column);
  }
  return problems;
}

std::vector<Problem> ReadPlan(const std::string& path, bool ignore_unknown_fields, v1::PlanResponse* response) {
  Document document;
  std::vector<Problem> problems = Open(path, &document);
  if (problems.empty()) problems = Parse(document, ignore_unknown_fields, response);
  if (problems.empty() && response->outcome() == v1::OUTCOME_UNSPECIFIED) {
    problems = {MakeProblem(document.file, "is no plan: it has no outcome; cassplan plan --format json writes one")};
  }
  return problems;
}

}  // namespace cassplan::cli
