#include "lib/kubernetes/fields.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cassplan::kubernetes {
namespace {

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

bool Contains(const std::vector<std::string>& list, absl::string_view text) {
  return std::any_of(list.begin(), list.end(), [text](const std::string& item) { return item == text; });
}

// YAML as kubectl reads it has more words for true and false than YAML 1.2.
std::optional<bool> OldBool(const model::Value& value) {
  if (value.kind != model::Kind::kString || value.quoted) return std::nullopt;
  const std::string lower = absl::AsciiStrToLower(value.text);
  if (lower == "yes" || lower == "on") return true;
  if (lower == "no" || lower == "off") return false;
  return std::nullopt;
}

}  // namespace

std::string Nearest(absl::string_view word, const std::vector<std::string>& known) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  const std::string lower = absl::AsciiStrToLower(word.substr(0, 64));
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(lower, absl::AsciiStrToLower(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

v1::Location ReadContext::Locate(const model::Value& value, const std::string& path) const {
  v1::Location location;
  location.set_file(file);
  location.set_line(value.line);
  location.set_column(value.column);
  location.set_path(path);
  return location;
}

void ReadContext::AddProblem(const model::Value& value, const std::string& path, const std::string& message) {
  problems.push_back({Locate(value, path), message});
}

void ReadContext::AddNote(const model::Value& value, const std::string& path, const std::string& message) {
  notes.push_back({Locate(value, path), message});
}

Fields::Fields(ReadContext* context, const model::Value* map, std::string path, bool record)
    : context_(context), map_(map), path_(std::move(path)), record_(record) {
  if (map_ == nullptr || map_->IsMap()) return;
  if (!map_->IsNull()) {
    context_->AddProblem(*map_, path_, absl::StrCat("must be a map, not ", model::KindName(map_->kind)));
  }
  map_ = nullptr;
}

std::string Fields::PathOf(absl::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", key);
}

const model::Value& Fields::PlaceOf(absl::string_view key) const {
  static const model::Value* const kNowhere = new model::Value();
  if (map_ == nullptr) return *kNowhere;
  const model::Value* value = map_->Find(key);
  return value == nullptr ? *map_ : *value;
}

void Fields::AddProblem(absl::string_view key, const std::string& message) {
  context_->AddProblem(PlaceOf(key), PathOf(key), message);
}

void Fields::AddNote(absl::string_view key, const std::string& message) {
  context_->AddNote(PlaceOf(key), PathOf(key), message);
}

void Fields::WrongType(const model::Value& value, absl::string_view key, absl::string_view wanted) {
  context_->AddProblem(value, PathOf(key), absl::StrCat("must be ", wanted, ", not ", model::KindName(value.kind)));
}

const model::Value* Fields::Take(absl::string_view key) {
  if (!Contains(known_, key)) known_.emplace_back(key);
  if (map_ == nullptr) return nullptr;
  const model::Value* value = map_->Find(key);
  if (value == nullptr || value->IsNull()) return nullptr;
  if (record_) context_->locations.push_back(context_->Locate(*value, PathOf(key)));
  return value;
}

std::string Fields::Text(absl::string_view key, absl::string_view fallback) {
  const model::Value* value = Take(key);
  if (value == nullptr) return std::string(fallback);
  if (!value->IsScalar() || (!context_->yaml && value->kind != model::Kind::kString)) {
    WrongType(*value, key, "a string");
    return std::string(fallback);
  }
  return value->text.empty() ? std::string(fallback) : value->text;
}

std::string Fields::Choice(absl::string_view key, absl::string_view fallback, const std::vector<std::string>& values) {
  std::string text = Text(key, fallback);
  if (text == fallback || Contains(values, text)) return text;
  AddProblem(key, absl::StrCat("must be one of ", absl::StrJoin(values, ", "), "; it is \"", text, "\""));
  return std::string(fallback);
}

std::optional<bool> Fields::Bool(absl::string_view key) {
  const model::Value* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == model::Kind::kBool) return value->bool_value;
  if (context_->yaml) {
    if (const std::optional<bool> old = OldBool(*value)) return old;
  }
  WrongType(*value, key, "true or false");
  return std::nullopt;
}

std::optional<int64_t> Fields::Integer(absl::string_view key, int64_t least, int64_t most) {
  const model::Value* value = Take(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != model::Kind::kInt) {
    WrongType(*value, key, "an integer");
    return std::nullopt;
  }
  if (value->int_value >= least && value->int_value <= most) return value->int_value;
  const bool unlimited = most == std::numeric_limits<int32_t>::max() || most == std::numeric_limits<int64_t>::max();
  AddProblem(key, unlimited && value->int_value < least
                      ? absl::StrCat("must be at least ", least, "; it is ", value->int_value)
                      : absl::StrCat("must be from ", least, " to ", most, "; it is ", value->int_value));
  return std::nullopt;
}

int32_t Fields::Int32(absl::string_view key, int32_t fallback, int32_t least, int32_t most) {
  return static_cast<int32_t>(Integer(key, least, most).value_or(fallback));
}

Labels Fields::StringMap(absl::string_view key) {
  Labels result;
  Fields members(context_, Map(key), PathOf(key));
  if (members.empty()) return result;
  for (const auto& [name, value] : members.map_->members) result[name] = members.Text(name);
  return result;
}

const model::Value* Fields::Map(absl::string_view key) {
  const model::Value* value = Take(key);
  if (value == nullptr || value->IsMap()) return value;
  WrongType(*value, key, "a map");
  return nullptr;
}

const model::Value* Fields::List(absl::string_view key) {
  const model::Value* value = Take(key);
  if (value == nullptr || value->IsList()) return value;
  WrongType(*value, key, "a list");
  return nullptr;
}

void Fields::Ignore(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (!Contains(known_, key)) known_.push_back(key);
  }
}

void Fields::Refuse(absl::string_view key, absl::string_view advice) {
  if (map_ == nullptr || map_->Find(key) == nullptr) return;
  const model::Value& value = *map_->Find(key);
  model::Value place;
  place.line = value.key_line;
  place.column = value.key_column;
  context_->AddProblem(place, PathOf(key), absl::StrCat("is not a field of ", kApiVersion, "; ", advice));
  refused_.emplace_back(key);
}

void Fields::Finish() {
  if (map_ == nullptr) return;
  for (const auto& [name, value] : map_->members) {
    if (Contains(known_, name) || Contains(refused_, name)) continue;
    const std::string nearest = Nearest(name, known_);
    model::Value place;
    place.line = value.key_line;
    place.column = value.key_column;
    context_->AddProblem(
        place, PathOf(name),
        nearest.empty() ? "unknown field; remove it" : absl::StrCat("unknown field; did you mean ", nearest, "?"));
  }
}

}  // namespace cassplan::kubernetes
