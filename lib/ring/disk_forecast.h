// Where data goes when a node leaves or joins, and whether it fits. All sizes are bytes, [0, 2^63 - 1]; results are
// rounded up and stop at 2^63 - 1; an unset size is unknown and makes what depends on it unknown.
//
// What a forecast knows is the data on each node as a whole (its load), not how much of it belongs to which keyspace.
// So the keyspaces are given as replication classes (keyspaces that replicate alike share a map) and every forecast is
// the most that any split of the load over the classes gives: it never underestimates for want of that split, and it is
// exact where there is one class. Within a class data is taken to be spread evenly over the tokens, as the partitioner
// does. Data that awaits cleanup is part of the load and makes forecasts larger than what will be streamed, never
// smaller.
#ifndef CASSPLAN_LIB_RING_DISK_FORECAST_H_
#define CASSPLAN_LIB_RING_DISK_FORECAST_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "lib/placement/replicas.h"

namespace cassplan::ring {

// One map for each replication class that has data on the nodes in question. Node numbers mean the same node in all
// maps.
using ReplicationClasses = absl::Span<const placement::ReplicaMap* const>;

struct Incoming {
  placement::Node node;
  std::optional<int64_t> bytes;
};

// What each receiver gets when `leaver` (with `load` bytes) leaves the ring: by node, ascending, only nodes that gain
// ranges. In each class a receiver gets the leaver's load times the width of the ranges that it takes over in
// proportion to the width of all ranges of the leaver; the class that gives it the most counts. Ranges that no other
// node can take (as many replicas as nodes) go nowhere. Cost: the ranges of the leaver in each class
// (ReplicaMap::WithoutNode).
std::vector<Incoming> ForecastLeave(ReplicationClasses classes, placement::Node leaver, std::optional<int64_t> load);

// What `joiner`, not in the ring yet, will get; nobody else grows. Its rack is the one that the maps know for it; its
// tokens are unknown, as many as other nodes have. `loads` is by node, of all nodes in the ring; missing means unknown.
// The expected share, raised by `imbalance_percent` (>= 0) since tokens fall unevenly. In a class with n nodes, factor
// rf:
//   n < rf                         every node holds all: the average of the nodes
//   SimpleStrategy, or one rack    an even share of all data: 1 / (n + 1)
//   as many racks as rf            a rack holds all data once, whoever joins: an even share of the rack's data
//   other numbers of racks         the average of its rack: a rack's data grows with it, but never faster than its
//   nodes a new rack, racks < rf         every range gets a replica there: one full copy, 1 / rf of all data a new
//   rack, racks >= rf        one copy times the chance that the walk from a token meets the joiner before rf racks,
//                                  at most the sum of 1 / (nodes + 1) over the rf largest racks
// Cost: nodes x classes.
std::optional<int64_t> ForecastJoin(ReplicationClasses classes, placement::Node joiner,
                                    absl::Span<const std::optional<int64_t>> loads, int32_t imbalance_percent);

// Whether a disk of `capacity` has room: used (live data) + uncleaned (owed to cleanup and not in `used`) + snapshots +
// incoming, plus compaction_headroom_percent of the data that compaction may rewrite (all but snapshots), in at most
// max_used_percent of the capacity. False for a negative size.
bool Fits(int64_t used, int64_t uncleaned, int64_t snapshots, int64_t incoming, int64_t capacity,
          int32_t max_used_percent, int32_t compaction_headroom_percent);

}  // namespace cassplan::ring

#endif  // CASSPLAN_LIB_RING_DISK_FORECAST_H_
