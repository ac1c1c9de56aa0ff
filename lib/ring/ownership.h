// Shares of the ring.
#ifndef CASSPLAN_LIB_RING_OWNERSHIP_H_
#define CASSPLAN_LIB_RING_OWNERSHIP_H_

#include <vector>

#include "absl/numeric/int128.h"
#include "lib/placement/replicas.h"

namespace cassplan::ring {

// All shares are counted in tokens: the whole ring is 2^64. (Cassandra divides by 2^64 - 2, which no printed digit
// shows.)
inline constexpr absl::uint128 kWholeRing = absl::uint128(1) << 64;

// Width of a range, [1, 2^64].
absl::uint128 RangeWidth(const placement::ReplicaMap& map, placement::Range range);

// By node, [0, 2^64]: ranges that end with one of its tokens. They sum to 2^64 in a ring with nodes. Equals Cassandra's
// StorageService.getOwnership where the map is that of the whole cluster (kSimple); in a map of one datacenter it is
// the share of that datacenter's own ring.
std::vector<absl::uint128> PrimaryOwnership(const placement::ReplicaMap& map);

// By node, [0, 2^64]: ranges that it replicates, as StorageService.effectiveOwnership(keyspace). They sum to
// min(replication factor, nodes) x 2^64.
std::vector<absl::uint128> EffectiveOwnership(const placement::ReplicaMap& map);

}  // namespace cassplan::ring

#endif  // CASSPLAN_LIB_RING_OWNERSHIP_H_
