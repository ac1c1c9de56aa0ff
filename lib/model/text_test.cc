#include "lib/model/text.h"

#include <string>

#include "gtest/gtest.h"
#include "lib/model/diagnostics.h"

namespace cassplan::model {
namespace {

std::string JsonString(absl::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

TEST(Utf8, FindsTheFirstBadByte) {
  constexpr size_t kNone = absl::string_view::npos;
  EXPECT_EQ(FindInvalidUtf8(""), kNone);
  EXPECT_EQ(FindInvalidUtf8("ascii, long enough for two words at a time"), kNone);
  EXPECT_EQ(FindInvalidUtf8("\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"), kNone);
  EXPECT_EQ(FindInvalidUtf8("12345678\x80"), 8u);
  EXPECT_EQ(FindInvalidUtf8("ab\xc3"), 2u);
  for (const char* bad :
       {"\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xfe", "\xff", "\xe2\x82", "\xe2\x28\xa1", "\xf0\x9f\x98"}) {
    EXPECT_EQ(FindInvalidUtf8(bad), 0u) << JsonString(bad);
  }
}

TEST(JsonString, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(JsonString(""), "\"\"");
  EXPECT_EQ(JsonString("a/b\x7f\u00e9\u2028"), "\"a/b\x7f\u00e9\u2028\"");
  EXPECT_EQ(JsonString("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(JsonString(absl::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(JsonString("\xe2\x82"), "\"\uFFFD\uFFFD\"");
}

TEST(Quoted, CutsBetweenCharacters) {
  EXPECT_EQ(Quoted("abc"), "\"abc\"");
  const std::string text = std::string(59, 'x') + "\u00e9" + "tail";
  EXPECT_EQ(Quoted(text), "\"" + std::string(59, 'x') + "...\"");
}

TEST(Closest, FindsWhatWasMeant) {
  EXPECT_EQ(Closest("nodesPerRack", {"nodes_per_rack", "nodes"}), "nodes_per_rack");
  EXPECT_EQ(Closest("nodez", {"name", "nodes", "racks"}), "nodes");
  EXPECT_EQ(Closest("xyz", {"name", "nodes", "racks"}), "");
  EXPECT_EQ(Closest("a", {"b"}), "");
  EXPECT_EQ(Closest("", {"b"}), "");
  EXPECT_EQ(Closest(std::string(1000000, 'a'), {"a"}), "");
}

TEST(AppendKey, QuotesWhatIsNoWord) {
  std::string path;
  AppendKey("a-b_C1", &path);
  AppendKey("x.y", &path);
  AppendKey("", &path);
  AppendKey("z", &path);
  EXPECT_EQ(path, R"(a-b_C1["x.y"][""].z)");
}

// Against counting from the start, in any order of questions.
TEST(Diagnostics, LocatesEveryByte) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += i % 37 == 0 ? "\n" : i % 5 == 0 ? "\u20ac" : "x";
  const ParseOptions options;
  Diagnostics forward(text, options);
  Diagnostics jumping(text, options);
  int line = 1;
  int column = 1;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      EXPECT_EQ(forward.Locate(i).line, line) << i;
      EXPECT_EQ(forward.Locate(i).column, column) << i;
      jumping.Locate((i * 7919) % text.size());
      EXPECT_EQ(jumping.Locate(i).line, line) << i;
      EXPECT_EQ(jumping.Locate(i).column, column) << i;
      ++column;
    }
    if (i < text.size() && text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  EXPECT_EQ(forward.Locate(text.size() + 100).line, line);
}

}  // namespace
}  // namespace cassplan::model
