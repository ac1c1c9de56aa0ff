// What actions are: slots and volumes.
#include "absl/strings/str_cat.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Shrink() {
  if (!m_.slot(a_.slot).uid.empty()) Pre("slot_uid", m_.slot(a_.slot).uid);
  Pre("highest_ordinal", StrCat(m_.slot(a_.slot).ordinal));
  if (a_.member != kNone) {
    Pre("absent_for_majority", m_.member(a_.member).host_id);
  } else if (!m_.slot(a_.slot).left_host_id.empty()) {
    Pre("absent_for_majority", m_.slot(a_.slot).left_host_id, "seen by a majority");
  }
  Done("slot_present", "no");
  Effect("slot", "gone");
  out_->set_manual(
      StrCat("lower the workload of rack ", m_.RackName(a_.rack), " to ", m_.slot(a_.slot).ordinal, " node(s)"));
  out_->set_verify("the Pod is gone");
  out_->set_way_back("raise it again");
  Cost(5, 60);
}

void Describer::DeleteVolume() {
  const VolumeState& volume = m_.slot(a_.slot).volume;
  Pre("volume_uid", volume.uid);
  Pre("volume_mounted", "no");
  const absl::string_view host = a_.member != kNone ? m_.member(a_.member).host_id : m_.slot(a_.slot).left_host_id;
  if (!host.empty()) Pre("absent_for_majority", host);
  Done("volume_present", "no");
  Effect("volume", "deleted");
  out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
  out_->set_manual(
      StrCat("delete the volume claim ", volume.name.empty() ? absl::string_view("of the slot") : volume.name));
  out_->set_verify("the claim is gone");
  out_->set_way_back("none: the data on it is gone; policy.on_remove: retain keeps volumes");
  Cost(1, 30);
}

}  // namespace cassplan::planner
