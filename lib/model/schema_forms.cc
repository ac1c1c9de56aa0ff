#include "lib/model/schema_forms.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cassplan::model {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }

// ActionKind -> action_kind_
std::string PrefixOf(const EnumDescriptor& descriptor) {
  const std::string& name = descriptor.name();
  std::string prefix;
  for (size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && IsUpper(name[i]) && !IsUpper(name[i - 1])) prefix.push_back('_');
    prefix.push_back(absl::ascii_tolower(static_cast<unsigned char>(name[i])));
  }
  return prefix + "_";
}

std::optional<FieldType> TypeOf(const FieldDescriptor& field) {
  if (field.is_map() || field.type() == FieldDescriptor::TYPE_BYTES || field.type() == FieldDescriptor::TYPE_GROUP) {
    return std::nullopt;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return FieldType::kInt32;
    case FieldDescriptor::CPPTYPE_UINT32:
      return FieldType::kUint32;
    case FieldDescriptor::CPPTYPE_INT64:
      return FieldType::kInt64;
    case FieldDescriptor::CPPTYPE_UINT64:
      return FieldType::kUint64;
    case FieldDescriptor::CPPTYPE_BOOL:
      return FieldType::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return FieldType::kEnum;
    case FieldDescriptor::CPPTYPE_STRING:
      return FieldType::kString;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FieldType::kMessage;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool HasTextForm(const FieldDescriptor& field) { return TypeOf(field).has_value(); }

const EnumForm::Word* EnumForm::FindNumber(int number) const {
  const auto found = std::lower_bound(by_number.begin(), by_number.end(), number,
                                      [](const Word& word, int wanted) { return word.number < wanted; });
  return found != by_number.end() && found->number == number ? &*found : nullptr;
}

const EnumForm::Word* EnumForm::Find(absl::string_view word) const {
  const auto found = std::lower_bound(by_word.begin(), by_word.end(), word,
                                      [](const Word& a, absl::string_view wanted) { return a.word < wanted; });
  return found != by_word.end() && found->word == word ? &*found : nullptr;
}

std::vector<absl::string_view> EnumForm::Words() const {
  std::vector<absl::string_view> words;
  for (const Word& word : by_number) {
    if (word.number != 0 || word.word != "unspecified") words.push_back(word.word);
  }
  return words;
}

const FieldForm* MessageForm::Find(absl::string_view name, size_t after) const {
  if (after + 1 < fields.size() && fields[after + 1].name == name) return &fields[after + 1];
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), name,
                       [](const FieldForm& field, absl::string_view wanted) { return field.name < wanted; });
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

std::vector<absl::string_view> MessageForm::Names() const {
  std::vector<absl::string_view> names;
  for (const FieldForm& field : fields) names.push_back(field.name);
  return names;
}

const MessageForm& SchemaForms::Of(const Descriptor* descriptor) {
  std::unique_ptr<MessageForm>& form = messages_[descriptor];
  if (form != nullptr) return *form;
  form = std::make_unique<MessageForm>();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const std::optional<FieldType> type = TypeOf(*field);
    if (!type.has_value()) continue;
    FieldForm& field_form = form->fields.emplace_back();
    field_form.field = field;
    field_form.name = field->name();
    field_form.key = absl::StrCat("\"", field->name(), "\":");
    field_form.type = *type;
    field_form.repeated = field->is_repeated();
    if (*type == FieldType::kEnum) field_form.values = &OfEnum(field->enum_type());
  }
  std::sort(form->fields.begin(), form->fields.end(),
            [](const FieldForm& a, const FieldForm& b) { return a.name < b.name; });
  for (size_t i = 0; i < form->fields.size(); ++i) form->fields[i].index = i;
  return *form;
}

const MessageForm& SchemaForms::Child(const FieldForm& field) {
  if (field.message == nullptr) field.message = &Of(field.field->message_type());
  return *field.message;
}

const EnumForm& SchemaForms::OfEnum(const EnumDescriptor* descriptor) {
  std::unique_ptr<EnumForm>& form = enums_[descriptor];
  if (form != nullptr) return *form;
  form = std::make_unique<EnumForm>();
  const std::string& prefix = form->prefix = PrefixOf(*descriptor);
  for (int i = 0; i < descriptor->value_count(); ++i) {
    std::string word = absl::AsciiStrToLower(descriptor->value(i)->name());
    if (word.size() > prefix.size() && absl::StartsWith(word, prefix)) word = word.substr(prefix.size());
    form->by_number.push_back({descriptor->value(i)->number(), std::move(word)});
  }
  form->by_word = form->by_number;
  std::stable_sort(form->by_number.begin(), form->by_number.end(),
                   [](const EnumForm::Word& a, const EnumForm::Word& b) { return a.number < b.number; });
  std::sort(form->by_word.begin(), form->by_word.end(),
            [](const EnumForm::Word& a, const EnumForm::Word& b) { return a.word < b.word; });
  return *form;
}

}  // namespace cassplan::model
