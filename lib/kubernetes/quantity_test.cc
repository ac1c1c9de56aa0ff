#include "lib/kubernetes/quantity.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace cassplan::kubernetes {
namespace {

struct Good {
  const char* text;
  int64_t whole;
  int64_t milli;
  const char* canonical;
};

class GoodQuantity : public testing::TestWithParam<Good> {};

TEST_P(GoodQuantity, IsReadAndWrittenBack) {
  const Good& good = GetParam();
  const absl::StatusOr<Quantity> quantity = ParseQuantity(good.text);
  ASSERT_TRUE(quantity.ok()) << quantity.status();
  EXPECT_EQ(WholeUnits(*quantity), good.whole);
  EXPECT_EQ(static_cast<int64_t>(MilliUnits(*quantity)), good.milli);
  EXPECT_EQ(FormatQuantity(*quantity), good.canonical);
  const absl::StatusOr<Quantity> again = ParseQuantity(good.canonical);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(*again == *quantity);
  EXPECT_EQ(FormatQuantity(*again), good.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodQuantity,
    testing::Values(Good{"0", 0, 0, "0"}, Good{"10", 10, 10000, "10"}, Good{"+5", 5, 5000, "5"},
                    Good{"-1", -1, -1000, "-1"}, Good{"1.5Gi", 1610612736, 1610612736000, "1536Mi"},
                    Good{"200Mi", 209715200, 209715200000, "200Mi"}, Good{"1024Mi", 1073741824, 1073741824000, "1Gi"},
                    Good{"1Gi", 1073741824, 1073741824000, "1Gi"}, Good{"0.5Gi", 536870912, 536870912000, "512Mi"},
                    Good{"512Ki", 524288, 524288000, "512Ki"}, Good{"0.5Ki", 512, 512000, "512"},
                    Good{"1e3", 1000, 1000000, "1e3"}, Good{"1E3", 1000, 1000000, "1e3"},
                    Good{"12e-1", 2, 1200, "1200e-3"}, Good{"500m", 1, 500, "500m"}, Good{"0.5", 1, 500, "500m"},
                    Good{".5", 1, 500, "500m"}, Good{"1.", 1, 1000, "1"}, Good{"-500m", -1, -500, "-500m"},
                    Good{"1000m", 1, 1000, "1"}, Good{"1500m", 2, 1500, "1500m"}, Good{"100u", 1, 1, "100u"},
                    Good{"1n", 1, 1, "1n"}, Good{"0.1n", 1, 1, "1n"}, Good{"1k", 1000, 1000000, "1k"},
                    Good{"1000k", 1000000, 1000000000, "1M"}, Good{"1.5G", 1500000000, 1500000000000, "1500M"},
                    Good{"1Ti", 1099511627776, 1099511627776000, "1Ti"},
                    Good{"1P", 1000000000000000, 1000000000000000000, "1P"}, Good{"0.001Ki", 2, 1024, "1024m"},
                    Good{"000010", 10, 10000, "10"}, Good{"0.000000000000000000001", 1, 1, "1n"}));

TEST(Quantity, LargestValues) {
  const absl::StatusOr<Quantity> largest = ParseQuantity("9223372036854775807");
  ASSERT_TRUE(largest.ok());
  EXPECT_EQ(WholeUnits(*largest), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(FormatQuantity(*largest), "9223372036854775807");
  const absl::StatusOr<Quantity> least = ParseQuantity("-9223372036854775807");
  ASSERT_TRUE(least.ok());
  EXPECT_EQ(WholeUnits(*least), -std::numeric_limits<int64_t>::max());
  EXPECT_EQ(FormatQuantity(*ParseQuantity("7Ei")), "7Ei");
  EXPECT_EQ(FormatQuantity(*ParseQuantity("1E")), "1E");
  EXPECT_TRUE(MilliUnits(*ParseQuantity("1E")) == absl::int128(1000000000000000000) * 1000);
}

TEST(Quantity, WhatIsTooLargeIsRefused) {
  for (const char* text : {"9223372036854775808", "8Ei", "10E", "1e19", "1e60", "99999999999999999999999999999999999P",
                           "9007199254740992Ki", "0.000000001e30", "8192Pi"}) {
    EXPECT_FALSE(ParseQuantity(text).ok()) << text;
  }
  EXPECT_EQ(ParseQuantity("8Ei").status().message(), "\"8Ei\" is more than 2^63-1");
}

TEST(Quantity, WhatIsNoQuantityIsRefused) {
  for (const char* text :
       {"",      " ",     "-",     "+",   ".",     "Gi",    "1 Gi",
        " 1",    "1 ",    "1GiB",  "1gi", "1mi",   "1K",    "1.2.3",
        "1e",    "1e3.5", "1e 3",  "e3",  "--1",   "1e3Gi", "0x10",
        "1_000", "ten",   "1,5Gi", "1e+", "1e100", "\xff",  "1111111111111111111111111111111111111"}) {
    EXPECT_FALSE(ParseQuantity(text).ok()) << text;
  }
  EXPECT_EQ(ParseQuantity("1GB").status().message(),
            "\"1GB\" is not a quantity; write a number with an optional unit, such as 500m, 10 or 1.5Gi");
}

TEST(Quantity, NotationDoesNotMatterToComparison) {
  EXPECT_TRUE(*ParseQuantity("1024Mi") == *ParseQuantity("1Gi"));
  EXPECT_TRUE(*ParseQuantity("1000m") == *ParseQuantity("1"));
  EXPECT_TRUE(*ParseQuantity("1G") < *ParseQuantity("1Gi"));
  EXPECT_FALSE(*ParseQuantity("1Gi") < *ParseQuantity("1024Mi"));
}

}  // namespace
}  // namespace cassplan::kubernetes
