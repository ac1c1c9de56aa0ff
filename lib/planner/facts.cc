#include "lib/planner/facts.h"

#include <algorithm>
#include <utility>

#include "lib/planner/admit.h"

namespace cassplan::planner {
namespace {

bool Starts(Kind kind) { return kind == Kind::kRestartNode || kind == Kind::kStartNode || kind == Kind::kReplaceNode; }

// The release line where it is not known, told differently, or no release at all: another than any.
constexpr absl::string_view kUnsureLine = "?";
// Of nodes that this plan starts, where the template does not tell its release: they are alike, and like nobody else.
constexpr absl::string_view kNewLine = "new";

// Unknown is not absent: only of a node that is known to be down the release may be missing.
Runs LineOf(const planner::Member& m) {
  const Runs runs = m.runs();
  return m.release_unsure || (runs.line.empty() && !m.down) ? Runs{kUnsureLine, ""} : runs;
}

bool ReadsRelease(Kind kind) {
  return IsMovement(kind) || kind == Kind::kRebuild || kind == Kind::kRepair || kind == Kind::kUpgradeSstables;
}

}  // namespace

Facts::Facts(const Model& model, const Resources& resources) : model_(model), resources_(resources) {
  const size_t racks = model.racks.size();
  const size_t dcs = model.dcs.size();
  const size_t members = model.members.size();
  members_.resize(members);
  is_seed_.assign(members, 0);
  for (auto* counter : {&away_rack_, &away_after_rack_, &new_rack_, &disrupted_rack_, &nodes_rack_}) {
    counter->assign(racks, 0);
  }
  for (auto* counter : {&away_dc_, &away_after_dc_, &new_dc_, &disrupted_dc_, &nodes_dc_, &joined_dc_, &owed_dc_,
                        &open_repairs_, &open_rebuild_sources_, &open_disrupted_dc_}) {
    counter->assign(dcs, 0);
  }
  open_members_.resize(dcs);
  in_ring_.assign(members, 0);
  owed_.assign(members, 0);
  extra_bytes_.assign(members, 0);
  line_after_.assign(members, kNone);
  owes_upgrade_.assign(members, kNone);
  grown_.assign(model.slots.size(), 0);
  net_change_.assign(static_cast<size_t>(resources.count()), 0);
  for (const Keyspace& k : model.keyspaces) rf_.push_back(k.rf);
  active_.assign(model.classes.size(), 1);
  altered_.assign(dcs, 0);
  replicas_.resize(model.classes.size() * dcs);
  replicas_tried_.assign(replicas_.size(), 0);
  for (const Id seed : model.seeds) {
    if (model.slot(seed).member != kNone) is_seed_[Index(model.slot(seed).member)] = 1;
  }
  for (size_t i = 0; i < members; ++i) {
    const planner::Member& m = model.members[i];
    const Id id = static_cast<Id>(i);
    in_ring_[i] = m.in_ring ? 1 : 0;
    if (m.in_ring && (!m.up || m.at_risk)) {
      SetAway(id, true);
      SetAwayAfter(id, true);
    }
    if (m.in_ring && m.rack != kNone) {
      ++nodes_rack_[Index(m.rack)];
      ++nodes_dc_[Index(m.dc)];
    }
    if (m.in_ring && m.rack == kNone && unplaced_ == kNone) unplaced_ = id;
    if (m.cleanup_owed) SetOwed(id, true);
    line_after_[i] = LineIndex(LineOf(m));
    if (m.in_ring) ++line_count_[Index(line_after_[i])];
    if (m.upgrade_owed && m.in_ring) {
      owes_upgrade_[i] = line_after_[i];
      ++owed_upgrades_[Index(line_after_[i])];
    }
  }
  line_count_after_ = line_count_;
  owed_upgrades_after_ = owed_upgrades_;
  ReadSchemaVersions();
  CountFailedRestarts();
}

// Those that the ledger tells, and nodes that do not come up with the template that is desired: that one is the next
// node's, too, so that what happens to them would happen to it.
void Facts::CountFailedRestarts() {
  std::vector<uint8_t> counted(model_.slots.size(), 0);
  for (const FailedStart& failed : model_.failed_starts) {
    if (failed.kind != Kind::kRestartNode) continue;
    // It serves, and shall get another template than the one that failed.
    const Slot* slot = failed.slot == kNone ? nullptr : &model_.slot(failed.slot);
    const bool over = slot != nullptr && failed.member != kNone && model_.member(failed.member).up &&
                      slot->revision != model_.rack(slot->rack).desired_revision;
    if (over) continue;
    ++failed_restarts_;
    if (failed.slot != kNone) counted[Index(failed.slot)] = 1;
  }
  for (const InFlight& running : model_.in_flight) {
    if (running.slot != kNone) counted[Index(running.slot)] = 1;
  }
  for (size_t s = 0; s < model_.slots.size(); ++s) {
    const Slot& slot = model_.slots[s];
    const Rack& rack = model_.rack(slot.rack);
    // A new node that no machine takes says nothing of the others.
    const bool waits = slot.schedulable == Known::kNo && slot.member != kNone;
    const bool broken = slot.ready == Known::kNo && (!slot.waiting_reason.empty() || waits) && !slot.awaits_permit;
    if (counted[s] != 0 || slot.present != Known::kYes || !broken || !slot.desired) continue;
    const bool current =
        slot.revision == rack.desired_revision && (rack.restart_token.empty() || slot.token == rack.restart_token);
    if (current && !rack.desired_revision.empty()) ++failed_restarts_;
  }
}

Id Facts::LineIndex(Runs runs) {
  const auto same = [&](const Runs& x) { return x.line == runs.line && x.mode == runs.mode; };
  const auto at = std::find_if(lines_.begin(), lines_.end(), same);
  const auto index = static_cast<Id>(at - lines_.begin());
  if (at != lines_.end()) return index;
  lines_.push_back(runs);
  for (auto* counter : {&line_count_, &line_count_after_, &owed_upgrades_, &owed_upgrades_after_}) {
    counter->resize(lines_.size(), 0);
  }
  return index;
}

void Facts::ReadSchemaVersions() {
  std::vector<Id> first_of_line(lines_.size(), kNone);
  Id first = kNone;
  for (size_t i = 0; i < model_.members.size(); ++i) {
    const planner::Member& m = model_.members[i];
    const Id id = static_cast<Id>(i);
    if (!m.up || !m.in_ring) continue;
    if (m.schema_version.empty()) {
      if (!m.external && schema_agreement_.unknown == kNone) schema_agreement_.unknown = id;
      continue;
    }
    auto differs = [&](Id other) { return other != kNone && model_.member(other).schema_version != m.schema_version; };
    const absl::string_view line = lines_[Index(line_after_[i])].line;  // in whatever mode
    const auto same = std::find_if(lines_.begin(), lines_.end(), [&](const Runs& x) { return x.line == line; });
    Id& of_line = first_of_line[static_cast<size_t>(same - lines_.begin())];
    if (schema_agreement_.differs == kNone && differs(first)) schema_agreement_.differs = id;
    if (schema_agreement_.differs_in_release == kNone && differs(of_line)) schema_agreement_.differs_in_release = id;
    if (first == kNone) first = id;
    if (of_line == kNone) of_line = id;
  }
}

void Facts::SetAway(Id member, bool away) {
  Member& m = members_[Index(member)];
  if (m.away == away) return;
  m.away = away;
  const planner::Member& source = model_.member(member);
  if (source.rack == kNone) return;
  away_rack_[Index(source.rack)] += away ? 1 : -1;
  away_dc_[Index(source.dc)] += away ? 1 : -1;
}

void Facts::SetAwayAfter(Id member, bool away) {
  Member& m = members_[Index(member)];
  if (m.away_after == away) return;
  m.away_after = away;
  const planner::Member& source = model_.member(member);
  if (source.rack == kNone) return;
  away_after_rack_[Index(source.rack)] += away ? 1 : -1;
  away_after_dc_[Index(source.dc)] += away ? 1 : -1;
}

bool Facts::Away(Id member, bool fresh) const {
  const Member& m = members_[Index(member)];
  return fresh ? m.away_after : m.away || m.disrupted;
}

int32_t Facts::AwayInRack(Id rack, bool fresh) const {
  return fresh ? away_after_rack_[Index(rack)] : away_rack_[Index(rack)] + new_rack_[Index(rack)];
}

int32_t Facts::AwayInDc(Id dc, bool fresh) const {
  return fresh ? away_after_dc_[Index(dc)] : away_dc_[Index(dc)] + new_dc_[Index(dc)];
}

int32_t Facts::LiveSeeds(Id dc, bool fresh) const {
  int32_t live = 0;
  for (const Id seed : model_.seeds) {
    const Id m = model_.slot(seed).member;
    if (m != kNone && model_.member(m).dc == dc && in_ring_[Index(m)] != 0 && !Away(m, fresh)) ++live;
  }
  return live;
}

int32_t Facts::RacksInDc(Id dc) const {
  int32_t racks = 0;
  for (Id r = model_.dc(dc).first_rack; r < model_.dc(dc).last_rack; ++r) racks += nodes_rack_[Index(r)] > 0 ? 1 : 0;
  return racks;
}

std::unique_ptr<placement::ReplicaMap> Facts::MakeReplicas(Id replication_class, Id dc) const {
  const ReplicationClass& c = model_.classes[Index(replication_class)];
  const bool simple = c.strategy == planner::Replicates::kSimple;
  std::vector<placement::Token> tokens;
  for (size_t i = 0; i < model_.members.size(); ++i) {
    const planner::Member& m = model_.members[i];
    if (in_ring_[i] == 0 || (!simple && m.dc != dc && m.dc != kNone)) continue;
    if (m.first_token == m.last_token || m.rack == kNone) return nullptr;
    for (int32_t t = m.first_token; t < m.last_token; ++t) {
      tokens.push_back({model_.tokens[static_cast<size_t>(t)], static_cast<placement::Node>(i)});
    }
  }
  const int32_t rf = simple ? c.simple_rf : c.rf[Index(dc)];
  return std::make_unique<placement::ReplicaMap>(
      std::move(tokens), simple ? placement::Strategy::kSimple : placement::Strategy::kNetworkTopology, rf,
      model_.rack_of_member);
}

const placement::ReplicaMap* Facts::Replicas(Id replication_class, Id dc) const {
  const bool simple = model_.classes[Index(replication_class)].strategy == planner::Replicates::kSimple;
  const size_t at = Index(replication_class) * model_.dcs.size() + (simple ? 0 : Index(dc));
  if (replicas_tried_[at] == 0) {
    replicas_tried_[at] = 1;
    replicas_[at] = MakeReplicas(replication_class, dc);
  }
  return replicas_[at].get();
}

Facts::Releases Facts::ReleasesOf(bool fresh, Runs with) const {
  const std::vector<int32_t>& count = fresh ? line_count_after_ : line_count_;
  Runs seen = with;
  bool unsure = false;
  bool newcomers = false;
  const auto differs = [](absl::string_view a, absl::string_view b) { return !a.empty() && !b.empty() && a != b; };
  for (size_t i = 0; i < lines_.size(); ++i) {
    // What the open section brings may be there already.
    if ((count[i] == 0 && line_count_after_[i] == 0) || lines_[i].line.empty()) continue;
    unsure = unsure || lines_[i].line == kUnsureLine;
    newcomers = newcomers || lines_[i].line == kNewLine;
    if (lines_[i].line == kUnsureLine || lines_[i].line == kNewLine) continue;
    if (differs(seen.line, lines_[i].line) || differs(seen.mode, lines_[i].mode)) return Releases::kDiffer;
    seen.line = lines_[i].line;
    if (!lines_[i].mode.empty()) seen.mode = lines_[i].mode;
  }
  unsure = unsure || (newcomers && !seen.line.empty());
  return unsure ? Releases::kUnsure : Releases::kOne;
}

int32_t Facts::OwedUpgrades(bool fresh, absl::string_view line) const {
  const std::vector<int32_t>& owed = fresh ? owed_upgrades_after_ : owed_upgrades_;
  int32_t n = 0;
  for (size_t i = 0; i < lines_.size(); ++i) n += lines_[i].line != line ? owed[i] : 0;
  return n;
}

int32_t Facts::OtherDatacenters(Id except) const {
  int32_t n = 0;
  for (size_t d = 0; d < open_disrupted_dc_.size(); ++d) {
    n += static_cast<Id>(d) != except && open_disrupted_dc_[d] > 0 ? 1 : 0;
  }
  return n;
}

void Facts::Disrupt(const Action& a) {
  if (a.member == kNone) return;
  Member& m = members_[Index(a.member)];
  const planner::Member& source = model_.member(a.member);
  if (source.dc == kNone) return;  // in flight, and nobody tells where: quorum holds all others
  if (!m.disrupted) {
    m.disrupted = true;
    open_members_[Index(resources_.serving(source.dc) - resources_.serving(0))].push_back(a.member);
    if (source.rack != kNone) {
      ++disrupted_rack_[Index(source.rack)];
      ++disrupted_dc_[Index(source.dc)];
      if (!m.away) {
        ++new_rack_[Index(source.rack)];
        ++new_dc_[Index(source.dc)];
      }
    }
  }
  // A drained node stays away until it is restarted.
  const bool comes_back = Starts(a.kind) && !source.at_risk;
  if (comes_back) {
    if (m.away_after) net_change_[static_cast<size_t>(resources_.serving(source.dc))] = 1;
    SetAwayAfter(a.member, false);
  } else if (a.kind == Kind::kDrain && !a.in_unit) {
    SetAwayAfter(a.member, true);
  }
}

void Facts::Place(const Action& a, const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    if (claim.resource == resources_.disruption() && a.dc != kNone) ++open_disrupted_dc_[Index(a.dc)];
    if (claim.resource == resources_.schema()) EffectOnSchema(a);
  }
  if (IsDisruption(a.kind) || (a.kind == Kind::kStartNode && !a.joins)) {
    if (!a.joins) Disrupt(a);
  }
  EffectOnServing(a);
  EffectOnRing(a);
}

void Facts::EffectOnSchema(const Action& a) {
  if (ReadsRelease(a.kind) || a.joins) ++open_release_readers_;
  if (a.release_changes) ++open_release_changes_;
  const Resource schema = resources_.schema();
  auto move_line = [&](Id member, Runs runs) {
    const Id at = LineIndex(runs);
    if (member != kNone && in_ring_[Index(member)] != 0) --line_count_after_[Index(line_after_[Index(member)])];
    if (member != kNone) line_after_[Index(member)] = at;
    ++line_count_after_[Index(at)];
    net_change_[static_cast<size_t>(schema)] = 1;
  };
  if (a.kind == Kind::kUpgradeSstables && a.member != kNone && owes_upgrade_[Index(a.member)] != kNone) {
    --owed_upgrades_after_[Index(owes_upgrade_[Index(a.member)])];
    owes_upgrade_[Index(a.member)] = kNone;
    net_change_[static_cast<size_t>(schema)] = 1;
  }
  if (a.kind == Kind::kRestartNode && a.release_changes && a.member != kNone) {
    move_line(a.member, DesiredRuns(model_.rack(a.rack)));
  } else if (a.joins || a.kind == Kind::kReplaceNode) {
    const Runs runs = DesiredRuns(model_.rack(a.rack));
    move_line(a.kind == Kind::kReplaceNode ? a.member : kNone, runs.line.empty() ? Runs{kNewLine, ""} : runs);
  } else if (a.kind == Kind::kDecommission || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate) {
    if (a.member != kNone) --line_count_after_[Index(line_after_[Index(a.member)])];
    if (a.member != kNone && owes_upgrade_[Index(a.member)] != kNone) {
      --owed_upgrades_after_[Index(owes_upgrade_[Index(a.member)])];
      owes_upgrade_[Index(a.member)] = kNone;
    }
    net_change_[static_cast<size_t>(schema)] = 1;
  }
}

void Facts::EffectOnServing(const Action& a) {
  switch (a.kind) {
    case Kind::kReplaceNode:
      if (a.member == kNone) break;
      SetAway(a.member, false);  // alone: closed at once
      SetAwayAfter(a.member, false);
      net_change_[static_cast<size_t>(resources_.serving(a.dc))] = 1;
      break;
    case Kind::kDecommission:
    case Kind::kRemoveNode:
    case Kind::kAssassinate:
      if (a.member == kNone) break;
      SetAway(a.member, false);
      SetAwayAfter(a.member, false);
      net_change_[static_cast<size_t>(resources_.serving(a.dc))] = 1;
      break;
    case Kind::kRebuild:
      for (Id d = 0; d < static_cast<Id>(model_.dcs.size()); ++d) {
        if (a.source_dc == kNone || a.source_dc == d) ++open_rebuild_sources_[Index(d)];
      }
      break;
    case Kind::kRepair:
      for (Id d = 0; d < static_cast<Id>(model_.dcs.size()); ++d) {
        const Keyspace& k = model_.keyspace(a.keyspace);
        if (k.strategy == planner::Replicates::kNetworkTopology && k.rf[Index(d)] == 0) continue;
        ++open_repairs_[Index(d)];
      }
      break;
    default:
      break;
  }
}

void Facts::EffectOnRing(const Action& a) {
  const size_t ring = a.dc == kNone ? 0 : static_cast<size_t>(resources_.ring(a.dc));
  if (a.joins) {
    ++nodes_dc_[Index(a.dc)];
    ++nodes_rack_[Index(a.rack)];
    ++joined_dc_[Index(a.dc)];
    AddOwed(a.dc, a.member);
    net_change_[ring] = 1;
    return;
  }
  switch (a.kind) {
    case Kind::kDecommission:
    case Kind::kRemoveNode:
    case Kind::kAssassinate:
      RemoveFromRing(a);
      net_change_[ring] = 1;
      break;
    case Kind::kCleanup:
      if (a.member != kNone && owed_[Index(a.member)] != 0 && !a.some_keyspaces) {
        SetOwed(a.member, false);
        net_change_[ring] = 1;
      }
      break;
    case Kind::kGrowVolume:
      if (a.slot != kNone && a.capacity > grown_[Index(a.slot)]) {
        grown_[Index(a.slot)] = a.capacity;
        net_change_[ring] = 1;
      }
      break;
    case Kind::kAlterKeyspace:
      ChangeReplication(a);
      net_change_[ring] = 1;
      break;
    default:
      break;
  }
}

void Facts::ChangeReplication(const Action& a) {
  if (a.converts) return;
  int32_t& factor = rf_[Index(a.keyspace)][Index(a.dc)];
  const bool lowers = a.replication_factor < factor;
  const bool raises = a.replication_factor > factor;
  factor = a.replication_factor;
  for (size_t d = 0; d < altered_.size(); ++d) {
    if (static_cast<Id>(d) != a.dc && !model_.merged) continue;
    altered_[d] = std::max<uint8_t>(altered_[d], raises ? 2 : lowers ? 1 : 0);
  }
  // Where nodes stay they keep data that they hold no replica of any more.
  if (!lowers || DesiredNodes(model_, a.dc) == 0) return;
  for (size_t i = 0; i < model_.members.size(); ++i) {
    if (in_ring_[i] != 0 && model_.members[i].dc == a.dc && !model_.members[i].external)
      SetOwed(static_cast<Id>(i), true);
  }
}

bool Facts::Replicates(Id replication_class, Id dc) const {
  const ReplicationClass& c = model_.classes[Index(replication_class)];
  if (c.strategy == planner::Replicates::kSimple) return true;
  if (c.rf[Index(dc)] == 0) return false;
  for (size_t k = 0; k < model_.keyspaces.size(); ++k) {
    if (model_.keyspaces[k].replication_class == replication_class && rf_[k][Index(dc)] > 0) return true;
  }
  return false;
}

void Facts::RemoveFromRing(const Action& a) {
  if (a.member == kNone || in_ring_[Index(a.member)] == 0) return;
  const planner::Member& m = model_.member(a.member);
  in_ring_[Index(a.member)] = 0;
  SetOwed(a.member, false);
  if (m.rack != kNone) {
    --nodes_rack_[Index(m.rack)];
    --nodes_dc_[Index(m.dc)];
  }
  // What it held goes to the others: remembered as bytes, so that the next step is judged with them.
  for (const ring::Incoming& in : Incoming(a.member)) {
    if (in.bytes.has_value()) extra_bytes_[Index(in.node)] += *in.bytes;
  }
  for (auto& map : replicas_) {
    if (map != nullptr) map->Remove(a.member);
  }
}

std::optional<int64_t> Facts::LargestLoad(Id dc) const {
  std::optional<int64_t> largest;
  for (const planner::Member& m : model_.members) {
    if (m.dc == dc && m.load.has_value()) largest = std::max(largest.value_or(0), *m.load);
  }
  return largest;
}

std::vector<ring::Incoming> Facts::Incoming(Id leaver) const {
  const planner::Member& m = model_.member(leaver);
  std::vector<const placement::ReplicaMap*> maps;
  for (size_t c = 0; c < model_.classes.size(); ++c) {
    if (!Replicates(static_cast<Id>(c), m.dc)) continue;
    const placement::ReplicaMap* map = Replicas(static_cast<Id>(c), m.dc);
    if (map != nullptr && map->in_ring(leaver)) maps.push_back(map);
  }
  std::optional<int64_t> load = m.load;
  if (!load.has_value() && m.down) load = LargestLoad(m.dc);  // nobody can ask a dead one
  if (load.has_value()) *load += ExtraBytes(leaver);          // what this plan has brought there before
  return ring::ForecastLeave(maps, leaver, load);
}

void Facts::SetOwed(Id member, bool owed) {
  uint8_t& now = owed_[Index(member)];
  if ((now != 0) == owed) return;
  now = owed ? 1 : 0;
  const planner::Member& m = model_.member(member);
  if (m.dc != kNone) owed_dc_[Index(m.dc)] += owed ? 1 : -1;
}

void Facts::AddOwed(Id dc, Id except) {
  bool replicates = false;
  for (size_t k = 0; k < model_.keyspaces.size(); ++k) {
    const Keyspace& ks = model_.keyspaces[k];
    if (!ks.user && !ks.counted) continue;
    replicates = replicates || ks.strategy == planner::Replicates::kSimple || rf_[k][Index(dc)] > 0;
  }
  if (!replicates) return;
  for (size_t i = 0; i < model_.members.size(); ++i) {
    if (in_ring_[i] == 0 || static_cast<Id>(i) == except || model_.members[i].external) continue;
    if (model_.members[i].dc == dc || model_.merged) SetOwed(static_cast<Id>(i), true);
  }
}

bool Facts::CloseServing(Resource resource) {
  const size_t at = static_cast<size_t>(resource - resources_.serving(0));
  bool changed = false;
  for (const Id id : open_members_[at]) {
    Member& m = members_[Index(id)];
    const planner::Member& source = model_.member(id);
    if (source.rack != kNone) {
      --disrupted_rack_[Index(source.rack)];
      --disrupted_dc_[Index(source.dc)];
      if (!m.away) {
        --new_rack_[Index(source.rack)];
        --new_dc_[Index(source.dc)];
      }
    }
    m.disrupted = false;
    if (m.away != m.away_after) changed = true;
    SetAway(id, m.away_after);
  }
  open_members_[at].clear();
  for (size_t d = 0; d < model_.dcs.size(); ++d) {
    if (resources_.serving(static_cast<Id>(d)) != resource) continue;
    open_repairs_[d] = 0;
    open_rebuild_sources_[d] = 0;
  }
  return changed;
}

bool Facts::Close(Resource resource) {
  uint8_t& net = net_change_[static_cast<size_t>(resource)];
  bool changed = net != 0;
  net = 0;
  if (resources_.IsServing(resource)) changed = CloseServing(resource) || changed;
  if (resource == resources_.schema()) {
    line_count_ = line_count_after_;
    owed_upgrades_ = owed_upgrades_after_;
    open_release_changes_ = 0;
    open_release_readers_ = 0;
  }
  if (resource == resources_.disruption()) open_disrupted_dc_.assign(open_disrupted_dc_.size(), 0);
  return changed;
}

}  // namespace cassplan::planner
