// A document that is not typed by the schema (a manifest, the output of kubectl), as a tree that knows where everything
// was written. JSON and YAML give the same tree.
#ifndef CASSPLAN_LIB_MODEL_DOCUMENT_H_
#define CASSPLAN_LIB_MODEL_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"

namespace cassplan::model {

enum class Kind { kNull, kBool, kInt, kDouble, kString, kList, kMap };

// "null", "true or false", "an integer", "a number", "a string", "a list", "a map".
std::string KindName(Kind kind);

struct Value {
  // Defined below the class: clang wants to see the whole type before it copies a vector of pairs of it.
  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  // YAML: a plain scalar has the kind that YAML 1.2's core schema gives it (`no` is a string, `5` an int). A reader
  // that wants a string takes `text` of any scalar that is not null. Integers that do not fit 64 bits are kDouble.
  Kind kind = Kind::kNull;
  bool bool_value = false;
  int64_t int_value = 0;
  // A string's value; of every other scalar the text as it was written.
  std::string text;
  // A string in quotes (JSON: every string; YAML: also block scalars).
  bool quoted = false;
  std::vector<Value> items;                            // kList
  std::vector<std::pair<std::string, Value>> members;  // kMap, as written; keys are unique
  // Where the value starts; from 1.
  int line = 0;
  int column = 0;
  // Where its key starts, when it is a member of a map; otherwise 0.
  int key_line = 0;
  int key_column = 0;

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsMap() const { return kind == Kind::kMap; }
  bool IsScalar() const { return !IsList() && !IsMap(); }

  // The member of that name, or nullptr; nullptr too when this is not a map. Linear: maps are small.
  const Value* Find(absl::string_view key) const;
};

inline Value::Value() = default;
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;

// Reads one document; an empty YAML text gives kNull. Returns the problems; none: `value` is whole. Limits, duplicate
// keys and text that is not UTF-8 are treated as in ParseJson and ParseYaml.
std::vector<Problem> ParseJsonDocument(absl::string_view text, const ParseOptions& options, Value* value);
std::vector<Problem> ParseYamlDocument(absl::string_view text, const ParseOptions& options, Value* value);

// One line of JSON with sorted keys and no spaces: equal values give equal bytes, however they were written. A float is
// kept as its source text where that is JSON; YAML's .inf and .nan become strings.
std::string CanonicalJson(const Value& value);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_DOCUMENT_H_
