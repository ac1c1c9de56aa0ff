#include "lib/ring/disk_forecast.h"

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/ring/ownership.h"
#include "lib/ring/random_ring_testing.h"

namespace cassplan::ring {
namespace {

using placement::Node;
using placement::Range;
using placement::ReplicaMap;
using placement::Strategy;
using ::testing::IsEmpty;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

double Part(absl::uint128 width) { return static_cast<double>(width) / static_cast<double>(kWholeRing); }

// Width that each node replicates in the ring without `leaver` beyond what it replicates with it, from two whole maps.
std::map<Node, double> WidthGained(const RandomRing& ring, const ReplicaMap& map, Node leaver) {
  RandomRing rest = ring;
  std::erase_if(rest.tokens, [&](const placement::Token& token) { return token.node == leaver; });
  const std::vector<absl::uint128> before = EffectiveOwnership(map);
  const std::vector<absl::uint128> after = EffectiveOwnership(rest.Map(map.strategy(), map.replication_factor()));
  std::map<Node, double> gained;
  for (Node node = 0; node < map.nodes(); ++node) {
    const auto i = static_cast<size_t>(node);
    if (after[i] > before[i]) gained[node] = Part(after[i] - before[i]);
  }
  return gained;
}

TEST(ForecastLeave, OneClassIsExact) {
  constexpr int64_t kLoad = 1'000'000'000'000;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const RandomRing ring = AnyRing(random);
    const ReplicaMap map = AnyMap(random, ring);
    const Node leaver = random.Between(0, map.nodes() - 1);
    const double all = Part(EffectiveOwnership(map)[static_cast<size_t>(leaver)]);
    const std::map<Node, double> gained = WidthGained(ring, map, leaver);
    const std::vector<Incoming> incoming = ForecastLeave({&map}, leaver, kLoad);
    ASSERT_EQ(incoming.size(), gained.size());
    for (const Incoming& one : incoming) {
      ASSERT_EQ(gained.count(one.node), 1u);
      ASSERT_TRUE(one.bytes.has_value());
      const double expected = static_cast<double>(kLoad) * gained.at(one.node) / all;
      ASSERT_NEAR(static_cast<double>(*one.bytes), expected, 2.0);
      ASSERT_GE(static_cast<double>(*one.bytes), expected - 0.01);
    }
  }
}

TEST(ForecastLeave, NeverUnderestimatesForAnySplitOfTheLoad) {
  constexpr int64_t kLoad = 1'000'000'000;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const RandomRing ring = AnyRing(random);
    const ReplicaMap a = AnyMap(random, ring);
    const ReplicaMap b = AnyMap(random, ring);
    const Node leaver = random.Between(0, a.nodes() - 1);
    const double width_a = Part(EffectiveOwnership(a)[static_cast<size_t>(leaver)]);
    const double width_b = Part(EffectiveOwnership(b)[static_cast<size_t>(leaver)]);
    std::map<Node, double> gained_a = WidthGained(ring, a, leaver);
    std::map<Node, double> gained_b = WidthGained(ring, b, leaver);
    std::map<Node, int64_t> forecast;
    for (const Incoming& one : ForecastLeave({&a, &b}, leaver, kLoad)) forecast[one.node] = one.bytes.value();
    for (int percent = 0; percent <= 100; percent += 10) {
      for (Node node = 0; node < a.nodes(); ++node) {
        const double of_a = width_a > 0 ? gained_a[node] / width_a : 0;
        const double of_b = width_b > 0 ? gained_b[node] / width_b : 0;
        const double actual = static_cast<double>(kLoad) * (of_a * percent + of_b * (100 - percent)) / 100;
        ASSERT_GE(static_cast<double>(forecast[node]), actual - 0.01);
      }
    }
  }
}

TEST(ForecastLeave, UnknownLoadIsUnknownForEveryReceiver) {
  const int32_t racks[] = {0, 0, 0};
  const ReplicaMap map({{1, 0}, {2, 1}, {3, 2}}, Strategy::kSimple, 1, racks);
  const std::vector<Incoming> incoming = ForecastLeave({&map}, 1, std::nullopt);
  ASSERT_EQ(incoming.size(), 1u);
  EXPECT_EQ(incoming[0].node, 2);
  EXPECT_FALSE(incoming[0].bytes.has_value());
}

TEST(ForecastLeave, NobodyReceivesWhereEveryNodeHasAll) {
  const int32_t racks[] = {0, 0, 0};
  const ReplicaMap map({{1, 0}, {2, 1}, {3, 2}}, Strategy::kNetworkTopology, 3, racks);
  EXPECT_THAT(ForecastLeave({&map}, 1, 500), IsEmpty());
  EXPECT_THAT(ForecastLeave({}, 1, 500), IsEmpty());
}

TEST(ForecastLeave, HoldsForTheLargestNumbers) {
  const int32_t racks[] = {0, 0};
  const ReplicaMap map({{1, 0}, {2, 1}}, Strategy::kSimple, 1, racks);
  EXPECT_EQ(ForecastLeave({&map}, 0, kMax).at(0).bytes, kMax);
  EXPECT_EQ(ForecastLeave({&map}, 1, kMax).at(0).bytes, kMax);
  EXPECT_EQ(ForecastLeave({&map}, 1, 0).at(0).bytes, 0);
}

TEST(ForecastLeave, SplitsByWidthAndRoundsUp) {
  const int32_t racks[] = {0, 0, 0};
  // Node 0 ends (10, 20] and (30, 60]; node 1 takes over the first, node 2 the second.
  const ReplicaMap map({{20, 0}, {30, 1}, {60, 0}, {10, 2}}, Strategy::kSimple, 1, racks);
  const std::vector<Incoming> incoming = ForecastLeave({&map}, 0, 101);
  ASSERT_EQ(incoming.size(), 2u);
  EXPECT_EQ(incoming[0].bytes, 26);  // 25.25
  EXPECT_EQ(incoming[1].bytes, 76);  // 75.75
}

// Three racks of which the first `nodes` nodes are in the ring; node 9 to 11 wait in rack 0, in rack 3 and in rack 4.
struct Waiting {
  explicit Waiting(int32_t nodes) {
    for (Node node = 0; node < 9; ++node) rack_of.push_back(node % 3);
    for (const int32_t rack : {0, 3, 4}) rack_of.push_back(rack);
    for (Node node = 0; node < nodes; ++node) tokens.push_back({node * 1000, node});
  }
  ReplicaMap Map(Strategy strategy, int32_t rf) const { return {tokens, strategy, rf, rack_of}; }

  std::vector<placement::Token> tokens;
  std::vector<int32_t> rack_of;
};

std::vector<std::optional<int64_t>> Loads(size_t nodes, int64_t bytes) {
  return std::vector<std::optional<int64_t>>(nodes, bytes);
}

TEST(ForecastJoin, EvenShareOfTheRackWhereRacksAreReplicas) {
  const ReplicaMap map = Waiting(9).Map(Strategy::kNetworkTopology, 3);
  std::vector<std::optional<int64_t>> loads = Loads(9, 1000);
  EXPECT_EQ(ForecastJoin({&map}, 9, loads, 0), 750);
  EXPECT_EQ(ForecastJoin({&map}, 9, loads, 50), 1125);
  loads[1].reset();  // another rack, which gives nothing
  EXPECT_EQ(ForecastJoin({&map}, 9, loads, 0), 750);
  loads[3].reset();
  EXPECT_EQ(ForecastJoin({&map}, 9, loads, 0), std::nullopt);
}

TEST(ForecastJoin, EvenShareOfAllWithoutRacks) {
  const Waiting waiting(9);
  const ReplicaMap simple = waiting.Map(Strategy::kSimple, 3);
  // 900, and one byte for a tenth that was rounded up.
  EXPECT_EQ(ForecastJoin({&simple}, 9, Loads(9, 1000), 0), 901);
  EXPECT_EQ(ForecastJoin({&simple}, 10, Loads(9, 1000), 0), 901);
  EXPECT_EQ(ForecastJoin({&simple}, 10, Loads(8, 1000), 0), std::nullopt);
}

TEST(ForecastJoin, AFullCopyWhereNodesOrRacksAreFewerThanReplicas) {
  const ReplicaMap two_nodes = Waiting(2).Map(Strategy::kNetworkTopology, 3);
  EXPECT_EQ(ForecastJoin({&two_nodes}, 9, Loads(2, 1000), 0), 1000);
  const ReplicaMap new_rack = Waiting(9).Map(Strategy::kNetworkTopology, 4);  // 9,000 bytes are four copies
  EXPECT_EQ(ForecastJoin({&new_rack}, 10, Loads(9, 1000), 0), 2250);
}

TEST(ForecastJoin, ANewRackBesideEnoughRacks) {
  const ReplicaMap map = Waiting(9).Map(Strategy::kNetworkTopology, 2);  // 9,000 bytes are two copies; racks of 3
  EXPECT_EQ(ForecastJoin({&map}, 10, Loads(9, 1000), 0), 2250);          // 4,500 x (1/4 + 1/4)
  const ReplicaMap few = Waiting(3).Map(Strategy::kNetworkTopology, 3);  // 1/2 + 1/2 + 1/2 is more than a copy
  EXPECT_NEAR(static_cast<double>(*ForecastJoin({&few}, 10, Loads(3, 1000), 0)), 1000, 1);
}

TEST(ForecastJoin, TheWorstClassCounts) {
  const Waiting waiting(9);
  const ReplicaMap three = waiting.Map(Strategy::kNetworkTopology, 3);
  const ReplicaMap simple = waiting.Map(Strategy::kSimple, 1);
  const ReplicaMap none = waiting.Map(Strategy::kNetworkTopology, 0);
  // A quarter of each load in the rack, a tenth (rounded up) of each other.
  EXPECT_EQ(ForecastJoin({&three, &simple, &none}, 9, Loads(9, 1000), 0), 750 + 601);
  EXPECT_EQ(ForecastJoin({&none}, 9, {}, 0), 0);
}

TEST(ForecastJoin, HoldsForTheLargestNumbers) {
  const ReplicaMap map = Waiting(9).Map(Strategy::kSimple, 3);
  EXPECT_EQ(ForecastJoin({&map}, 9, Loads(9, kMax), 1000), kMax);
  EXPECT_EQ(ForecastJoin({&map}, 9, Loads(9, 0), 1000), 0);
}

TEST(ForecastJoin, AnEmptyRingGivesNothing) {
  const ReplicaMap map = Waiting(0).Map(Strategy::kNetworkTopology, 3);
  EXPECT_EQ(ForecastJoin({&map}, 9, {}, 50), 0);
}

// Means over many draws of all tokens: what the joiner really gets, and what was forecast from the loads before.
struct Means {
  double actual = 0;
  double forecast = 0;
};

Means Draw(const std::vector<int32_t>& rack_sizes, int32_t joiner_rack, Strategy strategy, int32_t rf) {
  constexpr double kCopy = 1e12;
  Means means;
  Random random(11);
  for (int draw = 0; draw < 400; ++draw) {
    RandomRing ring;
    for (size_t rack = 0; rack < rack_sizes.size(); ++rack) {
      for (int32_t i = 0; i < rack_sizes[rack]; ++i) ring.AddNode(random, static_cast<int32_t>(rack), 8);
    }
    const Node joiner = ring.AddNode(random, joiner_rack, 0);
    const ReplicaMap before = ring.Map(strategy, rf);
    std::vector<std::optional<int64_t>> loads;
    for (const absl::uint128& width : EffectiveOwnership(before)) {
      loads.push_back(static_cast<int64_t>(Part(width) * kCopy));
    }
    for (int32_t i = 0; i < 8; ++i) ring.tokens.push_back({random.AnyToken(), joiner});
    const ReplicaMap after = ring.Map(strategy, rf);
    means.actual += Part(EffectiveOwnership(after)[static_cast<size_t>(joiner)]) * kCopy;
    means.forecast += static_cast<double>(ForecastJoin({&before}, joiner, loads, 0).value());
  }
  return means;
}

TEST(ForecastJoin, CoversWhatAJoinerGetsOnAverage) {
  struct Case {
    std::vector<int32_t> rack_sizes;
    int32_t joiner_rack;
    Strategy strategy;
    int32_t rf;
    double at_most;  // times what it really gets
  };
  constexpr Strategy kNts = Strategy::kNetworkTopology;
  const Case cases[] = {
      {{4, 4, 4}, 0, kNts, 3, 1.05},  // racks = rf
      {{1, 5, 9}, 0, kNts, 3, 1.05},  //
      {{2, 6}, 1, kNts, 2, 1.05},     //
      {{10}, 0, kNts, 3, 1.05},       // one rack
      {{4, 4, 4}, 1, Strategy::kSimple, 3, 1.05},
      {{3, 3}, 5, Strategy::kSimple, 2, 1.05},
      {{1, 1}, 0, kNts, 3, 1.01},        // fewer nodes than rf
      {{1, 1}, 7, kNts, 5, 1.01},        //
      {{4, 4}, 7, kNts, 3, 1.01},        // a new rack makes as many as rf
      {{6}, 7, kNts, 3, 1.01},           // a new rack, still fewer
      {{4, 4}, 0, kNts, 3, 1.35},        // fewer racks than rf
      {{1, 10}, 0, kNts, 3, 2.1},        //
      {{1, 10}, 1, kNts, 3, 1.35},       //
      {{4, 4, 4, 4}, 0, kNts, 3, 1.35},  // more racks than rf
      {{1, 6, 6, 6}, 0, kNts, 3, 1.35},  //
      {{1, 1, 1, 1}, 0, kNts, 3, 2.1},   //
      {{5, 5, 5}, 7, kNts, 3, 2.1},      // a new rack, no longer needed
      {{1, 1, 1}, 7, kNts, 3, 2.1},      //
      {{1, 8, 8, 8}, 7, kNts, 2, 2.5},   //
      {{1, 30, 30}, 7, kNts, 3, 2.1},    //
  };
  for (const Case& c : cases) {
    std::string name = "joins rack " + std::to_string(c.joiner_rack) + " rf " + std::to_string(c.rf) + " of";
    for (const int32_t size : c.rack_sizes) name += " " + std::to_string(size);
    SCOPED_TRACE(name);
    const Means means = Draw(c.rack_sizes, c.joiner_rack, c.strategy, c.rf);
    EXPECT_GE(means.forecast, means.actual * 0.97);  // 0.97: the error of 400 draws
    EXPECT_LE(means.forecast, means.actual * c.at_most);
    RecordProperty(name, std::to_string(means.forecast / means.actual));
  }
}

TEST(Fits, AtTheLimit) {
  // 100 + 20 + 30 + 50 = 200, headroom 10 % of 170.
  EXPECT_TRUE(Fits(100, 20, 30, 50, 434, 50, 10));
  EXPECT_FALSE(Fits(100, 20, 30, 50, 433, 50, 10));
  EXPECT_FALSE(Fits(100, 20, 30, 51, 434, 50, 10));
  EXPECT_TRUE(Fits(100, 20, 30, 50, 400, 50, 0));
  EXPECT_FALSE(Fits(100, 20, 30, 50, 399, 50, 0));
  EXPECT_TRUE(Fits(0, 0, 0, 0, 0, 80, 20));
}

TEST(Fits, EveryPartCounts) {
  EXPECT_TRUE(Fits(10, 10, 10, 10, 40, 100, 0));
  EXPECT_FALSE(Fits(11, 10, 10, 10, 40, 100, 0));
  EXPECT_FALSE(Fits(10, 11, 10, 10, 40, 100, 0));
  EXPECT_FALSE(Fits(10, 10, 11, 10, 40, 100, 0));
  EXPECT_FALSE(Fits(10, 10, 10, 11, 40, 100, 0));
}

TEST(Fits, SnapshotsNeedNoHeadroom) {
  EXPECT_TRUE(Fits(0, 0, 100, 0, 100, 100, 100));
  EXPECT_FALSE(Fits(0, 0, 99, 1, 100, 100, 100));
}

TEST(Fits, HoldsForTheLargestNumbersAndRefusesNegativeOnes) {
  EXPECT_FALSE(Fits(kMax, kMax, kMax, kMax, kMax, 100, 100));
  EXPECT_TRUE(Fits(kMax, 0, 0, 0, kMax, 100, 0));
  EXPECT_FALSE(Fits(kMax, 0, 0, 1, kMax, 100, 0));
  EXPECT_FALSE(Fits(-1, 0, 0, 0, 10, 100, 0));
  EXPECT_FALSE(Fits(0, 0, 0, 0, -1, 100, 0));
}

}  // namespace
}  // namespace cassplan::ring
