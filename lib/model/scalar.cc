#include "lib/model/scalar.h"

#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/model/text.h"

namespace cassplan::model {
namespace {

bool IsOneOf(absl::string_view text, absl::string_view lower, absl::string_view title, absl::string_view upper) {
  return text == lower || text == title || text == upper;
}

size_t DigitsAt(absl::string_view text, size_t i) {
  size_t end = i;
  while (end < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[end]))) ++end;
  return end - i;
}

absl::string_view WithoutSign(absl::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsFloat(absl::string_view text) {
  text = WithoutSign(text);
  const size_t whole = DigitsAt(text, 0);
  text.remove_prefix(whole);
  if (absl::ConsumePrefix(&text, ".")) {
    const size_t fraction = DigitsAt(text, 0);
    if (whole + fraction == 0) return false;
    text.remove_prefix(fraction);
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text = WithoutSign(text.substr(1));
  return !text.empty() && DigitsAt(text, 0) == text.size();
}

bool IsSpecialFloat(absl::string_view text) {
  return IsOneOf(WithoutSign(text), ".inf", ".Inf", ".INF") || IsOneOf(text, ".nan", ".NaN", ".NAN");
}

// 0x1f or 0o17.
bool IsPrefixedInteger(absl::string_view text, int base, int64_t* value) {
  if (!absl::StartsWith(text, base == 16 ? "0x" : "0o") || text.size() == 2 || text[2] == '-') return false;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + 2, end, *value, base);
  return result.ec == std::errc() && result.ptr == end;
}

}  // namespace

bool IsDecimalInteger(absl::string_view text) {
  text = WithoutSign(text);
  return !text.empty() && DigitsAt(text, 0) == text.size();
}

void ResolvePlain(absl::string_view text, Scalar* scalar) {
  if (text.empty() || text == "~" || IsOneOf(text, "null", "Null", "NULL")) {
    scalar->kind = Kind::kNull;
  } else if (IsOneOf(text, "true", "True", "TRUE")) {
    scalar->kind = Kind::kBool;
    scalar->bool_value = true;
  } else if (IsOneOf(text, "false", "False", "FALSE")) {
    scalar->kind = Kind::kBool;
    scalar->bool_value = false;
  } else if (IsDecimalInteger(text)) {
    scalar->kind = absl::SimpleAtoi(text, &scalar->int_value) ? Kind::kInt : Kind::kDouble;
  } else if (IsPrefixedInteger(text, 16, &scalar->int_value) || IsPrefixedInteger(text, 8, &scalar->int_value)) {
    scalar->kind = Kind::kInt;
  } else {
    scalar->kind = IsFloat(text) || IsSpecialFloat(text) ? Kind::kDouble : Kind::kString;
  }
}

std::string Describe(const Scalar& scalar) {
  if (scalar.kind == Kind::kNull) return "null";
  if (scalar.kind == Kind::kString) return Quoted(*scalar.text);
  constexpr size_t kLongest = 60;
  return scalar.text->size() <= kLongest ? *scalar.text : absl::StrCat(scalar.text->substr(0, kLongest), "...");
}

std::string FloatAsJson(absl::string_view text) {
  std::string out;
  if (IsSpecialFloat(text)) {
    AppendJsonString(text, &out);
    return out;
  }
  if (absl::StartsWith(text, "-")) out.push_back('-');
  text = WithoutSign(text);
  while (text.size() > 1 && text[0] == '0' && absl::ascii_isdigit(static_cast<unsigned char>(text[1]))) {
    text.remove_prefix(1);
  }
  const size_t whole = DigitsAt(text, 0);
  absl::StrAppend(&out, whole == 0 ? "0" : text.substr(0, whole));
  text.remove_prefix(whole);
  if (absl::ConsumePrefix(&text, ".")) {
    const size_t fraction = DigitsAt(text, 0);
    absl::StrAppend(&out, ".", fraction == 0 ? "0" : text.substr(0, fraction));
    text.remove_prefix(fraction);
  }
  absl::StrAppend(&out, text);
  return out;
}

}  // namespace cassplan::model
