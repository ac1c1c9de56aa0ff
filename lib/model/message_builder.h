// Events -> a message, typed by its descriptor.
#ifndef CASSPLAN_LIB_MODEL_MESSAGE_BUILDER_H_
#define CASSPLAN_LIB_MODEL_MESSAGE_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "lib/model/event_sink.h"
#include "lib/model/schema_forms.h"

namespace cassplan::model {

class MessageBuilder : public EventSink {
 public:
  MessageBuilder(Diagnostics* diagnostics, google::protobuf::Message* message)
      : diagnostics_(diagnostics), root_(message) {}

  bool OnScalar(size_t offset, Scalar& scalar) override;
  bool OnRefused(size_t offset) override;
  bool OnMapStart(size_t offset) override;
  bool OnKey(size_t offset, std::string& key) override;
  bool OnMapEnd() override;
  bool OnListStart(size_t offset) override;
  bool OnListEnd() override;
  std::string Path() const override;

 private:
  enum class State { kMessage, kList, kSkipped };

  // An open map or list.
  struct Frame {
    State state = State::kSkipped;
    google::protobuf::Message* message = nullptr;  // kList: the message that has the list
    const google::protobuf::Reflection* reflection = nullptr;
    const MessageForm* form = nullptr;
    const FieldForm* field = nullptr;  // the field being read; nullptr: its value is skipped
    size_t last_index = SIZE_MAX;      // kMessage: of the field before
    size_t items = 0;                  // kList: begun so far
    std::vector<size_t> key_offsets;   // kMessage: by field index, where the key is; kUnseen before
  };

  Frame& Top() { return frames_[depth_ - 1]; }
  Frame& Push(State state);
  void PushMessage(google::protobuf::Message* message, const MessageForm* form);
  // The field that the next value goes to; nullptr: skip it. Counts list items.
  const FieldForm* BeginValue();
  bool Skip(size_t offset, std::string problem);
  bool Refuse(size_t offset, std::string message);
  // False when another field of the same oneof is set; then there is a problem and *more says whether to go on.
  bool CheckOneof(size_t offset, const FieldForm& field, bool* more);

  bool UnknownKey(size_t offset, const std::string& key);
  bool Set(size_t offset, const FieldForm& field, Scalar& scalar);
  template <typename T, typename SetOne, typename AddOne>
  bool SetInteger(size_t offset, const FieldForm& field, const Scalar& scalar, SetOne set, AddOne add);
  bool SetBool(size_t offset, const FieldForm& field, const Scalar& scalar);
  bool SetEnum(size_t offset, const FieldForm& field, const Scalar& scalar);
  bool SetString(size_t offset, const FieldForm& field, Scalar& scalar);

  Diagnostics* const diagnostics_;
  google::protobuf::Message* const root_;
  SchemaForms forms_;
  std::vector<Frame> frames_;  // the first depth_ are open; the others are kept for their memory
  size_t depth_ = 0;
};

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_MESSAGE_BUILDER_H_
