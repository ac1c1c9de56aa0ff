// Parts of pass 1 (see normalize.h): operations that a person asked for.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_OPERATIONS_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_OPERATIONS_H_

#include "lib/planner/model.h"
#include "lib/planner/normalize_observed.h"

namespace cassplan::planner {

// Fills Model::requests. One that names no node, or contradicts itself, is refused by itself; all others go on.
void ReadOperations(const RackIndex& index, Model* model);

// After settle: says which requests are refused or have failed.
void NoteRequests(Model* model);

// The ledger has the request in flight.
bool RequestInFlight(const Model& model, const Request& request);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_OPERATIONS_H_
