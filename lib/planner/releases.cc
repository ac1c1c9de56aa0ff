#include "lib/planner/releases.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

constexpr std::array<string_view, 5> kLines = {"3.0", "3.11", "4.0", "4.1", "5.0"};

constexpr std::array<std::pair<string_view, string_view>, 8> kSteps = {{{"3.0", "3.11"},
                                                                        {"3.0", "4.0"},
                                                                        {"3.0", "4.1"},
                                                                        {"3.11", "4.0"},
                                                                        {"3.11", "4.1"},
                                                                        {"4.0", "4.1"},
                                                                        {"4.0", "5.0"},
                                                                        {"4.1", "5.0"}}};

constexpr std::array<string_view, 3> kModes = {"CASSANDRA_4", "UPGRADING", "NONE"};

size_t Number(string_view line) {
  size_t i = 0;
  while (i < kLines.size() && kLines[i] != line) ++i;
  return i;
}

}  // namespace

string_view ReleaseLine(string_view release) {
  size_t dots = 0;
  size_t i = 0;
  for (; i < release.size(); ++i) {
    const char c = release[i];
    if (c == '.') {
      if (++dots == 2) break;
    } else if (c < '0' || c > '9') {
      break;
    }
  }
  return i == 0 ? release : release.substr(0, i);
}

bool KnownLine(string_view line) { return Number(line) < kLines.size(); }

bool Older(string_view a, string_view b) { return KnownLine(a) && KnownLine(b) && Number(a) < Number(b); }

bool LegalStep(string_view from, string_view to) {
  if (from == to) return true;
  for (const auto& [a, b] : kSteps) {
    if (a == from && b == to) return true;
  }
  return false;
}

// Steps go forward in kLines, and there are few: the longest stride that still leads to the end is the shortest way.
std::string LegalWay(string_view from, string_view to) {
  if (!KnownLine(from) || !KnownLine(to) || Number(from) > Number(to)) return "";
  std::string way;
  for (size_t at = Number(from); at != Number(to);) {
    size_t next = at;
    for (size_t i = at + 1; i <= Number(to); ++i) {
      if (LegalStep(kLines[at], kLines[i])) next = i;
    }
    if (next == at) return "";
    absl::StrAppend(&way, way.empty() ? "" : ", then ", kLines[next]);
    at = next;
  }
  return way;
}

int ModeNumber(string_view mode) {
  for (size_t i = 0; i < kModes.size(); ++i) {
    if (kModes[i] == mode) return static_cast<int>(i);
  }
  return -1;
}

bool HasMode(string_view line) { return !line.empty() && !Older(line, "5.0"); }

// Going back is supported for what 5.0 writes in CASSANDRA_4 only; 4.0 and 4.1 share a format of sstables, but nobody
// promises that 4.0 starts on what 4.1 has written.
bool CanGoBack(Runs from, string_view to) {
  return from.line == to || (from.line == "5.0" && from.mode == kModes[0] && LegalStep(to, from.line));
}

bool NoWayBack(Runs from, Runs to) {
  if (from.line == to.line) return ModeNumber(to.mode) > 0 && from.mode != to.mode;
  return !Older(to.line, from.line) && !CanGoBack(to, from.line);
}

bool LeavesOldFiles(Runs to) { return !(to.line == "5.0" && to.mode == kModes[0]); }

}  // namespace cassplan::planner
