#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "identity";

// Peers list a node whose host id nobody could tell.
TEST(Identity, HostId) {
  Cluster cluster = Shrinking();
  const std::string host_id = cluster.node("dc1/r1/1").host_id;
  cluster.node("dc1/r1/1").answers = false;
  v1::PlanRequest request = cluster.Build();
  v1::Peer* peer = testing::PeerOf(host_id, &request);
  peer->set_schema_version("s1");
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
  peer->set_host_id("");
  testing::ViewOf(&request)->add_viewers("");
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "the host id of dc1/r1/1 is not known | collect the answer of the node or of its peers");
}

TEST(Identity, RequestToReplaceNamesTheDeadMember) {
  Cluster cluster = Small();
  cluster.node("dc1/r2/0").up = false;
  cluster.replace["dc1/r2/0"] = "";
  const std::string host_id = cluster.node("dc1/r2/0").host_id;
  EXPECT_EQ(
      Answer(cluster, kGuard, "replace_node dc1/r2/0"),
      "the request to replace dc1/r2/0 does not name the host id of the dead member | name it: host_id " + host_id);
  cluster.replace["dc1/r2/0"] = host_id;
  EXPECT_EQ(Answer(cluster, kGuard, "replace_node dc1/r2/0"), kPlanned);
}

TEST(Identity, UidOfTheSlot) {
  v1::PlanRequest request = Shrinking().Build();
  testing::SlotReportOf("dc1/r1/1", &request)->mutable_subject()->clear_uid();
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"),
            "the uid of slot dc1/r1/1 is not known | collect the objects of the cluster again");
  testing::SlotReportOf("dc1/r1/1", &request)->mutable_subject()->set_uid("uid-1");
  EXPECT_EQ(Answer(request, kGuard, "decommission dc1/r1/1"), kPlanned);
}

TEST(Identity, UidOfTheVolume) {
  v1::PlanRequest request = Shrinking().Build();
  testing::VolumeReportOf("dc1/r1/1", &request)->mutable_subject()->clear_uid();
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"),
            "the uid of the volume of dc1/r1/1 is not known | collect the volumes of the cluster");
  testing::VolumeReportOf("dc1/r1/1", &request)->mutable_subject()->set_uid("uid-1");
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
