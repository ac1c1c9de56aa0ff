// Nodes, ring and data of the fake cluster.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {

using absl::StrCat;

void World::SetMember(int m, Ring ring, bool up) {
  Member& member = simulate::At(members, m);
  if (member.ring == ring && member.up == up) return;
  member.before = {member.ring, member.up};
  const bool falls = member.up && !up;
  if (falls) member.down_since = now;
  if (up) member.down_since = -1;
  if (member.ring != ring) ++ring_version;
  member.ring = ring;
  member.up = up;
  member.changed_at = last_change = now;
  ++serving_version;
  if (!falls) return;
  for (int i = 0; i < Size(work); ++i) {
    const Work& w = simulate::At(work, i);
    if (w.over) continue;
    if (w.member == m) {
      FailWork(i, "the node went down");
    } else if (Involved(w).count(m) > 0) {
      FailWork(i, "a node that it streams with went down");
    }
  }
}

void World::Gone(int m) {
  Member& member = simulate::At(members, m);
  SetMember(m, Ring::kOut, false);
  member.slot = kNone;
}

// Gossip forgets a node that never joined; its next start begins anew, in the place of whom it was to replace.
void World::AbandonJoin(int m) {
  const int slot = simulate::At(members, m).slot;
  Gone(m);
  if (slot == kNone) return;
  Slot& s = simulate::At(slots, slot);
  s.replace = simulate::At(members, m).replaces;
  s.volume.host_id.clear();
  s.volume.joins_as = m;
  s.volume.rows.assign(rows.size(), 0);
  ++data_version;
}

bool World::Moving() const {
  return std::any_of(members.begin(), members.end(),
                     [](const Member& m) { return m.ring == Ring::kJoining || m.ring == Ring::kLeaving; });
}

const placement::ReplicaMap* World::Map(int keyspace, int dc) {
  if (maps_version_ != ring_version) {
    maps_.clear();
    maps_version_ = ring_version;
  }
  const KeyspaceState& k = simulate::At(keyspaces, keyspace);
  const int factor = k.simple ? k.factors.empty() ? 0 : k.factors[0] : simulate::At(k.factors, dc);
  if (factor <= 0 || (k.simple && dc != 0)) return nullptr;
  auto& map = maps_[{keyspace, dc}];
  if (map == nullptr) {
    std::vector<placement::Token> tokens;
    std::vector<int32_t> rack_of;
    for (int m = 0; m < Size(members); ++m) {
      const Member& member = simulate::At(members, m);
      rack_of.push_back(member.rack);
      if ((member.ring != Ring::kNormal && member.ring != Ring::kLeaving) || (!k.simple && member.dc != dc)) continue;
      for (const int64_t t : member.tokens) tokens.push_back({t, m});
    }
    map = std::make_unique<placement::ReplicaMap>(
        std::move(tokens), k.simple ? placement::Strategy::kSimple : placement::Strategy::kNetworkTopology, factor,
        rack_of);
  }
  return map->ranges() > 0 ? map.get() : nullptr;
}

std::vector<int> World::ReplicasOf(const Row& row) {
  std::vector<int> out;
  for (int d = 0; d < Size(dcs); ++d) {
    const placement::ReplicaMap* map = Map(row.keyspace, d);
    if (map == nullptr) continue;
    for (const placement::Node n : map->replicas(map->RangeOf(row.token))) out.push_back(n);
  }
  return out;
}

const std::vector<std::vector<int>>& World::AllReplicas() {
  if (replicas_version_ != ring_version || replicas_.size() != rows.size()) {
    replicas_.clear();
    for (const Row& row : rows) replicas_.push_back(ReplicasOf(row));
    replicas_version_ = ring_version;
  }
  return replicas_;
}

// Replicas of every row in the ring as it would be with the member in another state.
std::vector<std::vector<int>> World::ReplicasWith(int m, Ring ring) {
  Member& member = simulate::At(members, m);
  const Ring was = std::exchange(member.ring, ring);
  const int replaced = member.replaces;
  const Ring other = replaced != kNone ? std::exchange(simulate::At(members, replaced).ring, Ring::kOut) : Ring::kOut;
  ++ring_version;
  std::vector<std::vector<int>> out = AllReplicas();
  member.ring = was;
  if (replaced != kNone) simulate::At(members, replaced).ring = other;
  ++ring_version;
  return out;
}

namespace {

bool Has(const std::vector<int>& list, int m) { return std::find(list.begin(), list.end(), m) != list.end(); }

}  // namespace

// Whom a movement or an operation streams with.
std::set<int> World::Involved(const Work& w) {
  std::set<int> out;
  if (w.kind == v1::ACTION_KIND_REBUILD || w.kind == v1::ACTION_KIND_REPAIR) return out;  // any source will do
  const Member& member = simulate::At(members, w.member);
  if (member.ring != Ring::kJoining && member.ring != Ring::kLeaving) return out;
  const bool joins = member.ring == Ring::kJoining;
  const std::vector<std::vector<int>> old_replicas = AllReplicas();
  const std::vector<std::vector<int>> then = ReplicasWith(w.member, joins ? Ring::kNormal : Ring::kOut);
  for (size_t r = 0; r < rows.size(); ++r) {
    // A joiner streams from who loses the range, a leaver to who gains it.
    const std::vector<int>& from = joins ? old_replicas[r] : then[r];
    const std::vector<int>& to = joins ? then[r] : old_replicas[r];
    if (!Has(to, w.member)) continue;
    for (const int m : from) {
      if (!Has(to, m) && m != w.member) out.insert(m);
    }
  }
  return out;
}

// The member gets what it replicates now and did not before: from `preferred`, else from who loses the range, else from
// whoever serves.
void World::Receive(int m, const std::vector<std::vector<int>>& old_replicas, int preferred) {
  const int slot = simulate::At(members, m).slot;
  if (slot == kNone) return;
  Volume& volume = simulate::At(slots, slot).volume;
  volume.rows.resize(rows.size(), 0);
  const std::vector<std::vector<int>>& replicas = AllReplicas();
  for (size_t r = 0; r < rows.size(); ++r) {
    if (!Has(replicas[r], m) || Has(old_replicas[r], m)) continue;
    uint32_t version = 0;
    bool found = false;
    const auto take = [&](int from) {
      const int s = simulate::At(members, from).slot;
      if (s == kNone || from == m) return;
      version = std::max(version, simulate::At(slots, s).volume.rows[r]);
      found = true;
    };
    if (preferred != kNone && Has(old_replicas[r], preferred)) take(preferred);
    for (const int from : old_replicas[r]) {
      if (!found && !Has(replicas[r], from) && Serves(simulate::At(members, from))) take(from);
    }
    for (const int from : old_replicas[r]) {
      if (!found && Serves(simulate::At(members, from))) take(from);
    }
    if (version > volume.rows[r]) streamed += row_bytes;
    volume.rows[r] = std::max(volume.rows[r], version);
  }
  ++data_version;
}

int64_t World::Used(const Volume& volume) const {
  int64_t used = volume.other_bytes;
  for (const uint32_t version : volume.rows) used += version > 0 ? row_bytes : 0;
  return used;
}

void World::AddWork(Work w) {
  if (w.rate <= 0) w.rate = kStreamRate;
  const int64_t seconds = std::max<int64_t>(1, w.seconds_left + w.bytes_left / w.rate);
  work.push_back(std::move(w));
  At(now + seconds, Occurrence::kWorkDone, Size(work) - 1);
}

void World::FailWork(int index, const std::string& why) {
  Work& w = simulate::At(work, index);
  if (w.over) return;
  w.over = true;
  Member& member = simulate::At(members, w.member);
  if (member.ring == Ring::kLeaving && w.kind == v1::ACTION_KIND_DECOMMISSION) {
    if (member.up) member.mode = v1::NODE_MODE_DECOMMISSION_FAILED;
    log("failed", StrCat("decommission of ", member.host_id, ": ", why), w.slot);
  } else if (member.ring == Ring::kJoining) {
    const int slot = member.slot;
    log("failed", StrCat("the join failed: ", why), slot);
    member.mode = v1::NODE_MODE_JOINING_FAILED;
    AbandonJoin(w.member);
    if (slot != kNone) {
      Slot& s = simulate::At(slots, slot);
      s.member = kNone;
      ++s.restarts;
      At(now + 60, Occurrence::kProcessUp, slot, s.generation);
    }
  }
  if (!w.id.empty()) report(w.id, w.attempt, false, why);
}

void World::FailStreams() {
  for (int i = 0; i < Size(work); ++i) {
    const Work& w = simulate::At(work, i);
    if (!w.over && (w.bytes_left > 0 || w.kind == v1::ACTION_KIND_DECOMMISSION)) FailWork(i, "a stream failed");
  }
}

void World::ProcessUp(int s, int generation) {
  Slot& slot = simulate::At(slots, s);
  if (slot.generation != generation || !slot.pod || slot.deleting || slot.machine_lost) return;
  if (slot.member != kNone) return;  // it runs
  if (slot.crash_loops) {
    slot.waiting = "CrashLoopBackOff";
    ++slot.restarts;
    return;
  }
  if (slot.volume.other_bytes > 0 && Used(slot.volume) >= slot.volume.capacity) {
    slot.waiting = "CrashLoopBackOff";
    At(now + 60, Occurrence::kProcessUp, s, generation);
    return;
  }
  slot.waiting.clear();
  if (slot.volume.host_id.empty()) {
    StartJoin(s);
    return;
  }
  const int m = FindMember(slot.volume.host_id);
  if (m == kNone || simulate::At(members, m).ring == Ring::kLeft || simulate::At(members, m).ring == Ring::kOut) {
    slot.waiting = "CrashLoopBackOff";  // Cassandra does not start on the data of a node that has left
    ++slot.restarts;
    return;
  }
  Member& member = simulate::At(members, m);
  slot.member = m;
  slot.ready = true;
  member.slot = s;
  if (!slot.release.empty()) member.release = slot.release;
  member.address = slot.address;
  member.mode = v1::NODE_MODE_NORMAL;
  const int64_t since = member.down_since;
  SetMember(m, Ring::kNormal, true);  // a node that was leaving forgets it with a restart
  if (since >= 0 && now - since <= kHintWindow) CatchUp(m);
  Control(slot.rack);
}

// Hints: what was written while it was away.
void World::CatchUp(int m) {
  Volume& volume = simulate::At(slots, simulate::At(members, m).slot).volume;
  const std::vector<std::vector<int>>& replicas = AllReplicas();
  for (size_t r = 0; r < rows.size(); ++r) {
    if (Has(replicas[r], m)) volume.rows[r] = rows[r].newest;
  }
  ++data_version;
}

void World::StartJoin(int s) {
  Slot& slot = simulate::At(slots, s);
  const auto retry = [&] { At(now + 30, Occurrence::kProcessUp, s, slot.generation); };
  bool known = false;
  bool seed_up = false;
  size_t tokens = 16;
  const Member* peer = nullptr;  // whose schema it gets
  for (const Member& m : members) {
    known |= m.ring == Ring::kNormal || m.ring == Ring::kLeaving;
    seed_up |= Serves(m);
    if (Serves(m)) peer = &m;
    if (!m.tokens.empty()) tokens = m.tokens.size();
  }
  if (known && (!seed_up || Moving())) return retry();  // no contact point, or "other bootstrapping nodes detected"
  const v1::Target own = SlotTarget(s);
  const bool seeds_itself = std::any_of(seeds.begin(), seeds.end(), [&](const v1::Target& t) {
    return t.datacenter() == own.datacenter() && t.rack() == own.rack() && t.ordinal() == own.ordinal();
  });
  const int again = slot.volume.joins_as;
  Member member;
  member.host_id = again == kNone ? NewHostId() : simulate::At(members, again).host_id;
  member.rack = slot.rack;
  member.dc = simulate::At(racks, slot.rack).dc;
  member.slot = s;
  member.address = slot.address;
  member.release = slot.release;
  if (peer != nullptr) member.schema = peer->schema;
  if (peer != nullptr) member.partitioner = peer->partitioner;
  const int replaced = std::exchange(slot.replace, kNone);
  if (replaced != kNone) {
    member.replaces = replaced;
    member.tokens = simulate::At(members, replaced).tokens;
  } else {
    for (size_t t = 0; t < tokens; ++t) member.tokens.push_back(static_cast<int64_t>(random.Next()));
  }
  const int m = again == kNone ? Size(members) : again;
  if (again == kNone) members.emplace_back();
  simulate::At(members, m) = std::move(member);
  slot.member = m;
  slot.volume.host_id = simulate::At(members, m).host_id;
  slot.volume.rows.assign(rows.size(), 0);
  Work w;
  w.kind = v1::ACTION_KIND_START_NODE;
  w.member = m;
  w.slot = s;
  if (!known) {
    simulate::At(members, m).mode = v1::NODE_MODE_NORMAL;
    SetMember(m, Ring::kNormal, true);
    ++clusters;
    slot.ready = true;
    log("cluster", "the first node of a new cluster", s);
    Control(slot.rack);
    return;
  }
  if (seeds_itself && replaced == kNone) {
    simulate::At(members, m).mode = v1::NODE_MODE_NORMAL;
    SetMember(m, Ring::kNormal, true);
    slot.ready = true;
    const bool data =
        std::any_of(AllReplicas().begin(), AllReplicas().end(), [&](const auto& list) { return Has(list, m); });
    log("cluster", "joined as its own seed, without streaming", s);
    if (data)
      violate("seeds", StrCat(SlotName(s), " joined as its own seed and has none of the data that it replicates"));
    Control(slot.rack);
    return;
  }
  simulate::At(members, m).mode = v1::NODE_MODE_JOINING;
  SetMember(m, Ring::kJoining, true);
  const std::vector<std::vector<int>> then = ReplicasWith(m, Ring::kNormal);
  for (const auto& list : then) w.bytes_left += Has(list, m) ? row_bytes : 0;
  w.seconds_left = 30;
  if (InvolvedDown(w)) {
    work.push_back(w);
    FailWork(Size(work) - 1, "a node that it streams from is down");
    return;
  }
  AddWork(std::move(w));
}

bool World::InvolvedDown(const Work& w) {
  for (const int m : Involved(w)) {
    if (!Serves(simulate::At(members, m)) && simulate::At(members, w.member).replaces == kNone) return true;
  }
  return false;
}

void World::FinishJoin(const Work& w) {
  Member& member = simulate::At(members, w.member);
  std::vector<std::vector<int>> before = AllReplicas();
  const int replaced = member.replaces;
  if (replaced != kNone) {
    for (auto& list : before) list.erase(std::remove(list.begin(), list.end(), replaced), list.end());
    Gone(replaced);
    member.replaces = kNone;
  }
  member.mode = v1::NODE_MODE_NORMAL;
  SetMember(w.member, Ring::kNormal, true);
  Receive(w.member, before, kNone);
  Slot& slot = simulate::At(slots, w.slot);
  slot.ready = true;
  log("cluster", StrCat("joined as ", member.host_id), w.slot);
  Control(slot.rack);
}

bool World::Decommission(int m, const std::string& id, int attempt, bool force, std::string* why) {
  Member& member = simulate::At(members, m);
  if (member.mode != v1::NODE_MODE_NORMAL && member.mode != v1::NODE_MODE_DECOMMISSION_FAILED) {
    *why = "the node is not in a mode from which it can leave";
    return false;
  }
  int others = 0;
  for (const Member& o : members) {
    others += &o != &member && o.dc == member.dc && o.ring == Ring::kNormal ? 1 : 0;
    if (&o != &member && (o.ring == Ring::kJoining || o.ring == Ring::kLeaving)) {
      *why = "another node moves";
      return false;
    }
  }
  for (const KeyspaceState& k : keyspaces) {
    const bool local = absl::EndsWith(k.spec.strategy(), "LocalStrategy");
    const int factor = k.simple ? k.factors[0] : simulate::At(k.factors, member.dc);
    if (!local && !force && !k.simple && factor > 0 && others < factor) {
      *why = StrCat("Unsupported operation: not enough live nodes to maintain replication factor in keyspace ",
                    k.spec.name());
      return false;
    }
  }
  SetMember(m, Ring::kLeaving, true);
  member.mode = v1::NODE_MODE_LEAVING;
  Work w;
  w.id = id;
  w.attempt = attempt;
  w.kind = v1::ACTION_KIND_DECOMMISSION;
  w.member = m;
  w.slot = member.slot;
  w.seconds_left = 60;
  for (const auto& list : AllReplicas()) w.bytes_left += Has(list, m) ? row_bytes : 0;
  if (InvolvedDown(w)) {
    work.push_back(w);
    FailWork(Size(work) - 1, "a node that it streams to is down");
    return true;
  }
  AddWork(std::move(w));
  return true;
}

void World::FinishLeave(const Work& w) {
  Member& member = simulate::At(members, w.member);
  const std::vector<std::vector<int>> before = AllReplicas();
  const bool dead = !member.up;
  if (!dead) member.mode = v1::NODE_MODE_DECOMMISSIONED;
  SetMember(w.member, Ring::kLeft, member.up);
  member.left_at = now;
  for (int m = 0; m < Size(members); ++m) {
    if (m != w.member && simulate::At(members, m).ring == Ring::kNormal) Receive(m, before, dead ? kNone : w.member);
  }
  ++serving_version;
  log("cluster", StrCat(member.host_id, " has left the ring"), w.slot);
}

void World::RemoveNode(int m, const std::string& id, int attempt) {
  Member& member = simulate::At(members, m);
  if (member.up || member.ring != Ring::kNormal) {
    if (!id.empty()) report(id, attempt, false, "the node is alive, or is no member");
    return;
  }
  Work w;
  w.id = id;
  w.attempt = attempt;
  w.kind = v1::ACTION_KIND_REMOVE_NODE;
  w.member = m;
  w.slot = member.slot;
  w.seconds_left = 60;
  for (const auto& list : AllReplicas()) w.bytes_left += Has(list, m) ? row_bytes : 0;
  SetMember(m, Ring::kLeaving, false);
  AddWork(std::move(w));
}

void World::Assassinate(int m) {
  SetMember(m, Ring::kLeft, false);
  simulate::At(members, m).left_at = now;
}

void World::Operate(v1::ActionKind kind, int s, const v1::Action& action, int attempt) {
  Slot& slot = simulate::At(slots, s);
  if (slot.member == kNone || !simulate::At(members, slot.member).up) {
    if (!action.id().empty()) report(action.id(), attempt, false, "the node does not answer");
    return;
  }
  Work w;
  w.id = action.id();
  w.attempt = attempt;
  w.kind = kind;
  w.member = slot.member;
  w.slot = s;
  w.source_dc = FindDc(action.source_datacenter());
  for (int k = 0; k < Size(keyspaces); ++k) {
    if (simulate::At(keyspaces, k).spec.name() == action.target().keyspace()) w.keyspace = k;
  }
  const int64_t used = Used(slot.volume);
  w.seconds_left = 10;
  if (kind == v1::ACTION_KIND_REBUILD || kind == v1::ACTION_KIND_REPAIR) w.bytes_left = used;
  if (kind == v1::ACTION_KIND_CLEANUP || kind == v1::ACTION_KIND_UPGRADE_SSTABLES) w.seconds_left += used / (64 << 20);
  AddWork(std::move(w));
}

void World::FinishWork(int index) {
  const Work w = simulate::At(work, index);
  if (w.over) return;
  if (streams_stuck && w.bytes_left > 0) {
    At(now + 60, Occurrence::kWorkDone, index);
    return;
  }
  simulate::At(work, index).over = true;
  const std::vector<std::vector<int>>& replicas = AllReplicas();
  switch (w.kind) {
    case v1::ACTION_KIND_START_NODE:
      FinishJoin(w);
      break;
    case v1::ACTION_KIND_DECOMMISSION:
    case v1::ACTION_KIND_REMOVE_NODE:
      FinishLeave(w);
      break;
    case v1::ACTION_KIND_CLEANUP: {
      Volume& volume = simulate::At(slots, w.slot).volume;
      for (size_t r = 0; r < rows.size(); ++r) {
        if (!Has(replicas[r], w.member)) volume.rows[r] = 0;
      }
      ++data_version;
      break;
    }
    case v1::ACTION_KIND_REBUILD:
    case v1::ACTION_KIND_REPAIR:
      for (size_t r = 0; r < rows.size(); ++r) {
        if (w.keyspace != kNone && rows[r].keyspace != w.keyspace) continue;
        if (!Has(replicas[r], w.member)) continue;
        uint32_t newest = 0;
        for (const int m : replicas[r]) {
          const Member& from = simulate::At(members, m);
          const bool source = w.source_dc == kNone || from.dc == w.source_dc;
          if (source && Serves(from)) newest = std::max(newest, simulate::At(slots, from.slot).volume.rows[r]);
        }
        uint32_t& own = simulate::At(slots, w.slot).volume.rows[r];
        if (newest > own) streamed += row_bytes;
        own = std::max(own, newest);
      }
      ++data_version;
      break;
    default:
      break;
  }
  if (!w.id.empty()) report(w.id, w.attempt, true, "");
}

// Writes go on: a third of the rows each minute. Now and then one is deleted, and its tombstone is compacted away.
void World::Traffic() {
  const std::vector<std::vector<int>>& replicas = AllReplicas();
  for (size_t r = 0; r < rows.size(); ++r) {
    if (!random.OneIn(3) || replicas[r].empty()) continue;
    Row& row = rows[r];
    ++row.counter;
    std::vector<int> written(dcs.size(), 0);
    std::vector<int> all(dcs.size(), 0);
    for (const int m : replicas[r]) {
      const Member& member = simulate::At(members, m);
      ++simulate::At(all, member.dc);
      if (!Serves(member) || member.slot == kNone) continue;
      simulate::At(slots, member.slot).volume.rows[r] = row.counter;
      ++simulate::At(written, member.dc);
    }
    for (size_t d = 0; d < all.size(); ++d) {
      if (all[d] > 0 && written[d] >= all[d] / 2 + 1) row.newest = row.counter;
    }
    const bool everywhere = written == all;
    if (!everywhere || !random.OneIn(40)) continue;
    for (const int m : replicas[r]) simulate::At(slots, simulate::At(members, m).slot).volume.rows[r] = 0;
    row.deleted = row.counter;
    row.newest = 0;
  }
}

}  // namespace cassplan::simulate
