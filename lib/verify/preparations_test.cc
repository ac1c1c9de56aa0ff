// What must come before another release or a larger volume.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/verify/testing.h"

namespace cassplan::verify::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int64_t kGiB = int64_t{1} << 30;

TestCluster Desiring(const std::string& from, const std::string& to) {
  TestCluster cluster(1, 3, 1);
  for (auto& [slot, node] : cluster.nodes) node.release = from;
  for (v1::DesiredRack& rack : *cluster.base.mutable_desired()->mutable_datacenters(0)->mutable_racks()) {
    rack.mutable_template_()->set_release(to);
  }
  return cluster;
}

std::string Upgrade(TestPlan& plan, const std::string& slot, const std::vector<std::string>& after = {}) {
  const std::string id = plan.Roll(slot, after);
  plan[id].set_release_changes(true);
  return id;
}

std::string Snapshot(TestPlan& plan, const std::string& slot) {
  return plan.Add(v1::ACTION_KIND_TAKE_SNAPSHOT, MemberTarget(slot));
}

TEST(Preparations, SnapshotFirst) {
  TestCluster cluster = Desiring("4.1.3", "5.0.2");
  TestPlan bad;
  Upgrade(bad, "dc1/r1/0");
  EXPECT_THAT(Broken(cluster, bad), Contains("snapshot-first"));
  TestPlan unordered;
  Snapshot(unordered, "dc1/r1/0");
  Upgrade(unordered, "dc1/r1/0");
  EXPECT_THAT(Broken(cluster, unordered), Contains("snapshot-first"));
  TestPlan good;
  Upgrade(good, "dc1/r1/0", {Snapshot(good, "dc1/r1/0")});
  EXPECT_THAT(Broken(cluster, good), IsEmpty());
  cluster.base.mutable_policy()->set_snapshot_before_upgrade(false);
  EXPECT_THAT(Broken(cluster, bad), IsEmpty());
}

TEST(Preparations, SnapshotInTheLedger) {
  TestCluster cluster = Desiring("4.1.3", "5.0.2");
  v1::SnapshotTaken* taken = cluster.base.mutable_ledger()->add_snapshots();
  *taken->mutable_target() = MemberTarget("dc1/r1/0");
  taken->set_release("4.1");  // of the upgrade before
  TestPlan plan;
  Upgrade(plan, "dc1/r1/0");
  EXPECT_THAT(Broken(cluster, plan), Contains("snapshot-first"));
  cluster.base.mutable_ledger()->mutable_snapshots(0)->set_release("5.0");
  EXPECT_THAT(Broken(cluster, plan), IsEmpty());
}

TEST(Preparations, ReleasePath) {
  TestPlan plan;
  Upgrade(plan, "dc1/r1/0", {Snapshot(plan, "dc1/r1/0")});
  EXPECT_THAT(Broken(Desiring("3.11.17", "5.0.2"), plan), Contains("release-path"));
  EXPECT_THAT(Broken(Desiring("5.0.2", "4.1.3"), plan), Contains("release-path"));
  EXPECT_THAT(Broken(Desiring("4.0.17", "5.0.2"), plan), Not(Contains("release-path")));
}

TEST(Preparations, OwedFirst) {
  TestCluster cluster = Desiring("4.0.17", "4.1.3");
  v1::UpgradeOwed* owed = cluster.base.mutable_ledger()->add_upgrade_owed();
  *owed->mutable_target() = MemberTarget("dc1/r2/0");
  owed->set_release("4.0");
  TestPlan bad;
  Upgrade(bad, "dc1/r1/0", {Snapshot(bad, "dc1/r1/0")});
  EXPECT_THAT(Broken(cluster, bad), Contains("upgrade-owed"));
  TestPlan good;
  const std::string upgraded = good.Add(v1::ACTION_KIND_UPGRADE_SSTABLES, MemberTarget("dc1/r2/0"));
  Upgrade(good, "dc1/r1/0", {Snapshot(good, "dc1/r1/0"), upgraded});
  EXPECT_THAT(Broken(cluster, good), IsEmpty());
}

TEST(Preparations, SstablesOnlyOnOneRelease) {
  TestCluster cluster = Desiring("4.1.3", "5.0.2");
  cluster["dc1/r1/0"].release = "5.0.2";
  TestPlan plan;
  plan.Add(v1::ACTION_KIND_UPGRADE_SSTABLES, MemberTarget("dc1/r1/0"));
  EXPECT_THAT(Broken(cluster, plan), Contains("mixed-version"));
}

// Every slot has a volume of 100 GiB that may grow; the racks' templates say 100 GiB.
v1::PlanRequest WithVolumes(bool expandable) {
  v1::PlanRequest request = TestCluster(1, 3, 1).Request();
  for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
    if (!report.has_volume()) continue;
    report.mutable_volume()->set_capacity_bytes(100 * kGiB);
    report.mutable_volume()->set_expandable(expandable);
  }
  v1::Report* rack = request.mutable_observed()->add_reports();
  rack->set_source("kubernetes");
  rack->set_status(v1::REPORT_STATUS_OK);
  rack->set_observed_at_seconds(kNow - 10);
  rack->mutable_subject()->set_datacenter("dc1");
  rack->mutable_subject()->set_rack("r1");
  rack->mutable_rack()->set_present(true);
  rack->mutable_rack()->mutable_volume()->set_capacity_bytes(100 * kGiB);
  rack->mutable_rack()->mutable_volume()->set_storage_class("fast");
  return request;
}

Slugs BrokenIn(const v1::PlanRequest& request, const TestPlan& plan) {
  const absl::StatusOr<VerifyResult> result = Verify(request, plan.response, VerifyOptions());
  EXPECT_TRUE(result.ok()) << result.status();
  Slugs slugs;
  for (const Violation& violation : result->violations) slugs.insert(violation.invariant);
  return slugs;
}

std::string Grow(TestPlan& plan, int64_t capacity) {
  const std::string id = plan.Add(v1::ACTION_KIND_GROW_VOLUME, MemberTarget("dc1/r1/0"));
  plan[id].set_capacity_bytes(capacity);
  return id;
}

void Recreate(TestPlan& plan, int64_t capacity, const std::string& storage_class,
              const std::vector<std::string>& after) {
  v1::Target rack;
  rack.set_datacenter("dc1");
  rack.set_rack("r1");
  const std::string id = plan.Add(v1::ACTION_KIND_RECREATE_RACK, rack, after);
  plan[id].set_capacity_bytes(capacity);
  plan[id].set_storage_class(storage_class);
}

TEST(Preparations, VolumesBeforeTheirWorkload) {
  TestPlan good;
  Recreate(good, 200 * kGiB, "fast", {Grow(good, 200 * kGiB)});
  EXPECT_THAT(BrokenIn(WithVolumes(true), good), IsEmpty());
  EXPECT_THAT(BrokenIn(WithVolumes(false), good), Contains("volume-growth"));
  TestPlan too_early;
  Grow(too_early, 200 * kGiB);
  Recreate(too_early, 200 * kGiB, "fast", {});
  EXPECT_THAT(BrokenIn(WithVolumes(true), too_early), Contains("volume-growth"));
  TestPlan other_class;
  Recreate(other_class, 200 * kGiB, "slow", {Grow(other_class, 200 * kGiB)});
  EXPECT_THAT(BrokenIn(WithVolumes(true), other_class), Contains("volume-growth"));
  TestPlan shrinks;
  Grow(shrinks, 50 * kGiB);
  EXPECT_THAT(BrokenIn(WithVolumes(true), shrinks), Contains("volume-growth"));
}

// A workload of three slots; the middle one is to go.
TEST(Preparations, HighestSlot) {
  TestCluster cluster(1, 1, 3);
  for (const char* slot : {"dc1/r1/1", "dc1/r1/2"}) {
    cluster[slot].in_views = false;
    cluster[slot].mode = v1::NODE_MODE_DECOMMISSIONED;
  }
  v1::PlanRequest request = cluster.Request();
  v1::Report* report = request.mutable_observed()->add_reports();
  report->set_observed_at_seconds(kNow);
  report->set_status(v1::REPORT_STATUS_OK);
  report->mutable_subject()->set_datacenter("dc1");
  report->mutable_subject()->set_rack("r1");
  report->mutable_rack()->set_present(true);
  report->mutable_rack()->set_nodes(3);
  TestPlan middle;
  middle.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"));
  EXPECT_THAT(BrokenIn(request, middle), Contains("highest-slot"));
  TestPlan unordered;
  unordered.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/2"));
  unordered.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"));
  EXPECT_THAT(BrokenIn(request, unordered), Contains("highest-slot"));
  TestPlan from_the_top;
  const std::string top = from_the_top.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/2"));
  from_the_top.Add(v1::ACTION_KIND_SHRINK_RACK, MemberTarget("dc1/r1/1"), {top});
  EXPECT_THAT(BrokenIn(request, from_the_top), Not(Contains("highest-slot")));
  report->mutable_rack()->set_nodes(2);  // of which it is the last
  EXPECT_THAT(BrokenIn(request, middle), Not(Contains("highest-slot")));
}

// A rack that is emptied is judged in one go, however many slots it has.
TEST(Preparations, HighestSlotOfMany) {
  constexpr int kSlots = 3000;
  TestCluster cluster(1, 1, 1);
  v1::PlanRequest request = cluster.Request();
  v1::Report* report = request.mutable_observed()->add_reports();
  report->set_observed_at_seconds(kNow);
  report->set_status(v1::REPORT_STATUS_OK);
  report->mutable_subject()->set_datacenter("dc1");
  report->mutable_subject()->set_rack("r1");
  report->mutable_rack()->set_present(true);
  report->mutable_rack()->set_nodes(kSlots);
  TestPlan plan;
  std::vector<std::string> before;
  for (int ordinal = kSlots - 1; ordinal > 0; --ordinal) {
    before = {plan.Add(v1::ACTION_KIND_SHRINK_RACK, SlotTarget("dc1/r1/" + std::to_string(ordinal)), before)};
  }
  EXPECT_THAT(BrokenIn(request, plan), Not(Contains("highest-slot")));
}

}  // namespace
}  // namespace cassplan::verify::testing
