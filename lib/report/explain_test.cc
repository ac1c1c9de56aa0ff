#include "cassplan/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "cassplan/planner.h"
#include "lib/planner/guards/guard.h"
#include "lib/report/explanation_text.h"
#include "lib/report/rules.h"
#include "tests/testing/cluster.h"

namespace cassplan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A new template, and one node down: its own restart comes first, the other racks are held.
struct Planned {
  v1::PlanRequest request;
  v1::PlanResponse response;
};

Planned RestartWithANodeDown() {
  cassplan::testing::Cluster cluster(cassplan::testing::Even(2));
  cluster.revision = "B";
  cluster.node("dc1/r2/1").up = false;
  cluster.desired = cassplan::testing::Even(3);
  Planned out;
  out.request = cluster.Build();
  out.response = *Plan(out.request);
  return out;
}

std::string Text(const Planned& planned, const std::string& what) {
  const absl::StatusOr<v1::Explanation> explanation = Explain(planned.request, planned.response, what);
  return explanation.ok() ? report::RenderExplanation(*explanation, 100, false)
                          : absl::StrCat("ERROR ", std::string(explanation.status().message()));
}

TEST(Explain, EveryNamedThingHasAnAnswer) {
  const Planned planned = RestartWithANodeDown();
  ASSERT_GT(planned.response.plan().actions_size() + planned.response.held_size(), 0);
  for (const v1::Action& a : planned.response.plan().actions()) {
    const std::string text = Text(planned, a.id());
    EXPECT_THAT(text, HasSubstr(a.reason().text().substr(0, 20))) << text;
    EXPECT_THAT(text, Not(HasSubstr("ERROR")));
  }
  for (const v1::Held& h : planned.response.held()) {
    const std::string text = Text(planned, h.action_id());
    EXPECT_THAT(text, HasSubstr("why not now: "));
    EXPECT_THAT(text, HasSubstr("remedy: "));
  }
  for (const char* what : {"restart_node", "quorum", "dc1", "dc1/r2", "dc1/r2/1", "app"}) {
    EXPECT_THAT(Text(planned, what), Not(HasSubstr("ERROR"))) << what;
  }
}

TEST(Explain, ANodeByItsHostIdOrTheStartOfIt) {
  const Planned planned = RestartWithANodeDown();
  cassplan::testing::Cluster cluster(cassplan::testing::Even(2));
  const std::string id = cluster.node("dc1/r2/1").host_id;
  EXPECT_THAT(Text(planned, id), HasSubstr("node dc1/r2/1"));
}

TEST(Explain, UnknownNamesSayWhatIsNear) {
  const Planned planned = RestartWithANodeDown();
  const absl::StatusOr<v1::Explanation> typo = Explain(planned.request, planned.response, "quorm");
  ASSERT_FALSE(typo.ok());
  EXPECT_EQ(typo.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(typo.status().message()), HasSubstr("near are quorum"));
  EXPECT_THAT(Text(planned, "dc1/r2/11"), HasSubstr("dc1/r2/1"));
  EXPECT_THAT(Text(planned, ""), HasSubstr("ERROR"));
  EXPECT_THAT(Text(planned, std::string(100000, 'x')), HasSubstr("ERROR"));
  EXPECT_THAT(Text(planned, "zzzz"), HasSubstr("give an action's id"));
}

TEST(Explain, NothingPlannedIsToldToo) {
  cassplan::testing::Cluster cluster(cassplan::testing::Even(2));
  cluster.desired = cassplan::testing::Even(2);
  Planned planned;
  planned.request = cluster.Build();
  planned.response = *Plan(planned.request);
  EXPECT_THAT(Text(planned, "dc1/r1/0"), HasSubstr("nothing to do there"));
  EXPECT_THAT(Text(planned, "decommission"), HasSubstr("no such action"));
  EXPECT_THAT(Text(planned, "quorum"), HasSubstr("nothing to say"));
}

TEST(Rules, SortedAndEveryGuardIsThere) {
  std::string before;
  for (const report::Rule& rule : report::Rules()) {
    EXPECT_LT(before, rule.slug);
    before = rule.slug;
  }
  for (const planner::Guard& guard : planner::Guards()) {
    const report::Rule* rule = report::FindRule(std::string(guard.slug));
    ASSERT_NE(rule, nullptr) << guard.slug << ": add it to lib/report/rules.cc";
    EXPECT_TRUE(rule->guard) << guard.slug;
  }
}

}  // namespace
}  // namespace cassplan
