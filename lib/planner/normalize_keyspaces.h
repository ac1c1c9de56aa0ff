// Part of pass 1 (see normalize.h): keyspaces, which of them count, and classes of equal replication.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_KEYSPACES_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_KEYSPACES_H_

#include "lib/planner/model.h"

namespace cassplan::planner {

// Needs datacenters and members.
void ReadKeyspaces(Model* model);

// Replicas of `rf` that may be away so that a level (v1::ConsistencyLevel) that counts within one scope holds.
int32_t ToleranceOf(int32_t level, int32_t rf);
// The level counts over all datacenters.
bool Spans(int32_t level);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_KEYSPACES_H_
