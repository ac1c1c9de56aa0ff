// Two edits of the desired cluster at once, over 1 to 3 racks, RF 1 to 3, two or three nodes in a rack, and states in
// which the cluster may be just then. Whatever comes together: no node's slot or volume goes before the node has left,
// no keyspace that tolerates a loss falls below its level, a goal that is out of reach is refused whole, and no node
// restarts twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/property/execute.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

struct Edit {
  const char* name;
  void (*apply)(Cluster* cluster);
};

void Image(Cluster* c) {
  c->release = "5.0.2";
  absl::StrAppend(&c->revision, "+image");
}
void Config(Cluster* c) { absl::StrAppend(&c->revision, "+config"); }
void Resources(Cluster* c) { absl::StrAppend(&c->revision, "+resources"); }
void Up(Cluster* c) { ++c->desired["dc1"].begin()->second; }
void UpEverywhere(Cluster* c) {
  for (auto& [rack, nodes] : c->desired["dc1"]) ++nodes;
}
void Down(Cluster* c) { --c->desired["dc1"].rbegin()->second; }
void DownEverywhere(Cluster* c) {
  for (auto& [rack, nodes] : c->desired["dc1"]) --nodes;
}
void RestartAll(Cluster* c) { c->restart_token = "asked-1"; }
void Seeds(Cluster* c) { c->seeds = {"dc1/r1/1"}; }

constexpr Edit kEdits[] = {{"image", Image},
                           {"config", Config},
                           {"resources", Resources},
                           {"up", Up},
                           {"up everywhere", UpEverywhere},
                           {"down", Down},
                           {"down everywhere", DownEverywhere},
                           {"restart", RestartAll},
                           {"seeds", Seeds}};

// What happens to be the case when the edits come.
struct Now {
  const char* name;
  void (*apply)(Cluster* cluster);
};

void Healthy(Cluster*) {}
void OneDown(Cluster* c) { c->node("dc1/r1/0").up = false; }
void OneFailed(Cluster* c) {
  OneDown(c);
  c->node("dc1/r1/0").failed = true;
}
void OneDrained(Cluster* c) {
  OneDown(c);
  c->node("dc1/r1/0").mode = v1::NODE_MODE_DRAINED;
}
void RestartInFlight(Cluster* c) {
  OneDown(c);
  c->InFlight("in-flight", v1::ACTION_KIND_RESTART_NODE, "dc1/r1/0", c->release != "4.1.3");
}
void JoinInFlight(Cluster* c) {
  auto& [rack, nodes] = *c->desired["dc1"].begin();
  const int ordinal = static_cast<int>(c->nodes().size() / c->desired["dc1"].size());
  nodes = std::max(nodes, ordinal + 1);
  c->replicas[{"dc1", rack}] = ordinal + 1;
  c->InFlight("in-flight", v1::ACTION_KIND_START_NODE, absl::StrCat("dc1/", rack, "/", ordinal));
}
void LeaveInFlight(Cluster* c) {
  const std::string rack = c->desired["dc1"].rbegin()->first;
  const int last = static_cast<int>(c->nodes().size() / c->desired["dc1"].size()) - 1;
  const std::string slot = absl::StrCat("dc1/", rack, "/", last);
  c->node(slot).movement = v1::PEER_MOVEMENT_LEAVING;
  c->node(slot).mode = v1::NODE_MODE_LEAVING;
  c->InFlight("in-flight", v1::ACTION_KIND_DECOMMISSION, slot);
}
void LeftByHand(Cluster* c) {
  const std::string rack = c->desired["dc1"].rbegin()->first;
  testing::Node& node = c->node(absl::StrCat("dc1/", rack, "/0"));
  node.in_views = false;
  node.mode = v1::NODE_MODE_DECOMMISSIONED;
}
void AllOwe(Cluster* c) {
  for (auto& [slot, node] : c->nodes()) node.owes_cleanup = true;
}
void Wide(Cluster* c) { c->policy.set_rack_width(1000); }

constexpr Now kNows[] = {{"healthy", Healthy},
                         {"one down", OneDown},
                         {"one failed", OneFailed},
                         {"one drained", OneDrained},
                         {"restart in flight", RestartInFlight},
                         {"join in flight", JoinInFlight},
                         {"leave in flight", LeaveInFlight},
                         {"left by hand", LeftByHand},
                         {"all owe a cleanup", AllOwe},
                         {"wide", Wide}};

// Other replication, levels and policies.
constexpr Now kFlavors[] = {
    {"SimpleStrategy",
     [](Cluster* c) {
       c->keyspaces[0].simple = c->keyspaces[0].datacenters["dc1"];
       c->keyspaces[0].datacenters.clear();
     }},
    {"level QUORUM", [](Cluster* c) { c->policy.add_levels(v1::CONSISTENCY_LEVEL_QUORUM); }},
    {"level ONE", [](Cluster* c) { c->policy.add_levels(v1::CONSISTENCY_LEVEL_ONE); }},
    {"level ALL", [](Cluster* c) { c->policy.add_levels(v1::CONSISTENCY_LEVEL_ALL); }},
    {"hold what is intolerant", [](Cluster* c) { c->policy.set_intolerant(v1::INTOLERANT_POLICY_HOLD); }},
    {"width 2, no drain, racks in order",
     [](Cluster* c) {
       c->policy.set_drain(false);
       c->policy.set_rack_width(2);
       c->parallel = false;
     }},
    {"volumes are kept", [](Cluster* c) { c->policy.set_on_remove(v1::ON_REMOVE_RETAIN); }},
};

struct Setting {
  int racks = 1;
  int rf = 1;
  int nodes = 2;
  std::string Text() const { return absl::StrCat(racks, " rack(s) of ", nodes, ", RF ", rf); }
};

std::vector<Setting> Settings() {
  std::vector<Setting> all;
  for (int racks = 1; racks <= 3; ++racks) {
    for (int rf = 1; rf <= 3; ++rf) {
      for (int nodes = 2; nodes <= 3; ++nodes) all.push_back({racks, rf, nodes});
    }
  }
  return all;
}

Cluster Make(const Setting& setting, const Edit& a, const Edit& b, const Now& now) {
  Cluster c(Even(setting.nodes, setting.racks), static_cast<uint64_t>(setting.racks * 100 + setting.nodes));
  c.keyspaces[0].datacenters["dc1"] = setting.rf;
  c.seeds = c.observed_seeds = {"dc1/r1/0"};
  a.apply(&c);
  if (a.apply != b.apply) b.apply(&c);
  now.apply(&c);
  return c;
}

int NodesOf(const Shape& shape) {
  int n = 0;
  for (const auto& [rack, nodes] : shape.at("dc1")) n += nodes;
  return n;
}

// Does a rack or the datacenter shrink, as far as nodes that are there go?
bool Shrinks(Cluster* cluster) {
  for (const auto& [slot, node] : cluster->nodes()) {
    if (node.in_views && node.ordinal >= cluster->desired["dc1"][node.rack]) return true;
  }
  return false;
}

// A rack that becomes empty counts, too.
bool OutOfReach(Cluster* cluster, const Setting& setting) {
  if (!Shrinks(cluster)) return false;
  int racks = 0;
  for (const auto& [rack, nodes] : cluster->desired["dc1"]) racks += nodes > 0 ? 1 : 0;
  return NodesOf(cluster->desired) < setting.rf || racks < std::min(setting.rf, setting.racks);
}

void ExpectNothingGoesBeforeItsNode(Cluster* cluster, const Picture& plan) {
  for (const char* kind : {"shrink_rack", "delete_volume"}) {
    for (const std::string& name : plan.Named(kind)) {
      const std::string slot = name.substr(name.find(' ') + 1);
      const auto node = cluster->nodes().find(slot);
      if (node == cluster->nodes().end() || !node->second.in_views) continue;
      const std::string leave = absl::StrCat("decommission ", slot);
      const bool runs = node->second.movement == v1::PEER_MOVEMENT_LEAVING;
      EXPECT_TRUE(runs || (plan.Has(leave) && plan.Before(leave, name))) << name;
    }
  }
}

void ExpectOneRestartEach(const v1::PlanResponse& response) {
  std::map<std::string, int> times;
  for (const v1::Action& a : response.plan().actions()) {
    if (a.kind() != v1::ACTION_KIND_RESTART_NODE) continue;
    EXPECT_EQ(++times[SlotOf(a.target())], 1) << testing::Name(a);
  }
}

// A keyspace that tolerates no loss is named where nodes that are up go away.
void ExpectIntolerantNamed(Cluster* cluster, const Setting& setting, const v1::PlanResponse& response) {
  int members = 0;
  for (const auto& [slot, node] : cluster->nodes()) members += node.in_views ? 1 : 0;
  const bool tolerant = setting.rf == 3 && members >= 3;
  bool disrupts = false;
  for (const v1::Action& a : response.plan().actions()) {
    const bool restart = a.kind() == v1::ACTION_KIND_RESTART_NODE;
    disrupts = disrupts || (restart && cluster->node(SlotOf(a.target())).up);
  }
  if (!disrupts && !tolerant) return;
  EXPECT_EQ(HasFinding(response, "quorum", "keyspace app"), !tolerant);
}

void ExpectReachIsJudgedFirst(bool out_of_reach, const v1::PlanResponse& response) {
  EXPECT_EQ(response.outcome() == v1::OUTCOME_REFUSED, out_of_reach) << v1::Outcome_Name(response.outcome());
  EXPECT_EQ(HasFinding(response, "replication-floor") || HasFinding(response, "datacenter-empty"), out_of_reach);
  if (!out_of_reach) return;
  for (const v1::Action& a : response.plan().actions()) {
    EXPECT_NE(a.kind(), v1::ACTION_KIND_DECOMMISSION);
    EXPECT_NE(a.kind(), v1::ACTION_KIND_SHRINK_RACK);
    EXPECT_NE(a.kind(), v1::ACTION_KIND_DELETE_VOLUME);
  }
}

struct Count {
  int plans = 0;
  int64_t actions = 0;
};

void CheckPair(const Setting& setting, const Edit& a, const Edit& b, const Now& now, Count* count) {
  SCOPED_TRACE(absl::StrCat(a.name, " and ", b.name, "; ", now.name, "; ", setting.Text()));
  Cluster cluster = Make(setting, a, b, now);
  const v1::PlanRequest request = cluster.Build();
  const v1::PlanResponse response = MustPlan(request);
  const Picture plan(response);
  VerifyOptions effort = Effort(150, 2);
  effort.seed = static_cast<uint64_t>(++count->plans);
  EXPECT_EQ(Violations(request, response, effort), "");
  ExpectNothingGoesBeforeItsNode(&cluster, plan);
  ExpectOneRestartEach(response);
  ExpectIntolerantNamed(&cluster, setting, response);
  const bool by_hand = now.apply == LeftByHand || now.apply == LeaveInFlight || now.apply == JoinInFlight;
  if (!by_hand) ExpectReachIsJudgedFirst(OutOfReach(&cluster, setting), response);
  const bool nothing_in_the_way = now.apply == Healthy || now.apply == Wide || now.apply == AllOwe;
  if (nothing_in_the_way) {
    EXPECT_THAT(plan.held(), ::testing::IsEmpty());
  }
  count->actions += response.plan().actions_size();
}

// Whatever the policy is.
void CheckFlavor(const Setting& setting, const Edit& a, const Edit& b, const Now& now, const Now& flavor,
                 Count* count) {
  SCOPED_TRACE(absl::StrCat(a.name, " and ", b.name, "; ", now.name, "; ", setting.Text(), "; ", flavor.name));
  Cluster cluster = Make(setting, a, b, now);
  flavor.apply(&cluster);
  const v1::PlanRequest request = cluster.Build();
  const v1::PlanResponse response = MustPlan(request);
  VerifyOptions effort = Effort(100, 1);
  effort.seed = static_cast<uint64_t>(++count->plans);
  EXPECT_EQ(Violations(request, response, effort), "");
  ExpectNothingGoesBeforeItsNode(&cluster, Picture(response));
  ExpectOneRestartEach(response);
  count->actions += response.plan().actions_size();
}

TEST(Pairs, OfEditsUnderOtherPolicies) {
  Count count;
  for (const Setting& setting : Settings()) {
    for (const Edit& a : kEdits) {
      for (const Edit* b = &a; b != std::end(kEdits); ++b) {
        for (const Now& now : kNows) {
          const size_t flavor = static_cast<size_t>(count.plans) % std::size(kFlavors);
          CheckFlavor(setting, a, *b, now, kFlavors[flavor], &count);
        }
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("plans", count.plans);
  RecordProperty("actions", static_cast<int>(count.actions));
  EXPECT_EQ(count.plans, 18 * 45 * 10);
}

TEST(Pairs, OfEdits) {
  Count count;
  for (const Setting& setting : Settings()) {
    for (const Edit& a : kEdits) {
      for (const Edit* b = &a; b != std::end(kEdits); ++b) {
        for (const Now& now : kNows) CheckPair(setting, a, *b, now, &count);
        if (HasFailure()) return;
      }
    }
  }
  RecordProperty("plans", count.plans);
  RecordProperty("actions", static_cast<int>(count.actions));
  EXPECT_EQ(count.plans, 18 * 45 * 10);
}

// ---- two datacenters, every kind of change

void AddDatacenter(Cluster* c) {
  for (const char* rack : {"r1", "r2", "r3"}) c->desired["dc3"][rack] = 1;
  c->policy.set_clients_are_dc_local(true);
}
void AddDatacenterWithData(Cluster* c) {
  AddDatacenter(c);
  c->desired_keyspaces["app"].datacenters["dc3"] = 3;
}
void RemoveDatacenter(Cluster* c) { c->desired.erase("dc2"); }
void RemoveDatacenterWithoutData(Cluster* c) {
  RemoveDatacenter(c);
  c->keyspaces[0].datacenters.erase("dc2");
  c->desired_keyspaces["app"].datacenters.erase("dc2");
}
void Capacity(Cluster* c) {
  c->volume_bytes = int64_t{200} << 30;
  c->expandable = true;
}
void LessCapacity(Cluster* c) { c->volume_bytes = int64_t{50} << 30; }
void AddRack(Cluster* c) { c->desired["dc1"]["r4"] = 2; }
void RemoveRack(Cluster* c) { c->desired["dc1"].erase("r3"); }
void MoreReplicas(Cluster* c) {
  c->desired_keyspaces["app"].datacenters["dc1"] = 4;
  c->policy.set_clients_are_dc_local(true);
}
void FewerReplicas(Cluster* c) { c->desired_keyspaces["app"].datacenters["dc1"] = 2; }
void TooFar(Cluster* c) {
  c->release = "9.9.9";
  absl::StrAppend(&c->revision, "+far");
}
void GrowOther(Cluster* c) {
  if (c->desired.count("dc2") > 0) ++c->desired["dc2"]["r1"];
}

constexpr Edit kAllKinds[] = {{"datacenter added", AddDatacenter},
                              {"datacenter added with data", AddDatacenterWithData},
                              {"datacenter with data removed", RemoveDatacenter},
                              {"datacenter without data removed", RemoveDatacenterWithoutData},
                              {"capacity", Capacity},
                              {"less capacity", LessCapacity},
                              {"rack added", AddRack},
                              {"rack removed", RemoveRack},
                              {"more replicas", MoreReplicas},
                              {"fewer replicas", FewerReplicas},
                              {"release", Image},
                              {"release out of reach", TooFar},
                              {"config", Config},
                              {"restart", RestartAll},
                              {"up", Up},
                              {"down", Down},
                              {"other datacenter up", GrowOther},
                              {"seeds", Seeds}};

Cluster MakeTwoDatacenters(const Edit& a, const Edit& b, const Now& now, uint64_t seed) {
  Cluster c(Even(2, 3, 2), seed);
  c.desired_keyspaces["app"].datacenters = {{"dc1", 3}, {"dc2", 3}};
  c.seeds = c.observed_seeds = {"dc1/r1/0", "dc2/r1/0"};
  a.apply(&c);
  if (a.apply != b.apply) b.apply(&c);
  now.apply(&c);
  return c;
}

bool Is(const Edit& a, const Edit& b, void (*kind)(Cluster*)) { return a.apply == kind || b.apply == kind; }

// What may not be asked for is refused, and nothing that cannot be taken back is done for it.
void ExpectRefusals(const Edit& a, const Edit& b, const v1::PlanResponse& response) {
  const Picture plan(response);
  const bool data_leaves = Is(a, b, RemoveDatacenter) && !Is(a, b, RemoveDatacenterWithoutData);
  if (data_leaves || Is(a, b, LessCapacity) || Is(a, b, TooFar)) {
    EXPECT_EQ(response.outcome(), v1::OUTCOME_REFUSED) << v1::Outcome_Name(response.outcome());
  }
  for (const std::string& name : plan.Named("decommission")) {
    if (data_leaves) {
      EXPECT_FALSE(absl::StrContains(name, " dc2/")) << name;
    }
  }
  if (Is(a, b, TooFar)) {
    for (const v1::Action& action : response.plan().actions()) EXPECT_FALSE(action.release_changes());
  }
}

// Every action kind that these changes are made of is seen: none of the edits is without a plan of its own.
void ExpectKindsSeen(const std::set<v1::ActionKind>& seen) {
  for (const v1::ActionKind kind :
       {v1::ACTION_KIND_CREATE_RACK, v1::ACTION_KIND_DELETE_RACK, v1::ACTION_KIND_UPDATE_RACK,
        v1::ACTION_KIND_START_NODE, v1::ACTION_KIND_RESTART_NODE, v1::ACTION_KIND_DECOMMISSION,
        v1::ACTION_KIND_SHRINK_RACK, v1::ACTION_KIND_DELETE_VOLUME, v1::ACTION_KIND_GROW_VOLUME,
        v1::ACTION_KIND_ALTER_KEYSPACE, v1::ACTION_KIND_REBUILD, v1::ACTION_KIND_CLEANUP, v1::ACTION_KIND_SET_SEEDS,
        v1::ACTION_KIND_TAKE_SNAPSHOT}) {
    EXPECT_EQ(seen.count(kind), 1u) << v1::ActionKind_Name(kind);
  }
}

TEST(Pairs, OfAllKindsInTwoDatacenters) {
  constexpr Now kFour[] = {
      {"healthy", Healthy}, {"one down", OneDown}, {"one failed", OneFailed}, {"all owe a cleanup", AllOwe}};
  Count count;
  std::set<v1::ActionKind> seen;
  for (const Edit& a : kAllKinds) {
    for (const Edit* b = &a; b != std::end(kAllKinds); ++b) {
      for (const Now& now : kFour) {
        SCOPED_TRACE(absl::StrCat(a.name, " and ", b->name, "; ", now.name));
        const auto seed = static_cast<uint64_t>(++count.plans);
        Cluster cluster = MakeTwoDatacenters(a, *b, now, seed);
        const v1::PlanRequest request = cluster.Build();
        const v1::PlanResponse response = MustPlan(request);
        VerifyOptions effort = Effort(60, 1);
        effort.seed = seed;
        EXPECT_EQ(Violations(request, response, effort), "");
        ExpectNothingGoesBeforeItsNode(&cluster, Picture(response));
        ExpectOneRestartEach(response);
        ExpectRefusals(a, *b, response);
        for (const v1::Action& action : response.plan().actions()) seen.insert(action.kind());
        count.actions += response.plan().actions_size();
      }
      if (HasFailure()) return;
    }
  }
  RecordProperty("plans", count.plans);
  RecordProperty("actions", static_cast<int>(count.actions));
  EXPECT_EQ(count.plans, 171 * 4);
  ExpectKindsSeen(seen);
}

// The planned edits are the ones that were made: everything reaches its goal.
TEST(Pairs, RunToTheEnd) {
  uint64_t seed = 0;
  for (const Setting& setting : {Setting{3, 3, 2}, Setting{2, 2, 2}, Setting{1, 1, 2}}) {
    for (const Edit& a : kEdits) {
      for (const Edit* b = &a; b != std::end(kEdits); ++b) {
        SCOPED_TRACE(absl::StrCat(a.name, " and ", b->name, "; ", setting.Text()));
        Cluster cluster = Make(setting, a, *b, kNows[0]);
        const bool out_of_reach = OutOfReach(&cluster, setting);
        const v1::PlanResponse last = Host(cluster, ++seed).Run();
        EXPECT_EQ(last.outcome(), out_of_reach ? v1::OUTCOME_REFUSED : v1::OUTCOME_CONVERGED);
        EXPECT_EQ(last.held_size(), 0);
        if (HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace cassplan::property
