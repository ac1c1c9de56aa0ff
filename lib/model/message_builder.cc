#include "lib/model/message_builder.h"

#include <limits>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/model/problem_texts.h"
#include "lib/model/text.h"

namespace cassplan::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

constexpr size_t kUnseen = SIZE_MAX;

template <typename T>
std::string Lowest() {
  return absl::StrCat(std::numeric_limits<T>::min());
}
template <typename T>
std::string Highest() {
  return absl::StrCat(std::numeric_limits<T>::max());
}

// False: out of range.
template <typename T>
bool Narrow(const Scalar& scalar, T* value) {
  if (scalar.kind == Kind::kDouble) return absl::SimpleAtoi(*scalar.text, value);  // more than 63 bits
  if (!std::in_range<T>(scalar.int_value)) return false;
  *value = static_cast<T>(scalar.int_value);
  return true;
}

bool IsInteger(const Scalar& scalar) {
  return scalar.kind == Kind::kInt || (scalar.kind == Kind::kDouble && IsDecimalInteger(*scalar.text));
}

}  // namespace

bool MessageBuilder::OnScalar(size_t offset, Scalar& scalar) {
  if (depth_ == 0) {
    if (scalar.kind == Kind::kNull) return true;
    return Refuse(offset, absl::StrCat("expected a map, found ", Describe(scalar), "; write a map of fields"));
  }
  const FieldForm* field = BeginValue();
  if (field == nullptr) return true;
  const bool item = Top().state == State::kList;
  if (scalar.kind == Kind::kNull) {
    return item ? Refuse(offset, "null in a list; leave the item out or write a value") : true;
  }
  if ((field->repeated && !item) || field->type == FieldType::kMessage) {
    return Refuse(offset, Expected(*field, item, Describe(scalar)));
  }
  bool more = true;
  if (!CheckOneof(offset, *field, &more)) return more;
  return Set(offset, *field, scalar);
}

bool MessageBuilder::OnRefused(size_t) {
  if (depth_ > 0) BeginValue();
  return true;
}

bool MessageBuilder::OnMapStart(size_t offset) {
  if (!diagnostics_->DepthAllowed(depth_ + 1)) {
    Refuse(offset, diagnostics_->TooDeep());
    return false;
  }
  if (depth_ == 0) {
    PushMessage(root_, &forms_.Of(root_->GetDescriptor()));
    return true;
  }
  const FieldForm* field = BeginValue();
  if (field == nullptr) return Skip(offset, "");
  const Frame& top = Top();
  const bool item = top.state == State::kList;
  if ((field->repeated && !item) || field->type != FieldType::kMessage) {
    return Skip(offset, Expected(*field, item, "a map"));
  }
  bool more = true;
  if (!CheckOneof(offset, *field, &more)) {
    Push(State::kSkipped);
    return more;
  }
  PushMessage(item ? top.reflection->AddMessage(top.message, field->field)
                   : top.reflection->MutableMessage(top.message, field->field),
              &forms_.Child(*field));
  return true;
}

bool MessageBuilder::OnKey(size_t offset, std::string& key) {
  Frame& top = Top();
  if (top.state == State::kSkipped) return true;
  const FieldForm* field = top.form->Find(key, top.last_index);
  top.field = nullptr;
  if (field == nullptr) return UnknownKey(offset, key);
  top.last_index = field->index;
  size_t& seen = top.key_offsets[field->index];
  if (seen != kUnseen) {
    std::string path = Path();
    AppendKey(key, &path);
    return diagnostics_->Add(offset, std::move(path), DuplicateKey(key, diagnostics_->Locate(seen).line));
  }
  seen = offset;
  top.field = field;
  return true;
}

bool MessageBuilder::OnMapEnd() {
  --depth_;
  return true;
}

bool MessageBuilder::OnListStart(size_t offset) {
  if (!diagnostics_->DepthAllowed(depth_ + 1)) {
    Refuse(offset, diagnostics_->TooDeep());
    return false;
  }
  if (depth_ == 0) return Skip(offset, "expected a map, found a list; write a map of fields");
  const FieldForm* field = BeginValue();
  if (field == nullptr) return Skip(offset, "");
  const bool item = Top().state == State::kList;
  if (item || !field->repeated) return Skip(offset, Expected(*field, item, "a list"));
  Message* const message = Top().message;
  const Reflection* const reflection = Top().reflection;
  Frame& list = Push(State::kList);
  list.message = message;
  list.reflection = reflection;
  list.field = field;
  return true;
}

bool MessageBuilder::OnListEnd() { return OnMapEnd(); }

std::string MessageBuilder::Path() const {
  std::string path;
  for (size_t i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    if (frame.state == State::kMessage && frame.field != nullptr) AppendKey(frame.field->name, &path);
    if (frame.state == State::kList && frame.items > 0) absl::StrAppend(&path, "[", frame.items - 1, "]");
  }
  return path;
}

MessageBuilder::Frame& MessageBuilder::Push(State state) {
  if (depth_ == frames_.size()) frames_.emplace_back();
  Frame& frame = frames_[depth_++];
  frame.state = state;
  frame.field = nullptr;
  frame.items = 0;
  return frame;
}

void MessageBuilder::PushMessage(Message* message, const MessageForm* form) {
  Frame& frame = Push(State::kMessage);
  frame.message = message;
  frame.reflection = message->GetReflection();
  frame.form = form;
  frame.last_index = SIZE_MAX;  // so that the first field is tried first
  frame.key_offsets.assign(form->fields.size(), kUnseen);
}

const FieldForm* MessageBuilder::BeginValue() {
  Frame& top = Top();
  if (top.state == State::kSkipped) return nullptr;
  if (top.state == State::kList) ++top.items;
  return top.field;
}

bool MessageBuilder::Skip(size_t offset, std::string problem) {
  const bool more = problem.empty() || Refuse(offset, std::move(problem));
  Push(State::kSkipped);
  return more;
}

bool MessageBuilder::Refuse(size_t offset, std::string message) {
  return diagnostics_->Add(offset, Path(), std::move(message));
}

bool MessageBuilder::CheckOneof(size_t offset, const FieldForm& field, bool* more) {
  const OneofDescriptor* oneof = field.field->real_containing_oneof();
  if (oneof == nullptr) return true;
  const Frame& top = Top();
  const FieldDescriptor* other = top.reflection->GetOneofFieldDescriptor(*top.message, oneof);
  if (other == nullptr || other == field.field) return true;
  std::vector<std::string> names;
  for (int i = 0; i < oneof->field_count(); ++i) names.push_back(oneof->field(i)->name());
  *more = Refuse(offset, absl::StrCat("\"", other->name(), "\" is set already; write at most one of ",
                                      absl::StrJoin(names, ", ")));
  return false;
}

bool MessageBuilder::UnknownKey(size_t offset, const std::string& key) {
  if (diagnostics_->options().ignore_unknown_fields) return true;
  std::string path = Path();
  AppendKey(key, &path);
  return diagnostics_->Add(offset, std::move(path), UnknownField(key, Top().form->Names()));
}

bool MessageBuilder::Set(size_t offset, const FieldForm& field, Scalar& scalar) {
  switch (field.type) {
    case FieldType::kInt32:
      return SetInteger<int32_t>(offset, field, scalar, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldType::kUint32:
      return SetInteger<uint32_t>(offset, field, scalar, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldType::kInt64:
      return SetInteger<int64_t>(offset, field, scalar, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldType::kUint64:
      return SetInteger<uint64_t>(offset, field, scalar, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldType::kBool:
      return SetBool(offset, field, scalar);
    case FieldType::kEnum:
      return SetEnum(offset, field, scalar);
    case FieldType::kString:
      return SetString(offset, field, scalar);
    case FieldType::kMessage:
      return true;  // OnScalar has refused it
  }
  return true;
}

template <typename T, typename SetOne, typename AddOne>
bool MessageBuilder::SetInteger(size_t offset, const FieldForm& field, const Scalar& scalar, SetOne set, AddOne add) {
  if (!IsInteger(scalar)) return Refuse(offset, NotAnInteger(scalar));
  T value = 0;
  if (!Narrow(scalar, &value)) return Refuse(offset, OutOfRange(scalar, Lowest<T>(), Highest<T>()));
  const Frame& top = Top();
  (top.reflection->*(field.repeated ? add : set))(top.message, field.field, value);
  return true;
}

bool MessageBuilder::SetBool(size_t offset, const FieldForm& field, const Scalar& scalar) {
  if (scalar.kind != Kind::kBool) return Refuse(offset, NotABool(scalar));
  const Frame& top = Top();
  const auto set = field.repeated ? &Reflection::AddBool : &Reflection::SetBool;
  (top.reflection->*set)(top.message, field.field, scalar.bool_value);
  return true;
}

bool MessageBuilder::SetEnum(size_t offset, const FieldForm& field, const Scalar& scalar) {
  int number = 0;
  const bool fits = scalar.kind == Kind::kInt && Narrow(scalar, &number);
  if (!fits || field.values->FindNumber(number) != nullptr) {
    // Numbers are only for values that have no name: those of a newer schema.
    const bool text = scalar.kind == Kind::kString || (scalar.plain && !fits);
    const EnumForm::Word* word = text ? field.values->Find(*scalar.text) : nullptr;
    if (word == nullptr) return Refuse(offset, NotAWord(scalar, *field.values));
    number = word->number;
  }
  const Frame& top = Top();
  const auto set = field.repeated ? &Reflection::AddEnumValue : &Reflection::SetEnumValue;
  (top.reflection->*set)(top.message, field.field, number);
  return true;
}

bool MessageBuilder::SetString(size_t offset, const FieldForm& field, Scalar& scalar) {
  if (scalar.kind != Kind::kString && !scalar.plain) return Refuse(offset, NotAString(scalar));
  const Frame& top = Top();
  const auto set = field.repeated ? &Reflection::AddString : &Reflection::SetString;
  (top.reflection->*set)(top.message, field.field, std::move(*scalar.text));
  return true;
}

}  // namespace cassplan::model
