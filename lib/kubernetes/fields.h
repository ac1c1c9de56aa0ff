// Reads the members of one map of a document by name and type. What is wrong becomes a problem with path and place, and
// the reader goes on with the default.
#ifndef CASSPLAN_LIB_KUBERNETES_FIELDS_H_
#define CASSPLAN_LIB_KUBERNETES_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "lib/kubernetes/names.h"
#include "lib/model/document.h"

namespace cassplan::kubernetes {

// What all readers of one document share.
struct ReadContext {
  std::string file;
  bool yaml = false;
  std::vector<Problem> problems;
  std::vector<Problem> notes;
  std::vector<v1::Location> locations;  // of every member that was read through a Fields that records

  v1::Location Locate(const model::Value& value, const std::string& path) const;
  void AddProblem(const model::Value& value, const std::string& path, const std::string& message);
  void AddNote(const model::Value& value, const std::string& path, const std::string& message);
};

class Fields {
 public:
  // `map` may be nullptr (nothing is written). Something else than a map is a problem, and then nothing is read.
  Fields(ReadContext* context, const model::Value* map, std::string path, bool record = false);

  // The member, or nullptr when it is not written or null. Makes the name known.
  const model::Value* Take(absl::string_view key);

  // A scalar; YAML: whatever it looks like.
  std::string Text(absl::string_view key, absl::string_view fallback = "");
  // One of `values`.
  std::string Choice(absl::string_view key, absl::string_view fallback, const std::vector<std::string>& values);
  std::optional<bool> Bool(absl::string_view key);
  std::optional<int64_t> Integer(absl::string_view key, int64_t least, int64_t most);
  int32_t Int32(absl::string_view key, int32_t fallback, int32_t least, int32_t most);
  Labels StringMap(absl::string_view key);
  const model::Value* Map(absl::string_view key);
  // The items, or nullptr.
  const model::Value* List(absl::string_view key);

  // Names that are accepted and not read.
  void Ignore(const std::vector<std::string>& keys);
  // A name that is not legal any more, with what to do about it.
  void Refuse(absl::string_view key, absl::string_view advice);
  // Every member that was not named until now is a problem that names the nearest known field.
  void Finish();

  bool empty() const { return map_ == nullptr; }
  std::string PathOf(absl::string_view key) const;
  // A problem at a member, or at the map when the member is not written.
  void AddProblem(absl::string_view key, const std::string& message);
  void AddNote(absl::string_view key, const std::string& message);

 private:
  const model::Value& PlaceOf(absl::string_view key) const;
  void WrongType(const model::Value& value, absl::string_view key, absl::string_view wanted);

  ReadContext* context_;
  const model::Value* map_;
  std::string path_;
  bool record_;
  std::vector<std::string> known_;
  std::vector<std::string> refused_;  // reported already
};

// The one of `known` that `word` most likely stands for, or empty.
std::string Nearest(absl::string_view word, const std::vector<std::string>& known);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_FIELDS_H_
