#include "lib/report/page.h"

#include <gtest/gtest.h>

namespace cassplan::report {
namespace {

TEST(Safe, ControlCharactersAndBrokenBytesAreShown) {
  EXPECT_EQ(Safe("dc1\x1b[2J\n"), "dc1\\x1b[2J\\x0a");
  EXPECT_EQ(Safe("\xff\xc0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(Safe("\xc2\x9b"), "\\xc2\\x9b");           // a C1 control
  EXPECT_EQ(Safe("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // turns text round; NOLINT(misc-misleading-bidirectional)
  EXPECT_EQ(Safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(Safe("\xe2\x82"), "\\xe2\\x82");           // cut off
  EXPECT_EQ(Safe("caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(Page, WrapsBetweenWordsAndNeverCutsOne) {
  Page page(20, false);
  page.Text(2, "one two three four five six");
  page.Text(0, "a-word-that-is-longer-than-the-page x");
  EXPECT_EQ(page.Join(),
            "  one two three four\n    five six\n"
            "a-word-that-is-longer-than-the-page\n  x\n");
}

TEST(Page, ColoursOnlyWhereAsked) {
  Page plain(80, false);
  plain.Text(2, "no", Paint::kRed);
  EXPECT_EQ(plain.Join(), "  no\n");
  Page colored(80, true);
  colored.Text(2, "no", Paint::kRed);
  EXPECT_EQ(colored.Join(), "  \x1b[31mno\x1b[0m\n");
}

TEST(Page, TableColumnsAreAlignedAndNothingTrails) {
  Page page(80, false);
  page.Table(2, {{{"a", "bb", "c"}}, {{"aaa", "", ""}}, {{"a", "b", "cc"}}});
  EXPECT_EQ(page.Join(), "  a    bb  c\n  aaa\n  a    b   cc\n");
}

TEST(Page, ATooWideRowGoesOnInTheNextLine) {
  Page page(20, false);
  page.Table(0, {{{"0123456789", "0123456789"}}});
  EXPECT_EQ(page.Join(), "0123456789\n        0123456789\n");
}

TEST(Page, GapsDoNotPileUp) {
  Page page(20, false);
  page.Gap();
  page.Text(0, "a");
  page.Gap();
  page.Gap();
  page.Text(0, "b");
  EXPECT_EQ(page.Join(), "a\n\nb\n");
}

TEST(Page, CutSaysWhatIsMissing) {
  Page page(80, false);
  for (int i = 0; i < 5; ++i) page.Text(0, "x");
  page.Cut(3);
  EXPECT_EQ(page.Join(), "x\nx\n... and 3 more lines: -v\n");
}

}  // namespace
}  // namespace cassplan::report
