// Explains a plan: why an action is wanted, why not now, what would change it, what it waits for.
#ifndef CASSPLAN_EXPLAIN_H_
#define CASSPLAN_EXPLAIN_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cassplan/v1/explanation.pb.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan {

// `response` is what Plan (COMPLETE) answered to `request`. `what` is one of: the id of an action (or how it starts, at
// least four characters), a kind of action ("restart_node"), a guard or another rule ("quorum"), a datacenter, a rack
// ("dc1/rack1"), a node ("dc1/rack1/0", the name of its slot, or its address), a host id (or how it starts), a
// keyspace. A name that is several of these gets all answers.
//
// Pure. Errors: kNotFound when nothing is called so; the message lists names that are near.
// Threads: may be called from any number of threads at once.
absl::StatusOr<v1::Explanation> Explain(const v1::PlanRequest& request, const v1::PlanResponse& response,
                                        absl::string_view what);

}  // namespace cassplan

#endif  // CASSPLAN_EXPLAIN_H_
