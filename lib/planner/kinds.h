// Kinds of actions and modes of nodes inside the planner. Values equal those of the schema (pipeline.cc asserts it).
#ifndef CASSPLAN_LIB_PLANNER_KINDS_H_
#define CASSPLAN_LIB_PLANNER_KINDS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace cassplan::planner {

enum class Kind : uint8_t {
  kUnspecified = 0,
  kCreateClusterObjects = 1,
  kUpdateClusterObjects = 2,
  kCreateRack = 3,
  kUpdateRack = 4,
  kSetSeeds = 5,
  kGrantStart = 6,
  kStartNode = 7,
  kDrain = 8,
  kRestartNode = 9,
  kDecommission = 10,
  kShrinkRack = 11,
  kDeleteVolume = 12,
  kQuarantineVolume = 13,
  kDeleteRack = 14,
  kRecreateRack = 15,
  kGrowVolume = 16,
  kRemoveNode = 17,
  kAssassinate = 18,
  kReplaceNode = 19,
  kRebuild = 20,
  kCleanup = 21,
  kStopCompaction = 22,
  kUpgradeSstables = 23,
  kScrub = 24,
  kCompact = 25,
  kFlush = 26,
  kGarbageCollect = 27,
  kAlterKeyspace = 28,
  kRepair = 29,
  kPauseRepairs = 30,
  kResumeRepairs = 31,
  kTakeSnapshot = 32,
  kClearSnapshot = 33,
  kBackup = 34,
  kDeleteBackup = 35,
  kRestore = 36,
};
inline constexpr int kKinds = 37;

// "restart_node"
absl::string_view KindName(Kind kind);

// Ranges of the ring move, or a member appears or goes.
inline bool IsMovement(Kind kind) {
  return kind == Kind::kStartNode || kind == Kind::kDecommission || kind == Kind::kReplaceNode ||
         kind == Kind::kRemoveNode || kind == Kind::kAssassinate;
}

// Takes a serving node away for a while.
inline bool IsDisruption(Kind kind) { return kind == Kind::kDrain || kind == Kind::kRestartNode; }

class KindSet {
 public:
  void Add(Kind kind) { bits_ |= uint64_t{1} << static_cast<int>(kind); }
  void AddAll() { bits_ = ~uint64_t{0}; }
  bool Has(Kind kind) const { return (bits_ >> static_cast<int>(kind) & 1) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  uint64_t bits_ = 0;
};

// OperationMode of a node; values equal v1::NodeMode.
enum class Mode : uint8_t {
  kUnknown = 0,
  kStarting = 1,
  kNormal = 2,
  kJoining = 3,
  kLeaving = 4,
  kDecommissioned = 5,
  kMoving = 6,
  kDraining = 7,
  kDrained = 8,
  kDecommissionFailed = 9,
  kJoiningFailed = 10,
};

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_KINDS_H_
