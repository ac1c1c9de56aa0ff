// What is true at one moment of a plan: the observed cluster, plus what the actions that are done and running do to it.
// The effects are the verifier's own; those that the plan states are ignored.
#ifndef CASSPLAN_LIB_VERIFY_EFFECTS_H_
#define CASSPLAN_LIB_VERIFY_EFFECTS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "lib/verify/operations.h"
#include "lib/verify/state.h"

namespace cassplan::verify {

enum class Phase : uint8_t { kPending, kRunning, kDone };

struct NodeNow {
  bool in_ring = false;
  bool away = false;  // does not serve
  bool left = false;  // it is known to have left, or never was in the ring
  bool owes_cleanup = false;
  bool changing_release = false;
  int32_t taken_by = kNone;  // the action that took it away; kNone while away: it was down from the start
  int32_t release = 0;
};

struct Moment {
  std::vector<NodeNow> nodes;
  std::vector<VolumeState> volumes;           // by slot
  std::vector<std::vector<int32_t>> factors;  // by keyspace and datacenter, as Keyspace::factors
  bool altered = false;                       // `factors` are not those of the start
  // Running actions, and drains that are done whose node has not come back.
  std::vector<int32_t> active;
  std::vector<int32_t> foreign;  // nodes whose movement no action of the plan or the ledger has begun
  // Done actions that changed the ring or a factor, in order: with the drawn tokens they name the ring.
  std::vector<int32_t> ring_changes;
};

// Overwrites `moment`, which is empty or of the same world. `sorted`: Order::sorted. A running action counts as begun
// and not done.
void SetMoment(const World& world, const std::vector<Operation>& operations, absl::Span<const int32_t> sorted,
               absl::Span<const Phase> phases, Moment& moment);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_EFFECTS_H_
