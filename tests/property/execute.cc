#include "tests/property/execute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cassplan::property {
namespace {

using testing::Node;
using testing::ReplicationOf;

bool HoldsData(const Cluster& cluster, const std::string& dc) {
  for (const ReplicationOf& k : cluster.keyspaces) {
    const auto it = k.datacenters.find(dc);
    if (k.simple > 0 || (it != k.datacenters.end() && it->second > 0)) return true;
  }
  return false;
}

bool AnySimple(const Cluster& cluster) {
  return std::any_of(cluster.keyspaces.begin(), cluster.keyspaces.end(),
                     [](const ReplicationOf& k) { return k.simple > 0; });
}

void OweCleanup(const std::string& dc, const std::string& joiner, Cluster* cluster) {
  if (!HoldsData(*cluster, dc)) return;
  for (auto& [slot, node] : cluster->nodes()) {
    if (slot == joiner || !node.in_views) continue;
    node.owes_cleanup = node.owes_cleanup || node.dc == dc || AnySimple(*cluster);
  }
}

void OweRebuilds(const v1::Action& alter, Cluster* cluster) {
  if (alter.source_datacenter().empty()) return;
  for (const auto& [slot, node] : cluster->nodes()) {
    if (node.dc != alter.target().datacenter()) continue;
    v1::RebuildOwed* owed = cluster->ledger.add_rebuild_owed();
    testing::SetSlot(slot, owed->mutable_target());
    owed->mutable_target()->set_host_id(node.host_id);
    owed->set_keyspace(alter.target().keyspace());
    owed->set_source_datacenter(alter.source_datacenter());
    owed->set_replication_factor(alter.replication_factor());
  }
}

void StartAnew(const Cluster& cluster, Node* node) {
  node->up = true;
  node->failed = false;
  node->mode = v1::NODE_MODE_NORMAL;
  node->revision = cluster.revision;
  node->release = cluster.release;
  node->storage_mode = cluster.storage_mode;
  node->restart_token = cluster.restart_token;
  ++node->started_times;
}

void Join(const v1::Target& target, Cluster* cluster) {
  const std::string slot = SlotOf(target);
  Node& node = cluster->AddNode(target.datacenter(), target.rack(), target.ordinal());
  StartAnew(*cluster, &node);
  node.started_times = 0;
  cluster->replicas.erase({target.datacenter(), target.rack()});
}

void Leave(const v1::Target& target, Cluster* cluster) {
  Node& node = cluster->node(SlotOf(target));
  node.in_views = false;
  node.mode = v1::NODE_MODE_DECOMMISSIONED;
  node.movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  node.owes_cleanup = false;
}

void Replace(const v1::Target& target, Cluster* cluster) {
  const std::string slot = SlotOf(target);
  const Node old = cluster->node(slot);
  Node& node = cluster->AddNode(target.datacenter(), target.rack(), target.ordinal());
  node.tokens = old.tokens;
  StartAnew(*cluster, &node);
  node.started_times = old.started_times + 1;
}

void Remove(const std::string& host_id, Cluster* cluster) {
  for (auto& [slot, node] : cluster->nodes()) {
    if (node.host_id != host_id) continue;
    if (!node.slot_present) {
      cluster->RemoveNode(slot);
      return;
    }
    node.in_views = false;  // its Pod is still there
    node.down_for = 0;
    return;
  }
}

void Alter(const v1::Action& action, Cluster* cluster) {
  for (ReplicationOf& k : cluster->keyspaces) {
    if (k.name == action.target().keyspace()) {
      k.datacenters[action.target().datacenter()] = action.replication_factor();
    }
  }
}

void Show(const v1::Action& action, Cluster* cluster) {
  const v1::Target& target = action.target();
  const std::string slot = SlotOf(target);
  switch (action.kind()) {
    case v1::ACTION_KIND_CREATE_RACK:
    case v1::ACTION_KIND_UPDATE_RACK:
      cluster->templates[{target.datacenter(), target.rack()}] = cluster->revision;
      cluster->template_tokens[{target.datacenter(), target.rack()}] = cluster->restart_token;
      break;
    case v1::ACTION_KIND_RECREATE_RACK:
      ++cluster->recreated[{target.datacenter(), target.rack()}];
      cluster->rack_volumes[{target.datacenter(), target.rack()}] = action.capacity_bytes();
      break;
    case v1::ACTION_KIND_GROW_VOLUME:
      cluster->node(slot).capacity = action.capacity_bytes();
      break;
    case v1::ACTION_KIND_DRAIN:
      cluster->node(slot).up = false;
      cluster->node(slot).mode = v1::NODE_MODE_DRAINED;
      break;
    case v1::ACTION_KIND_RESTART_NODE:
      StartAnew(*cluster, &cluster->node(slot));
      break;
    case v1::ACTION_KIND_START_NODE:
      Join(target, cluster);
      break;
    case v1::ACTION_KIND_REPLACE_NODE:
      Replace(target, cluster);
      break;
    case v1::ACTION_KIND_DECOMMISSION:
      Leave(target, cluster);
      break;
    case v1::ACTION_KIND_QUARANTINE_VOLUME:
      cluster->node(slot).volume_gone = true;
      break;
    case v1::ACTION_KIND_REMOVE_NODE:
    case v1::ACTION_KIND_ASSASSINATE:
      Remove(target.host_id(), cluster);
      break;
    case v1::ACTION_KIND_SHRINK_RACK:
      cluster->node(slot).slot_present = false;
      cluster->node(slot).volume_left = true;
      cluster->node(slot).mode = v1::NODE_MODE_NORMAL;
      cluster->node(slot).up = false;
      break;
    case v1::ACTION_KIND_DELETE_VOLUME:
      cluster->RemoveNode(slot);
      break;
    case v1::ACTION_KIND_SET_SEEDS:
      cluster->observed_seeds = absl::StrSplit(action.effects(0).value(), ", ");
      break;
    case v1::ACTION_KIND_ALTER_KEYSPACE:
      Alter(action, cluster);
      break;
    default:
      break;  // nothing that anybody sees
  }
}

}  // namespace

std::string SlotOf(const v1::Target& target) {
  if (!target.has_ordinal()) return "";
  return absl::StrCat(target.datacenter(), "/", target.rack(), "/", target.ordinal());
}

v1::StartedAction StartedOf(const v1::Action& action) {
  v1::StartedAction started;
  started.set_id(action.id());
  started.set_kind(action.kind());
  *started.mutable_target() = action.target();
  started.set_attempt(action.attempt());
  started.set_started_at_seconds(testing::kNow - 60);
  started.set_deadline_seconds(testing::kNow + 3600);
  started.set_state(v1::STARTED_STATE_IN_FLIGHT);
  started.set_source_datacenter(action.source_datacenter());
  started.set_release_changes(action.release_changes());
  started.set_replication_factor(action.replication_factor());
  started.set_goal(action.goal());
  return started;
}

// What the ledger remembers of a change of release.
static void RememberUpgrade(const v1::Action& action, Cluster* cluster) {
  const std::string line = cluster->release.substr(0, 3);
  const std::string host = action.target().host_id();
  auto* owed = cluster->ledger.mutable_upgrade_owed();
  if (action.kind() == v1::ACTION_KIND_TAKE_SNAPSHOT) {
    v1::SnapshotTaken* taken = cluster->ledger.add_snapshots();
    taken->mutable_target()->set_host_id(host);
    taken->set_name(action.snapshot());
    taken->set_release(line);
    taken->set_at_seconds(testing::kNow - 30);
  } else if (action.kind() == v1::ACTION_KIND_UPGRADE_SSTABLES) {
    for (int i = owed->size() - 1; i >= 0; --i) {
      if (owed->Get(i).target().host_id() == host) owed->DeleteSubrange(i, 1);
    }
  } else if (action.kind() == v1::ACTION_KIND_RESTART_NODE && action.release_changes() &&
             cluster->storage_mode != "CASSANDRA_4") {
    v1::UpgradeOwed* one = owed->Add();
    one->mutable_target()->set_host_id(host);
    one->set_release(line);
  }
}

void Finish(const v1::Action& action, Cluster* cluster) {
  const std::string slot = SlotOf(action.target());
  Show(action, cluster);
  RememberUpgrade(action, cluster);
  if (action.kind() == v1::ACTION_KIND_START_NODE) OweCleanup(action.target().datacenter(), slot, cluster);
  if (action.kind() == v1::ACTION_KIND_CLEANUP) cluster->node(slot).owes_cleanup = false;
  if (action.kind() == v1::ACTION_KIND_ALTER_KEYSPACE) OweRebuilds(action, cluster);
  if (action.kind() == v1::ACTION_KIND_REBUILD) {
    auto* owed = cluster->ledger.mutable_rebuild_owed();
    for (int i = owed->size() - 1; i >= 0; --i) {
      if (SlotOf(owed->Get(i).target()) == slot && owed->Get(i).keyspace() == action.target().keyspace()) {
        owed->DeleteSubrange(i, 1);
      }
    }
  }
  if (action.kind() == v1::ACTION_KIND_DECOMMISSION) {
    v1::LeftMember* left = cluster->ledger.add_left();
    left->set_host_id(action.target().host_id());
    testing::SetSlot(slot, left->mutable_slot());
    left->set_at_seconds(testing::kNow - 30);
  }
}

void ShowFinished(const v1::Action& action, Cluster* cluster) {
  Show(action, cluster);
  for (v1::StartedAction& started : *cluster->ledger.mutable_started()) {
    if (started.id() == action.id()) started.set_state(v1::STARTED_STATE_SUCCEEDED);
  }
}

void Begin(const v1::Action& action, bool visible, Cluster* cluster) {
  *cluster->ledger.add_started() = StartedOf(action);
  if (!visible) return;
  const v1::Target& target = action.target();
  const std::string slot = SlotOf(target);
  switch (action.kind()) {
    case v1::ACTION_KIND_RESTART_NODE:
      cluster->node(slot).up = false;
      cluster->node(slot).mode = v1::NODE_MODE_NORMAL;
      break;
    case v1::ACTION_KIND_DECOMMISSION:
      cluster->node(slot).movement = v1::PEER_MOVEMENT_LEAVING;
      cluster->node(slot).mode = v1::NODE_MODE_LEAVING;
      break;
    case v1::ACTION_KIND_START_NODE:
      cluster->replicas[{target.datacenter(), target.rack()}] = target.ordinal() + 1;
      break;
    default:
      break;
  }
}

Host::Host(Cluster cluster, uint64_t seed) : cluster_(std::move(cluster)), random_(seed) {
  first_ = MustPlan(cluster_.Build());
  for (const v1::Action& a : first_.plan().actions()) known_[a.id()] = a;
}

v1::PlanResponse Host::Run() {
  v1::PlanResponse response;
  for (int step = 0; step < 600; ++step) {
    cluster_.horizon = random_.OneIn(2) ? v1::HORIZON_READY : v1::HORIZON_COMPLETE;
    const v1::PlanRequest request = cluster_.Build();
    response = MustPlan(request);
    EXPECT_EQ(Violations(Settled(request, response), response, Effort(60, 0)), "");
    Remember(response);
    if (::testing::Test::HasFailure() || !Step(response)) break;
  }
  EXPECT_TRUE(running_.empty());
  for (const auto& [id, action] : known_) EXPECT_EQ(done_.count(id), 1u) << "never done: " << testing::Name(action);
  return response;
}

// The ledger is what the planner says; the builder's own marks are in it now.
void Host::Remember(const v1::PlanResponse& response) {
  cluster_.ledger = response.ledger();
  for (auto& [slot, node] : cluster_.nodes()) {
    node.failed = false;
    node.owes_cleanup = false;
  }
  std::set<std::string> in_ledger;
  for (const v1::StartedAction& started : response.ledger().started()) in_ledger.insert(started.id());
  for (const auto& [id, action] : running_)
    EXPECT_EQ(in_ledger.count(id), 1u) << "forgotten: " << testing::Name(action);
  for (const v1::Action& a : response.plan().actions()) {
    EXPECT_EQ(known_.count(a.id()), 1u) << "new: " << testing::Name(a);
    EXPECT_EQ(done_.count(a.id()), 0u) << "again: " << testing::Name(a);
    EXPECT_EQ(running_.count(a.id()), 0u) << "runs: " << testing::Name(a);
  }
}

bool Host::Step(const v1::PlanResponse& response) {
  std::vector<const v1::Action*> ready;
  for (const v1::Action& a : response.plan().actions()) {
    if (a.ready()) ready.push_back(&a);
  }
  const int choices = static_cast<int>(ready.size() + running_.size());
  if (choices == 0) return false;
  const auto choice = static_cast<size_t>(random_.Below(choices));
  if (choice < ready.size()) {
    Begin(*ready[choice], random_.OneIn(2), &cluster_);
    running_[ready[choice]->id()] = *ready[choice];
    return true;
  }
  auto it = running_.begin();
  std::advance(it, choice - ready.size());
  ShowFinished(it->second, &cluster_);
  done_.insert(it->first);
  running_.erase(it);
  return true;
}

}  // namespace cassplan::property
