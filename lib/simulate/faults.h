// Faults: how they are written, and how they are drawn from a seed. docs/simulate.md has the grammar.
#ifndef CASSPLAN_LIB_SIMULATE_FAULTS_H_
#define CASSPLAN_LIB_SIMULATE_FAULTS_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {

enum class FaultKind {
  kZone,
  kPod,
  kNode,
  kCrashLoop,
  kCrash,
  kLost,
  kLate,
  kDuplicate,
  kStale,
  kMissing,
  kSplit,
  kStuck,
  kStreamFails,
  kDisk,
  kClock,
  kVolumeLost,
  kSwap,
  kFill,
  kByHand
};

struct Fault {
  FaultKind kind = FaultKind::kPod;
  std::string value;
  int64_t at = 0;
  int64_t seconds = 0;  // how long; 0: it is over at once, or never ends by itself
  std::string text;     // as written
};

// "60%" as 60; 0: it is no such thing.
int ShareOf(absl::string_view text);

// Errors: kInvalidArgument with the column (from 1) and what may be written there.
absl::StatusOr<Fault> ParseFault(absl::string_view text);
// Also checks that what it names is there, or is desired: then it has a place from now on.
absl::Status CheckFault(const Fault& fault, World* world);

// Of the faults that last (by index): is one of them the same on the same thing? Two swaps undo each other, one by one.
bool StillLasts(const Fault& fault, const std::vector<Fault>& faults, const std::set<int>& lasting);
// Does one of them keep the machine of a slot away, by itself or with its zone?
bool LosesMachine(const std::vector<Fault>& faults, const std::set<int>& lasting, const World& world, int slot);

std::vector<Fault> DrawFaults(int count, World* world);

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_FAULTS_H_
