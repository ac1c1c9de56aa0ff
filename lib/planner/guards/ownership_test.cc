#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

constexpr char kGuard[] = "ownership";

const std::string kRemedy =
    "find out whom it belongs to; rename this cluster, or remove the other owner's object by hand";

TEST(Ownership, Rack) {
  v1::PlanRequest request = Restarting().Build();
  testing::RackFactsOf("dc1/r1", &request)->set_owner_id("other");
  EXPECT_EQ(Answer(request, kGuard, "update_rack dc1/r1"),
            "the workload of rack dc1/r1 belongs to another owner (other) | " + kRemedy);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
  for (const char* owner : {"owner", ""}) {
    testing::RackFactsOf("dc1/r1", &request)->set_owner_id(owner);
    EXPECT_EQ(Answer(request, kGuard, "update_rack dc1/r1"), kPlanned) << owner;
  }
}

TEST(Ownership, VolumeOfAnOlderCluster) {
  v1::PlanRequest request = Growing().Build();
  v1::VolumeFacts* volume = testing::AddVolume("dc1/r1/1", &request);
  volume->set_contents(v1::VOLUME_CONTENTS_EMPTY);
  volume->set_owner_id("older");
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"),
            "the volume of slot dc1/r1/1 belongs to another owner (older) | " + kRemedy);
  volume->set_owner_id("owner");
  EXPECT_EQ(Answer(request, kGuard, "start_node dc1/r1/1"), kPlanned);
}

TEST(Ownership, VolumeOfANodeThatLeaves) {
  v1::PlanRequest request = Shrinking().Build();
  testing::VolumeFactsOf("dc1/r1/1", &request)->set_owner_id("older");
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"),
            "the volume of slot dc1/r1/1 belongs to another owner (older) | " + kRemedy);
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"), kPlanned);
  testing::VolumeFactsOf("dc1/r1/1", &request)->clear_owner_id();
  EXPECT_EQ(Answer(request, kGuard, "delete_volume dc1/r1/1"), kPlanned);
}

TEST(Ownership, SharedObject) {
  v1::PlanRequest request = Small().Build();
  v1::SharedObject* desired = request.mutable_desired()->add_objects();
  desired->set_kind("Service");
  desired->set_name("test");
  desired->set_revision("2");
  v1::Report* report = testing::AddReport(&request);
  report->mutable_subject()->set_name("test");
  report->mutable_object()->set_kind("Service");
  report->mutable_object()->set_present(true);
  report->mutable_object()->set_revision("1");
  report->mutable_object()->set_owner_id("other");
  EXPECT_EQ(Answer(request, kGuard, "update_cluster_objects "),
            "Service test belongs to another owner (other) | " + kRemedy);
  // Another object is missing: nothing is made beside what belongs to somebody else.
  v1::PlanRequest missing = request;
  *missing.mutable_desired()->add_objects() = *desired;
  missing.mutable_desired()->mutable_objects(1)->set_name("test-pods");
  EXPECT_EQ(Answer(missing, kGuard, "create_cluster_objects "),
            "Service test belongs to another owner (other) | " + kRemedy);
  report->mutable_object()->set_owner_id("owner");
  EXPECT_EQ(Answer(request, kGuard, "update_cluster_objects "), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
