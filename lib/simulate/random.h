// Random numbers that are the same everywhere: splitmix64, integers only.
#ifndef CASSPLAN_LIB_SIMULATE_RANDOM_H_
#define CASSPLAN_LIB_SIMULATE_RANDOM_H_

#include <cstdint>

namespace cassplan::simulate {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // [low, high]
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Next() % static_cast<uint64_t>(high - low + 1));
  }
  bool OneIn(int64_t n) { return Between(1, n) == 1; }

 private:
  uint64_t state_;
};

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_RANDOM_H_
