#include "lib/report/words.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace cassplan::report {
namespace {

constexpr std::array<KindWords, 36> kWords = {{
    {v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS, '+', "create shared objects of", Scope::kCluster},
    {v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS, '~', "update shared objects of", Scope::kCluster},
    {v1::ACTION_KIND_CREATE_RACK, '+', "create", Scope::kRack},
    {v1::ACTION_KIND_UPDATE_RACK, '~', "write the new template of", Scope::kRack},
    {v1::ACTION_KIND_SET_SEEDS, '~', "set the seeds of", Scope::kCluster},
    {v1::ACTION_KIND_GRANT_START, '~', "permit the start of", Scope::kNode},
    {v1::ACTION_KIND_START_NODE, '+', "start", Scope::kNode},
    {v1::ACTION_KIND_DRAIN, '!', "drain", Scope::kNode},
    {v1::ACTION_KIND_RESTART_NODE, '!', "restart", Scope::kNode},
    {v1::ACTION_KIND_DECOMMISSION, '-', "decommission", Scope::kNode},
    {v1::ACTION_KIND_SHRINK_RACK, '-', "drop", Scope::kSlot},
    {v1::ACTION_KIND_DELETE_VOLUME, '-', "delete", Scope::kVolume},
    {v1::ACTION_KIND_QUARANTINE_VOLUME, '~', "set aside", Scope::kVolume},
    {v1::ACTION_KIND_DELETE_RACK, '-', "delete", Scope::kRack},
    {v1::ACTION_KIND_RECREATE_RACK, '~', "recreate, without a restart,", Scope::kRack},
    {v1::ACTION_KIND_GROW_VOLUME, '~', "grow", Scope::kVolume},
    {v1::ACTION_KIND_REMOVE_NODE, '-', "remove", Scope::kMember},
    {v1::ACTION_KIND_ASSASSINATE, '-', "assassinate", Scope::kMember},
    {v1::ACTION_KIND_REPLACE_NODE, '*', "replace", Scope::kNode},
    {v1::ACTION_KIND_REBUILD, '>', "rebuild", Scope::kNode},
    {v1::ACTION_KIND_CLEANUP, '~', "clean up", Scope::kNode},
    {v1::ACTION_KIND_STOP_COMPACTION, '~', "stop compaction on", Scope::kNode},
    {v1::ACTION_KIND_UPGRADE_SSTABLES, '~', "upgrade sstables of", Scope::kNode},
    {v1::ACTION_KIND_SCRUB, '~', "scrub", Scope::kNode},
    {v1::ACTION_KIND_COMPACT, '~', "compact", Scope::kNode},
    {v1::ACTION_KIND_FLUSH, '~', "flush", Scope::kNode},
    {v1::ACTION_KIND_GARBAGE_COLLECT, '~', "collect garbage of", Scope::kNode},
    {v1::ACTION_KIND_ALTER_KEYSPACE, '~', "alter", Scope::kKeyspace},
    {v1::ACTION_KIND_REPAIR, 'r', "repair", Scope::kNode},
    {v1::ACTION_KIND_PAUSE_REPAIRS, '~', "pause repairs of", Scope::kCluster},
    {v1::ACTION_KIND_RESUME_REPAIRS, '~', "resume repairs of", Scope::kCluster},
    {v1::ACTION_KIND_TAKE_SNAPSHOT, 'b', "snapshot", Scope::kNode},
    {v1::ACTION_KIND_CLEAR_SNAPSHOT, '-', "clear the snapshot of", Scope::kNode},
    {v1::ACTION_KIND_BACKUP, 'b', "back up", Scope::kNode},
    {v1::ACTION_KIND_DELETE_BACKUP, '-', "delete the backup of", Scope::kNode},
    {v1::ACTION_KIND_RESTORE, '>', "restore", Scope::kNode},
}};
constexpr KindWords kUnknown = {v1::ACTION_KIND_UNSPECIFIED, '?', "do something unknown to", Scope::kNode};

std::string Plural(Scope scope, size_t n) {
  switch (scope) {
    case Scope::kCluster:
      return absl::StrCat(n, " times the cluster");
    case Scope::kRack:
      return absl::StrCat(n, " racks");
    case Scope::kNode:
      return absl::StrCat(n, " nodes");
    case Scope::kSlot:
      return absl::StrCat(n, " slots");
    case Scope::kVolume:
      return absl::StrCat(n, " volumes");
    case Scope::kMember:
      return absl::StrCat(n, " dead members");
    case Scope::kKeyspace:
      return absl::StrCat(n, " keyspaces");
  }
  return absl::StrCat(n);
}

std::string Single(Scope scope, const v1::Target& target) {
  const std::string name = TargetName(target);
  switch (scope) {
    case Scope::kCluster:
      return target.datacenter().empty() ? "the cluster" : name;
    case Scope::kRack:
      return absl::StrCat("rack ", name);
    case Scope::kSlot:
      return absl::StrCat("slot ", name);
    case Scope::kVolume:
      return absl::StrCat("the volume of ", name);
    case Scope::kKeyspace:
      return absl::StrCat("keyspace ", target.keyspace(),
                          target.datacenter().empty() ? "" : absl::StrCat(" in ", target.datacenter()));
    case Scope::kNode:
    case Scope::kMember:
      break;
  }
  return name;
}

// Where a group is: the rack when it is one, else the datacenters.
std::string Whereabouts(Scope scope, const std::vector<const v1::Target*>& targets) {
  std::set<std::string> racks;
  std::set<std::string> datacenters;
  for (const v1::Target* t : targets) {
    datacenters.insert(t->datacenter());
    racks.insert(absl::StrCat(t->datacenter(), "/", t->rack()));
  }
  datacenters.erase("");
  if (datacenters.empty()) return "";
  if (racks.size() == 1 && scope != Scope::kRack && !targets[0]->rack().empty()) {
    return absl::StrCat(" in ", *racks.begin());
  }
  if (datacenters.size() > 4) return absl::StrCat(" in ", datacenters.size(), " datacenters");
  return absl::StrCat(" in ", absl::StrJoin(datacenters, ", "));
}

std::string WithoutPrefix(const std::string& text, absl::string_view prefix) {
  return std::string(absl::StripPrefix(text, prefix));
}

}  // namespace

const KindWords& WordsOf(v1::ActionKind kind) {
  for (const KindWords& w : kWords) {
    if (w.kind == kind) return w;
  }
  return kUnknown;
}

std::string KindName(v1::ActionKind kind) {
  if (!v1::ActionKind_IsValid(kind)) return absl::StrCat(kind);
  return absl::AsciiStrToLower(WithoutPrefix(v1::ActionKind_Name(kind), "ACTION_KIND_"));
}

std::string LevelName(v1::ConsistencyLevel level) {
  if (!v1::ConsistencyLevel_IsValid(level)) return absl::StrCat(level);
  return WithoutPrefix(v1::ConsistencyLevel_Name(level), "CONSISTENCY_LEVEL_");
}

std::string TargetName(const v1::Target& t) {
  if (!t.datacenter().empty() && !t.rack().empty() && t.has_ordinal()) {
    return absl::StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal());
  }
  if (!t.host_id().empty()) return absl::StrCat("host id ", t.host_id());
  if (!t.rack().empty()) return absl::StrCat(t.datacenter(), "/", t.rack());
  if (!t.keyspace().empty()) {
    return absl::StrCat("keyspace ", t.keyspace(), t.datacenter().empty() ? "" : absl::StrCat(" in ", t.datacenter()));
  }
  if (!t.datacenter().empty()) return t.datacenter();
  return t.name().empty() ? "the cluster" : t.name();
}

std::string PhraseOf(v1::ActionKind kind, const v1::Target& target) {
  const KindWords& w = WordsOf(kind);
  return absl::StrCat(w.verb, " ", Single(w.scope, target));
}

std::string ActionPhrase(const v1::Action& action) {
  std::string phrase = PhraseOf(action.kind(), action.target());
  if (action.kind() == v1::ACTION_KIND_ALTER_KEYSPACE) {
    absl::StrAppend(&phrase, " to RF ", action.replication_factor());
  }
  if (action.kind() == v1::ACTION_KIND_REBUILD && !action.source_datacenter().empty()) {
    absl::StrAppend(&phrase, " from ", action.source_datacenter());
  }
  return phrase;
}

std::string GroupPhrase(v1::ActionKind kind, const std::vector<const v1::Target*>& targets) {
  if (targets.size() == 1) return PhraseOf(kind, *targets[0]);
  const KindWords& w = WordsOf(kind);
  std::set<std::string> names;  // once per keyspace, say
  for (const v1::Target* t : targets) names.insert(Single(w.scope, *t));
  if (names.size() == 1 && w.scope != Scope::kCluster) {
    return absl::StrCat(PhraseOf(kind, *targets[0]), ", ", targets.size(), " times");
  }
  return absl::StrCat(
      w.verb, " ", Plural(w.scope, names.size() < 2 ? targets.size() : names.size()), Whereabouts(w.scope, targets),
      names.size() < 2 || names.size() == targets.size() ? "" : absl::StrCat(", ", targets.size(), " times in all"));
}

std::string Ordinals(std::vector<int32_t> ordinals, size_t max_ranges) {
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  std::string out;
  size_t ranges = 0;
  for (size_t i = 0; i < ordinals.size(); ++ranges) {
    if (ranges == max_ranges) return absl::StrCat(out, ", ...");
    size_t last = i;
    while (last + 1 < ordinals.size() && ordinals[last + 1] == ordinals[last] + 1) ++last;
    absl::StrAppend(&out, out.empty() ? "" : ", ", ordinals[i]);
    if (last > i) absl::StrAppend(&out, last == i + 1 ? ", " : "-", ordinals[last]);
    i = last + 1;
  }
  return out;
}

std::string Duration(int64_t seconds) {
  if (seconds < 120) return absl::StrCat(seconds, " s");
  const int64_t minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0);
  if (minutes < 120) return absl::StrCat(minutes, " min");
  const int64_t hours = minutes / 60;
  if (hours < 10 && minutes % 60 != 0) return absl::StrCat(hours, " h ", minutes % 60, " min");
  const int64_t whole_hours = hours + (minutes % 60 >= 30 ? 1 : 0);
  if (whole_hours < 48) return absl::StrCat(whole_hours, " h");
  const int64_t days = whole_hours / 24;
  return whole_hours % 24 == 0 || days > 9 ? absl::StrCat(days, " d")
                                           : absl::StrCat(days, " d ", whole_hours % 24, " h");
}

std::string Bytes(int64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 10000 && unit + 1 < kUnits.size()) {
    bytes = bytes / 1000 + (bytes % 1000 >= 500 ? 1 : 0);
    ++unit;
  }
  return absl::StrCat(bytes, " ", kUnits[unit]);
}

std::string Time(int64_t unix_seconds) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
}

std::string OutcomeWords(v1::Outcome outcome) {
  static constexpr std::array<const char*, v1::Outcome_ARRAYSIZE> kNames = {
      "Unknown outcome", "Invalid input", "Refused", "Blocked", "Changes planned", "In progress", "Nothing to do"};
  return kNames[v1::Outcome_IsValid(outcome) ? static_cast<size_t>(outcome) : 0];
}

std::string Place(const v1::Location& location) {
  if (location.file().empty()) return location.path();
  std::string place = location.file();
  if (location.line() > 0) absl::StrAppend(&place, ":", location.line());
  if (location.line() > 0 && location.column() > 0) absl::StrAppend(&place, ":", location.column());
  return place;
}

std::string MessageOf(const v1::Finding& finding) {
  const std::string& path = finding.location().path();
  return path.empty() ? finding.message() : WithoutPrefix(finding.message(), absl::StrCat(path, ": "));
}

std::string Count(size_t n, absl::string_view one, absl::string_view many) {
  return absl::StrCat(n, " ", n == 1 ? one : many);
}

}  // namespace cassplan::report
