// The planner: desired + observed in, ordered plan (or the reasons why it holds) out.
//
//   auto response = cassplan::Plan(request);
//   if (!response.ok()) ...                      // the call could not be done (a defect of this library; see below)
//   switch (response->outcome()) ...             // INVALID, REFUSED, BLOCKED, PLANNED, IN_PROGRESS, CONVERGED
#ifndef CASSPLAN_PLANNER_H_
#define CASSPLAN_PLANNER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan {

// Plans `request`. Pure: no clock, randomness, environment, log, thread or global; throws nothing; equal requests give
// equal responses, byte for byte when serialized deterministically, on every machine.
//
// A request that is not legal is not an error: the response's outcome is INVALID and its findings say what to change.
// Errors: kInternal when the planner found its own result inconsistent; report it with the request.
// Threads: may be called from any number of threads at once.
absl::StatusOr<v1::PlanResponse> Plan(const v1::PlanRequest& request);

// The same over serialized messages. Errors: kInvalidArgument when `request` is not a serialized PlanRequest.
absl::StatusOr<std::string> PlanBytes(absl::string_view request);

}  // namespace cassplan

#endif  // CASSPLAN_PLANNER_H_
