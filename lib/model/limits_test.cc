// Texts that somebody made to hurt.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/model/document.h"
#include "lib/model/test_messages.h"
#include "lib/model/text.h"

namespace cassplan {
namespace {

using model::Lines;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr size_t kMiB = 1u << 20;

std::string Repeated(absl::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) absl::StrAppend(&text, piece);
  return text;
}

std::vector<std::string> Json(absl::string_view text, const ParseOptions& options = {}) {
  v1::PlanRequest request;
  return Lines(ParseJson(text, options, &request));
}

std::vector<std::string> Yaml(absl::string_view text, const ParseOptions& options = {}) {
  v1::PlanRequest request;
  return Lines(ParseYaml(text, options, &request));
}

std::vector<std::string> JsonDocument(absl::string_view text, const ParseOptions& options = {}) {
  model::Value value;
  return Lines(model::ParseJsonDocument(text, options, &value));
}

std::vector<std::string> YamlDocument(absl::string_view text, const ParseOptions& options = {}) {
  model::Value value;
  return Lines(model::ParseYamlDocument(text, options, &value));
}

TEST(Limits, Bytes) {
  ParseOptions options;
  options.file = "f.json";
  options.max_bytes = 1;
  EXPECT_THAT(Json("{}", options), ElementsAre("f.json: the text has 2 bytes; at most 1 are read"));
  EXPECT_THAT(YamlDocument("{}", options), ElementsAre("f.json: the text has 2 bytes; at most 1 are read"));
  options.max_bytes = 2;
  EXPECT_THAT(Json("{}", options), IsEmpty());
}

TEST(Limits, YamlHasAtMostOneMebibyte) {
  EXPECT_THAT(Yaml(std::string(kMiB, '\n')), IsEmpty());
  EXPECT_THAT(Yaml(std::string(kMiB + 1, '\n')), ElementsAre("the text has 1048577 bytes; at most 1048576 are read"));
  EXPECT_THAT(YamlDocument(std::string(kMiB + 1, '\n')), SizeIs(1));
}

TEST(Limits, DepthOfJson) {
  EXPECT_THAT(JsonDocument(std::string(64, '[') + std::string(64, ']')), IsEmpty());
  EXPECT_THAT(JsonDocument(std::string(65, '[') + std::string(65, ']')), SizeIs(1));
  EXPECT_THAT(Json(std::string(10 * kMiB, '[')), ElementsAre("1:1: expected a map, found a list; write a map of fields",
                                                             "1:65: nested deeper than 64 levels"));
  EXPECT_THAT(Json(Repeated(R"({"desired":)", 10 * kMiB)), SizeIs(2));
  ParseOptions options;
  options.max_depth = 1000000;  // no more than what the machine can bear
  options.ignore_unknown_fields = true;
  EXPECT_THAT(Json(Repeated(R"({"a":)", 10 * kMiB), options), ElementsAre("1:2001: nested deeper than 400 levels"));
  EXPECT_THAT(JsonDocument(std::string(10 * kMiB, '['), options), SizeIs(1));
}

TEST(Limits, DepthOfYaml) {
  ParseOptions options;
  options.max_depth = 3;
  EXPECT_THAT(YamlDocument("- - - a", options), IsEmpty());
  EXPECT_THAT(YamlDocument("- - - - a", options), ElementsAre("1:7: [0][0][0]: nested deeper than 3 levels"));
  EXPECT_THAT(YamlDocument("a:\n  b:\n    c: d\n", options), IsEmpty());
  EXPECT_THAT(YamlDocument("a:\n  b:\n    c: {}\n", options), ElementsAre("3:8: a.b.c: nested deeper than 3 levels"));
  options.max_depth = 1000000;
  EXPECT_THAT(YamlDocument(Repeated("- ", kMiB), options), SizeIs(1));
  EXPECT_THAT(YamlDocument(std::string(399, '[') + std::string(399, ']'), options), IsEmpty());
  EXPECT_THAT(YamlDocument(std::string(401, '[') + std::string(401, ']'), options), SizeIs(1));
}

TEST(Limits, Problems) {
  ParseOptions options;
  options.max_problems = 3;
  EXPECT_THAT(Json(R"({"a":1,"b":1,"c":1,"d":1,)", options), SizeIs(3));
  EXPECT_THAT(Yaml("a: 1\nb: 1\nc: 1\nd: 1\n", options), SizeIs(3));
  EXPECT_THAT(JsonDocument(R"({"a":1,"a":1,"a":1,"a":1,"a":1})", options), SizeIs(3));
  options.max_problems = 0;  // a broken text still has one
  EXPECT_THAT(Json(R"({"a":1,"b":1,"c":1,"d":1,)", options), SizeIs(1));
}

// Every way to read ends soon, with valid UTF-8 in its problems, whatever the text repeats.
void ReadAll(const std::string& text) {
  for (const auto& lines : {Json(text), Yaml(text), JsonDocument(text), YamlDocument(text)}) {
    for (const std::string& line : lines) {
      EXPECT_EQ(model::FindInvalidUtf8(line), absl::string_view::npos) << absl::StrCat(text.substr(0, 20), " ", line);
      EXPECT_LT(line.size(), 1000u) << text.substr(0, 20);
    }
  }
}

TEST(Hostile, RepeatedPieces) {
  const std::vector<std::string> pieces = {"[",
                                           "{",
                                           "- ",
                                           "? ",
                                           "&a ",
                                           "*a ",
                                           "!a ",
                                           "\"",
                                           "'",
                                           "|\n",
                                           ">\n",
                                           "a: ",
                                           "[?",
                                           "{?",
                                           "[a: ",
                                           "{a: ",
                                           "-\n",
                                           ": ",
                                           "a:\n",
                                           "--- ",
                                           "...",
                                           "%a\n",
                                           "# \n",
                                           "\t",
                                           "\n",
                                           ",",
                                           "a,",
                                           "[]",
                                           "{}\n",
                                           "? - ",
                                           "\\",
                                           "\"\\",
                                           "\u00e9",
                                           " ",
                                           "1",
                                           "\"a\" ",
                                           "- a\n",
                                           "&a\n",
                                           "!!",
                                           "!<",
                                           "[a,",
                                           "{a,",
                                           "[&a ",
                                           "\"a\":",
                                           "[:",
                                           "{:",
                                           "''",
                                           "- |\n a\n",
                                           "<<: ",
                                           "- ? ",
                                           "`",
                                           "@",
                                           "{\"a\":",
                                           "[1,",
                                           "\\u",
                                           "\"\\ud800\",",
                                           "1e9",
                                           "//",
                                           "/*",
                                           "true",
                                           "a:\n - ",
                                           "\xff",
                                           "\xc3",
                                           "\r",
                                           std::string("\0", 1)};
  for (const std::string& piece : pieces) ReadAll(Repeated(piece, kMiB / 16));
}

TEST(Hostile, EveryByteAlone) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    for (const std::string& text : {c, "{" + c, "[" + c, "a: " + c, "\"" + c, "\"\\" + c, "\"\\" + c + "\"", c + c,
                                    "{\"desired\":" + c + "}", "{}" + c, "desired:\n" + c, "x" + c + "x"}) {
      ReadAll(text);
    }
  }
}

TEST(Hostile, EveryPrefixOfAGoodText) {
  const std::string json = R"({"desired":{"cluster":"caf\u00e9é","seeds":[{"ordinal":12}]},"now_seconds":-3})";
  const std::string yaml = "desired:\n  cluster: \"é\\\"\"\n  seeds:\n  - {ordinal: 1, rack: 'r'}\nnow_seconds: 5\n";
  for (size_t i = 0; i < json.size(); ++i) {
    EXPECT_THAT(Json(json.substr(0, i)), SizeIs(1)) << json.substr(0, i);
    ReadAll(json.substr(0, i));
  }
  for (size_t i = 0; i < yaml.size(); ++i) ReadAll(yaml.substr(0, i));
}

TEST(Hostile, ManyMembersInOneMap) {
  std::string json = "{";
  std::string yaml;
  for (int i = 0; i < 50000; ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ",", "\"k", i, "\":0");
    absl::StrAppend(&yaml, "k", i, ": 0\n");
  }
  json += "}";
  EXPECT_THAT(JsonDocument(json), IsEmpty());
  EXPECT_THAT(YamlDocument(yaml), IsEmpty());
  EXPECT_THAT(Json(json), SizeIs(100));
}

TEST(Hostile, LongWordsAreCut) {
  const std::string word(100000, 'x');
  for (const std::string& line : Json(absl::StrCat(R"({")", word, R"(":1})"))) EXPECT_LT(line.size(), 400u);
  for (const std::string& line : Json(absl::StrCat(R"({"horizon":")", word, R"("})"))) EXPECT_LT(line.size(), 400u);
}

}  // namespace
}  // namespace cassplan
