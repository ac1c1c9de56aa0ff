// What is known of Cassandra's releases: which step from one release line to another is legal, and which cannot be
// taken back. The one place for it.
//
// Sources, all in Apache Cassandra's own tree:
//   NEWS.txt of 4.0, 4.1 and 5.0, "Upgrading": 4.0 and 4.1 start on data of 3.0 and 3.11; 5.0 on data of 4.0 and 4.1;
//     run upgradesstables before the next upgrade; no repair, bootstrap, decommission or schema change meanwhile.
//   org.apache.cassandra.io.sstable.format.big.BigFormat: 3.x writes "m*", 4.0 and 4.1 write "n*", 5.0 writes "n*" in
//     storage_compatibility_mode CASSANDRA_4 and "o*" in UPGRADING (once all nodes are in it) and NONE.
//   conf/cassandra.yaml of 5.0, storage_compatibility_mode: CASSANDRA_4, then UPGRADING on all nodes, then NONE.
#ifndef CASSPLAN_LIB_PLANNER_RELEASES_H_
#define CASSPLAN_LIB_PLANNER_RELEASES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace cassplan::planner {

// What a node runs, as far as its data is concerned. Empty: not known.
struct Runs {
  absl::string_view line;  // "4.1"
  absl::string_view mode;  // storage_compatibility_mode; only of 5.0 and later
};

// Release line, the unit of "same release": "4.1" of "4.1.10-SNAPSHOT"; what does not begin with a number
// is a line of its own.
absl::string_view ReleaseLine(absl::string_view release);

// The line is in the table.
bool KnownLine(absl::string_view line);
// `a` came before `b`; false where one of them is not in the table.
bool Older(absl::string_view a, absl::string_view b);

// A node that runs `from` may be started on `to` directly, going forward. Equal lines: yes.
bool LegalStep(absl::string_view from, absl::string_view to);
// The steps of the shortest legal way, "4.1, then 5.0" from 3.11; of several ways the one with the newest lines.
// Empty: there is none.
std::string LegalWay(absl::string_view from, absl::string_view to);

// Once a node has started on `to` it does not go back to `from`.
bool NoWayBack(Runs from, Runs to);
// A node on `to` (an older line) can read what one on `from` has written.
bool CanGoBack(Runs from, absl::string_view to);

// Position of a storage_compatibility_mode on its way: CASSANDRA_4 0, UPGRADING 1, NONE 2; -1: none of them.
int ModeNumber(absl::string_view mode);
// 5.0 and later have one.
bool HasMode(absl::string_view line);

// Nodes that start on it keep files of an older format, which only upgradesstables rewrites.
bool LeavesOldFiles(Runs to);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_RELEASES_H_
