// Parts of pass 1 (see normalize.h): which nodes are past a stop value of the policy.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_HEALTH_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_HEALTH_H_

#include "lib/planner/model.h"

namespace cassplan::planner {

// After settle, which tells the movements that explain streams. Fills Model::sick.
void FindSick(Model* model);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_HEALTH_H_
