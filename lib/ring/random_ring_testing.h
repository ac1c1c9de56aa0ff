// Rings with random tokens, for tests only. Equal seeds give equal rings with every standard library.
#ifndef CASSPLAN_LIB_RING_RANDOM_RING_TESTING_H_
#define CASSPLAN_LIB_RING_RANDOM_RING_TESTING_H_

#include <cstdint>
#include <random>
#include <vector>

#include "lib/placement/replicas.h"

namespace cassplan::ring {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int32_t Between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  int64_t AnyToken() { return static_cast<int64_t>(engine_()); }

 private:
  std::mt19937_64 engine_;
};

struct RandomRing {
  std::vector<placement::Token> tokens;
  std::vector<int32_t> rack_of;

  placement::Node AddNode(Random& random, int32_t rack, int32_t token_count) {
    const auto node = static_cast<placement::Node>(rack_of.size());
    rack_of.push_back(rack);
    for (int32_t i = 0; i < token_count; ++i) tokens.push_back({random.AnyToken(), node});
    return node;
  }
  placement::ReplicaMap Map(placement::Strategy strategy, int32_t rf) const { return {tokens, strategy, rf, rack_of}; }
};

inline RandomRing AnyRing(Random& random) {
  RandomRing ring;
  const int32_t racks = random.Between(1, 4);
  for (int32_t i = random.Between(1, 10); i > 0; --i) {
    ring.AddNode(random, random.Between(1, racks), random.Between(1, 8));
  }
  return ring;
}

inline placement::ReplicaMap AnyMap(Random& random, const RandomRing& ring) {
  const bool simple = random.Between(0, 3) == 0;
  return ring.Map(simple ? placement::Strategy::kSimple : placement::Strategy::kNetworkTopology, random.Between(0, 5));
}

}  // namespace cassplan::ring

#endif  // CASSPLAN_LIB_RING_RANDOM_RING_TESTING_H_
