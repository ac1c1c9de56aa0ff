// What one action is, for a person and for an executor: one function per kind.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/planner/explain.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;

class Describer {
 public:
  Describer(const Model& model, const Common& common, const Action& action, v1::Action* out)
      : m_(model), common_(common), a_(action), out_(out) {}

  void Run() {
    out_->set_kind(static_cast<v1::ActionKind>(a_.kind));
    FillTarget(m_, a_, out_->mutable_target());
    *out_->mutable_reason() = MakeReason(m_, common_, a_);
    out_->set_timeout_seconds(m_.policy.timeout);
    out_->set_reversibility(v1::REVERSIBILITY_REVERSIBLE);
    out_->set_way_back("none is needed");
    if (a_.slot != kNone) slot_ = m_.SlotName(a_.slot);
    Kinds();
  }

 private:
  void Kinds() {
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
        Objects("write the new seed list; it counts from the next start of each node on");
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
      case Kind::kUnspecified:
      case Kind::kGrantStart:
      case Kind::kQuarantineVolume:
      case Kind::kRecreateRack:
      case Kind::kGrowVolume:
      case Kind::kRemoveNode:
      case Kind::kAssassinate:
      case Kind::kStopCompaction:
      case Kind::kUpgradeSstables:
      case Kind::kScrub:
      case Kind::kCompact:
      case Kind::kFlush:
      case Kind::kGarbageCollect:
      case Kind::kPauseRepairs:
      case Kind::kResumeRepairs:
      case Kind::kTakeSnapshot:
      case Kind::kClearSnapshot:
      case Kind::kBackup:
      case Kind::kDeleteBackup:
      case Kind::kRestore:
        break;  // no procedure makes these yet
    }
  }

  // ---- conditions
  void Add(v1::Condition* c, absl::string_view fact, absl::string_view value, int64_t age, bool subject) {
    c->set_fact(std::string(fact));
    c->set_value(std::string(value));
    c->set_max_age_seconds(age);
    if (subject) *c->mutable_subject() = out_->target();
  }
  void Pre(absl::string_view fact, absl::string_view value, absl::string_view evidence = "") {
    v1::Condition* c = out_->add_preconditions();
    Add(c, fact, value, m_.policy.max_evidence_age, false);
    if (!evidence.empty()) c->set_evidence(std::string(evidence));
  }
  void Done(absl::string_view fact, absl::string_view value) { Add(out_->add_done_when(), fact, value, 0, false); }
  void Abort(absl::string_view fact, absl::string_view value) { Add(out_->add_abort_when(), fact, value, 0, false); }
  void Effect(absl::string_view fact, absl::string_view value) {
    v1::Effect* e = out_->add_effects();
    e->set_fact(std::string(fact));
    e->set_value(std::string(value));
  }
  void Cost(int64_t low, int64_t high, int64_t bytes = 0) {
    v1::Cost* c = out_->mutable_cost();
    c->set_seconds_low(low);
    c->set_seconds_high(high);
    if (bytes > 0) c->set_bytes(bytes);
  }
  void SlotIdentity() {
    if (!m_.slot(a_.slot).uid.empty()) Pre("slot_uid", m_.slot(a_.slot).uid);
    if (a_.member != kNone) Pre("host_id", m_.member(a_.member).host_id);
  }
  int64_t Load() const { return a_.member == kNone ? 0 : m_.member(a_.member).load.value_or(0); }
  int64_t StreamSeconds(int64_t bytes) const { return bytes / m_.policy.stream_bytes_per_second; }

  // ---- kinds
  void Objects(absl::string_view manual) {
    out_->set_manual(std::string(manual));
    out_->set_verify("cassplan plan shows no such action any more");
    Done("objects_revision", "desired");
    Cost(1, 5);
  }

  // A new workload starts nothing by itself, and takes over the slots that are there.
  int32_t SlotsNow() const {
    int32_t slots = 0;
    for (Id s = m_.rack(a_.rack).first_slot; s < m_.rack(a_.rack).last_slot; ++s) {
      if (m_.slot(s).present == Known::kYes) slots = m_.slot(s).ordinal + 1;
    }
    return slots;
  }

  void Rack(absl::string_view fact, absl::string_view value) {
    const planner::Rack& rack = m_.rack(a_.rack);
    out_->set_verify("cassplan plan shows no such action any more");
    if (a_.kind != Kind::kDeleteRack) out_->set_template_revision(std::string(rack.desired_revision));
    out_->set_restart_token(std::string(rack.restart_token));
    if (!rack.uid.empty()) Pre("rack_uid", rack.uid);
    Pre("rack_present", a_.kind == Kind::kCreateRack ? "no" : "yes");
    Done(fact, value);
    Cost(1, 5);
  }

  void Start() {
    const int64_t share = a_.joins ? JoinBytes() : 0;
    out_->set_template_revision(std::string(m_.rack(a_.rack).desired_revision));
    Pre("rack_nodes", StrCat(m_.slot(a_.slot).ordinal));
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
    out_->set_manual(
        StrCat("raise the workload of rack ", m_.RackName(a_.rack), " to ", m_.slot(a_.slot).ordinal + 1, " node(s)"));
    out_->set_verify("nodetool status on another node shows it as UN");
    out_->set_way_back(a_.joins ? "once it has joined: decommission it" : "stop it again");
    Cost(m_.policy.start_seconds, m_.policy.start_seconds * 2 + StreamSeconds(share), share);
  }

  int64_t JoinBytes() const {
    int64_t data = 0;
    int64_t nodes = 1;
    for (const Member& member : m_.members) {
      if (member.rack != a_.rack) continue;
      data += member.load.value_or(0);
      ++nodes;
    }
    return data / nodes;
  }

  void Drain() {
    SlotIdentity();
    NothingElseDown();
    Done("node_mode", "drained");
    Effect("member", "down");
    out_->set_disrupts(1);
    out_->set_unit(StrCat("restart ", slot_));
    out_->set_manual(StrCat("nodetool drain on ", slot_));
    out_->set_verify(StrCat("nodetool netstats on ", slot_, " shows Mode: DRAINED"));
    out_->set_way_back("restart the node");
    Cost(5, 60);
  }

  // Evidence for the availability that the plan was judged with.
  void NothingElseDown() {
    Pre("down_outside_section", Down());
    Pre("no_movement", m_.foreign.empty() ? "yes" : "of this node's ranges");
  }

  std::string Down() const {
    std::string names;
    for (const Id id : common_.down) {
      if (id != a_.member) absl::StrAppend(&names, names.empty() ? "" : ",", m_.MemberName(id));
    }
    return names.empty() ? "none" : names;
  }

  void Restart() {
    const planner::Rack& rack = m_.rack(a_.rack);
    SlotIdentity();
    if (!a_.was_down) NothingElseDown();
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
    if (a_.release_changes) out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
    out_->set_manual(StrCat("restart the node in slot ", slot_, " with the new template (delete its Pod)"));
    out_->set_verify(StrCat("nodetool status on another node shows it as UN; nodetool info on ", slot_,
                            " shows Native Transport active"));
    out_->set_way_back(a_.release_changes ? "none: a node that has started on a newer release does not go back"
                                          : "go back to the former spec; the node is restarted again");
    Cost(m_.policy.restart_low, m_.policy.restart_high);
  }

  void Decommission() {
    SlotIdentity();
    NothingElseDown();
    Pre("node_mode", "normal");
    Pre("schema_versions", "1");
    Pre("disk_forecast", "fits");
    Done("node_mode", "decommissioned");
    Done("absent_for_majority", m_.member(a_.member).host_id);
    Abort("node_mode", "decommission_failed");
    Effect("member", "left");
    out_->set_force(a_.force);
    out_->set_reversibility(v1::REVERSIBILITY_UNTIL_STARTED);
    out_->set_manual(StrCat("nodetool decommission", a_.force ? " --force" : "", " on ", slot_));
    out_->set_verify(StrCat("nodetool netstats on ", slot_,
                            " shows Mode: DECOMMISSIONED; nodetool status on another node does not list it"));
    out_->set_way_back("after it has left: empty its volume and let it join again");
    const int64_t seconds = StreamSeconds(Load());
    Cost(30 + seconds, 120 + seconds * 4, Load());
  }

  void Shrink() {
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

  void DeleteVolume() {
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

  void Replace() {
    SlotIdentity();
    Pre("member_down_for_all_live", "yes");
    Pre("down_outside_section", Down());
    Done("member_up_for_majority", "yes");
    Done("replaced_host_absent", m_.member(a_.member).host_id);
    Effect("member", "up");
    out_->set_template_revision(std::string(m_.rack(a_.rack).desired_revision));
    out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
    out_->set_manual(StrCat("keep the old volume, start an empty node in ", slot_,
                            " with replace_address_first_boot=", m_.member(a_.member).address));
    out_->set_verify("nodetool status on another node shows it as UN with a new host id");
    out_->set_way_back("none once it has joined");
    Cost(m_.policy.start_seconds + StreamSeconds(Load()), m_.policy.start_seconds * 2 + 4 * StreamSeconds(Load()),
         Load());
  }

  void Rebuild() {
    const absl::string_view source = m_.dc(a_.source_dc).name;
    if (a_.member != kNone) SlotIdentity();
    Pre("datacenter_up", source);
    Done("reported", "done");
    Effect("data", m_.keyspace(a_.keyspace).name);
    out_->set_source_datacenter(std::string(source));
    out_->set_replication_factor(a_.replication_factor);
    out_->set_manual(StrCat("nodetool rebuild --keyspace ", m_.keyspace(a_.keyspace).name, " ", source, " on ", slot_));
    out_->set_verify(
        StrCat("nodetool netstats on ", slot_, " shows no stream, and its log says that the rebuild is done"));
    Cost(60, 600);
  }

  void Cleanup() {
    if (a_.member != kNone) SlotIdentity();
    Pre("no_movement", "yes");
    Done("reported", "done");
    Effect("cleanup_owed", "no");
    out_->set_manual(StrCat("nodetool cleanup on ", slot_));
    out_->set_verify(StrCat("nodetool compactionstats on ", slot_, " shows no cleanup"));
    const int64_t seconds = Load() / (64 << 20);
    Cost(1 + seconds / 2, 10 + seconds * 2, Load());
  }

  void Alter() {
    const Keyspace& k = m_.keyspace(a_.keyspace);
    out_->set_replication_factor(a_.replication_factor);
    if (a_.source_dc != kNone) out_->set_source_datacenter(std::string(m_.dc(a_.source_dc).name));
    std::vector<std::string> parts;
    for (size_t d = 0; d < k.rf.size(); ++d) {
      const int32_t rf = static_cast<Id>(d) == a_.dc ? a_.replication_factor : k.rf[d];
      if (rf > 0) parts.push_back(StrCat("'", m_.dcs[d].name, "': ", rf));
    }
    Pre("schema_versions", "1");
    Pre("no_movement", "yes");
    Done("replication", StrCat(a_.replication_factor));
    Effect("replication", StrCat(a_.replication_factor));
    out_->set_manual(StrCat("cqlsh: ALTER KEYSPACE ", k.name,
                            " WITH replication = {'class': 'NetworkTopologyStrategy', ", absl::StrJoin(parts, ", "),
                            "}"));
    out_->set_verify(StrCat("cqlsh: DESCRIBE KEYSPACE ", k.name));
    out_->set_way_back("alter it back, as long as no client relies on the new replicas");
    Cost(1, 30);
  }

  void Repair() {
    SlotIdentity();
    Pre("no_movement", "yes");
    Done("reported", "done");
    Effect("repaired", m_.keyspace(a_.keyspace).name);
    out_->set_manual(
        StrCat("nodetool repair --full --partitioner-range ", m_.keyspace(a_.keyspace).name, " on ", slot_));
    out_->set_verify(StrCat("nodetool repair_admin list on ", slot_));
    const int64_t seconds = Load() / (32 << 20);
    Cost(10 + seconds, 60 + seconds * 4);
  }

  const Model& m_;
  const Common& common_;
  const Action& a_;
  v1::Action* out_;
  std::string slot_;
};

// What differs between the stored and the desired template of a rack.
Common::Change TemplateChange(const Rack& rack) {
  Common::Change change;
  if (rack.source == nullptr) return change;
  std::vector<const v1::TemplateSection*> sections;
  for (const v1::TemplateSection& section : rack.source->template_().sections()) sections.push_back(&section);
  std::sort(sections.begin(), sections.end(), [](const v1::TemplateSection* x, const v1::TemplateSection* y) {
    return std::tie(x->name(), x->value(), x->path()) < std::tie(y->name(), y->value(), y->path());
  });
  for (const v1::TemplateSection* one : sections) {
    const v1::TemplateSection& section = *one;
    const auto before = std::find_if(rack.sections.begin(), rack.sections.end(),
                                     [&](const auto& s) { return s.first == section.name(); });
    const bool known = before != rack.sections.end();
    if (known && before->second == section.value()) continue;
    const bool readable =
        known && section.name() != "config" && section.value().size() <= 80 && before->second.size() <= 80;
    absl::StrAppend(&change.text, change.text.empty() ? "" : ", ", section.name());
    if (readable) absl::StrAppend(&change.text, " ", before->second, " -> ", section.value());
    if (!section.path().empty()) change.paths.push_back(section.path());
  }
  std::sort(change.paths.begin(), change.paths.end());
  change.paths.erase(std::unique(change.paths.begin(), change.paths.end()), change.paths.end());
  return change;
}

}  // namespace

void FillTarget(const Model& m, const Action& a, v1::Target* target) {
  if (a.dc != kNone) target->set_datacenter(std::string(m.dc(a.dc).name));
  if (a.rack != kNone) target->set_rack(std::string(m.rack(a.rack).name));
  if (a.slot != kNone) target->set_ordinal(m.slot(a.slot).ordinal);
  if (a.member != kNone) {
    target->set_host_id(std::string(m.member(a.member).host_id));
  } else if (a.slot != kNone && (a.kind == Kind::kShrinkRack || a.kind == Kind::kDeleteVolume)) {
    target->set_host_id(std::string(m.slot(a.slot).left_host_id));
  }
  if (a.slot != kNone) {
    const Slot& slot = m.slot(a.slot);
    const absl::string_view uid = a.kind == Kind::kDeleteVolume ? slot.volume.uid : slot.uid;
    target->set_uid(std::string(uid));
    if (a.kind == Kind::kDeleteVolume) target->set_name(std::string(slot.volume.name));
  } else if (a.rack != kNone) {
    target->set_uid(std::string(m.rack(a.rack).uid));
  }
  if (a.keyspace != kNone) target->set_keyspace(std::string(m.keyspace(a.keyspace).name));
}

Common::Common(const Model& model) {
  for (const Rack& rack : model.racks) template_changes.push_back(TemplateChange(rack));
  for (size_t i = 0; i < model.members.size(); ++i) {
    if (!model.members[i].up && model.members[i].in_ring) down.push_back(static_cast<Id>(i));
  }
}

namespace {

std::string TemplateReason(const Model& m, const Common& common, const Action& a, v1::Reason* reason) {
  const Common::Change& change = common.template_changes[static_cast<size_t>(a.rack)];
  if (change.text.empty() && !m.rack(a.rack).restart_token.empty()) {
    reason->add_paths("rollingRestart");
    return "a restart was asked for";
  }
  for (const std::string& path : change.paths) reason->add_paths(path);
  return change.text.empty() ? "it runs another template than its rack" : StrCat("the template changes: ", change.text);
}

// The sentence for a drift, and the field path that caused it (empty: none).
std::pair<std::string, absl::string_view> Sentence(const Model& m, const Action& a) {
  if (a.drift == "missing-node") {
    return {StrCat("rack ", m.RackName(a.rack), " shall have ", m.rack(a.rack).desired_nodes, " node(s)"),
            "nodesPerRacks"};
  }
  if (a.drift == "surplus-node" || a.drift == "surplus-slot") {
    if (m.slot(a.slot).desired)
      return {"the node has left, and shall join again with an empty volume", "nodesPerRacks"};
    return {StrCat("rack ", m.RackName(a.rack), " shall have ", m.rack(a.rack).desired_nodes, " node(s)", a.detail),
            "nodesPerRacks"};
  }
  if (a.drift == "stopped-node") return {"the member has its data and is stopped", ""};
  if (a.drift == "leftover-volume") return {"its node has left and its slot is gone", ""};
  if (a.drift == "drained-node") return {"the node is drained, and only a restart ends that", ""};
  if (a.drift == "replace-requested") return {"a person asked to replace this dead node", ""};
  if (a.drift == "cleanup-owed") return {"nodes joined, and it keeps data that is theirs now", ""};
  if (a.drift == "replication") {
    return {StrCat("keyspace ", m.keyspace(a.keyspace).name, " shall have ", a.replication_factor, " replicas in ",
                   m.dc(a.dc).name),
            "keyspaces"};
  }
  if (a.drift == "rebuild-owed") {
    return {StrCat("keyspace ", m.keyspace(a.keyspace).name, " replicates in ", m.dc(a.dc).name,
                   ", and the node has not fetched its data yet"),
            ""};
  }
  if (a.drift == "repair-due")
    return {StrCat("the last repair of keyspace ", m.keyspace(a.keyspace).name, " is too long ago"), ""};
  if (a.drift == "missing-rack")
    return {StrCat("rack ", m.RackName(a.rack), " is desired and does not exist"), "topology"};
  if (a.drift == "surplus-rack")
    return {StrCat("datacenter ", m.dc(a.dc).name, " is not desired any more and has no node"), "topology"};
  if (a.drift == "seeds") return {"the seed list differs", "seeds"};
  return {"objects shared by all racks are missing or differ", ""};
}

}  // namespace

v1::Reason MakeReason(const Model& m, const Common& common, const Action& a) {
  v1::Reason reason;
  reason.set_code(std::string(a.drift));
  if (a.drift == "stale-template" || a.drift == "stale-node") {
    reason.set_text(TemplateReason(m, common, a, &reason));
    return reason;
  }
  auto [text, path] = Sentence(m, a);
  reason.set_text(std::move(text));
  if (!path.empty()) reason.add_paths(std::string(path));
  return reason;
}

void DescribeAction(const Model& model, const Common& common, const Action& action, v1::Action* out) {
  Describer(model, common, action, out).Run();
}

}  // namespace cassplan::planner
