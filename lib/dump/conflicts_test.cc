#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/dump/dump.h"
#include "lib/dump/test_util.h"

namespace cassplan::dump {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(Conflicts, DuplicateHostId) {
  TestDump test;
  test.node(2).Read("LocalHostId", Quoted(HostId(1)));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump),
              Contains(absl::StrCat("duplicate-host-id: host id ", HostId(1),
                                    " is told by cassandra-demo-dc1-rack1-0, cassandra-demo-dc1-rack2-0")));
  const auto nodes = NodeReports(dump);
  for (const char* rack : {"rack1", "rack2"}) {
    EXPECT_EQ(nodes.at(rack).node().host_id(), HostId(1));
    EXPECT_EQ(nodes.at(rack).node().mode(), v1::NODE_MODE_NORMAL);
  }
  EXPECT_EQ(nodes.at("rack3").node().host_id(), HostId(3));
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_THAT(ViewReports(dump)[0].view().viewers(), ElementsAre(HostId(3)));
}

TEST(Conflicts, AHostIdAtTwoAddresses) {
  TestDump test;
  test.node(3).Read("EndpointToHostId",
                    HostMap({{Address(1), HostId(1)}, {"127.100.0.99", HostId(2)}, {Address(3), HostId(3)}}));
  test.node(3).Read("TokenToEndpointMap", HostMap({{"100", Address(1)},
                                                   {"-1", Address(1)},
                                                   {"200", "127.100.0.99"},
                                                   {"-2", "127.100.0.99"},
                                                   {"300", Address(3)},
                                                   {"-3", Address(3)}}));
  test.node(3).Read("LiveNodes", List({Address(1), "127.100.0.99", Address(3)}));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), ElementsAre(absl::StrCat("crossed-address: host id ", HostId(2),
                                                    " is seen at 127.100.0.4 and 127.100.0.99")));
  EXPECT_EQ(NodeReports(dump).at("rack2").node().address(), "");
  const auto views = ViewReports(dump);
  ASSERT_THAT(views, SizeIs(1));  // they differ in nothing else
  EXPECT_EQ(PeerOf(views[0], HostId(2)).address(), "");
  EXPECT_EQ(PeerOf(views[0], HostId(2)).rack(), "rack2");
  EXPECT_EQ(PeerOf(views[0], HostId(1)).address(), Address(1));
}

TEST(Conflicts, TwoNodesThatSwappedTheirAddresses) {
  // Node 2 answers at the address of slot 1 and the other way round; the ring has not heard of it.
  TestDump test;
  test.node(1).Read("LocalHostId", Quoted(HostId(2)));
  test.node(2).Read("LocalHostId", Quoted(HostId(1)));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump),
              Contains(StartsWith("crossed-address: cassandra-demo-dc1-rack1-0 has the address 127.100.0.3 "
                                  "and answers as 127.100.0.4, which is another pod's")));
  EXPECT_EQ(NodeReports(dump).at("rack1").node().address(), "");
  EXPECT_EQ(NodeReports(dump).at("rack2").node().address(), "");
}

TEST(Conflicts, AnAddressWithTwoHostIds) {
  TestDump test;
  test.node(3).Read("EndpointToHostId",
                    HostMap({{Address(1), HostId(1)}, {Address(2), HostId(7)}, {Address(3), HostId(3)}}));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), Contains(absl::StrCat("crossed-address: address 127.100.0.4 is that of the host ids ",
                                                 HostId(2), " and ", HostId(7))));
  EXPECT_THAT(Texts(dump), Contains(HasSubstr("token-conflict: token -2 is told for ")));
  for (const v1::Report& view : ViewReports(dump)) {
    for (const v1::Peer& peer : view.view().peers()) {
      if (peer.host_id() != HostId(2) && peer.host_id() != HostId(7)) continue;
      EXPECT_EQ(peer.address(), "");
      EXPECT_THAT(peer.tokens(), IsEmpty());
    }
  }
}

TEST(Conflicts, AnAddressOfItsOwnIsOnlyNoted) {
  TestDump test;
  const std::string far = "203.0.113.1";  // broadcast_address
  std::vector<std::pair<std::string, std::string>> hosts = {
      {far, HostId(1)}, {Address(2), HostId(2)}, {Address(3), HostId(3)}};
  test.All("EndpointToHostId", HostMap(hosts)).All("LiveNodes", List({far, Address(2), Address(3)}));
  test.All("TokenToEndpointMap", HostMap({{"100", far}, {"200", Address(2)}, {"300", Address(3)}}));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), ElementsAre(StartsWith("crossed-address: ")));
  EXPECT_EQ(dump.findings[0].level(), v1::FINDING_LEVEL_NOTE);
  EXPECT_EQ(NodeReports(dump).at("rack1").node().address(), far);
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_EQ(PeerOf(ViewReports(dump)[0], HostId(1)).rack(), "rack1");
}

TEST(Conflicts, TheSnitchAndTheSlotDiffer) {
  TestDump test;
  test.node(2).Read("EndpointSnitchInfo", "Rack", "\"rack9\"");
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), ElementsAre("location-mismatch: cassandra-demo-dc1-rack2-0 says that it is in datacenter "
                                       "dc1, rack rack9"));
  EXPECT_EQ(dump.findings[0].level(), v1::FINDING_LEVEL_ERROR);
  EXPECT_EQ(NodeReports(dump).at("rack2").node().rack(), "rack9");
  EXPECT_EQ(NodeReports(dump).at("rack2").subject().rack(), "rack2");
  EXPECT_EQ(PeerOf(ViewReports(dump)[0], HostId(2)).rack(), "rack9");
  EXPECT_EQ(PeerOf(ViewReports(dump)[0], HostId(1)).rack(), "rack1");
}

TEST(Conflicts, GossipAndTheNodeDiffer) {
  TestDump test;
  test.node(1).Read(
      "FailureDetector", "AllEndpointStates",
      absl::StrCat("\"/", Address(2), "\\n  DC:1:dc1\\n  RACK:2:rack8\\n  HOST_ID:3:", HostId(2), "\\n\""));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump), ElementsAre(absl::StrCat("location-mismatch: host id ", HostId(2),
                                                    " is told to be in datacenter dc1, rack rack2 and rack8")));
  EXPECT_EQ(NodeReports(dump).at("rack2").node().rack(), "rack2");
  for (const v1::Report& view : ViewReports(dump)) EXPECT_EQ(PeerOf(view, HostId(2)).rack(), "");
}

TEST(Conflicts, DifferentTokens) {
  TestDump test;
  test.node(3).Read("TokenToEndpointMap", HostMap({{"100", Address(1)},
                                                   {"-1", Address(1)},
                                                   {"201", Address(2)},
                                                   {"-2", Address(2)},
                                                   {"300", Address(3)},
                                                   {"-3", Address(3)}}));
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump),
              ElementsAre(absl::StrCat("token-conflict: nodes tell different tokens for the host id ", HostId(2))));
  EXPECT_THAT(NodeReports(dump).at("rack2").node().tokens(), IsEmpty());
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_THAT(PeerOf(ViewReports(dump)[0], HostId(2)).tokens(), IsEmpty());
  EXPECT_THAT(PeerOf(ViewReports(dump)[0], HostId(1)).tokens(), ElementsAre(-1, 100));
}

TEST(Conflicts, ANodeOfAnotherCluster) {
  TestDump test;
  test.node(3).Read("ClusterName", "\"other\"");
  const Dump dump = test.Read();
  EXPECT_THAT(Texts(dump),
              ElementsAre("foreign-node: cassandra-demo-dc1-rack3-0 is a node of the cluster other, others "
                          "are not"));
  const v1::Report report = NodeReports(dump).at("rack3");
  EXPECT_EQ(report.status(), v1::REPORT_STATUS_FAILED);
  EXPECT_THAT(report.error(), HasSubstr("other"));
  EXPECT_EQ(report.subject().host_id(), "");
  ASSERT_THAT(ViewReports(dump), SizeIs(1));
  EXPECT_THAT(ViewReports(dump)[0].view().viewers(), ElementsAre(HostId(1), HostId(2)));
}

TEST(Conflicts, EquallyFrequentClusterNames) {
  TestDump test;
  test.node(1).Read("ClusterName", "\"a\"");
  test.node(2).Read("ClusterName", "\"b\"");
  auto failed = [](const Dump& dump) {
    int count = 0;
    for (const auto& [rack, report] : NodeReports(dump)) count += report.status() == v1::REPORT_STATUS_FAILED ? 1 : 0;
    return count;
  };
  EXPECT_EQ(failed(test.Read()), 2);  // the third is the desired one
  test.node(3).Read("ClusterName", "\"c\"");
  const Dump dump = test.Read();
  EXPECT_EQ(failed(dump), 3);
  EXPECT_THAT(ViewReports(dump), IsEmpty());
  EXPECT_THAT(SchemaReports(dump), IsEmpty());
}

}  // namespace
}  // namespace cassplan::dump
