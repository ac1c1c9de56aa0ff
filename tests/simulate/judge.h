// What a run may end with, and the least of a run that may not.
#ifndef CASSPLAN_TESTS_SIMULATE_JUDGE_H_
#define CASSPLAN_TESTS_SIMULATE_JUDGE_H_

#include "cassplan/simulate.h"

namespace cassplan::simulate {

// A person may be needed (that is safe), when each held action says what would release it; what is desired may be
// refused, with an error that says why; nothing unsafe, and never without a word.
bool Good(const v1::SimulationResult& result);

// Leaves out faults as long as it still ends otherwise. The rest plays the same: faults are written out, not drawn.
v1::SimulationRequest Smaller(v1::SimulationRequest request, const SimulateHooks& hooks = {});

// Prints a run that is not good, made smaller. Returns 1.
int Fail(const v1::SimulationRequest& failed);

}  // namespace cassplan::simulate

#endif  // CASSPLAN_TESTS_SIMULATE_JUDGE_H_
