// The three folders of tests/data/kubernetes: real Kubernetes objects, composed 3.11.10 answers.
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/dump/dump.h"
#include "lib/dump/test_util.h"

namespace cassplan::dump {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Expected {
  const char* folder;
  // By slot: rack, ordinal, address, host id.
  struct Node {
    const char* rack;
    int ordinal;
    const char* address;
    const char* host_id;
  };
  std::vector<Node> nodes;
};

std::vector<DumpFile> Files(const std::string& folder) {
  const std::string root = absl::StrCat(CASSPLAN_SOURCE_DIR, "/tests/data/kubernetes/", folder);
  std::vector<DumpFile> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), root).generic_string();
    out.push_back({name, cassandra::ReadTestFile(absl::StrCat("kubernetes/", folder, "/", name))});
  }
  return out;
}

DumpOptions Options() {
  DumpOptions options;
  options.cluster = "cassandra-demo";
  options.namespace_name = "default";
  options.observed_at_seconds = 42;
  return options;
}

void CheckNode(const v1::Report& report, const Expected::Node& node) {
  EXPECT_EQ(report.source(), "jolokia");
  EXPECT_EQ(report.status(), v1::REPORT_STATUS_OK);
  EXPECT_EQ(report.observed_at_seconds(), 1795351000);
  EXPECT_EQ(report.subject().datacenter(), "dc1");
  EXPECT_EQ(report.subject().rack(), node.rack);
  EXPECT_EQ(report.subject().ordinal(), node.ordinal);
  EXPECT_EQ(report.subject().host_id(), node.host_id);
  const v1::NodeFacts& facts = report.node();
  EXPECT_EQ(facts.host_id(), node.host_id);
  EXPECT_EQ(facts.address(), node.address);
  EXPECT_EQ(facts.mode(), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(facts.release(), "3.11.10");
  EXPECT_EQ(facts.schema_version(), "6d5f9a4e-1c2b-3d4e-9f00-aabbccddeeff");
  EXPECT_EQ(facts.datacenter(), "dc1");
  EXPECT_EQ(facts.rack(), node.rack);
  EXPECT_TRUE(facts.native_transport());
  EXPECT_EQ(facts.tokens_size(), 4);
  EXPECT_EQ(facts.load_bytes(), 12687770);
}

void CheckView(const v1::Report& report, const std::vector<Expected::Node>& nodes) {
  const v1::ViewFacts& view = report.view();
  EXPECT_EQ(report.observed_at_seconds(), 1795351000);
  EXPECT_TRUE(view.complete());
  std::vector<std::string> host_ids;
  for (const auto& node : nodes) host_ids.push_back(node.host_id);
  std::sort(host_ids.begin(), host_ids.end());
  EXPECT_THAT(std::vector<std::string>(view.viewers().begin(), view.viewers().end()),
              testing::ElementsAreArray(host_ids));
  ASSERT_EQ(view.peers_size(), static_cast<int>(nodes.size()));
  for (const auto& node : nodes) {
    const v1::Peer peer = PeerOf(report, node.host_id);
    EXPECT_EQ(peer.address(), node.address);
    EXPECT_EQ(peer.state(), v1::PEER_STATE_UP);
    EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
    EXPECT_EQ(peer.datacenter(), "dc1");
    EXPECT_EQ(peer.rack(), node.rack);
    EXPECT_EQ(peer.tokens_size(), 4);
    EXPECT_EQ(peer.load_bytes(), 12687770);
  }
}

void CheckSchema(const v1::Report& report) {
  EXPECT_EQ(report.source(), "schema");
  EXPECT_EQ(report.observed_at_seconds(), 1795351000);
  const v1::SchemaFacts& schema = report.schema();
  EXPECT_TRUE(schema.complete());
  EXPECT_FALSE(schema.derived());
  ASSERT_EQ(schema.keyspaces_size(), 6);
  EXPECT_EQ(schema.keyspaces(0).ShortDebugString(),
            "name: \"shop\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" "
            "replication_factor: 3 }");
}

TEST(Fixtures, AllThree) {
  const std::vector<Expected> kAll = {{"01-created",
                                       {{"rack1", 0, "127.100.0.3", "8f50b50b-e51f-5184-86e4-46756924db8a"},
                                        {"rack2", 0, "127.100.0.4", "eb27a462-a1d3-5f2a-8140-bd715d402513"},
                                        {"rack3", 0, "127.100.0.5", "f1b33829-c782-5ae9-a8ce-1888390d901c"}}},
                                      {"02-scaled-up",
                                       {{"rack1", 0, "127.100.0.3", "89939abd-950a-469a-8f45-7c5b7515ea8f"},
                                        {"rack1", 1, "127.100.0.6", "aba21d3f-9156-4cd7-a9a7-50acfa0b99e2"},
                                        {"rack2", 0, "127.100.0.4", "08fa1624-4ae2-4e3e-80fb-a66c38aca0e1"},
                                        {"rack2", 1, "127.100.0.7", "a21c5cef-cafc-459f-8959-967905b76e4d"},
                                        {"rack3", 0, "127.100.0.5", "93f0db80-a15e-4927-893c-e8bd21ddc2d1"},
                                        {"rack3", 1, "127.100.0.8", "2eaa5e5e-2bd7-484d-88be-066b93375614"}}},
                                      {"03-scaled-down",
                                       {{"rack1", 0, "127.100.0.3", "89939abd-950a-469a-8f45-7c5b7515ea8f"},
                                        {"rack2", 0, "127.100.0.4", "08fa1624-4ae2-4e3e-80fb-a66c38aca0e1"},
                                        {"rack3", 0, "127.100.0.5", "93f0db80-a15e-4927-893c-e8bd21ddc2d1"}}}};
  for (const Expected& expected : kAll) {
    SCOPED_TRACE(expected.folder);
    const Dump dump = ReadDump(Files(expected.folder), Options());
    EXPECT_THAT(dump.problems, IsEmpty());
    EXPECT_THAT(Texts(dump), IsEmpty());
    EXPECT_EQ(dump.newest_observed_at_seconds, 1795351000);
    std::vector<v1::Report> nodes;
    int slots = 0;
    for (const v1::Report& report : dump.observed.reports()) {
      EXPECT_NE(report.observed_at_seconds(), 0);
      EXPECT_NE(report.status(), v1::REPORT_STATUS_FAILED);
      if (report.has_node()) nodes.push_back(report);
      if (!report.has_slot()) continue;
      ++slots;
      EXPECT_TRUE(report.slot().present());
    }
    EXPECT_EQ(slots, static_cast<int>(expected.nodes.size()));
    ASSERT_EQ(nodes.size(), expected.nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) CheckNode(nodes[i], expected.nodes[i]);
    ASSERT_THAT(ViewReports(dump), SizeIs(1));
    CheckView(ViewReports(dump)[0], expected.nodes);
    ASSERT_THAT(SchemaReports(dump), SizeIs(1));
    CheckSchema(SchemaReports(dump)[0]);
  }
}

TEST(Fixtures, TheOrderOfFilesDoesNotMatter) {
  std::vector<DumpFile> files = Files("02-scaled-up");
  const Dump one = ReadDump(files, Options());
  std::reverse(files.begin(), files.end());
  const Dump other = ReadDump(files, Options());
  EXPECT_EQ(one.observed.SerializeAsString(), other.observed.SerializeAsString());
}

TEST(Fixtures, WithoutTheSchemaA311ClusterHasNoReplication) {
  std::vector<DumpFile> files = Files("01-created");
  files.erase(std::remove_if(files.begin(), files.end(), [](const DumpFile& f) { return f.name == "schema.json"; }),
              files.end());
  const Dump dump = ReadDump(files, Options());
  EXPECT_THAT(dump.problems, IsEmpty());
  ASSERT_THAT(SchemaReports(dump), SizeIs(1));  // what every release has: the two local keyspaces
  const v1::SchemaFacts schema = SchemaReports(dump)[0].schema();
  EXPECT_FALSE(schema.complete());
  ASSERT_EQ(schema.keyspaces_size(), 2);
  EXPECT_EQ(schema.keyspaces(0).name(), "system");
}

}  // namespace
}  // namespace cassplan::dump
