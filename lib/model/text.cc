#include "lib/model/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace cassplan::model {
namespace {

unsigned char ByteAt(absl::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The legal range of the second byte excludes overlong forms, surrogates and what is above U+10FFFF.
bool SecondByteFits(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return IsContinuation(second);
  }
}

size_t LengthByFirstByte(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

constexpr uint64_t kHighBits = 0x8080808080808080ULL;

// True for what may stand in a JSON string as it is, judged by one byte.
constexpr std::array<bool, 256> MakeVerbatim() {
  std::array<bool, 256> verbatim{};
  for (size_t i = 0x20; i < 0x80; ++i) verbatim[i] = i != '"' && i != '\\';
  return verbatim;
}
constexpr std::array<bool, 256> kVerbatim = MakeVerbatim();

void AppendEscaped(unsigned char c, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      out->append("\\u00");
      out->push_back(kHex[c >> 4]);
      out->push_back(kHex[c & 15]);
  }
}

std::string Normalized(absl::string_view name) {
  std::string out;
  for (char c : name) {
    if (c != '_' && c != '-') out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

size_t Utf8Length(absl::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = ByteAt(text, 0);
  const size_t length = LengthByFirstByte(first);
  if (length <= 1) return length;
  if (text.size() < length || !SecondByteFits(first, ByteAt(text, 1))) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (!IsContinuation(ByteAt(text, i))) return 0;
  }
  return length;
}

size_t FindInvalidUtf8(absl::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    uint64_t word = 0;
    if (i + sizeof(word) <= text.size()) {
      std::memcpy(&word, text.data() + i, sizeof(word));
      if ((word & kHighBits) == 0) {
        i += sizeof(word);
        continue;
      }
    }
    const size_t length = Utf8Length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return absl::string_view::npos;
}

void AppendJsonString(absl::string_view text, std::string* out) {
  out->push_back('"');
  size_t done = 0;  // bytes before are written
  size_t i = 0;
  while (i < text.size()) {
    const unsigned char c = ByteAt(text, i);
    if (kVerbatim[c]) {
      ++i;
      continue;
    }
    const size_t length = c < 0x80 ? 0 : Utf8Length(text.substr(i));
    if (length > 0) {
      i += length;
      continue;
    }
    out->append(text.data() + done, i - done);
    if (c < 0x80) {
      AppendEscaped(c, out);
    } else {
      out->append("\xEF\xBF\xBD");
    }
    done = ++i;
  }
  out->append(text.data() + done, i - done);
  out->push_back('"');
}

std::string Quoted(absl::string_view text) {
  constexpr size_t kLongest = 60;
  std::string out;
  if (text.size() <= kLongest) {
    AppendJsonString(text, &out);
    return out;
  }
  size_t cut = kLongest;
  while (cut > 0 && IsContinuation(ByteAt(text, cut))) --cut;
  AppendJsonString(text.substr(0, cut), &out);
  out.insert(out.size() - 1, "...");
  return out;
}

std::string Closest(absl::string_view word, const std::vector<absl::string_view>& names) {
  if (word.size() > kLongestWord) return "";
  const std::string wanted = Normalized(word);
  size_t best = std::max<size_t>(1, (wanted.size() + 1) / 3) + 1;  // so far away it is no typing mistake
  std::string closest;
  for (absl::string_view name : names) {
    const size_t distance = EditDistance(wanted, Normalized(name));
    if (distance < best && distance < wanted.size()) {
      best = distance;
      closest = std::string(name);
    }
  }
  return closest;
}

void AppendKey(absl::string_view key, std::string* path) {
  const bool plain = !key.empty() && key.size() <= kLongestWord && std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
  if (plain) {
    absl::StrAppend(path, path->empty() ? "" : ".", key);
  } else {
    absl::StrAppend(path, "[", Quoted(key), "]");
  }
}

}  // namespace cassplan::model
