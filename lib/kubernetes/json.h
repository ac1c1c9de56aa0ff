// In-memory JSON for this folder only; no header that others include shows it.
#ifndef CASSPLAN_LIB_KUBERNETES_JSON_H_
#define CASSPLAN_LIB_KUBERNETES_JSON_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/model/document.h"
#include "nlohmann/json.hpp"

namespace cassplan::kubernetes {

using Json = nlohmann::json;

// The value of a JSON text, or null when it is not JSON, not UTF-8 or nested deeper than 64.
Json ReadJson(absl::string_view text);

// One line with sorted keys. Bytes that are not UTF-8 are replaced.
std::string WriteJson(const Json& json);

// With `yaml`, unquoted yes, no, on and off are booleans, as kubectl reads them.
Json FromValue(const model::Value& value, bool yaml);

// The member of that name, or nullptr; nullptr too when `json` is not an object.
const Json* Find(const Json& json, absl::string_view key);
Json* Find(Json& json, absl::string_view key);
// The value at a path of object members.
const Json* Find(const Json& json, std::initializer_list<absl::string_view> path);

// The member's text, or empty when it is not there or not a string.
std::string TextOf(const Json& json, absl::string_view key);

// The element of a list of objects whose `name` is `name`, or nullptr.
const Json* FindNamed(const Json& list, absl::string_view name);
Json* FindNamed(Json& list, absl::string_view name);

// Takes a member out of an object; null when it is not there.
Json TakeMember(Json& json, absl::string_view key);

// Lets go of a member that is null, empty, or equal to `fallback`.
void DropMember(Json& json, absl::string_view key, const Json& fallback);
void DropEmpty(Json& json, absl::string_view key);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_JSON_H_
