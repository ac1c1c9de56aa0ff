// What is written can be read, and reads the same.
#include <set>
#include <string>

#include "cassplan/codec.h"
#include "cassplan/v1/planner.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "lib/model/schema_forms.h"
#include "lib/model/test_messages.h"

namespace cassplan {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using model::Lines;
using testing::ElementsAre;
using testing::IsEmpty;

template <typename T>
T FromJson(absl::string_view text) {
  T message;
  EXPECT_THAT(Lines(ParseJson(text, {}, &message)), IsEmpty()) << text;
  return message;
}

template <typename T>
T FromYaml(absl::string_view text) {
  T message;
  EXPECT_THAT(Lines(ParseYaml(text, {}, &message)), IsEmpty()) << text;
  return message;
}

TEST(WriteJson, IsCanonical) {
  v1::Desired desired;
  desired.set_cluster("caf\u00e9 \"x\" \\ / \x01 \n\t\x7f");
  desired.set_auto_cleanup(false);
  desired.add_datacenters()->set_name("dc1");
  v1::DesiredRack* rack = desired.mutable_datacenters(0)->add_racks();
  rack->set_nodes(3);
  rack->mutable_volume();
  desired.add_operations()->set_kind(v1::ACTION_KIND_RESTART_NODE);
  desired.mutable_operations(0)->mutable_target()->set_ordinal(0);
  desired.mutable_operations(0)->add_keyspaces("ks");
  desired.add_datacenters();
  EXPECT_EQ(WriteJson(desired),
            R"({
  "auto_cleanup": false,
  "cluster": "café \"x\" \\ / \u0001 \n\t)"
            "\x7f"
            R"(",
  "datacenters": [
    {
      "name": "dc1",
      "racks": [
        {
          "nodes": 3,
          "volume": {}
        }
      ]
    },
    {}
  ],
  "operations": [
    {
      "keyspaces": [
        "ks"
      ],
      "kind": "restart_node",
      "target": {
        "ordinal": 0
      }
    }
  ]
}
)");
}

TEST(WriteJson, OfAnEmptyMessage) {
  EXPECT_EQ(WriteJson(v1::Desired()), "{}\n");
  EXPECT_EQ(WriteJsonLine(v1::Desired()), "{}");
}

TEST(WriteJson, OnOneLine) {
  v1::Policy policy;
  policy.add_levels(v1::CONSISTENCY_LEVEL_LOCAL_QUORUM);
  policy.add_levels(v1::CONSISTENCY_LEVEL_UNSPECIFIED);
  policy.set_rack_width(-3);
  policy.mutable_disk();
  EXPECT_EQ(WriteJsonLine(policy), R"({"disk":{},"levels":["local_quorum","unspecified"],"rack_width":-3})");
}

TEST(WriteJson, ReplacesWhatIsNotUtf8) {
  v1::Volume volume;
  volume.set_storage_class("a\xff\xc3z");
  EXPECT_EQ(WriteJsonLine(volume), "{\"storage_class\":\"a\uFFFD\uFFFDz\"}");
}

TEST(RoundTrip, KeepsTheEdgesOfIntegers) {
  v1::Peer peer;
  peer.add_tokens(INT64_MIN);
  peer.add_tokens(INT64_MAX);
  peer.add_tokens(0);
  EXPECT_EQ(WriteJsonLine(peer), R"({"tokens":[-9223372036854775808,9223372036854775807,0]})");
  EXPECT_TRUE(MessageDifferencer::Equals(FromJson<v1::Peer>(WriteJson(peer)), peer));
  EXPECT_TRUE(MessageDifferencer::Equals(FromYaml<v1::Peer>(WriteJson(peer)), peer));
}

TEST(RoundTrip, KeepsEnumValuesOfANewerSchema) {
  v1::PlanRequest request;
  request.set_horizon(static_cast<v1::Horizon>(77));
  EXPECT_EQ(WriteJsonLine(request), R"({"horizon":77})");
  EXPECT_TRUE(MessageDifferencer::Equals(FromJson<v1::PlanRequest>(WriteJson(request)), request));
}

TEST(RoundTrip, KeepsPresence) {
  v1::Target target;
  target.set_ordinal(0);
  EXPECT_TRUE(FromJson<v1::Target>(WriteJson(target)).has_ordinal());
  EXPECT_FALSE(FromJson<v1::Target>("{}").has_ordinal());
  v1::Report report;
  report.mutable_slot();
  EXPECT_EQ(FromJson<v1::Report>(WriteJson(report)).facts_case(), v1::Report::kSlot);
}

TEST(RoundTrip, KeepsNulAndAllOfUnicode) {
  v1::Volume volume;
  std::string text("\0", 1);
  for (const char* piece : {"\x01\x1f", "\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff",
                            "\U00010000", "\U0010ffff", "\u2028"}) {
    text += piece;
  }
  volume.set_storage_class(text);
  EXPECT_EQ(FromJson<v1::Volume>(WriteJson(volume)).storage_class(), text);
  EXPECT_EQ(FromJson<v1::Volume>(R"({"storage_class": "\ud83d\ude00\u00e9\/\b\f"})").storage_class(),
            "\U0001F600\u00e9/\b\f");
}

TEST(RoundTrip, OfRandomMessages) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    v1::PlanRequest request;
    model::RandomFiller(seed).Fill(&request);
    v1::PlanResponse response;
    model::RandomFiller(seed).Fill(&response);
    for (const Message* message : {static_cast<const Message*>(&request), static_cast<const Message*>(&response)}) {
      std::unique_ptr<Message> back(message->New());
      const std::string text = WriteJson(*message);
      ASSERT_THAT(Lines(ParseJson(text, {}, back.get())), IsEmpty()) << text;
      ASSERT_TRUE(MessageDifferencer::Equals(*message, *back)) << text;
      EXPECT_EQ(WriteJson(*back), text);
      ASSERT_THAT(Lines(ParseJson(WriteJsonLine(*message), {}, back.get())), IsEmpty());
      ASSERT_TRUE(MessageDifferencer::Equals(*message, *back)) << text;
      if (text.size() > (1u << 20)) continue;
      ASSERT_THAT(Lines(ParseYaml(text, {}, back.get())), IsEmpty()) << text;
      ASSERT_TRUE(MessageDifferencer::Equals(*message, *back)) << text;
    }
  }
}

TEST(RoundTrip, OfTypesThatTheSchemaHasNot) {
  model::OtherSchema schema;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const std::unique_ptr<Message> node = schema.NewNode();
    model::RandomFiller(seed).Fill(node.get());
    const std::unique_ptr<Message> back = schema.NewNode();
    const std::string text = WriteJson(*node);
    ASSERT_THAT(Lines(ParseJson(text, {}, back.get())), IsEmpty()) << text;
    ASSERT_TRUE(MessageDifferencer::Equals(*node, *back)) << text;
  }
}

TEST(RoundTrip, OfUnsignedNumbersAndOddEnums) {
  model::OtherSchema schema;
  const std::unique_ptr<Message> node = schema.NewNode();
  const std::string text =
      R"({"color":"dark_blue","colors":["red","other","unspecified"],"large":18446744073709551615,"shade":"unspecified",)"
      R"("small":4294967295})";
  EXPECT_THAT(Lines(ParseJson(text, {}, node.get())), IsEmpty());
  EXPECT_EQ(WriteJsonLine(*node), text);
  EXPECT_THAT(Lines(ParseJson(R"({"small":-1,"large":18446744073709551616,"ints":[2147483648]})", {}, node.get())),
              ElementsAre("1:10: small: -1 is out of range; write an integer in [0, 4294967295]",
                          "1:21: large: 18446744073709551616 is out of range; write an integer in [0, "
                          "18446744073709551615]",
                          "1:50: ints[0]: 2147483648 is out of range; write an integer in [-2147483648, 2147483647]"));
}

TEST(RoundTrip, FieldsWithoutTextFormAreUnknown) {
  model::OtherSchema schema;
  const std::unique_ptr<Message> node = schema.NewNode();
  node->GetReflection()->SetDouble(node.get(), node->GetDescriptor()->FindFieldByName("ratio"), 1.5);
  EXPECT_EQ(WriteJsonLine(*node), "{}");
  EXPECT_EQ(ParseJson(R"({"ratio":1})", {}, node.get()).size(), 1u);
}

void Visit(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    EXPECT_TRUE(model::HasTextForm(*field)) << field->full_name();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) Visit(field->message_type(), seen);
  }
}

TEST(Schema, EveryFieldHasATextForm) {
  std::set<const Descriptor*> seen;
  Visit(v1::PlanRequest::descriptor(), &seen);
  Visit(v1::PlanResponse::descriptor(), &seen);
  EXPECT_GT(seen.size(), 40u);
}

TEST(ParseJson, ClearsTheMessageFirst) {
  v1::Volume volume;
  volume.set_capacity_bytes(5);
  EXPECT_THAT(ParseJson("{}", {}, &volume), IsEmpty());
  EXPECT_EQ(volume.capacity_bytes(), 0);
  volume.set_capacity_bytes(5);
  EXPECT_EQ(ParseJson("", {}, &volume).size(), 1u);
  EXPECT_EQ(volume.capacity_bytes(), 0);
}

TEST(ParseJson, NullIsUnset) {
  EXPECT_EQ(WriteJsonLine(FromJson<v1::Desired>(R"({"cluster":null,"datacenters":null,"seeds":[{"ordinal":null}]})")),
            R"({"seeds":[{}]})");
  EXPECT_EQ(WriteJsonLine(FromJson<v1::Desired>("null")), "{}");
  EXPECT_EQ(WriteJsonLine(FromJson<v1::Report>(R"({"slot":null,"rack":{}})")), R"({"rack":{}})");
}

TEST(ParseJson, TakesAByteOrderMark) {
  EXPECT_EQ(FromJson<v1::Volume>("\xEF\xBB\xBF{\"capacity_bytes\": 7}").capacity_bytes(), 7);
  EXPECT_EQ(FromYaml<v1::Volume>("\xEF\xBB\xBF"
                                 "capacity_bytes: 7")
                .capacity_bytes(),
            7);
}

TEST(ParseJson, IgnoresUnknownFieldsWhenAsked) {
  ParseOptions options;
  options.ignore_unknown_fields = true;
  v1::Volume volume;
  EXPECT_THAT(Lines(ParseJson(R"({"x":{"y":[1,{"z":null}]},"x":2,"capacity_bytes":7,"w":1.5})", options, &volume)),
              IsEmpty());
  EXPECT_EQ(volume.capacity_bytes(), 7);
}

TEST(ParseYaml, TypesScalarsByTheSchema) {
  const v1::Desired desired = FromYaml<v1::Desired>(R"(
cluster: no
owner_id: 5
auto_cleanup: True
max_unavailable: 0x10
cleanup_threads: +3
datacenters:
- name: 1.50
  racks: [{name: true, nodes: 0}, {name: "null", nodes: 3, partition: ~}]
- name: 2024-01-01
operations:
- kind: restart_node
  uid: |
    a
    b
  requested_by: >-
    c
    d
  keyspaces: [on, 'it''s', "\u00e9\x41", 0o7]
objects: # nothing
)");
  EXPECT_EQ(WriteJsonLine(desired),
            R"({"auto_cleanup":true,"cleanup_threads":3,"cluster":"no","datacenters":[{"name":"1.50","racks":)"
            R"([{"name":"true"},{"name":"null","nodes":3}]},{"name":"2024-01-01"}],"max_unavailable":16,"operations":)"
            R"([{"keyspaces":["on","it's","éA","0o7"],"kind":"restart_node","requested_by":"c d","uid":"a\nb\n"}],)"
            R"("owner_id":"5"})");
}

TEST(ParseYaml, AnEmptyTextIsAnEmptyMessage) {
  for (const char* text : {"", "\n", "# a comment\n", "---\n", "--- {}\n...\n", "%YAML 1.2\n---\n", "null", "~"}) {
    EXPECT_EQ(WriteJsonLine(FromYaml<v1::Desired>(text)), "{}") << text;
  }
}

}  // namespace
}  // namespace cassplan
