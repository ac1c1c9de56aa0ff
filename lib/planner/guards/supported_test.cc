#include <gtest/gtest.h>

#include "lib/planner/guards/guard_testing.h"

namespace cassplan::planner {
namespace {

using testing::Cluster;

constexpr char kGuard[] = "supported";

TEST(Supported, OnlyMurmur3) {
  v1::PlanRequest request = Restarting().Build();
  testing::NodeFactsOf("dc1/r2/0", &request)->set_partitioner("RandomPartitioner");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "the cluster uses the partitioner RandomPartitioner, and only Murmur3Partitioner is known here | "
            "do it by hand");
  testing::NodeFactsOf("dc1/r2/0", &request)->set_partitioner("Murmur3Partitioner");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Supported, StrategiesThatAreNotKnown) {
  v1::PlanRequest request = Restarting().Build();
  v1::Keyspace* app = testing::SchemaOf(&request)->mutable_keyspaces(0);
  app->set_strategy("EverywhereStrategy");
  const std::string refused =
      "keyspace app has a replication strategy (or transient replication) that is not known here | "
      "collect schema.json again where it lacks the strategy; else do it by hand, or take the keyspace out with "
      "policy.keyspaces[].ignore";
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), refused);
  v1::PlanRequest ignored = request;
  ignored.mutable_policy()->add_keyspaces()->set_name("app");
  ignored.mutable_policy()->mutable_keyspaces(0)->set_ignore(true);
  EXPECT_EQ(Answer(ignored, kGuard, "restart_node dc1/r1/0"), kPlanned);

  app->set_strategy("NetworkTopologyStrategy");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  app->set_transient_replication(true);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), refused);
}

TEST(Supported, ReplicationIsKnown) {
  Cluster cluster = Restarting();
  v1::PlanRequest request = cluster.Build();
  testing::DropReports(v1::Report::kSchema, &request);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "how keyspaces replicate is not known | collect schema.json, or let Jolokia answer on one node");
  // A node that is down already takes nothing away.
  cluster.node("dc1/r1/0").up = false;
  request = cluster.Build();
  testing::DropReports(v1::Report::kSchema, &request);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
  EXPECT_NE(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
}

TEST(Supported, WhatTheExecutorCannotDo) {
  v1::PlanRequest request = Restarting().Build();
  request.mutable_capabilities()->add_kinds(v1::ACTION_KIND_UPDATE_RACK);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "the executor cannot do restart_node | run the manual command; the plan goes on once it is seen done");
  EXPECT_EQ(Answer(request, kGuard, "update_rack dc1/r1"), kPlanned);
  request.mutable_capabilities()->add_kinds(v1::ACTION_KIND_RESTART_NODE);
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"), kPlanned);
}

TEST(Supported, RackThatContradictsItself) {
  v1::PlanRequest request = Restarting().Build();
  for (const v1::Report& report : request.observed().reports()) {
    if (!report.has_rack() || report.subject().rack() != "r1") continue;
    v1::Report other = report;
    other.set_source("a backup");
    other.mutable_rack()->set_nodes(7);
    *request.mutable_observed()->add_reports() = other;
    break;
  }
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r1/0"),
            "what is known about rack dc1/r1 contradicts itself | observe again");
  EXPECT_EQ(Answer(request, kGuard, "restart_node dc1/r2/0"), kPlanned);
}

TEST(Supported, SlotWhoseMemberIsNotKnown) {
  Cluster cluster = Shrinking();
  cluster.node("dc1/r1/0").answers = false;
  cluster.node("dc1/r1/1").answers = false;
  v1::PlanRequest request = cluster.Build();
  const std::string address = testing::SlotFactsOf("dc1/r1/1", &request)->address();
  testing::SlotFactsOf("dc1/r1/0", &request)->clear_address();
  testing::SlotFactsOf("dc1/r1/1", &request)->clear_address();
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"),
            "which member lives in slot dc1/r1/1 is not known | collect the answer of its node");
  testing::SlotFactsOf("dc1/r1/1", &request)->set_address(address);
  EXPECT_EQ(Answer(request, kGuard, "shrink_rack dc1/r1/1"), "held by predecessor");
}

}  // namespace
}  // namespace cassplan::planner
