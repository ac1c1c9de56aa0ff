// What a person may ask about: everything in a plan and around it that has a name.
#ifndef CASSPLAN_LIB_REPORT_EXPLAIN_SUBJECTS_H_
#define CASSPLAN_LIB_REPORT_EXPLAIN_SUBJECTS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

struct Spot {
  std::string name;     // "dc1", "dc1/rack1", "dc1/rack1/0"; a member without a slot: its host id
  std::string title;    // "node dc1/rack1/0"
  std::string text;     // what is known of it
  std::string host_id;  // of a node
  std::string alias;    // the name of its slot
  std::string address;  // the newest that is told
  bool is_node = false;
};

struct Subjects {
  std::set<std::string> actions;  // ids
  std::set<std::string> rules;    // that speak here
  std::map<std::string, Spot> places;
  std::map<std::string, std::vector<std::string>> keyspaces;  // what is known of each

  // By name, alias, address, host id, or the start of a host id of at least `least` characters that only one has.
  const Spot* FindPlace(absl::string_view what, size_t least) const;
  // At most five names that `what` may have meant.
  std::vector<std::string> Near(absl::string_view what) const;
};

Subjects SubjectsOf(const v1::PlanRequest& request, const v1::PlanResponse& response);

const v1::StartedAction* FindStarted(const v1::Ledger& ledger, absl::string_view id);

// ACTION_KIND_UNSPECIFIED when there is none of that name ("restart_node").
v1::ActionKind KindOf(absl::string_view name);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_EXPLAIN_SUBJECTS_H_
