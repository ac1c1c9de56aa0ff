// Parts of pass 1 (see normalize.h): the reports of an observation, and which member lives in which slot.
#ifndef CASSPLAN_LIB_PLANNER_NORMALIZE_OBSERVED_H_
#define CASSPLAN_LIB_PLANNER_NORMALIZE_OBSERVED_H_

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

// Finds racks by name. Making one fills Model::dcs and Model::racks with every name that desired, observed or ledger
// know.
class RackIndex {
 public:
  RackIndex(const v1::PlanRequest& request, Model* model);

  Id Find(absl::string_view dc, absl::string_view rack) const;
  Id FindDc(absl::string_view dc) const;
  // The slot of a target; kNone where the target names none that the model has.
  Id FindSlot(const Model& model, const v1::Target& target) const;
  // Fills Model::slots: from ordinal 0 to the highest that desired, observed or ledger know.
  void MakeSlots(Model* model) const;

 private:
  struct Entry {
    absl::string_view dc;
    absl::string_view rack;
    Id id = kNone;
  };
  void Collect(const v1::PlanRequest& request);
  void Add(absl::string_view dc, absl::string_view rack);

  const v1::PlanRequest& request_;
  std::vector<Entry> entries_;  // bytewise by (dc, rack)
  std::vector<std::pair<absl::string_view, Id>> dcs_;
  mutable size_t last_ = 0;  // reports come in runs of one rack
};

void ReadObserved(const RackIndex& index, Model* model);

// The member with that host id, kNone where there is none. `by_host` as ReadObserved leaves it.
Id FindMember(const Model& model, absl::string_view host_id);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_NORMALIZE_OBSERVED_H_
