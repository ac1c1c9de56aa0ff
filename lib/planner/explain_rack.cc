// What actions are: objects shared by all racks, and racks.
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

// "dc1/r1/0, dc1/r2/0"
std::string Describer::SeedList() const {
  std::string list;
  for (const Id seed : a_.demotes ? RemainingSeeds(m_) : m_.seeds) {
    absl::StrAppend(&list, list.empty() ? "" : ", ", m_.SlotName(seed));
  }
  return list;
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
