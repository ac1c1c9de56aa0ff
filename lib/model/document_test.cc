#include "lib/model/document.h"

#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/model/scalar.h"
#include "lib/model/test_messages.h"

namespace cassplan::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Value Json(absl::string_view text) {
  Value value;
  EXPECT_THAT(Lines(ParseJsonDocument(text, {}, &value)), IsEmpty()) << text;
  return value;
}

Value Yaml(absl::string_view text) {
  Value value;
  EXPECT_THAT(Lines(ParseYamlDocument(text, {}, &value)), IsEmpty()) << text;
  return value;
}

void ExpectSameTree(const Value& a, const Value& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.bool_value, b.bool_value);
  EXPECT_EQ(a.int_value, b.int_value);
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.quoted, b.quoted);
  EXPECT_EQ(std::tie(a.line, a.column, a.key_line, a.key_column), std::tie(b.line, b.column, b.key_line, b.key_column));
  ASSERT_EQ(a.items.size(), b.items.size());
  for (size_t i = 0; i < a.items.size(); ++i) ExpectSameTree(a.items[i], b.items[i]);
  ASSERT_EQ(a.members.size(), b.members.size());
  for (size_t i = 0; i < a.members.size(); ++i) {
    EXPECT_EQ(a.members[i].first, b.members[i].first);
    ExpectSameTree(a.members[i].second, b.members[i].second);
  }
}

TEST(Document, OfJson) {
  const Value value =
      Json("{\"b\": [1, -2.50, \"x\",\n  null, true], \"é\": {\"a\": {}}, \"c\": 99999999999999999999}");
  ASSERT_TRUE(value.IsMap());
  EXPECT_EQ(value.members[0].first, "b");  // as written
  const Value* list = value.Find("b");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items.size(), 5u);
  EXPECT_EQ(std::tie(list->line, list->column, list->key_line, list->key_column), std::make_tuple(1, 7, 1, 2));
  EXPECT_EQ(list->items[0].kind, Kind::kInt);
  EXPECT_EQ(list->items[0].int_value, 1);
  EXPECT_EQ(list->items[1].kind, Kind::kDouble);
  EXPECT_EQ(list->items[1].text, "-2.50");
  EXPECT_EQ(list->items[2].kind, Kind::kString);
  EXPECT_TRUE(list->items[2].quoted);
  EXPECT_TRUE(list->items[3].IsNull());
  EXPECT_EQ(std::tie(list->items[3].line, list->items[3].column), std::make_tuple(2, 3));
  EXPECT_TRUE(list->items[4].bool_value);
  EXPECT_EQ(list->items[4].text, "true");
  EXPECT_EQ(value.Find("é")->Find("a")->kind, Kind::kMap);
  EXPECT_EQ(value.Find("é")->key_column, 16);
  EXPECT_EQ(value.Find("c")->kind, Kind::kDouble);
  EXPECT_EQ(value.Find("nothing"), nullptr);
  EXPECT_EQ(list->Find("b"), nullptr);
}

TEST(Document, OfYaml) {
  const Value value = Yaml("a: no\nb:\n- \"no\"\n- 'x'\n- |\n  t\n- 0644\n- ~\n5: {k: null}\n");
  EXPECT_EQ(value.Find("a")->kind, Kind::kString);
  EXPECT_FALSE(value.Find("a")->quoted);
  const Value& list = *value.Find("b");
  EXPECT_TRUE(list.items[0].quoted);
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_TRUE(list.items[2].quoted);
  EXPECT_EQ(list.items[2].text, "t\n");
  EXPECT_EQ(list.items[3].int_value, 644);
  EXPECT_EQ(list.items[3].text, "0644");
  EXPECT_EQ(list.items[4].text, "~");
  EXPECT_EQ(value.Find("5")->Find("k")->text, "null");
  EXPECT_EQ(std::tie(list.line, list.column, list.key_line, list.key_column), std::make_tuple(3, 1, 2, 1));
  EXPECT_EQ(std::tie(list.items[2].line, list.items[2].column), std::make_tuple(5, 3));
}

TEST(Document, JsonIsTheSameTreeAsYaml) {
  for (const char* text : {R"({"a": [1, -5, 1.5e3, "x", null, true, false, {"b": "\u00e9"}], "c": {}, "d": []})", "[]",
                           "5", "\"no\"", "null", "{\n  \"a\": {\n    \"b\": [\n      1,\n      {}\n    ]\n  }\n}"}) {
    ExpectSameTree(Json(text), Yaml(text));
  }
}

TEST(Document, OfAnEmptyYamlIsNull) {
  EXPECT_TRUE(Yaml("").IsNull());
  EXPECT_TRUE(Yaml("# nothing\n").IsNull());
}

TEST(Document, DuplicateKeys) {
  Value value;
  const std::vector<std::string> json =
      Lines(ParseJsonDocument("{\"l\":[0,{\"x.y\":1,\"b\":2,\n\"x.y\":3}], \"l\":0}", {}, &value));
  EXPECT_THAT(json, ElementsAre(R"(2:1: l[1]["x.y"]: duplicate key "x.y", already in line 1; keep one of them)",
                                R"(2:12: l: duplicate key "l", already in line 1; keep one of them)"));
  EXPECT_THAT(Lines(ParseYamlDocument("a:\n  b: 1\n  'b': 2\n", {}, &value)),
              ElementsAre(R"(3:3: a.b: duplicate key "b", already in line 2; keep one of them)"));
}

TEST(Document, RefusesWhatYamlCanDoBeyondJson) {
  Value value;
  EXPECT_THAT(Lines(ParseYamlDocument("a: &x [1]\nb: [*x, !t 5]\n", {}, &value)),
              ElementsAre("1:4: a: anchors (&) are not supported; write the value where it is used",
                          "2:5: b[0]: aliases (*) are not supported; write the value itself",
                          "2:9: b[1]: tags (!) are not supported; leave the tag out"));
  EXPECT_THAT(Lines(ParseYamlDocument("a: 1\n---\nb: 2\n", {}, &value)),
              ElementsAre("2:1: a second document or text after the first; write one document"));
}

TEST(Document, SyntaxProblemsHaveTheirPath) {
  Value value;
  EXPECT_THAT(Lines(ParseJsonDocument(R"({"items":[{"metadata":{"labels":{"app.io/x":tru}}}]})", {}, &value)),
              ElementsAre(R"(1:45: items[0].metadata.labels["app.io/x"]: not JSON: invalid literal)"));
}

TEST(CanonicalJson, SortsAndNormalizes) {
  EXPECT_EQ(CanonicalJson(Json(R"( {"b" : [ 1 , 2.50, -0, "\u0041\n" ], "a":{"z":null,"B":true,"é":1}} )")),
            R"({"a":{"B":true,"z":null,"é":1},"b":[1,2.50,0,"A\n"]})");
  EXPECT_EQ(CanonicalJson(Json("[{},[]]")), "[{},[]]");
}

TEST(CanonicalJson, ResolvesYamlByItsCoreSchema) {
  EXPECT_EQ(CanonicalJson(Yaml("[null, Null, ~, '~', True, FALSE, tRUE, yes, on, 1, +2, -3, 007, 0x1F, 0o17, 0b1, "
                               "1_0, 1.50, .5, -.5, 1., +1.e5, 007.5, 1e3, .inf, -.Inf, .NAN, 12:30, 2024-01-01, "
                               "99999999999999999999, 0x, 0x-1, '', \"5\", 1e, ., +, -1.5E-3]")),
            R"([null,null,null,"~",true,false,"tRUE","yes","on",1,2,-3,7,31,15,"0b1",)"
            R"("1_0",1.50,0.5,-0.5,1.0,1.0e5,7.5,1e3,".inf","-.Inf",".NAN","12:30","2024-01-01",)"
            R"(99999999999999999999,"0x","0x-1","","5","1e",".","+",-1.5E-3])");
}

TEST(CanonicalJson, OfYamlAndJsonIsEqual) {
  EXPECT_EQ(CanonicalJson(Yaml("b: 5\na:\n- x: true\n  w: \"1\"\n")),
            CanonicalJson(Json(R"({"a":[{"w":"1","x":true}],"b":5})")));
}

TEST(CanonicalJson, IsItsOwnCanonicalForm) {
  const std::string text = CanonicalJson(Yaml("[.5, 0x10, .inf, a, {c: d}]"));
  EXPECT_EQ(CanonicalJson(Json(text)), text);
}

TEST(KindName, OfEveryKind) {
  EXPECT_EQ(KindName(Kind::kNull), "null");
  EXPECT_EQ(KindName(Kind::kBool), "true or false");
  EXPECT_EQ(KindName(Kind::kInt), "an integer");
  EXPECT_EQ(KindName(Kind::kDouble), "a number");
  EXPECT_EQ(KindName(Kind::kString), "a string");
  EXPECT_EQ(KindName(Kind::kList), "a list");
  EXPECT_EQ(KindName(Kind::kMap), "a map");
}

}  // namespace
}  // namespace cassplan::model
