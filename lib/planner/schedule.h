// Pass 6: actions -> sections on resources. No clock and no estimate decides order: what may overlap is jointly safe
// for any durations. One pass over a heap in the total order of keys; see docs/scheduling.md.
#ifndef CASSPLAN_LIB_PLANNER_SCHEDULE_H_
#define CASSPLAN_LIB_PLANNER_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/planner/action.h"
#include "lib/planner/claims.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

enum class Place : uint8_t { kWaiting, kPlaced, kHeld, kDropped, kInFlight };

// One membership: section `number` of `resource`.
struct Membership {
  Resource resource;
  int32_t number;
  bool alone;
};

struct SectionInfo {
  Resource resource;
  int32_t number = 0;
  bool alone = false;
  int32_t size = 0;
};

struct Schedule {
  std::vector<Place> place;                          // by action
  std::vector<ActionIndex> order;                    // placed ones, in the order of placing
  std::vector<std::vector<Membership>> memberships;  // by action
  std::vector<std::vector<Refusal>> refusals;        // by action: of those held
  std::vector<std::vector<uint8_t>> waived;          // by action: guards that a waiver let it pass
  std::vector<std::vector<Membership>> in_flight;    // by Model::in_flight
  std::vector<SectionInfo> sections;                 // by resource, number; those with members
  int64_t asks = 0;                                  // times that the guards were asked
};

// Test hook: guards that are left out, by bit. Only tests set it, to see that the verifier catches what then goes
// wrong.
struct ScheduleOptions {
  uint64_t without_guards = 0;
};

Schedule MakeSchedule(const Model& model, const std::vector<Action>& actions, const ScheduleOptions& options);

// hash(kind, slot or host id, goal).
std::string ActionId(const Model& model, const Action& action, absl::string_view goal);
// The goal where it does not depend on the plan's end (all but cleanup).
std::string GoalOf(const Model& model, const Action& action);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_SCHEDULE_H_
