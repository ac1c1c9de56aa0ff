#include "tests/testing/cluster.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace cassplan::testing {
namespace {

std::string SlotName(const Node& n) { return n.dc + "/" + n.rack + "/" + std::to_string(n.ordinal); }

std::string LowerKind(v1::ActionKind kind) {
  std::string name = v1::ActionKind_Name(kind).substr(12);
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return name;
}

std::string TargetName(const v1::Target& t) {
  std::string name = t.datacenter();
  if (!t.rack().empty()) name += "/" + t.rack();
  if (t.has_ordinal()) name += "/" + std::to_string(t.ordinal());
  if (!t.keyspace().empty()) name += " " + t.keyspace();
  return name;
}

}  // namespace

Shape Even(int nodes, int racks, int dcs) {
  Shape shape;
  for (int d = 1; d <= dcs; ++d) {
    for (int r = 1; r <= racks; ++r) shape["dc" + std::to_string(d)]["r" + std::to_string(r)] = nodes;
  }
  return shape;
}

void SetSlot(const std::string& slot, v1::Target* target) {
  const size_t a = slot.find('/');
  const size_t b = slot.find('/', a + 1);
  target->set_datacenter(slot.substr(0, a));
  target->set_rack(slot.substr(a + 1, b - a - 1));
  target->set_ordinal(std::atoi(slot.c_str() + b + 1));
}

std::string Name(const v1::Action& a) { return LowerKind(a.kind()) + " " + TargetName(a.target()); }
std::string Name(const v1::Held& h) { return LowerKind(h.kind()) + " " + TargetName(h.target()); }

Cluster::Cluster(const Shape& shape, uint64_t seed, int tokens)
    : desired(shape), shape_(shape), state_(seed * 0x9e3779b97f4a7c15ULL + 1), tokens_(tokens) {
  ReplicationOf app;
  app.name = "app";
  for (const auto& [dc, racks] : shape) {
    app.datacenters[dc] = 3;
    for (const auto& [rack, nodes] : racks) {
      for (int o = 0; o < nodes; ++o) AddNode(dc, rack, o);
    }
  }
  keyspaces.push_back(app);
}

uint64_t Cluster::Random() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

Node& Cluster::AddNode(const std::string& dc, const std::string& rack, int ordinal) {
  Node n;
  n.dc = dc;
  n.rack = rack;
  n.ordinal = ordinal;
  char host[64];
  std::snprintf(host, sizeof(host), "%08x-0000-4000-8000-%012llx", static_cast<unsigned>(nodes_.size() + 1),
                static_cast<unsigned long long>(Random() & 0xffffffffffffULL));
  n.host_id = host;
  for (int t = 0; t < tokens_; ++t) n.tokens.push_back(static_cast<int64_t>(Random()));
  return nodes_[SlotName(n)] = n;
}

Node& Cluster::node(const std::string& slot) { return nodes_.at(slot); }

void Cluster::InFlight(const std::string& id, v1::ActionKind kind, const std::string& slot, bool release_changes) {
  v1::StartedAction* a = ledger.add_started();
  a->set_id(id);
  a->set_kind(kind);
  SetSlot(slot, a->mutable_target());
  a->set_attempt(1);
  a->set_started_at_seconds(kNow - 60);
  a->set_deadline_seconds(kNow + 3600);
  a->set_state(v1::STARTED_STATE_IN_FLIGHT);
  a->set_release_changes(release_changes);
  if (nodes_.count(slot) > 0) {
    a->mutable_target()->set_host_id(nodes_.at(slot).host_id);
    a->mutable_target()->set_uid(SlotUid(slot));
  }
}

std::string Cluster::SlotUid(const std::string& slot) const {
  const auto it = nodes_.find(slot);
  const int started = it == nodes_.end() ? 0 : it->second.started_times;
  return "uid-" + slot + (started == 0 ? "" : "-" + std::to_string(started));
}

void Cluster::BuildDesired(v1::Desired* out) const {
  out->set_cluster("test");
  out->set_owner_id("owner");
  for (const auto& [dc, racks] : desired) {
    v1::DesiredDatacenter* d = out->add_datacenters();
    d->set_name(dc);
    for (const auto& [rack, nodes] : racks) {
      v1::DesiredRack* r = d->add_racks();
      r->set_name(rack);
      r->set_nodes(nodes);
      r->mutable_template_()->set_revision(revision);
      r->mutable_template_()->set_release(release);
      r->mutable_template_()->set_storage_compatibility_mode(storage_mode);
      r->set_restart_token(restart_token);
      r->mutable_volume()->set_capacity_bytes(volume_bytes);
    }
  }
  for (const auto& [name, k] : desired_keyspaces) {
    v1::Keyspace* ks = out->add_keyspaces();
    ks->set_name(name);
    ks->set_strategy("NetworkTopologyStrategy");
    for (const auto& [dc, rf] : k.datacenters) {
      v1::DatacenterReplication* r = ks->add_datacenters();
      r->set_datacenter(dc);
      r->set_replication_factor(rf);
    }
  }
  for (const std::string& seed : seeds) SetSlot(seed, out->add_seeds());
  for (const auto& [slot, dead] : replace) {
    v1::RequestedOperation* op = out->add_operations();
    op->set_uid("replace-" + slot);
    op->set_kind(v1::ACTION_KIND_REPLACE_NODE);
    SetSlot(slot, op->mutable_target());
    op->mutable_target()->set_host_id(dead);
  }
}

v1::Report* Cluster::AddReport(v1::Observed* out, const std::string& source) const {
  v1::Report* r = out->add_reports();
  r->set_source(source);
  r->set_observed_at_seconds(kNow - 5);
  r->set_status(v1::REPORT_STATUS_OK);
  return r;
}

void Cluster::BuildObserved(v1::Observed* out) const {
  v1::InventoryFacts* inventory = AddReport(out, "kubernetes")->mutable_inventory();
  inventory->set_objects_complete(true);
  inventory->set_racks_complete(true);
  inventory->set_slots_complete(true);
  inventory->set_volumes_complete(true);
  std::map<std::pair<std::string, std::string>, int> count;
  for (const auto& [dc, racks] : shape_) {
    for (const auto& [rack, nodes] : racks) count[{dc, rack}] = 0;
  }
  for (const auto& [place, stored] : templates) count[place] = 0;
  for (const auto& [slot, n] : nodes_) {
    if (n.slot_present) count[{n.dc, n.rack}] = std::max(count[{n.dc, n.rack}], n.ordinal + 1);
  }
  for (const auto& [place, nodes] : count) {
    v1::Report* report = AddReport(out, "kubernetes");
    report->mutable_subject()->set_datacenter(place.first);
    report->mutable_subject()->set_rack(place.second);
    const auto times = recreated.find(place);
    report->mutable_subject()->set_uid("uid-" + place.first + "/" + place.second +
                                       (times == recreated.end() ? "" : "-" + std::to_string(times->second)));
    v1::RackFacts* r = report->mutable_rack();
    r->set_present(true);
    const auto own = replicas.find(place);
    r->set_nodes(own != replicas.end() ? own->second : nodes);
    const auto stored = templates.find(place);
    r->mutable_template_()->set_revision(stored != templates.end() ? stored->second : "A");
    const auto token = template_tokens.find(place);
    if (token != template_tokens.end()) r->set_restart_token(token->second);
    r->set_owner_id("owner");
    r->set_parallel(parallel);
    if (start_permits) r->set_start_permits(true);
    const auto size = rack_volumes.find(place);
    r->mutable_volume()->set_capacity_bytes(size != rack_volumes.end() ? size->second : int64_t{100} << 30);
  }
  if (!observed_seeds.empty()) {
    v1::SeedFacts* configured = AddReport(out, "kubernetes")->mutable_seeds();
    for (const std::string& seed : observed_seeds) SetSlot(seed, configured->add_seeds());
  }
  int address = 0;
  v1::Report* view_report = nullptr;
  for (const auto& [slot, n] : nodes_) {
    const std::string ip = "10.0." + std::to_string(address / 250) + "." + std::to_string(address % 250 + 1);
    ++address;
    if (n.slot_present) {
      v1::Report* report = AddReport(out, "kubernetes");
      SetSlot(slot, report->mutable_subject());
      report->mutable_subject()->set_uid(SlotUid(slot));
      v1::SlotFacts* s = report->mutable_slot();
      s->set_present(true);
      s->set_ready(n.up);
      s->set_address(ip);
      s->set_template_revision(n.revision);
      s->set_restart_token(n.restart_token);
      s->set_release(n.release);
      s->set_waiting_reason(n.waiting_reason);
      if (n.pending) s->set_schedulable(false);
      if (n.fenced) s->set_machine_fenced(true);
    }
    if ((n.slot_present || n.volume_left) && !n.volume_gone) {
      v1::Report* volume = AddReport(out, "kubernetes");
      SetSlot(slot, volume->mutable_subject());
      volume->mutable_subject()->set_uid("volume-uid-" + slot);
      volume->mutable_subject()->set_name("data-" + slot);
      volume->mutable_volume()->set_present(true);
      volume->mutable_volume()->set_capacity_bytes(n.capacity);
      volume->mutable_volume()->set_mounted(n.slot_present);
      if (expandable) volume->mutable_volume()->set_expandable(true);
    }
    const bool asked = n.up && n.answers;
    if (asked || n.mode != v1::NODE_MODE_NORMAL) {
      v1::Report* report = AddReport(out, "jolokia");
      SetSlot(slot, report->mutable_subject());
      v1::NodeFacts* f = report->mutable_node();
      f->set_host_id(n.host_id);
      f->set_address(ip);
      f->set_mode(n.mode);
      f->set_release(n.release);
      f->set_storage_compatibility_mode(n.storage_mode);
      f->set_schema_version(n.schema_version);
      f->set_datacenter(n.dc);
      f->set_rack(n.rack);
      f->set_native_transport(n.up);
      f->set_load_bytes(n.load);
    }
    if (view_report == nullptr) {
      view_report = AddReport(out, "jolokia");
      view_report->mutable_view()->set_complete(true);
    }
    if (asked && n.in_views) view_report->mutable_view()->add_viewers(n.host_id);
    if (!n.in_views) continue;
    v1::Peer* p = view_report->mutable_view()->add_peers();
    p->set_host_id(n.host_id);
    p->set_address(ip);
    p->set_state(n.up ? v1::PEER_STATE_UP : v1::PEER_STATE_DOWN);
    p->set_movement(n.movement);
    p->set_datacenter(n.dc);
    p->set_rack(n.rack);
    p->set_release(n.release);
    p->set_load_bytes(n.load);
    for (const int64_t t : n.tokens) p->add_tokens(t);
  }
  v1::SchemaFacts* schema = AddReport(out, "schema")->mutable_schema();
  schema->set_complete(true);
  for (const ReplicationOf& k : keyspaces) {
    v1::Keyspace* ks = schema->add_keyspaces();
    ks->set_name(k.name);
    ks->set_strategy(k.simple > 0 ? "SimpleStrategy" : "NetworkTopologyStrategy");
    ks->set_replication_factor(k.simple);
    for (const auto& [dc, rf] : k.datacenters) {
      v1::DatacenterReplication* r = ks->add_datacenters();
      r->set_datacenter(dc);
      r->set_replication_factor(rf);
    }
  }
}

void Cluster::BuildLedger(v1::Ledger* out) const {
  *out = ledger;
  for (const auto& [slot, n] : nodes_) {
    if (n.owes_cleanup) {
      v1::CleanupOwed* owed = out->add_cleanup_owed();
      SetSlot(slot, owed->mutable_target());
      owed->mutable_target()->set_host_id(n.host_id);
    }
    if (n.down_for > 0) {
      v1::FirstSeenDown* down = out->add_first_seen_down();
      down->set_host_id(n.host_id);
      down->set_at_seconds(kNow - n.down_for);
    }
    if (!n.failed) continue;
    v1::StartedAction* a = out->add_started();
    a->set_id("failed-" + slot);
    a->set_kind(v1::ACTION_KIND_RESTART_NODE);
    SetSlot(slot, a->mutable_target());
    a->mutable_target()->set_host_id(n.host_id);
    a->mutable_target()->set_uid(SlotUid(slot));
    a->set_attempt(n.attempts > 0 ? n.attempts : std::max(1, policy.max_failed_restarts()));
    a->set_state(v1::STARTED_STATE_FAILED);
  }
}

v1::PlanRequest Cluster::Build() const {
  v1::PlanRequest request;
  BuildDesired(request.mutable_desired());
  BuildObserved(request.mutable_observed());
  BuildLedger(request.mutable_ledger());
  *request.mutable_policy() = policy;
  request.set_now_seconds(kNow);
  request.set_horizon(horizon);
  return request;
}

}  // namespace cassplan::testing
