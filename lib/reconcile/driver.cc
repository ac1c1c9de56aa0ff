#include "cassplan/driver.h"

#include <algorithm>
#include <utility>

namespace cassplan {
namespace {

int64_t SystemSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool SameLedger(const v1::Ledger& a, const v1::Ledger& b) { return a.SerializeAsString() == b.SerializeAsString(); }

}  // namespace

Driver::Driver(Executor* executor, LedgerStore* store, DriverOptions options)
    : executor_(executor),
      store_(store),
      options_(std::move(options)),
      reconciler_(options_.reconcile),
      inbox_(std::make_shared<Inbox>()) {
  if (!options_.now) options_.now = SystemSeconds;
}

v1::DesiredChanged Driver::Changed(v1::Desired desired, v1::Policy policy) const {
  v1::DesiredChanged changed;
  *changed.mutable_desired() = std::move(desired);
  *changed.mutable_policy() = std::move(policy);
  *changed.mutable_capabilities() = executor_->GetCapabilities();
  return changed;
}

void Driver::SetDesired(v1::Desired desired, v1::Policy policy) {
  v1::ReconcileEvent event;
  *event.mutable_desired_changed() = Changed(std::move(desired), std::move(policy));
  Post(std::move(event));
}

void Driver::Post(v1::ReconcileEvent event) {
  const std::lock_guard<std::mutex> lock(inbox_->mutex);
  inbox_->events.push_back(std::move(event));
  inbox_->changed.notify_all();
}

void Driver::Wake() {
  const std::lock_guard<std::mutex> lock(inbox_->mutex);
  if (!inbox_->woken) inbox_->woken_at = Clock::now();
  inbox_->woken = true;
  inbox_->changed.notify_all();
}

void Driver::LedgerIs(int64_t version) {
  const std::lock_guard<std::mutex> lock(inbox_->mutex);
  if (version <= inbox_->known_version) return;
  inbox_->reload = true;
  inbox_->changed.notify_all();
}

void Driver::Stop() {
  const std::lock_guard<std::mutex> lock(inbox_->mutex);
  inbox_->stopped = true;
  inbox_->changed.notify_all();
}

bool Driver::Stopped() {
  const std::lock_guard<std::mutex> lock(inbox_->mutex);
  return inbox_->stopped;
}

bool Driver::Pause(int64_t ms) {
  std::unique_lock<std::mutex> lock(inbox_->mutex);
  inbox_->changed.wait_for(lock, std::chrono::milliseconds(ms), [this] { return inbox_->stopped; });
  return !inbox_->stopped;
}

bool Driver::LoadLedger() {
  for (int64_t pause = options_.first_retry_ms; !Stopped(); pause = std::min(2 * pause, options_.last_retry_ms)) {
    absl::StatusOr<v1::Ledger> loaded = store_->Load();
    if (loaded.ok()) {
      loaded_ = *std::move(loaded);
      const std::lock_guard<std::mutex> lock(inbox_->mutex);
      inbox_->known_version = std::max(inbox_->known_version, loaded_.version());
      return true;
    }
    if (options_.on_problem) options_.on_problem("load the ledger", loaded.status());
    Pause(pause);
  }
  return false;
}

// Begins anew with the ledger that somebody else wrote, as after a restart. What runs goes on: an executor takes a
// start that it has already for the same.
void Driver::Reload() {
  if (!LoadLedger() || first_) return;
  reconciler_ = Reconciler(options_.reconcile);
  effects_.clear();
  v1::ReconcileEvent event;
  *event.mutable_desired_changed() = desired_;
  *event.mutable_desired_changed()->mutable_ledger() = loaded_;
  Handle(std::move(event));
}

void Driver::Run() {
  if (!LoadLedger()) return;
  v1::ReconcileEvent event;
  while (NextEvent(&event)) {
    if (event.what_case() == v1::ReconcileEvent::WHAT_NOT_SET) {
      Reload();
    } else {
      Handle(std::move(event));
    }
    while (!effects_.empty() && !Stopped()) {
      const v1::ReconcileEffect effect = std::move(effects_.front());
      effects_.pop_front();
      Do(effect);
    }
    event.Clear();
  }
}

void Driver::Handle(v1::ReconcileEvent event) {
  if (event.has_desired_changed() && std::exchange(first_, false)) {
    *event.mutable_desired_changed()->mutable_ledger() = loaded_;
  }
  if (event.has_desired_changed()) desired_ = event.desired_changed();
  event.set_now_seconds(options_.now());
  for (v1::ReconcileEffect& effect : reconciler_.Handle(event)) effects_.push_back(std::move(effect));
}

// Whatever is queued, without waiting. Results become events here, in the driver's own thread.
bool Driver::TakeQueued(v1::ReconcileEvent* event) {
  std::pair<v1::StartAction, StartResult> result;
  {
    const std::lock_guard<std::mutex> lock(inbox_->mutex);
    if (!inbox_->events.empty()) {
      *event = std::move(inbox_->events.front());
      inbox_->events.pop_front();
      return true;
    }
    if (inbox_->results.empty()) return false;
    result = std::move(inbox_->results.front());
    inbox_->results.pop_front();
  }
  const auto& [start, ending] = result;
  if (options_.on_result) options_.on_result(start, ending);
  if (ending.ending == Ending::kUnknown) {
    // Whether it was done only the next look can tell.
    event->set_timer(true);
    return true;
  }
  v1::ActionResult* told = event->mutable_action_result();
  told->set_id(start.action().id());
  told->set_attempt(start.attempt());
  told->set_state(ending.ending == Ending::kSucceeded ? v1::RESULT_STATE_SUCCEEDED : v1::RESULT_STATE_FAILED);
  told->set_message(ending.message);
  return true;
}

bool Driver::NextEvent(v1::ReconcileEvent* event) {
  while (!Stopped()) {
    if (TakeQueued(event)) return true;
    std::unique_lock<std::mutex> lock(inbox_->mutex);
    const auto ready = [this] {
      return inbox_->stopped || !inbox_->events.empty() || !inbox_->results.empty() || inbox_->reload ||
             (inbox_->woken && !first_);
    };
    const int64_t rest = wait_until_seconds_ > 0 ? std::max<int64_t>(0, wait_until_seconds_ - options_.now()) : 3600;
    const bool something = inbox_->changed.wait_for(lock, std::chrono::seconds(rest), ready);
    if (inbox_->stopped) return false;
    if (!inbox_->events.empty() || !inbox_->results.empty()) continue;
    if (std::exchange(inbox_->reload, false)) return true;  // an event with nothing in it
    if (something || (wait_until_seconds_ > 0 && options_.now() >= wait_until_seconds_)) {
      lock.unlock();
      const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - last_look_).count();
      if (since < options_.min_pause_ms && !Pause(options_.min_pause_ms - since)) return false;
      event->set_timer(true);
      return true;
    }
  }
  return false;
}

void Driver::Do(const v1::ReconcileEffect& effect) {
  switch (effect.what_case()) {
    case v1::ReconcileEffect::kObserve:
      DoObserve();
      break;
    case v1::ReconcileEffect::kStoreLedger:
      DoStore(effect.store_ledger());
      break;
    case v1::ReconcileEffect::kStartAction:
      DoStart(effect.start_action());
      break;
    case v1::ReconcileEffect::kWaitUntilSeconds:
      wait_until_seconds_ = effect.wait_until_seconds();
      if (options_.on_round) options_.on_round(reconciler_);
      break;
    case v1::ReconcileEffect::WHAT_NOT_SET:
      break;
  }
}

void Driver::DoObserve() {
  for (int64_t pause = options_.first_retry_ms; !Stopped(); pause = std::min(2 * pause, options_.last_retry_ms)) {
    last_look_ = Clock::now();
    {
      const std::lock_guard<std::mutex> lock(inbox_->mutex);
      if (inbox_->woken) {
        reaction_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(last_look_ - inbox_->woken_at).count();
      }
      inbox_->woken = false;
    }
    absl::StatusOr<v1::Observed> observed = executor_->Observe();
    // What came meanwhile counts first: above all what is desired now.
    for (v1::ReconcileEvent queued; TakeQueued(&queued); queued.Clear()) Handle(std::move(queued));
    if (observed.ok()) {
      v1::ReconcileEvent event;
      *event.mutable_observed() = *std::move(observed);
      return Handle(std::move(event));
    }
    if (options_.on_problem) options_.on_problem("observe", observed.status());
    Pause(pause);
  }
}

void Driver::DoStore(const v1::StoreLedger& store) {
  {
    const std::lock_guard<std::mutex> lock(inbox_->mutex);
    inbox_->known_version = std::max(inbox_->known_version, store.ledger().version());
  }
  v1::ReconcileEvent event;
  v1::LedgerStored* stored = event.mutable_ledger_stored();
  for (int64_t pause = options_.first_retry_ms; !Stopped(); pause = std::min(2 * pause, options_.last_retry_ms)) {
    const absl::StatusOr<v1::LedgerStored> answer = store_->Store(store.ledger(), store.expected_version());
    if (answer.ok()) {
      *stored = *answer;
      // An earlier try of ours may have been stored after all.
      if (!stored->stored() && SameLedger(stored->current(), store.ledger())) stored->set_stored(true);
      return Handle(std::move(event));
    }
    if (options_.on_problem) options_.on_problem("store the ledger", answer.status());
    Pause(pause);
  }
}

void Driver::DoStart(const v1::StartAction& start) {
  if (options_.on_start) options_.on_start(start);
  executor_->Start(start, [inbox = inbox_, start](const StartResult& result) {
    const std::lock_guard<std::mutex> lock(inbox->mutex);
    inbox->results.emplace_back(start, result);
    inbox->changed.notify_all();
  });
}

}  // namespace cassplan
