// Does to the fake cluster what an executor would do for an action.
#ifndef CASSPLAN_LIB_SIMULATE_EXECUTE_H_
#define CASSPLAN_LIB_SIMULATE_EXECUTE_H_

#include "cassplan/v1/plan.pb.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {

// The effect begins now. Whether it succeeded is told to `world->report`, where that can be known.
void Execute(const v1::Action& action, int attempt, World* world);

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_EXECUTE_H_
