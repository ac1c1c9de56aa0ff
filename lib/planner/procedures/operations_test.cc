// Operations that a person asks for: what becomes of each, and that the rest goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

v1::RequestedOperation* Ask(const std::string& uid, v1::ActionKind kind, const std::string& slot,
                            v1::PlanRequest* request) {
  v1::RequestedOperation* o = request->mutable_desired()->add_operations();
  o->set_uid(uid);
  o->set_kind(kind);
  if (!slot.empty()) testing::SetSlot(slot, o->mutable_target());
  return o;
}

v1::PlanResponse PlanOf(const v1::PlanRequest& request) { return RunPipeline(request, ScheduleOptions(), nullptr); }

const v1::OperationStatus& Status(const v1::PlanResponse& response, const std::string& uid) {
  static const v1::OperationStatus kNone;
  for (const v1::OperationStatus& status : response.operations()) {
    if (status.uid() == uid) return status;
  }
  return kNone;
}

std::string Text(const v1::PlanResponse& response, const std::string& uid) {
  const v1::OperationStatus& status = Status(response, uid);
  return v1::OperationState_Name(status.state()).substr(16) + ": " + status.reason();
}

const v1::Action* Find(const v1::PlanResponse& response, const std::string& name) {
  for (const v1::Action& a : response.plan().actions()) {
    if (testing::Name(a) == name) return &a;
  }
  return nullptr;
}

// The started action as a host writes it.
v1::StartedAction* Start(const v1::Action& a, v1::StartedState state, v1::PlanRequest* request) {
  v1::StartedAction* started = request->mutable_ledger()->add_started();
  started->set_id(a.id());
  started->set_kind(a.kind());
  *started->mutable_target() = a.target();
  started->set_attempt(a.attempt());
  started->set_started_at_seconds(testing::kNow - 60);
  started->set_deadline_seconds(testing::kNow + 3600);
  started->set_state(state);
  started->set_goal(a.goal());
  started->set_request_uid(a.request_uid());
  started->set_source_datacenter(a.source_datacenter());
  *started->mutable_keyspaces() = a.keyspaces();
  return started;
}

TEST(Operations, EachKindIsOneActionOfOnePool) {
  for (const v1::ActionKind kind : {v1::ACTION_KIND_CLEANUP, v1::ACTION_KIND_UPGRADE_SSTABLES, v1::ACTION_KIND_SCRUB,
                                    v1::ACTION_KIND_COMPACT, v1::ACTION_KIND_FLUSH, v1::ACTION_KIND_GARBAGE_COLLECT}) {
    v1::PlanRequest request = Small().Build();
    Ask("u1", kind, "dc1/r1/0", &request);
    Ask("u2", kind, "dc1/r2/0", &request);
    const v1::PlanResponse response = PlanOf(request);
    SCOPED_TRACE(v1::ActionKind_Name(kind));
    ASSERT_EQ(response.plan().actions_size(), 2);
    const v1::Action& a = response.plan().actions(0);
    EXPECT_EQ(a.goal(), "u1");
    EXPECT_EQ(a.request_uid(), "u1");
    EXPECT_NE(a.manual().find("nodetool "), std::string::npos);
    EXPECT_FALSE(a.verify().empty());
    EXPECT_GT(a.cost().seconds_high(), 0);
    EXPECT_GT(a.timeout_seconds(), 0);
    ASSERT_EQ(a.pools_size(), 1);
    EXPECT_EQ(a.pools(0), "operations");
    EXPECT_TRUE(a.ready());
    EXPECT_FALSE(response.plan().actions(1).ready()) << "one at a time";
    EXPECT_EQ(Text(response, "u1"), "READY: it may start now");
    EXPECT_EQ(Text(response, "u2"), "WAITING: other actions of the plan come first");
    request.mutable_policy()->set_operations_parallel(2);
    EXPECT_TRUE(PlanOf(request).plan().actions(1).ready());
  }
}

TEST(Operations, OnlyTheKeyspacesAskedFor) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_COMPACT, "dc1/r1/0", &request)->add_keyspaces("app");
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 1);
  EXPECT_EQ(response.plan().actions(0).manual(), "nodetool compact app on dc1/r1/0");
  ASSERT_EQ(response.plan().actions(0).keyspaces_size(), 1);
}

TEST(Operations, DoneIsNotDoneAgain) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_COMPACT, "dc1/r1/0", &request);
  const v1::PlanResponse first = PlanOf(request);
  ASSERT_EQ(first.plan().actions_size(), 1);
  v1::StartedAction* started = Start(first.plan().actions(0), v1::STARTED_STATE_IN_FLIGHT, &request);
  const v1::PlanResponse running = PlanOf(request);
  EXPECT_EQ(running.plan().actions_size(), 0);
  EXPECT_EQ(Text(running, "u1"), "RUNNING: it has been started");
  started->set_state(v1::STARTED_STATE_SUCCEEDED);
  const v1::PlanResponse done = PlanOf(request);
  EXPECT_EQ(Text(done, "u1"), "DONE: done");
  EXPECT_EQ(done.outcome(), v1::OUTCOME_CONVERGED);
  ASSERT_EQ(done.ledger().operations_size(), 1);
  EXPECT_EQ(done.ledger().started_size(), 0);
  *request.mutable_ledger() = done.ledger();
  const v1::PlanResponse later = PlanOf(request);
  EXPECT_EQ(Text(later, "u1"), "DONE: done");
  EXPECT_EQ(later.plan().actions_size(), 0);
  EXPECT_EQ(later.ledger().version(), done.ledger().version());
  // Asked again, with another uid: done again. Nobody asks for the first any more: it is forgotten.
  request.mutable_desired()->mutable_operations(0)->set_uid("u2");
  const v1::PlanResponse again = PlanOf(request);
  EXPECT_EQ(again.plan().actions_size(), 1);
  EXPECT_EQ(again.ledger().operations_size(), 0);
}

TEST(Operations, FailureIsToldAndNotRetried) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_SCRUB, "dc1/r1/0", &request);
  v1::StartedAction* started = Start(PlanOf(request).plan().actions(0), v1::STARTED_STATE_FAILED, &request);
  started->set_message("disk is full");
  const v1::PlanResponse failed = PlanOf(request);
  EXPECT_EQ(Text(failed, "u1"), "FAILED: disk is full");
  EXPECT_EQ(failed.plan().actions_size(), 0);
  EXPECT_EQ(failed.ledger().started_size(), 0);
  *request.mutable_ledger() = failed.ledger();
  EXPECT_EQ(Text(PlanOf(request), "u1"), "FAILED: disk is full");
}

TEST(Operations, ACleanupThatIsOwedIsTheSame) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  v1::PlanRequest request = cluster.Build();
  Ask("u1", v1::ACTION_KIND_CLEANUP, "dc1/r1/0", &request);
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 1);
  EXPECT_EQ(Text(response, "u1"), "READY: it may start now; the plan does it anyway (cleanup-owed)");
  EXPECT_EQ(response.plan().actions(0).request_uid(), "u1");
  // Of one keyspace it is another cleanup.
  request.mutable_desired()->mutable_operations(0)->add_keyspaces("app");
  EXPECT_EQ(PlanOf(request).plan().actions_size(), 2);
}

// Who asks for a cleanup has decided: autoPilot does not hold it.
TEST(Operations, AskedCleanupWithoutAutoPilot) {
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").owes_cleanup = true;
  v1::PlanRequest request = cluster.Build();
  request.mutable_desired()->set_auto_cleanup(false);
  EXPECT_EQ(PlanOf(request).plan().actions_size(), 0);
  Ask("u1", v1::ACTION_KIND_CLEANUP, "dc1/r1/0", &request);
  EXPECT_EQ(PlanOf(request).plan().actions_size(), 1);
}

TEST(Operations, RestartMergesWithARollingUpdate) {
  v1::PlanRequest request = Restarting().Build();
  Ask("u1", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0", &request);
  const v1::PlanResponse response = PlanOf(request);
  const auto restarts = std::count_if(response.plan().actions().begin(), response.plan().actions().end(),
                                      [](const v1::Action& a) { return a.kind() == v1::ACTION_KIND_RESTART_NODE; });
  EXPECT_EQ(restarts, 3);
  const v1::Action* restart = Find(response, "restart_node dc1/r1/0");
  ASSERT_NE(restart, nullptr);
  EXPECT_EQ(restart->request_uid(), "u1");
  EXPECT_EQ(restart->goal(), "B");
}

TEST(Operations, RestartAlone) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0", &request);
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 2);
  EXPECT_EQ(response.plan().actions(0).kind(), v1::ACTION_KIND_DRAIN);
  EXPECT_EQ(Text(response, "u1"), "READY: it may start now");
}

// Two people ask for the same; it is known when, so that once is enough.
TEST(Operations, TwoRequestsOneAction) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_CLEANUP, "dc1/r1/0", &request)->set_requested_at_seconds(testing::kNow - 500);
  Ask("u2", v1::ACTION_KIND_CLEANUP, "dc1/r1/0", &request)->set_requested_at_seconds(testing::kNow - 400);
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 1);
  EXPECT_EQ(Text(response, "u2"), "READY: it may start now; one action does this and operation u1");
  Start(response.plan().actions(0), v1::STARTED_STATE_SUCCEEDED, &request);
  const v1::PlanResponse done = PlanOf(request);
  EXPECT_EQ(Text(done, "u1"), "DONE: done");
  EXPECT_EQ(Text(done, "u2"), "DONE: done by another one");
  EXPECT_EQ(done.ledger().operations_size(), 2);
}

TEST(Operations, DrainStaysUntilItIsTakenBack) {
  Cluster cluster = Small();
  v1::PlanRequest request = cluster.Build();
  Ask("u1", v1::ACTION_KIND_DRAIN, "dc1/r1/0", &request);
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 1);
  const v1::StartedAction started = *Start(response.plan().actions(0), v1::STARTED_STATE_SUCCEEDED, &request);
  cluster.node("dc1/r1/0").mode = v1::NODE_MODE_DRAINED;
  v1::PlanRequest after = cluster.Build();
  *after.mutable_ledger()->add_started() = started;
  *after.mutable_desired()->mutable_operations() = request.desired().operations();
  const v1::PlanResponse drained = PlanOf(after);
  EXPECT_EQ(Status(drained, "u1").state(), v1::OPERATION_STATE_DONE);
  EXPECT_EQ(Find(drained, "restart_node dc1/r1/0"), nullptr);
  *after.mutable_ledger() = drained.ledger();
  EXPECT_EQ(Text(PlanOf(after), "u1"),
            "DONE: drained; only a restart ends that, and it comes when the request is taken back");
  after.mutable_desired()->clear_operations();
  EXPECT_NE(Find(PlanOf(after), "restart_node dc1/r1/0"), nullptr);
}

TEST(Operations, Rebuild) {
  v1::PlanRequest request = Cluster(Even(1, 3, 2)).Build();
  v1::RequestedOperation* o = Ask("u1", v1::ACTION_KIND_REBUILD, "dc2/r1/0", &request);
  EXPECT_EQ(Text(PlanOf(request), "u1"),
            "REFUSED: rebuild needs the datacenter that data comes from (source_datacenter; on a Pod: "
            "operation-argument)");
  o->set_source_datacenter("dc9");
  EXPECT_EQ(Text(PlanOf(request), "u1"), "REFUSED: datacenter dc9, which data shall come from, does not exist");
  o->set_source_datacenter("dc2");
  EXPECT_EQ(Text(PlanOf(request), "u1"), "REFUSED: dc2 is the node's own datacenter; data comes from another one");
  o->set_source_datacenter("dc1");
  const v1::PlanResponse response = PlanOf(request);
  ASSERT_EQ(response.plan().actions_size(), 1);
  EXPECT_EQ(response.plan().actions(0).manual(), "nodetool rebuild dc1 on dc2/r1/0");
  EXPECT_EQ(response.plan().actions(0).source_datacenter(), "dc1");
  Start(response.plan().actions(0), v1::STARTED_STATE_IN_FLIGHT, &request);
  EXPECT_EQ(Text(PlanOf(request), "u1"), "RUNNING: it has been started");
}

TEST(Operations, RebuildFromWhereNothingReplicates) {
  Cluster cluster(Even(1, 3, 2));
  cluster.keyspaces = {{"app", {{"dc2", 3}}, 0}};
  v1::PlanRequest request = cluster.Build();
  Ask("u1", v1::ACTION_KIND_REBUILD, "dc2/r1/0", &request)->set_source_datacenter("dc1");
  EXPECT_EQ(Text(PlanOf(request), "u1"), "REFUSED: no keyspace replicates both in dc1 and in dc2");
}

TEST(Operations, PausedIsNotStarted) {
  v1::PlanRequest request = Small().Build();
  Ask("u1", v1::ACTION_KIND_COMPACT, "dc1/r1/0", &request)->set_paused(true);
  const v1::PlanResponse response = PlanOf(request);
  EXPECT_EQ(response.plan().actions_size(), 0);
  EXPECT_EQ(Text(response, "u1"), "PAUSED: paused by the person who asked for it");
}

// One wrong request stops nothing else.
TEST(Operations, WrongRequestsAreRefusedOneByOne) {
  v1::PlanRequest request = Restarting().Build();
  const std::string other = request.observed().reports().empty() ? "" : Restarting().node("dc1/r2/0").host_id;
  Ask("gone", v1::ACTION_KIND_CLEANUP, "dc1/r1/7", &request);
  Ask("nobody", v1::ACTION_KIND_CLEANUP, "", &request);
  Ask("host", v1::ACTION_KIND_CLEANUP, "", &request)->mutable_target()->set_host_id("not-there");
  Ask("both", v1::ACTION_KIND_CLEANUP, "dc1/r1/0", &request)->mutable_target()->set_host_id(other);
  Ask("kind", v1::ACTION_KIND_DELETE_VOLUME, "dc1/r1/0", &request);
  Ask("ks", v1::ACTION_KIND_COMPACT, "dc1/r1/0", &request)->add_keyspaces("nothing");
  Ask("twice", v1::ACTION_KIND_COMPACT, "dc1/r1/0", &request);
  Ask("twice", v1::ACTION_KIND_COMPACT, "dc1/r2/0", &request);
  Ask("", v1::ACTION_KIND_FLUSH, "dc1/r1/0", &request);
  Ask("good", v1::ACTION_KIND_FLUSH, "dc1/r3/0", &request);
  const v1::PlanResponse response = PlanOf(request);
  EXPECT_EQ(Text(response, "gone"), "REFUSED: slot dc1/r1/7 does not exist");
  EXPECT_EQ(Text(response, "nobody"), "REFUSED: it names no node: give datacenter, rack and ordinal, or a host id");
  EXPECT_EQ(Text(response, "host"), "REFUSED: no member has host id not-there");
  EXPECT_EQ(Text(response, "both"),
            "REFUSED: it names slot dc1/r1/0 and host id " + other + ", which lives in dc1/r2/0");
  EXPECT_EQ(Text(response, "kind"),
            "REFUSED: delete_volume is no operation that a person asks for; it follows from the desired cluster");
  EXPECT_EQ(Text(response, "ks"), "REFUSED: keyspace nothing does not exist");
  EXPECT_EQ(Text(response, "twice"), "REFUSED: another request has the same uid: give each its own");
  EXPECT_EQ(Text(response, ""), "REFUSED: the request has no uid");
  EXPECT_NE(Find(response, "flush dc1/r3/0"), nullptr);
  EXPECT_NE(Find(response, "restart_node dc1/r1/0"), nullptr);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
  EXPECT_EQ(response.operations_size(), 10);
  for (int i = 1; i < response.operations_size(); ++i) {
    EXPECT_LE(response.operations(i - 1).uid(), response.operations(i).uid());
  }
}

TEST(Operations, ByHostIdOrAddress) {
  v1::PlanRequest request = Small().Build();
  Ask("host", v1::ACTION_KIND_FLUSH, "", &request)->mutable_target()->set_host_id(Small().node("dc1/r2/0").host_id);
  const v1::PlanResponse response = PlanOf(request);
  EXPECT_NE(Find(response, "flush dc1/r2/0"), nullptr);
  EXPECT_EQ(Status(response, "host").target().datacenter(), "dc1");
  EXPECT_EQ(Status(response, "host").target().rack(), "r2");
}

// ---- windows, approval, waivers: what a person decides about the plan

TEST(PlanPolicy, ClosedWindow) {
  v1::PlanRequest request = Restarting().Build();
  const int64_t midnight = testing::kNow / 86'400 * 86'400;
  v1::Window* window = request.mutable_policy()->add_windows();
  const int64_t opens = (testing::kNow - midnight + 7'200) % 86'400;
  window->set_start_seconds(opens);
  window->set_duration_seconds(3'600);
  for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
    if (report.has_rack()) report.mutable_rack()->mutable_template_()->set_revision("B");
  }
  const v1::PlanResponse closed = PlanOf(request);
  EXPECT_EQ(closed.outcome(), v1::OUTCOME_IN_PROGRESS);
  EXPECT_EQ(closed.next_check_seconds(), 7'200);
  ASSERT_GT(closed.plan().actions_size(), 0);
  for (const v1::Action& a : closed.plan().actions()) {
    EXPECT_FALSE(a.ready());
    EXPECT_EQ(a.not_before_seconds(), testing::kNow + 7'200);
    EXPECT_EQ(a.preconditions(a.preconditions_size() - 1).fact(), "window_open");
  }
  v1::Waiver* waiver = request.mutable_policy()->add_waivers();
  waiver->set_action_id(closed.plan().actions(0).id());
  waiver->set_guard("window");
  waiver->set_by("ann");
  waiver->set_why("tonight is too late");
  waiver->set_until_seconds(testing::kNow + 60);
  EXPECT_TRUE(PlanOf(request).plan().actions(0).ready());
  request.mutable_policy()->clear_waivers();
  window->set_start_seconds((testing::kNow - midnight + 86'400 - 60) % 86'400);
  EXPECT_TRUE(PlanOf(request).plan().actions(0).ready());
}

TEST(PlanPolicy, ModePlanStartsNothing) {
  v1::PlanRequest request = Restarting().Build();
  request.mutable_policy()->set_mode(v1::PLAN_MODE_PLAN);
  const v1::PlanResponse response = PlanOf(request);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_BLOCKED);
  EXPECT_GT(response.plan().actions_size(), 3);
  for (const v1::Action& a : response.plan().actions()) EXPECT_FALSE(a.ready());
  EXPECT_NE(response.summary().find("policy.mode is plan"), std::string::npos);
  v1::PlanRequest nothing = Small().Build();
  nothing.mutable_policy()->set_mode(v1::PLAN_MODE_PLAN);
  EXPECT_EQ(PlanOf(nothing).outcome(), v1::OUTCOME_CONVERGED);
}

TEST(PlanPolicy, AnApprovalLastsWhileThePlanIsCarriedOut) {
  Cluster cluster = Restarting();
  v1::PlanRequest request = cluster.Build();
  request.mutable_policy()->set_mode(v1::PLAN_MODE_APPROVE);
  const v1::PlanResponse before = PlanOf(request);
  EXPECT_EQ(before.outcome(), v1::OUTCOME_BLOCKED);
  v1::Approval approval;
  approval.set_plan_fingerprint(before.plan_fingerprint());
  for (const v1::Action& a : before.plan().actions()) {
    EXPECT_FALSE(a.ready());
    approval.add_action_ids(a.id());
  }
  *request.mutable_ledger()->add_approvals() = approval;
  const v1::PlanResponse approved = PlanOf(request);
  EXPECT_EQ(approved.outcome(), v1::OUTCOME_PLANNED);
  EXPECT_EQ(approved.plan_fingerprint(), before.plan_fingerprint());
  // One node is done: the rest is still approved.
  cluster.node("dc1/r1/0").revision = "B";
  v1::PlanRequest later = cluster.Build();
  *later.mutable_policy() = request.policy();
  *later.mutable_ledger()->add_approvals() = approval;
  for (v1::Report& report : *later.mutable_observed()->mutable_reports()) {
    if (report.has_rack()) report.mutable_rack()->mutable_template_()->set_revision("B");
  }
  const v1::PlanResponse rest = PlanOf(later);
  EXPECT_NE(rest.plan_fingerprint(), before.plan_fingerprint());
  EXPECT_EQ(rest.outcome(), v1::OUTCOME_PLANNED);
  // Something that nobody approved waits by itself.
  Ask("u1", v1::ACTION_KIND_FLUSH, "dc1/r3/0", &later);
  const v1::PlanResponse more = PlanOf(later);
  EXPECT_EQ(more.outcome(), v1::OUTCOME_BLOCKED);
  ASSERT_NE(Find(more, "flush dc1/r3/0"), nullptr);
  EXPECT_FALSE(Find(more, "flush dc1/r3/0")->ready());
  EXPECT_TRUE(std::any_of(more.plan().actions().begin(), more.plan().actions().end(),
                          [](const v1::Action& a) { return a.ready(); }));
  // Another desired cluster, or another policy, is another plan.
  later.mutable_desired()->set_max_unavailable(2);
  const v1::PlanResponse other = PlanOf(later);
  for (const v1::Action& a : other.plan().actions()) EXPECT_FALSE(a.ready());
}

TEST(PlanPolicy, AnApprovalWithoutIdsIsForTheSamePlanOnly) {
  v1::PlanRequest request = Restarting().Build();
  request.mutable_policy()->set_mode(v1::PLAN_MODE_APPROVE);
  request.mutable_ledger()->add_approvals()->set_plan_fingerprint(PlanOf(request).plan_fingerprint());
  EXPECT_EQ(PlanOf(request).outcome(), v1::OUTCOME_PLANNED);
  request.mutable_ledger()->mutable_approvals(0)->set_plan_fingerprint("another");
  EXPECT_EQ(PlanOf(request).outcome(), v1::OUTCOME_BLOCKED);
}

v1::Waiver* Waive(const std::string& action, const std::string& guard, v1::PlanRequest* request) {
  v1::Waiver* w = request->mutable_policy()->add_waivers();
  w->set_action_id(action);
  w->set_guard(guard);
  w->set_by("ann");
  w->set_why("seen and understood");
  w->set_until_seconds(testing::kNow + 60);
  return w;
}

std::string Findings(const v1::PlanResponse& response, const std::string& rule) {
  std::string text;
  for (const v1::Finding& f : response.findings()) {
    if (f.rule() == rule) text += f.message() + "\n";
  }
  return text;
}

TEST(PlanPolicy, AWaiverIsForOneActionAndOneGuard) {
  v1::PlanRequest request = Restarting().Build();
  testing::NodeFactsOf("dc1/r2/0", &request)->set_pending_compactions(5000);
  const v1::PlanResponse held = PlanOf(request);
  std::string id;
  for (const v1::Held& h : held.held()) {
    if (testing::Name(h) == "restart_node dc1/r1/0") id = h.action_id();
  }
  ASSERT_FALSE(id.empty());
  v1::Waiver* waiver = Waive(id, "healthy", &request);
  const v1::PlanResponse waived = PlanOf(request);
  const v1::Action* restart = Find(waived, "restart_node dc1/r1/0");
  ASSERT_NE(restart, nullptr);
  ASSERT_EQ(restart->waivers_size(), 1);
  EXPECT_EQ(restart->waivers(0), "healthy");
  EXPECT_EQ(Find(waived, "restart_node dc1/r3/0"), nullptr);
  EXPECT_NE(Findings(waived, "waiver").find("passes guard healthy by a waiver of ann (seen and understood)"),
            std::string::npos);
  waiver->set_until_seconds(testing::kNow);
  EXPECT_NE(Findings(PlanOf(request), "waiver").find("has expired"), std::string::npos);
  EXPECT_EQ(Find(PlanOf(request), "restart_node dc1/r1/0"), nullptr);
  waiver->set_until_seconds(testing::kNow + 60);
  waiver->clear_by();
  EXPECT_NE(Findings(PlanOf(request), "waiver").find("does not say who gave it"), std::string::npos);
  waiver->set_by("ann");
  waiver->set_guard("hope");
  EXPECT_NE(Findings(PlanOf(request), "waiver").find("names no guard"), std::string::npos);
  waiver->set_guard("healthy");
  waiver->set_action_id("another");
  EXPECT_NE(Findings(PlanOf(request), "waiver").find("neither planned nor held"), std::string::npos);
}

TEST(PlanPolicy, SomeGuardsAreNeverWaived) {
  for (const char* guard : {"identity", "fresh-volume", "volume-last", "fenced", "ownership"}) {
    v1::PlanRequest request = Small().Build();
    Waive("any", guard, &request);
    EXPECT_NE(Findings(PlanOf(request), "waiver").find("is never waived"), std::string::npos) << guard;
  }
  // A replacement that does not name the dead member is held by identity, whatever somebody wrote.
  Cluster cluster = Small();
  cluster.node("dc1/r1/0").up = false;
  cluster.replace["dc1/r1/0"] = "";
  v1::PlanRequest request = cluster.Build();
  const v1::PlanResponse held = PlanOf(request);
  ASSERT_EQ(held.held_size(), 1);
  Waive(held.held(0).action_id(), "identity", &request);
  EXPECT_EQ(Find(PlanOf(request), "replace_node dc1/r1/0"), nullptr);
}

TEST(PlanPolicy, EverySettingIsChecked) {
  const auto invalid = [](void (*set)(v1::Policy*)) {
    v1::PlanRequest request = Small().Build();
    set(request.mutable_policy());
    const v1::PlanResponse response = PlanOf(request);
    if (response.outcome() != v1::OUTCOME_INVALID) return std::string("accepted");
    return response.findings(0).location().path();
  };
  EXPECT_EQ(invalid([](v1::Policy* p) { p->set_mode(static_cast<v1::PlanMode>(9)); }), "policy.mode");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->set_dead_node(static_cast<v1::DeadNodePolicy>(9)); }), "policy.dead_node");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->set_intolerant(static_cast<v1::IntolerantPolicy>(9)); }),
            "policy.intolerant");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->set_on_remove(static_cast<v1::OnRemove>(9)); }), "policy.on_remove");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->add_paused()->set_kind(static_cast<v1::ActionKind>(999)); }),
            "policy.paused[0].kind");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->set_operations_parallel(0); }), "policy.operations_parallel");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->mutable_health()->set_max_hints_bytes(-1); }),
            "policy.health.max_hints_bytes");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->mutable_health()->set_max_disk_used_percent(101); }),
            "policy.health.max_disk_used_percent");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->mutable_health()->set_max_pending_compactions(-1); }),
            "policy.health.max_pending_compactions");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->mutable_health()->set_max_dropped_mutations(-1); }),
            "policy.health.max_dropped_mutations");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->mutable_health()->set_max_clock_skew_ms(-1); }),
            "policy.health.max_clock_skew_ms");
  EXPECT_EQ(invalid([](v1::Policy* p) { p->add_windows(); }), "policy.windows[0].duration_seconds");
  EXPECT_EQ(invalid([](v1::Policy* p) {
              p->add_windows()->set_duration_seconds(60);
              p->mutable_windows(0)->add_days(8);
            }),
            "policy.windows[0].days[0]");
  EXPECT_EQ(invalid([](v1::Policy* p) {
              p->add_windows()->set_duration_seconds(60);
              p->mutable_windows(0)->set_start_seconds(86'400);
            }),
            "policy.windows[0].start_seconds");
  EXPECT_EQ(invalid([](v1::Policy* p) {
              p->add_windows()->set_duration_seconds(60);
              p->mutable_windows(0)->add_kinds(static_cast<v1::ActionKind>(999));
            }),
            "policy.windows[0].kinds[0]");
}

}  // namespace
}  // namespace cassplan::planner
