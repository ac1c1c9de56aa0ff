#include "lib/verify/ring.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_set.h"

namespace cassplan::verify {
namespace {

void SortUnique(std::vector<int32_t>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

void Finish(Footprint& footprint, int32_t mover) {
  std::erase(footprint.involved, mover);
  SortUnique(footprint.involved);
  SortUnique(footprint.receivers);
  std::sort(footprint.demands.begin(), footprint.demands.end());
  footprint.demands.erase(std::unique(footprint.demands.begin(), footprint.demands.end()), footprint.demands.end());
}

std::vector<int32_t> Without(absl::Span<const int32_t> nodes, int32_t node) {
  std::vector<int32_t> rest(nodes.begin(), nodes.end());
  std::erase(rest, node);
  return rest;
}

}  // namespace

absl::Span<const int32_t> Group::replicas(int32_t range) const {
  if (map_ != nullptr) return map_->replicas(range);
  const size_t begin = range == 0 ? 0 : At(ends_, range - 1);
  return absl::MakeConstSpan(flat_).subspan(begin, At(ends_, range) - begin);
}

absl::Span<const int32_t> Group::ranges_of(int32_t node) const {
  return map_ != nullptr ? map_->ranges_of(node) : At(of_node_, node);
}

void Group::Add(const std::vector<int32_t>& replicas, size_t nodes) {
  of_node_.resize(nodes);
  for (const int32_t node : replicas) At(of_node_, node).push_back(Size(ends_));
  flat_.insert(flat_.end(), replicas.begin(), replicas.end());
  ends_.push_back(flat_.size());
}

Ring::Ring(const World& world, const Moment& moment, const std::vector<std::vector<int64_t>>* drawn)
    : world_(world), drawn_(drawn), factors_(moment.factors) {
  for (int32_t i = 0; i < Size(world.nodes); ++i) {
    in_ring_.push_back(At(moment.nodes, i).in_ring);
    rack_of_.push_back(At(world.nodes, i).rack);
  }
}

Ring::Ring(const Ring& before, int32_t joined)
    : world_(before.world_),
      drawn_(before.drawn_),
      in_ring_(before.in_ring_),
      rack_of_(before.rack_of_),
      factors_(before.factors_) {
  At(in_ring_, joined) = true;
}

void Ring::Add(int32_t node) {
  At(in_ring_, node) = true;
  if (At(world_.nodes, node).tokens.empty() && drawn_ == nullptr) return;
  maps_.clear();
  grouped_ = false;
}

void Ring::Remove(int32_t node) {
  At(in_ring_, node) = false;
  for (auto& [key, map] : maps_) map.Remove(node);
  grouped_ = false;
}

void Ring::SetFactors(const std::vector<std::vector<int32_t>>& factors) {
  factors_ = factors;
  grouped_ = false;
}

placement::ReplicaMap& Ring::Map(bool whole, int32_t dc, int32_t factor) {
  const auto found = maps_.find(Key(whole, dc, factor));
  if (found != maps_.end()) return found->second;
  std::vector<placement::Token> tokens;
  for (int32_t i = 0; i < Size(world_.nodes); ++i) {
    const Node& node = At(world_.nodes, i);
    if (!in_ring(i) || (!whole && node.dc != dc)) continue;
    const bool draws = node.tokens.empty() && drawn_ != nullptr;
    for (const int64_t token : draws ? At(*drawn_, i) : node.tokens) tokens.push_back({token, i});
  }
  const auto strategy = whole ? placement::Strategy::kSimple : placement::Strategy::kNetworkTopology;
  return maps_.emplace(Key(whole, dc, factor), placement::ReplicaMap(std::move(tokens), strategy, factor, rack_of_))
      .first->second;
}

std::vector<Ring::Part> Ring::Parts(int32_t number) {
  const Keyspace& keyspace = At(world_.keyspaces, number);
  const std::vector<int32_t>& factors = At(factors_, number);
  if (keyspace.strategy == Strategy::kSimple) {
    const int32_t need = std::max(LocalNeed(keyspace, factors[0]), TotalNeed(keyspace, factors[0]));
    return {{number, kNone, need, 0, 0, &Map(true, kNone, factors[0])}};
  }
  int32_t total = 0;
  for (const int32_t factor : factors) total += factor;
  std::vector<Part> parts;
  for (int32_t dc = 0; dc < Size(factors); ++dc) {
    const int32_t factor = At(factors, dc);
    if (factor == 0) continue;
    parts.push_back({number, dc, LocalNeed(keyspace, factor), TotalNeed(keyspace, total), 0, &Map(false, dc, factor)});
  }
  int32_t replicas = 0;
  for (const Part& part : parts) replicas += std::min(part.map->replication_factor(), part.map->nodes_in_ring());
  for (Part& part : parts) part.total_replicas = replicas;
  return parts;
}

int32_t Ring::Allowed(int32_t replicas, int32_t need) const {
  const int32_t spare = std::max(replicas - need, 0);
  return spare == 0 && !world_.hold_intolerant ? 1 : spare;
}

const std::vector<Group>& Ring::groups() {
  if (grouped_) return groups_;
  groups_.clear();
  absl::btree_set<std::tuple<const placement::ReplicaMap*, int32_t>> seen;
  for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
    if (!At(world_.keyspaces, i).counted) continue;
    if (At(world_.keyspaces, i).strategy == Strategy::kUnsupported) {
      AddUnsupported(i);
      continue;
    }
    const std::vector<Part> parts = Parts(i);
    for (const Part& part : parts) {
      if (part.local_need > 0 && seen.emplace(part.map, part.local_need).second) AddGroup(part);
    }
    if (!parts.empty() && parts[0].total_need > 0) AddSpanning(i, parts);
  }
  grouped_ = true;
  return groups_;
}

void Ring::AddGroup(const Part& part) {
  Group group(part.keyspace, part.dc, part.map);
  group.allowed = Allowed(std::min(part.map->replication_factor(), part.map->nodes_in_ring()), part.local_need);
  group.one_per_rack = At(world_.keyspaces, part.keyspace).strategy == Strategy::kTopology &&
                       part.map->racks_in_ring() >= part.map->replication_factor();
  if (part.map->nodes_in_ring() > 0) groups_.push_back(std::move(group));
}

// Between two neighbouring tokens of any datacenter the replicas are those of each datacenter's own range there.
void Ring::AddSpanning(int32_t keyspace, const std::vector<Part>& parts) {
  Group group(keyspace, kNone, nullptr);
  absl::btree_set<std::vector<int32_t>> seen;
  for (const Part& part : parts) {
    for (int32_t range = 0; range < part.map->ranges(); ++range) {
      std::vector<int32_t> all;
      for (const Part& other : parts) {
        const int32_t there = other.map->RangeOf(part.map->token(range));
        if (there == kNone) continue;
        const absl::Span<const int32_t> found = other.map->replicas(there);
        all.insert(all.end(), found.begin(), found.end());
      }
      std::sort(all.begin(), all.end());
      if (seen.insert(all).second) group.Add(all, world_.nodes.size());
    }
  }
  group.allowed = Allowed(parts[0].total_replicas, parts[0].total_need);
  if (group.ranges() > 0) groups_.push_back(std::move(group));
}

// Nothing is known of where such a keyspace's replicas are: no node may be taken away.
void Ring::AddUnsupported(int32_t keyspace) {
  Group group(keyspace, kNone, nullptr);
  for (int32_t i = 0; i < Size(world_.nodes); ++i) {
    if (in_ring(i)) group.Add({i}, world_.nodes.size());
  }
  if (group.ranges() > 0) groups_.push_back(std::move(group));
}

template <typename Visit>
void Ring::ForPartsOf(int32_t node, Visit visit) {
  absl::btree_set<std::tuple<const placement::ReplicaMap*, int32_t, int32_t>> seen;
  for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
    if (!At(world_.keyspaces, i).counted || At(world_.keyspaces, i).strategy == Strategy::kUnsupported) continue;
    for (const Part& part : Parts(i)) {
      const bool here = part.dc == kNone || part.dc == At(world_.nodes, node).dc;
      if (here && seen.emplace(part.map, part.local_need, part.total_need).second) visit(part);
    }
  }
}

// What is left of a range must answer even when the mover dies; nothing is asked where no loss is tolerated anyway.
void Ring::Demand(const Part& part, int32_t old_replicas, int32_t pending, const std::vector<int32_t>& rest,
                  Footprint& footprint) {
  if (part.local_need > 0 && old_replicas > part.local_need) {
    footprint.demands.push_back({part.keyspace, part.local_need + pending, false, rest});
  }
  const int32_t others = part.total_replicas - std::min(part.map->replication_factor(), part.map->nodes_in_ring());
  if (part.total_need > 0 && others + old_replicas > part.total_need) {
    footprint.demands.push_back({part.keyspace, part.total_need + pending, true, rest});
  }
}

Footprint Ring::Of(const Operation& movement) {
  if (movement.node == kNone) return {};
  if (movement.kind == v1::ACTION_KIND_START_NODE) return Join(movement.node);
  if (!in_ring(movement.node) || movement.kind == v1::ACTION_KIND_ASSASSINATE) return {};
  Footprint footprint = movement.kind == v1::ACTION_KIND_REPLACE_NODE  ? Replace(movement.node)
                        : movement.kind == v1::ACTION_KIND_REMOVE_NODE ? RemoveDead(movement.node)
                                                                       : Leave(movement.node);
  if (HasUnknownTokens(At(world_.nodes, movement.node).dc)) {
    footprint.involved = Everything(movement.node).involved;
    footprint.receivers = footprint.involved;
  }
  return footprint;
}

// Since such a node has joined, ranges may lie anywhere.
bool Ring::HasUnknownTokens(int32_t dc) const {
  for (int32_t i = 0; i < Size(world_.nodes) && drawn_ == nullptr; ++i) {
    const Node& node = At(world_.nodes, i);
    if (in_ring(i) && node.tokens.empty() && world_.SameRing(dc, node.dc)) return true;
  }
  return false;
}

// In the ring that has the joiner, its ranges are those that it takes over, and without it they go back to their
// losers.
Footprint Ring::Join(int32_t node) {
  const bool has_tokens = !At(world_.nodes, node).tokens.empty() || (drawn_ != nullptr && !At(*drawn_, node).empty());
  if (in_ring(node) || !has_tokens) return Everything(node);
  Footprint footprint;
  Ring with(*this, node);
  with.ForPartsOf(node, [&](const Part& part) {
    for (const auto& [range, lost] : part.map->WithoutNode(node)) {
      std::vector<int32_t> old = Without(part.map->replicas(range), node);
      if (lost != kNone) old.push_back(lost);
      std::sort(old.begin(), old.end());
      footprint.involved.insert(footprint.involved.end(), old.begin(), old.end());
      Demand(part, Size(old), 1, old, footprint);
    }
  });
  Finish(footprint, node);
  return footprint;
}

Footprint Ring::Leave(int32_t node) {
  Footprint footprint;
  ForPartsOf(node, [&](const Part& part) {
    for (const auto& [range, gained] : part.map->WithoutNode(node)) {
      std::vector<int32_t> rest = Without(part.map->replicas(range), node);
      const int32_t old_replicas = Size(rest) + 1;
      if (gained != kNone) {
        rest.push_back(gained);
        footprint.receivers.push_back(gained);
      }
      std::sort(rest.begin(), rest.end());
      footprint.involved.insert(footprint.involved.end(), rest.begin(), rest.end());
      Demand(part, old_replicas, gained != kNone ? 1 : 0, rest, footprint);
    }
  });
  Finish(footprint, node);
  return footprint;
}

Footprint Ring::Replace(int32_t node) {
  Footprint footprint;
  ForPartsOf(node, [&](const Part& part) {
    for (const int32_t range : part.map->ranges_of(node)) {
      std::vector<int32_t> rest = Without(part.map->replicas(range), node);
      std::sort(rest.begin(), rest.end());
      footprint.involved.insert(footprint.involved.end(), rest.begin(), rest.end());
      Demand(part, Size(rest) + 1, 0, rest, footprint);
    }
  });
  Finish(footprint, node);
  return footprint;
}

// The dead node's other replicas carry the level, as in a replacement; who receives must be there as well.
Footprint Ring::RemoveDead(int32_t node) {
  Footprint footprint = Replace(node);
  footprint.receivers = Leave(node).receivers;
  footprint.involved.insert(footprint.involved.end(), footprint.receivers.begin(), footprint.receivers.end());
  Finish(footprint, node);
  return footprint;
}

// A movement of unknown tokens shares ranges with every node of its ring.
Footprint Ring::Everything(int32_t node) const {
  Footprint footprint;
  const int32_t dc = At(world_.nodes, node).dc;
  bool replicates = false;
  for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
    if (!At(world_.keyspaces, i).counted) continue;
    const Strategy strategy = At(world_.keyspaces, i).strategy;
    replicates |= strategy != Strategy::kTopology || At(At(factors_, i), dc) > 0;
  }
  for (int32_t i = 0; i < Size(world_.nodes) && replicates; ++i) {
    if (i != node && in_ring(i) && world_.SameRing(dc, At(world_.nodes, i).dc)) footprint.involved.push_back(i);
  }
  return footprint;
}

int32_t Ring::LeastUpElsewhere(int32_t keyspace, int32_t dc, const Moment& moment) {
  int32_t sum = 0;
  for (const Part& part : Parts(keyspace)) {
    if (part.dc == dc || part.dc == kNone) continue;
    int32_t least = part.map->ranges() == 0 ? 0 : part.map->replication_factor();
    for (int32_t range = 0; range < part.map->ranges(); ++range) {
      int32_t up = 0;
      for (const int32_t node : part.map->replicas(range)) up += At(moment.nodes, node).away ? 0 : 1;
      least = std::min(least, up);
    }
    sum += least;
  }
  return sum;
}

}  // namespace cassplan::verify
