#include "tests/golden/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cassplan::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Action* Add(v1::PlanResponse* response, const std::string& id, v1::ActionKind kind, int ordinal) {
  v1::Action* action = response->mutable_plan()->add_actions();
  action->set_id(id);
  action->set_kind(kind);
  action->mutable_target()->set_datacenter("dc1");
  action->mutable_target()->set_rack("rack1");
  action->mutable_target()->set_ordinal(ordinal);
  return action;
}

// Decommission of node 2, ready; then the shrink, by way of a section; the volume is held.
v1::PlanResponse Response() {
  v1::PlanResponse response;
  response.set_outcome(v1::OUTCOME_BLOCKED);
  v1::Action* leave = Add(&response, "a", v1::ACTION_KIND_DECOMMISSION, 2);
  leave->set_ready(true);
  leave->set_force(true);
  leave->add_sections("ring/dc1#1");
  for (const int capacity : {3, 2, 1}) {
    v1::Pool* pool = response.mutable_plan()->add_pools();
    pool->set_id("pool" + std::to_string(capacity));
    pool->set_capacity(capacity);
    if (capacity > 1) leave->add_pools(pool->id());
  }
  Add(&response, "b", v1::ACTION_KIND_SHRINK_RACK, 2)->add_requires_ids("ring/dc1#1");
  v1::Held* held = response.add_held();
  held->set_kind(v1::ACTION_KIND_DELETE_VOLUME);
  *held->mutable_target() = leave->target();
  held->add_by()->set_guard("volume-last");
  v1::Finding* finding = response.add_findings();
  finding->set_rule("quorum");
  finding->set_message("keyspace shop tolerates no loss");
  return response;
}

TEST(Expectations, AcceptsWhatIsTrue) {
  EXPECT_THAT(Unmet("# a comment\n"
                    "outcome blocked\n"
                    "action decommission dc1/rack1/2 ready\n"
                    "action shrink_rack dc1/rack1/2 waits\n"
                    "before decommission dc1/rack1/2 shrink_rack dc1/rack1/2\n"
                    "force decommission dc1/rack1/2\n"
                    "width decommission dc1/rack1/2 2\n"
                    "no decommission dc1/rack1/1\n"
                    "no restart_node\n"
                    "only decommission shrink_rack\n"
                    "count decommission 1\n"
                    "held delete_volume dc1/rack1/2 by volume-last\n"
                    "not-held shrink_rack\n"
                    "finding quorum shop tolerates\n",
                    Response()),
              IsEmpty());
}

TEST(Expectations, NamesWhatIsNotTrue) {
  for (const char* line : {"outcome planned",
                           "action decommission dc1/rack1/1",
                           "action decommission dc1/rack1/2 waits",
                           "action shrink_rack dc1/rack1/2 ready",
                           "no decommission",
                           "no decommission dc1/rack1",
                           "only decommission",
                           "only decommission shrink_rack restart_node",
                           "only",
                           "count decommission 2",
                           "before shrink_rack dc1/rack1/2 decommission dc1/rack1/2",
                           "before decommission dc1/rack1/2 decommission dc1/rack1/2",
                           "force shrink_rack dc1/rack1/2",
                           "width decommission dc1/rack1/2 3",
                           "width decommission dc1/rack1/1 1",
                           "held delete_volume dc1/rack1/2 by quorum",
                           "held shrink_rack dc1/rack1/2 by volume-last",
                           "not-held delete_volume",
                           "not-held delete_volume dc1/rack1",
                           "finding quorum app",
                           "finding seeds shop",
                           "nothing-ready"}) {
    EXPECT_THAT(Unmet(line, Response()), ElementsAre(line));
  }
}

TEST(Expectations, NamesWhatIsNotUnderstood) {
  for (const char* line : {"outcme planned", "no decomission", "action decommission dc1/rack1/2 soon", "outcome",
                           "not-held decomission"}) {
    EXPECT_THAT(Unmet(line, Response()), ElementsAre(line));
  }
  EXPECT_THAT(Unmet("\n# nothing\n", Response()), ElementsAre("nothing is expected"));
}

}  // namespace
}  // namespace cassplan::golden
