#include "lib/cassandra/jolokia.h"

#include <string>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/cassandra/test_util.h"

namespace cassplan::cassandra {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kDropped[] = "org.apache.cassandra.metrics:type=DroppedMessage,scope=MUTATION,name=Dropped";
constexpr char kHints[] = "org.apache.cassandra.hints:type=HintsService";

std::string HostId(int n) { return absl::StrCat("aaaaaaaa-0000-4000-8000-00000000000", n); }
std::string Address(int n) { return absl::StrCat("10.0.0.", n); }
std::string List(const std::vector<std::string>& texts) {
  return texts.empty() ? "[]" : absl::StrCat("[\"", absl::StrJoin(texts, "\",\""), "\"]");
}

// Node 1 of a settled ring of three, as 5.0 answers.
BulkText Healthy() {
  BulkText out;
  std::vector<std::string> hosts;
  std::vector<std::string> tokens;
  for (int n = 1; n <= 3; ++n) {
    hosts.push_back(absl::StrCat("\"", Address(n), "\":\"", HostId(n), "\""));
    tokens.push_back(absl::StrCat("\"", n * 100, "\":\"", Address(n), "\",\"-", n, "\":\"", Address(n), "\""));
  }
  out.Read("OperationMode", "\"NORMAL\"").Read("LocalHostId", absl::StrCat("\"", HostId(1), "\""));
  out.Read("EndpointToHostId", absl::StrCat("{", absl::StrJoin(hosts, ","), "}"));
  out.Read("TokenToEndpointMap", absl::StrCat("{", absl::StrJoin(tokens, ","), "}"));
  out.Read("LiveNodes", List({Address(1), Address(2), Address(3)})).Read("UnreachableNodes", "[]");
  out.Read("JoiningNodes", "[]").Read("LeavingNodes", "[]").Read("MovingNodes", "[]");
  return out.Read("GossipRunning", "true");
}

BulkAnswer Read(const BulkText& text) {
  BulkOptions options;
  options.file = "jolokia/a.json";
  options.address = "/10.0.0.1:7000";
  options.observed_at_seconds = 7;
  return ReadBulkAnswer(text.Document(), options);
}

const v1::Peer& PeerOf(const BulkAnswer& answer, const std::string& host_id) {
  static const v1::Peer kNone;
  EXPECT_TRUE(answer.view.has_value());
  if (!answer.view.has_value()) return kNone;
  for (const v1::Peer& peer : answer.view->peers()) {
    if (peer.host_id() == host_id) return peer;
  }
  ADD_FAILURE() << "no peer " << host_id;
  return kNone;
}

std::string Endpoint(absl::string_view address, absl::string_view status, absl::string_view host_id) {
  return absl::StrCat("/", address, "\\n  generation:1\\n  heartbeat:2\\n",
                      status.empty() ? "" : "  STATUS_WITH_PORT:3:", status, status.empty() ? "" : "\\n",
                      "  DC:4:dc1\\n  RACK:5:rack9\\n  RELEASE_VERSION:6:5.0.9\\n", "  SCHEMA:7:s1\\n  LOAD:8:1.5E3\\n",
                      host_id.empty() ? "" : "  HOST_ID:9:", host_id, host_id.empty() ? "" : "\\n",
                      "  TOKENS:10:<hidden>\\n");
}
std::string States(const std::vector<std::string>& endpoints) {
  return absl::StrCat("\"", absl::StrJoin(endpoints, ""), "\"");
}

TEST(ReadBulkAnswer, ASettledRing) {
  const BulkAnswer answer = Read(Healthy());
  EXPECT_FALSE(answer.failed);
  EXPECT_THAT(answer.problems, IsEmpty());
  EXPECT_THAT(answer.untold, IsEmpty());
  EXPECT_EQ(answer.observed_at_seconds, 1795351000);
  EXPECT_EQ(answer.node.mode(), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(answer.node.host_id(), HostId(1));
  EXPECT_EQ(answer.node.address(), "10.0.0.1");
  EXPECT_THAT(answer.node.tokens(), ElementsAre(-1, 100));
  ASSERT_TRUE(answer.view.has_value());
  EXPECT_TRUE(answer.view->complete());
  EXPECT_THAT(answer.view->viewers(), ElementsAre(HostId(1)));
  ASSERT_EQ(answer.view->peers_size(), 3);
  for (int n = 1; n <= 3; ++n) {
    const v1::Peer& peer = answer.view->peers(n - 1);
    EXPECT_EQ(peer.host_id(), HostId(n));
    EXPECT_EQ(peer.address(), Address(n));
    EXPECT_EQ(peer.state(), v1::PEER_STATE_UP);
    EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
    EXPECT_THAT(peer.tokens(), ElementsAre(-n, n * 100));
  }
}

TEST(ReadBulkAnswer, AMemberThatIsDown) {
  const BulkAnswer answer = Read(
      Healthy().Read("LiveNodes", List({Address(1), Address(2)})).Read("UnreachableNodes", List({"/10.0.0.3:7000"})));
  EXPECT_EQ(PeerOf(answer, HostId(3)).state(), v1::PEER_STATE_DOWN);
  EXPECT_EQ(PeerOf(answer, HostId(3)).movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
  EXPECT_TRUE(answer.view->complete());
}

TEST(ReadBulkAnswer, MemberStatesThatAreNotTold) {
  BulkAnswer answer = Read(Healthy().Fail("UnreachableNodes", 500, "x").Read("LiveNodes", List({Address(1)})));
  EXPECT_EQ(PeerOf(answer, HostId(1)).state(), v1::PEER_STATE_UP);
  EXPECT_EQ(PeerOf(answer, HostId(2)).state(), v1::PEER_STATE_UNSPECIFIED);
  EXPECT_THAT(answer.untold, ElementsAre("UnreachableNodes: 500 x"));

  BulkText both = Healthy().Read("UnreachableNodes", List({Address(2)}));
  EXPECT_EQ(PeerOf(Read(both), HostId(2)).state(), v1::PEER_STATE_UNSPECIFIED);

  BulkText none = Healthy().Read("LiveNodes", List({Address(1)}));
  EXPECT_EQ(PeerOf(Read(none), HostId(2)).state(), v1::PEER_STATE_UNSPECIFIED);
}

TEST(ReadBulkAnswer, SimpleStatesStandInForTheLists) {
  BulkText text = Healthy();
  text.Read("FailureDetector", "SimpleStates", R"({"/10.0.0.1":"UP","/10.0.0.2":"UP","/10.0.0.3":"DOWN"})");
  text.Drop("LiveNodes").Drop("UnreachableNodes");
  BulkAnswer answer = Read(text);
  EXPECT_EQ(PeerOf(answer, HostId(2)).state(), v1::PEER_STATE_UP);
  EXPECT_EQ(PeerOf(answer, HostId(3)).state(), v1::PEER_STATE_DOWN);
  // A list that was told goes before it.
  answer = Read(text.Read("UnreachableNodes", "[]"));
  EXPECT_EQ(PeerOf(answer, HostId(2)).state(), v1::PEER_STATE_UP);
  EXPECT_EQ(PeerOf(answer, HostId(3)).state(), v1::PEER_STATE_UNSPECIFIED);
}

TEST(ReadBulkAnswer, Movements) {
  BulkAnswer answer = Read(Healthy()
                               .Read("JoiningNodes", List({Address(1)}))
                               .Read("LeavingNodes", List({Address(2)}))
                               .Read("MovingNodes", List({Address(3)})));
  EXPECT_EQ(PeerOf(answer, HostId(1)).movement(), v1::PEER_MOVEMENT_JOINING);
  EXPECT_EQ(PeerOf(answer, HostId(2)).movement(), v1::PEER_MOVEMENT_LEAVING);
  EXPECT_EQ(PeerOf(answer, HostId(3)).movement(), v1::PEER_MOVEMENT_MOVING);
  // A node knows of its own before its lists do.
  answer = Read(Healthy().Read("OperationMode", "\"LEAVING\""));
  EXPECT_EQ(PeerOf(answer, HostId(1)).movement(), v1::PEER_MOVEMENT_LEAVING);
  answer = Read(Healthy().Read("OperationMode", "\"JOINING\""));
  EXPECT_EQ(PeerOf(answer, HostId(1)).movement(), v1::PEER_MOVEMENT_JOINING);
}

TEST(ReadBulkAnswer, WithoutTheListsOfMovementsTheViewIsNotComplete) {
  EXPECT_FALSE(Read(Healthy().Fail("LeavingNodes", 500, "x")).view->complete());
  BulkText gossip = Healthy().Fail("LeavingNodes", 500, "x");
  gossip.Read("FailureDetector", "AllEndpointStates",
              States({Endpoint(Address(1), "NORMAL,1", HostId(1)), Endpoint(Address(2), "LEAVING,2", HostId(2)),
                      Endpoint(Address(3), "NORMAL,3", HostId(3))}));
  const BulkAnswer answer = Read(gossip);
  EXPECT_TRUE(answer.view->complete());
  EXPECT_EQ(PeerOf(answer, HostId(2)).movement(), v1::PEER_MOVEMENT_LEAVING);
}

TEST(ReadBulkAnswer, ARemovenodeUnderWay) {
  BulkText text = Healthy()
                      .Read("LiveNodes", List({Address(1), Address(2)}))
                      .Read("UnreachableNodes", List({Address(3)}))
                      .Read("LeavingNodes", List({Address(3)}));
  EXPECT_EQ(PeerOf(Read(text), HostId(3)).movement(), v1::PEER_MOVEMENT_LEAVING);
  text.Read("RemovalStatus", "\"Removing token (-3). Waiting for replication confirmation from [/10.0.0.2].\"");
  EXPECT_EQ(PeerOf(Read(text), HostId(3)).movement(), v1::PEER_MOVEMENT_REMOVING);
  text.Read("RemovalStatus", "\"No token removals in process.\"");
  EXPECT_EQ(PeerOf(Read(text), HostId(3)).movement(), v1::PEER_MOVEMENT_LEAVING);
  text.Read("FailureDetector", "AllEndpointStates",
            States({Endpoint(Address(3), absl::StrCat("removing,", HostId(3)), HostId(3))}));
  EXPECT_EQ(PeerOf(Read(text), HostId(3)).movement(), v1::PEER_MOVEMENT_REMOVING);
}

TEST(ReadBulkAnswer, ANodeThatLeftIsLeftAndNotDown) {
  BulkText text = Healthy().Read("UnreachableNodes", List({"10.0.0.4"}));
  // Only its address is known.
  BulkAnswer answer = Read(text);
  EXPECT_EQ(answer.view->peers_size(), 3);
  EXPECT_TRUE(answer.view->complete());
  ASSERT_THAT(answer.unnamed, SizeIs(1));
  EXPECT_EQ(answer.unnamed[0].address, "10.0.0.4");
  EXPECT_EQ(answer.unnamed[0].state, v1::PEER_STATE_DOWN);
  EXPECT_EQ(answer.unnamed[0].movement, v1::PEER_MOVEMENT_LEFT);

  for (const char* status : {"LEFT,400,1795609528502", "removed,x,1", ""}) {
    text.Read("FailureDetector", "AllEndpointStates", States({Endpoint("10.0.0.4", status, HostId(4))}));
    answer = Read(text);
    EXPECT_THAT(answer.unnamed, IsEmpty());
    EXPECT_TRUE(answer.view->complete());
    ASSERT_EQ(answer.view->peers_size(), 4);
    const v1::Peer& peer = PeerOf(answer, HostId(4));
    EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_LEFT) << status;
    EXPECT_EQ(peer.state(), v1::PEER_STATE_DOWN);
    EXPECT_EQ(peer.address(), "10.0.0.4");
    EXPECT_EQ(peer.datacenter(), "dc1");
    EXPECT_EQ(peer.rack(), "rack9");
    EXPECT_EQ(peer.release(), "5.0.9");
    EXPECT_EQ(peer.schema_version(), "s1");
    EXPECT_EQ(peer.load_bytes(), 1500);
    EXPECT_THAT(peer.tokens(), IsEmpty());
  }
}

TEST(ReadBulkAnswer, NobodyIsLeftWhileTheTokenMapIsUnknown) {
  BulkText text = Healthy().Read("UnreachableNodes", List({"10.0.0.4"})).Fail("TokenToEndpointMap", 500, "x");
  BulkAnswer answer = Read(text);
  EXPECT_FALSE(answer.view->complete());
  ASSERT_THAT(answer.unnamed, SizeIs(1));
  EXPECT_EQ(answer.unnamed[0].movement, v1::PEER_MOVEMENT_UNSPECIFIED);
  text.Read("FailureDetector", "AllEndpointStates", States({Endpoint("10.0.0.4", "", HostId(4))}));
  EXPECT_EQ(PeerOf(Read(text), HostId(4)).movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
}

TEST(ReadBulkAnswer, WhatGossipCountsAsAMemberIsNotLeft) {
  BulkText text = Healthy().Read("UnreachableNodes", List({"10.0.0.4"}));
  for (const char* status : {"NORMAL,4", "shutdown,true", "hibernate,true", "whatever"}) {
    text.Read("FailureDetector", "AllEndpointStates", States({Endpoint("10.0.0.4", status, HostId(4))}));
    const BulkAnswer answer = Read(text);
    EXPECT_FALSE(answer.view->complete()) << status;
    EXPECT_EQ(PeerOf(answer, HostId(4)).movement(), v1::PEER_MOVEMENT_UNSPECIFIED) << status;
    EXPECT_EQ(PeerOf(answer, HostId(4)).state(), v1::PEER_STATE_DOWN) << status;
  }
}

TEST(ReadBulkAnswer, LeftInGossipWhileTheMapsHaveIt) {
  BulkText text = Healthy();
  text.Read("FailureDetector", "AllEndpointStates", States({Endpoint(Address(2), "LEFT,1,2", HostId(2))}));
  EXPECT_EQ(PeerOf(Read(text), HostId(2)).movement(), v1::PEER_MOVEMENT_LEAVING);
}

TEST(ReadBulkAnswer, AFormerAddressOfAMemberIsNoPeer) {
  BulkText text = Healthy().Read("UnreachableNodes", List({"10.0.0.9"}));
  text.Read("FailureDetector", "AllEndpointStates",
            States({Endpoint(Address(2), "NORMAL,2", HostId(2)), Endpoint("10.0.0.9", "NORMAL,2", HostId(2))}));
  const BulkAnswer answer = Read(text);
  EXPECT_TRUE(answer.view->complete());
  EXPECT_EQ(answer.view->peers_size(), 3);
  EXPECT_EQ(PeerOf(answer, HostId(2)).state(), v1::PEER_STATE_UP);
  EXPECT_THAT(answer.unnamed, IsEmpty());
}

TEST(ReadBulkAnswer, AnAddressThatWentToAnotherNode) {
  BulkText text = Healthy();
  text.Read("FailureDetector", "AllEndpointStates", States({Endpoint(Address(3), "BOOT,9", HostId(7))}));
  const BulkAnswer answer = Read(text);
  EXPECT_FALSE(answer.view->complete());
  EXPECT_EQ(PeerOf(answer, HostId(3)).state(), v1::PEER_STATE_UNSPECIFIED);
  EXPECT_EQ(PeerOf(answer, HostId(7)).movement(), v1::PEER_MOVEMENT_JOINING);
  EXPECT_EQ(PeerOf(answer, HostId(7)).state(), v1::PEER_STATE_UP);
}

TEST(ReadBulkAnswer, ALiveAddressWithoutAHostIdLeavesTheViewOpen) {
  const BulkAnswer answer = Read(Healthy().Read("LiveNodes", List({Address(1), Address(2), Address(3), "10.0.0.4"})));
  EXPECT_FALSE(answer.view->complete());
  ASSERT_THAT(answer.unnamed, SizeIs(1));
  EXPECT_EQ(answer.unnamed[0].state, v1::PEER_STATE_UP);
  EXPECT_EQ(answer.unnamed[0].movement, v1::PEER_MOVEMENT_UNSPECIFIED);
}

TEST(ReadBulkAnswer, StartUpTellsNothing) {
  BulkText text;
  for (const char* name : {"OperationMode", "LocalHostId", "EndpointToHostId", "LiveNodes", "TokenToEndpointMap"}) {
    text.Read(name, "null");
  }
  text.Raw("x",
           R"({"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService","attribute":"Tokens"},
                    "status":404,"error":"javax.management.InstanceNotFoundException : No MBean"})");
  const BulkAnswer answer = Read(text);
  EXPECT_TRUE(answer.failed);
  EXPECT_THAT(answer.error, HasSubstr("404 javax.management.InstanceNotFoundException"));
  EXPECT_EQ(answer.observed_at_seconds, 7);
  EXPECT_THAT(answer.untold, SizeIs(6));
  EXPECT_THAT(answer.problems, IsEmpty());

  BulkText nulls;
  nulls.Read("OperationMode", "null");
  EXPECT_THAT(Read(nulls).error, HasSubstr("no value is told yet"));
}

TEST(ReadBulkAnswer, ANullIsUnknownAndNothingElse) {
  const BulkAnswer answer = Read(Healthy().Read("OperationMode", "null").Read("GossipRunning", "null"));
  EXPECT_FALSE(answer.failed);
  EXPECT_EQ(answer.node.mode(), v1::NODE_MODE_UNSPECIFIED);
  EXPECT_FALSE(answer.node.has_gossip());
  EXPECT_EQ(answer.view->peers_size(), 3);
  EXPECT_FALSE(answer.view->complete());
  EXPECT_THAT(answer.untold, ElementsAre("GossipRunning: no value", "OperationMode: no value"));
}

TEST(ReadBulkAnswer, EveryMode) {
  const std::pair<const char*, v1::NodeMode> kModes[] = {{"STARTING", v1::NODE_MODE_STARTING},
                                                         {"NORMAL", v1::NODE_MODE_NORMAL},
                                                         {"JOINING", v1::NODE_MODE_JOINING},
                                                         {"LEAVING", v1::NODE_MODE_LEAVING},
                                                         {"DECOMMISSIONED", v1::NODE_MODE_DECOMMISSIONED},
                                                         {"MOVING", v1::NODE_MODE_MOVING},
                                                         {"DRAINING", v1::NODE_MODE_DRAINING},
                                                         {"DRAINED", v1::NODE_MODE_DRAINED},
                                                         {"DECOMMISSION_FAILED", v1::NODE_MODE_DECOMMISSION_FAILED},
                                                         {"JOINING_FAILED", v1::NODE_MODE_JOINING_FAILED}};
  for (const auto& [name, mode] : kModes) {
    const BulkAnswer answer = Read(Healthy().Read("OperationMode", absl::StrCat("\"", name, "\"")));
    EXPECT_EQ(answer.node.mode(), mode) << name;
    EXPECT_THAT(answer.problems, IsEmpty()) << name;
  }
  const BulkAnswer answer = Read(Healthy().Read("OperationMode", "\"DANCING\""));
  EXPECT_EQ(answer.node.mode(), v1::NODE_MODE_UNSPECIFIED);
  ASSERT_THAT(answer.problems, SizeIs(1));
  EXPECT_THAT(answer.problems[0].message, AllOf(HasSubstr("OperationMode"), HasSubstr("DANCING")));
  EXPECT_EQ(answer.problems[0].location.file(), "jolokia/a.json");
  EXPECT_GT(answer.problems[0].location.line(), 1);
  EXPECT_THAT(answer.problems[0].location.path(), HasSubstr("].value"));
}

TEST(ReadBulkAnswer, WhoDoesNotGossipSeesNothing) {
  for (const char* mode : {"DRAINED", "DRAINING", "DECOMMISSIONED"}) {
    const BulkAnswer answer = Read(Healthy().Read("OperationMode", absl::StrCat("\"", mode, "\"")));
    EXPECT_FALSE(answer.view.has_value()) << mode;
    EXPECT_EQ(answer.node.host_id(), HostId(1));
  }
  EXPECT_FALSE(Read(Healthy().Read("GossipRunning", "false")).view.has_value());
  EXPECT_FALSE(Read(Healthy().Fail("LocalHostId", 500, "x")).view.has_value());
  EXPECT_FALSE(Read(Healthy().Fail("EndpointToHostId", 500, "x")).view.has_value());
  EXPECT_FALSE(Read(Healthy().Read("OperationMode", "\"STARTING\"")).view->complete());
}

TEST(ReadBulkAnswer, DrainedAndStartingStandInForTheMode) {
  EXPECT_EQ(Read(Healthy().Drop("OperationMode").Read("Drained", "true")).node.mode(), v1::NODE_MODE_DRAINED);
  EXPECT_EQ(Read(Healthy().Drop("OperationMode").Read("Starting", "true")).node.mode(), v1::NODE_MODE_STARTING);
  EXPECT_EQ(Read(Healthy().Drop("OperationMode").Read("Starting", "false")).node.mode(), v1::NODE_MODE_UNSPECIFIED);
}

TEST(ReadBulkAnswer, TheMapOfHostIdsInAllItsForms) {
  const model::Value healthy = Healthy().Document();
  const std::string map = absl::StrCat("{\"10.0.0.1\":\"", HostId(1), "\",\"10.0.0.2\":\"", HostId(2),
                                       "\",\"10.0.0.3\":\"", HostId(3), "\"}");
  // 3.11, 4.0, 4.1
  BulkAnswer answer = Read(Healthy().Fail("EndpointToHostId", 404, "x").Read("HostIdMap", map));
  EXPECT_TRUE(answer.view->complete());
  EXPECT_THAT(answer.untold, IsEmpty());
  // 5.0
  answer = Read(Healthy().Fail("HostIdMap", 404, "x"));
  EXPECT_TRUE(answer.view->complete());
  EXPECT_THAT(answer.untold, IsEmpty());
  // inverted
  answer = Read(
      Healthy().Drop("EndpointToHostId").Read("HostIdToEndpoint", absl::StrCat("{\"", HostId(1), "\":\"/10.0.0.1\"}")));
  EXPECT_EQ(answer.view->peers_size(), 1);
  EXPECT_FALSE(answer.view->complete());  // tokens of addresses that it does not list
  // contradiction
  answer = Read(Healthy().Read("HostIdMap", absl::StrCat("{\"10.0.0.1\":\"", HostId(1), "\"}")));
  EXPECT_FALSE(answer.view->complete());
  EXPECT_THAT(answer.problems, SizeIs(1));
  // one host id twice
  answer = Read(Healthy().Read("EndpointToHostId", absl::StrCat("{\"10.0.0.1\":\"", HostId(1), "\",\"10.0.0.2\":\"",
                                                                HostId(2), "\",\"10.0.0.3\":\"", HostId(2), "\"}")));
  EXPECT_FALSE(answer.view->complete());
  EXPECT_EQ(answer.view->peers_size(), 2);
  EXPECT_EQ(PeerOf(answer, HostId(2)).address(), "");
  EXPECT_EQ(PeerOf(answer, HostId(2)).state(), v1::PEER_STATE_UNSPECIFIED);
}

TEST(ReadBulkAnswer, IPv6AndPorts) {
  BulkText text;
  text.Read("OperationMode", "\"NORMAL\"").Read("LocalHostId", absl::StrCat("\"", HostId(1), "\""));
  text.Read("EndpointWithPortToHostId", "{}");
  text.Read("EndpointToHostId", absl::StrCat("{\"2001:db8:0:0:0:0:0:1\":\"", HostId(1), "\"}"));
  text.Read("TokenToEndpointWithPortMap", "{}").Read("TokenToEndpointMap", "{\"5\":\"[2001:db8::1]:7000\"}");
  text.Read("LiveNodesWithPort", "[\"[2001:DB8:0:0:0:0:0:1]:7000\"]").Read("UnreachableNodesWithPort", "[]");
  text.Read("JoiningNodes", "[]").Read("LeavingNodes", "[]").Read("MovingNodes", "[]");
  const BulkAnswer answer = Read(text);
  ASSERT_TRUE(answer.view.has_value());
  EXPECT_TRUE(answer.view->complete());
  EXPECT_EQ(answer.view->peers(0).address(), "2001:db8::1");
  EXPECT_EQ(answer.view->peers(0).state(), v1::PEER_STATE_UP);
  EXPECT_THAT(answer.view->peers(0).tokens(), ElementsAre(5));
}

TEST(ReadBulkAnswer, FactsOfTheNode) {
  BulkText text = Healthy();
  text.Read("ReleaseVersion", "\"4.1-SNAPSHOT\"").Read("SchemaVersion", "\"s\"").Read("ClusterName", "\"demo\"");
  text.Read("PartitionerName", "\"org.apache.cassandra.dht.Murmur3Partitioner\"");
  text.Read("NativeTransportRunning", "false").Read("LoadString", "\"1,23 GB\"");
  text.Read("EndpointSnitchInfo", "Datacenter", "\"dc1\"").Read("EndpointSnitchInfo", "Rack", "\"rack1\"");
  text.Read("EndpointSnitchInfo", "SnitchName", "\"org.apache.cassandra.locator.DynamicEndpointSnitch\"");
  text.Read("DynamicEndpointSnitch", "SubsnitchClassName",
            "\"org.apache.cassandra.locator.GossipingPropertyFileSnitch\"");
  text.Read("CompactionManager", "Compactions",
            R"([{"taskType":"Cleanup"},{"taskType":"Compaction"},{"taskType":"CLEANUP"}])");
  text.Read("org.apache.cassandra.metrics:type=Compaction,name=PendingTasks", "Value", "12");
  text.Read("StreamManager", "CurrentStreams", "[{},{}]").Exec("trueSnapshotsSize", "", "4096");
  text.Read(kDropped, "OneMinuteRate", "2.51");
  text.Read(kHints, "PendingHints", R"([{"host_id":"x","total_size":"70"},{"host_id":"y","total_size":"7"}])");
  const v1::NodeFacts node = Read(text).node;
  EXPECT_EQ(node.release(), "4.1");
  EXPECT_EQ(node.schema_version(), "s");
  EXPECT_EQ(node.cluster(), "demo");
  EXPECT_EQ(node.partitioner(), "Murmur3Partitioner");
  EXPECT_FALSE(node.native_transport());
  EXPECT_TRUE(node.has_native_transport());
  EXPECT_EQ(node.load_bytes(), 1320702444);
  EXPECT_EQ(node.datacenter(), "dc1");
  EXPECT_EQ(node.rack(), "rack1");
  EXPECT_EQ(node.snitch(), "GossipingPropertyFileSnitch");
  EXPECT_EQ(node.running_cleanups(), 2);
  EXPECT_EQ(node.pending_compactions(), 12);
  EXPECT_EQ(node.streams(), 2);
  EXPECT_EQ(node.snapshot_bytes(), 4096);
  EXPECT_EQ(node.dropped_mutations(), 151);
  EXPECT_EQ(node.pending_hints_bytes(), 77);
}

TEST(ReadBulkAnswer, TheExactLoadGoesFirst) {
  BulkText text = Healthy();
  text.Read("LoadMap", "{\"10.0.0.1\":\"1 KiB\",\"10.0.0.2\":\"2 KiB\"}");
  EXPECT_EQ(Read(text).node.load_bytes(), 1024);
  EXPECT_EQ(PeerOf(Read(text), HostId(2)).load_bytes(), 2048);
  EXPECT_FALSE(PeerOf(Read(text), HostId(3)).has_load_bytes());
  text.Read("LoadString", "\"3 KiB\"");
  EXPECT_EQ(Read(text).node.load_bytes(), 3072);
  text.Read("org.apache.cassandra.metrics:name=Load,type=Storage", "Count", "3000");
  EXPECT_EQ(Read(text).node.load_bytes(), 3000);
}

TEST(ReadBulkAnswer, SeveralAttributesAndPatterns) {
  const model::Value answer = ParseDocument(R"([
    {"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService",
                "attribute":["OperationMode","ClusterName","Starting"]},
     "value":{"OperationMode":"NORMAL","ClusterName":"ERROR: java.lang.X : y","Starting":null},"status":200,"timestamp":9},
    {"request":{"type":"read","mbean":"org.apache.cassandra.metrics:type=Storage,name=*"},
     "value":{"org.apache.cassandra.metrics:name=Load,type=Storage":{"Count":77}},"status":200,"timestamp":8},
    {"request":{"type":"read","mbean":"org.apache.cassandra.db:type=EndpointSnitchInfo"},
     "value":{"Datacenter":"dc7","Rack":"r"},"status":200,"timestamp":10},
    {"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService","attribute":["Tokens"]},
     "status":500,"error":"z"}])");
  const BulkAnswer out = ReadBulkAnswer(answer, BulkOptions());
  EXPECT_THAT(out.problems, IsEmpty());
  EXPECT_EQ(out.node.mode(), v1::NODE_MODE_NORMAL);
  EXPECT_EQ(out.node.load_bytes(), 77);
  EXPECT_EQ(out.node.datacenter(), "dc7");
  EXPECT_EQ(out.observed_at_seconds, 8);
  EXPECT_THAT(out.untold, ElementsAre("ClusterName: 500 java.lang.X : y", "Starting: no value", "Tokens: 500 z"));
}

TEST(ReadBulkAnswer, ToldTwice) {
  BulkText same = Healthy();
  same.Raw("again", R"({"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService",
    "attribute":"OperationMode"},"value":"NORMAL","status":200})");
  EXPECT_EQ(Read(same).node.mode(), v1::NODE_MODE_NORMAL);
  EXPECT_THAT(Read(same).problems, IsEmpty());
  BulkText other = Healthy();
  other.Raw("again", R"({"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService",
    "attribute":"OperationMode"},"value":"LEAVING","status":200})");
  EXPECT_EQ(Read(other).node.mode(), v1::NODE_MODE_UNSPECIFIED);
  EXPECT_THAT(Read(other).problems, SizeIs(1));
  EXPECT_FALSE(Read(other).view->complete());
  BulkText retried = Healthy();
  retried.Raw("again", R"({"request":{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService",
    "attribute":"OperationMode"},"error":"x","status":500})");
  EXPECT_EQ(Read(retried).node.mode(), v1::NODE_MODE_NORMAL);
}

TEST(ReadBulkAnswer, Keyspaces) {
  BulkText text = Healthy();
  text.Read("Keyspaces", List({"shop", "system", "system_schema", "cache"}));
  // 3.11: nobody can be asked.
  text.Raw("x", R"x({"request":{"type":"exec","mbean":"org.apache.cassandra.db:type=StorageService",
    "operation":"getKeyspaceReplicationInfo(java.lang.String)","arguments":["shop"]},"status":400,"error":"None"})x");
  BulkAnswer answer = Read(text);
  EXPECT_THAT(*answer.keyspaces.names, ElementsAre("cache", "shop", "system", "system_schema"));
  ASSERT_THAT(answer.keyspaces.told, SizeIs(2));
  EXPECT_EQ(answer.keyspaces.told[0].name(), "system");
  EXPECT_THAT(answer.untold, IsEmpty());

  text.Read("NonLocalStrategyKeyspaces", List({"shop"}));
  text.Exec("getKeyspaceReplicationInfo", "shop",
            "\"{class=org.apache.cassandra.locator.NetworkTopologyStrategy, dc1=3}\"");
  text.Exec("describeRingJMX", "shop",
            "[\"TokenRange(endpoint_details:[EndpointDetails(host:10.0.0.1, datacenter:dc1, rack:r)])\"]");
  answer = Read(text);
  ASSERT_THAT(answer.keyspaces.told, SizeIs(4));
  EXPECT_EQ(answer.keyspaces.told[0].name(), "cache");
  EXPECT_EQ(answer.keyspaces.told[0].strategy(), "LocalStrategy");
  EXPECT_EQ(answer.keyspaces.told[1].datacenters(0).replication_factor(), 3);
  EXPECT_THAT(answer.keyspaces.derived, IsEmpty());

  text.Exec("getKeyspaceReplicationInfo", "shop", "\"nonsense\"");
  answer = Read(text);
  EXPECT_THAT(answer.problems, SizeIs(1));
  ASSERT_THAT(answer.keyspaces.derived, SizeIs(1));
  EXPECT_EQ(answer.keyspaces.derived[0].datacenters(0).replication_factor(), 1);
  text.Exec("describeRingJMX", "shop", "[\"x\"]");
  EXPECT_THAT(Read(text).problems, SizeIs(2));
}

TEST(ReadBulkAnswer, WrongTypesAreProblemsAndUnknown) {
  BulkText text = Healthy();
  for (const char* name : {"OperationMode", "LocalHostId", "EndpointToHostId", "TokenToEndpointMap", "LiveNodes",
                           "UnreachableNodes", "Keyspaces", "GossipRunning", "LoadMap", "Tokens", "LoadString"}) {
    text.Read(name, "5");
  }
  text.Read("JoiningNodes", "[1]").Read("LeavingNodes", "[\"x\"]");
  text.Read("FailureDetector", "AllEndpointStates", "\"  STATUS:1:x\"")
      .Read("FailureDetector", "SimpleStates", "{\"x\":1}");
  text.Read("CompactionManager", "Compactions", "[1]").Read("CompactionManager", "PendingTasks", "-1");
  const BulkAnswer answer = Read(text);
  EXPECT_FALSE(answer.failed);
  EXPECT_THAT(answer.problems, SizeIs(17));
  EXPECT_FALSE(answer.view.has_value());
  v1::NodeFacts expected;
  expected.set_address("10.0.0.1");
  EXPECT_EQ(answer.node.ShortDebugString(), expected.ShortDebugString());
}

TEST(ReadBulkAnswer, DroppedMutationsAreARateOfAMinute) {
  const auto dropped = [](const char* rate) {
    const BulkAnswer answer = Read(BulkText().Read(kDropped, "OneMinuteRate", rate));
    EXPECT_EQ(answer.problems.empty(), answer.node.has_dropped_mutations()) << rate;
    return answer.node.has_dropped_mutations() ? answer.node.dropped_mutations() : -1;
  };
  EXPECT_EQ(dropped("0"), 0);
  EXPECT_EQ(dropped("0.0"), 0);
  EXPECT_EQ(dropped("1.25E-7"), 0);
  EXPECT_EQ(dropped("16.7"), 1002);
  for (const char* bad : {"-1.0", "1e300", "\"1\"", "true", "[]"}) EXPECT_EQ(dropped(bad), -1);
}

// Releases up to 5.0 tell for whom hints wait, and not how much: nothing is known then, but that none wait is.
TEST(ReadBulkAnswer, HintsThatWait) {
  const auto hints = [](const char* list) {
    const BulkAnswer answer = Read(BulkText().Read(kHints, "PendingHints", list));
    return answer.node.has_pending_hints_bytes() ? answer.node.pending_hints_bytes() : -1;
  };
  EXPECT_EQ(hints("[]"), 0);
  EXPECT_EQ(hints(R"([{"host_id":"x","total_files":"3","oldest_timestamp":"1","newest_timestamp":"2"}])"), -1);
  EXPECT_EQ(hints(R"([{"total_size":"5"},{"total_size":"9223372036854775807"}])"), -1);
  for (const char* bad : {"{}", "7", "[7]", R"([{"total_size":"-1"}])", R"([{"total_size":"much"}])"})
    EXPECT_EQ(hints(bad), -1) << bad;
  // Before 4.1 there is no such attribute, and nobody is told so.
  const BulkAnswer old = Read(BulkText().Read("OperationMode", "\"NORMAL\"").Raw("hints", R"({"request":{"type":"read",
      "mbean":"org.apache.cassandra.hints:type=HintsService","attribute":"PendingHints"},"error":"x","status":404})"));
  EXPECT_THAT(old.untold, IsEmpty());
}

TEST(ReadBulkAnswer, HostileShapes) {
  for (const char* text :
       {"null", "5", "\"x\"", "[]", "{}", "[null]", "[[]]", "[{}]", "[{\"request\":5,\"status\":200,\"value\":1}]",
        "[{\"request\":{\"type\":\"read\"},\"status\":200,\"value\":1}]",
        "[{\"request\":{\"type\":\"exec\",\"arguments\":{}},\"status\":200,\"value\":1}]",
        "{\"status\":403,\"error\":\"Origin null is not allowed\"}"}) {
    const BulkAnswer answer = ReadBulkAnswer(ParseDocument(text), BulkOptions());
    EXPECT_EQ(answer.node.ByteSizeLong(), 0u) << text;
    EXPECT_FALSE(answer.view.has_value());
  }
  EXPECT_EQ(ReadBulkAnswer(ParseDocument("{\"status\":403,\"error\":\"Origin\"}"), BulkOptions()).error, "403 Origin");
  EXPECT_EQ(ReadBulkAnswer(ParseDocument("[]"), BulkOptions()).error, "the answer is empty");
}

}  // namespace
}  // namespace cassplan::cassandra
