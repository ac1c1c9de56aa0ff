#include "lib/verify/testing.h"

#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/verify/concurrency.h"
#include "lib/verify/explore.h"

namespace cassplan::verify::testing {
namespace {

v1::Report& AddReport(const std::string& source, int64_t age, v1::PlanRequest& request) {
  v1::Report& report = *request.mutable_observed()->add_reports();
  report.set_source(source);
  report.set_observed_at_seconds(kNow - age);
  report.set_status(v1::REPORT_STATUS_OK);
  return report;
}

// Spread evenly enough, the same on every machine, another sequence for each slot.
int64_t TokenOf(const std::string& slot, int i) {
  uint64_t state = 0xcbf29ce484222325U + static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15U;
  for (const char c : slot) state = (state ^ uint64_t{static_cast<unsigned char>(c)}) * 0x100000001b3U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return static_cast<int64_t>(state ^ (state >> 31));
}

Slugs SlugsOf(const std::vector<Violation>& violations) {
  Slugs slugs;
  for (const Violation& violation : violations) slugs.insert(violation.invariant);
  return slugs;
}

}  // namespace

std::string HostId(const std::string& slot) { return absl::StrCat("h:", slot); }

v1::Target SlotTarget(const std::string& slot) {
  const std::vector<std::string> parts = absl::StrSplit(slot, '/');
  int32_t ordinal = 0;
  EXPECT_TRUE(absl::SimpleAtoi(parts.at(2), &ordinal)) << slot;
  v1::Target target;
  target.set_datacenter(parts[0]);
  target.set_rack(parts[1]);
  target.set_ordinal(ordinal);
  return target;
}

v1::Target MemberTarget(const std::string& slot) {
  v1::Target target = SlotTarget(slot);
  target.set_host_id(HostId(slot));
  return target;
}

TestCluster::TestCluster(int datacenters, int racks, int count, int tokens)
    : datacenters_(datacenters), tokens_(tokens) {
  base.set_now_seconds(kNow);
  base.mutable_desired()->set_cluster("test");
  for (int dc = 1; dc <= datacenters; ++dc) {
    v1::DesiredDatacenter& desired = *base.mutable_desired()->add_datacenters();
    desired.set_name(absl::StrCat("dc", dc));
    for (int rack = 1; rack <= racks; ++rack) {
      v1::DesiredRack& desired_rack = *desired.add_racks();
      desired_rack.set_name(absl::StrCat("r", rack));
      desired_rack.set_nodes(count);
      desired_rack.mutable_template_()->set_revision("1");
      desired_rack.mutable_template_()->set_release("4.1.3");
      desired_rack.mutable_volume()->set_capacity_bytes(1);
      for (int i = 0; i < count; ++i) nodes[absl::StrCat("dc", dc, "/r", rack, "/", i)] = TestNode();
    }
  }
  schema.set_complete(true);
  v1::Keyspace& local = *schema.add_keyspaces();
  local.set_name("system");
  local.set_strategy("LocalStrategy");
  ReplicateSimply("system_auth", 1);
  Replicate("app", 3);
}

v1::Keyspace& TestCluster::Replicate(const std::string& name, int factor) {
  v1::Keyspace* keyspace = nullptr;
  for (v1::Keyspace& known : *schema.mutable_keyspaces()) {
    if (known.name() == name) keyspace = &known;
  }
  if (keyspace == nullptr) keyspace = schema.add_keyspaces();
  keyspace->Clear();
  keyspace->set_name(name);
  keyspace->set_strategy("NetworkTopologyStrategy");
  for (int dc = 1; dc <= datacenters_; ++dc) {
    v1::DatacenterReplication& replication = *keyspace->add_datacenters();
    replication.set_datacenter(absl::StrCat("dc", dc));
    replication.set_replication_factor(factor);
  }
  return *keyspace;
}

v1::Keyspace& TestCluster::ReplicateSimply(const std::string& name, int factor) {
  v1::Keyspace& keyspace = *schema.add_keyspaces();
  keyspace.set_name(name);
  keyspace.set_strategy("SimpleStrategy");
  keyspace.set_replication_factor(factor);
  return keyspace;
}

void TestCluster::Owe(const std::string& slot) {
  *base.mutable_ledger()->add_cleanup_owed()->mutable_target() = MemberTarget(slot);
}

v1::StartedAction& TestCluster::InFlight(const std::string& id, v1::ActionKind kind, const std::string& slot) {
  v1::StartedAction& started = *base.mutable_ledger()->add_started();
  started.set_id(id);
  started.set_kind(kind);
  *started.mutable_target() = kind == v1::ACTION_KIND_START_NODE ? SlotTarget(slot) : MemberTarget(slot);
  started.set_state(v1::STARTED_STATE_IN_FLIGHT);
  return started;
}

v1::PlanRequest TestCluster::Request() const {
  v1::PlanRequest request = base;
  v1::InventoryFacts& inventory = *AddReport("kubernetes", 10, request).mutable_inventory();
  inventory.set_racks_complete(true);
  inventory.set_slots_complete(true);
  inventory.set_volumes_complete(true);
  for (const auto& [slot, node] : nodes) AddNode(slot, node, request);
  AddView(request);
  *AddReport("schema", schema_age, request).mutable_schema() = schema;
  return request;
}

void TestCluster::AddNode(const std::string& slot, const TestNode& node, v1::PlanRequest& request) const {
  v1::Report& place = AddReport("kubernetes", 10, request);
  *place.mutable_subject() = SlotTarget(slot);
  place.mutable_subject()->set_uid(absl::StrCat("pod:", slot));
  place.mutable_slot()->set_present(true);
  if (node.fenced) place.mutable_slot()->set_machine_fenced(true);
  place.mutable_slot()->set_address(absl::StrCat("ip:", slot));
  v1::Report& volume = AddReport("kubernetes", 10, request);
  *volume.mutable_subject() = SlotTarget(slot);
  volume.mutable_subject()->set_uid(absl::StrCat("pvc:", slot));
  volume.mutable_volume()->set_present(true);
  volume.mutable_volume()->set_contents(node.contents);
  if (node.contents == v1::VOLUME_CONTENTS_MEMBER) volume.mutable_volume()->set_host_id(HostId(slot));
  if (!node.has_facts || !node.up) return;
  v1::Report& word = AddReport("jolokia", 10, request);
  *word.mutable_subject() = SlotTarget(slot);
  word.mutable_node()->set_host_id(HostId(slot));
  word.mutable_node()->set_mode(node.mode);
  word.mutable_node()->set_release(node.release);
}

void TestCluster::AddView(v1::PlanRequest& request) const {
  v1::Report& report = AddReport("jolokia", view_age, request);
  report.mutable_view()->set_complete(true);
  for (const auto& [slot, node] : nodes) {
    if (!node.in_views) continue;
    const bool member =
        node.movement != v1::PEER_MOVEMENT_LEFT && node.movement != v1::PEER_MOVEMENT_JOINING && node.up;
    if (member) report.mutable_view()->add_viewers(HostId(slot));
    v1::Peer& peer = *report.mutable_view()->add_peers();
    const v1::Target target = SlotTarget(slot);
    peer.set_host_id(HostId(slot));
    peer.set_address(absl::StrCat("ip:", slot));
    peer.set_state(node.up ? v1::PEER_STATE_UP : v1::PEER_STATE_DOWN);
    peer.set_movement(node.movement);
    peer.set_datacenter(target.datacenter());
    peer.set_rack(target.rack());
    peer.set_release(node.release);
    for (int i = 0; i < tokens_; ++i) peer.add_tokens(TokenOf(slot, i));
  }
}

std::string TestPlan::Add(v1::ActionKind kind, const v1::Target& target, const std::vector<std::string>& requirements) {
  v1::Action& action = *response.mutable_plan()->add_actions();
  action.set_id(absl::StrCat("a", response.plan().actions_size()));
  action.set_kind(kind);
  *action.mutable_target() = target;
  for (const std::string& id : requirements) action.add_requires_ids(id);
  return action.id();
}

v1::Action& TestPlan::operator[](const std::string& id) {
  for (v1::Action& action : *response.mutable_plan()->mutable_actions()) {
    if (action.id() == id) return action;
  }
  ADD_FAILURE() << "no action " << id;
  return *response.mutable_plan()->mutable_actions(0);
}

std::string TestPlan::Roll(const std::string& slot, const std::vector<std::string>& requirements) {
  const std::string drain = Add(v1::ACTION_KIND_DRAIN, MemberTarget(slot), requirements);
  return Add(v1::ACTION_KIND_RESTART_NODE, MemberTarget(slot), {drain});
}

std::string TestPlan::Restart(const std::string& slot, const std::vector<std::string>& requirements) {
  return Add(v1::ACTION_KIND_RESTART_NODE, MemberTarget(slot), requirements);
}

std::string TestPlan::Section(const std::string& resource, int number, const std::vector<std::string>& ids) {
  v1::Section& section = *response.mutable_plan()->add_sections();
  section.set_id(absl::StrCat(resource, "#", number));
  section.set_resource(resource);
  section.set_number(number);
  section.set_size(static_cast<int32_t>(ids.size()));
  for (const std::string& id : ids) (*this)[id].add_sections(section.id());
  return section.id();
}

VerifyResult MustVerify(const TestCluster& cluster, const TestPlan& plan, VerifyOptions options) {
  const absl::StatusOr<VerifyResult> result = Verify(cluster.Request(), plan.response, options);
  if (result.ok()) return *result;
  ADD_FAILURE() << result.status();
  return {};
}

Slugs Broken(const TestCluster& cluster, const TestPlan& plan) { return SlugsOf(MustVerify(cluster, plan).violations); }

template <typename Check>
Slugs BrokenBy(const TestCluster& cluster, const TestPlan& plan, Check check) {
  const v1::PlanRequest request = cluster.Request();
  World world = MakeWorld(request);
  const std::vector<Operation> operations = ReadOperations(request, plan.response, world);
  const absl::StatusOr<Order> order = Order::Make(plan.response.plan(), operations);
  EXPECT_TRUE(order.ok()) << order.status();
  Findings findings(operations);
  if (order.ok()) check(Scene{world, operations, findings}, *order);
  return SlugsOf(findings.Take());
}

Slugs BrokenByOrder(const TestCluster& cluster, const TestPlan& plan) {
  return BrokenBy(cluster, plan, CheckConcurrency);
}

Slugs BrokenInStates(const TestCluster& cluster, const TestPlan& plan) {
  return BrokenBy(cluster, plan, [](const Scene& scene, const Order& order) {
    const absl::StatusOr<Visited> visited = Explore(scene, order, VerifyOptions());
    EXPECT_TRUE(visited.ok() && (visited->complete || scene.findings.full()));
  });
}

Slugs BrokenOnWalks(const TestCluster& cluster, const TestPlan& plan, int walks) {
  return BrokenBy(cluster, plan, [walks](const Scene& scene, const Order& order) {
    for (int walk = 0; walk < walks; ++walk) Walk(scene, order, static_cast<uint64_t>(walk));
  });
}

}  // namespace cassplan::verify::testing
