// What actions are: what moves ranges or changes where they are.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Decommission() {
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

void Describer::Replace() {
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

void Describer::Rebuild() {
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

void Describer::Alter() {
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
  out_->set_manual(StrCat("cqlsh: ALTER KEYSPACE ", k.name, " WITH replication = {'class': 'NetworkTopologyStrategy', ",
                          absl::StrJoin(parts, ", "), "}"));
  out_->set_verify(StrCat("cqlsh: DESCRIBE KEYSPACE ", k.name));
  out_->set_way_back("alter it back, as long as no client relies on the new replicas");
  Cost(1, 30);
}

}  // namespace cassplan::planner
