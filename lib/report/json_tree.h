// JSON documents that are not messages of the schema (SARIF, JSON Schema): a tree that is written with indentation.
#ifndef CASSPLAN_LIB_REPORT_JSON_TREE_H_
#define CASSPLAN_LIB_REPORT_JSON_TREE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::report {

class JsonTree {
 public:
  static JsonTree Object() { return JsonTree(Kind::kObject); }
  static JsonTree List() { return JsonTree(Kind::kList); }
  static JsonTree Text(absl::string_view text);
  static JsonTree Number(int64_t number);
  static JsonTree Bool(bool value);

  // Members keep the order in which they were set. Setting one twice keeps both: do not.
  JsonTree& Set(absl::string_view key, JsonTree value);
  JsonTree& Set(absl::string_view key, absl::string_view text) { return Set(key, Text(text)); }
  JsonTree& Add(JsonTree value);
  bool empty() const { return children_.empty(); }

  // Two spaces of indentation, one newline at the end.
  std::string Write() const;

 private:
  enum class Kind { kScalar, kObject, kList };
  explicit JsonTree(Kind kind) : kind_(kind) {}
  void WriteTo(size_t indent, std::string* out) const;

  Kind kind_;
  std::string scalar_;  // as JSON
  std::vector<std::string> keys_;
  std::vector<JsonTree> children_;
};

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_JSON_TREE_H_
