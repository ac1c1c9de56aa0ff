#include "lib/verify/operations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cassplan::verify {
namespace {

class Reader {
 public:
  Reader(const v1::PlanRequest& request, const v1::PlanResponse& response, World& world)
      : request_(request), response_(response), world_(world) {}

  std::vector<Operation> Read() {
    for (const v1::Action& action : response_.plan().actions()) {
      const bool writes_template =
          action.kind() == v1::ACTION_KIND_UPDATE_RACK || action.kind() == v1::ACTION_KIND_CREATE_RACK ||
          (action.kind() == v1::ACTION_KIND_RECREATE_RACK && !action.template_revision().empty());
      if (writes_template) written_.insert(world_.Rack(action.target().datacenter(), action.target().rack()));
    }
    ReadInFlight();
    for (const v1::Action& action : response_.plan().actions()) ReadAction(action);
    for (Operation& operation : operations_) Place(operation);
    for (Keyspace& keyspace : world_.keyspaces) keyspace.factors.resize(world_.datacenters.size(), 0);
    return std::move(operations_);
  }

 private:
  // What the ledger says was started stays in flight unless the response says that it is over.
  void ReadInFlight() {
    absl::btree_set<std::string> over;
    for (const v1::StateChange& change : response_.changes()) over.insert(change.action_id());
    for (const v1::StartedAction& started : request_.ledger().started()) {
      const bool in_flight = started.state() != v1::STARTED_STATE_FAILED &&
                             started.state() != v1::STARTED_STATE_TIMED_OUT && !over.contains(started.id());
      if (!in_flight) continue;
      Operation operation;
      operation.id = started.id();
      operation.kind = started.kind();
      operation.target = started.target();
      if (!started.source_datacenter().empty()) operation.source_dc = world_.Datacenter(started.source_datacenter());
      release_changes_ = started.release_changes();
      AddOperation(std::move(operation));
    }
  }

  void ReadAction(const v1::Action& action) {
    Operation operation;
    operation.id = action.id();
    operation.kind = action.kind();
    operation.target = action.target();
    operation.action = &action;
    operation.factor = action.replication_factor();
    if (!action.source_datacenter().empty()) operation.source_dc = world_.Datacenter(action.source_datacenter());
    for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
      if (At(world_.keyspaces, i).name == action.target().keyspace()) operation.keyspace = i;
    }
    release_changes_ = action.release_changes();
    AddOperation(std::move(operation));
  }

  void AddOperation(Operation operation) {
    const v1::Target& target = operation.target;
    if (!target.datacenter().empty()) operation.dc = world_.Datacenter(target.datacenter());
    if (IsSlot(target)) operation.slot = world_.SlotFor(target);
    if (operation.kind == v1::ACTION_KIND_START_NODE && operation.slot != kNone) Start(operation);
    const bool leaves = operation.kind == v1::ACTION_KIND_DECOMMISSION ||
                        operation.kind == v1::ACTION_KIND_REMOVE_NODE || operation.kind == v1::ACTION_KIND_ASSASSINATE;
    const auto member = world_.node_of_host.find(target.host_id());
    if (leaves && member != world_.node_of_host.end()) leaving_.insert(member->second);
    const bool starts = operation.kind == v1::ACTION_KIND_START_NODE ||
                        operation.kind == v1::ACTION_KIND_RESTART_NODE ||
                        operation.kind == v1::ACTION_KIND_REPLACE_NODE;
    if (starts && operation.slot != kNone) operation.release = ReleaseAfter(operation);
    operations_.push_back(std::move(operation));
  }

  void Start(Operation& operation) {
    const Slot& slot = At(world_.slots, operation.slot);
    const int32_t member = slot.node != kNone ? slot.node : Joiner(operation);
    // A member that the plan takes out of the ring first is no longer the one who starts.
    const bool leaves = leaving_.contains(member);
    operation.joins = member == kNone || leaves || !At(world_.nodes, member).in_ring;
    if (!operation.joins || (!leaves && member != kNone && At(world_.nodes, member).movement == Movement::kJoining)) {
      operation.node = member;
      return;
    }
    operation.node = world_.AddNode(slot.dc, slot.rack, slot.name);
    At(world_.nodes, operation.node).slot = operation.slot;
    joiners_[operation.slot] = operation.node;
  }

  // A member that is joining in the rack where a join is in flight and that no slot is known of is the one.
  int32_t Joiner(const Operation& operation) const {
    const Slot& slot = At(world_.slots, operation.slot);
    for (int32_t i = 0; i < Size(world_.nodes) && operation.in_flight(); ++i) {
      const Node& node = At(world_.nodes, i);
      if (node.movement == Movement::kJoining && node.slot == kNone && node.rack == slot.rack) return i;
    }
    return kNone;
  }

  int32_t ReleaseAfter(const Operation& operation) const {
    const Slot& slot = At(world_.slots, operation.slot);
    const auto rack = world_.desired.find(slot.rack);
    if (rack == world_.desired.end()) return 0;
    if (slot.ordinal < rack->second.partition) return operation.joins ? ReleaseOf(slot.rack) : 0;
    // Nobody says what the template runs; nobody writes it either, so that it is the one that runs there.
    const bool written = release_changes_ || written_.contains(slot.rack);
    if (operation.joins && rack->second.release == 0 && !written) return ReleaseOf(slot.rack);
    const bool changes = written || operation.joins;
    return changes ? rack->second.release : 0;
  }

  // Below the partition a new node gets the template that the rack has had: it runs what all others there run.
  int32_t ReleaseOf(int32_t rack) const {
    int32_t release = 0;
    for (const Node& node : world_.nodes) {
      if (node.rack != rack || !node.in_ring) continue;
      if (release != 0 && node.release != release) return 0;
      release = node.release;
    }
    return release;
  }

  // After all starts are known: an action that names a slot but no member means the one that the plan starts there,
  // unless it is about the slot itself.
  void Place(Operation& operation) {
    if (operation.node == kNone && !operation.target.host_id().empty()) {
      const auto found = world_.node_of_host.find(operation.target.host_id());
      if (found != world_.node_of_host.end()) operation.node = found->second;
    } else if (operation.node == kNone && operation.slot != kNone) {
      const auto joiner = joiners_.find(operation.slot);
      const bool about_slot = operation.kind == v1::ACTION_KIND_SHRINK_RACK ||
                              operation.kind == v1::ACTION_KIND_DELETE_VOLUME ||
                              operation.kind == v1::ACTION_KIND_QUARANTINE_VOLUME;
      const bool new_one = joiner != joiners_.end() && !about_slot;
      operation.node = new_one ? joiner->second : At(world_.slots, operation.slot).node;
    }
    if (operation.node == kNone) return;
    operation.dc = At(world_.nodes, operation.node).dc;
    if (operation.slot == kNone) operation.slot = At(world_.nodes, operation.node).slot;
  }

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  World& world_;
  std::vector<Operation> operations_;
  absl::btree_set<int32_t> written_;
  absl::btree_set<int32_t> leaving_;
  absl::btree_map<int32_t, int32_t> joiners_;
  bool release_changes_ = false;
};

}  // namespace

bool IsKnownKind(v1::ActionKind kind) { return kind != v1::ACTION_KIND_UNSPECIFIED && v1::ActionKind_IsValid(kind); }

bool IsMovement(const Operation& operation) {
  return (operation.kind == v1::ACTION_KIND_START_NODE && operation.joins) ||
         operation.kind == v1::ACTION_KIND_DECOMMISSION || operation.kind == v1::ACTION_KIND_REMOVE_NODE ||
         operation.kind == v1::ACTION_KIND_ASSASSINATE || operation.kind == v1::ACTION_KIND_REPLACE_NODE;
}

bool Disrupts(const Operation& operation) {
  return operation.kind == v1::ACTION_KIND_DRAIN || operation.kind == v1::ACTION_KIND_RESTART_NODE ||
         operation.kind == v1::ACTION_KIND_RESTORE;
}

bool IsDestructive(v1::ActionKind kind) {
  return kind == v1::ACTION_KIND_DECOMMISSION || kind == v1::ACTION_KIND_REMOVE_NODE ||
         kind == v1::ACTION_KIND_ASSASSINATE || kind == v1::ACTION_KIND_DELETE_VOLUME ||
         kind == v1::ACTION_KIND_SHRINK_RACK || kind == v1::ACTION_KIND_REPLACE_NODE;
}

bool IsInert(v1::ActionKind kind) {
  return kind == v1::ACTION_KIND_CREATE_CLUSTER_OBJECTS || kind == v1::ACTION_KIND_UPDATE_CLUSTER_OBJECTS ||
         kind == v1::ACTION_KIND_CREATE_RACK || kind == v1::ACTION_KIND_UPDATE_RACK ||
         kind == v1::ACTION_KIND_SET_SEEDS || kind == v1::ACTION_KIND_RECREATE_RACK ||
         kind == v1::ACTION_KIND_PAUSE_REPAIRS || kind == v1::ACTION_KIND_RESUME_REPAIRS ||
         kind == v1::ACTION_KIND_DELETE_BACKUP;
}

bool OccupiesNode(v1::ActionKind kind) {
  return !IsInert(kind) && kind != v1::ACTION_KIND_STOP_COMPACTION && kind != v1::ACTION_KIND_FLUSH &&
         kind != v1::ACTION_KIND_TAKE_SNAPSHOT && kind != v1::ACTION_KIND_CLEAR_SNAPSHOT &&
         kind != v1::ACTION_KIND_BACKUP && kind != v1::ACTION_KIND_ALTER_KEYSPACE &&
         kind != v1::ACTION_KIND_DELETE_RACK;
}

bool NeedsOneRelease(const Operation& operation) {
  return IsMovement(operation) || operation.kind == v1::ACTION_KIND_REPAIR ||
         operation.kind == v1::ACTION_KIND_REBUILD || operation.kind == v1::ACTION_KIND_ALTER_KEYSPACE ||
         operation.kind == v1::ACTION_KIND_UPGRADE_SSTABLES;
}

std::vector<Operation> ReadOperations(const v1::PlanRequest& request, const v1::PlanResponse& response, World& world) {
  return Reader(request, response, world).Read();
}

std::string Describe(const Operation& operation, const World& world) {
  const std::string kind =
      IsKnownKind(operation.kind)
          ? absl::AsciiStrToLower(v1::ActionKind_Name(operation.kind).substr(sizeof("ACTION_KIND_") - 1))
          : absl::StrCat("kind ", static_cast<int32_t>(operation.kind));
  if (operation.slot != kNone) return absl::StrCat(kind, " ", At(world.slots, operation.slot).name);
  if (operation.node != kNone) return absl::StrCat(kind, " ", At(world.nodes, operation.node).name);
  return absl::StrCat(kind, " ", operation.target.datacenter(), operation.target.keyspace(), operation.target.name());
}

absl::StatusOr<Order> Order::Make(const v1::Plan& plan, const std::vector<Operation>& operations) {
  Order order;
  CASSPLAN_RETURN_IF_ERROR(order.Connect(plan, operations));
  CASSPLAN_RETURN_IF_ERROR(order.Sort(Size(operations)));
  order.FillRows(Size(operations));
  return order;
}

absl::Status Order::Connect(const v1::Plan& plan, const std::vector<Operation>& operations) {
  Numbers numbers;
  for (int32_t i = 0; i < Size(operations); ++i) {
    const std::string& id = At(operations, i).id;
    if (id.empty()) return absl::InvalidArgumentError("an action has no id");
    if (!numbers.emplace(id, i).second) return absl::InvalidArgumentError(absl::StrCat("two actions have the id ", id));
  }
  successors_.resize(operations.size());
  predecessor_counts_.assign(operations.size(), 0);
  ReadSections(plan, operations, numbers);
  for (int32_t i = 0; i < Size(operations); ++i) {
    if (At(operations, i).in_flight()) continue;
    for (const std::string& id : At(operations, i).action->requires_ids()) {
      const auto number = numbers.find(id);
      if (number != numbers.end()) {
        Edge(number->second, i);
      } else if (!sections_.contains(id)) {
        return absl::InvalidArgumentError(absl::StrCat(At(operations, i).id, " requires ", id, ", which is not there"));
      } else if (const int32_t vertex = VertexOfSection(id, Size(operations)); vertex != kNone) {
        Edge(vertex, i);
      }
    }
  }
  return absl::OkStatus();
}

void Order::ReadSections(const v1::Plan& plan, const std::vector<Operation>& operations, const Numbers& numbers) {
  for (const v1::Section& section : plan.sections()) {
    std::vector<int32_t>& members = sections_[section.id()];
    for (const std::string& id : section.in_flight()) {
      const auto found = numbers.find(id);
      if (found != numbers.end()) members.push_back(found->second);
    }
  }
  for (int32_t i = 0; i < Size(operations); ++i) {
    if (At(operations, i).in_flight()) continue;
    for (const std::string& id : At(operations, i).action->sections()) {
      const auto found = sections_.find(id);
      if (found != sections_.end()) found->second.push_back(i);
    }
  }
}

int32_t Order::VertexOfSection(const std::string& id, int32_t count) {
  const std::vector<int32_t>& members = sections_[id];
  if (members.size() <= 1) return members.empty() ? kNone : members[0];
  const auto [found, is_new] = section_vertices_.emplace(id, count + static_cast<int32_t>(section_vertices_.size()));
  if (is_new) {
    successors_.emplace_back();
    predecessor_counts_.push_back(0);
    for (const int32_t member : members) Edge(member, found->second);
  }
  return found->second;
}

void Order::Edge(int32_t from, int32_t to) {
  At(successors_, from).push_back(to);
  ++At(predecessor_counts_, to);
}

absl::Status Order::Sort(int32_t count) {
  std::vector<int32_t> left = predecessor_counts_;
  absl::btree_set<int32_t> open;
  for (int32_t i = 0; i < Size(left); ++i) {
    if (At(left, i) == 0) open.insert(i);
  }
  while (!open.empty()) {
    const int32_t next = *open.begin();
    open.erase(open.begin());
    vertices_sorted_.push_back(next);
    if (next < count) sorted_.push_back(next);
    for (const int32_t successor : At(successors_, next)) {
      if (--At(left, successor) == 0) open.insert(successor);
    }
  }
  if (vertices_sorted_.size() != successors_.size()) return absl::InvalidArgumentError("`requires` has a cycle");
  return absl::OkStatus();
}

void Order::FillRows(int32_t count) {
  words_ = (static_cast<size_t>(count) + 63) / 64;
  rows_.assign(successors_.size() * words_, 0);
  for (const int32_t vertex : vertices_sorted_) {
    const uint64_t* const from = &rows_[static_cast<size_t>(vertex) * words_];
    for (const int32_t successor : At(successors_, vertex)) {
      uint64_t* const to = &rows_[static_cast<size_t>(successor) * words_];
      for (size_t word = 0; word < words_; ++word) to[word] |= from[word];
      if (vertex < count) to[static_cast<size_t>(vertex) / 64] |= uint64_t{1} << (static_cast<size_t>(vertex) % 64);
    }
  }
  rows_.resize(static_cast<size_t>(count) * words_);
}

}  // namespace cassplan::verify
