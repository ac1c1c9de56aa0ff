#include "lib/verify/state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/verify/views.h"

namespace cassplan::verify {
namespace {

constexpr int64_t kDefaultMaxAge = 300;

Movement MovementOf(v1::PeerMovement movement) {
  if (movement == v1::PEER_MOVEMENT_JOINING) return Movement::kJoining;
  if (movement == v1::PEER_MOVEMENT_LEAVING) return Movement::kLeaving;
  if (movement == v1::PEER_MOVEMENT_MOVING) return Movement::kMoving;
  return movement == v1::PEER_MOVEMENT_REMOVING ? Movement::kRemoving : Movement::kStill;
}

// What the node itself says of a movement counts even when its peers have not heard of it yet.
Movement MovementOf(v1::NodeMode mode, bool in_ring) {
  if (mode == v1::NODE_MODE_LEAVING || mode == v1::NODE_MODE_DECOMMISSION_FAILED) return Movement::kLeaving;
  if (mode == v1::NODE_MODE_MOVING) return Movement::kMoving;
  const bool joining = mode == v1::NODE_MODE_JOINING || mode == v1::NODE_MODE_JOINING_FAILED;
  return joining && !in_ring ? Movement::kJoining : Movement::kStill;
}

bool IsDefaultAuth(const v1::Keyspace& keyspace) {
  return keyspace.name() == "system_auth" && keyspace.strategy() == "SimpleStrategy" &&
         keyspace.replication_factor() <= 1;
}

bool IsUncounted(const v1::Keyspace& keyspace) {
  for (const absl::string_view name :
       {"system", "system_schema", "system_traces", "system_distributed", "system_views", "system_virtual_schema"}) {
    if (keyspace.name() == name) return true;
  }
  return keyspace.strategy() == "LocalStrategy" || IsDefaultAuth(keyspace);
}

Strategy StrategyOf(const v1::Keyspace& keyspace) {
  if (keyspace.transient_replication()) return Strategy::kUnsupported;
  if (keyspace.strategy() == "NetworkTopologyStrategy") return Strategy::kTopology;
  return keyspace.strategy() == "SimpleStrategy" ? Strategy::kSimple : Strategy::kUnsupported;
}

VolumeState StateOf(const v1::VolumeFacts& facts) {
  if (!facts.present()) return VolumeState::kAbsent;
  if (facts.contents() == v1::VOLUME_CONTENTS_EMPTY) return VolumeState::kEmpty;
  return facts.contents() == v1::VOLUME_CONTENTS_MEMBER ? VolumeState::kMember : VolumeState::kUnknown;
}

class WorldMaker {
 public:
  explicit WorldMaker(const v1::PlanRequest& request)
      : request_(request),
        fresh_since_(request.now_seconds() - (request.policy().has_max_evidence_age_seconds()
                                                  ? request.policy().max_evidence_age_seconds()
                                                  : kDefaultMaxAge)),
        views_(ReadViews(request.observed(), fresh_since_)) {}

  World Make() {
    world_.hold_intolerant = request_.policy().intolerant() == v1::INTOLERANT_POLICY_HOLD;
    if (request_.policy().has_max_datacenters()) world_.max_datacenters = request_.policy().max_datacenters();
    world_.ring_known = views_.complete_viewers * 2 > views_.in_ring - 1 && views_.complete_viewers > 0;
    ReadDesired();
    ReadReports();
    for (const auto& [host, seen] : views_.members) AddMember(host, seen);
    for (const auto& [host, word] : words_) {
      if (!world_.node_of_host.contains(host)) AddByOwnWord(host, word);
    }
    AddRemembered();
    JoinSlots();
    ReadKeyspaces();
    ReadCleanupOwed();
    ReadDown();
    return std::move(world_);
  }

 private:
  // What a node says of itself.
  struct Word {
    int64_t at = 0;
    bool fresh = false;
    const v1::NodeFacts* facts = nullptr;
    // A word that this schema does not have tells nothing.
    v1::NodeMode mode() const {
      return fresh && v1::NodeMode_IsValid(facts->mode()) ? facts->mode() : v1::NODE_MODE_UNSPECIFIED;
    }
  };

  void ReadDesired() {
    for (const v1::DesiredDatacenter& dc : request_.desired().datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        world_.desired[world_.Rack(dc.name(), rack.name())] = {
            rack.nodes(), world_.ReleaseNumber(rack.template_().release()), rack.partition(), rack.has_volume()};
      }
    }
  }

  void ReadReports() {
    bool volumes_complete = false;
    bool slots_complete = false;
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK) continue;
      const int32_t slot = SlotOf(report.subject());
      if (report.has_node()) ReadNode(report, slot);
      if (report.observed_at_seconds() < fresh_since_) continue;
      volumes_complete |= report.inventory().volumes_complete();
      slots_complete |= report.inventory().slots_complete();
      if (report.has_rack() && report.rack().present()) ReadWorkload(report.subject());
      if (slot == kNone) continue;
      if (report.has_slot() && IsLatest(report, slot, slot_dates_)) ReadSlot(report, At(world_.slots, slot));
      if (report.has_volume() && IsLatest(report, slot, volume_dates_)) ReadVolume(report, At(world_.slots, slot));
    }
    world_.volumes_complete = volumes_complete;
    for (int32_t slot = 0; slot < Size(world_.slots) && slots_complete; ++slot) {
      if (!slot_dates_.contains(slot)) At(world_.slots, slot).may_run = false;
    }
    for (int32_t slot = 0; slot < Size(world_.slots) && volumes_complete; ++slot) {
      if (!volume_dates_.contains(slot)) At(world_.slots, slot).volume = VolumeState::kAbsent;
    }
    for (Slot& slot : world_.slots) {
      if (slot.awaits_permit && slot.volume != VolumeState::kAbsent) slot.volume = VolumeState::kEmpty;
    }
  }

  static bool IsLatest(const v1::Report& report, int32_t slot, absl::btree_map<int32_t, int64_t>& dates) {
    const auto [date, is_new] = dates.emplace(slot, report.observed_at_seconds());
    if (!is_new && date->second >= report.observed_at_seconds()) return false;
    date->second = report.observed_at_seconds();
    return true;
  }

  void ReadWorkload(const v1::Target& subject) {
    world_.workload_uids[world_.Rack(subject.datacenter(), subject.rack())] = subject.uid();
  }

  static void ReadSlot(const v1::Report& report, Slot& slot) {
    slot.uid = report.slot().present() ? report.subject().uid() : "";
    slot.address = report.slot().address();
    const bool waits = report.slot().has_schedulable() && !report.slot().schedulable();
    // Who found the volume empty, and waits to be told what to be, starts nothing.
    slot.awaits_permit = report.slot().present() && report.slot().awaits_permit();
    slot.may_run = report.slot().present() && !waits && !report.slot().machine_fenced() && !slot.awaits_permit;
  }

  static void ReadVolume(const v1::Report& report, Slot& slot) {
    slot.volume = StateOf(report.volume());
    slot.volume_uid = report.volume().present() ? report.subject().uid() : "";
    slot.volume_host_id = report.volume().host_id();
  }

  void ReadNode(const v1::Report& report, int32_t slot) {
    const v1::NodeFacts& facts = report.node();
    const std::string& host = facts.host_id().empty() ? report.subject().host_id() : facts.host_id();
    if (host.empty()) return;
    Word& word = words_[host];
    if (word.facts != nullptr && word.at >= report.observed_at_seconds()) return;
    word = {report.observed_at_seconds(), report.observed_at_seconds() >= fresh_since_, &facts};
    if (slot != kNone) At(world_.slots, slot).host_id = host;
  }

  int32_t SlotOf(const v1::Target& target) { return IsSlot(target) ? world_.SlotFor(target) : kNone; }

  Node& NewMember(const std::string& host, absl::string_view dc, absl::string_view rack) {
    const int32_t number = world_.AddNode(world_.Datacenter(dc), world_.Rack(dc, rack), host);
    world_.node_of_host[host] = number;
    At(world_.nodes, number).host_id = host;
    return At(world_.nodes, number);
  }

  void AddMember(const std::string& host, const SeenMember& seen) {
    const auto found = words_.find(host);
    static const v1::NodeFacts& kNothing = v1::NodeFacts::default_instance();
    const v1::NodeFacts& own = found == words_.end() ? kNothing : *found->second.facts;
    const v1::NodeMode mode = found == words_.end() ? v1::NODE_MODE_UNSPECIFIED : found->second.mode();
    const v1::Peer& peer = *seen.peer;
    Node& node = NewMember(host, peer.datacenter().empty() ? own.datacenter() : peer.datacenter(),
                           peer.rack().empty() ? own.rack() : peer.rack());
    const auto& tokens = peer.tokens().empty() ? own.tokens() : peer.tokens();
    node.tokens.assign(tokens.begin(), tokens.end());
    node.release = world_.ReleaseNumber(peer.release().empty() ? own.release() : peer.release());
    node.in_ring = IsInRing(seen);
    node.ever_in_ring = seen.in_ring > 0 || seen.left > 0;
    node.left = !node.in_ring && views_.fresh && seen.left * 2 > views_.in_ring;
    node.movement = MovementOf(seen.movement);
    if (node.movement == Movement::kStill && seen.left == 0) node.movement = MovementOf(mode, node.in_ring);
    const bool alone = seen.others == 0;
    const bool own_word = mode == v1::NODE_MODE_NORMAL || seen.up_to_itself;
    node.known = views_.fresh && (alone ? own_word : seen.judged * 2 > seen.others);
    const bool normal = mode == v1::NODE_MODE_UNSPECIFIED || mode == v1::NODE_MODE_NORMAL ||
                        mode == v1::NODE_MODE_LEAVING || mode == v1::NODE_MODE_MOVING ||
                        mode == v1::NODE_MODE_DECOMMISSION_FAILED;
    node.up = node.in_ring && node.known && normal && (alone || seen.up * 2 > seen.others);
  }

  // A node that no view lists: without any view its own word is all there is, else it never was in the ring; that is
  // known only when enough members have said so.
  void AddByOwnWord(const std::string& host, const Word& word) {
    Node& node = NewMember(host, word.facts->datacenter(), word.facts->rack());
    node.tokens.assign(word.facts->tokens().begin(), word.facts->tokens().end());
    node.release = world_.ReleaseNumber(word.facts->release());
    node.in_ring = !views_.any && word.facts->mode() != v1::NODE_MODE_DECOMMISSIONED &&
                   word.facts->mode() != v1::NODE_MODE_JOINING;
    node.ever_in_ring = node.in_ring || !world_.ring_known;
    node.movement = MovementOf(word.mode(), node.in_ring);
    node.known = word.fresh;
    node.up = node.in_ring && word.mode() == v1::NODE_MODE_NORMAL;
  }

  void AddRemembered() {
    for (const v1::LeftMember& member : request_.ledger().left()) {
      if (member.host_id().empty()) continue;
      const auto found = world_.node_of_host.find(member.host_id());
      Node& node = found != world_.node_of_host.end()
                       ? At(world_.nodes, found->second)
                       : NewMember(member.host_id(), member.slot().datacenter(), member.slot().rack());
      node.ever_in_ring = true;
      if (!node.in_ring && !views_.members.contains(member.host_id())) node.left = world_.ring_known;
    }
    for (const v1::KnownMember& member : request_.ledger().members()) {
      if (member.host_id().empty()) continue;  // it names nobody
      const auto found = world_.node_of_host.find(member.host_id());
      if (found != world_.node_of_host.end()) {
        At(world_.nodes, found->second).ever_in_ring = true;
      } else {
        NewMember(member.host_id(), member.slot().datacenter(), member.slot().rack()).ever_in_ring = true;
      }
    }
  }

  // The first that names a member for a slot wins: the node's own word, then its address, then memory.
  void JoinSlots() {
    absl::btree_map<std::string, int32_t> by_address;
    for (int32_t slot = 0; slot < Size(world_.slots); ++slot) {
      Join(slot, At(world_.slots, slot).host_id);
      if (!At(world_.slots, slot).address.empty()) by_address[At(world_.slots, slot).address] = slot;
    }
    for (const auto& [host, seen] : views_.members) {
      const auto found = by_address.find(seen.peer->address());
      if (found != by_address.end() && seen.left == 0) Join(found->second, host);
    }
    for (const v1::KnownMember& member : request_.ledger().members()) Join(SlotOf(member.slot()), member.host_id());
    for (int32_t slot = 0; slot < Size(world_.slots); ++slot) Join(slot, At(world_.slots, slot).volume_host_id);
  }

  void Join(int32_t slot, const std::string& host) {
    const auto found = world_.node_of_host.find(host);
    if (slot == kNone || found == world_.node_of_host.end()) return;
    Slot& place = At(world_.slots, slot);
    Node& node = At(world_.nodes, found->second);
    if (place.node != kNone || node.slot != kNone) return;
    place.node = found->second;
    node.slot = slot;
    node.name = place.name;
    if (node.dc == world_.Datacenter("")) {
      node.dc = place.dc;
      node.rack = place.rack;
    }
  }

  // Of several words about the schema: a fresh one, then a whole one, then one that a node told rather than one that
  // was concluded, then the latest.
  const v1::Report* BestSchema() const {
    const auto rank = [this](const v1::Report& report) {
      return std::make_tuple(report.observed_at_seconds() >= fresh_since_, report.schema().complete(),
                             !report.schema().derived(), report.observed_at_seconds());
    };
    const v1::Report* best = nullptr;
    for (const v1::Report& report : request_.observed().reports()) {
      if (report.status() != v1::REPORT_STATUS_OK || !report.has_schema()) continue;
      if (best == nullptr || rank(*best) < rank(report)) best = &report;
    }
    return best;
  }

  void ReadKeyspaces() {
    const v1::Report* best = BestSchema();
    if (best != nullptr) {
      world_.schema_known = best->observed_at_seconds() >= fresh_since_ && best->schema().complete();
      for (const v1::Keyspace& keyspace : best->schema().keyspaces()) AddKeyspace(keyspace);
    }
    for (const v1::Keyspace& keyspace : request_.desired().keyspaces()) {
      world_.one_ring |= keyspace.strategy() == "SimpleStrategy" && !IsUncounted(keyspace);
    }
    for (Keyspace& keyspace : world_.keyspaces) {
      keyspace.factors.resize(std::max<size_t>(world_.datacenters.size(), 1), 0);
      if (!keyspace.counted) continue;
      world_.one_ring |= keyspace.strategy == Strategy::kSimple;
      for (const v1::ConsistencyLevel level : keyspace.levels) {
        world_.one_ring |= level == v1::CONSISTENCY_LEVEL_QUORUM || level == v1::CONSISTENCY_LEVEL_SERIAL;
      }
    }
  }

  void AddKeyspace(const v1::Keyspace& in) {
    if (in.gc_grace_seconds() > 0 && in.strategy() != "LocalStrategy") {
      world_.smallest_grace =
          world_.smallest_grace == 0 ? in.gc_grace_seconds() : std::min(world_.smallest_grace, in.gc_grace_seconds());
    }
    Keyspace out;
    out.name = in.name();
    out.counted = !IsUncounted(in);
    out.user = out.counted && in.name() != "system_auth";
    out.strategy = StrategyOf(in);
    for (const v1::DatacenterReplication& dc : in.datacenters()) {
      const int32_t number = world_.Datacenter(dc.datacenter());
      if (Size(out.factors) <= number) out.factors.resize(static_cast<size_t>(number) + 1, 0);
      At(out.factors, number) = dc.replication_factor();
    }
    if (out.strategy == Strategy::kSimple) out.factors.assign(1, in.replication_factor());
    SetLevels(out);
    world_.keyspaces.push_back(std::move(out));
  }

  void SetLevels(Keyspace& keyspace) const {
    for (const int level : request_.policy().levels()) {
      keyspace.levels.push_back(static_cast<v1::ConsistencyLevel>(level));
    }
    for (const v1::KeyspacePolicy& own : request_.policy().keyspaces()) {
      if (own.name() != keyspace.name) continue;
      if (own.ignore()) keyspace.counted = false;
      if (own.levels_size() > 0) keyspace.levels.clear();
      for (const int level : own.levels()) keyspace.levels.push_back(static_cast<v1::ConsistencyLevel>(level));
    }
    if (keyspace.levels.empty()) {
      keyspace.levels = {v1::CONSISTENCY_LEVEL_LOCAL_QUORUM, v1::CONSISTENCY_LEVEL_LOCAL_SERIAL};
    }
  }

  void ReadDown() {
    world_.now = request_.now_seconds();
    for (const v1::FirstSeenDown& down : request_.ledger().first_seen_down()) {
      const auto found = world_.node_of_host.find(down.host_id());
      if (found == world_.node_of_host.end() || down.back_at_seconds() > 0 || down.at_seconds() <= 0) continue;
      Node& node = At(world_.nodes, found->second);
      if (node.up) continue;
      node.down_since = node.down_since == 0 ? down.at_seconds() : std::min(node.down_since, down.at_seconds());
    }
  }

  void ReadCleanupOwed() {
    for (const v1::CleanupOwed& owed : request_.ledger().cleanup_owed()) {
      const auto found = world_.node_of_host.find(owed.target().host_id());
      int32_t node = found == world_.node_of_host.end() ? kNone : found->second;
      if (owed.target().host_id().empty() && IsSlot(owed.target())) node = At(world_.slots, SlotOf(owed.target())).node;
      if (node != kNone) At(world_.nodes, node).owes_cleanup = true;
    }
  }

  const v1::PlanRequest& request_;
  const int64_t fresh_since_;
  const RingViews views_;
  World world_;
  absl::btree_map<std::string, Word> words_;
  absl::btree_map<int32_t, int64_t> slot_dates_;
  absl::btree_map<int32_t, int64_t> volume_dates_;
};

int32_t Majority(int32_t replicas) { return replicas / 2 + 1; }

template <typename Names>
int32_t Number(Names& numbers, const std::string& name, std::vector<std::string>& names) {
  const auto [found, is_new] = numbers.emplace(name, Size(names));
  if (is_new) names.push_back(name);
  return found->second;
}

}  // namespace

bool IsSlot(const v1::Target& target) {
  return !target.datacenter().empty() && !target.rack().empty() && target.has_ordinal();
}

int32_t LocalNeed(const Keyspace& keyspace, int32_t factor) {
  int32_t need = 0;
  for (const v1::ConsistencyLevel level : keyspace.levels) {
    if (level == v1::CONSISTENCY_LEVEL_LOCAL_QUORUM || level == v1::CONSISTENCY_LEVEL_LOCAL_SERIAL ||
        level == v1::CONSISTENCY_LEVEL_EACH_QUORUM) {
      need = std::max(need, Majority(factor));
    }
    if (level == v1::CONSISTENCY_LEVEL_LOCAL_ONE) need = std::max(need, 1);
  }
  return factor == 0 ? 0 : need;
}

int32_t TotalNeed(const Keyspace& keyspace, int32_t total) {
  int32_t need = 0;
  for (const v1::ConsistencyLevel level : keyspace.levels) {
    if (level == v1::CONSISTENCY_LEVEL_QUORUM || level == v1::CONSISTENCY_LEVEL_SERIAL) {
      need = std::max(need, Majority(total));
    }
    if (level == v1::CONSISTENCY_LEVEL_ALL) need = total;
    if (level >= v1::CONSISTENCY_LEVEL_ONE && level <= v1::CONSISTENCY_LEVEL_THREE) {
      need = std::max(need, std::min<int32_t>(level, total));
    }
  }
  return need;
}

int32_t World::Datacenter(absl::string_view name) {
  return Number(datacenter_numbers_, std::string(name), datacenters);
}

int32_t World::Rack(absl::string_view datacenter, absl::string_view rack) {
  return Number(rack_numbers_, absl::StrCat(datacenter, "/", rack), racks);
}

int32_t World::FindRack(absl::string_view datacenter, absl::string_view rack) const {
  const auto found = rack_numbers_.find(absl::StrCat(datacenter, "/", rack));
  return found == rack_numbers_.end() ? kNone : found->second;
}

int32_t World::ReleaseNumber(absl::string_view release) {
  if (release.empty()) return 0;
  const std::vector<std::string> parts = absl::StrSplit(release, absl::ByAnyChar(".-"));
  const std::string series = parts.size() < 2 ? parts[0] : absl::StrCat(parts[0], ".", parts[1]);
  return release_numbers_.emplace(series, static_cast<int32_t>(release_numbers_.size()) + 1).first->second;
}

int32_t World::SlotFor(const v1::Target& target) {
  const SlotKey key(target.datacenter(), target.rack(), target.ordinal());
  const auto [found, is_new] = slot_numbers_.emplace(key, Size(slots));
  if (is_new) {
    Slot slot;
    slot.name = absl::StrCat(target.datacenter(), "/", target.rack(), "/", target.ordinal());
    slot.dc = Datacenter(target.datacenter());
    slot.rack = Rack(target.datacenter(), target.rack());
    slot.ordinal = target.ordinal();
    if (volumes_complete) slot.volume = VolumeState::kAbsent;
    slots.push_back(std::move(slot));
  }
  return found->second;
}

int32_t World::FindSlot(const v1::Target& target) const {
  const auto found = slot_numbers_.find(SlotKey(target.datacenter(), target.rack(), target.ordinal()));
  return found == slot_numbers_.end() ? kNone : found->second;
}

int32_t World::AddNode(int32_t dc, int32_t rack, std::string name) {
  Node node;
  node.name = std::move(name);
  node.dc = dc;
  node.rack = rack;
  nodes.push_back(std::move(node));
  return Size(nodes) - 1;
}

World MakeWorld(const v1::PlanRequest& request) { return WorldMaker(request).Make(); }

}  // namespace cassplan::verify
