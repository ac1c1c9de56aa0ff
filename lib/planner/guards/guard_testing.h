// What the tests of guards share: clusters to start from, and what a guard answers about one action of a plan.
#ifndef CASSPLAN_LIB_PLANNER_GUARDS_GUARD_TESTING_H_
#define CASSPLAN_LIB_PLANNER_GUARDS_GUARD_TESTING_H_

#include <string>

#include "lib/planner/pipeline.h"
#include "tests/testing/cluster.h"
#include "tests/testing/edit.h"

namespace cassplan::planner {

// One node in each of three racks, RF 3.
inline testing::Cluster Small() { return testing::Cluster(testing::Even(1)); }

// Every node shall get the template "B".
inline testing::Cluster Restarting(const testing::Shape& shape = testing::Even(1)) {
  testing::Cluster c(shape);
  c.revision = "B";
  return c;
}

// One node more (or less) in every rack.
inline testing::Cluster Growing() {
  testing::Cluster c(testing::Even(1));
  c.desired = testing::Even(2);
  return c;
}

inline testing::Cluster Shrinking() {
  testing::Cluster c(testing::Even(2));
  c.desired = testing::Even(1);
  return c;
}

inline constexpr char kPlanned[] = "planned";

// "planned"; or what the guard says against the action, "text | remedy", one per line; or which others hold it; or
// "not wanted".
inline std::string Answer(const v1::PlanResponse& response, const std::string& guard, const std::string& action) {
  for (const v1::Action& a : response.plan().actions()) {
    if (testing::Name(a) == action) return kPlanned;
  }
  for (const v1::Held& held : response.held()) {
    if (testing::Name(held) != action) continue;
    std::string own;
    std::string others;
    for (const v1::Refusal& by : held.by()) {
      if (by.guard() == guard) own += (own.empty() ? "" : "\n") + by.text() + " | " + by.remedy();
      if (by.guard() != guard) others += " " + by.guard();
    }
    return own.empty() ? "held by" + others : own;
  }
  return "not wanted";
}

inline std::string Answer(const v1::PlanRequest& request, const std::string& guard, const std::string& action) {
  return Answer(RunPipeline(request, ScheduleOptions(), nullptr), guard, action);
}

inline std::string Answer(const testing::Cluster& cluster, const std::string& guard, const std::string& action) {
  return Answer(cluster.Build(), guard, action);
}

// The sections that an action waits for, and its predecessors, by id.
inline bool WaitsFor(const v1::PlanRequest& request, const std::string& action, const std::string& section) {
  const v1::PlanResponse response = RunPipeline(request, ScheduleOptions(), nullptr);
  for (const v1::Action& a : response.plan().actions()) {
    if (testing::Name(a) != action) continue;
    for (const std::string& id : a.requires_ids()) {
      if (id == section) return true;
    }
  }
  return false;
}

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_GUARDS_GUARD_TESTING_H_
