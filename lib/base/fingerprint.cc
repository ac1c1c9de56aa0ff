#include "lib/base/fingerprint.h"

namespace cassplan::base {
namespace {

// The finaliser of Murmur3 (public domain): every input bit reaches every output bit.
uint64_t Scramble(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

uint64_t Rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

// The bytes as a little-endian word, on every machine.
uint64_t Load(const unsigned char* data, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word |= static_cast<uint64_t>(data[i]) << (8 * i);
  return word;
}

}  // namespace

void Fingerprint::Mix(const unsigned char* data, size_t size) {
  auto take = [this](uint64_t w) {
    low_ = Rotate(low_ ^ Scramble(w + 0x9e3779b97f4a7c15ULL), 27) * 5 + 0x52dce729;
    high_ = Rotate(high_ ^ Scramble(w ^ low_), 31) * 5 + 0x38495ab5;
  };
  const size_t words = size / 8;
  for (size_t i = 0; i < words; ++i) take(Load(data + 8 * i, 8));
  take(Load(data + 8 * words, size % 8));
  take(static_cast<uint64_t>(size));
}

Fingerprint& Fingerprint::Add(absl::string_view bytes) {
  Mix(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return *this;
}

Fingerprint& Fingerprint::Add(int64_t value) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(static_cast<uint64_t>(value) >> (8 * i));
  Mix(bytes, sizeof(bytes));
  return *this;
}

std::pair<uint64_t, uint64_t> Fingerprint::Words() const {
  const uint64_t a = Scramble(low_ + Rotate(high_, 17));
  return {a, Scramble(high_ ^ a)};
}

std::string Fingerprint::Hex(int digits) const {
  const auto [a, b] = Words();
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(static_cast<size_t>(digits), '0');
  for (int i = 0; i < digits; ++i) {
    const uint64_t word = i < 16 ? a : b;
    out[static_cast<size_t>(i)] = kDigits[(word >> (60 - 4 * (i % 16))) & 15];
  }
  return out;
}

std::string FingerprintOf(absl::string_view bytes, int digits) { return Fingerprint().Add(bytes).Hex(digits); }

}  // namespace cassplan::base
