#include "lib/report/json_tree.h"

#include "absl/strings/str_cat.h"
#include "lib/model/text.h"

namespace cassplan::report {

JsonTree JsonTree::Text(absl::string_view text) {
  JsonTree tree(Kind::kScalar);
  model::AppendJsonString(text, &tree.scalar_);
  return tree;
}

JsonTree JsonTree::Number(int64_t number) {
  JsonTree tree(Kind::kScalar);
  tree.scalar_ = absl::StrCat(number);
  return tree;
}

JsonTree JsonTree::Bool(bool value) {
  JsonTree tree(Kind::kScalar);
  tree.scalar_ = value ? "true" : "false";
  return tree;
}

JsonTree& JsonTree::Set(absl::string_view key, JsonTree value) {
  keys_.emplace_back(key);
  children_.push_back(std::move(value));
  return *this;
}

JsonTree& JsonTree::Add(JsonTree value) {
  children_.push_back(std::move(value));
  return *this;
}

void JsonTree::WriteTo(size_t indent, std::string* out) const {
  if (kind_ == Kind::kScalar) {
    out->append(scalar_);
    return;
  }
  const bool object = kind_ == Kind::kObject;
  if (children_.empty()) {
    out->append(object ? "{}" : "[]");
    return;
  }
  out->push_back(object ? '{' : '[');
  for (size_t i = 0; i < children_.size(); ++i) {
    absl::StrAppend(out, i == 0 ? "\n" : ",\n", std::string(indent + 2, ' '));
    if (object) {
      model::AppendJsonString(keys_[i], out);
      out->append(": ");
    }
    children_[i].WriteTo(indent + 2, out);
  }
  absl::StrAppend(out, "\n", std::string(indent, ' '), object ? "}" : "]");
}

std::string JsonTree::Write() const {
  std::string out;
  WriteTo(0, &out);
  out.push_back('\n');
  return out;
}

}  // namespace cassplan::report
