// The one second implementation of safety: what must hold at a moment, whatever came before and comes after. What is
// wrong already and what actions in flight do among themselves is not judged, only what an action of the plan adds.
#ifndef CASSPLAN_LIB_VERIFY_INVARIANTS_H_
#define CASSPLAN_LIB_VERIFY_INVARIANTS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/verify/effects.h"
#include "lib/verify/findings.h"
#include "lib/verify/operations.h"
#include "lib/verify/ring.h"
#include "lib/verify/state.h"

namespace cassplan::verify {

struct Scene {
  const World& world;
  const std::vector<Operation>& operations;
  Findings& findings;
};

// A movement that is under way without an action: as the action that would have begun it.
Operation ForeignMovement(const World& world, int32_t node);

// One running action, whatever else runs.
void CheckOne(const Scene& scene, const Moment& moment, Ring& ring, int32_t number);
// The sources of a running movement and the levels should the mover die.
void CheckMovement(const Scene& scene, const Moment& moment, Ring& ring, int32_t number, const Footprint& footprint);
// Two actions that run at once. `footprint`: of `a` where that is a movement.
void CheckTwo(const Scene& scene, const Operation& a, const Footprint* footprint, const Operation& b,
              const std::vector<int32_t>& running);
// Two actions on one node, or in two racks of one datacenter, at once.
void CheckSameNode(const Scene& scene, int32_t a, int32_t b, const std::vector<int32_t>& running);
void CheckRacks(const Scene& scene, int32_t a, int32_t b, const std::vector<int32_t>& running);
void AddQuorum(const Scene& scene, const Group& group, std::vector<int32_t> away, const std::vector<int32_t>& running);
void AddDatacenters(const Scene& scene, const std::vector<int32_t>& disrupted, const std::vector<int32_t>& running);

// All of the above at one moment. `footprint_of`: of an active movement, or of the foreign one of a node.
void CheckMoment(const Scene& scene, const Moment& moment, Ring& ring,
                 const std::function<const Footprint&(const Operation&)>& footprint_of);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_INVARIANTS_H_
