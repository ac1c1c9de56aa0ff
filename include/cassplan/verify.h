// The verifier: proves a plan again, sharing nothing with the planner but the schema and the placement of replicas. It
// has its own effects per kind of action and ignores the effects that the plan states.
#ifndef CASSPLAN_VERIFY_H_
#define CASSPLAN_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cassplan/v1/embed.pb.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan {

struct VerifyOptions {
  // States (pending, running or done per action) that this call may check; when there are more, `complete` is false
  // and the result's checkpoint goes on from there.
  int64_t max_states = 20000;
  // Above this many actions no states are explored; sections and unordered pairs are still checked.
  int32_t max_actions_to_explore = 64;
  // Walks with random durations, each 0.01 to 100 times the usual; the same seed gives the same walks.
  int32_t walks = 0;
  uint64_t seed = 1;
  // Of an earlier call with the same request, response and seed, not owned: explores what is left, and does nothing
  // else. Null: begins.
  const v1::VerifyCheckpoint* checkpoint = nullptr;
};

struct Violation {
  std::string invariant;             // slug, e.g. quorum, one-topology-change; docs/invariants.md
  std::string text;                  // which keyspace, range, nodes, actions
  std::vector<std::string> running;  // ids of the actions in flight in the state that breaks it
};

struct VerifyResult {
  std::vector<Violation> violations;  // each (invariant, text) once, at most 100
  int64_t states = 0;                 // states checked by this call
  bool complete = false;              // every reachable state was checked, by this call or those before it
  v1::VerifyCheckpoint checkpoint;    // empty: there is nothing to go on with
};

// Errors: kInvalidArgument when the response is no plan of the request (unknown ids in `requires_ids`, a cycle), or the
// checkpoint is none of them.
// Threads: may be called from any number of threads at once.
absl::StatusOr<VerifyResult> Verify(const v1::PlanRequest& request, const v1::PlanResponse& response,
                                    const VerifyOptions& options);

}  // namespace cassplan

#endif  // CASSPLAN_VERIFY_H_
