#include "lib/verify/effects.h"

namespace cassplan::verify {
namespace {

// It has, or it never came.
bool HasLeft(const Node& node) { return node.left || (!node.ever_in_ring && node.movement == Movement::kStill); }

class Teller {
 public:
  Teller(const World& world, const std::vector<Operation>& operations, Moment& moment)
      : world_(world), operations_(operations), now_(moment) {}

  void Start() {
    now_.nodes.resize(world_.nodes.size());
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const Node& node = At(world_.nodes, i);
      At(now_.nodes, i) = {node.in_ring, !node.up, HasLeft(node), node.owes_cleanup, false, kNone, node.release};
    }
    now_.volumes.resize(world_.slots.size());
    for (int32_t i = 0; i < Size(world_.slots); ++i) At(now_.volumes, i) = At(world_.slots, i).volume;
    StartFactors();
    now_.active.clear();
    now_.foreign.clear();
    now_.ring_changes.clear();
  }

  void StartFactors() {
    if (!now_.altered && now_.factors.size() == world_.keyspaces.size()) return;
    now_.factors.clear();
    for (const Keyspace& keyspace : world_.keyspaces) now_.factors.push_back(keyspace.factors);
    now_.altered = false;
  }

  void Run(int32_t number) {
    const Operation& operation = At(operations_, number);
    if (operation.kind == v1::ACTION_KIND_RESTART_NODE) ForgetDrain(operation.node);
    now_.active.push_back(number);
    if (operation.node == kNone) return;
    NodeNow& node = At(now_.nodes, operation.node);
    if (Disrupts(operation) && (!node.away || operation.in_flight())) TakeAway(number, node);
    node.changing_release = operation.release != 0 && operation.release != node.release;
  }

  void Finish(int32_t number) {
    const Operation& operation = At(operations_, number);
    if (operation.kind == v1::ACTION_KIND_ALTER_KEYSPACE && operation.keyspace != kNone && operation.dc != kNone) {
      At(At(now_.factors, operation.keyspace), operation.dc) = operation.factor;
      now_.altered = true;
      now_.ring_changes.push_back(number);
    }
    const bool frees =
        operation.kind == v1::ACTION_KIND_DELETE_VOLUME || operation.kind == v1::ACTION_KIND_QUARANTINE_VOLUME;
    if (frees && operation.slot != kNone) At(now_.volumes, operation.slot) = VolumeState::kAbsent;
    if (operation.node != kNone) FinishOn(number, operation, At(now_.nodes, operation.node));
  }

  void FindForeign() {
    std::vector<bool> begun(world_.nodes.size(), false);
    for (const Operation& operation : operations_) {
      if (operation.in_flight() && operation.node != kNone && IsMovement(operation)) At(begun, operation.node) = true;
    }
    for (int32_t i = 0; i < Size(world_.nodes); ++i) {
      const bool moving = At(world_.nodes, i).movement != Movement::kStill;
      if (moving && !At(begun, i) && !At(now_.nodes, i).left) now_.foreign.push_back(i);
    }
  }

 private:
  void TakeAway(int32_t number, NodeNow& node) {
    node.away = true;
    if (node.taken_by == kNone) node.taken_by = number;
  }

  void ForgetDrain(int32_t node) {
    std::erase_if(now_.active, [&](int32_t other) {
      return At(operations_, other).kind == v1::ACTION_KIND_DRAIN && At(operations_, other).node == node;
    });
  }

  void FinishOn(int32_t number, const Operation& operation, NodeNow& node) {
    if (operation.kind == v1::ACTION_KIND_DRAIN) {
      if (!node.away || operation.in_flight()) TakeAway(number, node);
      if (node.taken_by == number) now_.active.push_back(number);
    } else if (operation.kind == v1::ACTION_KIND_RESTART_NODE || operation.kind == v1::ACTION_KIND_RESTORE) {
      ComeBack(operation, node);
    } else if (operation.kind == v1::ACTION_KIND_START_NODE) {
      ComeBack(operation, node);
      if (operation.joins) Join(number, operation, node);
    } else if (operation.kind == v1::ACTION_KIND_REPLACE_NODE) {
      ComeBack(operation, node);
    } else if (operation.kind == v1::ACTION_KIND_CLEANUP) {
      // One of some keyspaces leaves the others as they are.
      const bool whole = operation.action == nullptr || operation.action->keyspaces().empty();
      if (whole) node.owes_cleanup = false;
    } else if (operation.kind == v1::ACTION_KIND_DECOMMISSION || operation.kind == v1::ACTION_KIND_REMOVE_NODE ||
               operation.kind == v1::ACTION_KIND_ASSASSINATE) {
      if (node.in_ring) now_.ring_changes.push_back(number);
      node.in_ring = false;
      node.away = node.left = true;
      node.owes_cleanup = false;
    }
  }

  void ComeBack(const Operation& operation, NodeNow& node) {
    ForgetDrain(operation.node);
    node.away = !node.in_ring;
    node.taken_by = kNone;
    if (operation.release != 0) node.release = operation.release;
  }

  bool Replicates(int32_t dc) const {
    for (int32_t i = 0; i < Size(world_.keyspaces); ++i) {
      const Keyspace& keyspace = At(world_.keyspaces, i);
      if (!keyspace.user && !keyspace.counted) continue;
      if (keyspace.strategy != Strategy::kTopology || At(At(now_.factors, i), dc) > 0) return true;
    }
    return false;
  }

  // Whoever gave ranges to it owes a cleanup; cleanups that are done after this one pay it.
  void Join(int32_t number, const Operation& operation, NodeNow& joiner) {
    for (int32_t i = 0; i < Size(now_.nodes) && Replicates(operation.dc); ++i) {
      if (At(now_.nodes, i).in_ring && world_.SameRing(At(world_.nodes, i).dc, operation.dc)) {
        At(now_.nodes, i).owes_cleanup = true;
      }
    }
    joiner.in_ring = true;
    joiner.away = joiner.left = joiner.owes_cleanup = false;
    now_.ring_changes.push_back(number);
    if (operation.slot != kNone) At(now_.volumes, operation.slot) = VolumeState::kMember;
  }

  const World& world_;
  const std::vector<Operation>& operations_;
  Moment& now_;
};

}  // namespace

void SetMoment(const World& world, const std::vector<Operation>& operations, absl::Span<const int32_t> sorted,
               absl::Span<const Phase> phases, Moment& moment) {
  Teller teller(world, operations, moment);
  teller.Start();
  for (const int32_t number : sorted) {
    if (phases[static_cast<size_t>(number)] == Phase::kRunning) teller.Run(number);
    if (phases[static_cast<size_t>(number)] == Phase::kDone) teller.Finish(number);
  }
  teller.FindForeign();
}

}  // namespace cassplan::verify
