#include "lib/report/json_schema.h"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cassplan/v1/explanation.pb.h"
#include "cassplan/v1/planner.pb.h"
#include "google/protobuf/descriptor.h"
#include "lib/model/schema_forms.h"
#include "lib/report/json_tree.h"

namespace cassplan::report {
namespace {

using google::protobuf::Descriptor;

struct Root {
  const char* name;
  const Descriptor* descriptor;
  bool closed;
};

std::array<Root, 8> Roots() {
  return {{{"capabilities", v1::Capabilities::descriptor(), true},
           {"desired", v1::Desired::descriptor(), true},
           {"explanation", v1::Explanation::descriptor(), false},
           {"ledger", v1::Ledger::descriptor(), true},
           {"observed", v1::Observed::descriptor(), true},
           {"plan", v1::PlanResponse::descriptor(), false},
           {"policy", v1::Policy::descriptor(), true},
           {"request", v1::PlanRequest::descriptor(), true}}};
}

JsonTree Integer(int64_t low, int64_t high) {
  JsonTree tree = JsonTree::Object();
  tree.Set("type", "integer");
  tree.Set("minimum", JsonTree::Number(low));
  tree.Set("maximum", JsonTree::Number(high));
  return tree;
}

class Writer {
 public:
  explicit Writer(bool closed) : closed_(closed) {}

  // Fills definitions of it and of all that it holds.
  void Define(const Descriptor* descriptor) {
    if (definitions_.count(descriptor->name()) != 0) return;
    definitions_.emplace(descriptor->name(), JsonTree::Object());
    JsonTree properties = JsonTree::Object();
    for (const model::FieldForm& field : forms_.Of(descriptor).fields) {
      JsonTree value = ValueOf(field);
      if (field.repeated) {
        JsonTree list = JsonTree::Object();
        list.Set("type", "array");
        list.Set("items", std::move(value));
        value = std::move(list);
      }
      properties.Set(field.name, std::move(value));
    }
    JsonTree object = JsonTree::Object();
    object.Set("type", "object");
    if (closed_) object.Set("additionalProperties", JsonTree::Bool(false));
    object.Set("properties", std::move(properties));
    definitions_.find(descriptor->name())->second = std::move(object);
  }

  JsonTree Definitions() {
    JsonTree tree = JsonTree::Object();
    for (auto& [name, definition] : definitions_) tree.Set(name, std::move(definition));
    return tree;
  }

 private:
  JsonTree ValueOf(const model::FieldForm& field) {
    JsonTree tree = JsonTree::Object();
    switch (field.type) {
      case model::FieldType::kInt32:
        return Integer(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
      case model::FieldType::kUint32:
        return Integer(0, std::numeric_limits<uint32_t>::max());
      case model::FieldType::kInt64:
        return Integer(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max());
      case model::FieldType::kUint64:
        tree.Set("type", "integer");
        tree.Set("minimum", JsonTree::Number(0));
        return tree;
      case model::FieldType::kBool:
        tree.Set("type", "boolean");
        return tree;
      case model::FieldType::kString:
        tree.Set("type", "string");
        return tree;
      case model::FieldType::kEnum: {
        JsonTree words = JsonTree::List();
        for (const absl::string_view word : field.values->Words()) words.Add(JsonTree::Text(word));
        tree.Set("enum", std::move(words));
        return tree;
      }
      case model::FieldType::kMessage:
        Define(field.field->message_type());
        tree.Set("$ref", absl::StrCat("#/$defs/", field.field->message_type()->name()));
        return tree;
    }
    return tree;
  }

  const bool closed_;
  model::SchemaForms forms_;
  std::map<std::string, JsonTree> definitions_;
};

}  // namespace

std::vector<std::string> SchemaNames() {
  std::vector<std::string> names;
  for (const Root& root : Roots()) names.emplace_back(root.name);
  return names;
}

std::string RenderJsonSchema(absl::string_view name) {
  for (const Root& root : Roots()) {
    if (root.name != name) continue;
    Writer writer(root.closed);
    writer.Define(root.descriptor);
    JsonTree schema = JsonTree::Object();
    schema.Set("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.Set("title", absl::StrCat(root.descriptor->full_name(), ", format 1.0"));
    schema.Set("$ref", absl::StrCat("#/$defs/", root.descriptor->name()));
    schema.Set("$defs", writer.Definitions());
    return schema.Write();
  }
  return "";
}

}  // namespace cassplan::report
