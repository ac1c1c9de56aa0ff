#include "lib/simulate/observe.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace cassplan::simulate {
namespace {

class Observer {
 public:
  Observer(World& world, int64_t now, const Sight& sight) : w_(world), now_(now), sight_(sight) {}

  v1::Observed Run() {
    if (Asked("kubernetes")) Kubernetes();
    if (Asked("jolokia")) Nodes();
    if (Asked("schema")) Schema();
    return std::move(out_);
  }

 private:
  v1::Report* Add(const char* source) {
    v1::Report* report = out_.add_reports();
    report->set_source(source);
    report->set_observed_at_seconds(now_);
    report->set_status(v1::REPORT_STATUS_OK);
    return report;
  }

  bool Asked(const char* source) {
    if (!sight_.missing.count(source)) return true;
    v1::Report* report = Add(source);
    report->set_status(v1::REPORT_STATUS_FAILED);
    report->set_error("connection refused");
    return false;
  }

  void Kubernetes() {
    v1::InventoryFacts* all = Add("kubernetes")->mutable_inventory();
    all->set_objects_complete(true);
    all->set_racks_complete(true);
    all->set_slots_complete(true);
    all->set_volumes_complete(true);
    for (const auto& [key, facts] : w_.objects) {
      v1::Report* report = Add("kubernetes");
      report->mutable_subject()->set_name(key.second);
      *report->mutable_object() = facts;
    }
    for (const Rack& rack : w_.racks) {
      if (!rack.present) continue;
      v1::Report* report = Add("kubernetes");
      report->mutable_subject()->set_datacenter(At(w_.dcs, rack.dc));
      report->mutable_subject()->set_rack(rack.name);
      report->mutable_subject()->set_uid(rack.uid);
      *report->mutable_rack() = rack.facts;
      report->mutable_rack()->set_present(true);
      report->mutable_rack()->set_nodes(rack.replicas);
    }
    if (w_.seeds_known) {
      v1::SeedFacts* seeds = Add("kubernetes")->mutable_seeds();
      for (const v1::Target& t : w_.seeds) *seeds->add_seeds() = t;
    }
    for (int s = 0; s < Size(w_.slots); ++s) SlotAndVolume(s);
  }

  void SlotAndVolume(int s) {
    const Slot& slot = At(w_.slots, s);
    if (slot.pod) {
      v1::Report* report = Add("kubernetes");
      *report->mutable_subject() = w_.SlotTarget(s);
      if (!sight_.missing.count("uids")) report->mutable_subject()->set_uid(slot.uid);
      v1::SlotFacts* f = report->mutable_slot();
      f->set_present(true);
      f->set_ready(slot.ready);
      f->set_address(slot.address);
      f->set_template_revision(slot.revision);
      f->set_restart_token(slot.token);
      f->set_release(slot.release);
      f->set_schedulable(slot.schedulable);
      if (slot.deleting) f->set_being_deleted(true);
      f->set_restart_count(slot.restarts);
      f->set_waiting_reason(slot.waiting);
      f->set_zone(At(w_.racks, slot.rack).zone);
      f->set_owner_id(At(w_.racks, slot.rack).uid);
      if (slot.machine_lost) f->set_machine_ready(false);
    }
    if (!slot.volume.present) return;
    v1::Report* report = Add("kubernetes");
    *report->mutable_subject() = w_.SlotTarget(s);
    if (!sight_.missing.count("uids")) report->mutable_subject()->set_uid(slot.volume.uid);
    report->mutable_subject()->set_name(absl::StrCat("data-", w_.SlotName(s)));
    v1::VolumeFacts* f = report->mutable_volume();
    f->set_present(true);
    f->set_capacity_bytes(slot.volume.capacity);
    f->set_requested_bytes(slot.volume.capacity);
    f->set_mounted(slot.pod);
    f->set_owner_id(slot.volume.facts.owner_id().empty() ? w_.owner : slot.volume.facts.owner_id());
    if (slot.volume.facts.has_expandable()) f->set_expandable(slot.volume.facts.expandable());
    if (!sight_.truth || slot.volume.unknown) return;
    f->set_contents(slot.volume.host_id.empty() ? v1::VOLUME_CONTENTS_EMPTY : v1::VOLUME_CONTENTS_MEMBER);
    f->set_host_id(slot.volume.host_id);
  }

  void Nodes() {
    for (int s = 0; s < Size(w_.slots); ++s) {
      const Slot& slot = At(w_.slots, s);
      if (slot.member == kNone || slot.machine_lost) continue;
      const Member& m = At(w_.members, slot.member);
      v1::Report* report = Add("jolokia");
      *report->mutable_subject() = w_.SlotTarget(s);
      v1::NodeFacts* f = report->mutable_node();
      f->set_host_id(m.host_id);
      f->set_address(m.address);
      f->set_mode(m.mode);
      f->set_release(m.release);
      f->set_schema_version(m.schema);
      f->set_datacenter(At(w_.dcs, m.dc));
      f->set_rack(At(w_.racks, m.rack).name);
      f->set_native_transport(w_.Serves(m));
      f->set_cluster(w_.cluster);
      f->set_partitioner(m.partitioner);
      f->set_load_bytes(w_.Used(slot.volume) - slot.volume.other_bytes);
      f->set_disk_capacity_bytes(slot.volume.capacity);
      f->set_disk_used_bytes(std::min(slot.volume.capacity, w_.Used(slot.volume)));
      f->set_pending_compactions(m.pending_compactions);
      f->set_old_sstables(0);
    }
    Views();
  }

  // One view where everybody has heard of everything, else one for each node.
  void Views() {
    std::vector<int> viewers;
    for (const Slot& slot : w_.slots) {
      if (slot.member == kNone || slot.machine_lost) continue;
      const Member& m = At(w_.members, slot.member);
      if (m.mode != v1::NODE_MODE_DRAINED && m.ring != Ring::kLeft && m.up) viewers.push_back(slot.member);
    }
    // The truth needs nobody who runs to tell it.
    for (int m = 0; m < Size(w_.members) && sight_.truth && viewers.empty(); ++m) {
      if (At(w_.members, m).ring == Ring::kNormal) viewers.push_back(m);
    }
    std::sort(viewers.begin(), viewers.end());
    const bool settled = sight_.truth || (w_.now - w_.last_change > kGossipSettles && sight_.split.empty());
    if (settled) {
      View(viewers, kNone);
      return;
    }
    for (const int m : viewers) View({m}, m);
  }

  // Seconds until `viewer` hears of what happens to `m`: gossip for news, the failure detector for silence.
  int64_t Lag(int viewer, int m, bool silent) const {
    if (viewer == kNone || viewer == m) return 0;
    const int64_t spread = (viewer * 7 + m * 3) % 11;
    return silent ? 15 + spread * 2 : 1 + spread;
  }

  void View(const std::vector<int>& viewers, int viewer) {
    if (viewers.empty() && !sight_.truth) return;
    v1::ViewFacts* view = Add("jolokia")->mutable_view();
    view->set_complete(true);
    for (const int v : viewers) view->add_viewers(At(w_.members, v).host_id);
    for (int i = 0; i < Size(w_.members); ++i) Peer(i, viewer, view);
  }

  void Peer(int i, int viewer, v1::ViewFacts* view) {
    const Member& m = At(w_.members, i);
    Shown shown = {m.ring, m.up && m.mode != v1::NODE_MODE_DRAINED};
    const bool silent = m.before.up && !shown.up;
    if (sight_.truth) {
      const bool told = i == sight_.no_grace_member || (m.slot != kNone && m.slot == sight_.no_grace);
      const bool lately = w_.now - m.changed_at < sight_.grace;
      if (silent && !told && lately) shown.up = true;
      // That the node it is about has come back by itself is forgiven where the evidence did not show it.
      if (told && !sight_.told_up && shown.up && !m.before.up && lately) shown.up = false;
    } else if (w_.now - m.changed_at < Lag(viewer, i, silent)) {
      shown = m.before;
    }
    if (shown.ring == Ring::kOut || (shown.ring == Ring::kLeft && w_.now - m.left_at > kLeftLingers)) return;
    if (viewer != kNone && viewer != i && m.slot != kNone && At(w_.members, viewer).slot != kNone &&
        sight_.split.count(At(w_.members, viewer).slot)) {
      shown.up = false;
    }
    v1::Peer* p = view->add_peers();
    p->set_host_id(m.host_id);
    p->set_address(m.address);
    p->set_state(shown.up ? v1::PEER_STATE_UP : v1::PEER_STATE_DOWN);
    if (shown.ring == Ring::kJoining) p->set_movement(v1::PEER_MOVEMENT_JOINING);
    if (shown.ring == Ring::kLeaving) p->set_movement(m.up ? v1::PEER_MOVEMENT_LEAVING : v1::PEER_MOVEMENT_REMOVING);
    if (shown.ring == Ring::kLeft) p->set_movement(v1::PEER_MOVEMENT_LEFT);
    p->set_datacenter(At(w_.dcs, m.dc));
    p->set_rack(At(w_.racks, m.rack).name);
    p->set_release(m.release);
    if (shown.ring != Ring::kLeft) p->mutable_tokens()->Add(m.tokens.begin(), m.tokens.end());
    if (m.slot != kNone) p->set_load_bytes(w_.Used(At(w_.slots, m.slot).volume));
  }

  void Schema() {
    v1::SchemaFacts* schema = Add("schema")->mutable_schema();
    schema->set_complete(true);
    for (const KeyspaceState& k : w_.keyspaces) {
      v1::Keyspace* out = schema->add_keyspaces();
      *out = k.spec;
      if (k.simple) continue;
      out->clear_datacenters();
      for (int d = 0; d < Size(w_.dcs); ++d) {
        if (At(k.factors, d) == 0) continue;
        v1::DatacenterReplication* r = out->add_datacenters();
        r->set_datacenter(At(w_.dcs, d));
        r->set_replication_factor(At(k.factors, d));
      }
    }
  }

  World& w_;
  int64_t now_;
  const Sight& sight_;
  v1::Observed out_;
};

}  // namespace

std::set<std::string> SeenUp(const v1::Observed& observed) {
  std::map<std::string, int> up;
  int viewers = 0;
  for (const v1::Report& report : observed.reports()) {
    if (!report.has_view()) continue;
    viewers += report.view().viewers_size();
    for (const v1::Peer& peer : report.view().peers()) {
      if (peer.state() == v1::PEER_STATE_UP) up[peer.host_id()] += report.view().viewers_size();
    }
  }
  std::set<std::string> out;
  for (const auto& [host, votes] : up) {
    if (2 * votes > viewers) out.insert(host);
  }
  return out;
}

v1::Observed Observe(World& world, int64_t now_seconds, const Sight& sight) {
  return Observer(world, now_seconds, sight).Run();
}

}  // namespace cassplan::simulate
