// Pass 7: what the schedule says, as messages: reasons, conditions, times, impact, outcome. Display only; nothing here
// decides.
#ifndef CASSPLAN_LIB_PLANNER_EXPLAIN_H_
#define CASSPLAN_LIB_PLANNER_EXPLAIN_H_

#include <string>
#include <utility>
#include <vector>

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/action.h"
#include "lib/planner/schedule.h"

namespace cassplan::planner {

void Explain(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
             v1::PlanResponse* response);

// Findings only, for a request that is not legal.
void ExplainInvalid(const Model& model, v1::PlanResponse* response);

// What many actions of one plan have in common, made once.
struct Common {
  explicit Common(const Model& model);
  struct Change {
    std::string text;                // "image cassandra:4.0 -> cassandra:4.1, resources"
    std::vector<std::string> paths;  // of what the user wrote; unique, sorted
  };
  std::vector<Change> template_changes;  // by rack
  std::vector<Id> down;                  // members of the ring that are down
};

// ---- parts (explain_action.cc, explain_findings.cc, explain_impact.cc, explain_forecast.cc)
void AddNote(const Model& model, const Note& note, v1::PlanResponse* response);
// Those that are worth the time only where the whole plan is written; its pools are there already.
void AddFindings(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
                 v1::PlanResponse* response);
void FillTarget(const Model& model, const Action& action, v1::Target* target);
// "restart 9 nodes"
std::string Phrase(Kind kind, int32_t n);
// "a, b, c and 4 more"
std::string Few(const std::vector<std::string>& names);
v1::Reason MakeReason(const Model& model, const Common& common, const Action& action);
// Everything but id, goal, requires, sections, pools and times.
void DescribeAction(const Model& model, const Common& common, const Action& action, v1::Action* out);
void AddImpact(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
               v1::PlanResponse* response);
// Start and finish of every planned action, with the capacity of pools.
void Forecast(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
              const std::vector<v1::Action*>& written, const v1::Plan& plan);
// The action that carries out an operation on request, and what the pass made of it.
struct Carrier {
  const Action* action = nullptr;  // none was made
  absl::string_view id;
  Place place = Place::kWaiting;
  bool ready = false;
  std::string why;  // held: what is in the way
};
// Approval and windows (explain_approval.cc).
// desired + policy + sorted ids: an approval binds to it.
std::string PlanFingerprint(const Model& model, std::vector<std::string> ids);
// Mode approve: the ids of actions that somebody approved; sorted.
std::vector<std::string> ApprovedIds(const Model& model, const std::vector<std::string>& ids,
                                     absl::string_view fingerprint);
// A waiver of that guard for that action.
const Waiver* FindWaiver(const Model& model, absl::string_view action_id, absl::string_view guard);
// Which of the policy's waivers let something pass, and which name no action at all.
void NoteWaivers(const Model& model, const std::vector<std::string>& ids,
                 const std::vector<std::pair<std::string, absl::string_view>>& used, std::vector<Note>* out);

void WriteOperationStatus(const Model& model, Id request, const Carrier& carrier, v1::OperationStatus* out);
// A digest that the order of lists does not change.
std::string DigestOf(const google::protobuf::Message& message);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_EXPLAIN_H_
