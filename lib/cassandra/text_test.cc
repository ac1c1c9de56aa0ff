#include "lib/cassandra/text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cassplan::cassandra {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

TEST(NormalizeAddress, TakesEveryFormThatCassandraPrints) {
  for (const char* text : {"127.0.0.1", "/127.0.0.1", "127.0.0.1:7000", "/127.0.0.1:7000", "host/127.0.0.1",
                           "host.example/127.0.0.1:7000", " 127.0.0.1 ", "::ffff:127.0.0.1"}) {
    EXPECT_THAT(NormalizeAddress(text), Optional(std::string("127.0.0.1"))) << text;
  }
  for (const char* text : {"2001:db8::1", "2001:DB8:0:0:0:0:0:1", "/2001:db8:0:0:0:0:0:1", "[2001:db8::1]:7000",
                           "/[2001:db8:0:0:0:0:0:1]:7000", "host/[2001:db8::1]", "2001:db8::1%eth0"}) {
    EXPECT_THAT(NormalizeAddress(text), Optional(std::string("2001:db8::1"))) << text;
  }
}

TEST(NormalizeAddress, RefusesWhatIsNone) {
  for (const char* text : {"", "/", "host", "host/<unresolved>:7000", "127.0.0", "127.0.0.256", "127.0.0.1:", "[::1",
                           "127.0.0.1:x", "[::1]x", "1:2:3"}) {
    EXPECT_EQ(NormalizeAddress(text), std::nullopt) << text;
  }
  EXPECT_EQ(NormalizeAddress(std::string(1000, '1')), std::nullopt);
  EXPECT_EQ(NormalizeAddress(absl::string_view("127.0.0.1\0x", 11)), std::nullopt);
}

TEST(ParseBytes, RoundsUp) {
  EXPECT_THAT(ParseBytes("12.1 MiB"), Optional(12687770));   // 12687769.6
  EXPECT_THAT(ParseBytes("1,23 GB"), Optional(1320702444));  // 1320702443.52
  EXPECT_THAT(ParseBytes("989 bytes"), Optional(989));
  EXPECT_THAT(ParseBytes("1 KiB"), Optional(1024));
  EXPECT_THAT(ParseBytes("1 KB"), Optional(1024));
  EXPECT_THAT(ParseBytes("117.89 KiB"), Optional(120720));  // 120719.36
  EXPECT_THAT(ParseBytes("1,234.5 KiB"), Optional(1264128));
  EXPECT_THAT(ParseBytes("0.5 bytes"), Optional(1));
  EXPECT_THAT(ParseBytes("3.7427453E7"), Optional(37427453));
  EXPECT_THAT(ParseBytes("1.5E-3"), Optional(1));
  EXPECT_THAT(ParseBytes("0"), Optional(0));
  EXPECT_THAT(ParseBytes("2.5 TiB"), Optional(2748779069440));
  EXPECT_THAT(ParseBytes("9223372036854775807"), Optional(9223372036854775807));
}

TEST(ParseBytes, RefusesWhatIsNone) {
  for (const char* text : {"", "-1 KiB", "1 XiB", "KiB", "1.2.3 KiB", "NaN", "1 2 KiB", "9223372036854775808", "1E19",
                           "9000000 PiB", "99999999999999999999999999999999999999999999", "1E999999999999", "1e"}) {
    EXPECT_EQ(ParseBytes(text), std::nullopt) << text;
  }
}

TEST(ParseInteger, IsStrict) {
  EXPECT_THAT(ParseInteger("-9223372036854775808"), Optional(std::numeric_limits<int64_t>::min()));
  for (const char* text : {"", "-", "+1", " 1", "1 ", "9223372036854775808", "0x1", "1.0"}) {
    EXPECT_EQ(ParseInteger(text), std::nullopt) << text;
  }
}

TEST(ParseOptionsText, ReadsEveryForm) {
  auto read = ParseOptionsText("SimpleStrategy {replication_factor=1}");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, "SimpleStrategy");
  EXPECT_THAT(read->options, ElementsAre(Pair("replication_factor", "1")));

  read = ParseOptionsText("{class=org.apache.cassandra.locator.NetworkTopologyStrategy, dc1=3, dc2=3/1}");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, "");
  EXPECT_THAT(read->options, ElementsAre(Pair("class", "org.apache.cassandra.locator.NetworkTopologyStrategy"),
                                         Pair("dc1", "3"), Pair("dc2", "3/1")));

  read = ParseOptionsText("{'class': 'X', \"d,c\": '3', 'it''s': 1}");
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(read->options, ElementsAre(Pair("class", "X"), Pair("d,c", "3"), Pair("it's", "1")));

  read = ParseOptionsText("LocalStrategy {}");
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(read->options, ElementsAre());
}

TEST(ParseOptionsText, RefusesBrokenText) {
  for (const char* text : {"", "x", "{", "{a", "{a=", "{a=1", "{a=1,}", "{a=1}}", "{a=1} x", "{=1}", "{a=1, a=2}",
                           "{'a", "{a={}}", "a b {c=1}"}) {
    EXPECT_FALSE(ParseOptionsText(text).has_value()) << text;
  }
}

TEST(NormalizeHostId, IsAUuid) {
  EXPECT_THAT(NormalizeHostId("2DD1871B-62cc-4a43-815c-97c146e8d32c"),
              Optional(std::string("2dd1871b-62cc-4a43-815c-97c146e8d32c")));
  for (const char* text : {"", "x", "2dd1871b-62cc-4a43-815c-97c146e8d32", "2dd1871b+62cc-4a43-815c-97c146e8d32c",
                           "2dd1871b-62cc-4a43-815c-97c146e8d32g"}) {
    EXPECT_EQ(NormalizeHostId(text), std::nullopt) << text;
  }
}

TEST(SimpleClassName, CutsThePackage) {
  EXPECT_EQ(SimpleClassName("org.apache.cassandra.locator.SimpleStrategy"), "SimpleStrategy");
  EXPECT_EQ(SimpleClassName("SimpleStrategy"), "SimpleStrategy");
}

}  // namespace
}  // namespace cassplan::cassandra
