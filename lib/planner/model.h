// The planner's own picture of a request: ids are indices, lists are flat vectors in canonical order, text points into
// the request. Built by `normalize`, changed only by `settle`; every later pass reads it.
#ifndef CASSPLAN_LIB_PLANNER_MODEL_H_
#define CASSPLAN_LIB_PLANNER_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/placement/replicas.h"
#include "lib/planner/kinds.h"

namespace cassplan::v1 {
class PlanRequest;
class DesiredRack;
}  // namespace cassplan::v1

namespace cassplan::planner {

using Id = int32_t;
inline constexpr Id kNone = -1;

// Unknown is not absent: every observed yes-or-no has three values.
enum class Known : uint8_t { kUnknown, kNo, kYes };

struct Datacenter {
  absl::string_view name;
  bool desired = false;
  int32_t priority = 1;  // 0 for the canary datacenter
  Id first_rack = 0;     // racks of a datacenter are consecutive
  Id last_rack = 0;      // one past the end
};

struct Rack {
  absl::string_view name;
  Id dc = kNone;
  Id first_slot = 0;  // slots of a rack are consecutive, by ordinal
  Id last_slot = 0;

  bool desired = false;
  int32_t desired_nodes = 0;
  absl::string_view desired_revision;
  absl::string_view desired_release;
  absl::string_view restart_token;
  int32_t partition = 0;
  int64_t desired_capacity = 0;
  absl::string_view desired_storage_class;
  const v1::DesiredRack* source = nullptr;  // for explaining only

  Known present = Known::kUnknown;
  int32_t nodes = 0;  // slots that the workload has; meaningful when present
  absl::string_view revision;
  absl::string_view release;
  absl::string_view current_token;
  absl::string_view owner;
  absl::string_view uid;
  Known parallel = Known::kUnknown;
  int64_t capacity = 0;
  absl::string_view storage_class;
  bool conflicting = false;                                               // reports contradict each other
  bool template_refused = false;                                          // admit refused the change of its template
  std::vector<std::pair<absl::string_view, absl::string_view>> sections;  // of the stored template
};

enum class Contents : uint8_t { kUnknown, kEmpty, kMember };

struct VolumeState {
  Known present = Known::kUnknown;
  int64_t capacity = 0;  // 0: unknown
  int64_t requested = 0;
  Contents contents = Contents::kUnknown;
  absl::string_view host_id;
  absl::string_view uid;
  absl::string_view name;
  absl::string_view owner;
  Known mounted = Known::kUnknown;
};

struct Slot {
  Id rack = kNone;
  int32_t ordinal = 0;
  Id member = kNone;
  bool desired = false;  // ordinal < desired nodes of its rack

  Known present = Known::kUnknown;
  Known ready = Known::kUnknown;
  Known schedulable = Known::kUnknown;
  bool being_deleted = false;
  bool cordoned = false;
  absl::string_view uid;
  absl::string_view address;
  absl::string_view revision;
  absl::string_view release;
  absl::string_view token;
  absl::string_view waiting_reason;
  int32_t restart_count = 0;
  VolumeState volume;

  // What its own node says, also when it is no member.
  Mode mode = Mode::kUnknown;
  absl::string_view node_host_id;
  bool node_answered = false;
  // Its node has left the ring: which host id, and whether that is proven (guard volume-last).
  absl::string_view left_host_id;
  bool left_proven = false;
  // A member may belong here, but nothing tells which.
  bool member_unknown = false;
};

enum class Movement : uint8_t { kNormal, kJoining, kLeaving, kMoving, kRemoving };

struct Member {
  absl::string_view host_id;
  Id dc = kNone;  // kNone: nobody says where it is
  Id rack = kNone;
  Id slot = kNone;
  bool up = false;      // seen Up by a majority of the others, and its own word does not contradict
  bool down = false;    // known to be away; with neither, it counts as away for others and as serving for itself
  bool known = false;   // somebody could be asked
  bool unseen = false;  // it says that it is a member, and no view lists it
  bool release_unsure = false;  // its own word and the others' differ, or theirs among each other
  bool drained = false;
  bool at_risk = false;   // up, but may go at any moment: cordoned machine, being deleted
  bool in_ring = true;    // owns tokens (a joining node does not yet)
  bool external = false;  // in a datacenter or rack that this cluster's owner does not manage
  bool failed = false;    // its last start failed or timed out, with the goal that is still wanted
  Movement movement = Movement::kNormal;
  bool movement_is_ours = false;  // the ledger has it in flight
  Mode mode = Mode::kUnknown;
  absl::string_view address;
  absl::string_view release;
  absl::string_view schema_version;
  Known native_transport = Known::kUnknown;
  int32_t first_token = 0;  // into Model::tokens
  int32_t last_token = 0;
  std::optional<int64_t> load;
  std::optional<int64_t> snapshots;
  std::optional<int64_t> disk_capacity;
  std::optional<int64_t> disk_used;
  int64_t first_seen_down = 0;
  bool cleanup_owed = false;
};

enum class Replicates : uint8_t { kNetworkTopology, kSimple, kLocal, kUnknown };

struct Keyspace {
  absl::string_view name;
  Replicates strategy = Replicates::kUnknown;
  absl::string_view strategy_name;
  std::vector<int32_t> rf;  // by datacenter; kSimple: empty
  int32_t simple_rf = 0;
  bool transient = false;
  bool counted = false;             // its availability is protected
  bool user = false;                // not one of Cassandra's own
  bool unknown_datacenter = false;  // names a datacenter that has no node
  Id replication_class = kNone;
  std::vector<int32_t> levels;  // v1::ConsistencyLevel, ascending
  int64_t gc_grace = 0;         // 0: unknown
};

// Counted keyspaces with equal replication and levels are judged once.
struct ReplicationClass {
  Replicates strategy = Replicates::kNetworkTopology;
  std::vector<int32_t> rf;  // by datacenter
  int32_t simple_rf = 0;
  std::vector<int32_t> local_tolerance;  // by datacenter: replicas of a range that may be away; <= 0: intolerant
  bool spans = false;                    // some level counts over all datacenters
  int32_t span_tolerance = 0;
  Id first_keyspace = kNone;
};

struct ReplicationGoal {
  Id keyspace = kNone;
  Id dc = kNone;
  int32_t from = 0;
  int32_t to = 0;
};

// A person asked to replace the dead member of a slot.
struct ReplaceRequest {
  Id slot = kNone;
  absl::string_view uid;
  absl::string_view host_id;  // empty: the request names only the slot
};

// What an ALTER of before left to do.
struct RebuildDebt {
  Id member = kNone;  // has a slot
  Id keyspace = kNone;
  Id source_dc = kNone;
  int32_t replication_factor = 0;
};

struct ObjectState {
  absl::string_view kind;
  absl::string_view name;
  bool desired = false;
  bool create_only = false;
  absl::string_view desired_revision;
  Known present = Known::kUnknown;
  absl::string_view revision;
  absl::string_view owner;
};

// A movement that the ledger does not know: somebody began it by hand, or the ledger was lost.
struct ForeignMovement {
  Id member = kNone;  // kNone: a slot that has begun to join
  Id slot = kNone;
  Id dc = kNone;
  Movement movement = Movement::kNormal;
};

struct InFlight {
  absl::string_view id;
  Kind kind = Kind::kUnspecified;
  Id dc = kNone;
  Id rack = kNone;
  Id slot = kNone;
  Id member = kNone;
  Id keyspace = kNone;
  Id source_dc = kNone;
  bool release_changes = false;
  int32_t replication_factor = 0;  // alter_keyspace; 0: not known
};

// A start that failed or timed out, and is not over by what is observed now.
struct FailedStart {
  absl::string_view id;
  Kind kind = Kind::kUnspecified;
  Id slot = kNone;
  Id member = kNone;
  int32_t attempt = 0;
  absl::string_view message;
};

struct LastRepair {
  absl::string_view keyspace;
  absl::string_view host_id;  // empty: all nodes
  int64_t at = 0;
};

struct Waiver {
  absl::string_view action_id;
  absl::string_view guard;
  int64_t until = 0;
};

struct PolicyFacts {
  int32_t width = 1;           // nodes of one rack at once
  bool width_given = false;    // a person chose it
  int32_t degraded_width = 0;  // 0: no extra limit
  int32_t max_datacenters = 1;
  bool hold_intolerant = false;
  bool retain_volumes = false;
  bool drain = true;
  bool auto_cleanup = true;
  int32_t max_failed_restarts = 1;
  int64_t max_evidence_age = 300;
  int64_t settle_seconds = 0;
  int32_t max_used_percent = 80;
  int32_t compaction_headroom_percent = 20;
  int32_t imbalance_percent = 50;
  bool repair = false;
  std::vector<absl::string_view> repair_keyspaces;  // empty: all
  int64_t repair_interval = 7 * 86400;
  int32_t repair_parallel = 1;
  int64_t restart_low = 120;
  int64_t restart_high = 300;
  int64_t start_seconds = 120;
  int64_t stream_bytes_per_second = 25'000'000;
  int64_t timeout = 3600;
  KindSet paused;
  KindSet capable;  // what the executor can do
  std::vector<Waiver> waivers;
};

// What normalize, settle and admit found out; turned into v1::Finding by explain.
enum class Level : uint8_t { kNote, kWarning, kError };
struct Note {
  absl::string_view rule;
  Level level = Level::kNote;
  std::string message;
  std::string remedy;
  std::string path;  // field path in what the user wrote
  Id dc = kNone;
  Id rack = kNone;
  Id slot = kNone;
  absl::string_view keyspace;
};

struct Change {
  std::string id;
  absl::string_view state;
  std::string text;
};

struct Model {
  const v1::PlanRequest* request = nullptr;
  int64_t now = 0;
  absl::string_view cluster;
  absl::string_view owner;

  std::vector<Datacenter> dcs;  // by name
  std::vector<Rack> racks;      // by datacenter, name
  std::vector<Slot> slots;      // by rack, ordinal
  std::vector<Member> members;  // by datacenter, rack, ordinal, host id
  std::vector<int64_t> tokens;
  std::vector<int32_t> rack_of_member;  // racks for placement; members nobody can place come last
  std::vector<Keyspace> keyspaces;      // by name
  std::vector<ReplicationClass> classes;
  std::vector<ReplicationGoal> replication_goals;
  std::vector<RebuildDebt> rebuild_debts;
  std::vector<ObjectState> objects;      // by kind, name
  std::vector<Id> seeds;                 // slots, ascending
  Known seeds_differ = Known::kUnknown;  // observed seed list is another
  std::vector<ForeignMovement> foreign;
  std::vector<InFlight> in_flight;
  std::vector<FailedStart> failed_starts;
  std::vector<LastRepair> last_repairs;
  std::vector<ReplaceRequest> replace_requests;  // by slot, uid; those that are done are left out
  PolicyFacts policy;

  bool empty_cluster = false;  // proven: no member, no volume, no slot
  bool schema_known = false;   // all keyspaces with their replication
  bool schema_derived = false;
  bool views_known = false;  // some member could be asked for its view of the ring
  bool objects_known = false;
  bool merged = false;      // a counted keyspace or a level spans datacenters: one ring, one serving
  std::string partitioner;  // empty: Murmur3Partitioner or unknown
  absl::string_view unknown_strategy_keyspace;
  bool invalid = false;
  bool refused = false;
  bool needs_person = false;         // something is desired that no action of a plan brings about
  bool unknown = false;              // too little is known to say that nothing differs
  std::vector<Id> refused_scale_in;  // datacenters whose shrinking admit refused
  std::vector<Id> refused_racks;     // datacenters that may get no racks: admit refused to remove one of theirs
  std::vector<Id> refused_dc;        // datacenters whose removal admit refused
  std::string doubt;                 // how what is known of the ring contradicts itself; empty: it does not
  std::vector<Note> notes;
  std::vector<Change> changes;

  Id DcOfSlot(Id slot) const { return racks[static_cast<size_t>(slots[static_cast<size_t>(slot)].rack)].dc; }
  const Slot& slot(Id id) const { return slots[static_cast<size_t>(id)]; }
  const Rack& rack(Id id) const { return racks[static_cast<size_t>(id)]; }
  const Member& member(Id id) const { return members[static_cast<size_t>(id)]; }
  const Datacenter& dc(Id id) const { return dcs[static_cast<size_t>(id)]; }
  const Keyspace& keyspace(Id id) const { return keyspaces[static_cast<size_t>(id)]; }

  // "dc1/rack1/0"; members without a slot are named by host id.
  std::string SlotName(Id slot) const;
  std::string MemberName(Id member) const;
  std::string RackName(Id rack) const;
};

// Release line, the unit of "same release": "4.1" of "4.1.10-SNAPSHOT"; empty where there is none.
absl::string_view ReleaseLine(absl::string_view release);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_MODEL_H_
