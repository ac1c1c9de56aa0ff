// What actions are: starting, stopping and restarting nodes.
#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/explain_describe.h"
#include "lib/planner/several.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Start() {
  const int64_t share = a_.joins ? JoinBytes() : 0;
  out_->set_template_revision(std::string(m_.rack(a_.rack).desired_revision));
  const Slot& slot = m_.slot(a_.slot);
  if (slot.awaits_permit) {
    Pre("slot_uid", slot.uid);
  } else {
    Pre("rack_nodes", StrCat(slot.ordinal));
  }
  Pre("lower_ordinals_ready", "yes");
  Pre("volume", a_.joins ? "absent or empty" : "of this member");
  if (a_.joins) Pre("no_movement", "yes");
  if (a_.joins) Pre("schema_versions", "1");
  Pre("members_down", "none");
  Done("member_up_for_majority", "yes");
  Done("native_transport", "yes");
  Abort("node_mode", "joining_failed");
  Effect("member", "up");
  if (a_.joins) Effect("cleanup_owed", "older nodes of the datacenter");
  out_->set_reversibility(a_.joins ? v1::REVERSIBILITY_UNTIL_STARTED : v1::REVERSIBILITY_REVERSIBLE);
  const bool permit = a_.joins && (m_.start_permits || slot.awaits_permit);
  if (permit) out_->set_permit(v1::PERMIT_KIND_BOOTSTRAP);
  const std::string raise =
      StrCat("raise the workload of rack ", m_.RackName(a_.rack), " to ", Several(slot.ordinal + 1, "node"));
  const std::string grant = StrCat("permit ", slot_, " to bootstrap");
  out_->set_manual(!permit ? raise : slot.awaits_permit ? grant : StrCat(raise, "; then ", grant));
  out_->set_verify("nodetool status on another node shows it as UN");
  out_->set_way_back(a_.joins ? "once it has joined: decommission it" : "stop it again");
  Cost(m_.policy.start_seconds, m_.policy.start_seconds * 2 + StreamSeconds(share), share);
}

int64_t Describer::JoinBytes() const {
  int64_t data = 0;
  int64_t nodes = 1;
  for (const Member& member : m_.members) {
    if (member.rack != a_.rack) continue;
    data += member.load.value_or(0);
    ++nodes;
  }
  return data / nodes;
}

void Describer::Drain() {
  SlotIdentity();
  NothingElseDown();
  Done("node_mode", "drained");
  Effect("member", "down");
  out_->set_disrupts(1);
  if (a_.in_unit) out_->set_unit(StrCat("restart ", slot_));
  out_->set_manual(StrCat("nodetool drain on ", slot_));
  out_->set_verify(StrCat("nodetool netstats on ", slot_, " shows Mode: DRAINED"));
  out_->set_way_back("restart the node");
  Cost(5, 60);
}

// Evidence for the availability that the plan was judged with.
void Describer::NothingElseDown() {
  Pre("down_outside_section", Down());
  Pre("no_movement", m_.foreign.empty() ? "yes" : "of this node's ranges");
}

std::string Describer::Down() const {
  std::string names;
  for (const Id id : common_.down) {
    if (id != a_.member) absl::StrAppend(&names, names.empty() ? "" : ",", m_.MemberName(id));
  }
  return names.empty() ? "none" : names;
}

void Describer::Restart() {
  const planner::Rack& rack = m_.rack(a_.rack);
  SlotIdentity();
  if (!a_.was_down) {
    NothingElseDown();
  } else {
    Pre("member_up", "no");  // back meanwhile, it would be a serving node that is taken away
  }
  Pre("template_revision", rack.desired_revision);
  Done("template_revision", rack.desired_revision);
  Done("member_up_for_majority", "yes");
  Done("native_transport", "yes");
  if (a_.member != kNone) Done("host_id", m_.member(a_.member).host_id);
  Effect("member", "up");
  Effect("template_revision", rack.desired_revision);
  out_->set_template_revision(std::string(rack.desired_revision));
  out_->set_restart_token(std::string(rack.restart_token));
  out_->set_release_changes(a_.release_changes);
  out_->set_disrupts(a_.was_down ? 0 : 1);
  if (a_.drain >= 0 && !a_.in_flight) out_->set_unit(StrCat("restart ", slot_));
  const Runs from = RunsIn(m_, m_.slot(a_.slot));
  const Runs to = DesiredRuns(rack);
  const bool no_way_back = a_.release_changes && NoWayBack(from, to);
  if (no_way_back) out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
  out_->set_manual(StrCat("restart the node in slot ", slot_, " with the new template (delete its Pod)"));
  out_->set_verify(StrCat("nodetool status on another node shows it as UN; nodetool info on ", slot_,
                          " shows Native Transport active"));
  if (!no_way_back) {
    out_->set_way_back("go back to the former spec; the node is restarted again");
  } else if (from.line == to.line) {
    out_->set_way_back("none: once it may have written newer files, storage_compatibility_mode does not go back");
  } else {
    out_->set_way_back("none: a node that has started on a newer release does not go back");
  }
  Cost(m_.policy.restart_low, m_.policy.restart_high);
}

}  // namespace cassplan::planner
