// Pass 2: is the spec legal, is the *change* legal against what is observed, is its end reachable. A goal that is
// refused is refused whole, before anything irreversible; the rest of the plan goes on.
#ifndef CASSPLAN_LIB_PLANNER_ADMIT_H_
#define CASSPLAN_LIB_PLANNER_ADMIT_H_

#include "lib/planner/model.h"

namespace cassplan::planner {

void Admit(Model* model);

// Nodes that would stay in the datacenter when the desired state is reached.
int32_t DesiredNodes(const Model& model, Id dc);

// The highest replication factor that a user keyspace (or system_auth, unless at its default) has there; `keyspace`
// gets one that has it.
int32_t HighestReplication(const Model& model, Id dc, bool user_only, Id* keyspace);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_ADMIT_H_
