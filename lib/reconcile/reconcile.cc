#include "cassplan/reconcile.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cassplan/planner.h"

namespace cassplan {
namespace {

v1::StartedAction StartRecord(const v1::StartAction& start) {
  const v1::Action& a = start.action();
  v1::StartedAction record;
  record.set_id(a.id());
  record.set_kind(a.kind());
  *record.mutable_target() = a.target();
  record.set_attempt(start.attempt());
  record.set_started_at_seconds(start.started_at_seconds());
  record.set_deadline_seconds(start.deadline_seconds());
  record.set_state(v1::STARTED_STATE_IN_FLIGHT);
  record.set_source_datacenter(a.source_datacenter());
  record.set_release_changes(a.release_changes());
  record.set_replication_factor(a.replication_factor());
  record.set_goal(a.goal());
  record.set_request_uid(a.request_uid());
  record.set_replaced_host_id(a.replaced_host_id());
  return record;
}

void Drop(const std::string& id, v1::Ledger* ledger) {
  auto* started = ledger->mutable_started();
  for (int i = started->size() - 1; i >= 0; --i) {
    if (started->Get(i).id() == id) started->DeleteSubrange(i, 1);
  }
}

bool InFlight(const v1::StartedAction& started) {
  return started.state() == v1::STARTED_STATE_IN_FLIGHT || started.state() == v1::STARTED_STATE_UNSPECIFIED;
}

v1::ReconcileEffect ObserveEffect() {
  v1::ReconcileEffect effect;
  effect.set_observe(true);
  return effect;
}

}  // namespace

Reconciler::Reconciler(ReconcileOptions options, PlanFunction plan) : options_(options), plan_(std::move(plan)) {
  if (!plan_) plan_ = [](const v1::PlanRequest& request) { return Plan(request); };
}

std::string Reconciler::Checkpoint() const { return state_.SerializeAsString(); }

absl::Status Reconciler::Restore(absl::string_view bytes) {
  v1::ReconcileCheckpoint state;
  if (!state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("not a checkpoint of the reconciler");
  }
  state_ = std::move(state);
  return absl::OkStatus();
}

std::vector<v1::ReconcileEffect> Reconciler::Resume() {
  // What was chosen and not started is chosen anew: the ledger may have it or not, and the cluster may have changed.
  state_.clear_starting();
  state_.clear_storing();
  state_.clear_delivered();  // whether the host came to do them is not known
  return state_.has_desired() ? Observe() : Effects();
}

std::vector<v1::ReconcileEffect> Reconciler::Handle(const v1::ReconcileEvent& event) {
  // The planner refuses a clock that runs backwards: with it everything waits until the time is there again.
  state_.set_now_seconds(std::max({state_.now_seconds(), event.now_seconds(), state_.ledger().now_seconds()}));
  switch (event.what_case()) {
    case v1::ReconcileEvent::kDesiredChanged:
      return OnDesired(event.desired_changed());
    case v1::ReconcileEvent::kObserved:
      return OnObserved(event.observed());
    case v1::ReconcileEvent::kLedgerStored:
      return OnStored(event.ledger_stored());
    case v1::ReconcileEvent::kActionResult:
      return OnResult(event.action_result());
    case v1::ReconcileEvent::kTimer:
      return state_.phase() == v1::RECONCILE_PHASE_WAITING ? Observe() : Effects();
    case v1::ReconcileEvent::WHAT_NOT_SET:
      break;
  }
  return {};
}

Reconciler::Effects Reconciler::Observe() {
  state_.set_phase(v1::RECONCILE_PHASE_OBSERVING);
  state_.set_replan(false);
  return {ObserveEffect()};
}

Reconciler::Effects Reconciler::OnDesired(const v1::DesiredChanged& changed) {
  if (!state_.has_desired() && changed.has_ledger()) *state_.mutable_ledger() = changed.ledger();
  *state_.mutable_desired() = changed.desired();
  *state_.mutable_policy() = changed.policy();
  *state_.mutable_capabilities() = changed.capabilities();
  const v1::ReconcilePhase phase = state_.phase();
  if (phase == v1::RECONCILE_PHASE_UNSPECIFIED || phase == v1::RECONCILE_PHASE_WAITING) return Observe();
  // What was chosen for what was desired before does not start.
  state_.set_replan(true);
  return {};
}

Reconciler::Effects Reconciler::OnResult(const v1::ActionResult& result) {
  for (const v1::ActionResult& known : state_.results()) {
    if (known.id() == result.id() && known.attempt() == result.attempt()) return {};
  }
  *state_.add_results() = result;
  if (state_.phase() == v1::RECONCILE_PHASE_WAITING) return Observe();
  state_.set_replan(state_.phase() != v1::RECONCILE_PHASE_UNSPECIFIED);
  return {};
}

Reconciler::Effects Reconciler::OnObserved(const v1::Observed& observed) {
  if (state_.phase() == v1::RECONCILE_PHASE_OBSERVING) return PlanRound(observed);
  if (state_.phase() == v1::RECONCILE_PHASE_CHECKING) return StartRound(observed);
  return {};  // an answer that nobody waits for any more
}

// Plans without a copy of what the request is made of: it is lent, and only read.
absl::StatusOr<v1::PlanResponse> Reconciler::MakePlan(const v1::Observed& observed, const v1::Ledger& ledger) {
  v1::PlanRequest request;
  request.set_allocated_desired(state_.mutable_desired());
  request.set_allocated_observed(const_cast<v1::Observed*>(&observed));
  request.set_allocated_ledger(const_cast<v1::Ledger*>(&ledger));
  request.set_allocated_policy(state_.mutable_policy());
  request.set_allocated_capabilities(state_.mutable_capabilities());
  request.set_now_seconds(state_.now_seconds());
  request.set_horizon(options_.horizon);
  absl::StatusOr<v1::PlanResponse> response = plan_(request);
  // In the reverse order nothing of it is freed with the request.
  (void)request.release_capabilities();
  (void)request.release_policy();
  (void)request.release_ledger();
  (void)request.release_observed();
  (void)request.release_desired();
  return response;
}

// A result counts for the attempt that it is about; a late one of an earlier attempt says nothing.
v1::Ledger Reconciler::WithResults() const {
  v1::Ledger ledger = state_.ledger();
  for (const v1::ActionResult& result : state_.results()) {
    for (v1::StartedAction& started : *ledger.mutable_started()) {
      if (started.id() != result.id() || started.attempt() != result.attempt() || !InFlight(started)) continue;
      started.set_state(result.state() == v1::RESULT_STATE_FAILED ? v1::STARTED_STATE_FAILED
                                                                  : v1::STARTED_STATE_SUCCEEDED);
      started.set_message(result.message());
    }
  }
  return ledger;
}

// A result is kept until the stored ledger has it: a round that is given up must not lose it.
void Reconciler::ForgetResults() {
  auto* results = state_.mutable_results();
  for (int i = results->size() - 1; i >= 0; --i) {
    const v1::ActionResult& result = results->Get(i);
    const bool open = std::any_of(state_.ledger().started().begin(), state_.ledger().started().end(),
                                  [&](const v1::StartedAction& s) {
                                    return s.id() == result.id() && s.attempt() == result.attempt() && InFlight(s);
                                  });
    if (!open) results->DeleteSubrange(i, 1);
  }
}

bool Reconciler::Delivered(const std::string& id, int32_t attempt) const {
  return std::any_of(state_.delivered().begin(), state_.delivered().end(),
                     [&](const v1::ActionResult& d) { return d.id() == id && d.attempt() == attempt; });
}

Reconciler::Effects Reconciler::PlanRound(const v1::Observed& observed) {
  state_.clear_starting();
  state_.clear_withdrawn();
  const v1::Ledger before = WithResults();
  absl::StatusOr<v1::PlanResponse> response = MakePlan(observed, before);
  if (!response.ok() || response->outcome() == v1::OUTCOME_INVALID) {
    state_.set_outcome(v1::OUTCOME_INVALID);
    response_ = response.ok() ? *std::move(response) : v1::PlanResponse();
    return Finish();
  }
  response_ = *std::move(response);
  state_.set_outcome(response_.outcome());
  *state_.mutable_storing() = response_.ledger();
  Choose(response_);
  Redeliver(observed);
  if (state_.replan()) return Observe();
  const bool changed = response_.ledger().version() != state_.ledger().version() || !state_.starting().empty() ||
                       before.SerializeAsString() != state_.ledger().SerializeAsString();
  if (!changed) {
    ForgetResults();
    return Finish();
  }
  return Store(v1::RECONCILE_PHASE_STORING);
}

// What failed a moment ago most often fails again: each try pauses twice as long as the one before.
bool Reconciler::Rests(const v1::Action& action) {
  const int32_t failures = action.attempt() - 1;
  if (failures < 1 || options_.first_retry_seconds <= 0) return false;
  int64_t pause = options_.first_retry_seconds;
  for (int32_t i = 1; i < failures && pause < options_.last_retry_seconds; ++i) pause *= 2;
  pause = std::min(pause, options_.last_retry_seconds);
  for (const v1::StartedAction& last : response_.ledger().started()) {
    if (last.id() != action.id() || last.state() != v1::STARTED_STATE_FAILED) continue;
    const int64_t rest = last.started_at_seconds() + pause - state_.now_seconds();
    if (rest <= 0) return false;
    v1::Withdrawn* withdrawn = state_.add_withdrawn();
    withdrawn->set_id(action.id());
    withdrawn->set_text(absl::StrCat("it has failed ", failures, failures == 1 ? " time" : " times",
                                     last.message().empty() ? "" : absl::StrCat(", last: ", last.message()),
                                     "; it is tried again in ", rest, " s"));
    return true;
  }
  return false;
}

void Reconciler::Choose(const v1::PlanResponse& response) {
  for (const v1::Action& action : response.plan().actions()) {
    if (!action.ready() || Rests(action)) continue;
    v1::StartAction* start = state_.add_starting();
    *start->mutable_action() = action;
    start->set_attempt(std::max(action.attempt(), 1));
    start->set_started_at_seconds(state_.now_seconds());
    if (action.timeout_seconds() > 0) start->set_deadline_seconds(state_.now_seconds() + action.timeout_seconds());
    Drop(action.id(), state_.mutable_storing());
    *state_.mutable_storing()->add_started() = StartRecord(*start);
  }
}

// Records of starts that this process did not see delivered (it was restarted in between): where the plan without such
// a record would start the action now, it never took effect, and is given to the host again under the same attempt.
void Reconciler::Redeliver(const v1::Observed& observed) {
  for (const v1::StartedAction& record : response_.ledger().started()) {
    if (!InFlight(record) || Delivered(record.id(), record.attempt())) continue;
    v1::Ledger without = response_.ledger();
    Drop(record.id(), &without);
    const absl::StatusOr<v1::PlanResponse> again = MakePlan(observed, without);
    if (!again.ok()) continue;
    for (const v1::Action& action : again->plan().actions()) {
      if (action.id() != record.id() || !action.ready()) continue;
      v1::StartAction* start = state_.add_starting();
      *start->mutable_action() = action;
      start->set_attempt(record.attempt());
      start->set_started_at_seconds(record.started_at_seconds());
      start->set_deadline_seconds(record.deadline_seconds());
    }
    // Asked once; if it did take effect nobody starts it again, and if not its deadline will tell.
    v1::ActionResult* asked = state_.add_delivered();
    asked->set_id(record.id());
    asked->set_attempt(record.attempt());
  }
}

Reconciler::Effects Reconciler::Store(v1::ReconcilePhase phase) {
  v1::ReconcileEffect effect;
  v1::StoreLedger* store = effect.mutable_store_ledger();
  store->set_expected_version(state_.ledger().version());
  state_.mutable_storing()->set_version(state_.ledger().version() + 1);
  state_.mutable_storing()->set_now_seconds(state_.now_seconds());
  *store->mutable_ledger() = state_.storing();
  state_.set_phase(phase);
  return {std::move(effect)};
}

Reconciler::Effects Reconciler::OnStored(const v1::LedgerStored& stored) {
  const v1::ReconcilePhase phase = state_.phase();
  if (phase != v1::RECONCILE_PHASE_STORING && phase != v1::RECONCILE_PHASE_WITHDRAWING) return {};
  if (!stored.stored()) {
    // Somebody else wrote: nothing of this round counts.
    *state_.mutable_ledger() = stored.current();
    state_.clear_starting();
    return Observe();
  }
  state_.mutable_ledger()->Swap(state_.mutable_storing());
  state_.clear_storing();
  ForgetResults();
  if (phase == v1::RECONCILE_PHASE_WITHDRAWING || state_.starting().empty()) return Finish();
  state_.set_phase(v1::RECONCILE_PHASE_CHECKING);
  return {ObserveEffect()};
}

Reconciler::Effects Reconciler::StartRound(const v1::Observed& observed) {
  Effects effects;
  *state_.mutable_storing() = state_.ledger();
  for (const v1::StartAction& start : state_.starting()) {
    std::string why = state_.replan() ? "something changed meanwhile" : "";
    if (why.empty()) {
      const std::vector<UnmetCondition> unmet = CheckPreconditions(start.action(), observed, state_.now_seconds());
      if (!unmet.empty()) why = unmet.front().text;
    }
    if (!why.empty()) {
      v1::Withdrawn* withdrawn = state_.add_withdrawn();
      withdrawn->set_id(start.action().id());
      withdrawn->set_text(why);
      // A redelivered one may be under way: only the deadline or the observation ends it.
      if (!Delivered(start.action().id(), start.attempt())) Drop(start.action().id(), state_.mutable_storing());
      continue;
    }
    if (!Delivered(start.action().id(), start.attempt())) {
      v1::ActionResult* delivered = state_.add_delivered();
      delivered->set_id(start.action().id());
      delivered->set_attempt(start.attempt());
    }
    v1::ReconcileEffect effect;
    *effect.mutable_start_action() = start;
    effects.push_back(std::move(effect));
  }
  state_.clear_starting();
  Effects rest = state_.storing().started_size() != state_.ledger().started_size()
                     ? Store(v1::RECONCILE_PHASE_WITHDRAWING)
                     : Finish();
  for (v1::ReconcileEffect& effect : rest) effects.push_back(std::move(effect));
  return effects;
}

Reconciler::Effects Reconciler::Finish() {
  state_.clear_storing();
  if (state_.replan()) return Observe();
  // Deliveries of actions that the ledger no longer has are forgotten.
  auto* delivered = state_.mutable_delivered();
  for (int i = delivered->size() - 1; i >= 0; --i) {
    const std::string& id = delivered->Get(i).id();
    const bool kept = std::any_of(state_.ledger().started().begin(), state_.ledger().started().end(),
                                  [&](const v1::StartedAction& s) { return s.id() == id; });
    if (!kept) delivered->DeleteSubrange(i, 1);
  }
  state_.set_phase(v1::RECONCILE_PHASE_WAITING);
  const bool busy = !state_.ledger().started().empty() || !state_.withdrawn().empty() ||
                    state_.outcome() == v1::OUTCOME_PLANNED || state_.outcome() == v1::OUTCOME_IN_PROGRESS;
  int64_t wait = busy ? options_.poll_seconds : options_.idle_seconds;
  if (!busy && response_.next_check_seconds() > 0) wait = std::min(wait, response_.next_check_seconds());
  v1::ReconcileEffect effect;
  effect.set_wait_until_seconds(state_.now_seconds() + wait);
  state_.set_wait_until_seconds(effect.wait_until_seconds());
  return {std::move(effect)};
}

}  // namespace cassplan
