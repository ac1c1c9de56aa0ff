// What one action is: the parts that all kinds share.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Run() {
  out_->set_kind(static_cast<v1::ActionKind>(a_.kind));
  FillTarget(m_, a_, out_->mutable_target());
  *out_->mutable_reason() = MakeReason(m_, common_, a_);
  out_->set_reversibility(v1::REVERSIBILITY_REVERSIBLE);
  out_->set_way_back("none is needed");
  if (a_.slot != kNone) slot_ = m_.SlotName(a_.slot);
  Kinds();
  // What moves, reads or writes all data of a node takes as long as the node is large.
  out_->set_timeout_seconds(std::max(m_.policy.timeout, 2 * out_->cost().seconds_high()));
}

void Describer::Kinds() {
  switch (a_.kind) {
    case Kind::kCreateClusterObjects:
      Objects("create the Services and the PodDisruptionBudget of the cluster");
      break;
    case Kind::kUpdateClusterObjects:
      Objects("update the PodDisruptionBudget of the cluster");
      break;
    case Kind::kCreateRack:
      Rack("rack_present", "yes");
      out_->set_manual(StrCat("create the workload of rack ", m_.RackName(a_.rack),
                              " as cassplan render prints it, but with ", SlotsNow(), " replicas"));
      Effect("rack_nodes", StrCat(SlotsNow()));
      break;
    case Kind::kUpdateRack:
      Rack("template_revision", m_.rack(a_.rack).desired_revision);
      out_->set_manual(StrCat("write the template of rack ", m_.RackName(a_.rack),
                              " as cassplan render prints it, with updateStrategy OnDelete, so that it restarts "
                              "nothing by itself, and with the replicas that it has"));
      out_->set_way_back("go back to the former spec");
      break;
    case Kind::kDeleteRack:
      Rack("rack_present", "no");
      Pre("rack_nodes", "0");
      out_->set_manual(StrCat("delete the workload of rack ", m_.RackName(a_.rack)));
      out_->set_way_back("add the datacenter again");
      break;
    case Kind::kSetSeeds:
      Seeds();
      break;
    case Kind::kStartNode:
      Start();
      break;
    case Kind::kDrain:
      Drain();
      break;
    case Kind::kRestartNode:
      Restart();
      break;
    case Kind::kDecommission:
      Decommission();
      break;
    case Kind::kShrinkRack:
      Shrink();
      break;
    case Kind::kDeleteVolume:
      DeleteVolume();
      break;
    case Kind::kReplaceNode:
      Replace();
      break;
    case Kind::kQuarantineVolume:
      Quarantine();
      break;
    case Kind::kRemoveNode:
    case Kind::kAssassinate:
      Remove();
      break;
    case Kind::kRebuild:
      Rebuild();
      break;
    case Kind::kCleanup:
      Cleanup();
      break;
    case Kind::kAlterKeyspace:
      Alter();
      break;
    case Kind::kRepair:
      Repair();
      break;
    case Kind::kRecreateRack:
      Recreate();
      break;
    case Kind::kGrowVolume:
      GrowVolume();
      break;
    case Kind::kUpgradeSstables:
      if (a_.request == kNone) {
        UpgradeSstables();
      } else {
        Operation();
      }
      break;
    case Kind::kTakeSnapshot:
      Snapshot();
      break;
    case Kind::kScrub:
    case Kind::kCompact:
    case Kind::kFlush:
    case Kind::kGarbageCollect:
      Operation();
      break;
    case Kind::kUnspecified:
    case Kind::kGrantStart:
    case Kind::kStopCompaction:
    case Kind::kPauseRepairs:
    case Kind::kResumeRepairs:
    case Kind::kClearSnapshot:
    case Kind::kBackup:
    case Kind::kDeleteBackup:
    case Kind::kRestore:
      break;  // no procedure makes these yet
  }
}

// ---- conditions
void Describer::Add(v1::Condition* c, absl::string_view fact, absl::string_view value, int64_t age, bool subject) {
  c->set_fact(std::string(fact));
  c->set_value(std::string(value));
  c->set_max_age_seconds(age);
  if (subject) *c->mutable_subject() = out_->target();
}
void Describer::Pre(absl::string_view fact, absl::string_view value, absl::string_view evidence) {
  v1::Condition* c = out_->add_preconditions();
  Add(c, fact, value, m_.policy.max_evidence_age, false);
  if (!evidence.empty()) c->set_evidence(std::string(evidence));
}
void Describer::Done(absl::string_view fact, absl::string_view value) {
  Add(out_->add_done_when(), fact, value, 0, false);
}
void Describer::Abort(absl::string_view fact, absl::string_view value) {
  Add(out_->add_abort_when(), fact, value, 0, false);
}
void Describer::Effect(absl::string_view fact, absl::string_view value) {
  v1::Effect* e = out_->add_effects();
  e->set_fact(std::string(fact));
  e->set_value(std::string(value));
}
void Describer::Cost(int64_t low, int64_t high, int64_t bytes) {
  v1::Cost* c = out_->mutable_cost();
  c->set_seconds_low(low);
  c->set_seconds_high(high);
  if (bytes > 0) c->set_bytes(bytes);
}
void Describer::SlotIdentity() {
  if (!m_.slot(a_.slot).uid.empty()) Pre("slot_uid", m_.slot(a_.slot).uid);
  if (a_.member != kNone) Pre("host_id", m_.member(a_.member).host_id);
}
int64_t Describer::Load() const { return a_.member == kNone ? 0 : m_.member(a_.member).load.value_or(0); }
int64_t Describer::StreamSeconds(int64_t bytes) const { return bytes / m_.policy.stream_bytes_per_second; }

void DescribeAction(const Model& model, const Common& common, const Action& action, v1::Action* out) {
  Describer(model, common, action, out).Run();
}

}  // namespace cassplan::planner
