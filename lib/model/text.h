// Text work that reading and writing share.
#ifndef CASSPLAN_LIB_MODEL_TEXT_H_
#define CASSPLAN_LIB_MODEL_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::model {

// What some editors put before UTF-8 text; it is no part of the document.
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Bytes of the UTF-8 character that starts `text`; 0 when it is none (overlong forms and surrogates are none).
size_t Utf8Length(absl::string_view text);

// Offset of the first byte that is not UTF-8, or npos.
size_t FindInvalidUtf8(absl::string_view text);

// Appends `text` as a JSON string. Only what must be escaped is; a byte that is not UTF-8 becomes U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

// The text in quotes for a message, cut when it is long.
std::string Quoted(absl::string_view text);

// Nobody mistypes a name into something longer.
constexpr size_t kLongestWord = 64;

// The name that a person who wrote `word` most likely meant, or "". Case, '_' and '-' do not count.
std::string Closest(absl::string_view word, const std::vector<absl::string_view>& names);

// A field path and one more key: a.b, or a["x.y"] where the key is not a plain word.
void AppendKey(absl::string_view key, std::string* path);

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_TEXT_H_
