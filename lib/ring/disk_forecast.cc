#include "lib/ring/disk_forecast.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>

#include "absl/numeric/int128.h"
#include "lib/ring/ownership.h"

namespace cassplan::ring {
namespace {

using placement::Node;
using placement::Range;
using placement::ReplicaMap;
using placement::Strategy;

size_t Index(int32_t i) { return static_cast<size_t>(i); }

absl::uint128 CeilDivide(absl::uint128 a, absl::uint128 b) { return a / b + (a % b == 0 ? 0 : 1); }

int64_t Saturate(absl::uint128 bytes) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return bytes > absl::uint128(static_cast<uint64_t>(kMax)) ? kMax : static_cast<int64_t>(absl::Uint128Low64(bytes));
}

// value x part / whole, rounded up, for part <= whole <= 2^64 and value < 2^63: no product exceeds 2^127.
int64_t Share(int64_t value, absl::uint128 part, absl::uint128 whole) {
  return Saturate(CeilDivide(absl::uint128(value) * part, whole));
}

// Shares of a node's load that a joiner takes, in units of 2^-48 and rounded up: 10^4 loads of 2^63 bytes stay far
// below 2^128, and 10^4 loads of a terabyte are rounded by less than 40 bytes together.
constexpr uint64_t kAll = uint64_t{1} << 48;

uint64_t OneOf(int32_t count) { return (kAll + static_cast<uint64_t>(count) - 1) / static_cast<uint64_t>(count); }

struct JoinShares {
  uint64_t of_rack = 0;    // of the load of each node in the joiner's rack
  uint64_t of_others = 0;  // of the load of each other node
};

// The largest part of one copy that a lone node in a new rack is expected to replicate.
uint64_t PartOfCopyInNewRack(const ReplicaMap& map) {
  std::vector<int32_t> sizes(map.rack_sizes().begin(), map.rack_sizes().end());
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  uint64_t sum = 0;
  for (size_t i = 0; i < Index(map.replication_factor()) && sum < kAll; ++i) sum += OneOf(sizes[i] + 1);
  return std::min(sum, kAll);
}

JoinShares SharesIn(const ReplicaMap& map, Node joiner) {
  const int32_t rf = map.replication_factor();
  const int32_t nodes = map.nodes_in_ring();
  const int32_t mates = map.rack_sizes()[Index(map.rack(joiner))];
  if (rf == 0 || nodes == 0) return {};
  if (nodes < rf) return {OneOf(nodes), OneOf(nodes)};
  if (map.strategy() == Strategy::kSimple || mates == nodes) return {OneOf(nodes + 1), OneOf(nodes + 1)};
  if (mates > 0) return {OneOf(map.racks_in_ring() == rf ? mates + 1 : mates), 0};
  if (map.racks_in_ring() < rf) return {0, OneOf(rf)};
  return {0, (PartOfCopyInNewRack(map) + static_cast<uint64_t>(rf) - 1) / static_cast<uint64_t>(rf)};
}

// The most that `joiner` takes of the load of `node`, whatever class it belongs to.
uint64_t ShareOf(ReplicationClasses classes, absl::Span<const JoinShares> shares, Node joiner, Node node) {
  uint64_t most = 0;
  for (size_t i = 0; i < classes.size(); ++i) {
    const ReplicaMap& map = *classes[i];
    if (node >= map.nodes() || !map.in_ring(node)) continue;
    most = std::max(most, map.rack(node) == map.rack(joiner) ? shares[i].of_rack : shares[i].of_others);
  }
  return most;
}

absl::uint128 WidthOf(const ReplicaMap& map, absl::Span<const Range> ranges) {
  absl::uint128 width = 0;
  for (const Range range : ranges) width += RangeWidth(map, range);
  return width;
}

}  // namespace

std::vector<Incoming> ForecastLeave(ReplicationClasses classes, Node leaver, std::optional<int64_t> load) {
  std::map<Node, std::optional<int64_t>> most;
  for (const ReplicaMap* map : classes) {
    const absl::uint128 whole = WidthOf(*map, map->ranges_of(leaver));
    std::map<Node, absl::uint128> gained;
    for (const ReplicaMap::Handover& handover : map->WithoutNode(leaver)) {
      if (handover.gained >= 0) gained[handover.gained] += RangeWidth(*map, handover.range);
    }
    for (const auto& [node, part] : gained) {
      std::optional<int64_t>& bytes = most[node];
      if (load.has_value()) bytes = std::max(bytes.value_or(0), Share(*load, part, whole));
    }
  }
  std::vector<Incoming> incoming;
  for (const auto& [node, bytes] : most) incoming.push_back({node, bytes});
  return incoming;
}

std::optional<int64_t> ForecastJoin(ReplicationClasses classes, Node joiner,
                                    absl::Span<const std::optional<int64_t>> loads, int32_t imbalance_percent) {
  std::vector<JoinShares> shares;
  int32_t nodes = 0;
  for (const ReplicaMap* map : classes) {
    shares.push_back(SharesIn(*map, joiner));
    nodes = std::max(nodes, map->nodes());
  }
  absl::uint128 sum = 0;
  for (Node node = 0; node < nodes; ++node) {
    const uint64_t share = ShareOf(classes, shares, joiner, node);
    if (share == 0) continue;
    if (Index(node) >= loads.size() || !loads[Index(node)].has_value()) return std::nullopt;
    sum += absl::uint128(*loads[Index(node)]) * share;
  }
  const absl::uint128 bytes = CeilDivide(sum, kAll);
  return Saturate(CeilDivide(bytes * (100 + static_cast<uint64_t>(std::max(imbalance_percent, 0))), 100));
}

bool Fits(int64_t used, int64_t uncleaned, int64_t snapshots, int64_t incoming, int64_t capacity,
          int32_t max_used_percent, int32_t compaction_headroom_percent) {
  if (std::min({used, uncleaned, snapshots, incoming, capacity}) < 0) return false;
  const absl::uint128 data = absl::uint128(used) + absl::uint128(uncleaned) + absl::uint128(incoming);
  const absl::uint128 need =
      (data + absl::uint128(snapshots)) * 100 + data * static_cast<uint64_t>(std::max(compaction_headroom_percent, 0));
  return need <= absl::uint128(capacity) * static_cast<uint64_t>(std::max(max_used_percent, 0));
}

}  // namespace cassplan::ring
