// Parts of settle about slots without a member.
#ifndef CASSPLAN_LIB_PLANNER_SETTLE_SLOTS_H_
#define CASSPLAN_LIB_PLANNER_SETTLE_SLOTS_H_

#include "cassplan/v1/ledger.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

// Slots that nobody starts now, and whose node does not come by itself: a person is needed.
void NoteNeverJoined(Model* model);

// A node that says itself that it was decommissioned, and of which the others say so too: that it has left is known
// from now on, also when its slot is gone and gossip has forgotten it. A decommission of the plan is remembered anyway.
void RememberLeft(const Model& model, v1::Ledger* ledger);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_SETTLE_SLOTS_H_
