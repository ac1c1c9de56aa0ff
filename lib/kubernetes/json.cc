#include "lib/kubernetes/json.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace cassplan::kubernetes {
namespace {

constexpr int kMaxDepth = 64;

// Counts brackets outside of strings. The parser needs no stack for them, but everything after it does.
bool IsTooDeep(absl::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Json FromString(const model::Value& value, bool yaml) {
  if (yaml && !value.quoted) {
    const std::string lower = absl::AsciiStrToLower(value.text);
    if (lower == "yes" || lower == "on") return true;
    if (lower == "no" || lower == "off") return false;
  }
  return value.text;
}

}  // namespace

Json ReadJson(absl::string_view text) {
  if (IsTooDeep(text)) return nullptr;
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return nullptr;
  return json;
}

std::string WriteJson(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

Json FromValue(const model::Value& value, bool yaml) {
  switch (value.kind) {
    case model::Kind::kNull:
      return nullptr;
    case model::Kind::kBool:
      return value.bool_value;
    case model::Kind::kInt:
      return value.int_value;
    case model::Kind::kDouble: {
      Json number = ReadJson(value.text);
      return number.is_number() ? number : Json(value.text);
    }
    case model::Kind::kString:
      return FromString(value, yaml);
    case model::Kind::kList: {
      Json list = Json::array();
      for (const model::Value& item : value.items) list.push_back(FromValue(item, yaml));
      return list;
    }
    case model::Kind::kMap: {
      Json map = Json::object();
      for (const auto& [key, member] : value.members) map[key] = FromValue(member, yaml);
      return map;
    }
  }
  return nullptr;
}

const Json* Find(const Json& json, absl::string_view key) {
  if (!json.is_object()) return nullptr;
  const auto it = json.find(std::string(key));
  return it == json.end() ? nullptr : &*it;
}

Json* Find(Json& json, absl::string_view key) {
  if (!json.is_object()) return nullptr;
  const auto it = json.find(std::string(key));
  return it == json.end() ? nullptr : &*it;
}

const Json* Find(const Json& json, std::initializer_list<absl::string_view> path) {
  const Json* at = &json;
  for (const absl::string_view key : path) {
    at = Find(*at, key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string TextOf(const Json& json, absl::string_view key) {
  const Json* member = Find(json, key);
  return member != nullptr && member->is_string() ? member->get<std::string>() : "";
}

const Json* FindNamed(const Json& list, absl::string_view name) {
  if (!list.is_array()) return nullptr;
  for (const Json& item : list) {
    if (TextOf(item, "name") == name) return &item;
  }
  return nullptr;
}

Json* FindNamed(Json& list, absl::string_view name) { return const_cast<Json*>(FindNamed(std::as_const(list), name)); }

Json TakeMember(Json& json, absl::string_view key) {
  Json* member = Find(json, key);
  if (member == nullptr) return nullptr;
  Json taken = std::move(*member);
  json.erase(std::string(key));
  return taken;
}

void DropMember(Json& json, absl::string_view key, const Json& fallback) {
  const Json* member = Find(json, key);
  if (member != nullptr && *member == fallback) json.erase(std::string(key));
}

void DropEmpty(Json& json, absl::string_view key) {
  const Json* member = Find(json, key);
  if (member == nullptr) return;
  const bool empty_text = member->is_string() && member->get_ref<const std::string&>().empty();
  if (empty_text || (!member->is_string() && member->empty())) json.erase(std::string(key));
}

}  // namespace cassplan::kubernetes
