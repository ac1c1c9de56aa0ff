#include "lib/model/json_writer.h"

#include <charconv>

#include "lib/model/text.h"

namespace cassplan::model {

using google::protobuf::Message;
using google::protobuf::Reflection;

void JsonWriter::Write(const Message& message) { WriteMessage(message, forms_.Of(message.GetDescriptor())); }

void JsonWriter::WriteMessage(const Message& message, const MessageForm& form) {
  const Reflection& reflection = *message.GetReflection();
  Open('{');
  bool first = true;
  for (const FieldForm& field : form.fields) {
    const int size = field.repeated                              ? reflection.FieldSize(message, field.field)
                     : reflection.HasField(message, field.field) ? 1
                                                                 : 0;
    if (size == 0) continue;
    BeginEntry(first);
    first = false;
    out_->append(field.key);
    if (pretty_) out_->push_back(' ');
    if (field.repeated) {
      WriteList(message, field, size);
    } else {
      WriteField(message, field);
    }
  }
  Close('}', first);
}

void JsonWriter::WriteList(const Message& message, const FieldForm& field, int size) {
  Open('[');
  for (int i = 0; i < size; ++i) {
    BeginEntry(i == 0);
    WriteItem(message, field, i);
  }
  Close(']', size == 0);
}

void JsonWriter::WriteField(const Message& message, const FieldForm& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.type) {
    case FieldType::kInt32:
      return WriteInteger(reflection.GetInt32(message, field.field));
    case FieldType::kUint32:
      return WriteInteger(reflection.GetUInt32(message, field.field));
    case FieldType::kInt64:
      return WriteInteger(reflection.GetInt64(message, field.field));
    case FieldType::kUint64:
      return WriteInteger(reflection.GetUInt64(message, field.field));
    case FieldType::kBool:
      out_->append(reflection.GetBool(message, field.field) ? "true" : "false");
      return;
    case FieldType::kEnum:
      return WriteWord(*field.values, reflection.GetEnumValue(message, field.field));
    case FieldType::kString:
      return AppendJsonString(reflection.GetStringReference(message, field.field, &scratch_), out_);
    case FieldType::kMessage:
      return WriteMessage(reflection.GetMessage(message, field.field), forms_.Child(field));
  }
}

void JsonWriter::WriteItem(const Message& message, const FieldForm& field, int i) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.type) {
    case FieldType::kInt32:
      return WriteInteger(reflection.GetRepeatedInt32(message, field.field, i));
    case FieldType::kUint32:
      return WriteInteger(reflection.GetRepeatedUInt32(message, field.field, i));
    case FieldType::kInt64:
      return WriteInteger(reflection.GetRepeatedInt64(message, field.field, i));
    case FieldType::kUint64:
      return WriteInteger(reflection.GetRepeatedUInt64(message, field.field, i));
    case FieldType::kBool:
      out_->append(reflection.GetRepeatedBool(message, field.field, i) ? "true" : "false");
      return;
    case FieldType::kEnum:
      return WriteWord(*field.values, reflection.GetRepeatedEnumValue(message, field.field, i));
    case FieldType::kString:
      return AppendJsonString(reflection.GetRepeatedStringReference(message, field.field, i, &scratch_), out_);
    case FieldType::kMessage:
      return WriteMessage(reflection.GetRepeatedMessage(message, field.field, i), forms_.Child(field));
  }
}

template <typename Integer>
void JsonWriter::WriteInteger(Integer value) {
  char buffer[24];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out_->append(buffer, static_cast<size_t>(result.ptr - buffer));
}

void JsonWriter::WriteWord(const EnumForm& values, int number) {
  const EnumForm::Word* const word = values.FindNumber(number);
  if (word == nullptr) return WriteInteger(number);  // of a newer schema
  AppendJsonString(word->word, out_);
}

void JsonWriter::Open(char bracket) {
  out_->push_back(bracket);
  ++depth_;
}

void JsonWriter::Close(char bracket, bool empty) {
  --depth_;
  if (!empty) NewLine();
  out_->push_back(bracket);
}

void JsonWriter::BeginEntry(bool first) {
  if (!first) out_->push_back(',');
  NewLine();
}

void JsonWriter::NewLine() {
  if (!pretty_) return;
  out_->push_back('\n');
  out_->append(2 * depth_, ' ');
}

}  // namespace cassplan::model
