// Which nodes hold which token ranges: Murmur3 ring, NetworkTopologyStrategy and SimpleStrategy, as Cassandra places
// replicas (org.apache.cassandra.locator.NetworkTopologyStrategy / SimpleStrategy). Nodes and racks are small integers that
// the caller chooses. Shared by the planner and the verifier.
#ifndef CASSPLAN_LIB_PLACEMENT_REPLICAS_H_
#define CASSPLAN_LIB_PLACEMENT_REPLICAS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace cassplan::placement {

using Node = int32_t;   // [0, number of nodes)
using Range = int32_t;  // index of the token, in ring order, that ends the range (previous token, token]

struct Token {
  int64_t value;
  Node node;
};

enum class Strategy {
  kNetworkTopology,  // within one datacenter: one replica per rack as long as there are racks without one
  kSimple,           // the next distinct nodes of the ring, whatever their rack
};

// Replicas of every range of one ring: that of one datacenter (kNetworkTopology; ranges of other datacenters only cut
// ranges into pieces with equal replicas) or of the whole cluster (kSimple). Value type; copying copies all.
class ReplicaMap {
 public:
  // `tokens` in any order; a token that two nodes claim belongs to the lower node (as gossip would settle it, one of them
  // wins; callers report it). `rack_of` is indexed by node and must cover every node in `tokens`.
  // replication_factor >= 0; more than the nodes there are means all nodes.
  ReplicaMap(std::vector<Token> tokens, Strategy strategy, int32_t replication_factor, absl::Span<const int32_t> rack_of);

  int32_t ranges() const { return static_cast<int32_t>(tokens_.size()); }
  int64_t token(Range range) const { return tokens_[static_cast<size_t>(range)].value; }
  // Width of the range in tokens, [1, 2^64 - 1]; the single range of a ring with one token counts as 2^64 - 1.
  uint64_t width(Range range) const;

  // The replicas of a range in ring order.
  absl::Span<const Node> replicas(Range range) const;
  // The ranges that a node replicates, ascending. Empty for a node that is not in the ring.
  const std::vector<Range>& ranges_of(Node node) const;

  // The range that `token` falls into; -1 in an empty ring.
  Range RangeOf(int64_t token) const;

  // One range whose replicas change when a node goes away: `gained` takes it over; -1 where there is no other node.
  struct Handover {
    Range range;
    Node gained;
  };
  // What the ring without `node` would change, without changing it.
  std::vector<Handover> WithoutNode(Node node) const;
  // Takes the node out of the ring. Its token boundaries stay (as cuts), so range numbers keep their meaning.
  // Cost: proportional to the ranges of the node, not to the ring.
  void Remove(Node node);

  int32_t replication_factor() const { return replication_factor_; }
  int32_t nodes_in_ring() const { return nodes_in_ring_; }
  int32_t racks_in_ring() const { return racks_in_ring_; }

 private:
  // (left to the implementation)
  std::vector<Token> tokens_;
  int32_t replication_factor_ = 0;
  int32_t nodes_in_ring_ = 0;
  int32_t racks_in_ring_ = 0;
};

}  // namespace cassplan::placement

#endif  // CASSPLAN_LIB_PLACEMENT_REPLICAS_H_
