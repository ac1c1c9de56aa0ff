// What becomes of an operation that a person asked for, in one sentence.
#include "absl/strings/str_cat.h"
#include "lib/planner/explain.h"
#include "lib/planner/normalize_operations.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;

v1::OperationState StateOf(const Model& m, const Request& r, const Carrier& c) {
  if (r.state == RequestState::kDone && !RequestInFlight(m, r)) return v1::OPERATION_STATE_DONE;
  if (RequestInFlight(m, r)) return v1::OPERATION_STATE_RUNNING;
  switch (r.state) {
    case RequestState::kDone:
      return v1::OPERATION_STATE_DONE;
    case RequestState::kFailed:
      return v1::OPERATION_STATE_FAILED;
    case RequestState::kRefused:
      return v1::OPERATION_STATE_REFUSED;
    case RequestState::kPaused:
      return v1::OPERATION_STATE_PAUSED;
    case RequestState::kWanted:
      break;
  }
  if (c.action == nullptr || c.place == Place::kDropped) return v1::OPERATION_STATE_WAITING;
  if (c.place == Place::kHeld) return v1::OPERATION_STATE_HELD;
  if (c.place == Place::kInFlight) return v1::OPERATION_STATE_RUNNING;
  return c.ready ? v1::OPERATION_STATE_READY : v1::OPERATION_STATE_WAITING;
}

}  // namespace

void WriteOperationStatus(const Model& m, Id request, const Carrier& c, v1::OperationStatus* out) {
  const Request& r = m.request_at(request);
  out->set_uid(std::string(r.uid));
  out->set_kind(static_cast<v1::ActionKind>(r.kind));
  Action as;
  as.kind = r.kind;
  as.slot = r.slot;
  as.member = r.member;
  as.rack = r.slot == kNone ? kNone : m.slot(r.slot).rack;
  as.dc = r.dc;
  FillTarget(m, as, out->mutable_target());
  out->set_state(StateOf(m, r, c));
  const bool planned = r.state == RequestState::kWanted && c.action != nullptr && c.place != Place::kDropped;
  if (planned) out->set_action_id(std::string(c.id));
  switch (out->state()) {
    case v1::OPERATION_STATE_RUNNING:
      out->set_reason("it has been started");
      return;
    case v1::OPERATION_STATE_READY:
      out->set_reason("it may start now");
      break;
    case v1::OPERATION_STATE_WAITING:
      out->set_reason(planned ? "other actions of the plan come first"
                              : "the plan does something else with the node first");
      break;
    case v1::OPERATION_STATE_HELD:
      out->set_reason(c.why.empty() ? "it comes after an action that is held" : c.why);
      break;
    default:
      out->set_reason(r.reason);
      return;
  }
  if (planned && c.action->request != request) {
    out->set_reason(
        StrCat(out->reason(), "; one action does this and operation ", m.request_at(c.action->request).uid));
  } else if (planned && c.action->drift != "requested" && c.action->drift != "replace-requested") {
    out->set_reason(StrCat(out->reason(), "; the plan does it anyway (", c.action->drift, ")"));
  }
}

}  // namespace cassplan::planner
