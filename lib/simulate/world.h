// The fake cluster: ring, data, slots, volumes and workloads in virtual time. It knows the truth; what others see of it
// is made by observe.h. Everything happens through events in the order of time; equal seeds give equal histories.
#ifndef CASSPLAN_LIB_SIMULATE_WORLD_H_
#define CASSPLAN_LIB_SIMULATE_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/placement/replicas.h"
#include "lib/simulate/random.h"

namespace cassplan::simulate {

inline constexpr int kNone = -1;
inline constexpr int64_t kHintWindow = 3 * 3600;
inline constexpr int64_t kLeftLingers = 3 * 86400;
inline constexpr int64_t kStreamRate = 25'000'000;  // bytes per second

template <typename V>
auto& At(V& v, int i) {
  return v[static_cast<size_t>(i)];
}
template <typename V>
int Size(const V& v) {
  return static_cast<int>(v.size());
}

enum class Ring : uint8_t { kOut, kJoining, kNormal, kLeaving, kLeft };

// What others can see of a member, and what they saw before the last change.
struct Shown {
  Ring ring = Ring::kOut;
  bool up = false;
  bool operator==(const Shown&) const = default;
};

struct Member {
  std::string host_id;
  int dc = kNone;
  int rack = kNone;
  int slot = kNone;  // where its volume is; kNone: a ghost
  std::vector<int64_t> tokens;
  std::string address;
  std::string release;
  std::string schema = "simulated";
  std::string partitioner = "Murmur3Partitioner";
  int64_t pending_compactions = 0;
  Ring ring = Ring::kOut;
  bool up = false;
  v1::NodeMode mode = v1::NODE_MODE_STARTING;
  int64_t down_since = -1;
  int64_t left_at = 0;
  int64_t changed_at = -1000;
  Shown before;          // until others have heard of the change
  int replaces = kNone;  // while it joins in the place of a dead one
  int cluster = 0;       // two of them is one too many
};

struct Volume {
  bool present = false;
  std::string uid;
  std::string host_id;   // whose data; empty: none
  int joins_as = kNone;  // a member that began to join here, and keeps its host id
  int64_t capacity = 0;
  int64_t other_bytes = 0;     // what a fault put there
  bool unknown = false;        // has something on it, and nobody knows what
  v1::VolumeFacts facts;       // as told at the start: owner, class
  std::vector<uint32_t> rows;  // version of each row; 0: not there
};

struct Slot {
  int rack = kNone;
  int ordinal = 0;
  bool pod = false;
  bool deleting = false;
  bool coming = false;  // its pod is being made
  bool ready = false;
  bool schedulable = true;
  bool crash_loops = false;
  bool machine_lost = false;
  std::string uid;
  std::string address;
  std::string revision;
  std::string release;
  std::string token;
  std::string waiting;
  int restarts = 0;
  int generation = 0;   // events of an earlier pod are void
  int member = kNone;   // whose process runs here
  int replace = kNone;  // the next start on an empty volume replaces this member
  Volume volume;
};

struct Rack {
  std::string name;
  int dc = kNone;
  std::string zone;
  bool present = false;
  int replicas = 0;
  v1::RackFacts facts;  // as stored: template, token, owner, volume
  std::string uid;
};

struct Row {
  int keyspace = 0;
  int64_t token = 0;
  uint32_t counter = 0;  // of all writes
  uint32_t newest = 0;   // version that a quorum has acknowledged; 0: nothing is there
  uint32_t deleted = 0;  // a version that was deleted, and whose tombstone is gone
};

struct KeyspaceState {
  v1::Keyspace spec;
  bool simple = false;
  std::vector<int> factors;  // by dc; simple: [0]
  bool counted = true;
};

// What runs on a node, or moves ranges, for a while.
struct Work {
  std::string id;  // of the action; empty: by hand, or by itself
  int attempt = 0;
  v1::ActionKind kind = v1::ACTION_KIND_UNSPECIFIED;
  int member = kNone;
  int slot = kNone;
  int64_t bytes_left = 0;
  int64_t seconds_left = 0;
  int64_t rate = kStreamRate;
  int keyspace = kNone;
  int source_dc = kNone;
  bool over = false;
};

enum class Occurrence : uint8_t {
  kPodStart,
  kProcessUp,
  kPodGone,
  kWorkDone,
  kTraffic,
  kFault,
  kFaultOver,
  kEffect,
  kHost,
  kEdit,
  kSettle,
  kResult
};

struct Event {
  int64_t at;
  uint64_t number;
  Occurrence what;
  int a;
  int b;
  bool operator>(const Event& o) const { return std::tie(at, number) > std::tie(o.at, o.number); }
};

class World {
 public:
  explicit World(uint64_t seed) : random(seed) {}

  // From a request: what its observation does not say is taken to be healthy.
  void Load(const v1::PlanRequest& request);

  int64_t now = 0;    // seconds since the start
  int64_t epoch = 0;  // of the start
  Random random;
  std::string cluster;
  std::string owner;
  std::vector<std::string> dcs;
  std::vector<Rack> racks;
  std::vector<Slot> slots;
  std::vector<Member> members;
  std::vector<KeyspaceState> keyspaces;
  std::vector<Row> rows;
  int64_t row_bytes = 0;
  std::vector<Work> work;
  std::vector<v1::Target> seeds;
  bool seeds_known = false;
  std::map<std::pair<std::string, std::string>, v1::ObjectFacts> objects;
  v1::Desired desired;
  int clusters = 0;
  bool streams_stuck = false;
  std::vector<std::string> assumed;           // what the observation did not say
  std::set<std::pair<int, int64_t>> swapped;  // slots whose address others still know as another's, until

  // Counters and hooks.
  int64_t streamed = 0;
  int64_t ring_version = 0;     // members, tokens, factors
  int64_t serving_version = 0;  // who is up
  int64_t data_version = 0;     // rows of volumes
  int64_t last_change = -1000;  // that others have to hear of
  std::function<void(absl::string_view kind, std::string text, int slot)> log;
  std::function<void(absl::string_view invariant, std::string text)> violate;
  std::function<void(const std::string& id, int attempt, bool ok, const std::string& message)> report;

  // ---- time
  void At(int64_t when, Occurrence what, int a = 0, int b = 0);
  bool Next(Event* event);
  bool empty() const { return queue_.empty(); }
  void HandleOwn(const Event& event);  // all but faults, effects, host, edits

  // ---- names
  std::string SlotName(int slot) const;
  v1::Target SlotTarget(int slot) const;
  int FindSlot(const v1::Target& target) const;
  int FindSlot(absl::string_view name) const;
  int FindOrDesired(absl::string_view name);  // makes the place of a slot that is desired
  int FindRack(const v1::Target& target) const;
  int FindMember(absl::string_view host_id) const;
  int FindDc(absl::string_view name) const;
  int MakeSlot(int rack, int ordinal);

  // ---- workloads and slots
  void Control(int rack);  // what the workload's controller would do now
  void KillPod(int slot, bool at_once);
  void StopProcess(int slot);
  void DeleteVolume(int slot);
  std::string ReleaseOf(int rack) const;

  // ---- nodes
  void SetMember(int member, Ring ring, bool up);
  void StartJoin(int slot);
  bool Decommission(int member, const std::string& id, int attempt, bool force, std::string* why);
  void RemoveNode(int member, const std::string& id, int attempt);
  void Assassinate(int member);
  void Operate(v1::ActionKind kind, int slot, const v1::Action& action, int attempt);
  void FailStreams();
  bool Moving() const;
  bool Serves(const Member& m) const {
    return m.up && (m.mode == v1::NODE_MODE_NORMAL || m.mode == v1::NODE_MODE_LEAVING ||
                    m.mode == v1::NODE_MODE_DECOMMISSION_FAILED);
  }

  // ---- data
  int64_t Used(const Volume& volume) const;
  // Replicas of a keyspace in a datacenter; null where there are none. Valid until the ring changes.
  const placement::ReplicaMap* Map(int keyspace, int dc);
  std::vector<int> ReplicasOf(const Row& row);
  const std::vector<std::vector<int>>& AllReplicas();  // by row
  void Traffic();

 private:
  friend class Loader;
  void ProcessUp(int slot, int generation);
  void FinishJoin(const Work& w);
  void FinishLeave(const Work& w);
  void FinishWork(int index);
  void Receive(int member, const std::vector<std::vector<int>>& old_replicas, int preferred);
  std::set<int> Involved(const Work& w);
  std::vector<std::vector<int>> ReplicasWith(int member, Ring ring);
  bool InvolvedDown(const Work& w);
  void CatchUp(int member);
  void AddWork(Work w);
  void FailWork(int index, const std::string& why);
  std::string NewId(absl::string_view prefix);
  std::string NewHostId();
  void PodStart(int slot, int generation);
  void PodGone(int slot, int generation);
  void Replace(int slot);
  void Gone(int member);
  void AbandonJoin(int member);

  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
  uint64_t events_ = 0;
  int64_t ids_ = 0;
  std::map<std::pair<int, int>, std::unique_ptr<placement::ReplicaMap>> maps_;
  int64_t maps_version_ = -1;
  std::vector<std::vector<int>> replicas_;
  int64_t replicas_version_ = -1;
};

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_WORLD_H_
