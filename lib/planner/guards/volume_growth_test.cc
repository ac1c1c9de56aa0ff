#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using testing::Even;

constexpr char kGuard[] = "volume-growth";
constexpr int64_t kGiB = int64_t{1} << 30;

Cluster GrowingVolumes() {
  Cluster cluster(Even(2));
  cluster.volume_bytes = 200 * kGiB;
  cluster.expandable = true;
  return cluster;
}

TEST(VolumeGrowth, ClassIsKnown) {
  Cluster cluster = GrowingVolumes();
  EXPECT_EQ(Answer(cluster, kGuard, "grow_volume dc1/r1/0"), kPlanned);
  EXPECT_EQ(Answer(cluster, kGuard, "recreate_rack dc1/r1"), kPlanned);
  cluster.expandable = false;  // nobody says
  EXPECT_EQ(Answer(cluster, kGuard, "grow_volume dc1/r1/0"),
            "whether the storage class of dc1/r1/0 can grow volumes is not known | "
            "collect the StorageClasses of the cluster");
  EXPECT_EQ(Answer(cluster, kGuard, "recreate_rack dc1/r1"), "held by predecessor");
}

TEST(VolumeGrowth, ClassThatCannotIsRefusedBeforeAnythingIsTouched) {
  v1::PlanRequest request = GrowingVolumes().Build();
  testing::VolumeFactsOf("dc1/r3/1", &request)->set_expandable(false);
  const v1::PlanResponse response = RunPipeline(request, ScheduleOptions(), nullptr);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
  EXPECT_EQ(response.plan().actions_size(), 0);
  EXPECT_EQ(response.held_size(), 0);
  EXPECT_EQ(response.findings(0).rule(), kGuard);
}

TEST(VolumeGrowth, QuotaHasRoomForAll) {
  v1::PlanRequest request = GrowingVolumes().Build();
  for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
    if (report.has_volume()) report.mutable_volume()->set_quota_left_bytes(600 * kGiB);
  }
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/0"), kPlanned);
  testing::VolumeFactsOf("dc1/r2/0", &request)->set_quota_left_bytes(500 * kGiB);
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/0"),
            "the quota leaves 100 GiB too little for all volumes that shall grow | "
            "raise the ResourceQuota, or ask for less");
  // What has been asked for already counts in the quota already.
  testing::VolumeFactsOf("dc1/r3/0", &request)->set_requested_bytes(200 * kGiB);
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/0"), kPlanned);
}

TEST(VolumeGrowth, VolumeIsKnown) {
  v1::PlanRequest request = GrowingVolumes().Build();
  testing::VolumeReportOf("dc1/r1/0", &request)->mutable_subject()->clear_uid();
  EXPECT_EQ(Answer(request, kGuard, "grow_volume dc1/r1/0"),
            "how large the volume of dc1/r1/0 is, or which it is, is not known | "
            "collect the PersistentVolumeClaims of the cluster");
  request = GrowingVolumes().Build();
  testing::VolumeFactsOf("dc1/r2/1", &request)->clear_capacity_bytes();
  EXPECT_EQ(Answer(request, kGuard, "recreate_rack dc1/r1"), kPlanned);
  EXPECT_NE(Answer(request, kGuard, "recreate_rack dc1/r2"), kPlanned);
}

TEST(VolumeGrowth, OneFirstThenRackByRack) {
  const v1::PlanResponse response = RunPipeline(GrowingVolumes().Build(), ScheduleOptions(), nullptr);
  int ready = 0;
  for (const v1::Action& a : response.plan().actions()) {
    ready += a.ready() ? 1 : 0;
    if (a.ready()) {
      EXPECT_EQ(testing::Name(a), "grow_volume dc1/r1/0");
    }
    if (a.kind() == v1::ACTION_KIND_GROW_VOLUME) {
      EXPECT_EQ(a.capacity_bytes(), 200 * kGiB);
    }
  }
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(response.plan().actions_size(), 9);
  // Once one has been seen to grow, the others of the rack need no first one.
  Cluster cluster = GrowingVolumes();
  cluster.node("dc1/r1/0").capacity = 200 * kGiB;
  EXPECT_EQ(Answer(cluster, kGuard, "grow_volume dc1/r1/0"), "not wanted");
  EXPECT_EQ(Answer(cluster, kGuard, "grow_volume dc1/r1/1"), kPlanned);
}

TEST(VolumeGrowth, NotBeforeTheCooldownIsOver) {
  Cluster cluster = GrowingVolumes();
  v1::VolumeGrown* grown = cluster.ledger.add_volumes_grown();
  testing::SetSlot("dc1/r1/0", grown->mutable_target());
  grown->set_at_seconds(testing::kNow - 600);
  const v1::PlanResponse response = RunPipeline(cluster.Build(), ScheduleOptions(), nullptr);
  for (const v1::Action& a : response.plan().actions()) {
    if (testing::Name(a) != "grow_volume dc1/r1/0") continue;
    EXPECT_FALSE(a.ready());
    EXPECT_EQ(a.not_before_seconds(), testing::kNow - 600 + 21'600);
  }
  EXPECT_EQ(response.ledger().volumes_grown_size(), 1);
  cluster.policy.set_grow_cooldown_seconds(600);
  EXPECT_EQ(RunPipeline(cluster.Build(), ScheduleOptions(), nullptr).ledger().volumes_grown_size(), 0);
}

// The workload must be made again for more than its volumes: at once with its new template, and not updated.
TEST(VolumeGrowth, OtherFixedPartsOfTheWorkload) {
  Cluster cluster(Even(1));
  cluster.revision = "B";
  v1::PlanRequest request = cluster.Build();
  testing::DesiredRackOf("dc1/r1", &request)->set_workload_revision("w2");
  testing::RackFactsOf("dc1/r1", &request)->set_workload_revision("w1");
  EXPECT_EQ(Answer(request, kGuard, "recreate_rack dc1/r1"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "update_rack dc1/r1"), "not wanted");
  EXPECT_EQ(Answer(request, kGuard, "update_rack dc1/r2"), kPlanned);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  testing::RackFactsOf("dc1/r1", &request)->set_workload_revision("w2");
  EXPECT_EQ(Answer(request, kGuard, "recreate_rack dc1/r1"), "not wanted");
}

}  // namespace
}  // namespace cassplan::planner
