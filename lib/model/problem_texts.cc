#include "lib/model/problem_texts.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/model/text.h"

namespace cassplan::model {
namespace {

const char* NameOf(FieldType type) {
  switch (type) {
    case FieldType::kInt32:
    case FieldType::kUint32:
    case FieldType::kInt64:
    case FieldType::kUint64:
      return "an integer";
    case FieldType::kBool:
      return "true or false";
    case FieldType::kEnum:
      return "a name";
    case FieldType::kString:
      return "a string";
    case FieldType::kMessage:
      return "a map";
  }
  return "";
}

// "true" for words that mean it elsewhere, "false" likewise, otherwise "".
std::string MeantBool(const std::string& text) {
  const std::string word = absl::AsciiStrToLower(text);
  for (const char* yes : {"true", "yes", "y", "on", "1"}) {
    if (word == yes) return "true";
  }
  for (const char* no : {"false", "no", "n", "off", "0"}) {
    if (word == no) return "false";
  }
  return "";
}

}  // namespace

std::string Expected(const FieldForm& field, bool item, const std::string& found) {
  if (field.repeated && !item) return absl::StrCat("expected a list, found ", found, "; write a list");
  std::string text = absl::StrCat("expected ", NameOf(field.type), ", found ", found);
  if (field.type == FieldType::kMessage) {
    absl::StrAppend(&text, "; write a map of its fields");
  } else if (found == "a list") {
    absl::StrAppend(&text, "; write one value");
  }
  return text;
}

std::string UnknownField(absl::string_view key, const std::vector<absl::string_view>& names) {
  const std::string closest = Closest(key, names);
  if (!closest.empty()) return absl::StrCat("unknown field ", Quoted(key), "; did you mean \"", closest, "\"?");
  if (names.empty()) return absl::StrCat("unknown field ", Quoted(key), "; there are no fields here");
  return absl::StrCat("unknown field ", Quoted(key), "; the fields here are ", absl::StrJoin(names, ", "));
}

std::string DuplicateKey(absl::string_view key, int first_line) {
  return absl::StrCat("duplicate key ", Quoted(key), ", already in line ", first_line, "; keep one of them");
}

std::string NotAnInteger(const Scalar& scalar) {
  std::string text = absl::StrCat("expected an integer, found ", Describe(scalar));
  if (scalar.kind == Kind::kDouble) {
    absl::StrAppend(&text, "; write it without fraction and exponent");
  } else if (scalar.kind == Kind::kString && IsDecimalInteger(*scalar.text)) {
    absl::StrAppend(&text, "; write it without quotes");
  }
  return text;
}

std::string OutOfRange(const Scalar& scalar, const std::string& lowest, const std::string& highest) {
  return absl::StrCat(Describe(scalar), " is out of range; write an integer in [", lowest, ", ", highest, "]");
}

std::string NotABool(const Scalar& scalar) {
  std::string found = absl::StrCat("expected true or false, found ", Describe(scalar));
  const std::string meant = MeantBool(*scalar.text);
  if (meant.empty()) return found;
  return absl::StrCat(found, "; write ", meant, meant == *scalar.text ? " without quotes" : "");
}

std::string NotAWord(const Scalar& scalar, const EnumForm& values) {
  const std::vector<absl::string_view> words = values.Words();
  const std::string all = absl::StrJoin(words, ", ");
  if (scalar.kind == Kind::kInt && std::in_range<int>(scalar.int_value)) {
    const EnumForm::Word* const word = values.FindNumber(static_cast<int>(scalar.int_value));
    if (word != nullptr) return absl::StrCat("expected a name, found ", *scalar.text, "; write \"", word->word, "\"");
  }
  if (scalar.kind != Kind::kString) {
    return absl::StrCat("expected a name, found ", Describe(scalar), "; write one of ", all);
  }
  const std::string wrong = absl::StrCat(Quoted(*scalar.text), " is not a value of this field; ");
  const std::string lower = scalar.text->size() > kLongestWord ? "" : absl::AsciiStrToLower(*scalar.text);
  const std::string closest = Closest(absl::StripPrefix(lower, values.prefix), words);
  if (closest.empty()) return absl::StrCat(wrong, "write one of ", all);
  return absl::StrCat(wrong, "did you mean \"", closest, "\"? The values are ", all);
}

std::string NotAString(const Scalar& scalar) {
  return absl::StrCat("expected a string, found ", Describe(scalar), "; write ", Quoted(*scalar.text));
}

}  // namespace cassplan::model
