// What the verifier believes about the cluster before the plan starts, joined from the reports on its own. Unknown
// counts as the worst case: a member whose state nobody vouches for is down.
#ifndef CASSPLAN_LIB_VERIFY_STATE_H_
#define CASSPLAN_LIB_VERIFY_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::verify {

inline constexpr int32_t kNone = -1;

// Numbers of nodes, datacenters and actions are int32_t, so that kNone has a place; this reads a vector by one.
template <typename Vector>
decltype(auto) At(Vector&& items, int32_t i) {
  return items[static_cast<size_t>(i)];
}
template <typename Vector>
int32_t Size(const Vector& items) {
  return static_cast<int32_t>(items.size());
}

enum class Movement { kStill, kJoining, kLeaving, kMoving, kRemoving };

// A member of the ring, or a place where the plan starts one.
struct Node {
  std::string name;     // the slot, else the host id: for texts
  std::string host_id;  // empty: not a member yet
  int32_t dc = kNone;
  int32_t rack = kNone;  // unique in the cluster, not only in its datacenter
  int32_t slot = kNone;
  std::vector<int64_t> tokens;
  int32_t release = 0;   // World::ReleaseNumber
  bool in_ring = false;  // owns ranges
  bool up = false;
  bool known = false;  // fresh evidence says whether it is up
  bool left = false;   // enough members say so
  bool ever_in_ring = false;
  bool owes_cleanup = false;
  int64_t down_since = 0;  // as the ledger remembers; 0: not known, or up
  Movement movement = Movement::kStill;
};

enum class VolumeState { kUnknown, kAbsent, kEmpty, kMember };

struct Slot {
  std::string name;
  std::string host_id;  // as the node in it says; empty: not known
  std::string address;
  std::string uid;
  int32_t dc = kNone;
  int32_t rack = kNone;
  int32_t ordinal = 0;
  int32_t node = kNone;  // the member that runs in it, or that its volume belongs to
  VolumeState volume = VolumeState::kUnknown;
  std::string volume_host_id;
  std::string volume_uid;
  bool awaits_permit = false;
  bool may_run = true;  // nothing shows that no process runs in it
};

enum class Strategy { kTopology, kSimple, kUnsupported };

struct Keyspace {
  std::string name;
  Strategy strategy = Strategy::kUnsupported;
  bool counted = false;  // its availability is protected
  bool user = false;     // not one of Cassandra's own
  std::vector<v1::ConsistencyLevel> levels;
  std::vector<int32_t> factors;  // by datacenter; SimpleStrategy: the first one is the whole factor
};

bool IsSlot(const v1::Target& target);

// Replicas that must answer within each datacenter, and over all of them together, for all `levels`; 0: any.
int32_t LocalNeed(const Keyspace& keyspace, int32_t factor);
int32_t TotalNeed(const Keyspace& keyspace, int32_t total);

struct DesiredRack {
  int32_t nodes = 0;
  int32_t release = 0;
  int32_t partition = 0;
  bool has_volume = false;
};

using SlotKey = std::tuple<std::string, std::string, int32_t>;

struct World {
  std::vector<std::string> datacenters;
  std::vector<std::string> racks;
  std::vector<Node> nodes;
  std::vector<Slot> slots;
  std::vector<Keyspace> keyspaces;
  absl::btree_map<std::string, int32_t> node_of_host;
  absl::btree_map<int32_t, DesiredRack> desired;        // by rack
  absl::btree_map<int32_t, std::string> workload_uids;  // by rack; of the workloads that exist
  bool one_ring = false;                                // a range's availability depends on more than one datacenter
  bool schema_known = false;                            // fresh and complete
  bool ring_known = false;                              // most members gave a fresh and complete view
  bool volumes_complete = false;
  bool hold_intolerant = false;
  int64_t now = 0;
  int64_t smallest_grace = 0;  // gc_grace, in seconds; 0: not known
  int32_t max_datacenters = 1;

  int32_t Datacenter(absl::string_view name);
  int32_t Rack(absl::string_view datacenter, absl::string_view rack);
  int32_t FindRack(absl::string_view datacenter, absl::string_view rack) const;  // kNone when it is not there
  // The same number for releases that stream to each other: major and minor. 0: not known.
  int32_t ReleaseNumber(absl::string_view release);
  // Adds the slot when it is new.
  int32_t SlotFor(const v1::Target& target);
  int32_t FindSlot(const v1::Target& target) const;  // kNone when it is not there
  int32_t AddNode(int32_t dc, int32_t rack, std::string name);
  bool SameRing(int32_t dc, int32_t other) const { return one_ring || dc == other; }

 private:
  absl::btree_map<SlotKey, int32_t> slot_numbers_;
  absl::btree_map<std::string, int32_t> datacenter_numbers_;
  absl::btree_map<std::string, int32_t> rack_numbers_;
  absl::btree_map<std::string, int32_t> release_numbers_;
};

World MakeWorld(const v1::PlanRequest& request);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_STATE_H_
