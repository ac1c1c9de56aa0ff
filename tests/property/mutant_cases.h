// Requests where a guard matters: without it the plan does what must not be. docs/mutants.md lists them.
#ifndef CASSPLAN_TESTS_PROPERTY_MUTANT_CASES_H_
#define CASSPLAN_TESTS_PROPERTY_MUTANT_CASES_H_

#include <string>
#include <vector>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::property {

v1::PlanResponse PlanWithout(const std::string& guard, const v1::PlanRequest& request);

// The plan breaks an invariant, which the verifier names.
struct Seen {
  std::string guard;
  std::string name;
  v1::PlanRequest (*make)();
  std::string invariant;
};
const std::vector<Seen>& SeenByTheVerifier();

// The plan has an action that must not be, and no invariant is about it.
struct Unseen {
  std::string guard;
  std::string name;
  v1::PlanRequest (*make)();
  std::string forbidden;
};
const std::vector<Unseen>& UnseenByTheVerifier();

}  // namespace cassplan::property

#endif  // CASSPLAN_TESTS_PROPERTY_MUTANT_CASES_H_
