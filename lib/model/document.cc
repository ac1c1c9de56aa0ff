#include "lib/model/document.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/model/scalar.h"
#include "lib/model/text.h"

namespace cassplan::model {
namespace {

void Append(const Value& value, std::string* out);

void AppendList(const Value& list, std::string* out) {
  const char* separator = "[";
  for (const Value& item : list.items) {
    out->append(separator);
    Append(item, out);
    separator = ",";
  }
  out->append(list.items.empty() ? "[]" : "]");
}

void AppendMap(const Value& map, std::string* out) {
  std::vector<const std::pair<std::string, Value>*> sorted;
  for (const auto& member : map.members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  const char* separator = "{";
  for (const auto* member : sorted) {
    out->append(separator);
    AppendJsonString(member->first, out);
    out->push_back(':');
    Append(member->second, out);
    separator = ",";
  }
  out->append(sorted.empty() ? "{}" : "}");
}

void Append(const Value& value, std::string* out) {
  switch (value.kind) {
    case Kind::kNull:
      out->append("null");
      return;
    case Kind::kBool:
      out->append(value.bool_value ? "true" : "false");
      return;
    case Kind::kInt:
      absl::StrAppend(out, value.int_value);
      return;
    case Kind::kDouble:
      out->append(FloatAsJson(value.text));
      return;
    case Kind::kString:
      AppendJsonString(value.text, out);
      return;
    case Kind::kList:
      AppendList(value, out);
      return;
    case Kind::kMap:
      AppendMap(value, out);
      return;
  }
}

}  // namespace

std::string KindName(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "true or false";
    case Kind::kInt:
      return "an integer";
    case Kind::kDouble:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

const Value* Value::Find(absl::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string CanonicalJson(const Value& value) {
  std::string out;
  Append(value, &out);
  return out;
}

}  // namespace cassplan::model
