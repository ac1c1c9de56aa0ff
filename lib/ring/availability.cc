#include "lib/ring/availability.h"

#include <algorithm>
#include <cstddef>

namespace cassplan::ring {
namespace {

using placement::Node;
using placement::Range;
using placement::ReplicaMap;

size_t Index(int32_t i) { return static_cast<size_t>(i); }

bool IsAway(AwayNodes away, Node node) { return Index(node) < away.size() && away[Index(node)] != 0; }

int32_t Quorum(int32_t rf) { return rf / 2 + 1; }

int32_t ReplicasAway(const ReplicaMap& map, Range range, AwayNodes away) {
  const absl::Span<const Node> replicas = map.replicas(range);
  return static_cast<int32_t>(
      std::count_if(replicas.begin(), replicas.end(), [&](Node node) { return IsAway(away, node); }));
}

std::vector<int32_t> LossOfEachRange(const ReplicaMap& map, AwayNodes away, absl::Span<const PendingReplica> pending) {
  std::vector<int32_t> loss(Index(map.ranges()), 0);
  for (Range range = 0; range < map.ranges(); ++range) loss[Index(range)] = ReplicasAway(map, range, away);
  for (const PendingReplica& replica : pending) loss[Index(replica.range)] += IsAway(away, replica.node) ? 1 : 0;
  return loss;
}

// All tokens that end a range in one of the maps, ascending.
std::vector<int64_t> Cuts(absl::Span<const Scope> datacenters) {
  std::vector<int64_t> cuts;
  for (const Scope& scope : datacenters) {
    for (Range range = 0; range < scope.map->ranges(); ++range) cuts.push_back(scope.map->token(range));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

// Adds to each piece the loss of the range of `map` that it lies in.
void AddLoss(const ReplicaMap& map, absl::Span<const int32_t> loss, absl::Span<const int64_t> cuts,
             std::vector<int32_t>& sums) {
  if (map.ranges() == 0) return;
  Range range = 0;
  for (size_t i = 0; i < cuts.size(); ++i) {
    while (range < map.ranges() && map.token(range) < cuts[i]) ++range;
    sums[i] += loss[range == map.ranges() ? 0 : Index(range)];
  }
}

}  // namespace

bool SpansDatacenters(Level level) {
  switch (level) {
    case Level::kOne:
    case Level::kTwo:
    case Level::kThree:
    case Level::kQuorum:
    case Level::kAll:
    case Level::kSerial:
      return true;
    case Level::kLocalQuorum:
    case Level::kEachQuorum:
    case Level::kLocalSerial:
    case Level::kLocalOne:
      return false;
  }
  return true;
}

int32_t RequiredReplicas(Level level, int32_t rf_scope) {
  if (rf_scope <= 0) return 0;
  switch (level) {
    case Level::kOne:
    case Level::kLocalOne:
      return 1;
    case Level::kTwo:
      return 2;
    case Level::kThree:
      return 3;
    case Level::kQuorum:
    case Level::kLocalQuorum:
    case Level::kEachQuorum:
    case Level::kSerial:
    case Level::kLocalSerial:
      return Quorum(rf_scope);
    case Level::kAll:
      return rf_scope;
  }
  return rf_scope;
}

int32_t RequiredForWrite(Level level, int32_t rf_scope, int32_t pending) {
  return RequiredReplicas(level, rf_scope) + pending;
}

int32_t Tolerance(absl::Span<const Level> levels, int32_t rf) {
  int32_t tolerance = rf;
  for (const Level level : levels) tolerance = std::min(tolerance, rf - RequiredReplicas(level, rf));
  return tolerance;
}

RangeLoss WorstLoss(const ReplicaMap& map, AwayNodes away, absl::Span<const PendingReplica> pending) {
  const std::vector<int32_t> loss = LossOfEachRange(map, away, pending);
  const auto worst = std::max_element(loss.begin(), loss.end());
  if (worst == loss.end() || *worst == 0) return {};
  return {*worst, static_cast<Range>(worst - loss.begin())};
}

RangeLoss WorstLossOf(const ReplicaMap& map, Node node, AwayNodes away, absl::Span<const PendingReplica> pending) {
  std::vector<Range> ranges = map.ranges_of(node);
  for (const PendingReplica& replica : pending) {
    if (replica.node == node) ranges.push_back(replica.range);
  }
  std::sort(ranges.begin(), ranges.end());
  std::vector<int32_t> loss;
  loss.reserve(ranges.size());
  for (const Range range : ranges) loss.push_back(ReplicasAway(map, range, away));
  for (const PendingReplica& replica : pending) {
    if (!IsAway(away, replica.node)) continue;
    const auto same = std::equal_range(ranges.begin(), ranges.end(), replica.range);
    for (auto it = same.first; it != same.second; ++it) ++loss[static_cast<size_t>(it - ranges.begin())];
  }
  const auto worst = std::max_element(loss.begin(), loss.end());
  if (worst == loss.end() || *worst == 0) return {};
  return {*worst, ranges[static_cast<size_t>(worst - loss.begin())]};
}

TokenLoss WorstLossAcross(absl::Span<const Scope> datacenters, AwayNodes away) {
  const std::vector<int64_t> cuts = Cuts(datacenters);
  std::vector<int32_t> sums(cuts.size(), 0);
  for (const Scope& scope : datacenters) {
    AddLoss(*scope.map, LossOfEachRange(*scope.map, away, scope.pending), cuts, sums);
  }
  const auto worst = std::max_element(sums.begin(), sums.end());
  if (worst == sums.end() || *worst == 0) return {};
  return {*worst, cuts[static_cast<size_t>(worst - sums.begin())]};
}

LossCounter::LossCounter(const ReplicaMap& map)
    : map_(map),
      is_away_(Index(map.nodes()), 0),
      away_in_(Index(map.ranges()), 0),
      ranges_with_(Index(std::min(map.replication_factor(), map.nodes_in_ring())) + 1, 0) {
  ranges_with_[0] = map.ranges();
}

void LossCounter::SetAway(Node node) {
  if (is_away_[Index(node)] != 0) return;
  is_away_[Index(node)] = 1;
  for (const Range range : map_.ranges_of(node)) Move(range, 1);
}

void LossCounter::SetUp(Node node) {
  if (is_away_[Index(node)] == 0) return;
  is_away_[Index(node)] = 0;
  for (const Range range : map_.ranges_of(node)) Move(range, -1);
}

void LossCounter::Move(Range range, int32_t by) {
  int32_t& away = away_in_[Index(range)];
  --ranges_with_[Index(away)];
  away += by;
  ++ranges_with_[Index(away)];
  worst_ = std::max(worst_, away);
  while (worst_ > 0 && ranges_with_[Index(worst_)] == 0) --worst_;
}

int32_t LossCounter::WorstWithout(Node node) const {
  const int32_t more = is_away_[Index(node)] != 0 ? 0 : 1;
  int32_t worst = 0;
  for (const Range range : map_.ranges_of(node)) worst = std::max(worst, away(range) + more);
  return worst;
}

}  // namespace cassplan::ring
