// Proves a plan of any size: judges every action against all that no path of `requires` keeps apart from it. Actions
// that are pairwise unordered can all run at one moment, so sets of replicas need only be tested pair by pair. Sound;
// exact but for joins, whose tokens are unknown and which are taken to share ranges with every node of their ring.
#ifndef CASSPLAN_LIB_VERIFY_CONCURRENCY_H_
#define CASSPLAN_LIB_VERIFY_CONCURRENCY_H_

#include "lib/verify/invariants.h"
#include "lib/verify/operations.h"

namespace cassplan::verify {

// Time: near linear in actions and ranges for plans whose movements are few; pairs of restarts are bit tests.
// Memory: actions^2 / 8 bytes for the order.
void CheckConcurrency(const Scene& scene, const Order& order);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_CONCURRENCY_H_
