// The way that every Parse function goes: limits, then a reader that feeds a builder.
#ifndef CASSPLAN_LIB_MODEL_PARSE_H_
#define CASSPLAN_LIB_MODEL_PARSE_H_

#include <vector>

#include "google/protobuf/message.h"
#include "lib/model/document.h"
#include "lib/model/event_sink.h"
#include "lib/model/message_builder.h"
#include "lib/model/value_builder.h"

namespace cassplan::model {

using Reader = void (*)(Diagnostics*, EventSink*);

inline std::vector<Problem> ParseMessage(absl::string_view text, const ParseOptions& options, size_t max_bytes,
                                         Reader read, google::protobuf::Message* message) {
  message->Clear();
  Diagnostics diagnostics(text, options);
  if (diagnostics.CheckText(max_bytes)) {
    MessageBuilder builder(&diagnostics, message);
    read(&diagnostics, &builder);
  }
  return diagnostics.Take();
}

inline std::vector<Problem> ParseDocument(absl::string_view text, const ParseOptions& options, size_t max_bytes,
                                          Reader read, Value* value) {
  *value = Value();
  Diagnostics diagnostics(text, options);
  if (diagnostics.CheckText(max_bytes)) {
    ValueBuilder builder(&diagnostics, value);
    read(&diagnostics, &builder);
  }
  return diagnostics.Take();
}

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_PARSE_H_
