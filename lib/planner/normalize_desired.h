// Parts of pass 1 (see normalize.h): desired state and policy.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_DESIRED_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_DESIRED_H_

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

// Bounds of a request (planner.proto).
inline constexpr int32_t kMaxMembers = 100'000;
inline constexpr int32_t kMaxNodesPerRack = 10'000;
inline constexpr int32_t kMaxRacks = 1'000;
inline constexpr int32_t kMaxDatacenters = 100;
inline constexpr int32_t kMaxKeyspaces = 10'000;
inline constexpr int32_t kMaxTokensPerMember = 1'536;
inline constexpr int32_t kMaxReplicationFactor = 1'000;

// Adds an error that makes the request INVALID.
void AddInvalid(Model* model, std::string path, absl::string_view message, std::string remedy);

// What can be checked without knowing the observation: names, bounds, policy. Fills Model::policy.
void CheckDesired(const v1::Desired& desired, Model* model);
void ReadPolicy(const v1::PlanRequest& request, Model* model);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_DESIRED_H_
