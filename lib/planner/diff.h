// Pass 4: what differs between desired and observed, as a typed list in canonical order. Says nothing about what to do.
#ifndef CASSPLAN_LIB_PLANNER_DIFF_H_
#define CASSPLAN_LIB_PLANNER_DIFF_H_

#include <vector>

#include "lib/planner/action.h"

namespace cassplan::planner {

std::vector<Drift> Diff(const Model& model);

// The workload of the rack selects its nodes by other labels than it shall.
bool OtherLabels(const Rack& rack);

// What is not known and would have to be, to say that nothing differs: notes, and Model::unknown.
void NoteUnknowns(Model* model);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_DIFF_H_
