#include "lib/report/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cassplan::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kNow = 1795388400;

v1::PlanRequest Request() {
  v1::PlanRequest request;
  request.set_now_seconds(kNow);
  request.mutable_desired()->set_cluster("demo");
  v1::Report* report = request.mutable_observed()->add_reports();
  report->set_status(v1::REPORT_STATUS_OK);
  report->mutable_slot()->set_present(true);
  return request;
}

v1::PlanResponse Response(v1::Outcome outcome, const std::string& summary) {
  v1::PlanResponse response;
  response.set_outcome(outcome);
  response.set_summary(summary);
  return response;
}

void SetSlot(const std::string& rack, int ordinal, v1::Target* target) {
  target->set_datacenter("dc1");
  target->set_rack(rack);
  target->set_ordinal(ordinal);
}

v1::Action* AddAction(v1::PlanResponse* response, v1::ActionKind kind, const std::string& rack, int ordinal) {
  v1::Action* a = response->mutable_plan()->add_actions();
  a->set_id(absl::StrCat("id", response->plan().actions_size()));
  a->set_kind(kind);
  SetSlot(rack, ordinal, a->mutable_target());
  return a;
}

// Drain and restart of every node, rack by rack.
v1::PlanResponse RollingRestart(int racks, int nodes) {
  v1::PlanResponse response =
      Response(v1::OUTCOME_PLANNED, absl::StrCat(racks * nodes, " nodes restart with a new image, rack by rack."));
  for (int r = 1; r <= racks; ++r) {
    for (int n = 0; n < nodes; ++n) {
      const std::string rack = absl::StrCat("rack", r);
      v1::Action* drain = AddAction(&response, v1::ACTION_KIND_DRAIN, rack, n);
      v1::Action* restart = AddAction(&response, v1::ACTION_KIND_RESTART_NODE, rack, n);
      restart->add_requires_ids(drain->id());
      drain->set_ready(r == 1);
      for (v1::Action* a : {drain, restart}) {
        a->set_unit(absl::StrCat(rack, "/", n));
        a->add_sections(absl::StrCat("serving/dc1#", r));
        if (r > 1) a->add_requires_ids(absl::StrCat("serving/dc1#", r - 1));
      }
      drain->set_forecast_start_seconds((r - 1) * 300);
      drain->set_forecast_finish_seconds((r - 1) * 300 + 20);
      restart->set_forecast_start_seconds((r - 1) * 300 + 20);
      restart->set_forecast_finish_seconds(r * 300);
    }
  }
  response.set_plan_fingerprint("4f1c");
  response.set_next_check_seconds(30);
  return response;
}

void AddImpact(const std::string& keyspace, int rf, int up, v1::PlanResponse* response) {
  v1::Impact* i = response->add_impact();
  i->set_keyspace(keyspace);
  i->set_datacenter("dc1");
  i->set_replication_factor(rf);
  i->set_lowest_replicas_up(up);
}

v1::Finding* AddFinding(v1::FindingLevel level, const std::string& rule, const std::string& message,
                        v1::PlanResponse* response) {
  v1::Finding* f = response->add_findings();
  f->set_level(level);
  f->set_rule(rule);
  f->set_message(message);
  return f;
}

void AddHeld(v1::ActionKind kind, const std::string& rack, int ordinal, const std::string& guard,
             const std::string& text, const std::string& remedy, v1::PlanResponse* response) {
  v1::Held* held = response->add_held();
  held->set_action_id(absl::StrCat("held", response->held_size()));
  held->set_kind(kind);
  SetSlot(rack, ordinal, held->mutable_target());
  v1::Refusal* by = held->add_by();
  by->set_guard(guard);
  by->set_text(text);
  by->set_remedy(remedy);
}

size_t Lines(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

std::string Text(const v1::PlanResponse& response, int verbosity = 0) {
  TextOptions options;
  options.verbosity = verbosity;
  return RenderText(Request(), response, options);
}

TEST(RenderText, Converged) {
  v1::PlanResponse response = Response(v1::OUTCOME_CONVERGED, "all 9 nodes are as desired.");
  response.set_next_check_seconds(300);
  response.set_plan_fingerprint("00ff");
  EXPECT_EQ(Text(response), R"(Nothing to do: all 9 nodes are as desired.
Cluster demo, as of 2026-11-22T23:00:00Z

Next check in 5 min; plan 00ff
)");
}

TEST(RenderText, RollingRestartOfAThousandNodes) {
  v1::PlanResponse response = RollingRestart(3, 333);
  AddImpact("app", 3, 2, &response);
  AddImpact("users", 3, 2, &response);
  EXPECT_EQ(Text(response), R"(Changes planned: 999 nodes restart with a new image, rack by rack.
Cluster demo, as of 2026-11-22T23:00:00Z, about 15 min in all

Clients will see at worst
  app, users  dc1  2 of 3 replicas up  no level fails

Steps
  1  !  drain and restart 333 nodes in dc1/rack1  together  ~5 min  ready
  2  !  drain and restart 333 nodes in dc1/rack2  together  ~5 min
  3  !  drain and restart 333 nodes in dc1/rack3  together  ~5 min

Next check in 30 s; plan 4f1c; details: -v
)");
}

TEST(RenderText, Refused) {
  v1::PlanResponse response = Response(v1::OUTCOME_REFUSED, "1 change can never be made safely; 1 action goes on.");
  v1::Finding* f = AddFinding(v1::FINDING_LEVEL_ERROR, "replication-floor",
                              "datacenter dc1 would keep 2 node(s), and keyspace app has 3 replicas there", &response);
  f->set_remedy("the smallest that fits is 1 node(s) in each of 3 rack(s); or lower the replication first");
  f->mutable_location()->set_file("desired.yaml");
  f->mutable_location()->set_line(12);
  f->mutable_location()->set_column(5);
  f->mutable_location()->set_path("spec.nodesPerRacks");
  AddFinding(v1::FINDING_LEVEL_NOTE, "intolerant", "keyspace logs has one replica", &response);
  AddAction(&response, v1::ACTION_KIND_CLEANUP, "rack1", 0)->set_ready(true);
  EXPECT_EQ(Text(response), R"(Refused: 1 change can never be made safely; 1 action goes on.
Cluster demo, as of 2026-11-22T23:00:00Z

Refused
  desired.yaml:12:5: spec.nodesPerRacks: datacenter dc1 would keep 2 node(s), and keyspace app has 3
    replicas there [replication-floor]
    remedy: the smallest that fits is 1 node(s) in each of 3 rack(s); or lower the replication first

Steps
  1  ~  clean up dc1/rack1/0  ready

Findings
  note: keyspace logs has one replica [intolerant]

Next check when something changes; details: -v
)");
}

TEST(RenderText, BlockedGroupsWhatIsHeldByGuard) {
  v1::PlanResponse response = Response(v1::OUTCOME_BLOCKED, "a person must decide about dc1/rack3/3.");
  for (int n = 0; n < 4; ++n) {
    AddHeld(v1::ACTION_KIND_RESTART_NODE, "rack1", n, "quorum",
            absl::StrCat("keyspace app would keep 1 of 3 replicas while dc1/rack1/", n, " restarts"),
            "bring dc1/rack2/0 back", &response);
  }
  AddHeld(v1::ACTION_KIND_DECOMMISSION, "rack3", 3, "movement-sources", "the member is down",
          "start it, or remove it by host id", &response);
  AddHeld(v1::ACTION_KIND_SHRINK_RACK, "rack3", 3, "predecessor", "comes after", "release that one", &response);
  EXPECT_EQ(Text(response), R"(Blocked: a person must decide about dc1/rack3/3.
Cluster demo, as of 2026-11-22T23:00:00Z

Held: 5 actions, and 1 that comes after
  x quorum: restart 4 nodes in dc1/rack1 (0-3)
      keyspace app would keep 1 of 3 replicas while dc1/rack1/0 restarts
      keyspace app would keep 1 of 3 replicas while dc1/rack1/1 restarts
      ... and 2 more reasons
      remedy: bring dc1/rack2/0 back
  x movement-sources: decommission dc1/rack3/3
      the member is down
      remedy: start it, or remove it by host id
  x and what comes after: drop slot dc1/rack3/3

Next check when something changes; details: -v
)");
}

TEST(RenderText, InvalidListsAllProblemsAndNothingElse) {
  v1::PlanResponse response = Response(v1::OUTCOME_INVALID, "60 problems.");
  for (int i = 1; i <= 60; ++i) {
    v1::Finding* f = AddFinding(v1::FINDING_LEVEL_ERROR, "request", absl::StrCat("problem ", i), &response);
    f->mutable_location()->set_path(absl::StrCat("desired.datacenters[", i, "].name"));
  }
  const std::string text = Text(response);
  EXPECT_THAT(text, testing::StartsWith(R"(Invalid input: 60 problems.
Cluster demo, as of 2026-11-22T23:00:00Z

Problems
  desired.datacenters[1].name: problem 1 [request]
)"));
  EXPECT_EQ(Lines(text), 64u);
  EXPECT_THAT(text, Not(HasSubstr("Next check")));
}

TEST(RenderText, InProgress) {
  v1::PlanResponse response = Response(v1::OUTCOME_IN_PROGRESS, "waiting for 2 restarts.");
  for (int n = 0; n < 2; ++n) {
    v1::StartedAction* s = response.mutable_ledger()->add_started();
    s->set_kind(v1::ACTION_KIND_RESTART_NODE);
    SetSlot("rack1", n, s->mutable_target());
    s->set_state(v1::STARTED_STATE_IN_FLIGHT);
    s->set_started_at_seconds(kNow - 60);
    s->set_deadline_seconds(kNow + 3540);
  }
  response.set_next_check_seconds(30);
  EXPECT_EQ(Text(response), R"(In progress: waiting for 2 restarts.
Cluster demo, as of 2026-11-22T23:00:00Z

In flight
  ! restart 2 nodes in dc1/rack1, since 2026-11-22T22:59:00Z, given up at 2026-11-22T23:59:00Z

Next check in 30 s
)");
}

TEST(RenderText, ScaleInSaysWhatCannotBeUndone) {
  v1::PlanResponse response = Response(v1::OUTCOME_PLANNED, "2 nodes leave.");
  std::string before;
  for (const char* rack : {"rack1", "rack2"}) {
    for (const v1::ActionKind kind :
         {v1::ACTION_KIND_DECOMMISSION, v1::ACTION_KIND_SHRINK_RACK, v1::ACTION_KIND_DELETE_VOLUME}) {
      v1::Action* a = AddAction(&response, kind, rack, 2);
      if (!before.empty()) a->add_requires_ids(before);
      before = a->id();
      a->set_reversibility(kind == v1::ACTION_KIND_SHRINK_RACK ? v1::REVERSIBILITY_REVERSIBLE
                                                               : v1::REVERSIBILITY_IRREVERSIBLE);
      if (kind == v1::ACTION_KIND_DECOMMISSION) a->set_force(true);
      if (kind == v1::ACTION_KIND_DELETE_VOLUME) a->add_waivers("volume-last");
    }
  }
  response.mutable_plan()->mutable_actions(0)->set_ready(true);
  v1::PlanRequest request = Request();
  v1::Waiver* w = request.mutable_policy()->add_waivers();
  w->set_action_id("id3");
  w->set_guard("volume-last");
  w->set_by("ops");
  w->set_why("the disk is lost");
  EXPECT_EQ(RenderText(request, response, TextOptions()), R"(Changes planned: 2 nodes leave.
Cluster demo, as of 2026-11-22T23:00:00Z

Cannot be undone
  -# decommission dc1/rack1/2, skipping Cassandra's own replication check
  -# delete the volume of dc1/rack1/2
  -# decommission dc1/rack2/2, skipping Cassandra's own replication check
  -# delete the volume of dc1/rack2/2

Passes a guard by a waiver
  volume-last: delete the volume of dc1/rack1/2 and 1 more, by ops: the disk is lost

Steps
  1  -#  decommission dc1/rack1/2          ready
  2  -   drop slot dc1/rack1/2
  3  -#  delete the volume of dc1/rack1/2
  4  -#  decommission dc1/rack2/2
  5  -   drop slot dc1/rack2/2
  6  -#  delete the volume of dc1/rack2/2

Next check when something changes; details: -v
)");
}

TEST(RenderText, FailuresComeFirst) {
  v1::PlanResponse response = Response(v1::OUTCOME_BLOCKED, "a restart failed.");
  v1::PlanRequest request = Request();
  v1::StartedAction* s = request.mutable_ledger()->add_started();
  s->set_id("id9");
  s->set_kind(v1::ACTION_KIND_RESTART_NODE);
  SetSlot("rack1", 0, s->mutable_target());
  v1::StateChange* failed = response.add_changes();
  failed->set_action_id("id9");
  failed->set_state("timed_out");
  failed->set_text("the node did not come back");
  response.add_changes()->set_state("done");
  EXPECT_EQ(RenderText(request, response, TextOptions()), R"(Blocked: a restart failed.
Cluster demo, as of 2026-11-22T23:00:00Z

Since the last plan: 1 action done
Failed since the last plan
  x restart dc1/rack1/0 (timed out): the node did not come back

Next check when something changes
)");
}

TEST(RenderText, ClusterThatDoesNotExistYet) {
  v1::PlanRequest request = Request();
  v1::Report* report = request.mutable_observed()->mutable_reports(0);
  report->mutable_inventory()->set_slots_complete(true);
  v1::PlanResponse response = Response(v1::OUTCOME_PLANNED, "a new cluster of 3 nodes.");
  EXPECT_THAT(RenderText(request, response, TextOptions()), HasSubstr(", does not exist yet"));
  request.clear_observed();
  EXPECT_THAT(RenderText(request, response, TextOptions()), HasSubstr(", nothing is known of it"));
}

TEST(RenderText, DetailsOfAnAction) {
  v1::PlanResponse response = Response(v1::OUTCOME_PLANNED, "1 node leaves.");
  v1::Action* a = AddAction(&response, v1::ACTION_KIND_DECOMMISSION, "rack1", 2);
  a->set_ready(true);
  a->set_reversibility(v1::REVERSIBILITY_UNTIL_STARTED);
  a->mutable_reason()->set_code("surplus-node");
  a->mutable_reason()->set_text("rack1 shall have 2 nodes and has 3");
  a->mutable_reason()->add_paths("spec.nodesPerRacks");
  v1::Condition* c = a->add_preconditions();
  c->set_fact("host_id");
  SetSlot("rack1", 2, c->mutable_subject());
  c->set_value("0d1e");
  c->set_evidence("jolokia 20 s ago");
  c->set_max_age_seconds(300);
  v1::Condition* other = a->add_preconditions();
  other->set_fact("no_movement");
  other->set_value("yes");
  other->set_max_age_seconds(300);
  v1::Condition* done = a->add_done_when();
  done->set_fact("member_left");
  done->set_value("a majority of peers");
  a->set_manual("nodetool decommission");
  a->set_verify("nodetool status | grep 0d1e");
  a->set_way_back("start the node again, empty");
  a->mutable_cost()->set_seconds_low(600);
  a->mutable_cost()->set_seconds_high(1200);
  a->set_timeout_seconds(7200);
  a->add_requires_ids("ring/dc1#0");
  AddHeld(v1::ACTION_KIND_CLEANUP, "rack1", 0, "paused", "cleanup is paused by ops", "end the pause", &response);
  EXPECT_EQ(Text(response, 1), R"(Changes planned: 1 node leaves.
Cluster demo, as of 2026-11-22T23:00:00Z

Held: 1 action
  x paused: clean up dc1/rack1/0
      cleanup is paused by ops
      remedy: end the pause

Steps
  1  -  decommission dc1/rack1/2  ready

Actions
  - decommission dc1/rack1/2, ready
    id: id1
    reason: rack1 shall have 2 nodes and has 3 [surplus-node] (spec.nodesPerRacks)
    only if: the node's host id is 0d1e (dc1/rack1/2) (seen: jolokia 20 s ago); no node joins,
      leaves or moves (seen at most 5 min ago)
    done when: member left is a majority of peers
    by hand: nodetool decommission
    verify: nodetool status | grep 0d1e
    way back: cannot be undone once it has started; start the node again, empty
    takes: 10 min to 20 min, counts as failed after 2 h

Held actions
  x clean up dc1/rack1/0
    id: held1
    paused: cleanup is paused by ops
    remedy: end the pause

Next check when something changes
)");
  EXPECT_THAT(Text(response, 2), HasSubstr("    requires: ring/dc1#0\n"));
}

TEST(RenderText, NoReplicaDownIsOneLine) {
  v1::PlanResponse response = RollingRestart(1, 1);
  AddImpact("app", 3, 3, &response);
  EXPECT_THAT(Text(response), HasSubstr("\n\nClients will see no replica down.\n\n"));
  response.clear_plan();
  EXPECT_THAT(Text(response), Not(HasSubstr("Clients")));
}

TEST(RenderText, OnlyTheTarget) {
  TextOptions options;
  options.target = "dc1/rack2";
  const std::string text = RenderText(Request(), RollingRestart(3, 3), options);
  EXPECT_THAT(text, HasSubstr("3 nodes in dc1/rack2"));
  EXPECT_THAT(text, Not(HasSubstr("rack1")));
  options.target = "dc1/rack2/1";
  EXPECT_THAT(RenderText(Request(), RollingRestart(3, 3), options), HasSubstr("drain and restart dc1/rack2/1"));
}

TEST(RenderText, ColoursChangeNothingElse) {
  TextOptions options;
  options.color = true;
  std::string text = RenderText(Request(), RollingRestart(3, 3), options);
  EXPECT_THAT(text, HasSubstr("\x1b[33mChanges planned"));
  for (const char* code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"}) {
    for (size_t at = text.find(code); at != std::string::npos; at = text.find(code)) text.erase(at, strlen(code));
  }
  EXPECT_EQ(text, Text(RollingRestart(3, 3)));
}

TEST(RenderText, HostileNamesDoNotReachTheTerminal) {
  v1::PlanResponse response = RollingRestart(1, 1);
  response.mutable_plan()->mutable_actions(1)->mutable_target()->set_rack("\x1b]0;x\x07");
  EXPECT_THAT(Text(response), Not(HasSubstr("\x1b")));
}

// Everything at once, in a cluster where each part has hundreds of entries.
v1::PlanResponse Crowded() {
  v1::PlanResponse response = RollingRestart(40, 25);
  for (int i = 0; i < 300; ++i) {
    const std::string rack = absl::StrCat("rack", i);
    v1::Action* a = AddAction(&response, v1::ACTION_KIND_DECOMMISSION, rack, 30);
    a->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
    a->add_waivers(absl::StrCat("guard", i));
    AddHeld(v1::ACTION_KIND_CLEANUP, rack, i, absl::StrCat("guard", i), absl::StrCat("a long reason that names ", i),
            absl::StrCat("a remedy for ", i), &response);
    AddImpact(absl::StrCat("keyspace", i), i, i - 1, &response);
    AddFinding(v1::FINDING_LEVEL_WARNING, absl::StrCat("rule", i), std::string(30, 'w') + std::string(120, ' ') + "w",
               &response)
        ->set_remedy("do something about it");
    AddFinding(v1::FINDING_LEVEL_ERROR, "refused", absl::StrCat("refusal ", i), &response);
    v1::StateChange* c = response.add_changes();
    c->set_state(i % 2 == 0 ? "done" : "failed");
    v1::StartedAction* s = response.mutable_ledger()->add_started();
    s->set_state(v1::STARTED_STATE_IN_FLIGHT);
    s->set_kind(v1::ACTION_KIND_REPAIR);
    SetSlot(rack, i, s->mutable_target());
  }
  response.set_outcome(v1::OUTCOME_REFUSED);
  return response;
}

TEST(RenderText, NeverMoreThanFortyLinesOrAHundredColumns) {
  for (const v1::PlanResponse& response : {Crowded(), RollingRestart(300, 3), RollingRestart(1, 1000)}) {
    const std::string text = Text(response);
    EXPECT_LE(Lines(text), 40u) << text;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) EXPECT_LE(line.size(), 100u);
  }
}

}  // namespace
}  // namespace cassplan::report
