#include "lib/kubernetes/parts.h"

#include <limits>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/quantity.h"

namespace cassplan::kubernetes {
namespace {

std::string ItemPath(const Fields& fields, absl::string_view key, size_t index) {
  return absl::StrCat(fields.PathOf(key), "[", index, "]");
}

// Calls `read` for each item of the list at `key`.
template <typename Read>
void ForEachItem(ReadContext* context, Fields* fields, absl::string_view key, Read read) {
  const model::Value* list = fields->List(key);
  if (list == nullptr) return;
  for (size_t i = 0; i < list->items.size(); ++i) {
    const std::string path = ItemPath(*fields, key, i);
    Fields item(context, &list->items[i], path);
    if (item.empty()) {
      if (list->items[i].IsNull()) context->AddProblem(list->items[i], path, "must be a map, not null");
      continue;
    }
    read(list->items[i], item);
  }
}

std::string ReadName(Fields* fields, absl::string_view key) {
  std::string name = fields->Text(key);
  if (name.empty()) fields->AddProblem(key, "is required");
  return name;
}

Json ReadVariable(ReadContext* context, const model::Value& value, Fields* item) {
  Json variable = {{"name", ReadName(item, "name")}};
  const bool has_value = value.Find("value") != nullptr && !value.Find("value")->IsNull();
  const std::string text = item->Text("value");
  if (has_value) variable["value"] = text;
  if (const model::Value* source = item->Map("valueFrom")) {
    if (!text.empty()) item->AddProblem("valueFrom", "value and valueFrom exclude each other; keep one");
    variable["valueFrom"] = FromValue(*source, context->yaml);
  }
  item->Finish();
  return variable;
}

Json ReadVariableList(ReadContext* context, Fields* fields, absl::string_view key) {
  Json list = Json::array();
  std::set<std::string> names;
  ForEachItem(context, fields, key, [&](const model::Value& value, Fields& item) {
    Json variable = ReadVariable(context, value, &item);
    if (!names.insert(TextOf(variable, "name")).second) item.AddNote("name", "given twice; the last one is used");
    list.push_back(std::move(variable));
  });
  return list;
}

Json ReadMount(ReadContext* context, const model::Value& value, Fields* item) {
  ReadName(item, "name");
  ReadName(item, "mountPath");
  for (const char* key : {"mountPropagation", "recursiveReadOnly", "subPath", "subPathExpr"}) item->Text(key);
  item->Bool("readOnly");
  item->Finish();
  return FromValue(value, context->yaml);
}

std::vector<JsonText> ToTexts(const Json& list) {
  std::vector<JsonText> texts;
  for (const Json& item : list) texts.push_back(WriteJson(item));
  return texts;
}

// The quantities of limits or requests; what cannot be read is left out.
std::map<std::string, Quantity> ReadQuantities(ReadContext* context, Fields* fields, absl::string_view key) {
  std::map<std::string, Quantity> quantities;
  const model::Value* map = fields->Map(key);
  if (map == nullptr) return quantities;
  for (const auto& [name, value] : map->members) {
    const std::string path = absl::StrCat(fields->PathOf(key), ".", name);
    if (!value.IsScalar() || value.IsNull()) {
      context->AddProblem(value, path, absl::StrCat("must be a quantity, not ", model::KindName(value.kind)));
      continue;
    }
    const absl::StatusOr<Quantity> quantity = ParseQuantity(value.text);
    if (!quantity.ok()) {
      context->AddProblem(value, path, std::string(quantity.status().message()));
    } else if (quantity->nano < 0) {
      context->AddProblem(value, path, absl::StrCat("must not be negative; it is ", value.text));
    } else {
      quantities[name] = *quantity;
    }
  }
  return quantities;
}

}  // namespace

bool IsObjectName(absl::string_view text, bool dots) {
  if (text.empty() || text.size() > (dots ? 253u : 63u)) return false;
  for (const char c : text) {
    if (!absl::ascii_islower(static_cast<unsigned char>(c)) && !absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
        c != '-' && !(dots && c == '.')) {
      return false;
    }
  }
  const auto is_end = [](char c) { return c != '-' && c != '.'; };
  return is_end(text.front()) && is_end(text.back());
}

std::vector<JsonText> ReadVariables(ReadContext* context, Fields* fields, absl::string_view key) {
  return ToTexts(ReadVariableList(context, fields, key));
}

std::vector<JsonText> ReadTolerations(ReadContext* context, Fields* fields, absl::string_view key) {
  std::vector<JsonText> tolerations;
  ForEachItem(context, fields, key, [&](const model::Value& value, Fields& item) {
    Json toleration = Json::object();
    for (const char* member : {"key", "value"}) {
      if (const std::string text = item.Text(member); !text.empty()) toleration[member] = text;
    }
    const std::string comparison = item.Choice("operator", "", {"Equal", "Exists", "Lt", "Gt"});
    const std::string effect = item.Choice("effect", "", {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    if (!comparison.empty()) toleration["operator"] = comparison;
    if (!effect.empty()) toleration["effect"] = effect;
    const std::optional<int64_t> seconds =
        item.Integer("tolerationSeconds", std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max());
    if (seconds.has_value()) toleration["tolerationSeconds"] = *seconds;
    item.Finish();
    if (value.IsMap()) tolerations.push_back(WriteJson(toleration));
  });
  return tolerations;
}

std::vector<JsonText> ReadMounts(ReadContext* context, Fields* fields, absl::string_view key) {
  std::vector<JsonText> mounts;
  ForEachItem(context, fields, key, [&](const model::Value& value, Fields& item) {
    mounts.push_back(WriteJson(ReadMount(context, value, &item)));
  });
  return mounts;
}

std::vector<JsonText> ReadSidecars(ReadContext* context, Fields* fields, absl::string_view key) {
  std::vector<JsonText> sidecars;
  std::set<std::string> names = {kCassandraContainer, kBackupContainer, kBootstrapContainer, kBaseConfigContainer,
                                 kConfigContainer};
  ForEachItem(context, fields, key, [&](const model::Value& value, Fields& item) {
    const std::string name = ReadName(&item, "name");
    if (!name.empty() && !names.insert(name).second) {
      item.AddProblem("name", absl::StrCat("the Pod has another container \"", name, "\"; choose another name"));
    }
    ReadName(&item, "image");
    item.Choice("imagePullPolicy", "", {"Always", "IfNotPresent", "Never"});
    Json container = FromValue(value, context->yaml);
    if (Json variables = ReadVariableList(context, &item, "env"); !variables.empty()) {
      container["env"] = std::move(variables);
    }
    ReadMounts(context, &item, "volumeMounts");
    ReadResources(context, &item, "resources");
    item.Ignore({"args", "command", "envFrom", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resizePolicy",
                 "restartPolicy", "restartPolicyRules", "securityContext", "startupProbe", "stdin", "stdinOnce",
                 "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "workingDir"});
    item.Finish();
    sidecars.push_back(WriteJson(container));
  });
  return sidecars;
}

std::vector<ParsedStorage> ReadStorageConfigs(ReadContext* context, Fields* fields, absl::string_view key) {
  std::vector<ParsedStorage> storages;
  std::set<std::string> names = {kDataVolume};
  std::set<std::string> paths = {"/var/lib/cassandra"};
  ForEachItem(context, fields, key, [&](const model::Value&, Fields& item) {
    ParsedStorage storage;
    storage.name = ReadName(&item, "name");
    storage.mount_path = ReadName(&item, "mountPath");
    if (!storage.name.empty() && !IsObjectName(storage.name, /*dots=*/true)) {
      item.AddProblem("name",
                      absl::StrCat("\"", storage.name, "\" must be lower-case letters, digits, dashes and dots"));
    } else if (!storage.name.empty() && !names.insert(storage.name).second) {
      item.AddProblem("name", absl::StrCat("another volume is called \"", storage.name, "\"; choose another name"));
    }
    if (!storage.mount_path.empty() && !paths.insert(storage.mount_path).second) {
      item.AddProblem("mountPath", absl::StrCat("another volume is mounted at ", storage.mount_path));
    }
    const model::Value* spec = item.Map("pvcSpec");
    if (spec == nullptr) {
      if (item.Take("pvcSpec") == nullptr) item.AddProblem("pvcSpec", "is required");
    } else {
      Fields claim(context, spec, item.PathOf("pvcSpec"));
      ReadResources(context, &claim, "resources");
      claim.Ignore({"accessModes", "dataSource", "dataSourceRef", "selector", "storageClassName",
                    "volumeAttributesClassName", "volumeMode", "volumeName"});
      claim.Finish();
      storage.pvc_spec = WriteJson(FromValue(*spec, context->yaml));
    }
    item.Finish();
    storages.push_back(std::move(storage));
  });
  return storages;
}

JsonText ReadResources(ReadContext* context, Fields* fields, absl::string_view key) {
  const model::Value* map = fields->Map(key);
  if (map == nullptr) return "";
  Fields resources(context, map, fields->PathOf(key));
  const std::map<std::string, Quantity> limits = ReadQuantities(context, &resources, "limits");
  const std::map<std::string, Quantity> requests = ReadQuantities(context, &resources, "requests");
  for (const auto& [name, request] : requests) {
    const auto limit = limits.find(name);
    if (limit == limits.end() || !(limit->second < request)) continue;
    context->AddProblem(*map->Find("requests")->Find(name), absl::StrCat(resources.PathOf("requests"), ".", name),
                        absl::StrCat("must not be above the limit of ", FormatQuantity(limit->second), "; it is ",
                                     FormatQuantity(request)));
  }
  resources.List("claims");
  resources.Finish();
  Json json = FromValue(*map, context->yaml);
  for (const auto& [name, quantity] : limits) json["limits"][name] = FormatQuantity(quantity);
  for (const auto& [name, quantity] : requests) json["requests"][name] = FormatQuantity(quantity);
  return WriteJson(json);
}

JsonText ReadConfig(ReadContext* context, Fields* fields, absl::string_view key) {
  const model::Value* map = fields->Map(key);
  return map == nullptr ? "" : WriteJson(FromValue(*map, context->yaml));
}

std::string ReadReference(ReadContext* context, Fields* fields, absl::string_view key) {
  Fields reference(context, fields->Map(key), fields->PathOf(key));
  std::string name = reference.Text("name");
  reference.Finish();
  return name;
}

std::string ReadCapacity(Fields* fields, absl::string_view key) {
  const std::string text = fields->Text(key);
  if (text.empty()) return "";
  const absl::StatusOr<Quantity> quantity = ParseQuantity(text);
  if (!quantity.ok()) {
    fields->AddProblem(key, std::string(quantity.status().message()));
  } else if (quantity->nano <= 0) {
    fields->AddProblem(key, absl::StrCat("must be above 0; it is ", text));
  } else {
    return text;
  }
  return "";
}

}  // namespace cassplan::kubernetes
