// Messages for tests: filled at random, and types that the schema does not have.
#ifndef CASSPLAN_LIB_MODEL_TEST_MESSAGES_H_
#define CASSPLAN_LIB_MODEL_TEST_MESSAGES_H_

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace cassplan::model {

// Sets about half of the fields, to values at the edges of their range and to strings that need care.
class RandomFiller {
 public:
  explicit RandomFiller(uint64_t seed) : random_(seed) {}

  void Fill(google::protobuf::Message* message, int depth = 0);

 private:
  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  int64_t Number();
  std::string Text();
  void FillField(google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field, int depth);

  std::mt19937_64 random_;
};

// message Node { uint32 small; uint64 large; repeated Color colors; repeated bool flags; double ratio; bytes raw;
//                Node child; Color color; optional Color shade; repeated uint64 many; }
class OtherSchema {
 public:
  OtherSchema();
  std::unique_ptr<google::protobuf::Message> NewNode();

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Descriptor* node_ = nullptr;
};

// The problems as a person reads them.
std::vector<std::string> Lines(const std::vector<Problem>& problems);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_TEST_MESSAGES_H_
