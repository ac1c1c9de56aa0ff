// Events -> a tree of values.
#ifndef CASSPLAN_LIB_MODEL_VALUE_BUILDER_H_
#define CASSPLAN_LIB_MODEL_VALUE_BUILDER_H_

#include <string>
#include <vector>

#include "lib/model/document.h"
#include "lib/model/event_sink.h"

namespace cassplan::model {

class ValueBuilder : public EventSink {
 public:
  ValueBuilder(Diagnostics* diagnostics, Value* root) : diagnostics_(diagnostics), root_(root) {}

  bool OnScalar(size_t offset, Scalar& scalar) override;
  bool OnRefused(size_t offset) override;
  bool OnMapStart(size_t offset) override;
  bool OnKey(size_t offset, std::string& key) override;
  bool OnMapEnd() override;
  bool OnListStart(size_t offset) override;
  bool OnListEnd() override;
  std::string Path() const override;

 private:
  // The path through that many of the open containers.
  std::string PathTo(size_t containers) const;
  // Where the next value goes.
  Value* Next(size_t offset);
  bool Open(size_t offset, Kind kind);
  bool CheckDuplicates(const Value& map);

  Diagnostics* const diagnostics_;
  Value* const root_;
  std::vector<Value*> open_;  // stays valid: a container grows only while its last child is closed
};

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_VALUE_BUILDER_H_
