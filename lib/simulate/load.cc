// The fake cluster as an observation describes it.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {
namespace {

constexpr int64_t kUsualLoad = int64_t{10} << 30;
constexpr int64_t kUsualDisk = int64_t{100} << 30;
constexpr int kRows = 96;

bool IsUncounted(const std::string& name) {
  return name == "system" || name == "system_schema" || name == "system_traces" || name == "system_distributed" ||
         name == "system_views" || name == "system_virtual_schema" || name == "system_auth";
}

}  // namespace

class Loader {
 public:
  Loader(World* world, const v1::PlanRequest& request) : w_(*world), request_(request) {}

  void Run() {
    w_.epoch = request_.now_seconds();
    w_.desired = request_.desired();
    w_.cluster = request_.desired().cluster();
    w_.owner = request_.desired().owner_id();
    for (const v1::DesiredDatacenter& dc : request_.desired().datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) RackOf(dc.name(), rack.name());
    }
    for (const v1::Report& report : request_.observed().reports()) Places(report);
    for (const v1::Report& report : request_.observed().reports()) Facts(report);
    Schemas();
    MatchMembers();
    Keyspaces();
    Rows();
    for (int z = 0; z < Size(w_.racks); ++z) Zone(z);
    for (Slot& slot : w_.slots) Start(&slot);
    w_.clusters = w_.members.empty() ? 0 : 1;
    ++w_.ring_version;
    for (int r = 0; r < Size(w_.racks); ++r) w_.Control(r);
    w_.At(60, Occurrence::kTraffic);
  }

 private:
  int RackOf(const std::string& dc, const std::string& rack) {
    v1::Target t;
    t.set_datacenter(dc);
    t.set_rack(rack);
    const int known = w_.FindRack(t);
    if (known != kNone) return known;
    int d = w_.FindDc(dc);
    if (d == kNone) {
      d = Size(w_.dcs);
      w_.dcs.push_back(dc);
    }
    Rack r;
    r.name = rack;
    r.dc = d;
    r.uid = absl::StrCat("rack-", dc, "-", rack);
    w_.racks.push_back(std::move(r));
    return Size(w_.racks) - 1;
  }

  int SlotOf(const v1::Target& t) {
    const int known = w_.FindSlot(t);
    return known != kNone ? known : w_.MakeSlot(RackOf(t.datacenter(), t.rack()), t.ordinal());
  }

  void Places(const v1::Report& report) {
    if (report.status() != v1::REPORT_STATUS_OK) return;
    const v1::Target& about = report.subject();
    if (report.has_rack() && report.rack().present()) {
      Rack& rack = At(w_.racks, RackOf(about.datacenter(), about.rack()));
      rack.present = true;
      rack.replicas = report.rack().nodes();
      rack.facts = report.rack();
      if (!about.uid().empty()) rack.uid = about.uid();
    }
    if (report.has_slot() && report.slot().present() && about.has_ordinal()) {
      Slot& slot = At(w_.slots, SlotOf(about));
      const v1::SlotFacts& f = report.slot();
      slot.pod = true;
      slot.uid = about.uid();
      slot.address = f.address();
      slot.revision = f.template_revision();
      slot.token = f.restart_token();
      slot.release = f.release();
      slot.ready = !f.has_ready() || f.ready();
      slot.schedulable = !f.has_schedulable() || f.schedulable();
      slot.crash_loops = !f.waiting_reason().empty();
      slot.waiting = f.waiting_reason();
      if (!f.zone().empty()) At(w_.racks, slot.rack).zone = f.zone();
    }
    if (report.has_volume() && report.volume().present() && about.has_ordinal()) {
      Volume& volume = At(w_.slots, SlotOf(about)).volume;
      volume.present = true;
      volume.uid = about.uid();
      volume.capacity = report.volume().capacity_bytes();
      volume.facts = report.volume();
      volume.unknown = report.volume().contents() != v1::VOLUME_CONTENTS_EMPTY;  // unless a member claims it
      if (report.volume().contents() == v1::VOLUME_CONTENTS_MEMBER) volume.host_id = report.volume().host_id();
    }
    if (!report.has_view()) return;
    for (const v1::Peer& peer : report.view().peers()) {
      if (peer.host_id().empty()) continue;
      int m = w_.FindMember(peer.host_id());
      if (m == kNone) {
        m = Size(w_.members);
        w_.members.emplace_back();
        Member& made = w_.members.back();
        made.host_id = peer.host_id();
        made.rack = RackOf(peer.datacenter(), peer.rack());
        made.dc = At(w_.racks, made.rack).dc;
      }
      Member& member = At(w_.members, m);
      member.address = peer.address();
      member.release = peer.release();
      if (member.tokens.empty()) member.tokens.assign(peer.tokens().begin(), peer.tokens().end());
      member.ring = peer.movement() == v1::PEER_MOVEMENT_LEAVING ? Ring::kLeaving : Ring::kNormal;
      if (peer.movement() == v1::PEER_MOVEMENT_LEFT) {
        member.ring = Ring::kLeft;
        member.mode = v1::NODE_MODE_DECOMMISSIONED;
        continue;
      }
      if (peer.state() == v1::PEER_STATE_UP) member.up = true;
      load_[peer.host_id()] = peer.load_bytes();
    }
  }

  void Facts(const v1::Report& report) {
    if (report.status() != v1::REPORT_STATUS_OK) return;
    if (report.has_object() && report.object().present()) {
      w_.objects[{report.object().kind(), report.subject().name()}] = report.object();
    }
    if (report.has_seeds()) {
      w_.seeds.assign(report.seeds().seeds().begin(), report.seeds().seeds().end());
      w_.seeds_known = true;
    }
    if (report.has_schema()) {
      for (const v1::Keyspace& k : report.schema().keyspaces()) schema_[k.name()] = k;
    }
    if (!report.has_node() || report.node().host_id().empty()) return;
    const int m = w_.FindMember(report.node().host_id());
    if (m == kNone) return;
    Member& member = At(w_.members, m);
    if (!report.node().release().empty()) member.release = report.node().release();
    if (!report.node().schema_version().empty()) {
      member.schema = report.node().schema_version();
      schema_told_.insert(m);
    }
    member.pending_compactions = report.node().pending_compactions();
    if (!report.node().partitioner().empty()) member.partitioner = report.node().partitioner();
    if (report.node().has_load_bytes()) load_[member.host_id] = report.node().load_bytes();
    if (report.subject().has_ordinal()) member.slot = SlotOf(report.subject());
    member.mode = report.node().mode();
    if (member.mode == v1::NODE_MODE_DRAINED) member.up = false;
    if (member.mode == v1::NODE_MODE_DECOMMISSIONED && member.ring == Ring::kLeft) member.up = true;  // it still runs
  }

  // A node that said nothing of its schema has what the others have.
  void Schemas() {
    if (schema_told_.empty()) return;
    const std::string usual = At(w_.members, *schema_told_.begin()).schema;
    for (int m = 0; m < Size(w_.members); ++m) {
      if (!schema_told_.count(m)) At(w_.members, m).schema = usual;
    }
  }

  void MatchMembers() {
    std::set<int> taken;
    for (const Member& m : w_.members) taken.insert(m.slot);
    for (Member& m : w_.members) {
      for (int s = 0; s < Size(w_.slots) && m.slot == kNone; ++s) {
        const Slot& slot = At(w_.slots, s);
        const bool same = (!m.address.empty() && slot.address == m.address) || slot.volume.host_id == m.host_id;
        if (same && !taken.count(s)) m.slot = s;
      }
      for (const v1::KnownMember& known : request_.ledger().members()) {
        if (m.slot == kNone && known.host_id() == m.host_id) m.slot = w_.FindSlot(known.slot());
      }
      taken.insert(m.slot);
    }
    for (Member& m : w_.members) {
      for (int s = 0; s < Size(w_.slots) && m.slot == kNone; ++s) {
        if (At(w_.slots, s).rack == m.rack && !taken.count(s)) m.slot = s;
      }
      taken.insert(m.slot);
    }
  }

  void Keyspaces() {
    for (const v1::Keyspace& k : request_.desired().keyspaces()) {
      if (w_.members.empty()) schema_.emplace(k.name(), k);
    }
    if (schema_.empty() && !w_.members.empty()) {
      w_.assumed.push_back("no keyspace is known: one with 3 replicas in each datacenter is taken to be there");
      v1::Keyspace k;
      k.set_name("assumed");
      k.set_strategy("NetworkTopologyStrategy");
      for (const std::string& dc : w_.dcs) {
        v1::DatacenterReplication* r = k.add_datacenters();
        r->set_datacenter(dc);
        r->set_replication_factor(3);
      }
      schema_["assumed"] = k;
    }
    for (const auto& [name, spec] : schema_) {
      KeyspaceState k;
      k.spec = spec;
      k.simple = absl::EndsWith(spec.strategy(), "SimpleStrategy");
      k.counted = !IsUncounted(name) && !absl::EndsWith(spec.strategy(), "LocalStrategy");
      k.factors.assign(w_.dcs.size(), 0);
      if (k.simple && !k.factors.empty()) k.factors[0] = spec.replication_factor();
      for (const v1::DatacenterReplication& r : spec.datacenters()) {
        const int d = w_.FindDc(r.datacenter());
        if (d != kNone) At(k.factors, d) = r.replication_factor();
      }
      w_.keyspaces.push_back(std::move(k));
    }
  }

  // Rows stand for the data: each has a token, and a version on every volume that holds it.
  void Rows() {
    int data = 0;
    for (const KeyspaceState& k : w_.keyspaces) data += k.counted ? 1 : 0;
    for (int k = 0; k < Size(w_.keyspaces); ++k) {
      if (!At(w_.keyspaces, k).counted) continue;
      const int count = std::max(kRows / data, 8);
      for (int i = 0; i < count; ++i) {
        Row row;
        row.keyspace = k;
        const uint64_t step = ~uint64_t{0} / static_cast<uint64_t>(count);
        row.token = static_cast<int64_t>(step * static_cast<uint64_t>(i) + w_.random.Next() % step);
        row.counter = row.newest = 1;
        w_.rows.push_back(row);
      }
    }
    for (Slot& slot : w_.slots) slot.volume.rows.assign(w_.rows.size(), 0);
    int64_t copies = 0;
    for (size_t r = 0; r < w_.rows.size(); ++r) {
      for (const int m : w_.ReplicasOf(w_.rows[r])) {
        ++copies;
        const int s = At(w_.members, m).slot;
        if (s != kNone) At(w_.slots, s).volume.rows[r] = 1;
      }
    }
    int64_t bytes = 0;
    for (const Member& m : w_.members) {
      const auto it = load_.find(m.host_id);
      bytes += it != load_.end() && it->second > 0 ? it->second : kUsualLoad;
    }
    w_.row_bytes = copies > 0 ? bytes / copies : kUsualLoad / kRows;
    if (w_.members.empty()) w_.rows.clear();
    for (Slot& slot : w_.slots) slot.volume.rows.resize(w_.rows.size());
  }

  void Zone(int rack) {
    Rack& r = At(w_.racks, rack);
    if (!r.zone.empty()) return;
    int number = 0;
    for (int other = 0; other < rack; ++other) number += At(w_.racks, other).dc == r.dc ? 1 : 0;
    r.zone = std::string(1, static_cast<char>('a' + number % 26));
  }

  void Start(Slot* slot) {
    const int s = static_cast<int>(slot - w_.slots.data());
    if (slot->volume.capacity == 0 && slot->volume.present) slot->volume.capacity = kUsualDisk;
    for (int m = 0; m < Size(w_.members); ++m) {
      Member& member = At(w_.members, m);
      if (member.slot != s) continue;
      slot->volume.host_id = member.host_id;
      slot->volume.present = true;
      slot->volume.unknown = false;
      if (slot->volume.uid.empty()) slot->volume.uid = w_.NewId("volume");
      if (slot->volume.capacity == 0) slot->volume.capacity = kUsualDisk;
      if (!slot->pod) member.up = false;
      if (slot->pod && member.up) slot->member = m;
      if (slot->pod && !member.up && member.mode != v1::NODE_MODE_DRAINED && !slot->crash_loops) {
        slot->crash_loops = true;  // down for a reason that nobody told; it stays so
        slot->waiting = "CrashLoopBackOff";
        w_.assumed.push_back(
            absl::StrCat(w_.SlotName(s), " is down and stays so until it is started on another template"));
      }
      if (member.mode == v1::NODE_MODE_DRAINED) slot->member = m;
      if (member.up && member.ring != Ring::kLeft)
        member.mode = member.ring == Ring::kLeaving ? v1::NODE_MODE_LEAVING : v1::NODE_MODE_NORMAL;
      if (!member.up) member.down_since = -60;
      if (member.up && member.ring == Ring::kLeaving) {
        member.ring = Ring::kNormal;
        member.mode = v1::NODE_MODE_NORMAL;
        std::string why;
        w_.Decommission(m, "", 0, true, &why);
      }
      member.before = {member.ring, member.up};
    }
    if (slot->pod && slot->member == kNone && !slot->crash_loops && slot->schedulable) {
      w_.At(30, Occurrence::kProcessUp, s, slot->generation);
    }
  }

  World& w_;
  const v1::PlanRequest& request_;
  std::map<std::string, int64_t> load_;
  std::set<int> schema_told_;
  std::map<std::string, v1::Keyspace> schema_;
};

void World::Load(const v1::PlanRequest& request) { Loader(this, request).Run(); }

}  // namespace cassplan::simulate
