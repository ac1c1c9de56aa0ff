// Many actions as few rows: what a person reads of a plan. A row is actions of one kind in one place; rows come in the
// order in which they start.
#ifndef CASSPLAN_LIB_REPORT_GROUPING_H_
#define CASSPLAN_LIB_REPORT_GROUPING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cassplan/v1/plan.pb.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// Per action of the plan, in its order, how many actions must be done one after another until it is done: 1 when it
// requires none. A section that is required counts as all its members. Ids that are not in the plan are in flight or
// done, and count nothing. Cost: linear in actions and edges.
std::vector<int32_t> Waves(const v1::Plan& plan);

struct Row {
  v1::ActionKind kind = v1::ACTION_KIND_UNSPECIFIED;
  std::vector<const v1::Action*> actions;  // in the plan's order; borrowed from the plan
  int32_t step = 0;                        // from 1; rows with one number may run at the same time
  int32_t first_wave = 0;
  int32_t last_wave = 0;
  size_t width = 0;      // most that run at once, as edges and pools allow
  bool drained = false;  // each restart has its drain before it, which has no row of its own
  size_t ready = 0;      // may start now
  int64_t seconds = 0;   // forecast from the first start to the last end; 0: not known
  bool irreversible = false;
};

// Rows of the plan: actions of one kind, datacenter and rack whose waves follow one another. When that gives more than
// `max_rows`, rows of one kind and rack are joined wherever they come, then of one kind and datacenter, then of one
// kind. `keep` says which actions count; null: all.
std::vector<Row> GroupActions(const v1::Plan& plan, size_t max_rows,
                              const std::function<bool(const v1::Action&)>& keep = nullptr);

// Targets of a row, for words.
std::vector<const v1::Target*> TargetsOf(const Row& row);

// The planner's word for "held because an action before it is"; no guard, and nothing to do about it.
inline constexpr char kPredecessor[] = "predecessor";

// What one guard holds back.
struct HeldGroup {
  std::string guard;
  std::vector<const v1::Held*> held;  // without drains whose restart is held too
  // Different ones, in the order of the response.
  std::vector<std::string> texts;
  std::vector<std::string> remedies;
};

// By guard, the one that holds most first, kPredecessor last; an action that several guards hold is in each group.
std::vector<HeldGroup> GroupHeld(const std::vector<const v1::Held*>& held);

// Impact rows that say the same of several keyspaces, worst first.
struct ImpactGroup {
  const v1::Impact* impact = nullptr;  // of the first keyspace
  std::vector<std::string> keyspaces;
};
std::vector<ImpactGroup> GroupImpact(const google::protobuf::RepeatedPtrField<v1::Impact>& impact);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_GROUPING_H_
