// What must be done before something else may start: a snapshot and upgradesstables before another release, larger
// volumes before a workload that asks for them.
#ifndef CASSPLAN_LIB_VERIFY_PREPARATIONS_H_
#define CASSPLAN_LIB_VERIFY_PREPARATIONS_H_

#include "lib/verify/invariants.h"
#include "lib/verify/operations.h"

namespace cassplan::verify {

// Time: actions that change a release times nodes that owe something, and what a rack's volumes are.
void CheckPreparations(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                       const Order& order);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_PREPARATIONS_H_
