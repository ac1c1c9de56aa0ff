// The reconciler: drives a cluster to what is desired, one event at a time. It does nothing itself: it says what the
// host has to do next, and the host answers with events.
//
//   Reconciler reconciler;
//   for (each event) for (const v1::ReconcileEffect& effect : reconciler.Handle(event)) Do(effect);
//
// One round: observe -> plan -> store the ledger with what shall start -> observe once more -> check each action's
// preconditions -> start. Nothing starts that the stored ledger does not have.
#ifndef CASSPLAN_RECONCILE_H_
#define CASSPLAN_RECONCILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "cassplan/v1/reconcile.pb.h"

namespace cassplan {

struct UnmetCondition {
  v1::Condition condition;
  std::string text;  // what is seen instead
};

// The preconditions of `action` that do not hold in `observed`, or that nothing fresh enough says anything about. A
// fact that this version does not know is not met.
std::vector<UnmetCondition> CheckPreconditions(const v1::Action& action, const v1::Observed& observed,
                                               int64_t now_seconds);

// Plans; cassplan::Plan unless a test says otherwise.
using PlanFunction = std::function<absl::StatusOr<v1::PlanResponse>(const v1::PlanRequest&)>;

struct ReconcileOptions {
  int64_t poll_seconds = 10;  // looks at the cluster at least so often while something is to be done
  int64_t idle_seconds = 60;  // and while nothing is
  // Between two starts of an action that fails: the pause doubles from the first to the last. 0: none.
  int64_t first_retry_seconds = 5;
  int64_t last_retry_seconds = 300;
  // COMPLETE for hosts that show the whole plan: the same starts, at several times the cost.
  v1::Horizon horizon = v1::HORIZON_READY;
};

class Reconciler {
 public:
  explicit Reconciler(ReconcileOptions options = {}, PlanFunction plan = {});

  // Pure: the same checkpoint and event give the same effects. Threads: one at a time.
  std::vector<v1::ReconcileEffect> Handle(const v1::ReconcileEvent& event);

  // What a host asks for after a restart, with or without a restored checkpoint: the effects that may have been lost.
  std::vector<v1::ReconcileEffect> Resume();

  std::string Checkpoint() const;
  // Errors: kInvalidArgument when `bytes` is no checkpoint.
  absl::Status Restore(absl::string_view bytes);

  // Of the last plan.
  v1::Outcome outcome() const { return state_.outcome(); }
  const v1::PlanResponse& response() const { return response_; }
  // Starts of the last round that did not happen, and why.
  const google::protobuf::RepeatedPtrField<v1::Withdrawn>& withdrawn() const { return state_.withdrawn(); }

 private:
  using Effects = std::vector<v1::ReconcileEffect>;

  Effects OnDesired(const v1::DesiredChanged& changed);
  Effects OnObserved(const v1::Observed& observed);
  Effects OnStored(const v1::LedgerStored& stored);
  Effects OnResult(const v1::ActionResult& result);
  Effects Observe();
  Effects PlanRound(const v1::Observed& observed);
  Effects StartRound(const v1::Observed& observed);
  Effects Store(v1::ReconcilePhase phase);
  Effects Finish();
  absl::StatusOr<v1::PlanResponse> MakePlan(const v1::Observed& observed, const v1::Ledger& ledger);
  v1::Ledger WithResults() const;
  void ForgetResults();
  void Choose(const v1::PlanResponse& response);
  bool Rests(const v1::Action& action);
  void Redeliver(const v1::Observed& observed);
  bool Delivered(const std::string& id, int32_t attempt) const;

  ReconcileOptions options_;
  PlanFunction plan_;
  v1::ReconcileCheckpoint state_;
  v1::PlanResponse response_;
};

}  // namespace cassplan

#endif  // CASSPLAN_RECONCILE_H_
