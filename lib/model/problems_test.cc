// Every problem: where it is, what it says.
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/model/test_messages.h"

namespace cassplan {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

struct Case {
  std::string text;
  std::vector<std::string> problems;
};

class JsonProblems : public testing::TestWithParam<Case> {};
class YamlProblems : public testing::TestWithParam<Case> {};

TEST_P(JsonProblems, SayWhatToWrite) {
  v1::PlanRequest request;
  EXPECT_THAT(model::Lines(ParseJson(GetParam().text, {}, &request)), ElementsAreArray(GetParam().problems))
      << GetParam().text;
}

TEST_P(YamlProblems, SayWhatToWrite) {
  v1::PlanRequest request;
  EXPECT_THAT(model::Lines(ParseYaml(GetParam().text, {}, &request)), ElementsAreArray(GetParam().problems))
      << GetParam().text;
}

const char kRequestFields[] = "capabilities, desired, horizon, ledger, now_seconds, observed, policy";
const std::string kLevels = "one, two, three, quorum, all, local_quorum, each_quorum, serial, local_serial, local_one";

INSTANTIATE_TEST_SUITE_P(
    Schema, JsonProblems,
    testing::Values(
        // Unknown fields.
        Case{"{\n  \"desired\": {\n    \"datacentres\": []\n  }\n}",
             {R"(3:5: desired.datacentres: unknown field "datacentres"; did you mean "datacenters"?)"}},
        Case{R"({"nowSeconds":1})", {R"(1:2: nowSeconds: unknown field "nowSeconds"; did you mean "now_seconds"?)"}},
        Case{R"({"x.y":{"a":[1]},"é":1})",
             {std::string(R"(1:2: ["x.y"]: unknown field "x.y"; the fields here are )") + kRequestFields,
              std::string(R"(1:18: ["é"]: unknown field "é"; the fields here are )") + kRequestFields}},
        // Wrong types.
        Case{"[]", {"1:1: expected a map, found a list; write a map of fields"}},
        Case{"5", {"1:1: expected a map, found 5; write a map of fields"}},
        Case{R"( "x")", {R"(1:2: expected a map, found "x"; write a map of fields)"}},
        Case{R"({"desired":5})", {"1:12: desired: expected a map, found 5; write a map of its fields"}},
        Case{R"({"desired":[{}]})", {"1:12: desired: expected a map, found a list; write a map of its fields"}},
        Case{R"({"desired":{"seeds":{}}})", {"1:21: desired.seeds: expected a list, found a map; write a list"}},
        Case{R"({"desired":{"seeds":"a"}})", {R"(1:21: desired.seeds: expected a list, found "a"; write a list)"}},
        Case{R"({"desired":{"seeds":[{},1,[]]}})",
             {"1:25: desired.seeds[1]: expected a map, found 1; write a map of its fields",
              "1:27: desired.seeds[2]: expected a map, found a list; write a map of its fields"}},
        Case{R"({"desired":{"cluster":["a"]}})",
             {"1:23: desired.cluster: expected a string, found a list; write one value"}},
        Case{R"({"desired":{"cluster":{"a":1}}})", {"1:23: desired.cluster: expected a string, found a map"}},
        Case{R"({"desired":{"cluster":5,"owner_id":true,"auto_cleanup":{}}})",
             {R"(1:23: desired.cluster: expected a string, found 5; write "5")",
              R"(1:36: desired.owner_id: expected a string, found true; write "true")",
              "1:56: desired.auto_cleanup: expected true or false, found a map"}},
        Case{R"({"desired":{"auto_cleanup":"false"}})",
             {R"(1:28: desired.auto_cleanup: expected true or false, found "false"; write false without quotes)"}},
        Case{R"({"desired":{"auto_cleanup":1}})",
             {"1:28: desired.auto_cleanup: expected true or false, found 1; write true"}},
        Case{R"({"desired":{"auto_cleanup":"maybe"}})",
             {R"(1:28: desired.auto_cleanup: expected true or false, found "maybe")"}},
        Case{R"({"desired":{"seeds":[null]}})",
             {"1:22: desired.seeds[0]: null in a list; leave the item out or write a value"}},
        // Numbers.
        Case{R"({"now_seconds":1.0})",
             {"1:16: now_seconds: expected an integer, found 1.0; write it without fraction and exponent"}},
        Case{R"({"now_seconds":1e3 })",
             {"1:16: now_seconds: expected an integer, found 1e3; write it without fraction and exponent"}},
        Case{R"({"now_seconds":"5"})",
             {R"(1:16: now_seconds: expected an integer, found "5"; write it without quotes)"}},
        Case{R"({"now_seconds":"five"})", {R"(1:16: now_seconds: expected an integer, found "five")"}},
        Case{R"({"now_seconds":false})", {"1:16: now_seconds: expected an integer, found false"}},
        Case{R"({"now_seconds":9223372036854775808})",
             {"1:16: now_seconds: 9223372036854775808 is out of range; write an integer in [-9223372036854775808, "
              "9223372036854775807]"}},
        Case{R"({"now_seconds":-9223372036854775809})",
             {"1:16: now_seconds: -9223372036854775809 is out of range; write an integer in [-9223372036854775808, "
              "9223372036854775807]"}},
        Case{R"({"desired":{"max_unavailable":2147483648}})",
             {"1:31: desired.max_unavailable: 2147483648 is out of range; write an integer in [-2147483648, "
              "2147483647]"}},
        Case{R"({"now_seconds":1e999})",
             {"1:16: now_seconds: the number is too large; write an integer of at most 64 bits"}},
        // Enums.
        Case{R"({"policy":{"levels":["one","LocalQuorum"]}})",
             {R"(1:28: policy.levels[1]: "LocalQuorum" is not a value of this field; did you mean "local_quorum"? )"
              "The values are " +
              kLevels}},
        Case{R"({"policy":{"levels":["any"]}})",
             {R"(1:22: policy.levels[0]: "any" is not a value of this field; write one of )" + kLevels}},
        Case{R"({"horizon":"HORIZON_READY"})",
             {R"(1:12: horizon: "HORIZON_READY" is not a value of this field; did you mean "ready"? The values are )"
              "ready, complete"}},
        Case{R"({"horizon":"everything"})",
             {R"(1:12: horizon: "everything" is not a value of this field; write one of ready, complete)"}},
        Case{R"({"horizon":1})", {R"(1:12: horizon: expected a name, found 1; write "ready")"}},
        Case{R"({"horizon":99999999999})",
             {"1:12: horizon: expected a name, found 99999999999; write one of ready, complete"}},
        Case{R"({"horizon":true})", {"1:12: horizon: expected a name, found true; write one of ready, complete"}},
        // Keys and oneofs.
        Case{"{\"now_seconds\":1,\n \"now_seconds\":null,\n \"now_seconds\":\"x\"}",
             {R"(2:2: now_seconds: duplicate key "now_seconds", already in line 1; keep one of them)",
              R"(3:2: now_seconds: duplicate key "now_seconds", already in line 1; keep one of them)"}},
        Case{R"({"observed":{"reports":[{"slot":{},"node":{}, "rack":null}]}})",
             {R"(1:43: observed.reports[0].node: "slot" is set already; write at most one of inventory, object, rack, )"
              "slot, volume, node, view, schema, repairs, seeds"}}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, JsonProblems,
    testing::Values(
        Case{"", {"1:1: not JSON: there is no document in the text"}},
        Case{" \n ", {"2:2: not JSON: there is no document in the text"}},
        Case{"{", {"1:2: not JSON: the text ends too early; a closing } or ] is missing"}},
        Case{"{\"now_seconds\":\n",
             {"2:1: now_seconds: not JSON: the text ends too early; a closing } or ] is missing"}},
        Case{R"({"desired":{"cluster":"abc)", {"1:23: desired.cluster: not JSON: this string has no closing quote"}},
        Case{"{} {}", {"1:4: text after the document; remove it"}},
        Case{"{}\n]", {"2:1: text after the document; remove it"}},
        Case{std::string("{}\0", 3), {"1:3: text after the document; remove it"}},
        Case{std::string("{\"a\0", 4),
             {"1:4: not JSON: invalid string: control character U+0000 (NUL) must be escaped to \\u0000"}},
        Case{std::string("[\0]", 3),
             {"1:1: expected a map, found a list; write a map of fields",
              "1:2: not JSON: a NUL byte; write \\u0000 inside a string"}},
        Case{R"({"now_seconds":1,})",
             {"1:18: now_seconds: not JSON: unexpected '}'; expected string literal; remove the comma before it"}},
        Case{R"({"now_seconds" 1})", {"1:16: now_seconds: not JSON: unexpected number literal; expected ':'"}},
        Case{R"({"now_seconds":tru})", {"1:16: now_seconds: not JSON: invalid literal"}},
        Case{R"({"now_seconds":NaN})", {"1:16: now_seconds: not JSON: invalid literal"}},
        Case{R"({"now_seconds":01})", {"1:17: now_seconds: not JSON: unexpected number literal; expected '}'"}},
        Case{"{'a':1}", {"1:2: not JSON: invalid literal; strings stand in double quotes"}},
        Case{"// x\n{}", {"1:1: not JSON: invalid literal; JSON has no comments"}},
        Case{"{\n  \"desired\": {\"cluster\": \"a\tb\"}}",
             {"2:28: desired.cluster: not JSON: invalid string: control character U+0009 (HT) must be escaped to "
              "\\u0009 or \\t"}},
        Case{R"({"desired":{"cluster":"é\ud800"}})",
             {"1:31: desired.cluster: not JSON: invalid string: surrogate U+D800..U+DBFF must be followed by "
              "U+DC00..U+DFFF"}},
        Case{"{\"desired\":{\"cluster\":\"\xff\"}}", {"1:24: byte 0xff is not UTF-8; save the text as UTF-8"}},
        Case{"{\"desired\":{\"cluster\":\"\xed\xa0\x80\"}}", {"1:24: byte 0xed is not UTF-8; save the text as UTF-8"}},
        // What was found before the text broke is told as well.
        Case{R"({"now_second":1,"horizon":"x",)",
             {R"(1:2: now_second: unknown field "now_second"; did you mean "now_seconds"?)",
              R"(1:27: horizon: "x" is not a value of this field; write one of ready, complete)",
              "1:31: horizon: not JSON: the text ends too early; a closing } or ] is missing"}}));

INSTANTIATE_TEST_SUITE_P(
    Schema, YamlProblems,
    testing::Values(
        Case{
            "desired:\n  datacenters:\n  - name: a\n  - name: dc1\n    racks:\n      - nodes: 1\n      - nodes: \"5\"\n"
            "        partition: 1.5\n        nodez: 3\n",
            {R"(7:16: desired.datacenters[1].racks[1].nodes: expected an integer, found "5"; write it without quotes)",
             "8:20: desired.datacenters[1].racks[1].partition: expected an integer, found 1.5; write it without "
             "fraction and exponent",
             R"(9:9: desired.datacenters[1].racks[1].nodez: unknown field "nodez"; did you mean "nodes"?)"}},
        Case{"desired: {auto_cleanup: yes, cluster: [a]}\nnow_seconds: 1_000\n",
             {R"(1:25: desired.auto_cleanup: expected true or false, found "yes"; write true)",
              "1:39: desired.cluster: expected a string, found a list; write one value",
              R"(2:14: now_seconds: expected an integer, found "1_000")"}},
        Case{"now_seconds: 99999999999999999999\nhorizon: 2\n",
             {"1:14: now_seconds: 99999999999999999999 is out of range; write an integer in [-9223372036854775808, "
              "9223372036854775807]",
              R"(2:10: horizon: expected a name, found 2; write "complete")"}},
        Case{"policy:\n  levels: [one, local-quorum]\n",
             {R"(2:17: policy.levels[1]: "local-quorum" is not a value of this field; did you mean "local_quorum"? )"
              "The values are " +
              kLevels}},
        Case{"policy:\n  levels:\n  - one\n  -\n",
             {"4:4: policy.levels[1]: null in a list; leave the item out or write a value"}},
        Case{"now_seconds: 1\n\"now_seconds\": 2\n",
             {R"(2:1: now_seconds: duplicate key "now_seconds", already in line 1; keep one of them)"}},
        Case{"- a\n", {"1:1: expected a map, found a list; write a map of fields"}},
        Case{"just text", {R"(1:1: expected a map, found "just text"; write a map of fields)"}}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, YamlProblems,
    testing::Values(
        Case{"now_seconds: &a 5\nhorizon: ready\nledger: *a\n",
             {"1:14: now_seconds: anchors (&) are not supported; write the value where it is used",
              "3:9: ledger: aliases (*) are not supported; write the value itself"}},
        Case{"desired: &d\n  cluster: x\n",
             {"1:10: desired: anchors (&) are not supported; write the value where it is used"}},
        Case{"desired: *nowhere\n", {"1:10: desired: aliases (*) are not supported; write the value itself"}},
        Case{"*a : 1\n", {"1:1: aliases (*) are not supported; write the value itself"}},
        Case{"desired: {seeds: &s [*s]}\n",
             {"1:18: desired.seeds: anchors (&) are not supported; write the value where it is used",
              "1:22: desired.seeds[0]: aliases (*) are not supported; write the value itself"}},
        Case{"now_seconds: !!int 5\n", {"1:14: now_seconds: tags (!) are not supported; leave the tag out"}},
        Case{"desired: !x {cluster: ! a}\n",
             {"1:10: desired: tags (!) are not supported; leave the tag out",
              "1:23: desired.cluster: tags (!) are not supported; leave the tag out"}},
        Case{"<<: {now_seconds: 1}\n", {"1:1: merge keys (<<) are not supported; write the fields themselves"}},
        Case{"now_seconds: 1\n---\nnow_seconds: 2\n",
             {"2:1: a second document or text after the first; write one document"}},
        Case{"now_seconds: 1\n---\n", {"2:1: a second document or text after the first; write one document"}},
        Case{"now_seconds: 1\n...\ntext\n", {"3:1: a second document or text after the first; write one document"}},
        Case{"{} x\n", {"1:4: a second document or text after the first; write one document"}},
        Case{"? [a]\n: b\n", {"1:3: a list or map cannot be a key, or its closing bracket is missing"}},
        Case{"~: b\n", {"1:1: a key is missing or null; write a text, in quotes"}},
        Case{"desired:\n\tcluster: x\n",
             {R"(2:2: desired: expected a map, found "cluster"; write a map of its fields)",
              "2:9: desired: not YAML: illegal map value; indent with spaces, not with tabs"}},
        Case{"desired: {cluster: x\n", {"2:1: desired.cluster: not YAML: end of map flow not found"}},
        Case{"desired:\n  cluster: \"abc\n", {"2:12: desired.cluster: not YAML: this string has no closing quote"}},
        Case{"desired:\n  cluster: 'it''s\n", {"2:12: desired.cluster: not YAML: this string has no closing quote"}},
        Case{"desired:\n  cluster: \"a\\\u00e9\"\n", {"2:15: desired.cluster: not YAML: unknown escape character"}},
        Case{"now_seconds: \x04 5\n",
             {"1:14: control character 0x04 is not allowed in YAML; write it as \\x04 in double quotes"}},
        Case{"now_seconds: \xc0\x80\n", {"1:14: byte 0xc0 is not UTF-8; save the text as UTF-8"}}));

TEST(FormatProblem, LeavesOutWhatIsNotKnown) {
  Problem problem;
  problem.message = "wrong";
  EXPECT_EQ(FormatProblem(problem), "wrong");
  problem.location.set_path("a.b");
  EXPECT_EQ(FormatProblem(problem), "a.b: wrong");
  problem.location.set_file("f.yaml");
  EXPECT_EQ(FormatProblem(problem), "f.yaml: a.b: wrong");
  problem.location.set_line(3);
  EXPECT_EQ(FormatProblem(problem), "f.yaml:3: a.b: wrong");
  problem.location.set_column(7);
  EXPECT_EQ(FormatProblem(problem), "f.yaml:3:7: a.b: wrong");
  problem.location.clear_path();
  EXPECT_EQ(FormatProblem(problem), "f.yaml:3:7: wrong");
}

TEST(Problems, HaveTheirPlaceInFields) {
  ParseOptions options;
  options.file = "in.json";
  v1::PlanRequest request;
  const std::vector<Problem> problems = ParseJson("{\"desired\":\n {\"seeds\":[{\"rack\":1}]}}", options, &request);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].location.file(), "in.json");
  EXPECT_EQ(problems[0].location.line(), 2);
  EXPECT_EQ(problems[0].location.column(), 20);
  EXPECT_EQ(problems[0].location.path(), "desired.seeds[0].rack");
}

TEST(Problems, CarriageReturnsDoNotCount) {
  v1::PlanRequest request;
  EXPECT_THAT(model::Lines(ParseYaml("desired:\r\n  cluster: a\r\n  x: 1\r\n", {}, &request)).size(), 1u);
  EXPECT_THAT(model::Lines(ParseJson("{\"now_seconds\":\r\n \"é\"}", {}, &request)),
              ElementsAre(R"(2:2: now_seconds: expected an integer, found "é")"));
}

}  // namespace
}  // namespace cassplan
