#include "lib/verify/concurrency.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/types/span.h"

namespace cassplan::verify {
namespace {

// From when until when a node is away.
struct Absence {
  int32_t node = kNone;
  int32_t first = kNone;   // kNone: since before the plan
  int32_t last = kNone;    // kNone: for ever
  int32_t number = kNone;  // the action that takes it away; kNone: it was down from the start
  bool judged = false;     // an action of the plan takes it away
};

class ConcurrencyCheck {
 public:
  ConcurrencyCheck(const Scene& scene, const Order& order)
      : scene_(scene), world_(scene.world), operations_(scene.operations), order_(order) {}

  void Check() {
    phases_.assign(operations_.size(), Phase::kPending);
    SetMomentAt(kNone);
    factors_ = moment_.factors;
    Ring ring(world_, moment_, nullptr);
    FindRingChanges();
    FindAbsences();
    CheckForeign(ring);
    CheckFirstEpochs(ring);
    for (const int32_t number : order_.sorted()) {
      if (scene_.findings.full()) return;
      CheckAction(ring, number);
    }
    CheckNodes();
    CheckDisruption();
  }

 private:
  bool ChangesRing(const Operation& operation) const {
    return IsMovement(operation) || operation.kind == v1::ACTION_KIND_ALTER_KEYSPACE;
  }

  // All that must be before `number` is done, what is in flight may still run, nothing else has begun; but its node has
  // left if it may have.
  void SetMomentAt(int32_t number) {
    int32_t left = kNone;
    if (number != kNone && Disrupts(At(operations_, number))) {
      const auto leave = leaves_.find(At(operations_, number).node);
      if (leave != leaves_.end() && !order_.Before(number, leave->second)) left = leave->second;
    }
    for (int32_t i = 0; i < Size(operations_); ++i) {
      const bool before = i == left || (number != kNone && order_.Before(i, number));
      const bool runs = i == number || At(operations_, i).in_flight();
      At(phases_, i) = before ? Phase::kDone : runs ? Phase::kRunning : Phase::kPending;
    }
    SetMoment(world_, operations_, order_.sorted(), phases_, moment_);
  }

  static bool Returns(const Operation& operation) {
    return operation.kind == v1::ACTION_KIND_RESTART_NODE || operation.kind == v1::ACTION_KIND_REPLACE_NODE ||
           operation.kind == v1::ACTION_KIND_RESTORE ||
           (operation.kind == v1::ACTION_KIND_START_NODE && !operation.joins);
  }

  void FindAbsences() {
    std::vector<std::vector<int32_t>> of_node(world_.nodes.size());
    drained_until_.assign(operations_.size(), kNone);
    for (const int32_t number : order_.sorted()) {
      const Operation& operation = At(operations_, number);
      if (operation.node != kNone && (Disrupts(operation) || Returns(operation))) {
        At(of_node, operation.node).push_back(number);
      }
    }
    for (int32_t node = 0; node < Size(world_.nodes); ++node) {
      const bool was_away = AddFirstAbsence(node, At(of_node, node));
      absl::btree_set<int32_t> drained;  // restarts that only end the absence which a drain begins
      for (const int32_t number : At(of_node, node)) AddAbsence(number, At(of_node, node), was_away, drained);
    }
  }

  // The node is down, or in flight, when the plan starts.
  bool AddFirstAbsence(int32_t node, const std::vector<int32_t>& numbers) {
    Absence absence;
    absence.node = node;
    bool away = At(world_.nodes, node).in_ring && !At(world_.nodes, node).up;
    for (const int32_t number : numbers) {
      const Operation& operation = At(operations_, number);
      if (operation.in_flight() && Disrupts(operation)) {
        away = true;
        absence.number = number;
      }
      if (absence.last == kNone && Returns(operation)) absence.last = number;
    }
    if (away) absences_.push_back(absence);
    return away;
  }

  void AddAbsence(int32_t number, const std::vector<int32_t>& numbers, bool was_away,
                  absl::btree_set<int32_t>& drained) {
    const Operation& operation = At(operations_, number);
    const auto leave = leaves_.find(operation.node);
    const bool has_left = leave != leaves_.end() && order_.Before(leave->second, number);
    if (!Disrupts(operation)) return;
    if (has_left) {
      At(drained_until_, number) = number;
      return;
    }
    const bool drains = operation.kind == v1::ACTION_KIND_DRAIN;
    Absence absence{operation.node, number, drains ? kNone : number, number, true};
    bool was_back = !was_away;
    for (const int32_t other : numbers) {
      if (other == number || !Returns(At(operations_, other))) continue;
      const bool after = order_.Before(number, other);
      was_back |= !after;
      if (drains && after && absence.last == kNone) absence.last = other;
    }
    if (drains) At(drained_until_, number) = absence.last;
    if (drains) drained.insert(absence.last);
    if (operation.in_flight() || !was_back || drained.contains(number)) return;
    absences_.push_back(absence);
  }

  bool Ends(const Absence& a, const Absence& b) const {
    return a.last != kNone && b.first != kNone && order_.Before(a.last, b.first);
  }
  bool Overlap(const Absence& a, const Absence& b) const { return a.node != b.node && !Ends(a, b) && !Ends(b, a); }
  bool Unordered(int32_t a, int32_t b) const { return a != b && !order_.Before(a, b) && !order_.Before(b, a); }

  // A drained node is away until it is back.
  bool Overlap(int32_t a, int32_t b) const {
    if (Unordered(a, b)) return true;
    const int32_t drained = order_.Before(a, b) ? a : b;
    const int32_t other = drained == a ? b : a;
    const Operation& operation = At(operations_, drained);
    if (operation.kind != v1::ACTION_KIND_DRAIN || operation.node == kNone) return false;
    const int32_t last = At(drained_until_, drained);
    return last == kNone || (last != other && !order_.Before(last, other));
  }

  void FindRingChanges() {
    for (const int32_t number : order_.sorted()) {
      const Operation& operation = At(operations_, number);
      if (ChangesRing(operation)) ring_changes_.push_back(number);
      const bool leaves = IsMovement(operation) && operation.kind != v1::ACTION_KIND_START_NODE &&
                          operation.kind != v1::ACTION_KIND_REPLACE_NODE;
      if (leaves && operation.node != kNone) leaves_.emplace(operation.node, number);
    }
  }

  void CheckAction(Ring& ring, int32_t number) {
    const Operation& operation = At(operations_, number);
    Footprint footprint;
    if (IsMovement(operation)) footprint = ring.Of(operation);
    if (!operation.in_flight() && DependsOnMoment(operation)) {
      SetMomentAt(number);
      CheckOne(scene_, moment_, ring, number);
      if (IsMovement(operation)) {
        TakeAwayElsewhere(number, footprint);
        CheckMovement(scene_, moment_, ring, number, footprint);
      }
    }
    if (IsMovement(operation) || NeedsOneRelease(operation)) {
      for (int32_t other = 0; other < Size(operations_); ++other) {
        if (other == number || !Overlap(number, other)) continue;
        CheckTwo(scene_, operation, IsMovement(operation) ? &footprint : nullptr, At(operations_, other),
                 {number, other});
      }
    }
    if (ChangesRing(operation)) Apply(ring, number);
  }

  // A level over all datacenters is at the mercy of whatever else may be away, taken together.
  void TakeAwayElsewhere(int32_t number, const Footprint& footprint) {
    const bool total = std::any_of(footprint.demands.begin(), footprint.demands.end(),
                                   [](const Footprint::Demand& demand) { return demand.total; });
    for (int32_t other = 0; other < Size(operations_) && total; ++other) {
      const int32_t node = At(operations_, other).node;
      if (node == kNone || !Disrupts(At(operations_, other)) || !Overlap(number, other)) continue;
      if (std::binary_search(footprint.involved.begin(), footprint.involved.end(), node)) continue;
      At(moment_.nodes, node).away = true;
      At(moment_.nodes, node).taken_by = other;
    }
  }

  bool DependsOnMoment(const Operation& operation) const {
    if (Disrupts(operation)) {
      return operation.node != kNone && (At(world_.nodes, operation.node).down_since > 0 ||
                                         leaves_.contains(operation.node) || !At(world_.nodes, operation.node).in_ring);
    }
    return NeedsOneRelease(operation) || IsDestructive(operation.kind) ||
           operation.kind == v1::ACTION_KIND_START_NODE || operation.kind == v1::ACTION_KIND_DELETE_RACK ||
           operation.kind == v1::ACTION_KIND_QUARANTINE_VOLUME;
  }

  void Apply(Ring& ring, int32_t number) {
    const Operation& operation = At(operations_, number);
    if (operation.kind == v1::ACTION_KIND_ALTER_KEYSPACE) {
      if (operation.keyspace == kNone || operation.dc == kNone) return;
      At(At(factors_, operation.keyspace), operation.dc) = operation.factor;
      ring.SetFactors(factors_);
    } else if (operation.kind == v1::ACTION_KIND_START_NODE) {
      ring.Add(operation.node);
    } else if (operation.kind != v1::ACTION_KIND_REPLACE_NODE && operation.node != kNone) {
      ring.Remove(operation.node);
    }
    const auto after = std::find(ring_changes_.begin(), ring_changes_.end(), number) + 1;
    CheckEpoch(ring, number, operation.dc, static_cast<size_t>(after - ring_changes_.begin()));
  }

  // Before the first change of each ring.
  void CheckFirstEpochs(Ring& ring) {
    const int32_t rings = world_.one_ring ? 1 : Size(world_.datacenters);
    for (int32_t dc = 0; dc < rings; ++dc) CheckEpoch(ring, kNone, dc, 0);
  }

  // The time between `previous` and the next change of the ring of `dc`.
  void CheckEpoch(Ring& ring, int32_t previous, int32_t dc, size_t index) {
    int32_t next = kNone;
    for (; next == kNone && index < ring_changes_.size(); ++index) {
      if (world_.SameRing(dc, At(operations_, ring_changes_[index]).dc)) next = ring_changes_[index];
    }
    bool judged = false;
    std::vector<std::vector<const Absence*>> possible(world_.nodes.size());
    std::vector<const Absence*> anywhere;
    for (const Absence& absence : absences_) {
      const bool over = previous != kNone && absence.last != kNone && order_.Before(absence.last, previous);
      const bool later = next != kNone && absence.first != kNone && order_.Before(next, absence.first);
      const Node& node = At(world_.nodes, absence.node);
      if (over || later || !ring.in_ring(absence.node) || !world_.SameRing(dc, node.dc)) continue;
      At(possible, absence.node).push_back(&absence);
      judged |= absence.judged;
      if (node.tokens.empty() && absence.judged) anywhere.push_back(&absence);
    }
    if (!judged) return;
    for (const Group& group : ring.groups()) {
      if (group.dc == kNone || world_.SameRing(group.dc, dc)) CheckGroup(group, possible, anywhere);
    }
  }

  void CheckGroup(const Group& group, const std::vector<std::vector<const Absence*>>& possible,
                  const std::vector<const Absence*>& anywhere) {
    const auto want = static_cast<size_t>(group.allowed) + 1;
    one_per_rack_ = group.one_per_rack;
    std::vector<const Absence*> members;
    for (int32_t range = 0; range < group.ranges() && !scene_.findings.full(); ++range) {
      members = anywhere;
      for (const int32_t node : group.replicas(range)) {
        members.insert(members.end(), At(possible, node).begin(), At(possible, node).end());
      }
      if (members.size() < want) continue;
      std::vector<const Absence*> together;
      if (members.size() > kMostReplicas ? Crowd(members, want, together) : Clique(members, 0, want, together)) {
        AddQuorumOf(group, together);
      }
    }
  }

  // At once, in one range.
  bool MayMeet(const Absence& a, const Absence& b) const {
    const Node& one = At(world_.nodes, a.node);
    const Node& other = At(world_.nodes, b.node);
    const bool same_rack = one.dc == other.dc && one.rack == other.rack;
    if (one_per_rack_ && same_rack && (one.tokens.empty() || other.tokens.empty())) return false;
    return Overlap(a, b);
  }

  // Searches `want` of the absences, one of them the plan's doing, that can all be at once.
  bool Clique(const std::vector<const Absence*>& from, size_t begin, size_t want,
              std::vector<const Absence*>& together) const {
    if (together.size() == want) {
      return std::any_of(together.begin(), together.end(), [](const Absence* absence) { return absence->judged; });
    }
    for (size_t i = begin; i + (want - together.size()) <= from.size(); ++i) {
      const bool fits = std::all_of(together.begin(), together.end(),
                                    [&](const Absence* other) { return MayMeet(*from[i], *other); });
      if (!fits) continue;
      together.push_back(from[i]);
      if (Clique(from, i + 1, want, together)) return true;
      together.pop_back();
    }
    return false;
  }

  // With very many replicas the search would take too long: all that may be away together with one of them count.
  bool Crowd(const std::vector<const Absence*>& from, size_t want, std::vector<const Absence*>& together) const {
    for (const Absence* center : from) {
      if (!center->judged) continue;
      together.clear();
      for (const Absence* other : from) {
        if (other == center || MayMeet(*center, *other)) together.push_back(other);
      }
      if (together.size() >= want) return true;
    }
    return false;
  }

  void AddQuorumOf(const Group& group, const std::vector<const Absence*>& together) {
    std::vector<int32_t> nodes;
    std::vector<int32_t> running;
    for (const Absence* absence : together) {
      nodes.push_back(absence->node);
      if (absence->number != kNone) running.push_back(absence->number);
    }
    AddQuorum(scene_, group, std::move(nodes), running);
  }

  void CheckForeign(Ring& ring) {
    for (const int32_t node : moment_.foreign) {
      const Operation foreign = ForeignMovement(world_, node);
      const Footprint footprint = ring.Of(foreign);
      const auto end = leaves_.find(node);
      for (int32_t i = 0; i < Size(operations_); ++i) {
        if (end != leaves_.end() && order_.Before(end->second, i)) continue;
        CheckTwo(scene_, foreign, &footprint, At(operations_, i), {i});
      }
    }
  }

  void CheckNodes() {
    absl::btree_map<std::pair<bool, int32_t>, std::vector<int32_t>> by_place;
    for (int32_t i = 0; i < Size(operations_); ++i) {
      const Operation& operation = At(operations_, i);
      if (!OccupiesNode(operation.kind)) continue;
      if (operation.node != kNone) by_place[{true, operation.node}].push_back(i);
      if (operation.slot != kNone) by_place[{false, operation.slot}].push_back(i);
    }
    for (const auto& [place, numbers] : by_place) {
      for (size_t i = 0; i < numbers.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
          if (Overlap(numbers[j], numbers[i])) {
            CheckSameNode(scene_, numbers[j], numbers[i], {numbers[j], numbers[i]});
          }
        }
      }
    }
  }

  void CheckDisruption() {
    absl::btree_map<int32_t, std::vector<const Absence*>> by_dc;
    for (const Absence& absence : absences_) {
      if (absence.number != kNone) by_dc[At(world_.nodes, absence.node).dc].push_back(&absence);
    }
    std::vector<std::vector<const Absence*>> datacenters;
    for (auto& [dc, absences] : by_dc) {
      for (size_t i = 0; i < absences.size(); ++i) {
        for (size_t j = 0; j < i && !scene_.findings.full(); ++j) CheckRackPair(*absences[j], *absences[i]);
      }
      datacenters.push_back(std::move(absences));
    }
    std::vector<const Absence*> together;
    if (static_cast<int32_t>(datacenters.size()) > world_.max_datacenters) SpanDatacenters(datacenters, 0, together);
  }

  void CheckRackPair(const Absence& a, const Absence& b) {
    if (At(world_.nodes, a.node).rack == At(world_.nodes, b.node).rack || !Overlap(a, b)) return;
    CheckRacks(scene_, a.number, b.number, {a.number, b.number});
  }

  // Searches one disruption too many, each in another datacenter, that can all be at once.
  bool SpanDatacenters(const std::vector<std::vector<const Absence*>>& datacenters, size_t from,
                       std::vector<const Absence*>& together) {
    if (static_cast<int32_t>(together.size()) > world_.max_datacenters) {
      std::vector<int32_t> numbers;
      bool judged = false;
      for (const Absence* absence : together) {
        numbers.push_back(absence->number);
        judged |= absence->judged;
      }
      if (judged) AddDatacenters(scene_, numbers, numbers);
      return judged;
    }
    for (size_t dc = from; dc < datacenters.size(); ++dc) {
      for (const Absence* absence : datacenters[dc]) {
        const bool fits = std::all_of(together.begin(), together.end(),
                                      [&](const Absence* other) { return Overlap(*absence, *other); });
        if (!fits) continue;
        together.push_back(absence);
        if (SpanDatacenters(datacenters, dc + 1, together)) return true;
        together.pop_back();
      }
    }
    return false;
  }

  static constexpr size_t kMostReplicas = 16;

  const Scene& scene_;
  const World& world_;
  const std::vector<Operation>& operations_;
  const Order& order_;
  std::vector<Phase> phases_;
  Moment moment_;
  std::vector<std::vector<int32_t>> factors_;
  std::vector<Absence> absences_;
  bool one_per_rack_ = false;           // of the group that is looked at
  std::vector<int32_t> drained_until_;  // by drain: the restart that ends it; kNone: none does
  std::vector<int32_t> ring_changes_;
  absl::btree_map<int32_t, int32_t> leaves_;  // by node, the action that takes it out of the ring
};

}  // namespace

void CheckConcurrency(const Scene& scene, const Order& order) { ConcurrencyCheck(scene, order).Check(); }

}  // namespace cassplan::verify
