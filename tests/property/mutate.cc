#include "tests/property/mutate.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace cassplan::property {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kNotRepeated = -1;

// One value of one message.
struct Place {
  Message* message;
  const FieldDescriptor* field;
};

void CollectPlaces(Message* message, std::vector<Place>* places, std::vector<std::string>* texts) {
  const Reflection& r = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    places->push_back({message, field});
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_repeated()) {
      for (int k = 0; is_message && k < r.FieldSize(*message, field); ++k) {
        CollectPlaces(r.MutableRepeatedMessage(message, field, k), places, texts);
      }
    } else if (is_message && r.HasField(*message, field)) {
      CollectPlaces(r.MutableMessage(message, field), places, texts);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && r.HasField(*message, field)) {
      texts->push_back(r.GetString(*message, field));
    }
  }
}

int64_t OddNumber(Random* random) {
  static constexpr int64_t kOdd[] = {0,
                                     1,
                                     -1,
                                     2,
                                     3,
                                     7,
                                     100,
                                     10'000,
                                     100'001,
                                     testing::kNow,
                                     testing::kNow - 301,
                                     testing::kNow + 301,
                                     int64_t{1} << 31,
                                     int64_t{1} << 62,
                                     std::numeric_limits<int64_t>::max(),
                                     std::numeric_limits<int64_t>::min(),
                                     std::numeric_limits<int64_t>::min() + 1};
  return kOdd[random->Below(static_cast<int>(std::size(kOdd)))];
}

std::string OddText(const std::vector<std::string>& texts, Random* random) {
  static const char* const kOdd[] = {
      "",   "*",   "dc1", "dc2", "r1",   "r2", "0", "B",   "5.0.2",          "3.11.4",
      "..", "\\n", "a/b", "#0",  "\x01", "ä",  "-", "app", "SimpleStrategy", "LocalStrategy"};
  if (random->OneIn(12)) return std::string(static_cast<size_t>(random->Below(300)), 'x');
  if (!texts.empty() && !random->OneIn(3))
    return texts[static_cast<size_t>(random->Below(static_cast<int>(texts.size())))];
  return kOdd[random->Below(static_cast<int>(std::size(kOdd)))];
}

int AnyEnum(const EnumDescriptor& type, Random* random) {
  if (random->OneIn(8)) return 99;  // from a newer schema
  return type.value(random->Below(type.value_count()))->number();
}

void SetValue(const Place& place, const std::vector<std::string>& texts, int index, Random* random) {
  const Reflection& r = *place.message->GetReflection();
  Message* m = place.message;
  const FieldDescriptor* f = place.field;
  const bool single = index == kNotRepeated;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      const auto number = static_cast<int32_t>(OddNumber(random));
      single ? r.SetInt32(m, f, number) : r.SetRepeatedInt32(m, f, index, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t number = OddNumber(random);
      single ? r.SetInt64(m, f, number) : r.SetRepeatedInt64(m, f, index, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      single ? r.SetBool(m, f, random->OneIn(2)) : r.SetRepeatedBool(m, f, index, random->OneIn(2));
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = AnyEnum(*f->enum_type(), random);
      single ? r.SetEnumValue(m, f, number) : r.SetRepeatedEnumValue(m, f, index, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = OddText(texts, random);
      single ? r.SetString(m, f, std::move(text)) : r.SetRepeatedString(m, f, index, std::move(text));
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (single) r.MutableMessage(m, f);  // there, with nothing in it
      break;
    default:
      break;  // not in the schema: WellFormed.NothingButIntegersAndText
  }
}

// Adds one more: a copy of another, or an empty one.
void AddElement(const Place& place, const std::vector<std::string>& texts, Random* random) {
  const Reflection& r = *place.message->GetReflection();
  Message* m = place.message;
  const FieldDescriptor* f = place.field;
  const int size = r.FieldSize(*m, f);
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* added = r.AddMessage(m, f);
      if (size > 0 && !random->OneIn(5)) added->CopyFrom(r.GetRepeatedMessage(*m, f, random->Below(size)));
      return;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      r.AddString(m, f, "");
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      r.AddInt64(m, f, 0);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      r.AddInt32(m, f, 0);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      r.AddEnumValue(m, f, 0);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      r.AddBool(m, f, false);
      break;
    default:
      return;
  }
  SetValue(place, texts, size, random);
}

void ChangeList(const Place& place, const std::vector<std::string>& texts, Random* random) {
  const Reflection& r = *place.message->GetReflection();
  const int size = r.FieldSize(*place.message, place.field);
  const int choice = random->Below(4);
  if (size == 0 || choice == 0) {
    AddElement(place, texts, random);
  } else if (choice == 1) {
    r.SwapElements(place.message, place.field, random->Below(size), size - 1);
    r.RemoveLast(place.message, place.field);
  } else if (choice == 2 && random->OneIn(6)) {
    r.ClearField(place.message, place.field);
  } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Message* a = r.MutableRepeatedMessage(place.message, place.field, random->Below(size));
    const std::string other =
        r.GetRepeatedMessage(*place.message, place.field, random->Below(size)).SerializeAsString();
    a->MergeFromString(other);
  } else {
    SetValue(place, texts, random->Below(size), random);
  }
}

}  // namespace

void Shuffle(Random* random, Message* message) {
  const Reflection& r = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (is_message) Shuffle(random, r.MutableMessage(message, field));
      continue;
    }
    for (int i = r.FieldSize(*message, field) - 1; i >= 0; --i) {
      if (is_message) Shuffle(random, r.MutableRepeatedMessage(message, field, i));
      if (i > 0) r.SwapElements(message, field, i, random->Below(i + 1));
    }
  }
}

void Mutate(int changes, Random* random, Message* message) {
  for (int i = 0; i < changes; ++i) {
    std::vector<Place> places;
    std::vector<std::string> texts;
    CollectPlaces(message, &places, &texts);
    const Place& place = places[static_cast<size_t>(random->Below(static_cast<int>(places.size())))];
    if (place.field->is_repeated()) {
      ChangeList(place, texts, random);
    } else if (random->OneIn(3)) {
      place.message->GetReflection()->ClearField(place.message, place.field);
    } else {
      SetValue(place, texts, kNotRepeated, random);
    }
  }
}

}  // namespace cassplan::property
