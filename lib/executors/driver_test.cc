#include "cassplan/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/executors/conformance.h"
#include "lib/executors/fake.h"
#include "tests/testing/cluster.h"

namespace cassplan::executors {
namespace {

using testing::Cluster;
using ::testing::Contains;
using testing::Even;
using ::testing::HasSubstr;
using testing::kNow;

// A cluster in memory, a driver in a thread of its own, and what they did.
class World {
 public:
  explicit World(Cluster cluster) : cluster_(std::move(cluster)) {}
  ~World() { Stop(); }

  void Run() {
    executor_ = std::make_unique<FakeExecutor>(
        std::vector<v1::ActionKind>{v1::ACTION_KIND_UPDATE_RACK, v1::ACTION_KIND_DRAIN, v1::ACTION_KIND_RESTART_NODE},
        [this] { return Look(); },
        [this](const v1::StartAction& start, const std::atomic<bool>& stop) { return Work(start, stop); },
        [this] { return Now(); });
    DriverOptions options;
    options.now = [this] { return Now(); };
    options.min_pause_ms = 1;
    options.first_retry_ms = 1;
    options.last_retry_ms = 5;
    options.reconcile.poll_seconds = 3600;  // only what is told wakes it
    options.reconcile.idle_seconds = 3600;
    options.on_round = [this](const Reconciler& reconciler) {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++rounds;
      outcome = reconciler.outcome();
      changed_.notify_all();
    };
    options.on_problem = [this](const char* what, const absl::Status& status) {
      const std::lock_guard<std::mutex> lock(mutex_);
      problems.push_back(absl::StrCat(what, ": ", status.message()));
    };
    driver_ = std::make_unique<Driver>(executor_.get(), &store, std::move(options));
    const v1::PlanRequest request = cluster_.Build();
    driver_->SetDesired(request.desired(), request.policy());
    thread_ = std::thread([this] { driver_->Run(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    driver_->Stop();
    thread_.join();
    executor_->Close();
  }

  // Waits until `good`, woken with every round.
  bool Until(const std::function<bool()>& good) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), good);
  }
  bool Settles() {
    return Until([this] { return outcome == v1::OUTCOME_CONVERGED; });
  }

  Driver& driver() { return *driver_; }
  Cluster& cluster() { return cluster_; }
  std::mutex& mutex() { return mutex_; }

  FakeLedgerStore store;
  // With the lock held.
  int looks = 0;
  int rounds = 0;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  std::map<std::string, int> done;
  std::vector<std::string> problems;
  std::vector<absl::Status> look_problems;            // of the next looks
  std::map<std::string, absl::Status> work_problems;  // of the next start, by name
  std::function<void()> before_look;
  std::atomic<int64_t> later{0};

 private:
  int64_t Now() const { return kNow + later; }

  absl::StatusOr<v1::Observed> Look() {
    if (before_look) before_look();
    const std::lock_guard<std::mutex> lock(mutex_);
    ++looks;
    if (!look_problems.empty()) {
      absl::Status problem = look_problems.front();
      look_problems.erase(look_problems.begin());
      return problem;
    }
    v1::Observed observed = cluster_.Build().observed();
    for (v1::Report& report : *observed.mutable_reports()) report.set_observed_at_seconds(Now());
    return observed;
  }

  absl::Status Work(const v1::StartAction& start, const std::atomic<bool>& /*stop*/) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const v1::Action& a = start.action();
    if (const auto found = work_problems.find(testing::Name(a)); found != work_problems.end()) {
      absl::Status problem = found->second;
      work_problems.erase(found);
      return problem;
    }
    ++done[testing::Name(a)];
    const v1::Target& t = a.target();
    if (a.kind() == v1::ACTION_KIND_UPDATE_RACK) {
      cluster_.templates[{t.datacenter(), t.rack()}] = cluster_.revision;
      return absl::OkStatus();
    }
    testing::Node& node = cluster_.node(absl::StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal()));
    node.up = a.kind() != v1::ACTION_KIND_DRAIN;
    node.mode = node.up ? v1::NODE_MODE_NORMAL : v1::NODE_MODE_DRAINED;
    if (node.up) {
      node.revision = cluster_.revision;
      ++node.started_times;
    }
    return absl::OkStatus();
  }

  Cluster cluster_;
  std::unique_ptr<FakeExecutor> executor_;
  std::unique_ptr<Driver> driver_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

Cluster RollingUpdate() {
  Cluster cluster(Even(1));
  cluster.revision = "B";
  return cluster;
}

TEST(Fake, Conforms) {
  std::atomic<int> effects{0};
  ConformanceCase c;
  c.make = [&] {
    return std::make_unique<FakeExecutor>(
        std::vector<v1::ActionKind>{v1::ACTION_KIND_FLUSH}, [] { return v1::Observed(); },
        [&](const v1::StartAction& start, const std::atomic<bool>& stop) -> absl::Status {
          if (start.action().id() == "fails") return absl::FailedPreconditionError("no");
          if (start.action().id() == "succeeds") ++effects;
          while (start.action().id() == "hangs" && !stop) std::this_thread::sleep_for(std::chrono::milliseconds(1));
          return stop ? absl::CancelledError("stopped") : absl::OkStatus();
        });
  };
  for (v1::StartAction* start : {&c.succeeds, &c.fails, &c.hangs}) {
    start->mutable_action()->set_kind(v1::ACTION_KIND_FLUSH);
    start->set_attempt(1);
  }
  c.succeeds.mutable_action()->set_id("succeeds");
  c.fails.mutable_action()->set_id("fails");
  c.hangs.mutable_action()->set_id("hangs");
  c.effects = [&] { return effects.load(); };
  EXPECT_THAT(CheckConformance(c), ::testing::IsEmpty());
}

// The kit sees an executor that does not keep its promises.
TEST(Conformance, SeesBrokenPromises) {
  class Broken final : public Executor {
   public:
    v1::Capabilities GetCapabilities() const override { return {}; }
    absl::StatusOr<v1::Observed> Observe() override { return v1::Observed(); }
    void Start(const v1::StartAction& /*start*/, Done done) override {
      done({Ending::kSucceeded, ""});
      done({Ending::kSucceeded, ""});
    }
    void Cancel(const std::string& /*id*/, int32_t /*attempt*/) override {}
    void Close() override {}
  };
  ConformanceCase c;
  c.make = [] { return std::make_unique<Broken>(); };
  c.effects = [] { return 0; };
  c.wait_ms = 50;
  const std::vector<std::string> broken = CheckConformance(c);
  EXPECT_THAT(broken, Contains(HasSubstr("capabilities name the kinds")));
  EXPECT_THAT(broken, Contains(HasSubstr("done is called once only")));
  EXPECT_THAT(broken, Contains("a start that fails does not say that it succeeded"));
  EXPECT_THAT(broken, Contains("a start after Close fails"));
}

TEST(Driver, RollsAClusterByResultsAlone) {
  World world(RollingUpdate());
  world.Run();
  ASSERT_TRUE(world.Settles());
  world.Stop();
  EXPECT_EQ(world.done.size(), 9U);
  for (const auto& [name, times] : world.done) EXPECT_EQ(times, 1) << name;
  EXPECT_TRUE(world.store.stored.started().empty());
}

TEST(Driver, LooksAgainUntilThereIsAnAnswer) {
  World world(RollingUpdate());
  world.look_problems = {absl::UnavailableError("away"), absl::DeadlineExceededError("slow")};
  world.Run();
  ASSERT_TRUE(world.Settles());
  world.Stop();
  EXPECT_THAT(world.problems, Contains("observe: away"));
  EXPECT_THAT(world.problems, Contains("observe: slow"));
}

// A store whose answer got lost is not done twice, and one that was refused is not taken for done.
TEST(Driver, StoresUntilItIsKnown) {
  for (const bool anyway : {false, true}) {
    World world(RollingUpdate());
    world.store.problems = {absl::UnknownError("lost"), absl::UnavailableError("away")};
    world.store.store_anyway = anyway;
    world.Run();
    ASSERT_TRUE(world.Settles());
    world.Stop();
    for (const auto& [name, times] : world.done) EXPECT_EQ(times, 1) << name;
    EXPECT_THAT(world.problems, Contains("store the ledger: lost"));
  }
}

TEST(Driver, SomebodyElseWroteTheLedger) {
  World world(RollingUpdate());
  std::atomic<bool> once{false};
  world.before_look = [&] {
    if (world.looks == 1 && !once.exchange(true)) world.store.stored.set_version(41);
  };
  world.Run();
  ASSERT_TRUE(world.Settles());
  world.Stop();
  EXPECT_GT(world.store.stored.version(), 41);
  for (const auto& [name, times] : world.done) EXPECT_EQ(times, 1) << name;
}

TEST(Driver, WhatFailedIsTriedAgain) {
  World world(RollingUpdate());
  world.work_problems["update_rack dc1/r1"] = absl::FailedPreconditionError("no");
  world.Run();
  ASSERT_TRUE(world.Until([&] { return world.rounds > 0; }));
  // It backs off by the clock.
  bool converged = false;
  for (int i = 0; i < 200 && !converged; ++i) {
    int before = 0;
    world.Until([&] { return (before = world.rounds) >= 0; });
    world.later += 60;
    world.driver().Wake();
    ASSERT_TRUE(world.Until([&] {
      converged = world.outcome == v1::OUTCOME_CONVERGED;
      return converged || world.rounds > before;
    }));
  }
  world.Stop();
  EXPECT_TRUE(converged);
  EXPECT_EQ(world.done["update_rack dc1/r1"], 1);
}

// An unknown ending is settled by looking: here the effect was there.
TEST(Driver, AnUnknownEndingIsSettledByLooking) {
  World world(RollingUpdate());
  world.work_problems["update_rack dc1/r1"] = absl::UnknownError("the connection was lost");
  world.Run();
  ASSERT_TRUE(world.Until([&] { return world.rounds > 0; }));
  {
    const std::lock_guard<std::mutex> lock(world.mutex());
    world.cluster().templates[{"dc1", "r1"}] = "B";
  }
  world.driver().Wake();
  ASSERT_TRUE(world.Settles());
  world.Stop();
  EXPECT_EQ(world.done.count("update_rack dc1/r1"), 0U);
}

// What is desired changes while it looks: nothing of the older plan starts.
TEST(Driver, ANewWishWhileItLooksCounts) {
  World world(RollingUpdate());
  std::atomic<bool> once{false};
  world.before_look = [&] {
    if (world.looks != 1 || once.exchange(true)) return;
    world.cluster().revision = "A";
    const v1::PlanRequest request = world.cluster().Build();
    world.driver().SetDesired(request.desired(), request.policy());
  };
  world.Run();
  ASSERT_TRUE(world.Settles());
  world.Stop();
  EXPECT_TRUE(world.done.empty());
}

TEST(Driver, StopsWhileNothingAnswers) {
  World world(RollingUpdate());
  world.look_problems.assign(100000, absl::UnavailableError("away"));
  world.Run();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto begun = std::chrono::steady_clock::now();
  world.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST(Driver, WakeLooksAgain) {
  World world{Cluster(Even(1))};
  world.Run();
  ASSERT_TRUE(world.Settles());
  const int before = world.rounds;
  world.driver().Wake();
  EXPECT_TRUE(world.Until([&] { return world.rounds > before; }));
}

}  // namespace
}  // namespace cassplan::executors
