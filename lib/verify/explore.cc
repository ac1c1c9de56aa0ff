#include "lib/verify/explore.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"

namespace cassplan::verify {
namespace {

constexpr size_t kUsualTokens = 16;
constexpr int32_t kDraws = 4;

// xorshift64*; the zero state is none.
class Random {
 public:
  explicit Random(uint64_t seed) : state_((seed + 1) * 0x9e3779b97f4a7c15ULL | 1) {}

  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dULL;
  }

 private:
  uint64_t state_;
};

// Checks moments; remembers rings and footprints, which many moments share.
class Judge {
 public:
  Judge(const Scene& scene, const Order& order, uint64_t seed) : scene_(scene), order_(order) {
    for (uint64_t draw = 0; draw < kDraws; ++draw) draws_.push_back(Draw(seed * kDraws + draw));
    for (const Operation& operation : scene.operations) {
      has_joins_ |= operation.kind == v1::ACTION_KIND_START_NODE && operation.joins;
    }
  }

  void Check(const std::vector<Phase>& phases) {
    SetMoment(scene_.world, scene_.operations, order_.sorted(), phases, moment_);
    const size_t draws = has_joins_ ? draws_.size() : 1;
    for (size_t draw = 0; draw < draws && !moment_.active.empty(); ++draw) CheckWith(draw);
  }

 private:
  struct Known {
    Known(const World& world, const Moment& moment, const std::vector<std::vector<int64_t>>& drawn)
        : ring(world, moment, &drawn) {}
    Ring ring;
    std::map<std::pair<int32_t, v1::ActionKind>, Footprint> footprints;
  };

  // Tokens for those who have none: as many as the others have.
  std::vector<std::vector<int64_t>> Draw(uint64_t seed) const {
    Random random(seed);
    size_t count = 0;
    for (const Node& node : scene_.world.nodes) count = std::max(count, node.tokens.size());
    std::vector<std::vector<int64_t>> drawn(scene_.world.nodes.size());
    for (int32_t i = 0; i < Size(drawn); ++i) {
      if (!At(scene_.world.nodes, i).tokens.empty()) continue;
      for (size_t t = 0; t < (count == 0 ? kUsualTokens : count); ++t) {
        At(drawn, i).push_back(static_cast<int64_t>(random.Next()));
      }
    }
    return drawn;
  }

  void CheckWith(size_t draw) {
    std::unique_ptr<Known>& known = known_[std::make_pair(draw, moment_.ring_changes)];
    if (known == nullptr) known = std::make_unique<Known>(scene_.world, moment_, draws_[draw]);
    const auto footprint_of = [&](const Operation& operation) -> const Footprint& {
      const auto key = std::make_pair(operation.node, operation.kind);
      const auto found = known->footprints.find(key);
      if (found != known->footprints.end()) return found->second;
      return known->footprints.emplace(key, known->ring.Of(operation)).first->second;
    };
    CheckMoment(scene_, moment_, known->ring, footprint_of);
  }

  const Scene& scene_;
  const Order& order_;
  std::vector<std::vector<std::vector<int64_t>>> draws_;
  bool has_joins_ = false;
  Moment moment_;
  std::map<std::pair<size_t, std::vector<int32_t>>, std::unique_ptr<Known>> known_;
};

struct State {
  uint64_t begun = 0;  // running or done
  uint64_t done = 0;
  auto operator<=>(const State&) const = default;
};

class Explorer {
 public:
  Explorer(const Scene& scene, const Order& order, const VerifyOptions& options)
      : scene_(scene), options_(options), judge_(scene, order, options.seed), phases_(scene.operations.size()) {
    for (int32_t i = 0; i < Size(scene.operations); ++i) {
      before_.push_back(order.Row(i)[0]);
      if (IsInert(At(scene.operations, i).kind)) inert_ |= Bit(i);
    }
  }

  void Begin() {
    State start;
    for (int32_t i = 0; i < Size(scene_.operations); ++i) {
      if (At(scene_.operations, i).in_flight()) start.begun |= Bit(i);
    }
    Reach(start);
  }

  // False: it is of no run of this plan.
  bool Restore(const v1::VerifyCheckpoint& from) {
    if (from.seen_size() % 2 != 0 || from.seen_size() / 2 > kMaxStatesToKeep) return false;
    std::vector<State> states;
    for (int i = 0; i < from.seen_size(); i += 2) {
      states.push_back({from.seen(i), from.seen(i + 1)});
      if (!Possible(states.back()) || !seen_.insert(states.back()).second) return false;
    }
    for (const uint64_t position : from.open()) {
      if (position >= states.size()) return false;
      open_.push_back(states[position]);
    }
    return from.open_size() <= from.seen_size();
  }

  Visited Run() {
    Visited visited;
    while (!open_.empty() && visited.states < options_.max_states && !scene_.findings.full()) {
      const State state = open_.back();
      open_.pop_back();
      ++visited.states;
      Check(state);
      for (int32_t i = 0; i < Size(scene_.operations); ++i) Step(state, i);
    }
    visited.complete = open_.empty();
    if (!visited.complete && !scene_.findings.full() && Size(seen_) <= kMaxStatesToKeep) Save(&visited.checkpoint);
    return visited;
  }

 private:
  static constexpr int32_t kMaxStatesToKeep = 2'000'000;

  static uint64_t Bit(int32_t i) { return uint64_t{1} << i; }

  // Nothing has begun before all it waits for was done.
  bool Possible(const State& state) const {
    for (int32_t i = 0; i < 64; ++i) {
      if ((state.begun & Bit(i)) == 0) continue;
      if (i >= Size(before_)) return false;
      if (!At(scene_.operations, i).in_flight() && (At(before_, i) & ~state.done) != 0) return false;
    }
    return (state.done & ~state.begun) == 0;
  }

  void Save(v1::VerifyCheckpoint* to) const {
    absl::btree_map<State, uint64_t> positions;
    for (const State& state : seen_) {
      positions.emplace_hint(positions.end(), state, positions.size());
      to->add_seen(state.begun);
      to->add_seen(state.done);
    }
    for (const State& state : open_) to->add_open(positions.at(state));
  }

  bool CanBegin(const State& state, int32_t i) const {
    return (state.begun & Bit(i)) == 0 && (At(before_, i) & ~state.done) == 0;
  }

  void Step(const State& state, int32_t i) {
    State next = state;
    if (CanBegin(state, i)) {
      next.begun |= Bit(i);
    } else if ((state.begun & ~state.done & Bit(i)) != 0) {
      next.done |= Bit(i);
    } else {
      return;
    }
    Reach(next);
  }

  void Reach(State state) {
    FinishInert(state);
    if (seen_.insert(state).second) open_.push_back(state);
  }

  void FinishInert(State& state) const {
    for (uint64_t before = ~state.done; before != state.done;) {
      before = state.done;
      for (int32_t i = 0; inert_ != 0 && i < Size(before_); ++i) {
        if ((inert_ & Bit(i)) == 0 || (!CanBegin(state, i) && (state.begun & Bit(i)) == 0)) continue;
        state.begun |= Bit(i);
        state.done |= Bit(i);
      }
    }
  }

  void Check(const State& state) {
    for (int32_t i = 0; i < Size(phases_); ++i) {
      const bool done = (state.done & Bit(i)) != 0;
      const bool begun = (state.begun & Bit(i)) != 0;
      At(phases_, i) = done ? Phase::kDone : begun ? Phase::kRunning : Phase::kPending;
    }
    judge_.Check(phases_);
  }

  const Scene& scene_;
  const VerifyOptions& options_;
  Judge judge_;
  std::vector<Phase> phases_;
  std::vector<uint64_t> before_;
  uint64_t inert_ = 0;
  absl::btree_set<State> seen_;
  std::vector<State> open_;
};

class Walker {
 public:
  Walker(const Scene& scene, const Order& order, uint64_t seed)
      : scene_(scene),
        order_(order),
        random_(seed),
        judge_(scene, order, seed),
        phases_(scene.operations.size(), Phase::kPending),
        left_(order.predecessor_counts()) {}

  int64_t Run() {
    for (int32_t i = 0; i < Size(left_); ++i) {
      if (At(left_, i) == 0) Begin(i);
    }
    while (!ends_.empty() && !scene_.findings.full()) {
      const auto [time, number] = ends_.top();
      ends_.pop();
      now_ = time;
      Finish(number);
    }
    return states_;
  }

 private:
  // 0.01 to 100 times the usual 1000 units, even on a logarithmic scale.
  uint64_t Duration() {
    const uint64_t decade = random_.Next() % 4;
    uint64_t unit = 10;
    for (uint64_t i = 0; i < decade; ++i) unit *= 10;
    return unit + random_.Next() % (9 * unit + 1);
  }

  void Begin(int32_t number) {
    At(phases_, number) = Phase::kRunning;
    ends_.emplace(now_ + Duration(), number);
    Look();
  }

  void Finish(int32_t number) {
    At(phases_, number) = Phase::kDone;
    Look();
    Release(number);
  }

  // Sections are vertices, too: they take no time.
  void Release(int32_t vertex) {
    for (const int32_t next : At(order_.successors(), vertex)) {
      if (--At(left_, next) > 0) continue;
      if (next < Size(phases_)) {
        Begin(next);
      } else {
        Release(next);
      }
    }
  }

  void Look() {
    ++states_;
    judge_.Check(phases_);
  }

  const Scene& scene_;
  const Order& order_;
  Random random_;
  Judge judge_;
  std::vector<Phase> phases_;
  std::vector<int32_t> left_;
  using End = std::pair<uint64_t, int32_t>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  uint64_t now_ = 0;
  int64_t states_ = 0;
};

}  // namespace

absl::StatusOr<Visited> Explore(const Scene& scene, const Order& order, const VerifyOptions& options) {
  const int32_t count = Size(scene.operations);
  Visited nothing;
  if (count > 64 || count > options.max_actions_to_explore) return nothing;
  if (count == 0) {
    nothing.states = 1;
    nothing.complete = true;
    return nothing;
  }
  Explorer explorer(scene, order, options);
  if (options.checkpoint == nullptr) {
    explorer.Begin();
  } else if (!explorer.Restore(*options.checkpoint)) {
    return absl::InvalidArgumentError("the checkpoint has states that this plan cannot reach");
  }
  return explorer.Run();
}

int64_t Walk(const Scene& scene, const Order& order, uint64_t seed) { return Walker(scene, order, seed).Run(); }

}  // namespace cassplan::verify
