#include "lib/model/value_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/model/problem_texts.h"
#include "lib/model/text.h"

namespace cassplan::model {

bool ValueBuilder::OnScalar(size_t offset, Scalar& scalar) {
  Value* const value = Next(offset);
  value->kind = scalar.kind;
  value->bool_value = scalar.bool_value;
  value->int_value = scalar.int_value;
  value->quoted = scalar.kind == Kind::kString && !scalar.plain;
  value->text = std::move(*scalar.text);
  return true;
}

bool ValueBuilder::OnRefused(size_t offset) {
  Next(offset);
  return true;
}

bool ValueBuilder::OnMapStart(size_t offset) { return Open(offset, Kind::kMap); }

bool ValueBuilder::OnKey(size_t offset, std::string& key) {
  auto& member = open_.back()->members.emplace_back(std::move(key), Value());
  const Place place = diagnostics_->Locate(offset);
  member.second.key_line = place.line;
  member.second.key_column = place.column;
  return true;
}

bool ValueBuilder::OnMapEnd() {
  const bool more = CheckDuplicates(*open_.back());
  open_.pop_back();
  return more;
}

bool ValueBuilder::OnListStart(size_t offset) { return Open(offset, Kind::kList); }

bool ValueBuilder::OnListEnd() {
  open_.pop_back();
  return true;
}

std::string ValueBuilder::Path() const { return PathTo(open_.size()); }

std::string ValueBuilder::PathTo(size_t containers) const {
  std::string path;
  for (size_t i = 0; i < containers; ++i) {
    const Value& value = *open_[i];
    if (!value.members.empty()) AppendKey(value.members.back().first, &path);
    if (!value.items.empty()) absl::StrAppend(&path, "[", value.items.size() - 1, "]");
  }
  return path;
}

Value* ValueBuilder::Next(size_t offset) {
  Value* value = root_;
  if (!open_.empty()) {
    Value& container = *open_.back();
    value = container.IsMap() ? &container.members.back().second : &container.items.emplace_back();
  }
  const Place place = diagnostics_->Locate(offset);
  value->line = place.line;
  value->column = place.column;
  return value;
}

bool ValueBuilder::Open(size_t offset, Kind kind) {
  Value* const value = Next(offset);
  if (!diagnostics_->DepthAllowed(open_.size() + 1)) {
    diagnostics_->Add(offset, Path(), diagnostics_->TooDeep());
    return false;
  }
  value->kind = kind;
  open_.push_back(value);
  return true;
}

bool ValueBuilder::CheckDuplicates(const Value& map) {
  const auto& members = map.members;
  std::vector<size_t> order(members.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&members](size_t a, size_t b) {
    const int compared = members[a].first.compare(members[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  for (size_t i = 1; i < order.size(); ++i) {
    const auto& [key, value] = members[order[i]];
    const auto& before = members[order[i - 1]];
    if (key != before.first) continue;
    std::string path = PathTo(open_.size() - 1);
    AppendKey(key, &path);
    const Place place{value.key_line, value.key_column};
    if (!diagnostics_->Add(place, std::move(path), DuplicateKey(key, before.second.key_line))) return false;
  }
  return true;
}

}  // namespace cassplan::model
