// Drift (what differs) and actions (what would change it), before they are ordered.
#ifndef CASSPLAN_LIB_PLANNER_ACTION_H_
#define CASSPLAN_LIB_PLANNER_ACTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/planner/model.h"

namespace cassplan::planner {

enum class DriftKind : uint8_t {
  kObjects,         // shared objects are missing or differ
  kMissingRack,     // a desired rack has no workload
  kStaleTemplate,   // the workload has another template
  kSurplusRack,     // a workload that is not desired and has no node left
  kSeeds,           // the configured seed list is another
  kMissingNode,     // a desired slot without a member
  kStoppedNode,     // a member with data whose slot was taken away
  kSurplusNode,     // a member in a slot that is not desired
  kSurplusSlot,     // a slot that is not desired and has no member
  kLeftoverVolume,  // a volume of a slot that is gone for good
  kStaleNode,       // a node that runs another template, or owes a restart
  kDrainedNode,     // only a restart ends it
  kCrossedNode,     // its Pod has the address of another member
  kStuckMovement,   // a movement that does not end: a restart gives it up
  kReplaceNode,     // a dead member that is to be replaced in its slot
  kRemoveNode,      // a dead member that the others shall take out of the ring
  kCleanupOwed,
  kReplication,  // a keyspace replicates otherwise than desired
  kRebuildOwed,  // after a change of replication: data to be fetched, or a repair
  kFinalSeeds,   // seeds that are members only later
  kRepairDue,
  kUpgradeOwed,    // a node has sstables of the format of an earlier release
  kSmallVolume,    // the volume of a slot is smaller than desired
  kSmallTemplate,  // the workload would give new slots smaller volumes than desired
  kFixedWorkload,  // what of the workload cannot be changed in place differs
};

struct Drift {
  DriftKind kind = DriftKind::kObjects;
  Id dc = kNone;
  Id rack = kNone;
  Id slot = kNone;
  Id member = kNone;
  Id keyspace = kNone;
  int32_t number = 0;
};

using ActionIndex = int32_t;

// Total order of actions, from observed facts only (scheduling: order key).
struct OrderKey {
  int32_t group = 0;
  int32_t broken_rack = 1;  // 0 first
  int32_t broken = 1;
  int32_t begun = 1;
  int32_t dc_priority = 1;
  int32_t turn = 0;  // round robin of joins, order of victims
  Id dc = 0;
  Id rack = 0;
  int32_t ordinal = 0;
  int32_t kind = 0;
  Id keyspace = 0;

  std::array<int32_t, 11> Tuple() const {
    return {group, broken_rack, broken, begun, dc_priority, turn, dc, rack, ordinal, kind, keyspace};
  }
};

struct Action {
  Kind kind = Kind::kUnspecified;
  Id dc = kNone;
  Id rack = kNone;
  Id slot = kNone;
  Id member = kNone;
  Id keyspace = kNone;
  Id source_dc = kNone;
  Id request = kNone;             // the operation on request that it carries out
  std::vector<Id> also_requests;  // others that it carries out with it
  int32_t replication_factor = 0;
  bool release_changes = false;
  int64_t capacity = 0;         // grow_volume, recreate_rack; 0: as it is
  std::string snapshot;         // take_snapshot: its name
  bool some_keyspaces = false;  // an operation that is limited to keyspaces
  bool joins = false;           // its node becomes a member (start_node without data)
  bool force = false;           // decommission
  bool was_down = false;        // restart of a node that is down already
  bool lowers = false;          // alter_keyspace: fewer replicas than before
  bool converts = false;        // alter_keyspace: to NetworkTopologyStrategy, with the same replicas
  bool after_repair = false;    // alter_keyspace: a repair is owed before, and no action of the plan does it
  bool last_seeds = false;      // set_seeds: the list once all nodes are there
  int32_t final_factor = 0;     // alter_keyspace: where its steps lead to
  Id blocked_by = kNone;        // shrink_rack: a slot above it that stays, and a rack drops its highest one only
  bool in_flight = false;       // the ledger has it started already: counts as placed, is not planned again
  OrderKey key;
  std::vector<ActionIndex> hard;  // predecessors that must be placed
  // The first action of the same unit, which is placed with this one or not at all: the drain of a restart, the
  // quarantine of the volume before a replacement or a removal.
  ActionIndex drain = -1;
  bool in_unit = false;     // such a first action
  bool demotes = false;     // set_seeds: without the seeds that are about to be replaced
  ActionIndex unless = -1;  // dropped when that action is placed
  // Dropped when none of (*only_with)[only_with_from..] is placed. That these come before it, if they are placed at
  // all, is the order key's doing (they are of a lower group) and the ring's sections' (each of them is alone there).
  std::shared_ptr<const std::vector<ActionIndex>> only_with;
  size_t only_with_from = 0;
  absl::string_view drift;  // code of the reason
  std::string detail;       // what exactly differs; filled by lower where it is cheap
};

// The kind of the first action of the same unit; kUnspecified where there is none.
inline Kind FirstOfUnit(const Action& a) {
  if (a.drain < 0) return Kind::kUnspecified;
  return a.kind == Kind::kRestartNode ? Kind::kDrain : Kind::kQuarantineVolume;
}

// Groups of the order key.
enum Group : int32_t {
  kGroupObjects = 0,
  kGroupGrow,  // before what moves data, or makes new volumes
  kGroupReplace,
  kGroupShrink,
  kGroupUpgradeFirst,  // sstables that the next release could not read
  kGroupSnapshot,
  kGroupRestart,
  kGroupJoin,
  kGroupCleanup,
  kGroupReplication,
  kGroupRebuild,
  kGroupRest,
};

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_ACTION_H_
