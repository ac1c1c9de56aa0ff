// The simulator: a fake cluster in virtual time that the reconciler and the planner run, with faults, judged at every
// state. It acts on nothing real.
#ifndef CASSPLAN_SIMULATE_H_
#define CASSPLAN_SIMULATE_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cassplan/reconcile.h"
#include "cassplan/v1/simulate.pb.h"

namespace cassplan {

struct SimulateHooks {
  // Called with every new line of the history.
  std::function<void(const v1::SimulationEvent&)> event;
  // In place of the planner; only tests set it.
  PlanFunction plan;
  // Leave out bars, samples and disks, and all events but violations: for many runs. Counts and digest stay the same.
  bool brief = false;
};

// Runs until the cluster has converged and stayed so, a person is needed, or the limit has come. Deterministic: equal
// requests give equal results, byte for byte. Threads: may be called from any number of threads at once.
//
// Errors: kInvalidArgument when a fault cannot be read (with its column), names what the cluster does not have, or a
// number is out of bounds; kInternal when the planner fails.
absl::StatusOr<v1::SimulationResult> Simulate(const v1::SimulationRequest& request, const SimulateHooks& hooks = {});

// The same, in pieces: for hosts that show progress or may stop. Threads: one at a time.
class Simulation {
 public:
  virtual ~Simulation() = default;

  // Goes on for at most `max_steps` events of virtual time; true: the run is over.
  virtual bool Run(int64_t max_steps) = 0;

  // What has been until now; once. The verdict of a run that is not over is as at its limit.
  virtual v1::SimulationResult TakeResult() = 0;
};

// Errors: as of Simulate.
absl::StatusOr<std::unique_ptr<Simulation>> MakeSimulation(v1::SimulationRequest request, SimulateHooks hooks = {});

// A planner that acts by the rules of CassKop as they are documented, as a model to compare with.
v1::PlanResponse NaivePlan(const v1::PlanRequest& request);

}  // namespace cassplan

#endif  // CASSPLAN_SIMULATE_H_
