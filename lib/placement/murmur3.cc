#include "lib/placement/murmur3.h"

#include <cstddef>
#include <limits>

namespace cassplan::placement {
namespace {

constexpr uint64_t kC1 = 0x87c37b91114253d5;
constexpr uint64_t kC2 = 0x4cf5ad432745937f;

uint64_t Rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
uint64_t MixLow(uint64_t k) { return Rotate(k * kC1, 31) * kC2; }
uint64_t MixHigh(uint64_t k) { return Rotate(k * kC2, 33) * kC1; }

uint64_t Finish(uint64_t k) {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
  return k ^ (k >> 33);
}

// Little endian, on any machine.
uint64_t Block(absl::string_view bytes) {
  uint64_t block = 0;
  for (size_t i = 0; i < 8; ++i) block |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  return block;
}

// Up to eight bytes, each extended with its sign.
uint64_t Tail(absl::string_view bytes) {
  uint64_t tail = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    tail ^= static_cast<uint64_t>(int64_t{static_cast<int8_t>(bytes[i])}) << (8 * i);
  }
  return tail;
}

}  // namespace

int64_t Murmur3Token(absl::string_view key) {
  uint64_t low = 0;
  uint64_t high = 0;
  absl::string_view rest = key;
  for (; rest.size() >= 16; rest.remove_prefix(16)) {
    low = (Rotate(low ^ MixLow(Block(rest)), 27) + high) * 5 + 0x52dce729;
    high = (Rotate(high ^ MixHigh(Block({rest.data() + 8, 8})), 31) + low) * 5 + 0x38495ab5;
  }
  if (rest.size() > 8) {
    high ^= MixHigh(Tail({rest.data() + 8, rest.size() - 8}));
    rest = {rest.data(), 8};
  }
  if (!rest.empty()) low ^= MixLow(Tail(rest));
  low ^= key.size();
  high ^= key.size();
  low += high;
  high += low;
  const int64_t token = static_cast<int64_t>(Finish(low) + Finish(high));
  // The smallest number is the partitioner's "before every token".
  return token == std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::max() : token;
}

}  // namespace cassplan::placement
