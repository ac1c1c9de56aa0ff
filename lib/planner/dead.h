// What is to become of members that are down and do not come back by themselves: waited for, replaced in their slot, or
// taken out of the ring.
#ifndef CASSPLAN_LIB_PLANNER_DEAD_H_
#define CASSPLAN_LIB_PLANNER_DEAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/planner/model.h"

namespace cassplan::planner {

// Known to be down, and a member that this cluster's owner manages.
bool IsDead(const Member& member);
// Dead for so short that it may come back by itself.
bool MayComeBack(const Model& model, const Member& member);
// So that nothing is planned about it yet.
bool IsAwaited(const Model& model, Id member);
// Since it was first seen down; 0 where that is not known.
int64_t SecondsDown(const Model& model, const Member& member);
// Smallest non-zero gc_grace_seconds of the cluster; Cassandra's default where none is known.
int64_t SmallestGrace(const Model& model);
// Deletions that it has not heard of are forgotten already: with its old data it would bring deleted rows back.
bool IsBeyondGrace(const Model& model, const Member& member);
// Dead members of the rack.
int32_t DeadInRack(const Model& model, Id rack);
// The request of a person that this be done to the member; kNone where there is none.
Id RequestFor(const Model& model, Kind kind, Id member);

// How the story of a dead member ends.
enum class Ending : uint8_t { kStay, kReplace, kRemove, kAssassinate };
Ending EndingOf(const Model& model, Id member);

// Its own movement failed, and only a restart ends it: a decommission or a join of this planner that did not get
// through, or one that the node itself calls failed (where it is not simply asked to leave again).
bool IsStuck(const Model& model, Id member);

// A restart with another template may bring it back: that is tried before it is given up.
bool RestartMayHelp(const Model& model, Id member);
// The volume of the slot may hold the member's data: it is set aside before another node starts there.
bool HoldsOldData(const Model& model, Id slot, Id member);
// Seeds that a plan replaces: they are taken out of the seed list before. Slots, ascending.
std::vector<Id> SeedsToDemote(const Model& model);
// The seed list without them.
std::vector<Id> RemainingSeeds(const Model& model);

// "2 h", "3 days": for texts.
std::string Duration(int64_t seconds);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_DEAD_H_
