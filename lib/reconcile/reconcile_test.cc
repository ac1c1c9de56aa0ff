#include "cassplan/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/testing/cluster.h"

namespace cassplan {
namespace {

using testing::Cluster;
using testing::Even;
using testing::kNow;

v1::ReconcileEvent At(int64_t now) {
  v1::ReconcileEvent event;
  event.set_now_seconds(now);
  return event;
}

// A host that keeps the ledger, and a cluster that does at once what it is told. It can die before or after any effect.
class Host {
 public:
  explicit Host(Cluster cluster) : cluster_(std::move(cluster)) {}

  // Dies once: at effect number `at`, after doing it when `after`, keeping the checkpoint when `keep`.
  void DieAt(int at, bool after, bool keep) {
    die_at_ = at;
    die_after_ = after;
    keep_ = keep;
  }

  v1::ReconcileEvent Desired() const {
    v1::ReconcileEvent event = At(kNow);
    const v1::PlanRequest request = cluster_.Build();
    *event.mutable_desired_changed()->mutable_desired() = request.desired();
    *event.mutable_desired_changed()->mutable_policy() = request.policy();
    *event.mutable_desired_changed()->mutable_ledger() = stored_;
    return event;
  }

  // Until the reconciler only waits and nothing is left to do, or `limit` effects.
  void Run(int limit = 2000) {
    Push(reconciler_.Handle(Desired()));
    while (!queue_.empty() && effects_ < limit) {
      const v1::ReconcileEffect effect = queue_.front();
      queue_.erase(queue_.begin());
      const bool dies = effects_ == die_at_;
      ++effects_;
      std::vector<v1::ReconcileEvent> events;
      if (!dies || die_after_) events = Do(effect);
      if (dies) {
        Die();
        continue;
      }
      for (const v1::ReconcileEvent& event : events) Push(reconciler_.Handle(event));
      if (effect.has_wait_until_seconds() && Quiet()) break;
    }
  }

  bool Quiet() const { return reconciler_.outcome() == v1::OUTCOME_CONVERGED && stored_.started().empty(); }
  int effects() const { return effects_; }
  const std::map<std::string, int>& takes() const { return takes_; }
  const Reconciler& reconciler() const { return reconciler_; }
  Cluster& cluster() { return cluster_; }
  v1::Ledger& stored() { return stored_; }
  // Called before each observation.
  std::function<void(Host&)> before_observe;

 private:
  void Push(const std::vector<v1::ReconcileEffect>& effects) {
    for (const v1::ReconcileEffect& e : effects) queue_.push_back(e);
  }

  void Die() {
    queue_.clear();
    const std::string checkpoint = reconciler_.Checkpoint();
    reconciler_ = Reconciler();
    if (keep_) {
      ASSERT_TRUE(reconciler_.Restore(checkpoint).ok());
      Push(reconciler_.Resume());
    } else {
      Push(reconciler_.Handle(Desired()));
    }
  }

  std::vector<v1::ReconcileEvent> Do(const v1::ReconcileEffect& effect) {
    v1::ReconcileEvent event = At(kNow);
    switch (effect.what_case()) {
      case v1::ReconcileEffect::kObserve:
        if (before_observe) before_observe(*this);
        *event.mutable_observed() = cluster_.Build().observed();
        return {event};
      case v1::ReconcileEffect::kStoreLedger: {
        v1::LedgerStored* answer = event.mutable_ledger_stored();
        answer->set_stored(effect.store_ledger().expected_version() == stored_.version());
        if (answer->stored()) {
          stored_ = effect.store_ledger().ledger();
        } else {
          *answer->mutable_current() = stored_;
        }
        return {event};
      }
      case v1::ReconcileEffect::kStartAction:
        return {Start(effect.start_action())};
      case v1::ReconcileEffect::kWaitUntilSeconds:
        event.set_timer(true);
        return {event};
      default:
        return {};
    }
  }

  v1::ReconcileEvent Start(const v1::StartAction& start) {
    const v1::Action& a = start.action();
    bool recorded = false;
    for (const v1::StartedAction& s : stored_.started()) {
      recorded |= s.id() == a.id() && s.attempt() == start.attempt() &&
                  s.started_at_seconds() == start.started_at_seconds() &&
                  s.deadline_seconds() == start.deadline_seconds();
    }
    EXPECT_TRUE(recorded) << "started before the ledger had it: " << testing::Name(a);
    EXPECT_GT(start.started_at_seconds(), 0);
    EXPECT_GT(start.deadline_seconds(), start.started_at_seconds());
    if (keys_.insert({a.id(), start.attempt(), start.started_at_seconds()}).second) Take(a);
    v1::ReconcileEvent event = At(kNow);
    event.mutable_action_result()->set_id(a.id());
    event.mutable_action_result()->set_attempt(start.attempt());
    event.mutable_action_result()->set_state(v1::RESULT_STATE_SUCCEEDED);
    return event;
  }

  void Take(const v1::Action& a) {
    ++takes_[testing::Name(a)];
    const v1::Target& t = a.target();
    const std::string slot = absl::StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal());
    if (a.kind() == v1::ACTION_KIND_UPDATE_RACK) {
      cluster_.templates[{t.datacenter(), t.rack()}] = cluster_.revision;
    } else if (a.kind() == v1::ACTION_KIND_DRAIN) {
      cluster_.node(slot).up = false;
      cluster_.node(slot).mode = v1::NODE_MODE_DRAINED;
    } else if (a.kind() == v1::ACTION_KIND_RESTART_NODE) {
      testing::Node& node = cluster_.node(slot);
      node.up = true;
      node.mode = v1::NODE_MODE_NORMAL;
      node.revision = cluster_.revision;
      ++node.started_times;
    }
  }

  Cluster cluster_;
  Reconciler reconciler_;
  v1::Ledger stored_;
  std::vector<v1::ReconcileEffect> queue_;
  std::set<std::tuple<std::string, int, int64_t>> keys_;
  std::map<std::string, int> takes_;
  int effects_ = 0;
  int die_at_ = -1;
  bool die_after_ = false;
  bool keep_ = false;
};

Cluster RollingUpdate() {
  Cluster cluster(Even(1));
  cluster.revision = "B";
  return cluster;
}

TEST(Reconciler, RollsAClusterAndComesToRest) {
  Host host(RollingUpdate());
  host.Run();
  EXPECT_TRUE(host.Quiet());
  EXPECT_EQ(host.takes().size(), 9u);  // three racks: template, drain, restart
  for (const auto& [name, times] : host.takes()) EXPECT_EQ(times, 1) << name;
}

TEST(Reconciler, NothingToDoStoresAtMostOnceAndWaits) {
  Host host{Cluster(Even(1))};
  host.Run();
  EXPECT_TRUE(host.Quiet());
  EXPECT_LE(host.effects(), 4);
  EXPECT_TRUE(host.takes().empty());
}

// Whatever effect the host dies at, done or not, with its memory or without: everything is done once, in the end.
TEST(Reconciler, CrashBetweenAnyTwoEffects) {
  Host whole(RollingUpdate());
  whole.Run();
  ASSERT_GT(whole.effects(), 20);
  for (int at = 0; at < whole.effects(); ++at) {
    for (const bool after : {false, true}) {
      for (const bool keep : {false, true}) {
        SCOPED_TRACE(absl::StrCat("effect ", at, after ? " done" : " not done", keep ? ", checkpoint kept" : ""));
        Host host(RollingUpdate());
        host.DieAt(at, after, keep);
        host.Run();
        EXPECT_TRUE(host.Quiet());
        EXPECT_EQ(host.takes().size(), 9u);
        for (const auto& [name, times] : host.takes()) EXPECT_EQ(times, 1) << name;
      }
    }
  }
}

TEST(Reconciler, AnotherWriterOfTheLedgerMeansANewRound) {
  Host host(RollingUpdate());
  int looks = 0;
  host.before_observe = [&](Host& h) {
    if (++looks == 3) h.stored().set_version(h.stored().version() + 7);
  };
  host.Run();
  EXPECT_TRUE(host.Quiet());
  EXPECT_EQ(host.takes().size(), 9u);
}

TEST(Reconciler, WhatNoLongerHoldsDoesNotStart) {
  Host host(RollingUpdate());
  bool broke = false;
  std::string withdrawn;
  size_t taken = 0;
  size_t in_ledger = 0;
  host.before_observe = [&](Host& h) {
    if (withdrawn.empty() && !h.reconciler().withdrawn().empty()) {
      withdrawn = h.reconciler().withdrawn().Get(0).text();
      taken = h.takes().size();
      in_ledger = static_cast<size_t>(h.stored().started_size());
    }
    // A drain is recorded in the ledger and not started: now another node dies.
    for (const v1::StartedAction& s : h.stored().started()) {
      if (s.kind() == v1::ACTION_KIND_DRAIN && !broke && h.takes().size() == 3) {
        broke = true;
        h.cluster().node(s.target().rack() == "r1" ? "dc1/r2/0" : "dc1/r1/0").up = false;
      }
    }
  };
  host.Run(60);
  EXPECT_TRUE(broke);
  EXPECT_EQ(taken, 3u) << "only the templates were written";
  EXPECT_THAT(withdrawn, ::testing::HasSubstr("down_outside_section is to be none, and is: down: dc1/r"));
  EXPECT_EQ(in_ledger, 0u) << "what did not start is not in flight";
}

TEST(Reconciler, DesiredChangedBetweenTheLedgerAndTheStartWithdraws) {
  Reconciler reconciler;
  Cluster cluster = RollingUpdate();
  Host host(cluster);
  reconciler.Handle(host.Desired());
  v1::ReconcileEvent observed = At(kNow);
  *observed.mutable_observed() = cluster.Build().observed();
  auto effects = reconciler.Handle(observed);
  ASSERT_EQ(effects.size(), 1u);
  ASSERT_TRUE(effects[0].has_store_ledger());
  EXPECT_FALSE(effects[0].store_ledger().ledger().started().empty());
  v1::ReconcileEvent back = host.Desired();
  for (auto& dc : *back.mutable_desired_changed()->mutable_desired()->mutable_datacenters()) {
    for (auto& rack : *dc.mutable_racks()) rack.mutable_template_()->set_revision("A");
  }
  EXPECT_TRUE(reconciler.Handle(back).empty());
  v1::ReconcileEvent stored = At(kNow);
  stored.mutable_ledger_stored()->set_stored(true);
  effects = reconciler.Handle(stored);
  ASSERT_TRUE(effects[0].has_observe());
  effects = reconciler.Handle(observed);
  ASSERT_EQ(effects.size(), 1u);
  ASSERT_TRUE(effects[0].has_store_ledger());
  EXPECT_TRUE(effects[0].store_ledger().ledger().started().empty());
}

// A round that is given up since something else came must not lose what came before.
TEST(Reconciler, AResultOutlivesARoundThatIsGivenUp) {
  Cluster cluster(Even(1));
  cluster.node("dc1/r1/0").owes_cleanup = true;
  Reconciler reconciler;
  v1::ReconcileEvent desired = At(kNow);
  const v1::PlanRequest request = cluster.Build();
  *desired.mutable_desired_changed()->mutable_desired() = request.desired();
  *desired.mutable_desired_changed()->mutable_ledger() = request.ledger();
  v1::ReconcileEvent observed = At(kNow);
  *observed.mutable_observed() = request.observed();
  v1::ReconcileEvent stored = At(kNow);
  stored.mutable_ledger_stored()->set_stored(true);
  reconciler.Handle(desired);
  reconciler.Handle(observed);
  reconciler.Handle(stored);
  auto effects = reconciler.Handle(observed);
  ASSERT_TRUE(effects[0].has_start_action());
  const v1::Action cleanup = effects[0].start_action().action();
  ASSERT_EQ(cleanup.kind(), v1::ACTION_KIND_CLEANUP);
  v1::ReconcileEvent result = At(kNow);
  result.mutable_action_result()->set_id(cleanup.id());
  result.mutable_action_result()->set_attempt(1);
  result.mutable_action_result()->set_state(v1::RESULT_STATE_SUCCEEDED);
  ASSERT_TRUE(reconciler.Handle(result)[0].has_observe());
  reconciler.Handle(desired);  // meanwhile: the round is given up
  ASSERT_TRUE(reconciler.Handle(observed)[0].has_observe());
  effects = reconciler.Handle(observed);
  ASSERT_TRUE(effects[0].has_store_ledger());
  EXPECT_TRUE(effects[0].store_ledger().ledger().started().empty());
  EXPECT_TRUE(effects[0].store_ledger().ledger().cleanup_owed().empty());
}

TEST(Reconciler, WhatFailsIsTriedAgainAfterPausesThatGrow) {
  Cluster cluster(Even(1));
  cluster.node("dc1/r1/0").owes_cleanup = true;
  Reconciler reconciler;
  v1::ReconcileEvent event = At(kNow);
  *event.mutable_desired_changed()->mutable_desired() = cluster.Build().desired();
  *event.mutable_desired_changed()->mutable_ledger() = cluster.Build().ledger();
  std::vector<int64_t> pauses;
  int64_t last = 0;
  int64_t now = kNow;
  std::vector<v1::ReconcileEffect> effects = reconciler.Handle(event);
  for (int step = 0; step < 3000 && pauses.size() < 8; ++step) {
    ASSERT_FALSE(effects.empty());
    const v1::ReconcileEffect effect = effects.front();
    event = At(now);
    if (effect.has_observe()) {
      *event.mutable_observed() = cluster.Build().observed();
      for (v1::Report& report : *event.mutable_observed()->mutable_reports()) report.set_observed_at_seconds(now);
    } else if (effect.has_store_ledger()) {
      event.mutable_ledger_stored()->set_stored(true);
    } else if (effect.has_start_action()) {
      if (last != 0) pauses.push_back(now - last);
      last = now;
      event.mutable_action_result()->set_id(effect.start_action().action().id());
      event.mutable_action_result()->set_attempt(effect.start_action().attempt());
      event.mutable_action_result()->set_state(v1::RESULT_STATE_FAILED);
      event.mutable_action_result()->set_message("no disk");
    } else {
      if (last == now) {
        ASSERT_EQ(reconciler.withdrawn().size(), 1);
        EXPECT_THAT(reconciler.withdrawn().Get(0).text(),
                    ::testing::ContainsRegex("failed [0-9]+ times?, last: no disk; "));
      }
      event = At(++now);
      event.set_timer(true);
    }
    effects = reconciler.Handle(event);
  }
  EXPECT_THAT(pauses, ::testing::ElementsAre(5, 10, 20, 40, 80, 160, 300, 300));
}

TEST(Reconciler, ACheckpointGoesOnWhereItWas) {
  Reconciler one;
  Cluster cluster = RollingUpdate();
  Host host(cluster);
  one.Handle(host.Desired());
  Reconciler two;
  ASSERT_TRUE(two.Restore(one.Checkpoint()).ok());
  v1::ReconcileEvent observed = At(kNow);
  *observed.mutable_observed() = cluster.Build().observed();
  const auto a = one.Handle(observed);
  const auto b = two.Handle(observed);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].SerializeAsString(), b[i].SerializeAsString());
  EXPECT_FALSE(two.Restore("\xff\xff").ok());
}

}  // namespace
}  // namespace cassplan
