// The reconciler of cassplan.h: a handle around cassplan::Reconciler.
#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "capi/boundary.h"
#include "capi/messages.h"
#include "cassplan/cassplan.h"
#include "cassplan/reconcile.h"
#include "cassplan/v1/embed.pb.h"

struct cassplan_reconciler {
  explicit cassplan_reconciler(const cassplan::ReconcileOptions& options) : machine(options) {}

  cassplan::Reconciler machine;
  std::atomic<bool> busy = false;
};

namespace {

using cassplan::capi::Call;
using cassplan::capi::Fail;
using cassplan::capi::Input;
using cassplan::capi::ParseWithRequest;
using cassplan::capi::Turn;
using cassplan::capi::Write;
namespace v1 = cassplan::v1;

constexpr int64_t kDay = 86400;

int64_t Seconds(const char* field, int64_t value, int64_t otherwise) {
  if (value >= 0 && value <= kDay) return value == 0 ? otherwise : value;
  Fail(CASSPLAN_INVALID_ARGUMENT, absl::StrCat(field, ": ", value, " is not in [0, ", kDay, "]"));
}

std::unique_ptr<cassplan_reconciler> Make(const v1::ReconcilerConfig& config) {
  cassplan::ReconcileOptions options;
  options.poll_seconds = Seconds("poll_seconds", config.poll_seconds(), options.poll_seconds);
  options.idle_seconds = Seconds("idle_seconds", config.idle_seconds(), options.idle_seconds);
  auto made = std::make_unique<cassplan_reconciler>(options);
  if (!config.has_checkpoint()) return made;
  const absl::Status restored = made->machine.Restore(config.checkpoint().SerializeAsString());
  if (!restored.ok()) Fail(CASSPLAN_INVALID_ARGUMENT, std::string(restored.message()));
  return made;
}

v1::ReconcilerEffects Step(const v1::ReconcilerStep& step, cassplan::Reconciler* machine) {
  if (step.has_event() == step.resume()) {
    Fail(CASSPLAN_INVALID_ARGUMENT, "give one of event and resume");
  }
  v1::ReconcilerEffects out;
  for (const v1::ReconcileEffect& effect : step.resume() ? machine->Resume() : machine->Handle(step.event())) {
    *out.add_effects() = effect;
  }
  out.set_outcome(machine->outcome());
  *out.mutable_withdrawn() = machine->withdrawn();
  if (step.with_response()) *out.mutable_response() = machine->response();
  return out;
}

}  // namespace

cassplan_status cassplan_reconciler_new(cassplan_encoding encoding, const void* config, size_t config_size,
                                        cassplan_reconciler** reconciler, cassplan_error** error) {
  if (error != nullptr) *error = nullptr;
  if (reconciler != nullptr) *reconciler = nullptr;
  try {
    if (reconciler == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, "the pointer for the reconciler is NULL");
    v1::ReconcilerConfig message;
    ParseWithRequest(encoding, Input(config, config_size), "checkpoint.", &message);
    *reconciler = Make(message).release();
    return CASSPLAN_OK;
  } catch (...) {
    return cassplan::capi::ReportException(error);
  }
}

cassplan_status cassplan_reconciler_step(cassplan_reconciler* reconciler, cassplan_encoding encoding, const void* step,
                                         size_t step_size, cassplan_buffer** effects, cassplan_error** error) {
  return Call(effects, error, [&] {
    const Turn turn(reconciler, "reconciler");
    v1::ReconcilerStep message;
    std::vector<v1::Finding> findings = ParseWithRequest(encoding, Input(step, step_size), "event.", &message);
    v1::ReconcilerEffects out = Step(message, &reconciler->machine);
    for (v1::Finding& finding : findings) *out.add_findings() = std::move(finding);
    return Write(encoding, out);
  });
}

cassplan_status cassplan_reconciler_checkpoint(cassplan_reconciler* reconciler, cassplan_encoding encoding,
                                               cassplan_buffer** checkpoint, cassplan_error** error) {
  return Call(checkpoint, error, [&] {
    const Turn turn(reconciler, "reconciler");
    cassplan::capi::CheckEncoding(encoding);
    v1::ReconcileCheckpoint message;
    if (!message.ParseFromString(reconciler->machine.Checkpoint()))
      Fail(CASSPLAN_INTERNAL, "the checkpoint is damaged");
    return Write(encoding, message);
  });
}

void cassplan_reconciler_free(cassplan_reconciler* reconciler) { delete reconciler; }
