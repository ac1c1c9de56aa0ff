#include "lib/dump/measured.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cassplan::dump {
namespace {

constexpr const char* kFacts[] = {"clock_skew_ms", "disk_capacity_bytes", "disk_used_bytes", "dropped_mutations",
                                  "old_sstables",  "pending_hints_bytes", "snapshot_bytes"};

const google::protobuf::FieldDescriptor* FieldOf(const std::string& name) {
  if (std::find(std::begin(kFacts), std::end(kFacts), name) == std::end(kFacts)) return nullptr;
  return v1::NodeFacts::descriptor()->FindFieldByName(name);
}

class Reader {
 public:
  Reader(std::string file, Measured* out) : file_(std::move(file)), out_(out) {}

  void ReadPod(const std::string& pod, const model::Value& facts) {
    if (!facts.IsMap()) return Bad(facts, pod, absl::StrCat("a map is due here, not ", model::KindName(facts.kind)));
    for (const auto& [name, value] : facts.members) ReadFact(pod, name, value);
  }
  void Bad(const model::Value& value, const std::string& path, std::string message) {
    Problem& problem = out_->problems.emplace_back();
    problem.location.set_file(file_);
    problem.location.set_line(value.line);
    problem.location.set_column(value.column);
    problem.location.set_path(path);
    problem.message = std::move(message);
  }

 private:
  void ReadFact(const std::string& pod, const std::string& name, const model::Value& value) {
    const std::string path = absl::StrCat(pod, ".", name);
    const google::protobuf::FieldDescriptor* field = FieldOf(name);
    if (field == nullptr) return Bad(value, path, absl::StrCat("not known here; one of ", absl::StrJoin(kFacts, ", ")));
    if (value.kind != model::Kind::kInt || value.int_value < 0) {
      return Bad(value, path, absl::StrCat("a count is due here, not ", model::KindName(value.kind), " ", value.text));
    }
    v1::NodeFacts& node = out_->pods[pod];
    node.GetReflection()->SetInt64(&node, field, value.int_value);
  }

  std::string file_;
  Measured* out_;
};

}  // namespace

Measured ReadMeasured(const model::Value& document, const std::string& file) {
  Measured out;
  Reader reader(file, &out);
  if (!document.IsMap()) {
    reader.Bad(document, "", absl::StrCat("a map by pod is due here, not ", model::KindName(document.kind)));
    return out;
  }
  for (const auto& [pod, facts] : document.members) reader.ReadPod(pod, facts);
  return out;
}

void AddMeasured(const v1::NodeFacts& measured, v1::NodeFacts* node) {
  const google::protobuf::Reflection* reflection = node->GetReflection();
  for (const char* name : kFacts) {
    const google::protobuf::FieldDescriptor* field = FieldOf(name);
    if (!reflection->HasField(measured, field)) continue;
    const int64_t told = reflection->HasField(*node, field) ? reflection->GetInt64(*node, field) : 0;
    reflection->SetInt64(node, field, std::max(told, reflection->GetInt64(measured, field)));
  }
}

}  // namespace cassplan::dump
