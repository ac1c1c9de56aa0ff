// How things are called in text for people: kinds of actions, targets, durations, times.
#ifndef CASSPLAN_LIB_REPORT_WORDS_H_
#define CASSPLAN_LIB_REPORT_WORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/plan.pb.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// What a kind of action acts on, which decides how many of them are counted: "2 nodes", "2 racks".
enum class Scope { kCluster, kRack, kNode, kSlot, kVolume, kMember, kKeyspace };

struct KindWords {
  v1::ActionKind kind;
  char symbol;  // + - ~ ! * > r b, as docs/plan-format.md explains
  const char* verb;
  Scope scope;
};

// Words of a kind; a kind from a newer schema gets its number as its name.
const KindWords& WordsOf(v1::ActionKind kind);

// The name in JSON: "restart_node".
std::string KindName(v1::ActionKind kind);
// "LOCAL_QUORUM"
std::string LevelName(v1::ConsistencyLevel level);

// "dc1/rack1/0"; a member without a slot: "host id ..."; else the keyspace or the name; "the cluster" when all is
// empty.
std::string TargetName(const v1::Target& target);

// "restart dc1/rack1/0", "alter keyspace app in dc2 to RF 3"
std::string ActionPhrase(const v1::Action& action);
// The same where only kind and target are known.
std::string PhraseOf(v1::ActionKind kind, const v1::Target& target);
// "restart 333 nodes in dc1/rack1"; with one target as PhraseOf.
std::string GroupPhrase(v1::ActionKind kind, const std::vector<const v1::Target*>& targets);

// "0, 3-8, 11"; after `max_ranges` ranges "...". Sorts and drops duplicates.
std::string Ordinals(std::vector<int32_t> ordinals, size_t max_ranges);

// "40 s", "5 min", "3 h 20 min", "4 d": rounded, at most two units.
std::string Duration(int64_t seconds);
// "900 B", "6 MB", "12 GB": decimal units, rounded.
std::string Bytes(int64_t bytes);
// "2026-11-22T23:10:00Z"
std::string Time(int64_t unix_seconds);

// "Nothing to do", "Changes planned", ...
std::string OutcomeWords(v1::Outcome outcome);

// "file:line:column" or the field path; empty when nothing is known.
std::string Place(const v1::Location& location);

// The message, without the path that Place or the reader shows before it.
std::string MessageOf(const v1::Finding& finding);

// "1 node", "2 nodes"
std::string Count(size_t n, absl::string_view one, absl::string_view many);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_WORDS_H_
