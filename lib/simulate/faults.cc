#include "lib/simulate/faults.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cassplan::simulate {
namespace {

using absl::StrCat;
using absl::string_view;

enum class Value { kZone, kSlot, kSource, kWord, kTime, kTwoSlots, kShare, kHand };

struct Word {
  string_view name;
  FaultKind kind;
  Value value;
  string_view only;  // kWord: the one word
  int64_t usual;     // seconds
};

constexpr std::array<Word, 19> kWords = {{
    {"zone", FaultKind::kZone, Value::kZone, "", 600},
    {"pod", FaultKind::kPod, Value::kSlot, "", 0},
    {"node", FaultKind::kNode, Value::kSlot, "", 600},
    {"crash-loop", FaultKind::kCrashLoop, Value::kSlot, "", 600},
    {"crash", FaultKind::kCrash, Value::kWord, "host", 30},
    {"lost", FaultKind::kLost, Value::kWord, "effect", 0},
    {"late", FaultKind::kLate, Value::kWord, "effect", 120},
    {"duplicate", FaultKind::kDuplicate, Value::kWord, "effect", 0},
    {"stale", FaultKind::kStale, Value::kSource, "", 120},
    {"missing", FaultKind::kMissing, Value::kSource, "", 120},
    {"split", FaultKind::kSplit, Value::kSlot, "", 120},
    {"stuck", FaultKind::kStuck, Value::kWord, "streams", 600},
    {"fail", FaultKind::kStreamFails, Value::kWord, "streams", 0},
    {"disk", FaultKind::kDisk, Value::kSlot, "", 900},
    {"fill", FaultKind::kFill, Value::kShare, "", 86400},
    {"clock", FaultKind::kClock, Value::kTime, "", 0},
    {"volume-lost", FaultKind::kVolumeLost, Value::kSlot, "", 0},
    {"swap-addresses", FaultKind::kSwap, Value::kTwoSlots, "", 120},
    {"by-hand", FaultKind::kByHand, Value::kHand, "", 0},
}};

absl::Status Bad(size_t column, const std::string& text) {
  return absl::InvalidArgumentError(StrCat("column ", column + 1, ": ", text));
}

// "300", "300s", "5m", "2h", "1d", with a sign where `negative`.
bool ParseTime(string_view text, bool negative, int64_t* seconds) {
  int64_t sign = 1;
  if (negative && !text.empty() && (text[0] == '-' || text[0] == '+')) {
    sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  int64_t unit = 1;
  if (!text.empty()) {
    const size_t at = string_view("smhd").find(text.back());
    if (at != string_view::npos) {
      unit = std::array<int64_t, 4>{1, 60, 3600, 86400}[at];
      text.remove_suffix(1);
    }
  }
  int64_t number = 0;
  if (text.empty() || text.size() > 9 || text[0] == '-' || text[0] == '+' || !absl::SimpleAtoi(text, &number))
    return false;
  *seconds = sign * number * unit;
  return true;
}

std::string KnownWords() {
  std::string out;
  for (const Word& w : kWords) absl::StrAppend(&out, out.empty() ? "" : ", ", w.name);
  return out;
}

bool IsSlotName(string_view text) {
  const std::vector<string_view> parts = absl::StrSplit(text, '/');
  int ordinal = 0;
  return parts.size() == 3 && !parts[0].empty() && !parts[1].empty() && absl::SimpleAtoi(parts[2], &ordinal) &&
         ordinal >= 0;
}

absl::Status ReadValue(const Word& word, string_view value, size_t column) {
  int64_t seconds = 0;
  const std::vector<string_view> parts = absl::StrSplit(value, word.value == Value::kTwoSlots ? ',' : ':');
  switch (word.value) {
    case Value::kZone:
      return value.empty() ? Bad(column, "a zone is needed, as in zone=b") : absl::OkStatus();
    case Value::kSlot:
      return IsSlotName(value) ? absl::OkStatus() : Bad(column, StrCat("'", value, "' is no slot; write dc1/rack1/0"));
    case Value::kTwoSlots:
      return parts.size() == 2 && IsSlotName(parts[0]) && IsSlotName(parts[1])
                 ? absl::OkStatus()
                 : Bad(column, "two slots are needed, as in dc1/rack1/0,dc1/rack1/1");
    case Value::kSource:
      return value == "kubernetes" || value == "jolokia" || value == "schema" ||
                     (value == "uids" && word.name == "missing")
                 ? absl::OkStatus()
                 : Bad(column, StrCat("'", value, "' is no source; one of kubernetes, jolokia, schema"));
    case Value::kWord:
      return value == word.only ? absl::OkStatus() : Bad(column, StrCat("write ", word.name, "=", word.only));
    case Value::kShare:
      return parts.size() == 2 && IsSlotName(parts[0]) && ShareOf(parts[1]) > 0
                 ? absl::OkStatus()
                 : Bad(column, "a slot and a part of its disk are needed, as in dc1/rack1/0:60%");
    case Value::kTime:
      return ParseTime(value, true, &seconds) ? absl::OkStatus()
                                              : Bad(column, StrCat("'", value, "' is no time; write +3600s or -5m"));
    case Value::kHand:
      break;
  }
  const bool known = parts[0] == "decommission" || parts[0] == "restart" || parts[0] == "drain" ||
                     parts[0] == "cleanup" || parts[0] == "scale-down" || parts[0] == "scale-up" ||
                     parts[0] == "delete-volume";
  if (known && parts.size() == 2 && IsSlotName(parts[1])) return absl::OkStatus();
  return Bad(column,
             StrCat("'", value,
                    "' is nothing that a person does here; decommission, restart, drain, cleanup, "
                    "scale-down, scale-up or delete-volume, then : and a slot, as in decommission:dc1/rack1/0"));
}

}  // namespace

int ShareOf(string_view text) {
  int percent = 0;
  const bool read = absl::ConsumeSuffix(&text, "%") && absl::SimpleAtoi(text, &percent);
  return read && percent <= 100 ? percent : 0;
}

absl::StatusOr<Fault> ParseFault(string_view text) {
  Fault fault;
  fault.text = std::string(text);
  const Word* word = nullptr;
  bool at = false;
  bool lasting = false;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    size_t end = text.find(' ', i);
    if (end == string_view::npos) end = text.size();
    const string_view part = text.substr(i, end - i);
    const size_t equals = part.find('=');
    if (equals == string_view::npos) return Bad(i, StrCat("'", part, "' has no '='; write zone=b at=300s"));
    const string_view key = part.substr(0, equals);
    const string_view value = part.substr(equals + 1);
    const size_t value_at = i + equals + 1;
    if (key == "at" || key == "for") {
      bool& seen = key == "at" ? at : lasting;
      if (seen) return Bad(i, StrCat(key, " is there twice"));
      seen = true;
      if (!ParseTime(value, false, key == "at" ? &fault.at : &fault.seconds)) {
        return Bad(value_at, StrCat("'", value, "' is no time; write 300s, 5m, 2h or 1d"));
      }
    } else {
      const Word* found = nullptr;
      for (const Word& w : kWords) {
        if (w.name == key) found = &w;
      }
      if (found == nullptr)
        return Bad(i, StrCat("'", key, "' is no fault; one of ", KnownWords(), "; then at and for"));
      if (word != nullptr) return Bad(i, "one fault at a time; give --fault once more for another");
      word = found;
      const absl::Status status = ReadValue(*word, value, value_at);
      if (!status.ok()) return status;
      fault.kind = word->kind;
      fault.value = std::string(value);
    }
    i = end;
  }
  if (word == nullptr) return Bad(text.size(), StrCat("no fault is named; one of ", KnownWords()));
  if (!lasting) fault.seconds = word->usual;
  if (fault.kind == FaultKind::kClock) ParseTime(fault.value, true, &fault.seconds);
  return fault;
}

absl::Status CheckFault(const Fault& fault, World* world_out) {
  const World& world = *world_out;
  const auto need_slot = [&](string_view name) {
    return world_out->FindOrDesired(name) != kNone
               ? absl::OkStatus()
               : absl::InvalidArgumentError(StrCat("fault '", fault.text, "': the cluster has no slot ", name));
  };
  switch (fault.kind) {
    case FaultKind::kZone: {
      for (const Rack& rack : world.racks) {
        if (rack.zone == fault.value || rack.name == fault.value) return absl::OkStatus();
      }
      std::string zones;
      for (const Rack& rack : world.racks) {
        if (!absl::StrContains(zones, rack.zone)) absl::StrAppend(&zones, zones.empty() ? "" : ", ", rack.zone);
      }
      return absl::InvalidArgumentError(
          StrCat("fault '", fault.text, "': no zone is called ", fault.value, "; there are ", zones));
    }
    case FaultKind::kPod:
    case FaultKind::kNode:
    case FaultKind::kCrashLoop:
    case FaultKind::kSplit:
    case FaultKind::kDisk:
    case FaultKind::kVolumeLost:
      return need_slot(fault.value);
    case FaultKind::kFill:
      return need_slot(std::vector<string_view>(absl::StrSplit(fault.value, ':'))[0]);
    case FaultKind::kByHand:
      if (absl::StartsWith(fault.value, "scale") || absl::StartsWith(fault.value, "delete")) return absl::OkStatus();
      return need_slot(std::vector<string_view>(absl::StrSplit(fault.value, ':'))[1]);
    case FaultKind::kSwap: {
      const std::vector<string_view> two = absl::StrSplit(fault.value, ',');
      const absl::Status first = need_slot(two[0]);
      return first.ok() ? need_slot(two[1]) : first;
    }
    default:
      return absl::OkStatus();
  }
}

bool StillLasts(const Fault& fault, const std::vector<Fault>& faults, const std::set<int>& lasting) {
  if (fault.kind == FaultKind::kSwap) return false;
  const auto about = [](const Fault& f) {
    return f.kind == FaultKind::kFill ? f.value.substr(0, f.value.find(':')) : f.value;
  };
  return std::any_of(lasting.begin(), lasting.end(),
                     [&](int i) { return At(faults, i).kind == fault.kind && about(At(faults, i)) == about(fault); });
}

bool LosesMachine(const std::vector<Fault>& faults, const std::set<int>& lasting, const World& world, int slot) {
  const Rack& rack = At(world.racks, At(world.slots, slot).rack);
  return std::any_of(lasting.begin(), lasting.end(), [&](int i) {
    const Fault& f = At(faults, i);
    if (f.kind == FaultKind::kNode) return world.FindSlot(f.value) == slot;
    return f.kind == FaultKind::kZone && (rack.zone == f.value || rack.name == f.value);
  });
}

std::vector<Fault> DrawFaults(int count, World* world) {
  std::vector<Fault> faults;
  if (world->slots.empty()) return faults;
  // What no cluster survives by itself (a lost volume) is not drawn.
  static constexpr std::array<string_view, 14> kDrawn = {"pod",   "node",      "crash-loop", "crash",   "lost",
                                                         "late",  "duplicate", "stale",      "missing", "split",
                                                         "stuck", "fail",      "zone",       "pod"};
  for (int i = 0; i < count; ++i) {
    const string_view name = kDrawn[static_cast<size_t>(world->random.Between(0, 13))];
    const int slot = static_cast<int>(world->random.Between(0, Size(world->slots) - 1));
    const int64_t at = world->random.Between(1, 3600);
    const int64_t seconds = world->random.Between(20, 600);
    std::string value = world->SlotName(slot);
    for (const Word& w : kWords) {
      if (w.name != name) continue;
      if (w.value == Value::kWord) value = std::string(w.only);
      if (w.value == Value::kZone) value = At(world->racks, At(world->slots, slot).rack).zone;
      if (w.value == Value::kSource) {
        value = std::array<const char*, 3>{"kubernetes", "jolokia",
                                           "schema"}[static_cast<size_t>(world->random.Between(0, 2))];
      }
    }
    absl::StatusOr<Fault> fault = ParseFault(StrCat(name, "=", value, " at=", at, "s for=", seconds, "s"));
    if (fault.ok()) faults.push_back(*std::move(fault));
  }
  return faults;
}

}  // namespace cassplan::simulate
