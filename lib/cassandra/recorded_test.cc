// Every recorded answer of Cassandra 4.0.19, 4.1.10 and 5.0.9, read as a bulk answer of one entry.
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cassandra/jolokia.h"
#include "lib/cassandra/test_util.h"

namespace cassplan::cassandra {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

BulkAnswer Read(absl::string_view name) {
  BulkOptions options;
  options.subject.set_datacenter("dc1");
  options.address = "127.0.0.11";
  options.observed_at_seconds = 5;
  return ReadBulkAnswer(Recorded(name), options);
}

v1::NodeMode ModeIn(absl::string_view name) {
  const BulkAnswer answer = Read(name);
  EXPECT_FALSE(answer.failed) << name;
  return answer.node.mode();
}

TEST(Recorded, EveryFileIsUnderstoodOrFailed) {
  // Answers that Jolokia itself marks as failed, or whose value is null.
  const std::set<std::string> nothing = {"4.0.19/exec_decommission_refused",
                                         "4.1.10/read_RemovalStatus_race_error",
                                         "4.1.10/read_bad_attr",
                                         "4.1.10/exec_clearSnapshot",
                                         "4.1.10/exec_decommission",
                                         "4.1.10/exec_decommission_after_failed",
                                         "4.1.10/exec_decommission_force_after_failed",
                                         "4.1.10/exec_decommission_noarg",
                                         "4.1.10/exec_decommission_twice",
                                         "4.1.10/exec_drain",
                                         "4.1.10/exec_effectiveOwnership_null",
                                         "4.1.10/exec_flush",
                                         "4.1.10/exec_forceKeyspaceCleanup_badks",
                                         "4.1.10/exec_forceKeyspaceCleanup_system",
                                         "4.1.10/exec_nosuchop",
                                         "4.1.10/exec_rebuild",
                                         "4.1.10/exec_rebuild_nodc",
                                         "4.1.10/exec_rebuild_samedc",
                                         "4.1.10/exec_rebuild_twice",
                                         "4.1.10/exec_removeNode",
                                         "4.1.10/exec_removeNode_bad",
                                         "4.1.10/exec_removeNode_live",
                                         "4.1.10/exec_removeNode_self",
                                         "4.1.10/exec_takeSnapshot",
                                         "4.1.10/exec_takeSnapshot_dup",
                                         "5.0.9/exec_decommission",
                                         "5.0.9/exec_decommission_refused",
                                         "5.0.9/exec_drain",
                                         "5.0.9/exec_rebuild",
                                         "5.0.9/exec_takeSnapshot",
                                         "5.0.9/read_HostIdMap"};
  std::set<std::string> failed;
  int files = 0;
  for (const char* version : {"4.0.19", "4.1.10", "5.0.9"}) {
    const std::string folder = absl::StrCat(CASSPLAN_SOURCE_DIR, "/tests/data/jolokia/", version);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = absl::StrCat(version, "/", entry.path().stem().string());
      const BulkAnswer answer = Read(name);
      ++files;
      EXPECT_THAT(answer.problems, IsEmpty()) << name << ": " << answer.problems[0].message;
      if (answer.failed) failed.insert(name);
    }
  }
  EXPECT_GE(files, 110);
  EXPECT_EQ(failed, nothing);
}

TEST(Recorded, OperationModes) {
  EXPECT_EQ(ModeIn("4.0.19/read_OperationMode"), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(ModeIn("4.1.10/read_OperationMode"), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(ModeIn("4.1.10/read_OperationMode_joining"), v1::NODE_MODE_JOINING);
  EXPECT_EQ(ModeIn("4.1.10/read_OperationMode_drained"), v1::NODE_MODE_DRAINED);
  EXPECT_EQ(ModeIn("4.1.10/read_OperationMode_decommissioned"), v1::NODE_MODE_DECOMMISSIONED);
  EXPECT_EQ(ModeIn("5.0.9/read_OperationMode"), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(ModeIn("5.0.9/read_OperationMode_drained"), v1::NODE_MODE_DRAINED);
  EXPECT_EQ(ModeIn("4.1.10/read_Drained"), v1::NODE_MODE_UNSPECIFIED);
  EXPECT_EQ(ModeIn("4.1.10/read_Starting"), v1::NODE_MODE_UNSPECIFIED);
}

TEST(Recorded, FactsOfTheNode) {
  const BulkAnswer id = Read("4.1.10/read_LocalHostId");
  EXPECT_EQ(id.node.host_id(), "2dd1871b-62cc-4a43-815c-97c146e8d32c");
  EXPECT_EQ(id.subject.host_id(), "2dd1871b-62cc-4a43-815c-97c146e8d32c");
  EXPECT_EQ(id.subject.datacenter(), "dc1");
  EXPECT_EQ(id.observed_at_seconds, 1795349789);
  EXPECT_EQ(Read("5.0.9/read_LocalHostId").node.host_id(), "c86fc218-f4ec-4ae6-a7a6-fb2f812057e2");
  EXPECT_EQ(Read("4.1.10/read_ReleaseVersion").node.release(), "4.1.10");
  EXPECT_EQ(Read("4.1.10/read_SchemaVersion").node.schema_version(), "99dccee3-9436-31aa-80a9-f64451d1fb51");
  EXPECT_EQ(Read("4.1.10/read_ClusterName").node.cluster(), "e2e");
  EXPECT_EQ(Read("4.1.10/read_EndpointSnitchInfo_Datacenter").node.datacenter(), "dc1");
  EXPECT_EQ(Read("4.1.10/read_EndpointSnitchInfo_Rack").node.rack(), "rack1");
  EXPECT_TRUE(Read("4.1.10/read_NativeTransportRunning").node.native_transport());
  EXPECT_TRUE(Read("4.1.10/read_GossipRunning").node.gossip());
  EXPECT_EQ(Read("4.1.10/read_LoadString").node.load_bytes(), 14952694);  // 14.26 MiB
  EXPECT_THAT(Read("4.1.10/read_Tokens").node.tokens(),
              ElementsAre(-7340282213644600067, -4449237832260525229, 1948819717225658253, 6759169676467557687));
}

TEST(Recorded, TheDynamicSnitchHidesTheConfiguredOne) {
  EXPECT_EQ(Read("4.1.10/read_EndpointSnitchInfo_SnitchName").node.snitch(), "");
}

TEST(Recorded, StreamsAndCompactions) {
  EXPECT_EQ(Read("4.1.10/read_CurrentStreams").node.streams(), 0);
  EXPECT_TRUE(Read("4.1.10/read_CurrentStreams").node.has_streams());
  EXPECT_EQ(Read("4.1.10/read_CurrentStreams_during").node.streams(), 1);
  EXPECT_EQ(Read("4.1.10/read_CurrentStreams_left").node.streams(), 0);  // four minutes after a bootstrap
  EXPECT_TRUE(Read("4.1.10/read_Compactions").node.has_running_cleanups());
  EXPECT_EQ(Read("4.1.10/read_Compactions").node.running_cleanups(), 0);
  EXPECT_FALSE(Read("4.1.10/read_Compactions").node.has_pending_compactions());
}

TEST(Recorded, KeyspacesAndReplication) {
  EXPECT_THAT(
      *Read("4.1.10/read_Keyspaces").keyspaces.names,
      ElementsAre("demo", "demo3", "system", "system_auth", "system_distributed", "system_schema", "system_traces"));
  for (const char* version : {"4.1.10", "5.0.9"}) {
    const std::string prefix = absl::StrCat(version, "/exec_getKeyspaceReplicationInfo_");
    const KeyspaceFacts system = Read(prefix + "system").keyspaces;
    ASSERT_EQ(system.told.size(), 1u);
    EXPECT_EQ(system.told[0].ShortDebugString(), "name: \"system\" strategy: \"LocalStrategy\"");
    const KeyspaceFacts auth = Read(prefix + "system_auth").keyspaces;
    ASSERT_EQ(auth.told.size(), 1u);
    EXPECT_EQ(auth.told[0].ShortDebugString(),
              "name: \"system_auth\" strategy: \"SimpleStrategy\" replication_factor: 1");
    const KeyspaceFacts distributed = Read(prefix + "system_distributed").keyspaces;
    ASSERT_EQ(distributed.told.size(), 1u);
    EXPECT_EQ(distributed.told[0].ShortDebugString(),
              "name: \"system_distributed\" strategy: \"SimpleStrategy\" replication_factor: 3");
  }
}

std::string Derived(absl::string_view name) {
  const KeyspaceFacts facts = Read(name).keyspaces;
  EXPECT_THAT(facts.told, IsEmpty());
  return facts.derived.size() == 1 ? facts.derived[0].ShortDebugString() : "";
}

TEST(Recorded, ReplicationOutOfTheRing) {
  EXPECT_EQ(Derived("4.1.10/exec_describeRingJMX"),
            "name: \"demo\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" "
            "replication_factor: 2 }");
  EXPECT_EQ(Derived("4.1.10/exec_describeRingJMX_2dc"),
            "name: \"demo\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" "
            "replication_factor: 2 } datacenters { datacenter: \"dc2\" replication_factor: 1 }");
  EXPECT_EQ(Derived("5.0.9/exec_describeRingJMX"),
            "name: \"demo\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" "
            "replication_factor: 1 }");
}

TEST(Recorded, Failures) {
  const BulkAnswer host_ids = Read("5.0.9/read_HostIdMap");
  EXPECT_TRUE(host_ids.failed);
  EXPECT_THAT(host_ids.error, StartsWith("404 javax.management.AttributeNotFoundException"));
  EXPECT_EQ(host_ids.observed_at_seconds, 5);
  EXPECT_THAT(host_ids.untold, ElementsAre(HasSubstr("HostIdMap: 404 ")));
  EXPECT_FALSE(host_ids.view.has_value());

  EXPECT_THAT(Read("4.1.10/read_bad_attr").error, HasSubstr("No such attribute: NoSuch"));
  EXPECT_THAT(Read("4.1.10/read_RemovalStatus_race_error").error, StartsWith("500 java.util.NoSuchElementException"));
  EXPECT_THAT(Read("4.1.10/read_RemovalStatus_race_error").untold, IsEmpty());
  EXPECT_THAT(Read("4.0.19/exec_decommission_refused").error, StartsWith("500 "));
  EXPECT_THAT(Read("4.1.10/exec_nosuchop").error, StartsWith("400 "));
}

// The answers of one 4.1.10 node, as if they had been asked at once. HostIdMap and TokenToEndpointMap are of the same
// ring.
model::Value RecordedTogether(const std::vector<std::string>& names) {
  model::Value list;
  list.kind = model::Kind::kList;
  for (const std::string& name : names) {
    const model::Value one = Recorded(name);
    list.items.push_back(one.items[0]);
  }
  return list;
}

TEST(Recorded, ANodeOf4110Together) {
  std::vector<std::string> names;
  for (const char* name : {"OperationMode",
                           "LocalHostId",
                           "HostIdMap",
                           "EndpointToHostId",
                           "HostIdToEndpoint",
                           "LiveNodes",
                           "UnreachableNodes",
                           "JoiningNodes",
                           "LeavingNodes",
                           "MovingNodes",
                           "SchemaVersion",
                           "ReleaseVersion",
                           "TokenToEndpointMap",
                           "Tokens",
                           "Keyspaces",
                           "NonLocalStrategyKeyspaces",
                           "LoadMap",
                           "LoadString",
                           "RemovalStatus",
                           "GossipRunning"}) {
    names.push_back(absl::StrCat("4.1.10/read_", name));
  }
  const BulkAnswer answer = ReadBulkAnswer(RecordedTogether(names), BulkOptions());
  EXPECT_THAT(answer.problems, IsEmpty());
  EXPECT_THAT(answer.untold, IsEmpty());
  EXPECT_EQ(answer.node.address(), "127.0.0.11");
  EXPECT_EQ(answer.observed_at_seconds, 1795349787);
  ASSERT_TRUE(answer.view.has_value());
  EXPECT_THAT(answer.view->viewers(), ElementsAre("2dd1871b-62cc-4a43-815c-97c146e8d32c"));
  EXPECT_TRUE(answer.view->complete());
  ASSERT_EQ(answer.view->peers_size(), 4);
  for (const v1::Peer& peer : answer.view->peers()) {
    EXPECT_EQ(peer.state(), v1::PEER_STATE_UP);
    EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
    EXPECT_EQ(peer.tokens_size(), 4);
  }
  EXPECT_EQ(answer.view->peers(2).host_id(), "4a8f83f6-6d9a-48ee-b09c-1fff4e751cea");
  EXPECT_EQ(answer.view->peers(2).address(), "127.0.0.13");
  EXPECT_EQ(answer.view->peers(2).load_bytes(), 29863445);  // 28.48 MiB
  EXPECT_THAT(answer.view->peers(2).tokens(),
              ElementsAre(-5612729180675073225, 978271781513727300, 3765741761740998956, 8293646779573002041));
  std::vector<std::string> local;
  for (const v1::Keyspace& keyspace : answer.keyspaces.told) local.push_back(keyspace.name());
  EXPECT_THAT(local, ElementsAre("system", "system_schema"));
}

TEST(Recorded, JoiningLeavingAndDownOnAPeer) {
  std::vector<std::string> names = {"4.1.10/read_OperationMode",         "4.1.10/read_LocalHostId",
                                    "4.1.10/read_EndpointToHostId",      "4.1.10/read_TokenToEndpointMap",
                                    "4.1.10/read_UnreachableNodes_down", "4.1.10/read_MovingNodes"};
  auto movement_of = [](const BulkAnswer& answer) {
    EXPECT_TRUE(answer.view.has_value());
    const v1::Peer& peer = answer.view->peers(3);
    EXPECT_EQ(peer.address(), "127.0.0.14");
    EXPECT_EQ(peer.state(), v1::PEER_STATE_DOWN);
    return peer.movement();
  };
  auto with = [&names](const std::string& joining, const std::string& leaving) {
    std::vector<std::string> all = names;
    all.push_back(joining);
    all.push_back(leaving);
    return ReadBulkAnswer(RecordedTogether(all), BulkOptions());
  };
  EXPECT_EQ(movement_of(with("4.1.10/read_JoiningNodes_during", "4.1.10/read_LeavingNodes")),
            v1::PEER_MOVEMENT_JOINING);
  EXPECT_EQ(movement_of(with("4.1.10/read_JoiningNodes", "4.1.10/read_LeavingNodes_during")),
            v1::PEER_MOVEMENT_LEAVING);
  EXPECT_EQ(movement_of(with("4.1.10/read_JoiningNodes", "4.1.10/read_LeavingNodes")), v1::PEER_MOVEMENT_UNSPECIFIED);
}

}  // namespace
}  // namespace cassplan::cassandra
