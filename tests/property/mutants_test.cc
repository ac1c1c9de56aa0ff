// Each guard is switched off once, where it matters. What then goes wrong is either seen by the verifier, which names
// the invariant, or, where it cannot see it by its nature, by the action that then is in the plan. With the guard on
// neither is so. docs/mutants.md lists the cases.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "lib/planner/guards/guard.h"
#include "tests/property/mutant_cases.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

std::set<std::string> Broken(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  std::set<std::string> invariants;
  const absl::StatusOr<VerifyResult> result = Verify(Settled(request, response), response, Effort(2000, 3));
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return invariants;
  for (const Violation& v : result->violations) invariants.insert(v.invariant);
  return invariants;
}

TEST(Mutants, TheVerifierSeesWhatGoesWrong) {
  for (const Seen& seen : SeenByTheVerifier()) {
    SCOPED_TRACE(seen.name);
    const v1::PlanRequest request = seen.make();
    const v1::PlanResponse with = PlanWithout("", request);
    const v1::PlanResponse without = PlanWithout(seen.guard, request);
    EXPECT_EQ(Violations(Settled(request, with), with, Effort(2000, 3)), "");
    EXPECT_EQ(Broken(request, without).count(seen.invariant), 1u)
        << seen.invariant << " is not among:\n"
        << Violations(Settled(request, without), without, Effort(2000, 3));
    EXPECT_FALSE(with.plan().SerializeAsString() == without.plan().SerializeAsString());
  }
}

TEST(Mutants, OnlyThePlanShows) {
  for (const Unseen& unseen : UnseenByTheVerifier()) {
    SCOPED_TRACE(unseen.name);
    const v1::PlanRequest request = unseen.make();
    const v1::PlanResponse with = PlanWithout("", request);
    const v1::PlanResponse without = PlanWithout(unseen.guard, request);
    EXPECT_EQ(Violations(Settled(request, with), with, Effort(2000, 3)), "");
    EXPECT_FALSE(Picture(with).Has(unseen.forbidden));
    EXPECT_EQ(Picture(with).held().at(unseen.forbidden).count(unseen.guard), 1u);
    EXPECT_TRUE(Picture(without).Has(unseen.forbidden));
  }
}

TEST(Mutants, EveryGuardHasOne) {
  std::set<std::string> guards;
  for (const Seen& seen : SeenByTheVerifier()) guards.insert(seen.guard);
  for (const Unseen& unseen : UnseenByTheVerifier()) guards.insert(unseen.guard);
  for (const planner::Guard& guard : planner::Guards()) {
    EXPECT_EQ(guards.count(std::string(guard.slug)), 1u) << guard.slug;
  }
  EXPECT_EQ(guards.size(), planner::Guards().size());
}

}  // namespace
}  // namespace cassplan::property
