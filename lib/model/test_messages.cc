#include "lib/model/test_messages.h"

#include <limits>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"

namespace cassplan::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kOtherSchema[] = R"(
  name: "other.proto" syntax: "proto3" package: "other"
  enum_type { name: "Color"
    value { name: "COLOR_UNSPECIFIED" number: 0 } value { name: "COLOR_RED" number: 1 }
    value { name: "COLOR_DARK_BLUE" number: -7 } value { name: "OTHER" number: 3 } }
  message_type { name: "Node"
    field { name: "small" number: 1 type: TYPE_UINT32 label: LABEL_OPTIONAL }
    field { name: "large" number: 2 type: TYPE_FIXED64 label: LABEL_OPTIONAL }
    field { name: "colors" number: 3 type: TYPE_ENUM type_name: ".other.Color" label: LABEL_REPEATED }
    field { name: "flags" number: 4 type: TYPE_BOOL label: LABEL_REPEATED }
    field { name: "ratio" number: 5 type: TYPE_DOUBLE label: LABEL_OPTIONAL }
    field { name: "raw" number: 6 type: TYPE_BYTES label: LABEL_OPTIONAL }
    field { name: "child" number: 7 type: TYPE_MESSAGE type_name: ".other.Node" label: LABEL_OPTIONAL }
    field { name: "color" number: 8 type: TYPE_ENUM type_name: ".other.Color" label: LABEL_OPTIONAL }
    field { name: "shade" number: 9 type: TYPE_ENUM type_name: ".other.Color" label: LABEL_OPTIONAL
            oneof_index: 0 proto3_optional: true }
    field { name: "many" number: 10 type: TYPE_UINT64 label: LABEL_REPEATED }
    field { name: "texts" number: 11 type: TYPE_STRING label: LABEL_REPEATED }
    field { name: "smalls" number: 12 type: TYPE_UINT32 label: LABEL_REPEATED }
    field { name: "ints" number: 13 type: TYPE_SINT32 label: LABEL_REPEATED }
    oneof_decl { name: "_shade" } })";

}  // namespace

void RandomFiller::Fill(Message* message, int depth) {
  const google::protobuf::Descriptor& descriptor = *message->GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    if (Below(2) == 0) continue;
    const size_t times = field->is_repeated() ? Below(4) : 1;
    for (size_t t = 0; t < times; ++t) FillField(message, field, depth);
  }
}

int64_t RandomFiller::Number() {
  switch (Below(6)) {
    case 0:
      return std::numeric_limits<int64_t>::min();
    case 1:
      return std::numeric_limits<int64_t>::max();
    case 2:
      return 0;
    case 3:
      return -1;
    default:
      return static_cast<int64_t>(random_()) >> Below(64);
  }
}

std::string RandomFiller::Text() {
  static const char* const kPieces[] = {"a",      "no",     "5",          "null",   "~",  "true",  "\"", "\\",
                                        "\n",     "\t",     ": ",         " #",     "- ", "&a",    "*a", "!t",
                                        "\u00e9", "\u20ac", "{",          "]",      "'",  "%YAML", "/",  " ",
                                        "\u0085", "1.5",    "\U0001F600", "\u2028", "?",  "<<"};
  std::string text;
  for (size_t n = Below(5); n > 0; --n) text += kPieces[Below(std::size(kPieces))];
  return text;
}

void RandomFiller::FillField(Message* message, const FieldDescriptor* field, int depth) {
  const Reflection& reflection = *message->GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return (reflection.*(many ? &Reflection::AddInt32 : &Reflection::SetInt32))(message, field,
                                                                                  static_cast<int32_t>(Number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return (reflection.*(many ? &Reflection::AddInt64 : &Reflection::SetInt64))(message, field, Number());
    case FieldDescriptor::CPPTYPE_UINT32:
      return (reflection.*(many ? &Reflection::AddUInt32 : &Reflection::SetUInt32))(message, field,
                                                                                    static_cast<uint32_t>(Number()));
    case FieldDescriptor::CPPTYPE_UINT64:
      return (reflection.*(many ? &Reflection::AddUInt64 : &Reflection::SetUInt64))(message, field,
                                                                                    static_cast<uint64_t>(Number()));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (reflection.*(many ? &Reflection::AddBool : &Reflection::SetBool))(message, field, Below(2) == 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return (reflection.*(many ? &Reflection::AddEnumValue : &Reflection::SetEnumValue))(message, field,
                                                                                          static_cast<int>(Below(45)));
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) return;  // no text form
      return (reflection.*(many ? &Reflection::AddString : &Reflection::SetString))(message, field, Text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth > 6) return;
      return Fill(many ? reflection.AddMessage(message, field) : reflection.MutableMessage(message, field), depth + 1);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return;  // no text form
  }
}

OtherSchema::OtherSchema() : factory_(&pool_) {
  google::protobuf::FileDescriptorProto file;
  if (google::protobuf::TextFormat::ParseFromString(kOtherSchema, &file) && pool_.BuildFile(file) != nullptr) {
    node_ = pool_.FindMessageTypeByName("other.Node");
  }
}

std::unique_ptr<Message> OtherSchema::NewNode() {
  return std::unique_ptr<Message>(factory_.GetPrototype(node_)->New());
}

std::vector<std::string> Lines(const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) lines.push_back(FormatProblem(problem));
  return lines;
}

}  // namespace cassplan::model
