#include "lib/ring/ownership.h"

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/placement/recorded_ring_testing.h"
#include "lib/ring/random_ring_testing.h"

namespace cassplan::ring {
namespace {

using placement::Node;
using placement::ReadRecordedRing;
using placement::RecordedRing;
using placement::RecordedValue;
using placement::ReplicaMap;
using placement::Strategy;
using ::testing::ElementsAre;

absl::uint128 Sum(const std::vector<absl::uint128>& shares) {
  return std::accumulate(shares.begin(), shares.end(), absl::uint128(0));
}

TEST(Ownership, SumsToTheReplicas) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const RandomRing ring = AnyRing(random);
    ReplicaMap map = AnyMap(random, ring);
    for (Node node = 0; node < map.nodes(); ++node) {
      const int32_t replicas = std::min(map.replication_factor(), map.nodes_in_ring());
      ASSERT_EQ(Sum(PrimaryOwnership(map)), kWholeRing) << seed;
      ASSERT_EQ(Sum(EffectiveOwnership(map)), kWholeRing * static_cast<uint64_t>(replicas)) << seed;
      map.Remove(node);
      ASSERT_EQ(PrimaryOwnership(map)[static_cast<size_t>(node)], 0u) << seed;
    }
    ASSERT_EQ(Sum(PrimaryOwnership(map)), 0u);
  }
}

TEST(Ownership, IsTheWidthOfTheRanges) {
  const int32_t racks[] = {0, 0, 0};
  const ReplicaMap map({{0, 0}, {100, 1}, {130, 2}}, Strategy::kSimple, 2, racks);
  EXPECT_THAT(PrimaryOwnership(map), ElementsAre(kWholeRing - 130, 100, 30));
  EXPECT_THAT(EffectiveOwnership(map), ElementsAre(kWholeRing - 100, kWholeRing - 30, 130));
}

TEST(Ownership, OneTokenIsTheWholeRing) {
  const int32_t racks[] = {0};
  const ReplicaMap map({{-5, 0}}, Strategy::kNetworkTopology, 3, racks);
  EXPECT_THAT(PrimaryOwnership(map), ElementsAre(kWholeRing));
  EXPECT_THAT(EffectiveOwnership(map), ElementsAre(kWholeRing));
}

void ExpectRecorded(const std::string& file, const RecordedRing& ring, const std::vector<absl::uint128>& shares) {
  const nlohmann::json recorded = RecordedValue(file);
  ASSERT_EQ(recorded.size(), shares.size());
  for (const auto& [address, share] : recorded.items()) {
    const Node node = ring.NodeOf(placement::BareAddress(address));
    ASSERT_GE(node, 0) << address;
    const double computed = static_cast<double>(shares[static_cast<size_t>(node)]) / static_cast<double>(kWholeRing);
    EXPECT_NEAR(computed, share.get<double>(), 1e-6) << file << " " << address;
  }
}

// Rings A and C of lib/placement/recorded_test.cc; of ring B no ownership was recorded.
TEST(Ownership, AsCassandra4Says) {
  const RecordedRing ring = ReadRecordedRing("4.1.10/exec_describeRingJMX.json");
  const ReplicaMap map = ring.MapOf("dc1", 2);
  ExpectRecorded("4.1.10/read_Ownership.json", ring, PrimaryOwnership(map));
  ExpectRecorded("4.1.10/exec_effectiveOwnership.json", ring, EffectiveOwnership(map));
  ExpectRecorded("4.1.10/exec_effectiveOwnershipWithPort.json", ring, EffectiveOwnership(map));
}

TEST(Ownership, AsCassandra5Says) {
  const RecordedRing ring = ReadRecordedRing("5.0.9/exec_describeRingJMX.json");
  const ReplicaMap map = ring.MapOf("dc1", 1);
  ExpectRecorded("5.0.9/read_Ownership.json", ring, PrimaryOwnership(map));
  ExpectRecorded("5.0.9/exec_effectiveOwnership.json", ring, EffectiveOwnership(map));
}

}  // namespace
}  // namespace cassplan::ring
