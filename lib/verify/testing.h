// Clusters and plans for tests, made by hand: dc<i>/r<j>/<ordinal>, host id "h:<slot>", every node up, one keyspace
// "app" with three replicas in each datacenter.
#ifndef CASSPLAN_LIB_VERIFY_TESTING_H_
#define CASSPLAN_LIB_VERIFY_TESTING_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "cassplan/verify.h"

namespace cassplan::verify::testing {

inline constexpr int64_t kNow = 1700000000;

std::string HostId(const std::string& slot);
v1::Target SlotTarget(const std::string& slot);    // without host id
v1::Target MemberTarget(const std::string& slot);  // with host id

struct TestNode {
  bool up = true;
  v1::PeerMovement movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  v1::NodeMode mode = v1::NODE_MODE_NORMAL;
  std::string release = "4.1.3";
  bool in_views = true;
  bool has_facts = true;
  bool fenced = false;  // its machine is proven to be off
  v1::VolumeContents contents = v1::VOLUME_CONTENTS_MEMBER;
};

class TestCluster {
 public:
  TestCluster(int datacenters, int racks, int nodes, int tokens = 4);

  TestNode& operator[](const std::string& slot) { return nodes[slot]; }
  v1::Keyspace& Replicate(const std::string& name, int factor);  // in every datacenter
  v1::Keyspace& ReplicateSimply(const std::string& name, int factor);
  void Owe(const std::string& slot);
  v1::StartedAction& InFlight(const std::string& id, v1::ActionKind kind, const std::string& slot);

  // All reports, as of kNow - `age`.
  v1::PlanRequest Request() const;

  absl::btree_map<std::string, TestNode> nodes;
  v1::PlanRequest base;
  v1::SchemaFacts schema;
  int64_t view_age = 10;
  int64_t schema_age = 10;

 private:
  void AddNode(const std::string& slot, const TestNode& node, v1::PlanRequest& request) const;
  void AddView(v1::PlanRequest& request) const;

  int datacenters_;
  int tokens_;
};

class TestPlan {
 public:
  // Requires the ids; the first section of nothing. Returns the id.
  std::string Add(v1::ActionKind kind, const v1::Target& target, const std::vector<std::string>& requirements = {});
  v1::Action& operator[](const std::string& id);
  // drain, then restart, after `requirements`. Returns the restart's id.
  std::string Roll(const std::string& slot, const std::vector<std::string>& requirements = {});
  std::string Restart(const std::string& slot, const std::vector<std::string>& requirements = {});
  // Makes section `resource`#`number` of the actions.
  std::string Section(const std::string& resource, int number, const std::vector<std::string>& ids);

  v1::PlanResponse response;
};

VerifyResult MustVerify(const TestCluster& cluster, const TestPlan& plan, VerifyOptions options = {});

// The invariants that are violated, each once: by all that Verify does, by the order alone, by the states alone.
using Slugs = absl::btree_set<std::string>;
Slugs Broken(const TestCluster& cluster, const TestPlan& plan);
Slugs BrokenByOrder(const TestCluster& cluster, const TestPlan& plan);
Slugs BrokenInStates(const TestCluster& cluster, const TestPlan& plan);
Slugs BrokenOnWalks(const TestCluster& cluster, const TestPlan& plan, int walks);

}  // namespace cassplan::verify::testing

#endif  // CASSPLAN_LIB_VERIFY_TESTING_H_
