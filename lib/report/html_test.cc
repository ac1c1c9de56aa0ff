// The page holds nothing but what it is made of: whatever a cluster is called, no element and no script comes from it.
#include "lib/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace cassplan::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kEvil[] = "</script><script>alert(1)</script><!--\"'&\xE2\x80\xA8\x1b[2J";

size_t Times(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

void ExpectHarmless(const std::string& page) {
  EXPECT_EQ(Times(page, "<script"), 2u);  // the data, and the page's own
  EXPECT_EQ(Times(page, "</script"), 2u);
  EXPECT_EQ(Times(page, "<!--"), 0u);
  EXPECT_EQ(Times(page, "\x1b"), 0u);
  EXPECT_EQ(Times(page, "http:"), 1u);  // the name of SVG's namespace
  EXPECT_EQ(Times(page, "https:"), 0u);
  EXPECT_EQ(Times(page, " src="), 0u);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Html, TextIsText) {
  EXPECT_EQ(HtmlText("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_THAT(HtmlText(kEvil), Not(HasSubstr("\x1b")));
}

TEST(Html, ASimulationOfAnEvilCluster) {
  v1::SimulationResult result;
  result.set_cluster(kEvil);
  result.set_verdict(v1::SIMULATION_VERDICT_VIOLATION);
  result.set_seconds(60);
  for (int i = 0; i < 2; ++i) {
    v1::SimulationEvent* event = result.add_events();
    event->set_kind(i == 0 ? "fault" : kEvil);
    event->set_text(kEvil);
  }
  v1::SimulationBar* bar = result.add_bars();
  bar->set_slot(kEvil);
  bar->set_kind(kEvil);
  bar->set_reason(kEvil);
  v1::SimulationSample* sample = result.add_samples();
  sample->set_keyspace(kEvil);
  sample->set_datacenter(kEvil);
  v1::SimulationDisk* disk = result.add_disks();
  disk->set_slot(kEvil);
  disk->set_capacity_bytes(100);
  result.add_violations()->set_text(kEvil);
  v1::Refusal* by = result.add_held()->add_by();
  by->set_text(kEvil);
  by->set_remedy(kEvil);
  result.add_findings()->set_message(kEvil);
  ExpectHarmless(RenderHtml(result));
}

TEST(Html, APlanOfAnEvilCluster) {
  v1::PlanRequest request;
  request.mutable_desired()->set_cluster(kEvil);
  v1::PlanResponse response;
  response.set_outcome(v1::OUTCOME_PLANNED);
  response.set_summary(kEvil);
  v1::Action* action = response.mutable_plan()->add_actions();
  action->set_kind(v1::ACTION_KIND_RESTART_NODE);
  action->mutable_target()->set_datacenter(kEvil);
  action->mutable_target()->set_rack(kEvil);
  action->mutable_target()->set_ordinal(3);
  action->mutable_reason()->set_text(kEvil);
  response.add_impact()->set_keyspace(kEvil);
  ExpectHarmless(RenderHtml(request, response));
}

// A step is drawn where the value changes, and nowhere else.
TEST(Html, PointsOfALine) {
  v1::SimulationResult result;
  result.set_seconds(500);
  for (const auto& [at, up] : {std::pair{0, 3}, {100, 2}, {200, 2}, {300, 3}}) {
    v1::SimulationSample* s = result.add_samples();
    s->set_at_seconds(at);
    s->set_keyspace("shop");
    s->set_datacenter("dc1");
    s->set_up(up);
    s->set_need(2);
    s->set_replication_factor(3);
  }
  const std::string page = RenderHtml(result);
  EXPECT_THAT(page, HasSubstr("\"points\": \"0,3;100,2;300,3\""));
  EXPECT_THAT(page, HasSubstr("\"name\": \"shop in dc1\""));
}

// Used and capacity near the end of 64 bits give a percentage, not an overflow.
TEST(Html, DisksOfAnySize) {
  v1::SimulationResult result;
  v1::SimulationDisk* disk = result.add_disks();
  disk->set_slot("dc1/r1/0");
  disk->set_used_bytes(INT64_MAX / 2);
  disk->set_capacity_bytes(INT64_MAX);
  EXPECT_THAT(RenderHtml(result), HasSubstr("\"points\": \"0,50\""));
}

// The lowest value holds while nodes are away, and the levels of the policy give the line.
TEST(Html, ReplicasOfAPlan) {
  v1::PlanRequest request;
  request.mutable_policy()->add_levels(v1::CONSISTENCY_LEVEL_ALL);
  v1::PlanResponse response;
  v1::Action* action = response.mutable_plan()->add_actions();
  action->set_kind(v1::ACTION_KIND_RESTART_NODE);
  action->set_disrupts(1);
  action->set_forecast_start_seconds(40);
  action->set_forecast_finish_seconds(90);
  v1::Impact* impact = response.add_impact();
  impact->set_keyspace("shop");
  impact->set_replication_factor(3);
  impact->set_lowest_replicas_up(2);
  const std::string page = RenderHtml(request, response);
  EXPECT_THAT(page, HasSubstr("\"points\": \"0,3;40,2;90,3\""));
  EXPECT_THAT(page, HasSubstr("\"need\": 3"));
}

}  // namespace
}  // namespace cassplan::report
