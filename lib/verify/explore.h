// Visits the states of a plan, in which each action is pending, running or done, and checks every one.
#ifndef CASSPLAN_LIB_VERIFY_EXPLORE_H_
#define CASSPLAN_LIB_VERIFY_EXPLORE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/verify/invariants.h"
#include "lib/verify/operations.h"

namespace cassplan::verify {

struct Visited {
  int64_t states = 0;
  bool complete = false;
  v1::VerifyCheckpoint checkpoint;  // without `of`; empty when there is nothing to go on with
};

// All states that can be reached, at most options.max_states in this call. Actions that no invariant reads are done as
// soon as they can be, which reaches every state that matters. A plan of more than 64 actions, those in flight
// included, is not explored. Errors: kInvalidArgument when options.checkpoint is of no run of this plan.
absl::StatusOr<Visited> Explore(const Scene& scene, const Order& order, const VerifyOptions& options);

// One run with random durations; returns the number of states it went through.
int64_t Walk(const Scene& scene, const Order& order, uint64_t seed);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_EXPLORE_H_
