#include "lib/cassandra/bulk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "lib/cassandra/text.h"

namespace cassplan::cassandra {
namespace {

constexpr size_t kMaxProblems = 100;
constexpr int64_t kLastSecond = 253402300799;  // of the year 9999

std::string TextOf(const model::Value* value) {
  return value == nullptr || !value->IsScalar() || value->IsNull() ? "" : value->text;
}

// "domain:b=2,a=1" -> "domain:a=1,b=2".
std::string NormalizeMbean(absl::string_view name) {
  const size_t colon = name.find(':');
  if (colon == absl::string_view::npos) return std::string(name);
  std::vector<absl::string_view> properties = absl::StrSplit(name.substr(colon + 1), ',');
  std::sort(properties.begin(), properties.end());
  return absl::StrCat(name.substr(0, colon + 1), absl::StrJoin(properties, ","));
}

int64_t IntegerOf(const model::Value* value) {
  return value != nullptr && value->kind == model::Kind::kInt ? value->int_value : 0;
}

}  // namespace

Bulk::Bulk(const model::Value& answer, std::string file) : file_(std::move(file)) {
  if (answer.IsMap()) {
    entries_ = 1;
    ReadEntry(answer, "");
    return;
  }
  if (!answer.IsList()) {
    Add(Fact{&answer, ""}, "the list that a bulk request to Jolokia answers is due here");
    first_error_ = "this is not an answer of Jolokia";
    return;
  }
  entries_ = answer.items.size();
  for (size_t i = 0; i < answer.items.size(); ++i) ReadEntry(answer.items[i], absl::StrCat("[", i, "]"));
}

void Bulk::ReadEntry(const model::Value& entry, const std::string& path) {
  if (!entry.IsMap())
    return Add(Fact{&entry, path}, "an entry of a bulk answer is a map with request, status and value");
  Slot slot;
  slot.status = IntegerOf(entry.Find("status"));
  slot.error = Clip(TextOf(entry.Find("error")));
  if (slot.status != 200 && first_error_.empty()) first_error_ = absl::StrCat(slot.status, " ", slot.error);
  const model::Value* value = entry.Find("value");
  if (slot.status == 200 && value != nullptr && !value->IsNull()) {
    slot.fact = Fact{value, path.empty() ? "value" : absl::StrCat(path, ".value")};
    const int64_t time = IntegerOf(entry.Find("timestamp"));
    if (time > 0 && time <= kLastSecond)
      oldest_seconds_ = oldest_seconds_ == 0 ? time : std::min(oldest_seconds_, time);
  }
  const model::Value* request = entry.Find("request");
  if (request == nullptr || !request->IsMap()) {
    if (slot.status == 200) Add(Fact{&entry, path}, "an entry without its request cannot be understood");
    return;
  }
  const std::string mbean = NormalizeMbean(TextOf(request->Find("mbean")));
  const std::string type = TextOf(request->Find("type"));
  if (type == "exec") return ReadOperation(*request, mbean, slot);
  if (type == "read" && request->Find("path") == nullptr) ReadAttributes(*request, mbean, slot);
}

void Bulk::ReadAttributes(const model::Value& request, const std::string& mbean, const Slot& base) {
  const model::Value* attribute = request.Find("attribute");
  const bool pattern = absl::StrContains(mbean, "*") || absl::StrContains(mbean, "?");
  if (!pattern && attribute != nullptr && attribute->kind == model::Kind::kString) {
    return Put(Key(mbean, Kind::kAttribute, attribute->text, ""), base);
  }
  if (!base.fact.has_value()) {
    if (attribute == nullptr || !attribute->IsList()) return;
    for (const model::Value& name : attribute->items) Put(Key(mbean, Kind::kAttribute, TextOf(&name), ""), base);
    return;
  }
  if (!base.fact->value->IsMap()) return Add(*base.fact, "a map of attributes is due here");
  if (!pattern) return Spread(mbean, *base.fact);
  for (const auto& [name, value] : base.fact->value->members) {
    const Fact fact{&value, absl::StrCat(base.fact->path, "[\"", Clip(name), "\"]")};
    if (value.IsMap()) Spread(NormalizeMbean(name), fact);
  }
}

// Several attributes at once: a map by name. One that could not be read has a text that starts with ERROR.
void Bulk::Spread(const std::string& mbean, const Fact& fact) {
  for (const auto& [name, value] : fact.value->members) {
    Slot slot;
    slot.status = 200;
    if (value.kind == model::Kind::kString && absl::StartsWith(value.text, "ERROR: ")) {
      slot.status = 500;
      slot.error = Clip(value.text.substr(7));
    } else if (!value.IsNull()) {
      slot.fact = Fact{&value, absl::StrCat(fact.path, ".", Clip(name))};
    }
    Put(Key(mbean, Kind::kAttribute, name, ""), std::move(slot));
  }
}

void Bulk::ReadOperation(const model::Value& request, const std::string& mbean, const Slot& base) {
  const std::string operation = TextOf(request.Find("operation"));
  const model::Value* arguments = request.Find("arguments");
  std::string argument;
  if (arguments != nullptr && arguments->IsList() && !arguments->items.empty()) argument = TextOf(&arguments->items[0]);
  Put(Key(mbean, Kind::kOperation, operation.substr(0, operation.find('(')), argument), base);
}

void Bulk::Put(Key key, Slot slot) {
  if (slot.fact.has_value()) ++told_;
  const auto [at, added] = slots_.try_emplace(std::move(key), slot);
  if (added || !slot.fact.has_value() || at->second.contradicted) return;
  if (!at->second.fact.has_value()) {
    at->second = std::move(slot);
  } else if (model::CanonicalJson(*at->second.fact->value) != model::CanonicalJson(*slot.fact->value)) {
    Add(*slot.fact, absl::StrCat(Clip(std::get<2>(at->first)), " is told twice, and differently"));
    at->second.contradicted = true;
    at->second.fact.reset();
    at->second.error = "told twice, and differently";
  }
}

const Bulk::Slot* Bulk::FindSlot(absl::string_view mbean, absl::string_view attribute) const {
  const auto at = slots_.find(Key(std::string(mbean), Kind::kAttribute, std::string(attribute), ""));
  return at == slots_.end() ? nullptr : &at->second;
}

std::optional<Fact> Bulk::Read(absl::string_view mbean, absl::string_view attribute) const {
  const Slot* slot = FindSlot(mbean, attribute);
  if (slot != nullptr && (slot->fact.has_value() || slot->contradicted)) return slot->fact;
  slot = FindSlot(mbean, absl::StrCat(attribute, "WithPort"));
  return slot == nullptr ? std::nullopt : slot->fact;
}

bool Bulk::Asked(absl::string_view mbean, absl::string_view attribute) const {
  return FindSlot(mbean, attribute) != nullptr || FindSlot(mbean, absl::StrCat(attribute, "WithPort")) != nullptr;
}

std::map<std::string, Fact> Bulk::Results(absl::string_view operation) const {
  std::map<std::string, Fact> out;
  const Key first(kStorageService, Kind::kOperation, std::string(operation), "");
  for (auto at = slots_.lower_bound(first); at != slots_.end(); ++at) {
    const auto& [mbean, kind, name, argument] = at->first;
    if (mbean != kStorageService || kind != Kind::kOperation || name != operation) break;
    if (at->second.fact.has_value()) out.emplace(argument, *at->second.fact);
  }
  return out;
}

std::string Bulk::Error() const {
  if (!first_error_.empty()) return first_error_;
  return entries_ == 0 ? "the answer is empty" : "no value is told yet, as while a node starts";
}

bool Bulk::ToldOtherwise(const Key& key, int64_t status) const {
  const std::string& name = std::get<2>(key);
  static constexpr const char* kHostIds[] = {"EndpointToHostId", "HostIdMap", "HostIdToEndpoint"};
  if (std::find(std::begin(kHostIds), std::end(kHostIds), name) != std::end(kHostIds)) {
    for (const char* other : kHostIds) {
      if (Read(kStorageService, other).has_value()) return true;
    }
  }
  const std::string plain = absl::StrReplaceAll(name, {{"WithPort", ""}});
  if (Read(std::get<0>(key), plain).has_value()) return true;
  // 500 in the instant when a removal ends; before 4.0 no node can be asked for replication.
  // Before 4.1 no node can be asked for its hints.
  if (name == "PendingHints") return status == 404;
  return name == "RemovalStatus" || (name == "getKeyspaceReplicationInfo" && (status == 400 || status == 404));
}

std::vector<std::string> Bulk::Untold() const {
  std::vector<std::string> out;
  for (const auto& [key, slot] : slots_) {
    if (slot.fact.has_value() || (!slot.contradicted && ToldOtherwise(key, slot.status))) continue;
    const std::string why = slot.status == 200 && slot.error.empty()
                                ? "no value"
                                : absl::StrCat(slot.status, slot.error.empty() ? "" : " ", slot.error);
    out.push_back(absl::StrCat(Clip(std::get<2>(key)), ": ", why));
  }
  return out;
}

void Bulk::Add(const Fact& fact, std::string message) {
  if (problems_.size() >= kMaxProblems) return;
  Problem problem;
  problem.location.set_file(file_);
  problem.location.set_line(fact.value->line);
  problem.location.set_column(fact.value->column);
  problem.location.set_path(fact.path);
  problem.message = std::move(message);
  problems_.push_back(std::move(problem));
}

}  // namespace cassplan::cassandra
