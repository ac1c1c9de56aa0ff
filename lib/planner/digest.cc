// A digest that covers every field of a message and does not depend on the order of repeated fields.
#include <algorithm>
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

std::string ScalarDigest(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return DigestOf(repeated ? r.GetRepeatedMessage(message, &field, index) : r.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return base::FingerprintOf(repeated ? r.GetRepeatedStringReference(message, &field, index, &scratch)
                                          : r.GetStringReference(message, &field, &scratch));
    }
    case FieldDescriptor::CPPTYPE_INT64:
      return base::Fingerprint().Add(repeated ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field)).Hex();
    case FieldDescriptor::CPPTYPE_INT32:
      return base::Fingerprint()
          .Add(int64_t{repeated ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field)})
          .Hex();
    case FieldDescriptor::CPPTYPE_ENUM:
      return base::Fingerprint()
          .Add(int64_t{repeated ? r.GetRepeatedEnumValue(message, &field, index) : r.GetEnumValue(message, &field)})
          .Hex();
    case FieldDescriptor::CPPTYPE_BOOL:
      return base::Fingerprint().Add(int64_t{r.GetBool(message, &field)}).Hex();
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: break;  // not in the schema (a test checks it)
  }
  return "";
}

}  // namespace

std::string DigestOf(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  base::Fingerprint all;
  for (const FieldDescriptor* field : fields) {
    all.Add(int64_t{field->number()});
    if (!field->is_repeated()) {
      all.Add(ScalarDigest(message, *field, -1));
      continue;
    }
    std::vector<std::string> items;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      items.push_back(ScalarDigest(message, *field, i));
    }
    std::sort(items.begin(), items.end());
    for (const std::string& item : items) all.Add(item);
  }
  return all.Hex();
}

}  // namespace cassplan::planner
