// What a plan must be whatever the cluster: sections, order, readiness, units, identities.
#ifndef CASSPLAN_LIB_VERIFY_STRUCTURE_H_
#define CASSPLAN_LIB_VERIFY_STRUCTURE_H_

#include "lib/verify/invariants.h"
#include "lib/verify/operations.h"

namespace cassplan::verify {

void CheckStructure(const v1::PlanRequest& request, const v1::PlanResponse& response, const Scene& scene,
                    const Order& order);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_STRUCTURE_H_
