#include "lib/placement/replicas.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace cassplan::placement {
namespace {

size_t Index(int32_t i) { return static_cast<size_t>(i); }

// The items met so far, the latest first. Swept against the ring's order, "latest" becomes "next to come", so that the
// replicas of every range stand at the front of such a list and no range needs a walk of its own.
class LatestFirst {
 public:
  explicit LatestFirst(size_t items)
      : end_(static_cast<int32_t>(items)), next_(items + 1, kAbsent), previous_(items + 1, kAbsent) {
    next_[items] = previous_[items] = end_;
  }

  int32_t first() const { return next_[Index(end_)]; }
  int32_t next(int32_t item) const { return next_[Index(item)]; }

  void Meet(int32_t item) {
    if (first() == item) return;
    if (next_[Index(item)] != kAbsent) Link(previous_[Index(item)], next_[Index(item)]);
    Link(item, first());
    Link(end_, item);
  }

 private:
  static constexpr int32_t kAbsent = -1;

  void Link(int32_t before, int32_t after) {
    next_[Index(before)] = after;
    previous_[Index(after)] = before;
  }

  int32_t end_;
  std::vector<int32_t> next_;
  std::vector<int32_t> previous_;
};

// Places the replicas of all ranges in two rounds against the ring's order; the first only fills the lists.
class Sweep {
 public:
  Sweep(size_t nodes, size_t racks, size_t count, int32_t repeats)
      : count_(count), repeats_(repeats), nodes_(nodes), racks_(racks), first_of_(racks, -1), seen_(racks, 0) {}

  void Meet(Node node, int32_t rack) {
    if (repeats_ > 0) nodes_.Meet(node);
    racks_.Meet(rack);
    first_of_[Index(rack)] = node;
  }

  // Cassandra's walk takes every new node while repeats remain and from then on only the first node of each new rack.
  void Place(absl::Span<const int32_t> rack_of, Node* out) {
    ++turn_;
    size_t taken = 0;
    Node node = nodes_.first();
    for (int32_t repeats = repeats_; repeats > 0 && taken < count_; node = nodes_.next(node)) {
      out[taken++] = node;
      if (!IsNew(rack_of[Index(node)])) --repeats;
    }
    for (int32_t rack = racks_.first(); taken < count_; rack = racks_.next(rack)) {
      if (IsNew(rack)) out[taken++] = first_of_[Index(rack)];
    }
  }

 private:
  bool IsNew(int32_t rack) { return std::exchange(seen_[Index(rack)], turn_) != turn_; }

  size_t count_;
  int32_t repeats_;
  LatestFirst nodes_;
  LatestFirst racks_;
  std::vector<Node> first_of_;
  std::vector<int64_t> seen_;
  int64_t turn_ = 0;
};

}  // namespace

ReplicaMap::ReplicaMap(std::vector<Token> tokens, Strategy strategy, int32_t replication_factor,
                       absl::Span<const int32_t> rack_of)
    : strategy_(strategy),
      replication_factor_(std::max(replication_factor, 0)),
      ranges_of_(rack_of.size()),
      alive_(rack_of.size(), 0) {
  NumberRacks(rack_of);
  SortTokens(std::move(tokens));
  CountNodes();
  count_ = stride_ = Index(std::min(replication_factor_, nodes_in_ring_));
  replicas_.resize(tokens_.size() * stride_);
  PlaceAll();
  ListRanges();
  SweepDeadTokens();
}

void ReplicaMap::NumberRacks(absl::Span<const int32_t> rack_of) {
  std::vector<int32_t> numbers(rack_of.begin(), rack_of.end());
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  rack_size_.resize(numbers.size());
  rack_.reserve(rack_of.size());
  for (const int32_t rack : rack_of) {
    rack_.push_back(static_cast<int32_t>(std::lower_bound(numbers.begin(), numbers.end(), rack) - numbers.begin()));
  }
}

void ReplicaMap::SortTokens(std::vector<Token> tokens) {
  const auto before = [](const Token& a, const Token& b) {
    return a.value != b.value ? a.value < b.value : a.node < b.node;
  };
  if (!std::is_sorted(tokens.begin(), tokens.end(), before)) std::sort(tokens.begin(), tokens.end(), before);
  const auto same = [](const Token& a, const Token& b) { return a.value == b.value; };
  tokens.erase(std::unique(tokens.begin(), tokens.end(), same), tokens.end());
  tokens_ = std::move(tokens);
}

void ReplicaMap::CountNodes() {
  for (const Token& token : tokens_) {
    if (std::exchange(alive_[Index(token.node)], uint8_t{1}) != 0) continue;
    ++nodes_in_ring_;
    if (rack_size_[Index(rack(token.node))]++ == 0) ++racks_in_ring_;
  }
  alive_tokens_ = ranges();
}

int32_t ReplicaMap::RackRepeats(int32_t replicas, int32_t racks) const {
  return strategy_ == Strategy::kSimple ? replicas : replicas - racks;
}

int32_t ReplicaMap::RacksWithout(Node node) const {
  return racks_in_ring_ - (rack_size_[Index(rack(node))] == 1 ? 1 : 0);
}

void ReplicaMap::PlaceAll() {
  if (count_ == 0) return;
  Sweep sweep(rack_.size(), rack_size_.size(), count_, RackRepeats(static_cast<int32_t>(count_), racks_in_ring_));
  for (const bool place : {false, true}) {
    for (size_t i = tokens_.size(); i-- > 0;) {
      const Node node = tokens_[i].node;
      if (in_ring(node)) sweep.Meet(node, rack(node));
      if (place) sweep.Place(rack_, &replicas_[i * stride_]);
    }
  }
}

void ReplicaMap::ListRanges() {
  std::vector<size_t> sizes(ranges_of_.size(), 0);
  for (Range range = 0; range < ranges(); ++range) {
    for (const Node node : replicas(range)) ++sizes[Index(node)];
  }
  for (size_t node = 0; node < sizes.size(); ++node) {
    ranges_of_[node].clear();
    ranges_of_[node].reserve(sizes[node]);
  }
  for (Range range = 0; range < ranges(); ++range) {
    for (const Node node : replicas(range)) ranges_of_[Index(node)].push_back(range);
  }
}

void ReplicaMap::SweepDeadTokens() {
  dead_since_sweep_ = 0;
  skip_.resize(tokens_.size());
  Range next = 0;
  for (const bool place : {false, true}) {
    for (Range i = ranges(); i-- > 0;) {
      if (in_ring(tokens_[Index(i)].node)) next = i;
      if (place) skip_[Index(i)] = next;
    }
  }
}

uint64_t ReplicaMap::width(Range range) const {
  if (ranges() == 1) return std::numeric_limits<uint64_t>::max();
  const Range previous = range == 0 ? ranges() - 1 : range - 1;
  return static_cast<uint64_t>(token(range)) - static_cast<uint64_t>(token(previous));
}

Range ReplicaMap::RangeOf(int64_t token) const {
  if (tokens_.empty()) return -1;
  const auto ends_before = [](const Token& t, int64_t value) { return t.value < value; };
  const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), token, ends_before);
  return found == tokens_.end() ? 0 : static_cast<Range>(found - tokens_.begin());
}

Node ReplicaMap::owner(Range range) const {
  if (nodes_in_ring_ == 0) return -1;
  Range at = skip_[Index(range)];
  while (!in_ring(tokens_[Index(at)].node)) at = skip_[Index(at + 1 == ranges() ? 0 : at + 1)];
  return tokens_[Index(at)].node;
}

int64_t ReplicaMap::StepBudget() const { return int64_t{8} * ranges(); }

bool ReplicaMap::Walk(Range range, Node without, int32_t replicas, int32_t repeats, int64_t& budget,
                      std::vector<Node>& out) const {
  const size_t start = out.size();
  const auto taken = [&](auto matches) {
    return std::any_of(out.begin() + static_cast<ptrdiff_t>(start), out.end(), matches);
  };
  for (Range at = skip_[Index(range)]; out.size() - start < Index(replicas);
       at = skip_[Index(at + 1 == ranges() ? 0 : at + 1)]) {
    if (--budget < 0) return false;
    const Node node = tokens_[Index(at)].node;
    if (node == without || !in_ring(node)) continue;
    if (taken([&](Node other) { return other == node; })) continue;
    if (taken([&](Node other) { return rack(other) == rack(node); }) && --repeats < 0) continue;
    out.push_back(node);
  }
  return true;
}

bool ReplicaMap::WalkRangesOf(Node node, int32_t replicas, std::vector<Node>& out) const {
  const int32_t repeats = RackRepeats(replicas, RacksWithout(node));
  int64_t budget = StepBudget();
  out.reserve(ranges_of(node).size() * Index(replicas));
  for (const Range range : ranges_of(node)) {
    if (!Walk(range, node, replicas, repeats, budget, out)) return false;
  }
  return true;
}

// A set that Cassandra's walk may take is independent in a matroid (one node per rack, plus so many of any rack) and
// the walk takes the first basis. So without one of its nodes a range keeps all the others and gains at most one node,
// and a range without `node` among its replicas does not change at all.
std::vector<ReplicaMap::Handover> ReplicaMap::HandoversTo(Node node, int32_t replicas,
                                                          absl::Span<const Node> placed) const {
  std::vector<Handover> handovers;
  handovers.reserve(ranges_of(node).size());
  for (size_t i = 0; i < ranges_of(node).size(); ++i) {
    const Range range = ranges_of(node)[i];
    const absl::Span<const Node> old = this->replicas(range);
    const absl::Span<const Node> now(placed.data() + i * Index(replicas), Index(replicas));
    const auto gained = std::find_if(now.begin(), now.end(), [&](Node candidate) {
      return std::find(old.begin(), old.end(), candidate) == old.end();
    });
    handovers.push_back({range, gained == now.end() ? Node{-1} : *gained});
  }
  return handovers;
}

std::vector<ReplicaMap::Handover> ReplicaMap::WithoutNode(Node node) const {
  if (!in_ring(node)) return {};
  const int32_t replicas = std::min(replication_factor_, nodes_in_ring_ - 1);
  std::vector<Node> placed;
  if (WalkRangesOf(node, replicas, placed)) return HandoversTo(node, replicas, placed);
  ReplicaMap rest = *this;
  rest.Remove(node);
  placed.clear();
  for (const Range range : ranges_of(node)) {
    const absl::Span<const Node> now = rest.replicas(range);
    placed.insert(placed.end(), now.begin(), now.end());
  }
  return HandoversTo(node, replicas, placed);
}

void ReplicaMap::GiveRanges(std::vector<Handover> handovers) {
  std::stable_sort(handovers.begin(), handovers.end(),
                   [](const Handover& a, const Handover& b) { return a.gained < b.gained; });
  for (auto first = handovers.begin(); first != handovers.end();) {
    const Node node = first->gained;
    const auto last = std::find_if(first, handovers.end(), [&](const Handover& h) { return h.gained != node; });
    if (node >= 0) {
      std::vector<Range>& list = ranges_of_[Index(node)];
      const auto old_size = static_cast<ptrdiff_t>(list.size());
      std::transform(first, last, std::back_inserter(list), [](const Handover& h) { return h.range; });
      std::inplace_merge(list.begin(), list.begin() + old_size, list.end());
    }
    first = last;
  }
}

void ReplicaMap::TakeOut(Node node) {
  alive_[Index(node)] = 0;
  --nodes_in_ring_;
  if (--rack_size_[Index(rack(node))] == 0) --racks_in_ring_;
  // A node replicates what its own tokens end. With a factor of 0 nothing is ever walked for and nothing need be
  // counted.
  const auto own = std::count_if(ranges_of(node).begin(), ranges_of(node).end(),
                                 [&](Range range) { return tokens_[Index(range)].node == node; });
  alive_tokens_ -= static_cast<int32_t>(own);
  dead_since_sweep_ += static_cast<int32_t>(own);
  ranges_of_[Index(node)].clear();
  // Each sweep is paid by a fixed share of the tokens, so that all sweeps together cost ranges x log(ranges).
  if (dead_since_sweep_ > alive_tokens_ / 2) SweepDeadTokens();
}

void ReplicaMap::Remove(Node node) {
  if (!in_ring(node)) return;
  const int32_t replicas = std::min(replication_factor_, nodes_in_ring_ - 1);
  std::vector<Node> placed;
  const bool local = WalkRangesOf(node, replicas, placed);
  const std::vector<Handover> handovers = local ? HandoversTo(node, replicas, placed) : std::vector<Handover>();
  TakeOut(node);
  count_ = Index(replicas);
  if (!local) {
    PlaceAll();
    ListRanges();
    return;
  }
  for (size_t i = 0; i < handovers.size(); ++i) {
    std::copy_n(placed.begin() + static_cast<ptrdiff_t>(i * count_), count_,
                replicas_.begin() + static_cast<ptrdiff_t>(Index(handovers[i].range) * stride_));
  }
  GiveRanges(handovers);
}

}  // namespace cassplan::placement
