// The planner, with the hooks that tests need. Hosts use cassplan/planner.h.
#ifndef CASSPLAN_LIB_PLANNER_PIPELINE_H_
#define CASSPLAN_LIB_PLANNER_PIPELINE_H_

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/schedule.h"

namespace cassplan::planner {

struct Statistics {
  int64_t asks = 0;
  int64_t actions = 0;
  int64_t sections = 0;
  int64_t edges = 0;  // entries of `requires`; COMPLETE only
};

void RunPipeline(const v1::PlanRequest& request, const ScheduleOptions& options, Statistics* statistics,
                 v1::PlanResponse* response);
v1::PlanResponse RunPipeline(const v1::PlanRequest& request, const ScheduleOptions& options, Statistics* statistics);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_PIPELINE_H_
