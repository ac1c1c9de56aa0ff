// A digest that covers every field of a message and does not depend on the order of repeated fields.
#include <algorithm>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lib/base/fingerprint.h"
#include "lib/planner/explain.h"

namespace cassplan::planner {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using Words = std::pair<uint64_t, uint64_t>;

Words DigestMessage(const Message& message);

Words OfText(absl::string_view text) { return base::Fingerprint().Add(text).Words(); }
Words OfNumber(int64_t number) { return {static_cast<uint64_t>(number), 0}; }

// One value; `index` < 0 for a field that is not repeated.
Words DigestValue(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return DigestMessage(repeated ? r.GetRepeatedMessage(message, &field, index) : r.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return OfText(repeated ? r.GetRepeatedStringReference(message, &field, index, &scratch)
                             : r.GetStringReference(message, &field, &scratch));
    }
    case FieldDescriptor::CPPTYPE_INT64:
      return OfNumber(repeated ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return OfNumber(repeated ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return OfNumber(repeated ? r.GetRepeatedEnumValue(message, &field, index) : r.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return OfNumber(r.GetBool(message, &field) ? 1 : 0);
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // not in the schema (a test checks it)
  }
  return {0, 0};
}

void Add(const Words& words, base::Fingerprint* out) {
  out->Add(static_cast<int64_t>(words.first));
  out->Add(static_cast<int64_t>(words.second));
}

Words DigestMessage(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  base::Fingerprint all;
  for (const FieldDescriptor* field : fields) {
    all.Add(int64_t{field->number()});
    if (!field->is_repeated()) {
      Add(DigestValue(message, *field, -1), &all);
      continue;
    }
    std::vector<Words> items(static_cast<size_t>(message.GetReflection()->FieldSize(message, field)));
    for (size_t i = 0; i < items.size(); ++i) items[i] = DigestValue(message, *field, static_cast<int>(i));
    std::sort(items.begin(), items.end());
    all.Add(static_cast<int64_t>(items.size()));
    for (const Words& item : items) Add(item, &all);
  }
  return all.Words();
}

}  // namespace

std::string DigestOf(const Message& message) {
  base::Fingerprint digest;
  Add(DigestMessage(message), &digest);
  return digest.Hex();
}

}  // namespace cassplan::planner
