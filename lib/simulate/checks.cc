#include "lib/simulate/checks.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/simulate/observe.h"
#include "lib/verify/invariants.h"

namespace cassplan::simulate {
namespace {

using absl::StrCat;

constexpr int64_t kMostCompactions = 1000;  // what policy lets a node have by default

bool InFlight(const v1::StartedAction& s) {
  return s.state() == v1::STARTED_STATE_IN_FLIGHT || s.state() == v1::STARTED_STATE_SUCCEEDED;
}

bool Disrupts(v1::ActionKind kind) { return kind == v1::ACTION_KIND_DRAIN || kind == v1::ACTION_KIND_RESTART_NODE; }

bool Moves(v1::ActionKind kind) {
  return kind == v1::ACTION_KIND_DECOMMISSION || kind == v1::ACTION_KIND_START_NODE ||
         kind == v1::ACTION_KIND_REPLACE_NODE || kind == v1::ACTION_KIND_REMOVE_NODE;
}

}  // namespace

int Checker::Need(int keyspace, int factor) const {
  const std::string& name = At(w_.keyspaces, keyspace).spec.name();
  const auto* levels = &policy_.levels();
  for (const v1::KeyspacePolicy& own : policy_.keyspaces()) {
    if (own.name() != name) continue;
    if (own.ignore()) return 0;
    if (!own.levels().empty()) levels = &own.levels();
  }
  int need = levels->empty() ? factor / 2 + 1 : 0;
  for (const int level : *levels) {
    int own = factor / 2 + 1;
    if (level == v1::CONSISTENCY_LEVEL_ONE || level == v1::CONSISTENCY_LEVEL_LOCAL_ONE) own = 1;
    if (level == v1::CONSISTENCY_LEVEL_TWO) own = 2;
    if (level == v1::CONSISTENCY_LEVEL_THREE) own = 3;
    if (level == v1::CONSISTENCY_LEVEL_ALL) own = factor;
    // Over all datacenters: judged by the verifier's invariants at each start.
    if (level == v1::CONSISTENCY_LEVEL_QUORUM || level == v1::CONSISTENCY_LEVEL_SERIAL)
      own = w_.dcs.size() > 1 ? 0 : own;
    need = std::max(need, own);
  }
  return std::min(need, factor);
}

void Checker::State(const v1::Ledger& ledger) {
  ++states_;
  std::string planned;
  for (const v1::StartedAction& s : ledger.started()) {
    if (InFlight(s) && Disrupts(s.kind())) planned += s.id();
  }
  const auto serving = std::make_tuple(w_.serving_version, w_.ring_version, planned);
  if (serving != seen_serving_) {
    seen_serving_ = serving;
    Availability(ledger);
    Movements(ledger);
  }
  const auto data = std::make_pair(w_.data_version, w_.ring_version);
  if (data != seen_data_) {
    seen_data_ = data;
    Data();
    Disks();
  }
}

void Checker::Availability(const v1::Ledger& ledger) {
  std::set<int> running;
  for (const v1::StartedAction& s : ledger.started()) {
    if (InFlight(s) && Disrupts(s.kind())) running.insert(w_.FindSlot(s.target()));
  }
  for (auto it = taken_.begin(); it != taken_.end();) {
    const int m = At(w_.slots, *it).member;
    const bool back = m != kNone && w_.Serves(At(w_.members, m)) && !running.count(*it);
    it = back ? taken_.erase(it) : std::next(it);
  }
  for (int k = 0; k < Size(w_.keyspaces); ++k) {
    if (!At(w_.keyspaces, k).counted) continue;
    for (int d = 0; d < Size(w_.dcs); ++d) {
      const placement::ReplicaMap* map = w_.Map(k, d);
      if (map == nullptr) continue;
      const bool simple = At(w_.keyspaces, k).simple;
      const int factor = simple ? At(w_.keyspaces, k).factors[0] : At(At(w_.keyspaces, k).factors, d);
      const int need = Need(k, factor);
      int least = INT32_MAX;
      for (int range = 0; range < map->ranges(); ++range) {
        int up = 0;
        int away = 0;
        for (const placement::Node n : map->replicas(range)) {
          const Member& m = At(w_.members, n);
          const bool serves = w_.Serves(m);
          up += serves ? 1 : 0;
          away += !serves && taken_.count(m.slot) > 0 ? 1 : 0;
        }
        const int there = static_cast<int>(map->replicas(range).size());
        const int allowed = std::max(1, there - need);
        if (away > allowed && need > 0) {
          w_.violate("quorum", StrCat(away, " replicas of a range of ", At(w_.keyspaces, k).spec.name(), " in ",
                                      At(w_.dcs, d), " are away by the plan alone; ", allowed, " may be"));
        }
        least = std::min(least, up);
      }
      v1::SimulationSample sample;
      sample.set_at_seconds(w_.now);
      sample.set_keyspace(At(w_.keyspaces, k).spec.name());
      sample.set_datacenter(simple ? "" : At(w_.dcs, d));
      sample.set_up(least);
      sample.set_need(need);
      sample.set_replication_factor(factor);
      const auto key = std::make_pair(k, d);
      const auto last = last_up_.find(key);
      if (!brief && (last == last_up_.end() || last->second != least)) samples.push_back(sample);
      last_up_[key] = least;
      const auto low = lowest.find(key);
      if (low == lowest.end() || low->second.up() > least) lowest[key] = sample;
    }
  }
}

void Checker::Movements(const v1::Ledger& ledger) {
  if (w_.clusters > 1) w_.violate("second-cluster", "a node started a second cluster of the same name");
  int moving = 0;
  std::string names;
  for (const v1::StartedAction& s : ledger.started()) {
    if (!InFlight(s) || !Moves(s.kind())) continue;
    const int slot = w_.FindSlot(s.target());
    const std::string& id = s.replaced_host_id().empty() ? s.target().host_id() : s.replaced_host_id();
    for (const Member& m : w_.members) {
      const bool meant = (slot != kNone && m.slot == slot) || (m.slot == kNone && !id.empty() && m.host_id == id);
      if (!meant || (m.ring != Ring::kJoining && m.ring != Ring::kLeaving)) continue;
      ++moving;
      absl::StrAppend(&names, " ", m.slot == kNone ? m.host_id : w_.SlotName(m.slot));
    }
  }
  if (moving > 1) w_.violate("one-topology-change", StrCat("several of the plan's movements at once:", names));
}

// Each range keeps a replica with the newest data, and what was deleted stays so.
void Checker::Data() {
  const std::vector<std::vector<int>>& replicas = w_.AllReplicas();
  for (size_t r = 0; r < w_.rows.size(); ++r) {
    const Row& row = w_.rows[r];
    bool kept = row.newest == 0 || replicas[r].empty();
    bool zombie = false;
    for (const int m : replicas[r]) {
      const int slot = At(w_.members, m).slot;
      if (slot == kNone) continue;
      const uint32_t version = At(w_.slots, slot).volume.rows[r];
      kept |= version >= row.newest;
      zombie |= version > 0 && version <= row.deleted;
    }
    const std::string& name = At(w_.keyspaces, row.keyspace).spec.name();
    if (!kept) w_.violate("data-loss", StrCat("no replica of token ", row.token, " of ", name, " has its newest data"));
    if (zombie) w_.violate("cleanup-debt", StrCat("deleted data came back: token ", row.token, " of ", name));
    if (!kept || zombie) {
      Forgive();  // said once
      return;
    }
  }
}

void Checker::Forgive() {
  const std::vector<std::vector<int>>& replicas = w_.AllReplicas();
  for (size_t r = 0; r < w_.rows.size(); ++r) {
    uint32_t best = 0;
    for (const int m : replicas[r]) {
      const int slot = At(w_.members, m).slot;
      if (slot == kNone) continue;
      best = std::max(best, At(w_.slots, slot).volume.rows[r]);
    }
    w_.rows[r].newest = std::min(w_.rows[r].newest, best);
    w_.rows[r].deleted = 0;
  }
}

// Full by what was moved there; what a fault or a person put there does not count.
void Checker::Disks() {
  for (int s = 0; s < Size(w_.slots); ++s) {
    const Volume& volume = At(w_.slots, s).volume;
    if (!volume.present || volume.capacity <= 0) continue;
    if (w_.Used(volume) <= volume.capacity) {
      other_when_it_fit_[s] = volume.other_bytes;
      continue;
    }
    const auto fit = other_when_it_fit_.find(s);
    if (fit == other_when_it_fit_.end() || fit->second != volume.other_bytes) continue;
    w_.violate("disk-forecast", StrCat("the disk of ", w_.SlotName(s), " is full"));
  }
}

// What a person said, and what the verifier's invariants do not judge.
void Checker::Orders(const v1::Action& action, int64_t evidence_at) {
  const int s = w_.FindSlot(action.target());
  const std::string what = StrCat(v1::ActionKind_Name(action.kind()).substr(sizeof("ACTION_KIND_") - 1), " of ",
                                  s == kNone ? action.target().datacenter() : w_.SlotName(s));
  for (const v1::PausedKind& paused : policy_.paused()) {
    if (paused.kind() == action.kind()) w_.violate("paused", StrCat(what, ", and a person has paused it"));
  }
  const bool asked = !action.request_uid().empty();
  if (action.kind() == v1::ACTION_KIND_CLEANUP && w_.desired.has_auto_cleanup() && !w_.desired.auto_cleanup() && !asked)
    w_.violate("approval", StrCat(what, ", and cleanups are a person's to start"));
  std::set<std::string> schemas;
  bool known = true;
  int64_t compactions = 0;
  int broken = 0;
  for (const Member& m : w_.members) {
    if (!w_.Serves(m)) continue;
    schemas.insert(m.schema);
    known &= m.partitioner == "Murmur3Partitioner";
    if (m.slot != s) compactions = std::max(compactions, m.pending_compactions);  // a restart may help a sick one
  }
  const v1::HealthPolicy& health = policy_.health();
  const int64_t limit = health.has_max_pending_compactions() ? health.max_pending_compactions() : kMostCompactions;
  if (Disrupts(action.kind()) && compactions > limit)
    w_.violate("healthy", StrCat(what, " while a node has ", compactions, " pending compactions"));
  const bool runs_there = action.kind() == v1::ACTION_KIND_FLUSH || action.kind() == v1::ACTION_KIND_COMPACT ||
                          action.kind() == v1::ACTION_KIND_SCRUB || action.kind() == v1::ACTION_KIND_GARBAGE_COLLECT;
  if (runs_there && s != kNone) {
    const int there = w_.FindMember(At(w_.slots, s).volume.host_id);
    if (there != kNone && !At(w_.members, there).up && At(w_.members, there).changed_at + kGossipSettles < evidence_at)
      w_.violate("node-up", StrCat(what, ", which is down"));
  }
  if (Moves(action.kind()) && schemas.size() > 1)
    w_.violate("schema-agreement", StrCat(what, " while live nodes have different schemas"));
  if ((Disrupts(action.kind()) || Moves(action.kind())) && !known)
    w_.violate("supported", StrCat(what, ", and ranges are not known under this partitioner"));
  if (!Disrupts(action.kind()) || s == kNone || asked) return;
  for (const v1::DesiredDatacenter& dc : w_.desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      const bool here = dc.name() == action.target().datacenter() && rack.name() == action.target().rack();
      if (here && At(w_.slots, s).ordinal < rack.partition() &&
          action.template_revision() == rack.template_().revision())
        w_.violate("canary", StrCat(what, ", which is not to have the new template yet"));
      for (const Slot& slot : w_.slots) {
        const bool there = At(w_.racks, slot.rack).name == rack.name() &&
                           At(w_.dcs, At(w_.racks, slot.rack).dc) == dc.name() && slot.pod;
        const int m = w_.FindMember(slot.volume.host_id);
        if (there && slot.revision == rack.template_().revision() && slot.crash_loops && m != kNone &&
            At(w_.members, m).changed_at + kGossipSettles < evidence_at)
          ++broken;
      }
    }
  }
  const int m = At(w_.slots, s).member;
  const int most = policy_.has_max_failed_restarts() ? policy_.max_failed_restarts() : 1;
  if (broken >= most && m != kNone && w_.Serves(At(w_.members, m)))
    w_.violate("failure-stop", StrCat(what, ", and ", broken, " node(s) do not start on the new template"));
}

// Nothing of another owner is touched, nothing is destroyed that is not named, and only what can grow is grown.
void Checker::Foreign(const v1::Action& action) {
  const auto foreign = [&](const std::string& owner) {
    return !owner.empty() && !w_.owner.empty() && owner != w_.owner;
  };
  const int r = w_.FindRack(action.target());
  if (r != kNone && At(w_.racks, r).present && foreign(At(w_.racks, r).facts.owner_id()))
    w_.violate("ownership", StrCat("rack ", At(w_.racks, r).name, " belongs to ", At(w_.racks, r).facts.owner_id()));
  const int s = w_.FindSlot(action.target());
  const bool volume = action.kind() == v1::ACTION_KIND_DELETE_VOLUME ||
                      action.kind() == v1::ACTION_KIND_QUARANTINE_VOLUME ||
                      action.kind() == v1::ACTION_KIND_GROW_VOLUME;
  const bool destroys = volume && action.kind() != v1::ACTION_KIND_GROW_VOLUME;
  if (destroys && action.target().uid().empty())
    w_.violate("identity", StrCat("a volume of ", action.target().rack(), " is to go, and its uid is not named"));
  if (s != kNone && action.kind() == v1::ACTION_KIND_GROW_VOLUME && !At(w_.slots, s).volume.facts.expandable())
    w_.violate("volume-growth", StrCat("the volume of ", w_.SlotName(s), " grows, and its class may not be able to"));
  if (s != kNone && volume && foreign(At(w_.slots, s).volume.facts.owner_id()))
    w_.violate("ownership", StrCat("the volume of ", w_.SlotName(s), " belongs to another cluster"));
}

void Checker::Start(const v1::Action& action, const v1::Ledger& ledger, const Evidence& evidence) {
  Orders(action, evidence.at);
  Foreign(action);
  const int slot = w_.FindSlot(action.target());
  const int runs = slot == kNone ? kNone : At(w_.slots, slot).member;
  const int64_t grace = kGossipSettles + std::max<int64_t>(0, w_.now - evidence.at);
  const bool told_up = runs != kNone && evidence.up.count(At(w_.members, runs).host_id) > 0;
  if (Disrupts(action.kind()) && runs != kNone && w_.Serves(At(w_.members, runs))) {
    // A node that came back by itself, and that the evidence did not show up yet, is not the plan's.
    const Member& node = At(w_.members, runs);
    const bool came_back = !node.before.up && w_.now - node.changed_at < grace;
    if (told_up || !came_back) taken_.insert(slot);
  }
  v1::PlanRequest request;
  *request.mutable_desired() = w_.desired;
  *request.mutable_policy() = policy_;
  request.set_now_seconds(w_.epoch + w_.now);
  Sight truth;
  truth.truth = true;
  // Nobody could know of a node that died after the evidence, or so shortly before it that its peers had not noticed.
  truth.grace = grace;
  truth.no_grace = w_.FindSlot(action.target());
  truth.told_up = told_up;
  truth.no_grace_member =
      w_.FindMember(action.replaced_host_id().empty() ? action.target().host_id() : action.replaced_host_id());
  *request.mutable_observed() = Observe(w_, request.now_seconds(), truth);
  *request.mutable_ledger() = ledger;
  auto* started = request.mutable_ledger()->mutable_started();
  for (int i = started->size() - 1; i >= 0; --i) {
    if (started->Get(i).id() == action.id() || !InFlight(started->Get(i))) started->DeleteSubrange(i, 1);
  }
  v1::PlanResponse response;
  *response.mutable_plan()->add_actions() = action;
  response.mutable_plan()->mutable_actions(0)->clear_requires_ids();
  verify::World world = verify::MakeWorld(request);
  const std::vector<verify::Operation> operations = verify::ReadOperations(request, response, world);
  verify::Findings findings(operations);
  const verify::Scene scene{world, operations, findings};
  std::vector<int32_t> sorted(operations.size());
  for (size_t i = 0; i < sorted.size(); ++i) sorted[i] = static_cast<int32_t>(i);
  const std::vector<verify::Phase> phases(operations.size(), verify::Phase::kRunning);
  verify::Moment moment;
  verify::SetMoment(world, operations, sorted, phases, moment);
  std::vector<std::vector<int64_t>> drawn(world.nodes.size());
  verify::Ring ring(world, moment, &drawn);
  std::map<std::pair<int32_t, v1::ActionKind>, verify::Footprint> footprints;
  verify::CheckMoment(scene, moment, ring, [&](const verify::Operation& o) -> const verify::Footprint& {
    const auto key = std::make_pair(o.node, o.kind);
    const auto found = footprints.find(key);
    return found != footprints.end() ? found->second : footprints.emplace(key, ring.Of(o)).first->second;
  });
  for (const Violation& v : findings.Take()) w_.violate(v.invariant, v.text);
}

}  // namespace cassplan::simulate
