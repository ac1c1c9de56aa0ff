// What differs between two plans: of the same cluster at two times, or of two specs.
#ifndef CASSPLAN_LIB_REPORT_DIFFERENCE_H_
#define CASSPLAN_LIB_REPORT_DIFFERENCE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// Pointers are borrowed from the two responses.
struct Difference {
  std::pair<v1::Outcome, v1::Outcome> outcome;
  std::vector<const v1::Action*> added, removed;
  struct Changed {
    const v1::Action* before;
    const v1::Action* after;
    std::vector<std::string> fields;  // names of the fields that differ
  };
  std::vector<Changed> changed;          // same id; costs, forecasts and evidence do not count
  std::vector<const v1::Action*> moved;  // of the second plan: they come at another place among those of both plans
  std::vector<const v1::Held*> held, released;
  std::vector<std::pair<const v1::Held*, const v1::Held*>> held_otherwise;  // other guards or other texts
  std::vector<std::string> impact;                                          // sentences

  bool empty() const;
};

Difference Compare(const v1::PlanResponse& before, const v1::PlanResponse& after);

std::string RenderDifference(const Difference& difference, size_t width, bool color);
// Keys sorted, one document.
std::string RenderDifferenceJson(const Difference& difference);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_DIFFERENCE_H_
