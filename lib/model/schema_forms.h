// How messages of the schema look as text: names, order of keys, words of enums. Made from the descriptors as they are
// needed and kept for one call, since descriptors are slow to ask.
#ifndef CASSPLAN_LIB_MODEL_SCHEMA_FORMS_H_
#define CASSPLAN_LIB_MODEL_SCHEMA_FORMS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace cassplan::model {

struct MessageForm;

// What a field holds, as far as the text is concerned.
enum class FieldType { kInt32, kUint32, kInt64, kUint64, kBool, kEnum, kString, kMessage };

struct EnumForm {
  struct Word {
    int number;
    std::string word;  // in lower case, without the type's prefix
  };
  std::string prefix;  // what a word has before it in the schema, in lower case
  std::vector<Word> by_number;
  std::vector<Word> by_word;

  const Word* FindNumber(int number) const;
  const Word* Find(absl::string_view word) const;
  // What a person may write: all but "unspecified".
  std::vector<absl::string_view> Words() const;
};

struct FieldForm {
  const google::protobuf::FieldDescriptor* field = nullptr;
  absl::string_view name;
  std::string key;  // "name": with its quotes and colon
  FieldType type = FieldType::kMessage;
  bool repeated = false;
  size_t index = 0;                              // in MessageForm::fields
  const EnumForm* values = nullptr;              // of kEnum
  mutable const MessageForm* message = nullptr;  // of kMessage; SchemaForms::Child fills it
};

struct MessageForm {
  std::vector<FieldForm> fields;  // sorted by name, bytewise

  // `after`: index of the field that was found before. Keys mostly come in order.
  const FieldForm* Find(absl::string_view name, size_t after) const;
  std::vector<absl::string_view> Names() const;
};

class SchemaForms {
 public:
  // Fields of kinds that the text form does not have (maps, floats, bytes) are not in the form.
  const MessageForm& Of(const google::protobuf::Descriptor* descriptor);
  // The form of what `field`, a message, holds.
  const MessageForm& Child(const FieldForm& field);

 private:
  const EnumForm& OfEnum(const google::protobuf::EnumDescriptor* descriptor);

  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessageForm>> messages_;
  std::map<const google::protobuf::EnumDescriptor*, std::unique_ptr<EnumForm>> enums_;
};

// True when the text form has fields of that kind.
bool HasTextForm(const google::protobuf::FieldDescriptor& field);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_SCHEMA_FORMS_H_
