// What actions are: slots and volumes.
#include "absl/strings/str_cat.h"
#include "lib/planner/explain_describe.h"
#include "lib/planner/several.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Shrink() {
  if (!m_.slot(a_.slot).uid.empty()) {
    Pre("slot_uid", m_.slot(a_.slot).uid);
  } else if (!m_.rack(a_.rack).uid.empty()) {
    Pre("rack_uid", m_.rack(a_.rack).uid);
  }
  Pre("highest_ordinal", StrCat(m_.slot(a_.slot).ordinal));
  if (a_.member != kNone) {
    Pre("absent_for_majority", m_.member(a_.member).host_id);
  } else if (!m_.slot(a_.slot).left_host_id.empty()) {
    Pre("absent_for_majority", m_.slot(a_.slot).left_host_id, "seen by a majority");
  }
  Done("slot_present", "no");
  Effect("slot", "gone");
  out_->set_manual(
      StrCat("lower the workload of rack ", m_.RackName(a_.rack), " to ", Several(m_.slot(a_.slot).ordinal, "node")));
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

// The claim is kept: what it holds may be missed later.
void Describer::Quarantine() {
  const VolumeState& volume = m_.slot(a_.slot).volume;
  const absl::string_view name = volume.name.empty() ? absl::string_view("of the slot") : volume.name;
  Pre("volume_uid", volume.uid);
  Pre("member_down_for_all_live", "yes");
  Pre("host_id", m_.member(a_.member).host_id);
  Done("volume_present", "no");
  Effect("volume", "set aside");
  ReplacesFields();
  const bool replaced = a_.drift == "replace-requested" || m_.policy.dead_node == DeadNode::kReplace;
  if (replaced) out_->set_permit(v1::PERMIT_KIND_REPLACE);
  out_->set_volume(std::string(volume.name));
  out_->set_unit(replaced ? StrCat("replace ", slot_) : StrCat("remove ", m_.MemberName(a_.member)));
  out_->set_manual(StrCat("keep the disk of claim ", name,
                          " (set the reclaim policy of its PersistentVolume to Retain), then delete the claim and the "
                          "Pod of ",
                          slot_));
  out_->set_verify("the claim is gone, and its PersistentVolume is Released");
  out_->set_way_back("bind the PersistentVolume to a claim of the same name again");
  Cost(5, 60);
}

}  // namespace cassplan::planner
