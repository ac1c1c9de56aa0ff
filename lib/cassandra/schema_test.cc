#include "lib/cassandra/schema.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cassandra/test_util.h"

namespace cassplan::cassandra {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Text(absl::string_view text) {
  std::string error;
  const auto keyspace = ReadReplicationText("k", text, &error);
  return keyspace.has_value() ? keyspace->ShortDebugString() : "error: " + error;
}

TEST(ReadReplicationText, EveryForm) {
  EXPECT_EQ(Text("SimpleStrategy {replication_factor=1}"),
            "name: \"k\" strategy: \"SimpleStrategy\" replication_factor: 1");
  EXPECT_EQ(Text("LocalStrategy {}"), "name: \"k\" strategy: \"LocalStrategy\"");
  EXPECT_EQ(Text("NetworkTopologyStrategy {dc2=2, dc1=3}"),
            "name: \"k\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" replication_factor: 3 "
            "} datacenters { datacenter: \"dc2\" replication_factor: 2 }");
  const std::string one_dc =
      "name: \"k\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" replication_factor: 3 }";
  EXPECT_EQ(Text("{class=org.apache.cassandra.locator.NetworkTopologyStrategy, dc1=3}"), one_dc);
  EXPECT_EQ(Text("{'class': 'org.apache.cassandra.locator.NetworkTopologyStrategy', 'dc1': '3'}"), one_dc);
  EXPECT_EQ(Text("{'dc1': '3', 'class': 'NetworkTopologyStrategy'}"), one_dc);
  EXPECT_EQ(Text("NetworkTopologyStrategy {dc1=3/1}"), one_dc + " transient_replication: true");
  EXPECT_EQ(Text("SimpleStrategy {replication_factor=3/0}"),
            "name: \"k\" strategy: \"SimpleStrategy\" replication_factor: 3");
  EXPECT_EQ(Text("org.example.Mine {x=y}"), "name: \"k\" strategy: \"Mine\"");
}

TEST(ReadReplicationText, Refusals) {
  for (const char* text : {"", "SimpleStrategy", "SimpleStrategy {}", "SimpleStrategy {replication_factor=-1}",
                           "SimpleStrategy {replication_factor=1001}", "SimpleStrategy {replication_factor=x}",
                           "SimpleStrategy {replication_factor=1/2}", "NetworkTopologyStrategy {replication_factor=3}",
                           "NetworkTopologyStrategy {dc1=99999999999999999999}", "{dc1=3}", "A {class=B}",
                           "NetworkTopologyStrategy {dc1=}"}) {
    EXPECT_THAT(Text(text), HasSubstr("error: ")) << text;
  }
}

TEST(ReadKeyspaceRows, TheFixture) {
  const model::Value rows = ParseDocument(ReadTestFile("kubernetes/02-scaled-up/schema.json"));
  const SchemaAnswer answer = ReadKeyspaceRows(rows, "schema.json");
  EXPECT_THAT(answer.problems, IsEmpty());
  EXPECT_TRUE(answer.schema.complete());
  EXPECT_FALSE(answer.schema.derived());
  std::vector<std::string> names;
  for (const v1::Keyspace& keyspace : answer.schema.keyspaces()) names.push_back(keyspace.name());
  EXPECT_THAT(names,
              ElementsAre("shop", "system", "system_auth", "system_distributed", "system_schema", "system_traces"));
  EXPECT_EQ(answer.schema.keyspaces(0).ShortDebugString(),
            "name: \"shop\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" "
            "replication_factor: 3 }");
  EXPECT_EQ(answer.schema.keyspaces(4).strategy(), "LocalStrategy");
  EXPECT_EQ(answer.schema.keyspaces(5).replication_factor(), 2);
}

TEST(ReadKeyspaceRows, ABadRowIsLeftOutAndTheRestIsNotComplete) {
  const model::Value rows = ParseDocument(
      "[{\"keyspace_name\": \"a\", \"replication\": {\"class\": \"SimpleStrategy\", \"replication_factor\": 2}},\n"
      "{\"keyspace_name\": \"b\", \"replication\": {\"class\": \"SimpleStrategy\"}},\n"
      "{\"keyspace_name\": \"a\", \"replication\": \"LocalStrategy {}\"},\n"
      "{\"keyspace_name\": \"c\"},\n"
      "{\"keyspace_name\": \"d\", \"replication\": {\"class\": []}},\n"
      "{\"keyspace_name\": \"e\", \"replication\": 5}, 7, {}]");
  const SchemaAnswer answer = ReadKeyspaceRows(rows, "s.json");
  EXPECT_FALSE(answer.schema.complete());
  ASSERT_EQ(answer.schema.keyspaces_size(), 1);
  EXPECT_EQ(answer.schema.keyspaces(0).replication_factor(), 2);
  ASSERT_EQ(answer.problems.size(), 7u);
  EXPECT_EQ(answer.problems[0].location.file(), "s.json");
  EXPECT_EQ(answer.problems[0].location.line(), 2);
  EXPECT_EQ(answer.problems[0].location.path(), "[1].replication");
  EXPECT_THAT(answer.problems[0].message, HasSubstr("without replication_factor"));
}

TEST(ReadKeyspaceRows, NoListIsNoSchema) {
  const SchemaAnswer answer = ReadKeyspaceRows(ParseDocument("{\"rows\": []}"), "s.json");
  EXPECT_FALSE(answer.schema.complete());
  EXPECT_EQ(answer.problems.size(), 1u);
}

RingReplica At(const char* address, const char* datacenter, const char* rack) { return {address, datacenter, rack}; }

std::string Derive(const std::vector<std::vector<RingReplica>>& ranges) {
  const auto keyspace = DeriveReplication("k", ranges);
  return keyspace.has_value() ? keyspace->ShortDebugString() : "nothing";
}

TEST(DeriveReplication, ReplicasOnOneRackAreNotNetworkTopology) {
  // Two racks in the datacenter, and a range whose two replicas share one: no NetworkTopologyStrategy does that.
  EXPECT_EQ(Derive({{At("1", "dc1", "r1"), At("2", "dc1", "r1")}, {At("2", "dc1", "r1"), At("3", "dc1", "r2")}}),
            "name: \"k\" strategy: \"SimpleStrategy\" replication_factor: 2");
  EXPECT_EQ(
      Derive({{At("1", "dc1", "r1"), At("2", "dc1", "r1")}, {At("2", "dc1", "r1"), At("1", "dc1", "r1")}}),
      "name: \"k\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" replication_factor: 2 }");
}

TEST(DeriveReplication, NumbersThatDifferBetweenDatacenters) {
  EXPECT_EQ(Derive({{At("1", "dc1", "r1"), At("2", "dc1", "r2")}, {At("2", "dc1", "r2"), At("3", "dc2", "r1")}}),
            "name: \"k\" strategy: \"SimpleStrategy\" replication_factor: 2");
  EXPECT_EQ(Derive({{At("1", "dc1", "r1")}, {At("2", "dc1", "r2"), At("3", "dc2", "r1")}}), "nothing");
  EXPECT_EQ(Derive({}), "nothing");
  EXPECT_EQ(Derive({{}}), "nothing");
}

TEST(ReadTokenRange, BrokenTextGivesNothing) {
  for (const char* text :
       {"", "TokenRange(", "TokenRange(endpoint_details:[EndpointDetails(host:x, datacenter:d, rack:r)])",
        "TokenRange(endpoint_details:[EndpointDetails(host:127.0.0.1, rack:r)])",
        "TokenRange(endpoint_details:[EndpointDetails(host:127.0.0.1, datacenter:d, rack:"}) {
    EXPECT_FALSE(ReadTokenRange(text).has_value()) << text;
  }
  const auto range =
      ReadTokenRange("TokenRange(endpoint_details:[EndpointDetails(host:2001:db8:0:0:0:0:0:1, datacenter:d, rack:r)])");
  ASSERT_TRUE(range.has_value());
  ASSERT_EQ(range->size(), 1u);
  EXPECT_EQ((*range)[0].address, "2001:db8::1");
}

}  // namespace
}  // namespace cassplan::cassandra
