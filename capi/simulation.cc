// The simulations of cassplan.h: a handle around cassplan::Simulation.
#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "capi/boundary.h"
#include "capi/messages.h"
#include "cassplan/cassplan.h"
#include "cassplan/simulate.h"
#include "cassplan/v1/simulate.pb.h"

struct cassplan_simulation {
  std::unique_ptr<cassplan::Simulation> run;  // none: the result was given
  std::atomic<bool> busy = false;
};

namespace {

using cassplan::capi::CheckEncoding;
using cassplan::capi::Fail;
using cassplan::capi::Input;
using cassplan::capi::ParseWithRequest;
using cassplan::capi::ReportException;
using cassplan::capi::Turn;
using cassplan::capi::ValueOf;
using cassplan::capi::Write;
namespace v1 = cassplan::v1;

}  // namespace

cassplan_status cassplan_simulation_new(cassplan_encoding encoding, const void* request, size_t request_size,
                                        cassplan_simulation** simulation, cassplan_error** error) {
  if (error != nullptr) *error = nullptr;
  if (simulation != nullptr) *simulation = nullptr;
  try {
    if (simulation == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, "the pointer for the simulation is NULL");
    v1::SimulationRequest message;
    ParseWithRequest(encoding, Input(request, request_size), "start.", &message);
    auto made = std::make_unique<cassplan_simulation>();
    made->run = ValueOf(cassplan::MakeSimulation(std::move(message)));
    *simulation = made.release();
    return CASSPLAN_OK;
  } catch (...) {
    return ReportException(error);
  }
}

cassplan_status cassplan_simulation_run(cassplan_simulation* simulation, int64_t max_steps, cassplan_encoding encoding,
                                        cassplan_buffer** result, cassplan_error** error) {
  if (error != nullptr) *error = nullptr;
  if (result != nullptr) *result = nullptr;
  try {
    if (result == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, "the pointer for the result is NULL");
    CheckEncoding(encoding);
    if (max_steps < 1) Fail(CASSPLAN_INVALID_ARGUMENT, absl::StrCat("max_steps: ", max_steps, " is not at least 1"));
    const Turn turn(simulation, "simulation");
    if (simulation->run == nullptr) Fail(CASSPLAN_FAILED_PRECONDITION, "the result was given already");
    if (!simulation->run->Run(max_steps)) return CASSPLAN_OK;
    const std::unique_ptr<cassplan::Simulation> run = std::move(simulation->run);
    *result = new cassplan_buffer{Write(encoding, run->TakeResult())};
    return CASSPLAN_OK;
  } catch (...) {
    return ReportException(error);
  }
}

void cassplan_simulation_free(cassplan_simulation* simulation) { delete simulation; }
