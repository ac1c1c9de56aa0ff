#include "lib/ring/availability.h"

#include <algorithm>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/ring/random_ring_testing.h"

namespace cassplan::ring {
namespace {

using placement::Node;
using placement::Range;
using placement::ReplicaMap;
using placement::Strategy;

constexpr Level kLevels[] = {Level::kOne,         Level::kTwo,         Level::kThree,      Level::kQuorum,
                             Level::kAll,         Level::kLocalQuorum, Level::kEachQuorum, Level::kSerial,
                             Level::kLocalSerial, Level::kLocalOne};

TEST(Availability, RequiredReplicas) {
  struct Case {
    Level level;
    int32_t at_1, at_2, at_3, at_5, at_6;
  };
  const Case cases[] = {
      {Level::kOne, 1, 1, 1, 1, 1},        {Level::kTwo, 2, 2, 2, 2, 2},    {Level::kThree, 3, 3, 3, 3, 3},
      {Level::kQuorum, 1, 2, 2, 3, 4},     {Level::kAll, 1, 2, 3, 5, 6},    {Level::kLocalQuorum, 1, 2, 2, 3, 4},
      {Level::kEachQuorum, 1, 2, 2, 3, 4}, {Level::kSerial, 1, 2, 2, 3, 4}, {Level::kLocalSerial, 1, 2, 2, 3, 4},
      {Level::kLocalOne, 1, 1, 1, 1, 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.level));
    EXPECT_EQ(RequiredReplicas(c.level, 0), 0);
    EXPECT_EQ(RequiredReplicas(c.level, 1), c.at_1);
    EXPECT_EQ(RequiredReplicas(c.level, 2), c.at_2);
    EXPECT_EQ(RequiredReplicas(c.level, 3), c.at_3);
    EXPECT_EQ(RequiredReplicas(c.level, 5), c.at_5);
    EXPECT_EQ(RequiredReplicas(c.level, 6), c.at_6);
    EXPECT_EQ(RequiredForWrite(c.level, 3, 2), c.at_3 + 2);
  }
}

TEST(Availability, SpansDatacenters) {
  const std::set<Level> local = {Level::kLocalQuorum, Level::kEachQuorum, Level::kLocalSerial, Level::kLocalOne};
  for (const Level level : kLevels) EXPECT_EQ(SpansDatacenters(level), local.count(level) == 0);
}

TEST(Availability, Tolerance) {
  const Level defaults[] = {Level::kLocalQuorum, Level::kLocalSerial};
  EXPECT_EQ(Tolerance(defaults, 1), 0);
  EXPECT_EQ(Tolerance(defaults, 2), 0);
  EXPECT_EQ(Tolerance(defaults, 3), 1);
  EXPECT_EQ(Tolerance(defaults, 5), 2);
  EXPECT_EQ(Tolerance({Level::kTwo}, 1), -1);
  EXPECT_EQ(Tolerance({Level::kThree}, 1), -2);
  EXPECT_EQ(Tolerance({Level::kOne, Level::kAll}, 3), 0);
  EXPECT_EQ(Tolerance({}, 3), 3);
  EXPECT_EQ(Tolerance(kLevels, 0), 0);
}

// What Cassandra checks for a write: live replicas, pending ones among them, against blockFor + pending.
TEST(Availability, ToleranceHoldsForWritesToPendingReplicas) {
  for (int32_t rf = 1; rf <= 6; ++rf) {
    for (const Level level : kLevels) {
      for (int32_t pending = 0; pending <= 3; ++pending) {
        for (int32_t away = 0; away <= rf; ++away) {
          for (int32_t pending_away = 0; pending_away <= pending; ++pending_away) {
            const int32_t live = rf - away + pending - pending_away;
            EXPECT_EQ(away + pending_away <= Tolerance({level}, rf), live >= RequiredForWrite(level, rf, pending));
          }
        }
      }
    }
  }
}

// Paxos of Cassandra counts a majority of replicas and pending ones (CASSANDRA-8346), and takes one pending node at
// most.
TEST(Availability, ToleranceIsEnoughForPaxosWithOnePendingReplica) {
  for (int32_t rf = 1; rf <= 7; ++rf) {
    for (int32_t away = 0; away <= Tolerance({Level::kSerial}, rf); ++away) {
      EXPECT_GE(rf + 1 - away, (rf + 1) / 2 + 1);
    }
  }
}

struct Situation {
  explicit Situation(uint64_t seed) : random(seed), ring(AnyRing(random)), map(AnyMap(random, ring)) {
    for (Node node = 0; node < map.nodes(); ++node) away.push_back(random.Between(0, 2) == 0 ? 1 : 0);
    if (random.Between(0, 2) == 0) away.pop_back();
    for (int32_t i = random.Between(0, 6); i > 0 && map.ranges() > 0; --i) {
      pending.push_back({random.Between(0, map.ranges() - 1), random.Between(0, map.nodes() - 1)});
    }
  }
  bool IsAway(Node node) const {
    return static_cast<size_t>(node) < away.size() && away[static_cast<size_t>(node)] != 0;
  }
  int32_t LossAt(Range range) const {
    int32_t loss = 0;
    for (const Node node : map.replicas(range)) loss += IsAway(node) ? 1 : 0;
    for (const PendingReplica& replica : pending) loss += replica.range == range && IsAway(replica.node) ? 1 : 0;
    return loss;
  }
  bool Holds(Node node, Range range) const {
    const absl::Span<const Node> replicas = map.replicas(range);
    if (std::count(replicas.begin(), replicas.end(), node) > 0) return true;
    return std::any_of(pending.begin(), pending.end(),
                       [&](const PendingReplica& p) { return p.node == node && p.range == range; });
  }

  Random random;
  RandomRing ring;
  ReplicaMap map;
  std::vector<uint8_t> away;
  std::vector<PendingReplica> pending;
};

TEST(Availability, WorstLossIsTheWorstOfAllRanges) {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    const Situation s(seed);
    RangeLoss expected;
    for (Range range = 0; range < s.map.ranges(); ++range) {
      if (s.LossAt(range) > expected.away) expected = {s.LossAt(range), range};
    }
    const RangeLoss found = WorstLoss(s.map, s.away, s.pending);
    ASSERT_EQ(found.away, expected.away);
    ASSERT_EQ(found.range, expected.range);
  }
}

TEST(Availability, WorstLossOfANode) {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    const Situation s(seed);
    for (Node node = 0; node < s.map.nodes(); ++node) {
      RangeLoss expected;
      for (Range range = 0; range < s.map.ranges(); ++range) {
        if (s.Holds(node, range) && s.LossAt(range) > expected.away) expected = {s.LossAt(range), range};
      }
      const RangeLoss found = WorstLossOf(s.map, node, s.away, s.pending);
      ASSERT_EQ(found.away, expected.away);
      ASSERT_EQ(found.range, expected.range);
    }
  }
}

TEST(Availability, AWholeRackCostsOneReplicaWhereEveryReplicaHasItsRack) {
  Random random(3);
  RandomRing ring;
  for (int32_t i = 0; i < 30; ++i) ring.AddNode(random, i % 3, 16);
  std::vector<uint8_t> rack_away;
  for (int32_t i = 0; i < 30; ++i) rack_away.push_back(i % 3 == 1 ? 1 : 0);
  EXPECT_EQ(WorstLoss(ring.Map(Strategy::kNetworkTopology, 3), rack_away).away, 1);
  EXPECT_EQ(WorstLoss(ring.Map(Strategy::kSimple, 3), rack_away).away, 3);
  EXPECT_GT(WorstLoss(ring.Map(Strategy::kNetworkTopology, 5), rack_away).away, 1);
}

TEST(Availability, WorstLossAcrossDatacenters) {
  bool less_than_sum = false;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    const Situation a(2 * seed);
    const Situation b(2 * seed + 1);
    const Scope scopes[] = {{&a.map, a.pending}, {&b.map, b.pending}};
    std::set<int64_t> tokens;
    for (Range range = 0; range < a.map.ranges(); ++range) tokens.insert(a.map.token(range));
    for (Range range = 0; range < b.map.ranges(); ++range) tokens.insert(b.map.token(range));
    TokenLoss expected;
    for (const int64_t token : tokens) {  // both maps judge with the same nodes away
      int32_t loss = a.LossAt(a.map.RangeOf(token));
      const absl::Span<const Node> replicas = b.map.replicas(b.map.RangeOf(token));
      for (const Node node : replicas) loss += a.IsAway(node) ? 1 : 0;
      for (const PendingReplica& p : b.pending) loss += p.range == b.map.RangeOf(token) && a.IsAway(p.node) ? 1 : 0;
      if (loss > expected.away) expected = {loss, token};
    }
    const TokenLoss found = WorstLossAcross(scopes, a.away);
    ASSERT_EQ(found.away, expected.away);
    ASSERT_EQ(found.token, expected.token);
    const int32_t sum = WorstLoss(a.map, a.away, a.pending).away + WorstLoss(b.map, a.away, b.pending).away;
    ASSERT_LE(found.away, sum);
    less_than_sum |= found.away < sum;
  }
  EXPECT_TRUE(less_than_sum);
}

TEST(Availability, AnEmptyDatacenterLosesNothing) {
  const ReplicaMap empty({}, Strategy::kNetworkTopology, 3, {});
  EXPECT_EQ(WorstLoss(empty, {}).range, -1);
  const Situation s(7);
  const Scope scopes[] = {{&empty, {}}, {&s.map, {}}};
  EXPECT_EQ(WorstLossAcross(scopes, s.away).away, WorstLoss(s.map, s.away).away);
  EXPECT_EQ(LossCounter(empty).worst(), 0);
}

TEST(LossCounter, FollowsTheNodes) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Situation s(seed);
    s.away.assign(static_cast<size_t>(s.map.nodes()), 0);
    LossCounter counter(s.map);
    for (int step = 0; step < 30; ++step) {
      const Node node = s.random.Between(0, s.map.nodes() - 1);
      const bool away = s.random.Between(0, 1) == 0;
      s.away[static_cast<size_t>(node)] = away ? 1 : 0;
      away ? counter.SetAway(node) : counter.SetUp(node);
      ASSERT_EQ(counter.worst(), WorstLoss(s.map, s.away).away);
      const Node other = s.random.Between(0, s.map.nodes() - 1);
      std::vector<uint8_t> with_other = s.away;
      with_other[static_cast<size_t>(other)] = 1;
      ASSERT_EQ(counter.WorstWithout(other), WorstLossOf(s.map, other, with_other).away);
    }
  }
}

}  // namespace
}  // namespace cassplan::ring
