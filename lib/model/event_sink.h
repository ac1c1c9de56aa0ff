// What the readers of JSON and YAML tell, and what builders take. Every offset is that of the token's first byte.
#ifndef CASSPLAN_LIB_MODEL_EVENT_SINK_H_
#define CASSPLAN_LIB_MODEL_EVENT_SINK_H_

#include <cstddef>
#include <string>

#include "lib/model/diagnostics.h"
#include "lib/model/scalar.h"

namespace cassplan::model {

// A function that returns false wants no more events.
class EventSink {
 public:
  virtual ~EventSink() = default;

  virtual bool OnScalar(size_t offset, Scalar& scalar) = 0;
  // A value that the reader had to refuse; it has reported why.
  virtual bool OnRefused(size_t offset) = 0;
  virtual bool OnMapStart(size_t offset) = 0;
  virtual bool OnKey(size_t offset, std::string& key) = 0;  // `key` may be moved from
  virtual bool OnMapEnd() = 0;
  virtual bool OnListStart(size_t offset) = 0;
  virtual bool OnListEnd() = 0;

  // Field path of what is being read.
  virtual std::string Path() const = 0;
};

// Both feed `sink` with one document and add a problem where the text is not one; neither throws.
void ReadJson(Diagnostics* diagnostics, EventSink* sink);
void ReadYaml(Diagnostics* diagnostics, EventSink* sink);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_EVENT_SINK_H_
