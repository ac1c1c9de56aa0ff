// Pass 1: the request's messages -> Model. Checks bounds and words of every message (a breach makes the model invalid),
// fills in defaults, joins slots and members by host id, then address.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_H_

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

// `request` must outlive the model.
void Normalize(const v1::PlanRequest& request, Model* model);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_H_
