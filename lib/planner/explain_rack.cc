// What actions are: objects shared by all racks, and racks.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/dead.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Objects(absl::string_view manual) {
  out_->set_manual(std::string(manual));
  out_->set_verify("cassplan plan shows no such action any more");
  Done("objects_revision", "desired");
  Cost(1, 5);
}

void Describer::Seeds() {
  const std::vector<Id> seeds = a_.demotes ? RemainingSeeds(m_) : a_.last_seeds ? m_.final_seeds : m_.seeds;
  std::string list;
  for (const Id seed : seeds) absl::StrAppend(&list, list.empty() ? "" : ", ", m_.SlotName(seed));
  out_->set_manual(StrCat("write the seed list ", list,
                          " into the templates of all racks, with updateStrategy OnDelete, ",
                          "so that it restarts nothing; it counts from the next start of each node on"));
  out_->set_verify("cassplan plan shows no such action any more");
  out_->set_way_back("write the former list");
  Done("seeds", list);
  Effect("seeds", list);
  Cost(1, 5);
}

// A new workload starts nothing by itself, and takes over the slots that are there.
int32_t Describer::SlotsNow() const {
  int32_t slots = 0;
  for (Id s = m_.rack(a_.rack).first_slot; s < m_.rack(a_.rack).last_slot; ++s) {
    if (m_.slot(s).present == Known::kYes) slots = m_.slot(s).ordinal + 1;
  }
  return slots;
}

void Describer::Rack(absl::string_view fact, absl::string_view value) {
  const planner::Rack& rack = m_.rack(a_.rack);
  out_->set_verify("cassplan plan shows no such action any more");
  if (a_.kind != Kind::kDeleteRack) out_->set_template_revision(std::string(rack.desired_revision));
  out_->set_restart_token(std::string(rack.restart_token));
  if (!rack.uid.empty()) Pre("rack_uid", rack.uid);
  Pre("rack_present", a_.kind == Kind::kCreateRack ? "no" : "yes");
  Done(fact, value);
  Cost(1, 5);
}

}  // namespace cassplan::planner
