// How a request flows: the one list of passes.
#include "lib/planner/pipeline.h"

#include <climits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cassplan/planner.h"
#include "google/protobuf/arena.h"
#include "lib/planner/admit.h"
#include "lib/planner/diff.h"
#include "lib/planner/explain.h"
#include "lib/planner/lower.h"
#include "lib/planner/normalize.h"
#include "lib/planner/normalize_health.h"
#include "lib/planner/normalize_operations.h"
#include "lib/planner/settle.h"

namespace cassplan::planner {

static_assert(static_cast<int>(Kind::kRestore) == v1::ACTION_KIND_RESTORE && kKinds == v1::ActionKind_ARRAYSIZE);
static_assert(static_cast<int>(Mode::kJoiningFailed) == v1::NODE_MODE_JOINING_FAILED &&
              v1::NodeMode_ARRAYSIZE == static_cast<int>(Mode::kJoiningFailed) + 1);

void RunPipeline(const v1::PlanRequest& request, const ScheduleOptions& options, Statistics* statistics,
                 v1::PlanResponse* response) {
  Model model;
  Normalize(request, &model);  // 1 messages -> model
  if (model.invalid) {
    ExplainInvalid(model, response);
    return;
  }
  Admit(&model);                               // 2 is the goal legal and reachable
  Settle(&model, response->mutable_ledger());  // 3 what became of started actions
  NoteRequests(&model);
  FindSick(&model);
  NoteUnknowns(&model);
  const std::vector<Drift> drift = Diff(model);                     // 4 what differs
  const std::vector<Action> actions = Lower(model, drift);          // 5 what would change it
  const Schedule schedule = MakeSchedule(model, actions, options);  // 6 in which order, or why not
  Explain(model, actions, schedule, response);                      // 7 for people and executors
  if (statistics == nullptr) return;
  statistics->asks = schedule.asks;
  statistics->actions = static_cast<int64_t>(schedule.order.size());
  statistics->sections = static_cast<int64_t>(schedule.sections.size());
  for (const v1::Action& a : response->plan().actions()) statistics->edges += a.requires_ids_size();
}

v1::PlanResponse RunPipeline(const v1::PlanRequest& request, const ScheduleOptions& options, Statistics* statistics) {
  v1::PlanResponse response;
  RunPipeline(request, options, statistics, &response);
  return response;
}

}  // namespace cassplan::planner

namespace cassplan {

absl::StatusOr<v1::PlanResponse> Plan(const v1::PlanRequest& request) {
  return planner::RunPipeline(request, planner::ScheduleOptions(), nullptr);
}

absl::StatusOr<std::string> PlanBytes(absl::string_view request) {
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<v1::PlanRequest>(&arena);
  if (request.size() > INT_MAX || !message->ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return absl::InvalidArgumentError("not a serialized cassplan.v1.PlanRequest");
  }
  auto* response = google::protobuf::Arena::CreateMessage<v1::PlanResponse>(&arena);
  planner::RunPipeline(*message, planner::ScheduleOptions(), nullptr, response);
  return response->SerializeAsString();
}

}  // namespace cassplan
