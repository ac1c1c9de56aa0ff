// Which nodes hold which token ranges: Murmur3 ring, NetworkTopologyStrategy and SimpleStrategy, as Cassandra places
// replicas (org.apache.cassandra.locator.NetworkTopologyStrategy / SimpleStrategy). Nodes and racks are small integers
// that the caller chooses. Shared by the planner and the verifier.
#ifndef CASSPLAN_LIB_PLACEMENT_REPLICAS_H_
#define CASSPLAN_LIB_PLACEMENT_REPLICAS_H_

#include <cstddef>
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
  // `tokens` in any order; a token that two nodes claim belongs to the lower node (as gossip would settle it, one of
  // them wins; callers report it). The other claim is forgotten: it does not come back when the winner is removed, and
  // a node that lost all its claims is not in the ring. `rack_of` is indexed by node and must cover every node in
  // `tokens`. replication_factor >= 0; more than the nodes there are means all nodes. Cost: sorting, then ranges x
  // min(replication_factor, nodes), however the racks are laid out.
  ReplicaMap(std::vector<Token> tokens, Strategy strategy, int32_t replication_factor,
             absl::Span<const int32_t> rack_of);

  int32_t ranges() const { return static_cast<int32_t>(tokens_.size()); }
  int64_t token(Range range) const { return tokens_[static_cast<size_t>(range)].value; }
  // Width of the range in tokens, [1, 2^64 - 1]; the single range of a ring with one token counts as 2^64 - 1.
  uint64_t width(Range range) const;

  // The replicas of a range in ring order: min(replication_factor, nodes_in_ring) nodes.
  absl::Span<const Node> replicas(Range range) const {
    return {replicas_.data() + static_cast<size_t>(range) * stride_, count_};
  }
  // The ranges that a node replicates, ascending. Empty for a node that is not in the ring.
  const std::vector<Range>& ranges_of(Node node) const { return ranges_of_[static_cast<size_t>(node)]; }
  // The node whose token comes first from the start of the range on: the primary owner of its data where the strategy
  // places any; -1 when no node is left in the ring.
  Node owner(Range range) const;

  // The range that `token` falls into; -1 in an empty ring.
  Range RangeOf(int64_t token) const;

  // One range whose replicas change when a node goes away: `gained` takes it over; -1 where there is no other node.
  struct Handover {
    Range range;
    Node gained;
  };
  // What the ring without `node` would change, without changing it: one entry for each of ranges_of(node), ascending.
  // Cost: as Remove.
  std::vector<Handover> WithoutNode(Node node) const;
  // Takes the node out of the ring. Its token boundaries stay (as cuts), so range numbers keep their meaning. No effect
  // on a node that is not in the ring. Cost: proportional to the ranges of the node, not to the ring; where the next
  // replica is rare (a rack with few of the tokens) never more than about that of building the map.
  void Remove(Node node);

  Strategy strategy() const { return strategy_; }
  int32_t replication_factor() const { return replication_factor_; }
  int32_t nodes_in_ring() const { return nodes_in_ring_; }
  int32_t racks_in_ring() const { return racks_in_ring_; }
  // Nodes that the map knows, in the ring or not: the length of `rack_of`.
  int32_t nodes() const { return static_cast<int32_t>(rack_.size()); }
  bool in_ring(Node node) const { return alive_[static_cast<size_t>(node)] != 0; }
  // The rack of a node, in the ring or not: racks are numbered from 0 in ascending order of the caller's numbers.
  int32_t rack(Node node) const { return rack_[static_cast<size_t>(node)]; }
  // Nodes in the ring by rack, numbered as rack() does; 0 for a rack that has none.
  absl::Span<const int32_t> rack_sizes() const { return rack_size_; }

 private:
  // Tokens that a search over all ranges of one node may visit before building anew is the cheaper way.
  int64_t StepBudget() const;
  // Additional replicas that a rack may hold beyond its first one; all of them under kSimple.
  int32_t RackRepeats(int32_t replicas, int32_t racks) const;
  void NumberRacks(absl::Span<const int32_t> rack_of);
  void SortTokens(std::vector<Token> tokens);
  void CountNodes();
  void PlaceAll();
  void ListRanges();
  // Tells where alive tokens are, so that a walk does not visit each dead token again and again.
  void SweepDeadTokens();
  // Walks the ring from `range` as Cassandra does, passing over `without`, and appends `replicas` nodes to `out`. Takes
  // the steps from `budget`; false when it is used up.
  bool Walk(Range range, Node without, int32_t replicas, int32_t repeats, int64_t& budget,
            std::vector<Node>& out) const;
  // The replicas of ranges_of(node), one after another, in a ring without it; false when that takes too long.
  bool WalkRangesOf(Node node, int32_t replicas, std::vector<Node>& out) const;
  std::vector<Handover> HandoversTo(Node node, int32_t replicas, absl::Span<const Node> placed) const;
  void GiveRanges(std::vector<Handover> handovers);
  void TakeOut(Node node);
  int32_t RacksWithout(Node node) const;

  std::vector<Token> tokens_;  // in ring order, distinct; tokens of removed nodes stay as cuts
  Strategy strategy_;
  int32_t replication_factor_ = 0;
  int32_t nodes_in_ring_ = 0;
  int32_t racks_in_ring_ = 0;
  size_t stride_ = 0;                          // replicas of a range when the map was built
  size_t count_ = 0;                           // replicas of a range now, <= stride_
  std::vector<Node> replicas_;                 // stride_ per range, the first count_ of them valid
  std::vector<std::vector<Range>> ranges_of_;  // by node
  std::vector<int32_t> rack_;                  // by node: rack numbered from 0
  std::vector<int32_t> rack_size_;             // by rack: its nodes in the ring
  std::vector<uint8_t> alive_;                 // by node: in the ring
  std::vector<Range> skip_;                    // by range: all tokens from it up to (not with) skip_ are dead
  int32_t alive_tokens_ = 0;
  int32_t dead_since_sweep_ = 0;
};

}  // namespace cassplan::placement

#endif  // CASSPLAN_LIB_PLACEMENT_REPLICAS_H_
