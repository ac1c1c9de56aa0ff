#include "lib/base/fingerprint.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace cassplan::base {
namespace {

TEST(Fingerprint, IsStable) {
  // These digests are part of plans that people store: a change here is a change of format_version.
  EXPECT_EQ(FingerprintOf("").size(), 32u);
  EXPECT_EQ(FingerprintOf("cassandra", 16), FingerprintOf("cassandra").substr(0, 16));
}

TEST(Fingerprint, FieldsDoNotRunTogether) {
  EXPECT_NE(Fingerprint().Add("ab").Add("c").Hex(), Fingerprint().Add("a").Add("bc").Hex());
  EXPECT_NE(Fingerprint().Add("").Add("a").Hex(), Fingerprint().Add("a").Add("").Hex());
  EXPECT_NE(Fingerprint().Add(absl::string_view("\0", 1)).Hex(), Fingerprint().Add("").Hex());
}

TEST(Fingerprint, ManyShortInputsDiffer) {
  std::set<std::string> seen;
  for (int64_t i = 0; i < 100000; ++i) seen.insert(Fingerprint().Add(i).Hex(16));
  EXPECT_EQ(seen.size(), 100000u);
}

}  // namespace
}  // namespace cassplan::base
