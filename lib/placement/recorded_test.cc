// Placement against what real Cassandra answered. The recorded files belong to three rings, which do not mix (they were
// recorded minutes apart, with nodes added and removed in between):
//   A  4.1.10, four nodes in dc1, keyspace demo with factor 2: exec_describeRingJMX, exec_getNaturalEndpointsWithPort,
//      exec_effectiveOwnership, exec_effectiveOwnershipWithPort, read_TokenToEndpointMap, read_Tokens (of 127.0.0.11),
//      read_Ownership
//   B  4.1.10, five minutes later, ring A without 127.0.0.14 and with 127.0.0.15 in dc2; demo {dc1: 2, dc2: 1}:
//      exec_describeRingJMX_2dc
//   C  5.0.9, two nodes in dc1, demo with factor 1: all its files
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/placement/murmur3.h"
#include "lib/placement/recorded_ring_testing.h"
#include "lib/placement/replicas.h"

namespace cassplan::placement {
namespace {

using ::testing::ElementsAreArray;
using ::testing::SizeIs;

const char kRingA[] = "4.1.10/exec_describeRingJMX.json";
const char kRingB[] = "4.1.10/exec_describeRingJMX_2dc.json";
const char kRingC[] = "5.0.9/exec_describeRingJMX.json";

// An int column's value as Cassandra serializes it. demo.t has an int key: of text "42", int 42 and bigint 42 only the
// int leads to the recorded endpoints of ring A.
std::string IntKey(uint32_t value) {
  std::string key;
  for (const int shift : {24, 16, 8, 0}) key.push_back(static_cast<char>((value >> shift) & 0xff));
  return key;
}

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// The vectors with which the DataStax Python driver tests its own murmur3 (tests/unit/test_metadata.py).
TEST(Murmur3, IsCassandrasVariant) {
  EXPECT_EQ(Murmur3Token("123"), -7468325962851647638);
  EXPECT_EQ(Murmur3Token(Repeat(std::string("\x00\xff\x10\xfa\x99", 5), 10)), 5837342703291459765);
  EXPECT_EQ(Murmur3Token(std::string(8, '\xfe')), -8927430733708461935);
  EXPECT_EQ(Murmur3Token(std::string(8, '\x10')), 1446172840243228796);
  EXPECT_EQ(Murmur3Token("9223372036854775807"), 7162290910810015547);
}

void ExpectAsRecorded(const RecordedRing& ring, const std::string& datacenter, int32_t rf) {
  const ReplicaMap map = ring.MapOf(datacenter, rf);
  for (const auto& [token, addresses] : ring.replicas) {
    const Range range = map.RangeOf(token);
    EXPECT_THAT(map.replicas(range), ElementsAreArray(ring.NodesIn(datacenter, token))) << datacenter << " " << token;
  }
}

TEST(Recorded, RingA) {
  const RecordedRing ring = ReadRecordedRing(kRingA);
  ASSERT_THAT(ring.replicas, SizeIs(16));
  ASSERT_THAT(ring.places, SizeIs(4));
  ExpectAsRecorded(ring, "dc1", 2);
}

TEST(Recorded, RingBOfTwoDatacenters) {
  const RecordedRing ring = ReadRecordedRing(kRingB);
  ASSERT_THAT(ring.replicas, SizeIs(16));
  ASSERT_THAT(ring.places, SizeIs(4));
  ASSERT_THAT(ring.Tokens("dc2"), SizeIs(4));
  ExpectAsRecorded(ring, "dc1", 2);
  ExpectAsRecorded(ring, "dc2", 1);
}

TEST(Recorded, RingC) {
  const RecordedRing ring = ReadRecordedRing(kRingC);
  ASSERT_THAT(ring.replicas, SizeIs(8));
  ASSERT_THAT(ring.places, SizeIs(2));
  ExpectAsRecorded(ring, "dc1", 1);
}

TEST(Recorded, RangesStartAtTheTokenBefore) {
  for (const char* file : {kRingA, kRingB, kRingC}) {
    const RecordedRing ring = ReadRecordedRing(file);
    const ReplicaMap map(ring.Tokens(), Strategy::kSimple, 1, ring.RackOf());
    for (const auto& [end, start] : ring.starts) {
      EXPECT_EQ(map.width(map.RangeOf(end)), static_cast<uint64_t>(end) - static_cast<uint64_t>(start)) << file;
    }
  }
}

TEST(Recorded, TokenMapOfRingA) {
  const RecordedRing ring = ReadRecordedRing(kRingA);
  const nlohmann::json owners = RecordedValue("4.1.10/read_TokenToEndpointMap.json");
  ASSERT_THAT(owners, SizeIs(16));
  std::vector<int64_t> tokens_of_first;
  for (const Token& token : ring.Tokens()) {
    EXPECT_EQ(owners.at(std::to_string(token.value)), ring.Addresses()[static_cast<size_t>(token.node)]);
    if (token.node == ring.NodeOf("127.0.0.11")) tokens_of_first.push_back(token.value);
  }
  std::vector<int64_t> recorded;
  for (const nlohmann::json& token : RecordedValue("4.1.10/read_Tokens.json")) {
    recorded.push_back(std::stoll(token.get<std::string>()));
  }
  EXPECT_THAT(tokens_of_first, ElementsAreArray(recorded));
}

// Between A and B 127.0.0.14 left: what Remove says must be what Cassandra did.
TEST(Recorded, RemovingANodeOfRingAGivesRingB) {
  const RecordedRing a = ReadRecordedRing(kRingA);
  const RecordedRing b = ReadRecordedRing(kRingB);
  ReplicaMap map = a.MapOf("dc1", 2);
  map.Remove(a.NodeOf("127.0.0.14"));
  int compared = 0;
  for (const auto& [token, addresses] : b.replicas) {
    std::vector<std::string> expected;
    for (const std::string& address : addresses) {
      if (b.places.at(address).datacenter == "dc1") expected.push_back(address);
    }
    std::vector<std::string> placed;
    for (const Node node : map.replicas(map.RangeOf(token))) placed.push_back(a.Addresses()[static_cast<size_t>(node)]);
    EXPECT_EQ(placed, expected) << token;
    ++compared;
  }
  EXPECT_EQ(compared, 16);
}

void ExpectEndpoints(const std::string& version, const char* ring_file, int32_t rf, size_t count) {
  const RecordedRing ring = ReadRecordedRing(ring_file);
  const ReplicaMap map = ring.MapOf("dc1", rf);
  std::vector<Node> recorded;
  for (const nlohmann::json& address : RecordedValue(version + "/exec_getNaturalEndpointsWithPort.json")) {
    recorded.push_back(ring.NodeOf(BareAddress(address.get<std::string>())));
  }
  ASSERT_THAT(recorded, SizeIs(count));
  EXPECT_THAT(map.replicas(map.RangeOf(Murmur3Token(IntKey(42)))), ElementsAreArray(recorded));
}

TEST(Recorded, NaturalEndpointsOfAKey) {
  ExpectEndpoints("4.1.10", kRingA, 2, 2);
  ExpectEndpoints("5.0.9", kRingC, 1, 1);
}

}  // namespace
}  // namespace cassplan::placement
