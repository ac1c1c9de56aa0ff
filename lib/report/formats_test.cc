// Markdown, SARIF, JUnit, runbook, differences, JSON Schema.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"
#include "lib/model/document.h"
#include "lib/report/difference.h"
#include "lib/report/json_schema.h"
#include "lib/report/locate.h"
#include "lib/report/markdown.h"
#include "lib/report/results.h"
#include "lib/report/runbook.h"

namespace cassplan::report {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::PlanRequest Request() {
  v1::PlanRequest request;
  request.set_now_seconds(1795388400);
  request.mutable_desired()->set_cluster("demo");
  return request;
}

v1::PlanResponse Response(int racks, int nodes) {
  v1::PlanResponse response;
  response.set_outcome(v1::OUTCOME_PLANNED);
  for (int r = 0; r < racks; ++r) {
    for (int n = 0; n < nodes; ++n) {
      v1::Action* a = response.mutable_plan()->add_actions();
      a->set_id(absl::StrCat("id-", r, "-", n));
      a->set_kind(v1::ACTION_KIND_RESTART_NODE);
      a->mutable_target()->set_datacenter("dc1");
      a->mutable_target()->set_rack(absl::StrCat("r", r));
      a->mutable_target()->set_ordinal(n);
      a->set_manual("restart <it> | `now`");
      a->set_verify("nodetool status");
      a->set_way_back("restart it again");
      a->add_sections(absl::StrCat("serving/dc1#", r));
      if (r > 0) a->add_requires_ids(absl::StrCat("serving/dc1#", r - 1));
    }
  }
  return response;
}

void AddHeld(v1::PlanResponse* response, const std::string& text) {
  v1::Held* h = response->add_held();
  h->set_action_id(absl::StrCat("held-", response->held_size()));
  h->set_kind(v1::ACTION_KIND_DECOMMISSION);
  h->mutable_target()->set_datacenter("dc1");
  h->mutable_target()->set_rack("r1");
  h->mutable_target()->set_ordinal(response->held_size());
  v1::Refusal* by = h->add_by();
  by->set_guard("quorum");
  by->set_text(text);
  by->set_remedy("bring it up");
}

TEST(Markdown, AThousandNodesAreRowsByRack) {
  const std::string text = RenderMarkdown(Request(), Response(3, 333));
  EXPECT_LE(text.size(), kMarkdownBytes);
  for (const char* rack : {"r0", "r1", "r2"})
    EXPECT_THAT(text, HasSubstr(absl::StrCat("restart 333 nodes in dc1/", rack)));
  EXPECT_THAT(text, HasSubstr("shortened"));
}

TEST(Markdown, NeverTooLong) {
  v1::PlanResponse response = Response(300, 2);
  for (int i = 0; i < 2000; ++i) {
    AddHeld(&response, absl::StrCat(std::string(2000, 'x'), i));
    v1::Finding* f = response.add_findings();
    f->set_rule(absl::StrCat("rule-", i));
    f->set_level(v1::FINDING_LEVEL_ERROR);
    f->set_message(std::string(40000, '<'));
  }
  const std::string text = RenderMarkdown(Request(), response);
  EXPECT_LE(text.size(), kMarkdownBytes);
  EXPECT_THAT(text, HasSubstr("cut here"));
}

TEST(Markdown, NamesCannotBecomeMarkup) {
  EXPECT_EQ(MarkdownText("@team"), "&#64;team");
  EXPECT_THAT(MarkdownText("<img src=x>"), Not(HasSubstr("<")));
  EXPECT_THAT(MarkdownText("[a](http://b)"), Not(HasSubstr("://")));
  v1::PlanResponse response = Response(1, 1);
  response.set_summary("a | b\n# c");
  EXPECT_THAT(RenderMarkdown(Request(), response), Not(HasSubstr("\n# c")));
  v1::PlanRequest request = Request();
  request.mutable_desired()->set_cluster("x --><script>");
  EXPECT_THAT(RenderMarkdown(request, response), Not(HasSubstr("<script>")));
}

TEST(Sarif, PlannedActionsAreNoResults) {
  const std::string text = RenderSarif(AllResults(Request(), Response(1, 3)), {});
  EXPECT_THAT(text, HasSubstr("\"results\": []"));
  model::Value value;
  EXPECT_TRUE(model::ParseJsonDocument(text, ParseOptions(), &value).empty());
}

TEST(Sarif, HeldAlikeAreOneResultAndAtMost5000) {
  v1::PlanResponse response;
  for (int i = 0; i < 300; ++i) AddHeld(&response, "too few replicas");
  EXPECT_EQ(HeldAndFindings(Request(), response).size(), 1u);
  for (int i = 0; i < 6000; ++i) {
    v1::Finding* f = response.add_findings();
    f->set_rule("many");
    f->set_level(v1::FINDING_LEVEL_NOTE);
    f->set_message(absl::StrCat(i));
  }
  const std::string text = RenderSarif(HeldAndFindings(Request(), response), {});
  EXPECT_THAT(text, HasSubstr("\"resultsLeftOut\": 1001"));
  EXPECT_THAT(text, HasSubstr("decommission 300 nodes in dc1/r1"));
}

TEST(Junit, CountsAndEscapes) {
  v1::PlanResponse response = Response(1, 2);
  AddHeld(&response, "a < b & \"c\"\x01");
  v1::Finding* f = response.add_findings();
  f->set_rule("note");
  f->set_level(v1::FINDING_LEVEL_NOTE);
  f->set_message("m");
  const std::string text = RenderJunit("suite", AllResults(Request(), response));
  EXPECT_THAT(text, HasSubstr("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(text, HasSubstr("a &lt; b &amp; &quot;c&quot;\\x01"));
}

TEST(Runbook, NumbersStepsInTheOrderOfTheEdges) {
  const std::string text = RenderRunbook(Request(), Response(2, 2), 100, false, false);
  const size_t first = text.find("1. restart 2 nodes in dc1/r0");
  const size_t second = text.find("2. restart 2 nodes in dc1/r1");
  EXPECT_NE(first, std::string::npos);
  EXPECT_LT(first, second);
  EXPECT_THAT(text, HasSubstr("run:      restart <it> | `now`"));
  EXPECT_THAT(text, HasSubstr("way back: restart it again"));
  EXPECT_THAT(RenderRunbook(Request(), Response(1, 20), 100, false, false), HasSubstr("the same for 14 more (6-19)"));
  EXPECT_THAT(RenderRunbook(Request(), Response(1, 20), 100, false, true), Not(HasSubstr("the same for")));
}

TEST(Difference, AddedRemovedChangedMovedHeld) {
  const v1::PlanResponse before = Response(1, 4);
  EXPECT_TRUE(Compare(before, before).empty());
  v1::PlanResponse after = before;
  after.mutable_plan()->mutable_actions(0)->mutable_cost()->set_seconds_high(5);
  EXPECT_TRUE(Compare(before, after).empty()) << "costs are for display";
  after.mutable_plan()->mutable_actions(1)->set_manual("another");
  after.mutable_plan()->mutable_actions()->SwapElements(2, 3);
  after.mutable_plan()->mutable_actions(0)->set_id("new");
  AddHeld(&after, "why");
  const Difference d = Compare(before, after);
  ASSERT_EQ(d.added.size(), 1u);
  EXPECT_EQ(d.added[0]->id(), "new");
  ASSERT_EQ(d.removed.size(), 1u);
  EXPECT_EQ(d.removed[0]->id(), "id-0-0");
  ASSERT_EQ(d.changed.size(), 1u);
  EXPECT_THAT(d.changed[0].fields, testing::ElementsAre("manual"));
  EXPECT_EQ(d.moved.size(), 1u);
  EXPECT_EQ(d.held.size(), 1u);
  EXPECT_THAT(RenderDifference(d, 100, false), HasSubstr("different in: manual"));
  EXPECT_THAT(RenderDifferenceJson(d), HasSubstr("\"equal\": false"));
}

TEST(JsonSchema, EveryNameHasOne) {
  for (const std::string& name : SchemaNames()) {
    model::Value value;
    EXPECT_TRUE(model::ParseJsonDocument(RenderJsonSchema(name), ParseOptions(), &value).empty()) << name;
    EXPECT_NE(value.Find("$defs"), nullptr) << name;
  }
  EXPECT_EQ(RenderJsonSchema("nothing"), "");
}

TEST(Locate, TheNearestFieldOfTheName) {
  v1::Desired desired;
  for (const char* dc : {"dc1", "dc2"}) desired.add_datacenters()->set_name(dc);
  const auto add = [&](const std::string& path, int line) {
    v1::Location* l = desired.add_locations();
    l->set_file("f");
    l->set_path(path);
    l->set_line(line);
  };
  add("spec.nodesPerRacks", 1);
  add("spec.topology.dc[1].nodesPerRacks", 2);
  add("spec.topology.dc[0]", 3);
  v1::Target target;
  target.set_datacenter("dc1");
  EXPECT_EQ(Locate(desired, "nodesPerRacks", target).line(), 1);
  target.set_datacenter("dc2");
  EXPECT_EQ(Locate(desired, "nodesPerRacks", target).line(), 2);
  target.set_datacenter("dc1");
  v1::Reason reason;
  reason.add_paths("nothing.of.the.kind");
  EXPECT_EQ(Locate(desired, reason, target).line(), 3);
}

}  // namespace
}  // namespace cassplan::report
