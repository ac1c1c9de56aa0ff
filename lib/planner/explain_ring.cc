// What actions are: what moves ranges or changes where they are.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Decommission() {
  SlotIdentity();
  NothingElseDown();
  // What failed once is asked for again from where it stopped; that it says so is no sign of the new attempt.
  const bool again = m_.member(a_.member).mode == Mode::kDecommissionFailed;
  Pre("node_mode", again ? "decommission_failed" : "normal");
  Pre("schema_versions", "1");
  Pre("disk_forecast", "fits");
  Done("node_mode", "decommissioned");
  Done("absent_for_majority", m_.member(a_.member).host_id);
  if (!again) Abort("node_mode", "decommission_failed");
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

// Who goes; for a quarantine, too, so that an executor can prepare the start before the workload makes it by itself.
void Describer::ReplacesFields() {
  const Member& dead = m_.member(a_.member);
  out_->set_replaced_host_id(std::string(dead.host_id));
  out_->set_replaced_address(std::string(dead.address));
}

void Describer::Replace() {
  const Member& dead = m_.member(a_.member);
  const absl::string_view address = dead.address.empty() ? absl::string_view("<its last address>") : dead.address;
  SlotIdentity();
  Pre("member_down_for_all_live", "yes");
  Pre("down_outside_section", Down());
  Pre("no_movement", "yes");
  Pre("volume", "absent or empty", a_.drain >= 0 ? "set aside just before" : "");
  Done("member_up_for_majority", "yes");
  Done("replaced_host_absent", dead.host_id);
  Abort("node_mode", "joining_failed");
  Effect("member", "up");
  ReplacesFields();
  out_->set_permit(v1::PERMIT_KIND_REPLACE);
  if (a_.drain >= 0 && !a_.in_flight) out_->set_unit(StrCat("replace ", slot_));
  out_->set_template_revision(std::string(m_.rack(a_.rack).desired_revision));
  out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
  out_->set_manual(StrCat("start an empty node in ", slot_, " with -Dcassandra.replace_address_first_boot=", address,
                          ", for its first start only"));
  out_->set_verify(StrCat("nodetool status on another node shows it as UN with a new host id, and lists ", dead.host_id,
                          " no more"));
  out_->set_way_back("until it has joined: stop it and put the old volume back; after that none");
  const int64_t bytes = m_.member(a_.member).load.value_or(0);
  Cost(m_.policy.start_seconds + StreamSeconds(bytes), m_.policy.start_seconds * 2 + 4 * StreamSeconds(bytes), bytes);
}

void Describer::Remove() {
  const Member& dead = m_.member(a_.member);
  const bool assassinate = a_.kind == Kind::kAssassinate;
  Pre("host_id", dead.host_id);
  Pre("member_down_for_all_live", "yes");
  Pre("down_outside_section", Down());
  Pre("no_movement", "yes");
  if (a_.slot != kNone) Pre("slot_cannot_start", "yes");
  if (!assassinate) Pre("disk_forecast", "fits");
  Done("absent_for_majority", dead.host_id);
  Effect("member", "removed");
  ReplacesFields();
  if (a_.drain >= 0 && !a_.in_flight) out_->set_unit(StrCat("remove ", m_.MemberName(a_.member)));
  out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
  out_->set_manual(assassinate ? StrCat("nodetool assassinate ", dead.address, " on one live node")
                               : StrCat("nodetool removenode ", dead.host_id, " on one live node"));
  out_->set_verify(StrCat(assassinate ? "" : "nodetool removenode status shows none in progress; ",
                          "nodetool status on two other nodes does not list ", dead.host_id));
  out_->set_way_back(assassinate
                         ? "none: nothing is streamed, so repair the datacenter afterwards"
                         : "none once it has begun; a node that hangs in it is ended with removenode force, and "
                           "a repair");
  const int64_t seconds = StreamSeconds(Load());
  assassinate ? Cost(30, 120) : Cost(30 + seconds, 120 + seconds * 4, Load());
}

void Describer::Rebuild() {
  const absl::string_view source = m_.dc(a_.source_dc).name;
  if (a_.member != kNone) SlotIdentity();
  Pre("datacenter_up", source);
  Done("reported", "done");
  if (a_.keyspace != kNone) Effect("data", m_.keyspace(a_.keyspace).name);
  if (a_.request != kNone) Effect("data", "rebuilt");
  out_->set_source_datacenter(std::string(source));
  out_->set_replication_factor(a_.replication_factor);
  std::string commands;
  if (a_.keyspace != kNone) {
    commands = StrCat("nodetool rebuild --keyspace ", m_.keyspace(a_.keyspace).name, " ", source);
  } else if (a_.request != kNone) {
    for (const Id k : m_.request_at(a_.request).keyspaces) {
      absl::StrAppend(&commands, commands.empty() ? "" : " && ", "nodetool rebuild --keyspace ", m_.keyspace(k).name,
                      " ", source);
    }
  }
  if (commands.empty()) commands = StrCat("nodetool rebuild ", source);
  out_->set_manual(StrCat(commands, " on ", slot_));
  out_->set_verify(
      StrCat("nodetool netstats on ", slot_, " shows no stream, and its log says that the rebuild is done"));
  Cost(60, 600);
}

// What the changes that come before leave: those of the same keyspace come one after the other, first those that add.
int32_t Describer::FactorBefore(Id dc) const {
  for (const ReplicationGoal& goal : m_.replication_goals) {
    if (goal.keyspace != a_.keyspace || goal.dc != dc) continue;
    const bool lowers = goal.to < goal.from;
    const bool before = lowers == a_.lowers ? dc < a_.dc : !lowers;
    return before ? goal.to : goal.from;
  }
  return m_.keyspace(a_.keyspace).rf[static_cast<size_t>(dc)];
}

void Describer::Alter() {
  const Keyspace& k = m_.keyspace(a_.keyspace);
  out_->set_replication_factor(a_.replication_factor);
  if (a_.source_dc != kNone) out_->set_source_datacenter(std::string(m_.dc(a_.source_dc).name));
  std::vector<std::string> parts;
  for (size_t d = 0; d < k.rf.size(); ++d) {
    const int32_t rf = static_cast<Id>(d) == a_.dc ? a_.replication_factor : FactorBefore(static_cast<Id>(d));
    if (rf > 0) parts.push_back(StrCat("'", m_.dcs[d].name, "': ", rf));
  }
  Pre("schema_versions", "1");
  Pre("no_movement", "yes");
  Done("replication", StrCat(a_.replication_factor));
  Effect("replication", StrCat(a_.replication_factor));
  out_->set_manual(StrCat("cqlsh: ALTER KEYSPACE ", k.name, " WITH replication = {'class': 'NetworkTopologyStrategy', ",
                          absl::StrJoin(parts, ", "), "}"));
  out_->set_verify(StrCat("cqlsh: DESCRIBE KEYSPACE ", k.name));
  if (a_.lowers) Effect("cleanup_owed", "nodes of the datacenter");
  if (a_.source_dc != kNone) Effect("rebuild_owed", "nodes of the datacenter");
  out_->set_way_back(a_.lowers     ? "alter it back, and rebuild or repair its nodes before clients rely on them"
                     : a_.converts ? "none is needed: no replica moves"
                                   : "alter it back, as long as no client relies on the new replicas");
  Cost(1, 30);
}

}  // namespace cassplan::planner
