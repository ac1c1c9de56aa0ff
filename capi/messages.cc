#include "capi/messages.h"

#include <algorithm>
#include <climits>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cassplan/v1/explanation.pb.h"
#include "cassplan/v1/simulate.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#if __has_include(<google/protobuf/stubs/logging.h>)
#include <google/protobuf/stubs/logging.h>
#endif

namespace cassplan::capi {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;

// Protocol Buffers of this age write about bad bytes to standard error, which is the host's.
#if __has_include(<google/protobuf/stubs/logging.h>)
using Quiet = google::protobuf::LogSilencer;
#else
struct Quiet {
  Quiet() {}
};
#endif

void ParseProto(absl::string_view bytes, Message* message) {
  const Quiet quiet;
  if (bytes.size() > INT_MAX || !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    Fail(CASSPLAN_INVALID_ARGUMENT,
         absl::StrCat("not a serialized ", message->GetDescriptor()->full_name(),
                      "; check the encoding argument, and that the bytes are whole and all text is UTF-8"));
  }
}

std::string Named(const std::string& path, const std::string& field) {
  return path.empty() ? field : absl::StrCat(path, ".", field);
}

// Paths of messages with fields that this library does not know. What is in `observed` does not count: a fact that is
// not understood is not known, which is always safe.
void FindUnknown(const Message& message, const std::string& path, std::vector<Problem>* problems) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    Problem& problem = problems->emplace_back();
    problem.location.set_path(path);
    problem.message =
        absl::StrCat("field number ", unknown.field(0).number(), " of ", message.GetDescriptor()->full_name(),
                     " is not known to this version of the library; use a newer one, or leave it out");
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || problems->size() >= 100) continue;
    if (field->message_type() == v1::Observed::descriptor()) continue;
    const std::string at = Named(path, field->name());
    if (!field->is_repeated()) {
      FindUnknown(reflection.GetMessage(message, field), at, problems);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      FindUnknown(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(at, "[", i, "]"), problems);
    }
  }
}

bool IsInObserved(const Problem& problem, const std::string& prefix) {
  return absl::StartsWith(problem.location.path(), absl::StrCat(prefix, "observed."));
}

std::vector<v1::Finding> ParseJsonWithRequest(absl::string_view text, const std::string& prefix, Message* message) {
  const ParseOptions strict;
  std::vector<Problem> problems = ParseJson(text, strict, message);
  if (problems.empty()) return {};
  const bool only_observed = problems.size() < strict.max_problems &&
                             std::all_of(problems.begin(), problems.end(),
                                         [&](const Problem& problem) { return IsInObserved(problem, prefix); });
  ParseOptions lenient;
  lenient.ignore_unknown_fields = true;
  if (!only_observed || !ParseJson(text, lenient, message).empty()) Fail(std::move(problems));
  std::vector<v1::Finding> findings;
  for (const Problem& problem : problems) {
    v1::Finding& finding = findings.emplace_back();
    finding.set_rule("unknown-field");
    finding.set_level(v1::FINDING_LEVEL_WARNING);
    finding.set_message(problem.message);
    *finding.mutable_location() = problem.location;
  }
  return findings;
}

void AddFiles(const FileDescriptor* file, std::set<const FileDescriptor*>* files) {
  if (!files->insert(file).second) return;
  for (int i = 0; i < file->dependency_count(); ++i) AddFiles(file->dependency(i), files);
}

std::set<const FileDescriptor*> SchemaFiles() {
  std::set<const FileDescriptor*> files;
  for (const google::protobuf::Descriptor* root :
       {v1::Sources::descriptor(), v1::SimulationRequest::descriptor(), v1::Explanation::descriptor()}) {
    AddFiles(root->file(), &files);
  }
  return files;
}

}  // namespace

absl::string_view Input(const void* data, size_t size) {
  if (data == nullptr && size > 0) Fail(CASSPLAN_INVALID_ARGUMENT, "the pointer to the input is NULL");
  if (size > CASSPLAN_MAX_INPUT_BYTES) {
    Fail(CASSPLAN_RESOURCE_EXHAUSTED,
         absl::StrCat("the input has ", size, " bytes; at most ", size_t{CASSPLAN_MAX_INPUT_BYTES}, " are read"));
  }
  return data == nullptr ? absl::string_view("", 0) : absl::string_view(static_cast<const char*>(data), size);
}

void CheckEncoding(cassplan_encoding encoding) {
  if (encoding == CASSPLAN_ENCODING_PROTO || encoding == CASSPLAN_ENCODING_JSON) return;
  Fail(CASSPLAN_INVALID_ARGUMENT,
       absl::StrCat("encoding ", encoding, " is not known here; give 1 (proto) or 2 (JSON)"));
}

void Parse(cassplan_encoding encoding, absl::string_view bytes, Message* message) {
  if (encoding == CASSPLAN_ENCODING_PROTO) return ParseProto(bytes, message);
  std::vector<Problem> problems = encoding == CASSPLAN_ENCODING_YAML ? ParseYaml(bytes, ParseOptions(), message)
                                                                     : ParseJson(bytes, ParseOptions(), message);
  if (!problems.empty()) Fail(std::move(problems));
}

std::vector<v1::Finding> ParseWithRequest(cassplan_encoding encoding, absl::string_view bytes,
                                          const std::string& prefix, Message* message) {
  CheckEncoding(encoding);
  if (encoding == CASSPLAN_ENCODING_JSON) return ParseJsonWithRequest(bytes, prefix, message);
  ParseProto(bytes, message);
  std::vector<Problem> problems;
  FindUnknown(*message, "", &problems);
  if (!problems.empty()) Fail(std::move(problems));
  return {};
}

std::string Write(cassplan_encoding encoding, const Message& message) {
  if (encoding == CASSPLAN_ENCODING_JSON) return WriteJson(message);
  std::string bytes;
  if (message.ByteSizeLong() > INT_MAX || !message.SerializeToString(&bytes)) {
    Fail(CASSPLAN_RESOURCE_EXHAUSTED, "the answer does not fit a serialized message (2 GiB)");
  }
  return bytes;
}

void FailWith(const absl::Status& status) {
  const bool mistake =
      status.code() == absl::StatusCode::kInvalidArgument || status.code() == absl::StatusCode::kNotFound;
  Fail(mistake ? CASSPLAN_INVALID_ARGUMENT : CASSPLAN_INTERNAL, std::string(status.message()));
}

std::vector<std::string> MessageNames() {
  std::vector<std::string> names;
  for (const FileDescriptor* file : SchemaFiles()) {
    for (int i = 0; i < file->message_type_count(); ++i) names.push_back(file->message_type(i)->name());
  }
  std::sort(names.begin(), names.end());
  return names;
}

const Message* FindMessage(absl::string_view name) {
  for (const FileDescriptor* file : SchemaFiles()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      if (absl::string_view(file->message_type(i)->name()) != name) continue;
      return google::protobuf::MessageFactory::generated_factory()->GetPrototype(file->message_type(i));
    }
  }
  return nullptr;
}

}  // namespace cassplan::capi
