// Runs a reconciler with an executor and a place for the ledger: one cluster, one thread.
//
//   Driver driver(&executor, &store, options);
//   driver.SetDesired(desired);               // and again whenever it changes
//   driver.Run();                             // until Stop, called from another thread
#ifndef CASSPLAN_DRIVER_H_
#define CASSPLAN_DRIVER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "cassplan/executor.h"
#include "cassplan/reconcile.h"

namespace cassplan {

struct DriverOptions {
  ReconcileOptions reconcile;
  // Seconds since 1970; the system's clock unless a test says otherwise.
  std::function<int64_t()> now;
  // At least so long between two rounds, however often Wake is called.
  int64_t min_pause_ms = 200;
  // Pauses after an observation or a store that failed: they double from the first to the last.
  int64_t first_retry_ms = 500;
  int64_t last_retry_ms = 30000;

  // All from the thread of Run; they must return soon.
  // A round is over: what was planned, what waits (Reconciler::response, withdrawn).
  std::function<void(const Reconciler&)> on_round;
  std::function<void(const v1::StartAction&)> on_start;
  std::function<void(const v1::StartAction&, const StartResult&)> on_result;
  // Looking or storing did not work; it is tried again.
  std::function<void(const char* what, const absl::Status&)> on_problem;
};

class Driver {
 public:
  // Neither `executor` nor `store` is owned; they live longer.
  Driver(Executor* executor, LedgerStore* store, DriverOptions options);

  // Any thread. Nothing happens before the first call. What Executor::Observe sets while it looks counts for the plan
  // that is made of it. The driver gives the executor's capabilities.
  void SetDesired(v1::Desired desired, v1::Policy policy);

  // Something changed: look again soon. Any thread.
  void Wake();

  // The stored ledger has this version: where somebody else wrote it (an approval), it is read anew. Any thread.
  void LedgerIs(int64_t version);

  // Until Stop. Starts that are in flight then go on; Executor::Close ends them.
  void Run();

  // Any thread; Run returns soon, after what it is doing.
  void Stop();

  // Milliseconds from the last Wake that was not asked about yet to the look that followed; -1: there was none. For
  // metrics; from the thread of Run only.
  int64_t TakeReactionMs() { return std::exchange(reaction_ms_, -1); }

 private:
  using Clock = std::chrono::steady_clock;

  bool Stopped();
  bool Pause(int64_t ms);  // false: stopped
  bool LoadLedger();
  void Reload();
  bool NextEvent(v1::ReconcileEvent* event);
  bool TakeQueued(v1::ReconcileEvent* event);
  void Post(v1::ReconcileEvent event);
  void Handle(v1::ReconcileEvent event);
  void Do(const v1::ReconcileEffect& effect);
  void DoObserve();
  void DoStore(const v1::StoreLedger& store);
  void DoStart(const v1::StartAction& start);
  v1::DesiredChanged Changed(v1::Desired desired, v1::Policy policy) const;

  Executor* executor_;
  LedgerStore* store_;
  DriverOptions options_;
  Reconciler reconciler_;
  v1::Ledger loaded_;
  bool first_ = true;
  v1::DesiredChanged desired_;
  std::deque<v1::ReconcileEffect> effects_;
  int64_t reaction_ms_ = -1;
  Clock::time_point last_look_;
  int64_t wait_until_seconds_ = 0;

  // What other threads touch; results may come after the driver is gone.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<v1::ReconcileEvent> events;
    std::deque<std::pair<v1::StartAction, StartResult>> results;
    bool woken = false;
    Clock::time_point woken_at;
    bool stopped = false;
    int64_t known_version = 0;  // of the ledger: ours, or being stored
    bool reload = false;
  };
  std::shared_ptr<Inbox> inbox_;
};

}  // namespace cassplan

#endif  // CASSPLAN_DRIVER_H_
