#include "lib/dump/dump.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/dump/test_util.h"

namespace cassplan::dump {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kShop[] =
    "name: \"shop\" strategy: \"NetworkTopologyStrategy\" datacenters { datacenter: \"dc1\" replication_factor: 3 }";

TEST(ReadDump, ASettled50Cluster) {
  const Dump dump = TestDump().Read();
  EXPECT_THAT(dump.problems, IsEmpty());
  EXPECT_THAT(Texts(dump), IsEmpty());
  EXPECT_EQ(dump.newest_observed_at_seconds, 1795351003);
  const auto nodes = NodeReports(dump);
  ASSERT_THAT(nodes, SizeIs(3));
  for (int n = 1; n <= 3; ++n) {
    const v1::Report& report = nodes.at(absl::StrCat("rack", n));
    EXPECT_EQ(report.status(), v1::REPORT_STATUS_OK);
    EXPECT_EQ(report.observed_at_seconds(), 1795351000 + n);
    EXPECT_EQ(report.subject().host_id(), HostId(n));
    EXPECT_EQ(report.node().release(), "5.0.9");
    EXPECT_EQ(report.node().address(), Address(n));
  }
  const auto views = ViewReports(dump);
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_EQ(views[0].observed_at_seconds(), 1795351001);
  EXPECT_THAT(views[0].view().viewers(), ElementsAre(HostId(1), HostId(2), HostId(3)));
  EXPECT_TRUE(views[0].view().complete());
  EXPECT_EQ(PeerOf(views[0], HostId(1)).load_bytes(), 3072);  // the largest that any node has heard of
  EXPECT_EQ(PeerOf(views[0], HostId(3)).rack(), "rack3");
  const auto schemas = SchemaReports(dump);
  ASSERT_THAT(schemas, SizeIs(1));
  EXPECT_EQ(schemas[0].source(), "jolokia");
  EXPECT_EQ(schemas[0].observed_at_seconds(), 1795351001);
  EXPECT_TRUE(schemas[0].schema().complete());
  EXPECT_FALSE(schemas[0].schema().derived());
  ASSERT_EQ(schemas[0].schema().keyspaces_size(), 3);
  EXPECT_EQ(schemas[0].schema().keyspaces(0).ShortDebugString(), kShop);
  EXPECT_EQ(schemas[0].schema().keyspaces(1).strategy(), "LocalStrategy");
}

TEST(ReadDump, TimesOfTheDump) {
  auto kubernetes_time = [](const Dump& dump) {
    EXPECT_THAT(dump.problems, IsEmpty());
    return dump.observed.reports(0).observed_at_seconds();
  };
  TestDump dump;
  EXPECT_EQ(kubernetes_time(dump.Read()), 1795351003);
  dump.File("dump.json", "{\"observed_at_seconds\": 1795351999}");
  EXPECT_EQ(kubernetes_time(dump.Read()), 1795351999);
  EXPECT_EQ(dump.Read().newest_observed_at_seconds, 1795351999);
  dump.DropFile("dump.json").Drop(1).Drop(2).Drop(3);
  EXPECT_EQ(kubernetes_time(dump.Read()), 42);
  EXPECT_EQ(dump.Read().newest_observed_at_seconds, 42);
}

TEST(ReadDump, AMissingFileIsUnknownAndNotAbsent) {
  const Dump dump = TestDump().Drop(2).Read();
  EXPECT_THAT(dump.problems, IsEmpty());
  EXPECT_THAT(Texts(dump), ElementsAre(StartsWith("missing-report: cassandra-demo-dc1-rack2-0")));
  const v1::Report report = NodeReports(dump).at("rack2");
  EXPECT_EQ(report.status(), v1::REPORT_STATUS_FAILED);
  EXPECT_THAT(report.error(), HasSubstr("no file jolokia/cassandra-demo-dc1-rack2-0.json"));
  EXPECT_EQ(report.facts_case(), v1::Report::FACTS_NOT_SET);
  EXPECT_EQ(report.subject().host_id(), "");
  EXPECT_EQ(report.observed_at_seconds(), 1795351003);
  const auto views = ViewReports(dump);
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_THAT(views[0].view().viewers(), ElementsAre(HostId(1), HostId(3)));
  // The slot with its address says where it is.
  EXPECT_EQ(PeerOf(views[0], HostId(2)).rack(), "rack2");
}

TEST(ReadDump, FilesThatCannotBeRead) {
  const std::string whole = TestDump().Files()[2].text;
  for (const std::string& text : {std::string(), std::string("null"), std::string("[]"), std::string("\xff\xfe"),
                                  whole.substr(0, whole.size() / 2), std::string("{\"status\":500,\"error\":\"boom\"}"),
                                  std::string("<html>503</html>"), std::string(5000, '[')}) {
    const Dump dump = TestDump().File(absl::StrCat("jolokia/", Pod(2), ".json"), text).Read();
    EXPECT_THAT(dump.problems, IsEmpty());
    const v1::Report report = NodeReports(dump).at("rack2");
    EXPECT_EQ(report.status(), v1::REPORT_STATUS_FAILED) << text;
    EXPECT_NE(report.error(), "") << text;
    ASSERT_GE(dump.findings.size(), 1u) << text;
    EXPECT_EQ(dump.findings[0].rule(), "unreadable-report") << text;
    EXPECT_EQ(dump.findings[0].location().file(), "d/jolokia/cassandra-demo-dc1-rack2-0.json");
    EXPECT_EQ(dump.findings[0].subject().rack(), "rack2");
    ASSERT_THAT(ViewReports(dump), SizeIs(1)) << text;
    EXPECT_THAT(ViewReports(dump)[0].view().viewers(), ElementsAre(HostId(1), HostId(3)));
  }
}

TEST(ReadDump, StartUpNulls) {
  TestDump test;
  for (const char* name : {"OperationMode", "LocalHostId", "EndpointToHostId", "TokenToEndpointMap", "LiveNodes",
                           "UnreachableNodes", "JoiningNodes", "LeavingNodes", "MovingNodes", "ReleaseVersion",
                           "ClusterName", "GossipRunning", "LoadMap", "Keyspaces", "NonLocalStrategyKeyspaces"}) {
    test.node(1).Read(name, "null");
  }
  const Dump dump = test.Read();
  EXPECT_THAT(dump.problems, IsEmpty());
  const v1::Report report = NodeReports(dump).at("rack1");
  EXPECT_EQ(report.status(), v1::REPORT_STATUS_OK);  // its snitch answers already
  EXPECT_EQ(report.node().host_id(), "");
  EXPECT_EQ(report.node().mode(), v1::NODE_MODE_UNSPECIFIED);
  EXPECT_EQ(report.node().rack(), "rack1");
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_THAT(ViewReports(dump)[0].view().viewers(), ElementsAre(HostId(2), HostId(3)));
  EXPECT_THAT(Texts(dump), ElementsAre(HasSubstr("rack1-0 did not tell: ")));
  EXPECT_THAT(Texts(dump)[0], HasSubstr("and 8 more"));
}

TEST(ReadDump, AFactThatFailedIsToldAndNothingElseIsLost) {
  TestDump test;
  test.node(3).Fail("OperationMode", 500, "java.lang.NullPointerException");
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), ElementsAre("unknown-fact: cassandra-demo-dc1-rack3-0 did not tell: OperationMode: 500 "
                                       "java.lang.NullPointerException"));
  EXPECT_EQ(dump.findings[0].level(), v1::FINDING_LEVEL_NOTE);
  EXPECT_EQ(NodeReports(dump).at("rack3").node().host_id(), HostId(3));
  const auto views = ViewReports(dump);
  ASSERT_THAT(views, SizeIs(2));
  EXPECT_TRUE(views[0].view().complete());
  EXPECT_FALSE(views[1].view().complete());
}

TEST(ReadDump, AFileOfNoPod) {
  const Dump dump = TestDump().File("jolokia/stranger.json", "[]").File("notes.txt", "\xff").Read();
  EXPECT_THAT(Texts(dump), ElementsAre(StartsWith("foreign-file: ")));
  EXPECT_EQ(dump.findings[0].location().file(), "d/jolokia/stranger.json");
  EXPECT_THAT(NodeReports(dump), SizeIs(3));
}

TEST(ReadDump, ANodeThatJoins) {
  TestDump test;
  for (int n = 1; n <= 2; ++n) test.node(n).Read("JoiningNodes", List({Address(3)}));
  test.node(3).Read("OperationMode", "\"JOINING\"").Read("Keyspaces", List({"system", "system_schema"}));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), IsEmpty());
  EXPECT_EQ(NodeReports(dump).at("rack3").node().mode(), v1::NODE_MODE_JOINING);
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_EQ(PeerOf(ViewReports(dump)[0], HostId(3)).movement(), v1::PEER_MOVEMENT_JOINING);
  EXPECT_TRUE(SchemaReports(dump)[0].schema().complete());  // the joiner is not asked for the schema
}

TEST(ReadDump, ANodeThatLeaves) {
  TestDump test;
  test.node(3).Read("OperationMode", "\"LEAVING\"");
  for (int n = 1; n <= 2; ++n) test.node(n).Read("LeavingNodes", List({Address(3)}));
  const Dump dump = test.Read();
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_EQ(PeerOf(ViewReports(dump)[0], HostId(3)).movement(), v1::PEER_MOVEMENT_LEAVING);
}

TEST(ReadDump, AMemberThatIsDown) {
  TestDump test;
  test.Drop(3).All("LiveNodes", List({Address(1), Address(2)})).All("UnreachableNodes", List({Address(3)}));
  const Dump dump = test.Read();
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  const v1::Peer peer = PeerOf(ViewReports(dump)[0], HostId(3));
  EXPECT_EQ(peer.state(), v1::PEER_STATE_DOWN);
  EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_UNSPECIFIED);
  EXPECT_EQ(peer.rack(), "rack3");
  EXPECT_EQ(peer.tokens_size(), 2);
}

// Node 3 was decommissioned and its process still runs; nodes 1 and 2 remember it.
TestDump AfterDecommission() {
  TestDump test;
  test.node(3).Read("OperationMode", "\"DECOMMISSIONED\"").Read("GossipRunning", "false");
  for (int n = 1; n <= 2; ++n) {
    test.node(n).Read("EndpointToHostId", HostMap({{Address(1), HostId(1)}, {Address(2), HostId(2)}}));
    test.node(n).Read("TokenToEndpointMap", HostMap({{"100", Address(1)}, {"200", Address(2)}}));
    test.node(n).Read("LiveNodes", List({Address(1), Address(2)})).Read("UnreachableNodes", List({Address(3)}));
  }
  return test;
}

TEST(ReadDump, ANodeThatLeftLingers) {
  TestDump test = AfterDecommission();
  Dump dump = test.Read();
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_THAT(ViewReports(dump)[0].view().viewers(), ElementsAre(HostId(1), HostId(2)));
  EXPECT_EQ(ViewReports(dump)[0].view().peers_size(), 2);
  EXPECT_TRUE(ViewReports(dump)[0].view().complete());
  EXPECT_EQ(NodeReports(dump).at("rack3").node().mode(), v1::NODE_MODE_DECOMMISSIONED);
  EXPECT_EQ(NodeReports(dump).at("rack3").node().host_id(), HostId(3));

  for (int n = 1; n <= 2; ++n) {
    test.node(n).Read("FailureDetector", "AllEndpointStates",
                      absl::StrCat("\"/", Address(3), "\\n  STATUS_WITH_PORT:147:LEFT,300,1795609528502\\n  HOST_ID:2:",
                                   HostId(3), "\\n  TOKENS:40:<hidden>\\n\""));
  }
  dump = test.Read();
  EXPECT_THAT(Texts(dump), IsEmpty());
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  const v1::Peer peer = PeerOf(ViewReports(dump)[0], HostId(3));
  EXPECT_EQ(peer.movement(), v1::PEER_MOVEMENT_LEFT);
  EXPECT_EQ(peer.state(), v1::PEER_STATE_DOWN);
  EXPECT_EQ(peer.tokens_size(), 0);
  EXPECT_EQ(peer.rack(), "");  // nobody says where it was, and its address may be another's by now
}

TEST(ReadDump, ARememberedAddressWithoutAHostIdIsTold) {
  const Dump dump = AfterDecommission().Drop(3).Read();
  std::vector<std::string> rules;
  for (const v1::Finding& finding : dump.findings) rules.push_back(finding.rule());
  EXPECT_THAT(rules, ElementsAre("missing-report", "remembered-node"));
  EXPECT_THAT(dump.findings[1].message(), HasSubstr("127.100.0.5"));
}

TEST(ReadDump, ReplicationOutOfTheRing) {
  TestDump test;
  std::string range = "TokenRange(start_token:1, end_token:2, endpoint_details:[";
  for (int n = 1; n <= 3; ++n) {
    absl::StrAppend(&range, n > 1 ? ", " : "", "EndpointDetails(host:", Address(n), ", datacenter:dc1, rack:rack", n,
                    ")");
  }
  for (int n = 1; n <= 3; ++n) {
    test.node(n).Exec("getKeyspaceReplicationInfo", "shop", "null");
    test.node(n).Exec("describeRingJMX", "shop", List({range + "])"}));
  }
  const Dump dump = test.Read();
  ASSERT_THAT(SchemaReports(dump), SizeIs(1));
  const v1::SchemaFacts schema = SchemaReports(dump)[0].schema();
  EXPECT_TRUE(schema.derived());
  EXPECT_TRUE(schema.complete());
  EXPECT_EQ(schema.keyspaces(0).ShortDebugString(), kShop);
}

TEST(ReadDump, OneNodeIsEnoughForReplicationAndAllMustAgree) {
  TestDump test;
  test.node(1).Exec("getKeyspaceReplicationInfo", "shop", "null");
  test.node(2).Exec("getKeyspaceReplicationInfo", "shop", "null");
  EXPECT_TRUE(SchemaReports(test.Read())[0].schema().complete());
  test.node(2).Exec("getKeyspaceReplicationInfo", "shop", "\"NetworkTopologyStrategy {dc1=2}\"");
  const Dump dump = test.Read();
  const v1::SchemaFacts schema = SchemaReports(dump)[0].schema();
  EXPECT_FALSE(schema.complete());
  EXPECT_EQ(schema.keyspaces_size(), 2);
  EXPECT_THAT(
      Texts(dump),
      testing::Contains(
          "replication-conflict: keyspace shop: cassandra-demo-dc1-rack2-0 says NetworkTopologyStrategy{dc1=2}, "
          "cassandra-demo-dc1-rack3-0 says NetworkTopologyStrategy{dc1=3}"));
}

TEST(ReadDump, ListsOfKeyspacesThatDiffer) {
  TestDump test;
  test.node(1).Read("Keyspaces", List({"shop", "system", "system_schema", "new"}));
  test.node(1).Read("NonLocalStrategyKeyspaces", List({"shop", "new"}));
  const Dump dump = test.Read();
  EXPECT_FALSE(SchemaReports(dump)[0].schema().complete());
  EXPECT_THAT(Texts(dump), ElementsAre(HasSubstr("do not list the same keyspaces")));
}

std::string Rows(absl::string_view shop, absl::string_view more = "") {
  return absl::StrCat(
      R"([{"keyspace_name":"system","replication":{"class":"org.apache.cassandra.locator.LocalStrategy"}},
          {"keyspace_name":"system_schema","replication":"LocalStrategy {}"},
          {"keyspace_name":"shop","replication":{"class":"NetworkTopologyStrategy","dc1":")",
      shop, "\"}}", more, "]");
}

TEST(ReadDump, TheSchemaFileGoesFirst) {
  TestDump test;
  test.File("schema.json", Rows("3"));
  Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), IsEmpty());
  ASSERT_THAT(SchemaReports(dump), SizeIs(1));
  EXPECT_EQ(SchemaReports(dump)[0].source(), "schema");
  EXPECT_TRUE(SchemaReports(dump)[0].schema().complete());

  dump = test.File("schema.json", Rows("2")).Read();
  EXPECT_FALSE(SchemaReports(dump)[0].schema().complete());
  EXPECT_EQ(SchemaReports(dump)[0].schema().keyspaces_size(), 2);
  EXPECT_THAT(Texts(dump), ElementsAre(HasSubstr("schema.json says NetworkTopologyStrategy{dc1=2}")));

  dump = test.File("schema.json", Rows("3", R"(,{"keyspace_name":"x","replication":"Y {}"})")).Read();
  EXPECT_FALSE(SchemaReports(dump)[0].schema().complete());
  EXPECT_THAT(Texts(dump), ElementsAre(HasSubstr("do not list the same keyspaces: x")));

  dump = test.File("schema.json", Rows("many")).Read();
  EXPECT_FALSE(SchemaReports(dump)[0].schema().complete());
  EXPECT_EQ(dump.findings[0].rule(), "unreadable-fact");
  EXPECT_EQ(dump.findings[0].location().line(), 3);
}

TEST(ReadDump, ASchemaFileThatCannotBeRead) {
  TestDump test;
  test.File("schema.json", "[{");
  Dump dump = test.Read();
  EXPECT_EQ(SchemaReports(dump)[0].source(), "jolokia");
  EXPECT_TRUE(SchemaReports(dump)[0].schema().complete());
  EXPECT_EQ(dump.findings[0].rule(), "unreadable-report");
  EXPECT_EQ(dump.findings[0].location().file(), "d/schema.json");
  dump = test.Drop(1).Drop(2).Drop(3).Read();
  ASSERT_THAT(SchemaReports(dump), SizeIs(1));
  EXPECT_EQ(SchemaReports(dump)[0].status(), v1::REPORT_STATUS_FAILED);
  EXPECT_EQ(SchemaReports(dump)[0].source(), "schema");
}

std::string OnlyProblem(const TestDump& test) {
  const Dump dump = test.Read();
  EXPECT_EQ(dump.observed.reports_size(), 0);
  EXPECT_THAT(dump.findings, IsEmpty());
  EXPECT_THAT(dump.problems, SizeIs(1));
  return dump.problems.empty() ? "" : FormatProblem(dump.problems[0]);
}

TEST(ReadDump, DumpsThatAreOfNoUse) {
  EXPECT_THAT(OnlyProblem(TestDump().DropFile("kubernetes.json")), StartsWith("d/kubernetes.json: "));
  EXPECT_THAT(OnlyProblem(TestDump().File("kubernetes.json", "{\"kind\": ")), StartsWith("d/kubernetes.json:1:"));
  EXPECT_THAT(OnlyProblem(TestDump().File("kubernetes.json", "{}")), StartsWith("d/kubernetes.json"));
  EXPECT_THAT(OnlyProblem(TestDump().File("dump.json", "{\"observed_at_seconds\": \"x\"}")),
              StartsWith("d/dump.json: "));
  EXPECT_THAT(OnlyProblem(TestDump().File("dump.json", "{\"observed_at_seconds\": -1}")), StartsWith("d/dump.json: "));
  EXPECT_THAT(OnlyProblem(TestDump().File("dump.json", "[")), StartsWith("d/dump.json:1:"));
}

TEST(ReadDump, Limits) {
  DumpOptions options;
  options.cluster = "cassandra-demo";
  std::vector<DumpFile> files = TestDump().Files();
  options.max_files = files.size() - 1;
  EXPECT_THAT(ReadDump(files, options).problems, SizeIs(1));
  options.max_files = files.size();
  EXPECT_THAT(ReadDump(files, options).problems, IsEmpty());
  files.back() = files.front();
  EXPECT_THAT(ReadDump(files, options).problems, SizeIs(1));

  options.max_file_bytes = 200000;
  files = TestDump().File(absl::StrCat("jolokia/", Pod(1), ".json"), std::string(200001, ' ')).Files();
  const Dump dump = ReadDump(files, options);
  EXPECT_THAT(dump.problems, IsEmpty());
  EXPECT_EQ(NodeReports(dump).at("rack1").status(), v1::REPORT_STATUS_FAILED);
  options.max_file_bytes = 100;
  EXPECT_THAT(ReadDump(files, options).problems, SizeIs(1));
}

TEST(ReadDump, NothingAtAll) {
  EXPECT_THAT(ReadDump({}, DumpOptions()).problems, SizeIs(1));
  EXPECT_THAT(ReadDump({{"\xff", "\xff"}, {"", ""}}, DumpOptions()).problems, SizeIs(1));
}

TEST(ReadDump, NamesThatAreNotUtf8) {
  const Dump dump = TestDump().File("jolokia/\xff.json", "[]").Read();
  ASSERT_THAT(dump.findings, SizeIs(1));
  EXPECT_EQ(dump.findings[0].location().file(), "d/jolokia/\\xff.json");
}

// What nobody tells is measured by hand.
TEST(ReadDump, MeasuredOnTheNodes) {
  const std::string nodes = absl::StrCat("{", Quoted(Pod(1)), R"(: {"disk_used_bytes": 70, "disk_capacity_bytes": 100,
    "clock_skew_ms": 3, "pending_hints_bytes": 9}, )",
                                         Quoted(Pod(2)), R"(: {"dropped_mutations": 5}})");
  TestDump made;
  made.node(2).Read("org.apache.cassandra.metrics:type=DroppedMessage,scope=MUTATION,name=Dropped", "OneMinuteRate",
                    "1.0");
  const Dump dump = made.File("nodes.json", nodes).Read();
  EXPECT_THAT(dump.problems, IsEmpty());
  EXPECT_THAT(Texts(dump), IsEmpty());
  const auto reports = NodeReports(dump);
  EXPECT_EQ(reports.at("rack1").node().disk_used_bytes(), 70);
  EXPECT_EQ(reports.at("rack1").node().disk_capacity_bytes(), 100);
  EXPECT_EQ(reports.at("rack1").node().clock_skew_ms(), 3);
  EXPECT_EQ(reports.at("rack1").node().pending_hints_bytes(), 9);
  EXPECT_EQ(reports.at("rack2").node().dropped_mutations(), 60);  // the larger one
  EXPECT_FALSE(reports.at("rack2").node().has_clock_skew_ms());
  EXPECT_FALSE(reports.at("rack3").node().has_disk_used_bytes());
}

TEST(ReadDump, WhatIsMeasuredMakesNoNodeKnown) {
  const std::string nodes = absl::StrCat("{", Quoted(Pod(3)), R"(: {"clock_skew_ms": 3}})");
  const Dump dump = TestDump().Drop(3).File("nodes.json", nodes).Read();
  EXPECT_EQ(NodeReports(dump).at("rack3").status(), v1::REPORT_STATUS_FAILED);
}

TEST(ReadDump, MeasuredAndNotUnderstood) {
  const auto texts = [](const std::string& nodes) {
    const Dump dump = TestDump().File("nodes.json", nodes).Read();
    EXPECT_THAT(dump.problems, IsEmpty());
    EXPECT_EQ(NodeReports(dump).at("rack1").node().has_clock_skew_ms(), false);
    return Texts(dump);
  };
  const std::string pod = Quoted(Pod(1));
  EXPECT_THAT(texts("["), ElementsAre(HasSubstr("unreadable-report")));
  EXPECT_THAT(texts("[]"), ElementsAre(HasSubstr("a map by pod is due here, not a list")));
  EXPECT_THAT(texts(absl::StrCat("{", pod, ": 5}")), ElementsAre(HasSubstr("a map is due here, not an integer")));
  EXPECT_THAT(texts(absl::StrCat("{", pod, R"(: {"clock_skew_ms": -1}})")), ElementsAre(HasSubstr("a count is due")));
  EXPECT_THAT(texts(absl::StrCat("{", pod, R"(: {"host_id": "x"}})")), ElementsAre(HasSubstr("not known here")));
  EXPECT_THAT(texts(R"({"another": {"clock_skew_ms": 1}})"), ElementsAre(HasSubstr("no pod of the cluster")));
}

}  // namespace
}  // namespace cassplan::dump
