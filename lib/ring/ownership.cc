#include "lib/ring/ownership.h"

#include <cstddef>

namespace cassplan::ring {

using placement::Node;
using placement::Range;
using placement::ReplicaMap;

absl::uint128 RangeWidth(const ReplicaMap& map, Range range) {
  return map.ranges() == 1 ? kWholeRing : absl::uint128(map.width(range));
}

std::vector<absl::uint128> PrimaryOwnership(const ReplicaMap& map) {
  std::vector<absl::uint128> owned(static_cast<size_t>(map.nodes()), 0);
  for (Range range = 0; range < map.ranges(); ++range) {
    const Node owner = map.owner(range);
    if (owner >= 0) owned[static_cast<size_t>(owner)] += RangeWidth(map, range);
  }
  return owned;
}

std::vector<absl::uint128> EffectiveOwnership(const ReplicaMap& map) {
  std::vector<absl::uint128> owned(static_cast<size_t>(map.nodes()), 0);
  for (Range range = 0; range < map.ranges(); ++range) {
    for (const Node node : map.replicas(range)) owned[static_cast<size_t>(node)] += RangeWidth(map, range);
  }
  return owned;
}

}  // namespace cassplan::ring
