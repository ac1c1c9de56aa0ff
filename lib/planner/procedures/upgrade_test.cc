// Changes of release, from the legality of the way to what the ledger remembers afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;
using ::testing::HasSubstr;

constexpr char kGuard[] = "mixed-version";

v1::PlanResponse PlanOf(const Cluster& cluster) { return RunPipeline(cluster.Build(), ScheduleOptions(), nullptr); }

// All nodes and templates at one release, all shall run another.
Cluster Upgrading(const std::string& from, const std::string& to) {
  Cluster cluster = Restarting();
  for (auto& [slot, node] : cluster.nodes()) node.release = from;
  cluster.release = to;
  return cluster;
}

const v1::Action* Find(const v1::PlanResponse& response, const std::string& name) {
  for (const v1::Action& a : response.plan().actions()) {
    if (testing::Name(a) == name) return &a;
  }
  return nullptr;
}

std::string FirstFinding(const v1::PlanResponse& response) {
  return response.findings_size() == 0 ? "" : response.findings(0).message() + " | " + response.findings(0).remedy();
}

TEST(Upgrade, SnapshotRestartThenSstables) {
  const v1::PlanResponse response = PlanOf(Upgrading("4.1.3", "5.0.2"));
  const v1::Action* snapshot = Find(response, "take_snapshot dc1/r1/0");
  const v1::Action* restart = Find(response, "restart_node dc1/r1/0");
  const v1::Action* upgrade = Find(response, "upgrade_sstables dc1/r1/0");
  ASSERT_TRUE(snapshot != nullptr && restart != nullptr && upgrade != nullptr);
  EXPECT_EQ(snapshot->snapshot(), "before-5.0");
  EXPECT_EQ(restart->reversibility(), v1::REVERSIBILITY_IRREVERSIBLE);
  const v1::Action* drain = Find(response, "drain dc1/r1/0");
  ASSERT_NE(drain, nullptr);
  EXPECT_THAT(drain->requires_ids(), ::testing::Contains(snapshot->id()));
  EXPECT_FALSE(upgrade->ready());
}

TEST(Upgrade, NoSnapshotWherePolicySaysSo) {
  Cluster cluster = Upgrading("4.1.3", "5.0.2");
  cluster.policy.set_snapshot_before_upgrade(false);
  EXPECT_EQ(Find(PlanOf(cluster), "take_snapshot dc1/r1/0"), nullptr);
  EXPECT_NE(Find(PlanOf(cluster), "restart_node dc1/r1/0"), nullptr);
}

TEST(Upgrade, PatchReleaseNeedsNothing) {
  const v1::PlanResponse response = PlanOf(Upgrading("4.1.3", "4.1.10"));
  EXPECT_EQ(Find(response, "take_snapshot dc1/r1/0"), nullptr);
  EXPECT_EQ(Find(response, "upgrade_sstables dc1/r1/0"), nullptr);
  EXPECT_NE(Find(response, "restart_node dc1/r1/0"), nullptr);
}

TEST(Upgrade, SkippedReleaseIsRefusedWhole) {
  Cluster cluster = Upgrading("3.11.17", "5.0.2");
  cluster.node("dc1/r1/0").release = "4.1.3";  // one could
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
  EXPECT_EQ(response.plan().actions_size(), 0);
  EXPECT_THAT(FirstFinding(response), HasSubstr("cannot go at once to 5.0 | go by way of 4.1, then 5.0"));
}

TEST(Upgrade, UnknownReleaseIsRefused) {
  EXPECT_EQ(PlanOf(Upgrading("4.1.3", "7.0.0")).outcome(), v1::OUTCOME_REFUSED);
}

TEST(Upgrade, DowngradeIsRefused) {
  const v1::PlanResponse response = PlanOf(Upgrading("5.0.2", "4.1.3"));
  EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED);
  EXPECT_EQ(response.plan().actions_size(), 0);
}

TEST(Upgrade, FiveInCassandra4GoesBack) {
  Cluster cluster = Upgrading("5.0.2", "4.1.3");
  for (auto& [slot, node] : cluster.nodes()) node.storage_mode = "CASSANDRA_4";
  const v1::PlanResponse response = PlanOf(cluster);
  ASSERT_NE(Find(response, "restart_node dc1/r1/0"), nullptr);
  EXPECT_EQ(Find(response, "restart_node dc1/r1/0")->reversibility(), v1::REVERSIBILITY_REVERSIBLE);
  cluster.node("dc1/r2/0").storage_mode = "UPGRADING";
  EXPECT_EQ(PlanOf(cluster).outcome(), v1::OUTCOME_REFUSED);
}

// Templates of two racks are written, one node has been upgraded, and the spec goes back.
TEST(Upgrade, BackHalfWay) {
  Cluster cluster = Upgrading("4.1.3", "4.1.3");
  cluster.revision = "A";
  cluster.templates[{"dc1", "r1"}] = cluster.templates[{"dc1", "r2"}] = "B";
  cluster.node("dc1/r1/0").release = "5.0.2";
  cluster.node("dc1/r1/0").revision = "B";
  const v1::PlanResponse response = PlanOf(cluster);
  EXPECT_EQ(response.outcome(), v1::OUTCOME_BLOCKED);
  EXPECT_EQ(Answer(response, kGuard, "restart_node dc1/r1/0"), "held by predecessor");
  EXPECT_THAT(
      Answer(response, kGuard, "update_rack dc1/r1"),
      HasSubstr("dc1/r1/0 has started on Cassandra 5.0 and cannot go back to 4.1: were the template written, it "
                "would not start again | ask for 5.0 again"));
  EXPECT_EQ(Answer(response, kGuard, "update_rack dc1/r2"), kPlanned);
  EXPECT_EQ(Answer(response, kGuard, "restart_node dc1/r2/0"), "not wanted");
  EXPECT_THAT(FirstFinding(response), HasSubstr("restores only nodes that have not been upgraded"));
}

TEST(Upgrade, OwedBeforeTheNext) {
  Cluster cluster = Upgrading("4.0.17", "4.1.3");
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0"}) {
    v1::UpgradeOwed* owed = cluster.ledger.add_upgrade_owed();
    owed->mutable_target()->set_host_id(cluster.node(slot).host_id);
    owed->set_release("4.0");
  }
  const v1::PlanResponse response = PlanOf(cluster);
  const v1::Action* first = Find(response, "upgrade_sstables dc1/r1/0");  // the first of two
  ASSERT_NE(first, nullptr);
  EXPECT_TRUE(first->ready());
  EXPECT_EQ(first->goal(), "release=4.0");
  EXPECT_EQ(Answer(response, kGuard, "restart_node dc1/r3/0"), kPlanned);
  // Where it cannot run the next upgrade waits.
  testing::Pause(v1::ACTION_KIND_UPGRADE_SSTABLES, &cluster.policy);
  EXPECT_THAT(Answer(cluster, kGuard, "restart_node dc1/r3/0"), HasSubstr("2 nodes owe upgradesstables"));
  // The node's own count is better evidence than the ledger.
  v1::PlanRequest request = cluster.Build();
  for (const char* slot : {"dc1/r1/0", "dc1/r2/0"}) testing::NodeFactsOf(slot, &request)->set_old_sstables(0);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r3/0"), kPlanned);
}

TEST(Upgrade, LedgerRemembers) {
  Cluster cluster = Restarting();
  cluster.release = "5.0.2";
  cluster.templates[{"dc1", "r1"}] = "B";
  const std::string host = cluster.node("dc1/r1/0").host_id;
  cluster.InFlight("snap", v1::ACTION_KIND_TAKE_SNAPSHOT, "dc1/r1/0");
  cluster.ledger.mutable_started(0)->set_state(v1::STARTED_STATE_SUCCEEDED);
  cluster.ledger.mutable_started(0)->set_goal("before=5.0");
  v1::PlanResponse response = PlanOf(cluster);
  ASSERT_EQ(response.ledger().snapshots_size(), 1);
  EXPECT_EQ(response.ledger().snapshots(0).target().host_id(), host);
  EXPECT_EQ(response.ledger().snapshots(0).name(), "before-5.0");
  EXPECT_EQ(Find(response, "take_snapshot dc1/r1/0"), nullptr);
  EXPECT_NE(Find(response, "take_snapshot dc1/r2/0"), nullptr);
  // The node comes back on the new release.
  cluster.ledger = response.ledger();
  cluster.InFlight("restart", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0", /*release_changes=*/true);
  testing::Node& node = cluster.node("dc1/r1/0");
  node.release = "5.0.2";
  node.revision = "B";
  node.started_times = 1;
  response = PlanOf(cluster);
  ASSERT_EQ(response.ledger().upgrade_owed_size(), 1);
  EXPECT_EQ(response.ledger().upgrade_owed(0).release(), "5.0");
  EXPECT_NE(Find(response, "upgrade_sstables dc1/r1/0"), nullptr);
}

TEST(Upgrade, StorageModeOneStepAtATime) {
  Cluster cluster = Restarting();
  cluster.release = "5.0.2";
  for (auto& [slot, node] : cluster.nodes()) {
    node.release = "5.0.2";
    node.storage_mode = "CASSANDRA_4";
  }
  v1::PlanRequest request;
  const auto plan = [&](const std::string& mode) {
    cluster.storage_mode = mode;
    request = cluster.Build();
    for (const char* rack : {"dc1/r1", "dc1/r2", "dc1/r3"}) {
      testing::RackFactsOf(rack, &request)->mutable_template_()->set_release("5.0.2");
      testing::RackFactsOf(rack, &request)->mutable_template_()->set_storage_compatibility_mode("CASSANDRA_4");
    }
    return RunPipeline(request, ScheduleOptions(), nullptr);
  };
  const v1::PlanResponse response = plan("UPGRADING");
  ASSERT_NE(Find(response, "restart_node dc1/r1/0"), nullptr);
  EXPECT_EQ(Find(response, "restart_node dc1/r1/0")->reversibility(), v1::REVERSIBILITY_IRREVERSIBLE);
  EXPECT_NE(Find(response, "upgrade_sstables dc1/r1/0"), nullptr);
  EXPECT_EQ(plan("NONE").outcome(), v1::OUTCOME_REFUSED);
}

TEST(Upgrade, ReleaseOfTheImageIsNotKnown) {
  v1::PlanRequest request = Restarting().Build();
  for (const char* rack : {"dc1/r1", "dc1/r2", "dc1/r3"}) {
    v1::Template* wanted = testing::DesiredRackOf(rack, &request)->mutable_template_();
    wanted->clear_release();
    v1::TemplateSection* image = wanted->add_sections();
    image->set_name("image");
    image->set_value("cassandra:prod");
  }
  EXPECT_THAT(Answer(request, "supported", "update_rack dc1/r1"), HasSubstr("image cassandra:prod has is not known"));
  EXPECT_EQ(Answer(request, "supported", "restart_node dc1/r1/0"), "held by predecessor");
  // The same image: no other release.
  for (const char* rack : {"dc1/r1", "dc1/r2", "dc1/r3"}) {
    *testing::RackFactsOf(rack, &request)->mutable_template_()->add_sections() =
        testing::DesiredRackOf(rack, &request)->template_().sections(0);
  }
  EXPECT_EQ(Answer(request, "supported", "restart_node dc1/r1/0"), kPlanned);
}

}  // namespace
}  // namespace cassplan::planner
