// Message -> canonical JSON.
#ifndef CASSPLAN_LIB_MODEL_JSON_WRITER_H_
#define CASSPLAN_LIB_MODEL_JSON_WRITER_H_

#include <string>

#include "google/protobuf/message.h"
#include "lib/model/schema_forms.h"

namespace cassplan::model {

class JsonWriter {
 public:
  // With `pretty`, every member and item has a line of its own, indented by two spaces per level.
  JsonWriter(bool pretty, std::string* out) : pretty_(pretty), out_(out) {}

  void Write(const google::protobuf::Message& message);

 private:
  void WriteMessage(const google::protobuf::Message& message, const MessageForm& form);
  void WriteList(const google::protobuf::Message& message, const FieldForm& field, int size);
  void WriteField(const google::protobuf::Message& message, const FieldForm& field);
  void WriteItem(const google::protobuf::Message& message, const FieldForm& field, int i);
  template <typename Integer>
  void WriteInteger(Integer value);
  void WriteWord(const EnumForm& values, int number);
  void WriteString(const std::string& value);
  void Open(char bracket);
  void Close(char bracket, bool empty);
  void BeginEntry(bool first);
  void NewLine();

  const bool pretty_;
  std::string* const out_;
  SchemaForms forms_;
  size_t depth_ = 0;
  std::string scratch_;
};

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_JSON_WRITER_H_
