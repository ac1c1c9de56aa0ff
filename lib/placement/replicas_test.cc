#include "lib/placement/replicas.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cassplan::placement {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Node> Replicas(const ReplicaMap& map, Range range) {
  return {map.replicas(range).begin(), map.replicas(range).end()};
}

// One cluster as Cassandra's documentation describes it, and nothing cleverer.
struct Cluster {
  std::map<int64_t, Node> ring;
  std::vector<int32_t> rack_of;

  void Drop(Node node) {
    std::erase_if(ring, [&](const auto& entry) { return entry.second == node; });
  }
  std::set<Node> Nodes() const {
    std::set<Node> nodes;
    for (const auto& [token, node] : ring) nodes.insert(node);
    return nodes;
  }
  std::set<int32_t> Racks() const {
    std::set<int32_t> racks;
    for (const Node node : Nodes()) racks.insert(rack_of[static_cast<size_t>(node)]);
    return racks;
  }
  std::vector<Token> Tokens() const {
    std::vector<Token> tokens;
    for (const auto& [token, node] : ring) tokens.push_back({token, node});
    return tokens;
  }
};

// The nodes of the ring in the order in which a walk from `token` meets their tokens.
std::vector<Node> Clockwise(const Cluster& cluster, int64_t token) {
  std::vector<Node> met;
  for (auto it = cluster.ring.lower_bound(token); it != cluster.ring.end(); ++it) met.push_back(it->second);
  for (auto it = cluster.ring.begin(); it != cluster.ring.lower_bound(token); ++it) met.push_back(it->second);
  return met;
}

// SimpleStrategy: "places the first replica on a node determined by the partitioner; additional replicas are placed on
// the next nodes clockwise in the ring".
std::vector<Node> NaiveSimple(const Cluster& cluster, int32_t rf, int64_t token) {
  std::vector<Node> replicas;
  for (const Node node : Clockwise(cluster, token)) {
    const bool known = std::count(replicas.begin(), replicas.end(), node) > 0;
    if (!known && static_cast<int32_t>(replicas.size()) < rf) replicas.push_back(node);
  }
  return replicas;
}

// NetworkTopologyStrategy.calculateNaturalReplicas of Cassandra 4.1, for one datacenter: the raw factor decides how
// many racks may repeat, as there.
std::vector<Node> NaiveNetworkTopology(const Cluster& cluster, int32_t rf, int64_t token) {
  std::vector<Node> replicas;
  std::set<int32_t> racks;
  int32_t left = std::min(rf, static_cast<int32_t>(cluster.Nodes().size()));
  int32_t acceptable_repeats = rf - static_cast<int32_t>(cluster.Racks().size());
  for (const Node node : Clockwise(cluster, token)) {
    if (left == 0) break;
    if (std::count(replicas.begin(), replicas.end(), node) > 0) continue;
    if (racks.insert(cluster.rack_of[static_cast<size_t>(node)]).second) {
      replicas.push_back(node);
      --left;
    } else if (acceptable_repeats > 0) {
      replicas.push_back(node);
      --left;
      --acceptable_repeats;
    }
  }
  return replicas;
}

std::vector<Node> Naive(const Cluster& cluster, Strategy strategy, int32_t rf, int64_t token) {
  return strategy == Strategy::kSimple ? NaiveSimple(cluster, rf, token) : NaiveNetworkTopology(cluster, rf, token);
}

struct Sample {
  Cluster cluster;
  std::vector<Token> claims;  // shuffled, with tokens that two nodes claim
  Strategy strategy;
  int32_t rf;

  ReplicaMap Map() const { return ReplicaMap(claims, strategy, rf, cluster.rack_of); }
};

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Without std::uniform_int_distribution, whose numbers differ between standard libraries.
  int32_t Between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  int64_t AnyToken() { return static_cast<int64_t>(engine_()); }
  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(Between(0, static_cast<int32_t>(i) - 1))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

Sample RandomSample(uint64_t seed) {
  Random random(seed);
  Sample sample{.cluster = {}, .claims = {}, .strategy = Strategy::kNetworkTopology, .rf = random.Between(0, 5)};
  if (random.Between(0, 3) == 0) sample.strategy = Strategy::kSimple;
  const int32_t racks = random.Between(1, 5);
  const int32_t nodes = random.Between(1, 12);
  const bool crowded = random.Between(0, 1) == 0;  // few token values, so that claims collide
  for (Node node = 0; node < nodes; ++node) {
    sample.cluster.rack_of.push_back(random.Between(1, racks) * 7);
    for (int32_t i = random.Between(1, 16); i > 0; --i) {
      sample.claims.push_back({crowded ? random.Between(-60, 60) : random.AnyToken(), node});
    }
  }
  random.Shuffle(sample.claims);
  for (const Token& claim : sample.claims) {
    const auto [it, added] = sample.cluster.ring.emplace(claim.value, claim.node);
    if (!added) it->second = std::min(it->second, claim.node);
  }
  return sample;
}

void ExpectConsistent(const ReplicaMap& map) {
  std::map<Node, std::vector<Range>> lists;
  for (Range range = 0; range < map.ranges(); ++range) {
    ASSERT_EQ(map.replicas(range).size(), static_cast<size_t>(std::min(map.replication_factor(), map.nodes_in_ring())));
    for (const Node node : map.replicas(range)) lists[node].push_back(range);
  }
  for (Node node = 0; node < map.nodes(); ++node) {
    ASSERT_EQ(map.ranges_of(node), lists[node]) << "node " << node;
    if (!map.in_ring(node)) {
      ASSERT_THAT(map.ranges_of(node), IsEmpty());
    }
  }
}

void ExpectAsNaive(const ReplicaMap& map, const Cluster& cluster) {
  ASSERT_EQ(map.nodes_in_ring(), static_cast<int32_t>(cluster.Nodes().size()));
  ASSERT_EQ(map.racks_in_ring(), static_cast<int32_t>(cluster.Racks().size()));
  for (Range range = 0; range < map.ranges(); ++range) {
    const int64_t token = map.token(range);
    ASSERT_EQ(Replicas(map, range), Naive(cluster, map.strategy(), map.replication_factor(), token)) << token;
    const std::vector<Node> met = Clockwise(cluster, token);
    ASSERT_EQ(map.owner(range), met.empty() ? -1 : met.front());
  }
}

TEST(ReplicaMap, PlacesAsTheNaiveWalkDoes) {
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    SCOPED_TRACE(seed);
    const Sample sample = RandomSample(seed);
    const ReplicaMap map = sample.Map();
    ASSERT_EQ(map.ranges(), static_cast<int32_t>(sample.cluster.ring.size()));
    ExpectConsistent(map);
    ExpectAsNaive(map, sample.cluster);
    if (HasFatalFailure()) return;
  }
}

// Ranges keep their numbers and boundaries when nodes go; every piece must have the replicas of a map built without
// them.
void ExpectAsFresh(const ReplicaMap& map, const Cluster& rest) {
  const ReplicaMap fresh(rest.Tokens(), map.strategy(), map.replication_factor(), rest.rack_of);
  ASSERT_EQ(map.nodes_in_ring(), fresh.nodes_in_ring());
  ASSERT_EQ(map.racks_in_ring(), fresh.racks_in_ring());
  for (Range range = 0; range < map.ranges(); ++range) {
    const Range same = fresh.RangeOf(map.token(range));
    if (same < 0) {
      ASSERT_THAT(map.replicas(range), IsEmpty());
      continue;
    }
    ASSERT_EQ(Replicas(map, range), Replicas(fresh, same)) << "token " << map.token(range);
  }
}

void ExpectHandovers(const std::vector<ReplicaMap::Handover>& handovers, const ReplicaMap& before,
                     const ReplicaMap& after, Node gone) {
  auto handover = handovers.begin();
  for (Range range = 0; range < before.ranges(); ++range) {
    std::set<Node> expected(before.replicas(range).begin(), before.replicas(range).end());
    if (expected.erase(gone) > 0) {
      ASSERT_TRUE(handover != handovers.end() && handover->range == range);
      if (handover->gained >= 0) {
        ASSERT_TRUE(expected.insert(handover->gained).second);
      }
      ++handover;
    }
    ASSERT_EQ(expected, std::set<Node>(after.replicas(range).begin(), after.replicas(range).end()));
  }
  ASSERT_TRUE(handover == handovers.end());
}

TEST(ReplicaMap, AnySequenceOfRemovesEqualsAFreshMap) {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Sample sample = RandomSample(seed);
    ReplicaMap map = sample.Map();
    Random random(seed + 1);
    std::vector<Node> order;
    for (Node node = 0; node < map.nodes(); ++node) order.push_back(node);
    random.Shuffle(order);
    for (const Node node : order) {
      const ReplicaMap before = map;
      const std::vector<ReplicaMap::Handover> handovers = map.WithoutNode(node);
      map.Remove(node);
      sample.cluster.Drop(node);
      ExpectConsistent(map);
      ExpectAsFresh(map, sample.cluster);
      ExpectAsNaive(map, sample.cluster);
      ExpectHandovers(handovers, before, map, node);
      if (HasFatalFailure()) return;
    }
    ASSERT_EQ(map.nodes_in_ring(), 0);
    ASSERT_EQ(map.racks_in_ring(), 0);
  }
}

// Racks of very unequal size: the walk for a new replica of the small rack is long, so that Remove builds anew instead.
TEST(ReplicaMap, RemovesAreRightWhereARackIsRare) {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    Sample sample{.cluster = {}, .claims = {}, .strategy = Strategy::kNetworkTopology, .rf = 3};
    Random random(seed);
    constexpr Node kNodes = 120;
    for (Node node = 0; node < kNodes; ++node) {
      sample.cluster.rack_of.push_back(node < 2 ? 0 : node < 4 ? 1 : 2);
      for (int32_t i = 0; i < 4; ++i) sample.cluster.ring.emplace(random.AnyToken(), node);
    }
    ReplicaMap map(sample.cluster.Tokens(), sample.strategy, sample.rf, sample.cluster.rack_of);
    for (const Node node : {0, 50, 2, 3, 1, 119, 60}) {
      const ReplicaMap before = map;
      const std::vector<ReplicaMap::Handover> handovers = map.WithoutNode(node);
      map.Remove(node);
      sample.cluster.Drop(node);
      ExpectConsistent(map);
      ExpectAsNaive(map, sample.cluster);
      ExpectHandovers(handovers, before, map, node);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ReplicaMap, EmptyRing) {
  const ReplicaMap map({}, Strategy::kNetworkTopology, 3, {});
  EXPECT_EQ(map.ranges(), 0);
  EXPECT_EQ(map.RangeOf(17), -1);
  EXPECT_EQ(map.nodes_in_ring(), 0);
  EXPECT_EQ(map.racks_in_ring(), 0);
}

TEST(ReplicaMap, OneToken) {
  const int32_t racks[] = {0, 0};
  ReplicaMap map({{42, 1}}, Strategy::kSimple, 3, racks);
  EXPECT_EQ(map.width(0), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(map.RangeOf(std::numeric_limits<int64_t>::min()), 0);
  EXPECT_EQ(map.RangeOf(43), 0);
  EXPECT_THAT(map.replicas(0), ElementsAre(1));
  EXPECT_FALSE(map.in_ring(0));
  const auto handovers = map.WithoutNode(1);
  ASSERT_EQ(handovers.size(), 1u);
  EXPECT_EQ(handovers[0].gained, -1);
  map.Remove(1);
  map.Remove(1);
  map.Remove(0);
  EXPECT_EQ(map.ranges(), 1);
  EXPECT_THAT(map.replicas(0), IsEmpty());
  EXPECT_EQ(map.owner(0), -1);
}

TEST(ReplicaMap, RangesEndWithTheirTokenAndWidthsWrapAround) {
  const int32_t racks[] = {0, 0};
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const ReplicaMap map({{kMax, 0}, {kMin, 1}, {0, 1}}, Strategy::kSimple, 1, racks);
  EXPECT_EQ(map.RangeOf(kMin), 0);
  EXPECT_EQ(map.RangeOf(kMin + 1), 1);
  EXPECT_EQ(map.RangeOf(0), 1);
  EXPECT_EQ(map.RangeOf(1), 2);
  EXPECT_EQ(map.RangeOf(kMax), 2);
  EXPECT_EQ(map.width(0), 1u);
  EXPECT_EQ(map.width(1), uint64_t{1} << 63);
  EXPECT_EQ(map.width(2), (uint64_t{1} << 63) - 1);
}

TEST(ReplicaMap, WidthsSumToTheWholeRing) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const ReplicaMap map = RandomSample(seed).Map();
    if (map.ranges() < 2) continue;
    uint64_t sum = 0;  // modulo 2^64
    for (Range range = 0; range < map.ranges(); ++range) {
      ASSERT_GT(map.width(range), 0u);
      sum += map.width(range);
    }
    EXPECT_EQ(sum, 0u);
  }
}

TEST(ReplicaMap, AContestedTokenBelongsToTheLowerNodeForGood) {
  const int32_t racks[] = {0, 0, 0};
  ReplicaMap map({{5, 2}, {5, 1}, {9, 0}}, Strategy::kSimple, 2, racks);
  EXPECT_EQ(map.ranges(), 2);
  EXPECT_FALSE(map.in_ring(2));
  EXPECT_THAT(map.replicas(0), ElementsAre(1, 0));
  map.Remove(1);
  EXPECT_THAT(map.replicas(0), ElementsAre(0));
  EXPECT_FALSE(map.in_ring(2));
}

TEST(ReplicaMap, CountsNodesOfRacks) {
  const int32_t racks[] = {9, 4, 9, 4, 2};
  ReplicaMap map({{1, 0}, {2, 1}, {3, 2}, {4, 3}}, Strategy::kNetworkTopology, 3, racks);
  EXPECT_EQ(map.nodes(), 5);
  EXPECT_EQ(map.racks_in_ring(), 2);
  EXPECT_THAT(map.rack_sizes(), ElementsAre(0, 2, 2));
  map.Remove(0);
  EXPECT_EQ(map.rack(0), 2);
  EXPECT_EQ(map.rack(3), 1);
  EXPECT_EQ(map.rack(4), 0);
  EXPECT_THAT(map.rack_sizes(), ElementsAre(0, 2, 1));
  map.Remove(2);
  EXPECT_EQ(map.racks_in_ring(), 1);
  EXPECT_THAT(map.replicas(0), ElementsAre(1, 3));
}

// As many replicas of a rack as there are factors without a rack: rf 3 over two racks, six nodes.
TEST(ReplicaMap, FewerRacksThanReplicas) {
  const int32_t racks[] = {0, 0, 0, 0, 0, 1};
  const ReplicaMap map({{1, 0}, {2, 1}, {3, 2}, {4, 3}, {5, 4}, {6, 5}}, Strategy::kNetworkTopology, 3, racks);
  EXPECT_THAT(map.replicas(0), ElementsAre(0, 1, 5));
  EXPECT_THAT(map.replicas(3), ElementsAre(3, 4, 5));
  EXPECT_THAT(map.replicas(4), ElementsAre(4, 5, 0));
}

}  // namespace
}  // namespace cassplan::placement
