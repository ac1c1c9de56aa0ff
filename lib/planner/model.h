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
#include "lib/planner/releases.h"

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
  absl::string_view desired_mode;   // storage_compatibility_mode
  absl::string_view desired_image;  // section of the template: where it does not change, no release does
  absl::string_view desired_server;
  absl::string_view desired_selector;  // the labels that tie nodes to their workload
  absl::string_view desired_workload;  // digest over what of the workload cannot be changed in place; empty: not given
  absl::string_view restart_token;
  int32_t partition = 0;
  int64_t desired_capacity = 0;
  absl::string_view desired_storage_class;
  const v1::DesiredRack* source = nullptr;  // for explaining only

  Known present = Known::kUnknown;
  int32_t nodes = 0;  // slots that the workload has; meaningful when present
  absl::string_view revision;
  absl::string_view release;
  absl::string_view mode;
  absl::string_view workload;
  absl::string_view current_token;
  absl::string_view owner;
  absl::string_view uid;
  Known parallel = Known::kUnknown;
  Known start_permits = Known::kUnknown;  // its nodes start on an empty volume only with a permit
  int64_t capacity = 0;
  absl::string_view storage_class;
  bool conflicting = false;       // reports contradict each other
  bool nodes_unknown = false;     // so is how many slots it has
  bool release_unsure = false;    // its template changes, and maybe the release
  bool template_refused = false;  // admit refused the change of its template
  bool volume_refused = false;    // admit refused the change of its volumes
  bool leaves = false;            // not desired any more, and admit lets its nodes leave
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
  Known expandable = Known::kUnknown;
  absl::string_view storage_class;
  std::optional<int64_t> quota_left;  // unset: no quota is known
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
  bool awaits_permit = false;  // found its volume empty, and starts nothing
  bool cordoned = false;
  Known machine_ready = Known::kUnknown;   // kNo: its machine does not answer; the node may still run
  Known machine_fenced = Known::kUnknown;  // kYes: proven not to run any more
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
  bool seen_up = false;   // some other member still sees it up
  bool at_risk = false;   // up, but may go at any moment: cordoned machine, being deleted
  bool in_ring = true;    // owns tokens (a joining node does not yet)
  bool external = false;  // in a datacenter or rack that this cluster's owner does not manage
  bool failed = false;    // its last start failed or timed out, with the goal that is still wanted
  Movement movement = Movement::kNormal;
  bool movement_is_ours = false;  // the ledger has it in flight
  Mode mode = Mode::kUnknown;
  absl::string_view address;
  absl::string_view release;
  absl::string_view storage_mode;  // storage_compatibility_mode; empty: not known
  absl::string_view schema_version;
  Known native_transport = Known::kUnknown;
  int32_t first_token = 0;  // into Model::tokens
  int32_t last_token = 0;
  std::optional<int64_t> load;
  std::optional<int64_t> snapshots;
  std::optional<int64_t> disk_capacity;
  std::optional<int64_t> disk_used;
  std::optional<int64_t> pending_compactions;
  std::optional<int64_t> pending_hints;  // bytes
  std::optional<int64_t> dropped_mutations;
  std::optional<int64_t> clock_skew_ms;
  std::optional<int64_t> streams;
  int64_t first_seen_down = 0;  // 0: it is up, or nobody could be asked
  int64_t repair_owed = 0;      // back since then, after it was down for longer than hints are kept; 0: nothing is owed
  bool cleanup_owed = false;
  bool crossed = false;  // gossip knows it at the address that the Pod of another member has now
  std::optional<int64_t> old_sstables;
  bool upgrade_owed = false;  // has sstables of an older format than it writes

  Runs runs() const { return {ReleaseLine(release), storage_mode}; }
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
  bool converts = false;  // from SimpleStrategy to NetworkTopologyStrategy, with the same replicas
};

// How a keyspace shall replicate, as the user wrote it.
struct DesiredReplication {
  Id keyspace = kNone;
  std::vector<std::pair<absl::string_view, int32_t>> listed;  // replicas by datacenter
  absl::string_view missing_dc;                               // is asked for, and is neither desired nor there
};

// What is known of an operation on request before anything is planned.
enum class RequestState : uint8_t {
  kWanted,
  kPaused,   // by the person who asked
  kRefused,  // it can never be done as it is asked for
  kDone,
  kFailed,
};

// An operation that a person asked for.
struct Request {
  absl::string_view uid;
  Kind kind = Kind::kUnspecified;
  Id slot = kNone;
  Id member = kNone;  // its node; may have no slot
  Id dc = kNone;
  Id source_dc = kNone;       // rebuild
  std::vector<Id> keyspaces;  // ascending; empty: all that apply
  absl::string_view host_id;  // as asked for; empty: the request names its node otherwise
  absl::string_view address;  // as asked for
  absl::string_view asked_by;
  int64_t asked_at = 0;  // 0: not known
  RequestState state = RequestState::kWanted;
  bool idle = false;   // refused, because there is nothing to do
  std::string reason;  // one sentence, where the state is not kWanted
};

// A volume that was moved out of the way of its slot.
struct Quarantined {
  Id slot = kNone;
  absl::string_view host_id;
  absl::string_view name;
};

// What an ALTER of before left to do: to fetch the data from source_dc, or with kNone to repair.
struct RebuildDebt {
  Id member = kNone;  // has a slot
  Id keyspace = kNone;
  Id source_dc = kNone;
  int32_t replication_factor = 0;
  int64_t at = 0;
};

// A snapshot from before a node started on `line`.
struct SnapshotTaken {
  Id member = kNone;
  absl::string_view line;
  absl::string_view name;
  int64_t at = 0;
};

struct VolumeGrown {
  Id slot = kNone;
  int64_t at = 0;
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
  absl::string_view request_uid;   // the operation on request that it carries out
  bool some_keyspaces = false;     // only of some keyspaces
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
  absl::string_view by;
  absl::string_view why;
  std::vector<absl::string_view> keyspaces;
};

enum class DeadNode : uint8_t { kWait, kReplace, kRemove };

// A maintenance window (windows.h).
inline constexpr uint32_t kEveryDay = 0xfe;  // bits 1 Monday to 7 Sunday
struct Window {
  uint32_t days = kEveryDay;
  int64_t start = 0;  // after midnight UTC
  int64_t duration = 0;
  KindSet kinds;  // empty: all that disrupt a node or move ranges
};

enum class Sickness : uint8_t { kCompactions, kHints, kDropped, kClock, kDisk, kStreams };

// Stop values; 0: do not look.
struct HealthLimits {
  int64_t pending_compactions = 1'000;
  int64_t hints_bytes = int64_t{1} << 30;
  int64_t dropped_mutations = 1'000;
  int64_t clock_skew_ms = 500;
  int64_t disk_used_percent = 90;
  uint32_t given = 0;  // bits by Sickness: a person set it, and relies on it

  bool Given(Sickness what) const { return (given >> static_cast<int>(what) & 1) != 0; }
};

// A node past a stop value, or one of which nobody tells.
struct Sick {
  Id member = kNone;
  Sickness what = Sickness::kCompactions;
  int64_t value = 0;
  int64_t limit = 0;
  bool unknown = false;
};

struct PausedBy {
  Kind kind = Kind::kUnspecified;  // every kind
  absl::string_view by;
  absl::string_view reason;
};

enum class PlanMode : uint8_t { kAuto, kPlan, kApprove };

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
  DeadNode dead_node = DeadNode::kWait;
  int64_t replace_after = 3600;
  int64_t max_hint_window = 10'800;
  int32_t max_used_percent = 80;
  int32_t compaction_headroom_percent = 20;
  int32_t imbalance_percent = 50;
  bool snapshot_before_upgrade = true;
  int32_t grow_width = 0;  // 0: the whole rack
  int64_t grow_cooldown = 21'600;
  bool clients_are_dc_local = false;
  bool repair = false;
  std::vector<absl::string_view> repair_keyspaces;  // empty: all
  int64_t repair_interval = 7 * 86400;
  int32_t repair_parallel = 1;
  int64_t restart_low = 120;
  int64_t restart_high = 300;
  int64_t start_seconds = 120;
  int64_t stream_bytes_per_second = 25'000'000;
  int64_t timeout = 3600;
  int32_t operations_parallel = 1;
  PlanMode mode = PlanMode::kAuto;
  std::vector<Window> windows;
  HealthLimits health;
  KindSet paused;
  std::vector<PausedBy> paused_by;  // by kind, who, why
  KindSet capable;                  // what the executor can do
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
  std::vector<DesiredReplication> desired_keyspaces;  // those that exist, as listed
  std::vector<RebuildDebt> rebuild_debts;
  std::vector<ObjectState> objects;  // by kind, name
  // Slots, ascending. Seeds are the nodes that shall be in the list now: those of the desired list that are members and
  // stay (all of them while the cluster is empty); final seeds also those that are members only later.
  std::vector<Id> seeds;
  std::vector<Id> final_seeds;
  bool seeds_known = false;
  std::vector<Id> observed_seeds;  // as configured now, ascending; kNone: of no slot; meaningful where seeds_known
  std::vector<Quarantined> quarantined;  // by slot, host id, name
  Known seeds_differ = Known::kUnknown;  // observed seed list is another
  std::vector<ForeignMovement> foreign;
  std::vector<InFlight> in_flight;
  std::vector<FailedStart> failed_starts;
  std::vector<LastRepair> last_repairs;
  std::vector<Sick> sick;                  // by member
  std::vector<Request> requests;           // by uid, kind, slot; one for each operation asked for
  std::vector<SnapshotTaken> snapshots;    // by member, line
  std::vector<VolumeGrown> volumes_grown;  // by slot; once each
  bool start_permits = false;              // every start on an empty volume needs a permit
  std::vector<Id> permitted;               // slots that have one, ascending
  PolicyFacts policy;

  int64_t quota_short = 0;     // bytes that the quota is too small by for all volumes that shall grow
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

  const Request& request_at(Id id) const { return requests[static_cast<size_t>(id)]; }
  // The first wanted request of that kind for the slot; kNone where there is none.
  Id Wanted(Kind kind, Id slot) const;

  // "dc1/rack1/0"; members without a slot are named by host id.
  std::string SlotName(Id slot) const;
  std::string MemberName(Id member) const;
  std::string DcName(Id dc) const;             // also of a datacenter that is not known
  std::string DownOrUnknown(Id member) const;  // "a is down", or that nobody tells whether it is up
  std::string RackName(Id rack) const;
};

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_MODEL_H_
