// Pass 5: drift -> actions with predecessors. One procedure file per subject (procedures/).
#ifndef CASSPLAN_LIB_PLANNER_LOWER_H_
#define CASSPLAN_LIB_PLANNER_LOWER_H_

#include <vector>

#include "lib/planner/action.h"

namespace cassplan::planner {

// What procedures build together. Ids index `actions`; -1 where there is none.
struct Lowering {
  Lowering(const Model& model, const std::vector<Drift>& drift);

  const Model& model;
  const std::vector<Drift>& drift;
  std::vector<Action> actions;
  ActionIndex objects = -1;
  ActionIndex seeds = -1;                 // set_seeds, before nodes leave or start
  ActionIndex final_seeds = -1;           // set_seeds, after nodes have joined
  std::vector<ActionIndex> rack_write;    // by rack: create_rack or update_rack
  std::vector<ActionIndex> start;         // by slot
  std::vector<ActionIndex> decommission;  // by slot; or what else takes its member out of the ring
  std::vector<ActionIndex> last_in_slot;  // by slot: what empties it (delete_volume, else shrink_rack)
  std::vector<uint8_t> restart_begun;     // by rack: some node runs the desired template, another does not
  std::vector<uint8_t> restart_broken;    // by rack: a stale node is down

  // Adds an action for a slot, rack or nothing, with its order key.
  ActionIndex Add(Kind kind, int32_t group, Id rack, Id slot, absl::string_view drift);
  Action& at(ActionIndex i) { return actions[static_cast<size_t>(i)]; }
};

// Sets the volume of a dead member's slot aside, as the first of a unit; -1 where nothing of it is there.
ActionIndex AddQuarantine(Lowering* l, const Drift& d, absl::string_view code);

// The ledger says that a node is being started in the slot.
bool StartInFlight(const Model& model, Id slot);

// Slots that shall be empty (by number), in the order in which their nodes leave: the fullest rack first, its highest
// ordinal.
std::vector<Id> InOrderOfLeaving(const Model& model, const std::vector<Id>& slots);

std::vector<Action> Lower(const Model& model, const std::vector<Drift>& drift);

// The procedures, in the order in which they run (later ones look at what earlier ones added).
void LowerObjects(Lowering* l);  // shared objects, racks, seeds
void LowerReplace(Lowering* l);
void LowerRemove(Lowering* l);
void LowerResolveMovement(Lowering* l);
void LowerScaleIn(Lowering* l);
void LowerRollingUpdate(Lowering* l);
void LowerSurplusRacks(Lowering* l);  // delete_rack, after its last node
void LowerUpgrade(Lowering* l);       // what a change of release needs beside the restarts
void LowerGrowVolumes(Lowering* l);
void LowerScaleOut(Lowering* l);  // also the bootstrap of a cluster and its cold start
void LowerCleanup(Lowering* l);
void LowerSeeds(Lowering* l);
void LowerReplication(Lowering* l);
void LowerRepair(Lowering* l);
void LowerOperations(Lowering* l);  // what a person asked for

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_LOWER_H_
