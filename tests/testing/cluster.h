// Builds requests for tests: a healthy cluster that converged, and what a test changes of it.
#ifndef CASSPLAN_TESTS_TESTING_CLUSTER_H_
#define CASSPLAN_TESTS_TESTING_CLUSTER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::testing {

inline constexpr int64_t kNow = 1'795'351'000;

// dc -> rack -> nodes
using Shape = std::map<std::string, std::map<std::string, int>>;

// `racks` racks r1.. of `nodes` nodes in each of `dcs` datacenters dc1..
Shape Even(int nodes, int racks = 3, int dcs = 1);

struct Node {
  std::string dc, rack;
  int ordinal = 0;
  std::string host_id;
  std::vector<int64_t> tokens;
  bool up = true;
  bool slot_present = true;
  bool answers = true;  // its own Jolokia answers (only when up)
  v1::NodeMode mode = v1::NODE_MODE_NORMAL;
  v1::PeerMovement movement = v1::PEER_MOVEMENT_UNSPECIFIED;
  bool in_views = true;  // others see it in the ring
  bool failed = false;   // the ledger says that its restart failed
  int attempts = 0;      // so many times; 0: as often as policy lets it try
  bool owes_cleanup = false;
  std::string revision = "A";
  std::string release = "4.1.3";
  std::string storage_mode;  // what it says of its storage_compatibility_mode
  std::string restart_token;
  int64_t load = int64_t{1} << 30;
  int64_t capacity = int64_t{100} << 30;
  std::string schema_version = "s1";
  int started_times = 0;     // a slot that is started anew has another uid
  bool volume_left = false;  // slot_present is false, and its volume is still there
  bool volume_gone = false;  // its volume is not there, although the slot may be
  bool pending = false;      // its Pod waits for a machine
  bool fenced = false;       // its machine is proven to be off
  std::string waiting_reason;
  int64_t down_for = 0;  // seconds, as the ledger remembers
};

struct ReplicationOf {
  std::string name;
  std::map<std::string, int> datacenters;
  int simple = 0;  // > 0: SimpleStrategy
};

// Slots are named "dc1/r1/0".
class Cluster {
 public:
  explicit Cluster(const Shape& shape, uint64_t seed = 1, int tokens = 4);

  Node& node(const std::string& slot);
  std::map<std::string, Node>& nodes() { return nodes_; }
  void RemoveNode(const std::string& slot) { nodes_.erase(slot); }
  // Adds a member that runs already.
  Node& AddNode(const std::string& dc, const std::string& rack, int ordinal);

  // ---- observed
  std::vector<ReplicationOf> keyspaces;  // default: app, RF 3 in every datacenter
  // Stored template of a rack; default "A". A rack that is named here is there, with or without nodes.
  std::map<std::pair<std::string, std::string>, std::string> templates;
  std::map<std::pair<std::string, std::string>, std::string> template_tokens;  // its restart token; default ""
  std::map<std::pair<std::string, std::string>, int> replicas;                 // default: nodes in the rack
  bool start_permits = false;
  std::map<std::pair<std::string, std::string>, int64_t> rack_volumes;  // size in its claim template; 100 GiB
  std::map<std::pair<std::string, std::string>, int> recreated;         // times; its uid is another then
  bool expandable = false;                                              // the class of the volumes; false: not known
  bool parallel = true;                                                 // podManagementPolicy Parallel
  std::vector<std::string> observed_seeds;                              // empty: not reported
  // ---- desired
  Shape desired;
  std::string revision = "A";
  std::string release = "4.1.3";
  std::string storage_mode;
  int64_t volume_bytes = int64_t{100} << 30;
  std::string restart_token;
  std::map<std::string, ReplicationOf> desired_keyspaces;
  std::map<std::string, std::string> replace;  // slot -> host id of its dead member (operations)
  std::vector<std::string> seeds;
  // ---- the rest
  v1::Policy policy;
  v1::Ledger ledger;
  v1::Horizon horizon = v1::HORIZON_COMPLETE;

  void InFlight(const std::string& id, v1::ActionKind kind, const std::string& slot, bool release_changes = false);

  v1::PlanRequest Build() const;
  std::string SlotUid(const std::string& slot) const;

 private:
  void BuildDesired(v1::Desired* out) const;
  void BuildObserved(v1::Observed* out) const;
  void BuildLedger(v1::Ledger* out) const;
  v1::Report* AddReport(v1::Observed* out, const std::string& source) const;

  uint64_t Random();
  std::map<std::string, Node> nodes_;
  Shape shape_;
  uint64_t state_;
  int tokens_;
};

void SetSlot(const std::string& slot, v1::Target* target);
// "restart_node dc1/r1/0"
std::string Name(const v1::Action& action);
std::string Name(const v1::Held& held);

}  // namespace cassplan::testing

#endif  // CASSPLAN_TESTS_TESTING_CLUSTER_H_
