// How many replicas may be away before consistency levels fail, and how many are away, range by range.
#ifndef CASSPLAN_LIB_RING_AVAILABILITY_H_
#define CASSPLAN_LIB_RING_AVAILABILITY_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "lib/placement/replicas.h"

namespace cassplan::ring {

// org.apache.cassandra.db.ConsistencyLevel without ANY and NODE_LOCAL, which no loss of replicas breaks.
enum class Level {
  kOne,
  kTwo,
  kThree,
  kQuorum,
  kAll,
  kLocalQuorum,
  kEachQuorum,
  kSerial,
  kLocalSerial,
  kLocalOne,
};

// Whether the replicas of all datacenters together answer for the level. If not (LOCAL_*, EACH_QUORUM) it must hold in
// each datacenter by itself: clients of LOCAL_* may be in any of them.
bool SpansDatacenters(Level level);

// Replicas that must answer (ConsistencyLevel.blockFor). `rf_scope` >= 0: replicas of a range in the level's scope, the
// sum over the datacenters where SpansDatacenters, else one datacenter. 0 where rf_scope is 0: where nothing is
// replicated nothing can be lost (Cassandra would refuse the request; no client can be there). May exceed rf_scope (TWO
// at factor 1).
int32_t RequiredReplicas(Level level, int32_t rf_scope);

// The same for a write while `pending` more nodes in the scope take over the range (ConsistencyLevel.blockForWrite):
// they raise the need, and their answers count. So pending nodes that are up make no difference, and one that is away
// costs as much as a replica that is away. Paxos (SERIAL) asks for no more than this with one pending node and refuses
// every request with two or more.
int32_t RequiredForWrite(Level level, int32_t rf_scope, int32_t pending);

// Replicas (with pending ones) of a range that may be away so that every level holds; `rf` is the scope of all of them.
// 0: a loss of one breaks a level. Negative: a level fails with all replicas up. Without levels: rf, all may be away.
int32_t Tolerance(absl::Span<const Level> levels, int32_t rf);

// By node: other than 0 means away. Nodes past the end are up.
using AwayNodes = absl::Span<const uint8_t>;

// A node that will replicate a range once a movement ends and gets its writes already.
struct PendingReplica {
  placement::Range range;
  placement::Node node;
};

struct RangeLoss {
  int32_t away = 0;             // replicas and pending replicas of one range that are away: compare with Tolerance
  placement::Range range = -1;  // the lowest range with that many; -1 where none is away
};

// The worst over all ranges. `pending` in any order. For a joiner that has drawn no tokens yet every range counts: the
// caller adds 1 if it is away. Cost: ranges x replicas.
RangeLoss WorstLoss(const placement::ReplicaMap& map, AwayNodes away, absl::Span<const PendingReplica> pending = {});

// The worst over the ranges that `node` replicates or is pending for. Cost: those ranges x replicas, and `pending`.
RangeLoss WorstLossOf(const placement::ReplicaMap& map, placement::Node node, AwayNodes away,
                      absl::Span<const PendingReplica> pending = {});

// The worst over all tokens of the sum over datacenters, for levels that span them. Node numbers mean the same node in
// all maps. The maps are cut at different tokens, so the sum is taken for each piece; it may be less than the sum of
// the worst.
struct TokenLoss {
  int32_t away = 0;
  int64_t token = 0;  // the lowest token that ends a piece with that many, where away > 0
};
struct Scope {
  const placement::ReplicaMap* map;
  absl::Span<const PendingReplica> pending;
};
TokenLoss WorstLossAcross(absl::Span<const Scope> datacenters, AwayNodes away);

// Losses kept up to date while nodes go away and come back, for callers that ask about many candidates. Refers to the
// map, which must outlive it and must not change.
class LossCounter {
 public:
  explicit LossCounter(const placement::ReplicaMap& map);

  // No effect where the node is away (up) already. Cost: the ranges of the node.
  void SetAway(placement::Node node);
  void SetUp(placement::Node node);

  int32_t away(placement::Range range) const { return away_in_[static_cast<size_t>(range)]; }
  // The worst over all ranges. Cost: constant.
  int32_t worst() const { return worst_; }
  // The worst over the ranges of `node`, if it were away too; 0 for a node without ranges. Cost: its ranges.
  int32_t WorstWithout(placement::Node node) const;

 private:
  void Move(placement::Range range, int32_t by);

  const placement::ReplicaMap& map_;
  std::vector<uint8_t> is_away_;      // by node
  std::vector<int32_t> away_in_;      // by range
  std::vector<int32_t> ranges_with_;  // by number of replicas away: ranges with so many
  int32_t worst_ = 0;
};

}  // namespace cassplan::ring

#endif  // CASSPLAN_LIB_RING_AVAILABILITY_H_
