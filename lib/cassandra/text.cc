#include "lib/cassandra/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cassplan::cassandra {
namespace {

constexpr size_t kMaxAddress = 300;  // a host name has at most 255 bytes

std::optional<std::string> CanonicalIp(absl::string_view text) {
  const size_t scope = text.find('%');
  const std::string ip(text.substr(0, scope));
  if (ip.find('\0') != std::string::npos) return std::nullopt;
  in_addr v4;
  if (inet_pton(AF_INET, ip.c_str(), &v4) == 1) return ip;  // there is only one way to write it
  in6_addr v6;
  if (inet_pton(AF_INET6, ip.c_str(), &v6) != 1) return std::nullopt;
  char out[INET6_ADDRSTRLEN];
  // Java prints a mapped address as the IPv4 address in it.
  const char* printed = IN6_IS_ADDR_V4MAPPED(&v6) ? inet_ntop(AF_INET, &v6.s6_addr[12], out, sizeof(out))
                                                  : inet_ntop(AF_INET6, &v6, out, sizeof(out));
  return printed == nullptr ? std::nullopt : std::optional<std::string>(printed);
}

// digits[.digits][E[+-]digits] as an exact fraction: mantissa / 10^scale.
struct Decimal {
  absl::uint128 mantissa = 0;
  int scale = 0;
};

constexpr int kMaxDigits = 20;

std::optional<Decimal> ReadDecimal(absl::string_view text) {
  Decimal out;
  int exponent = 0;
  const size_t e = text.find_first_of("eE");
  if (e != absl::string_view::npos) {
    const auto read = ParseInteger(absl::StripPrefix(text.substr(e + 1), "+"));
    if (!read.has_value() || *read < -20 || *read > 20) return std::nullopt;
    exponent = static_cast<int>(*read);
    text = text.substr(0, e);
  }
  const size_t point = text.find_last_of(".,");
  int digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] == ',' && point != absl::string_view::npos && i < point && text[point] == '.') continue;
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    if (++digits > kMaxDigits) return std::nullopt;
    out.mantissa = out.mantissa * 10 + static_cast<unsigned>(text[i] - '0');
    if (point != absl::string_view::npos && i > point) ++out.scale;
  }
  if (digits == 0) return std::nullopt;
  out.scale -= exponent;
  for (; out.scale < 0; ++out.scale) {
    if (out.mantissa > absl::Uint128Max() / 10) return std::nullopt;
    out.mantissa *= 10;
  }
  return out;
}

std::optional<uint64_t> UnitOf(absl::string_view unit) {
  const std::string u = absl::AsciiStrToLower(unit);
  if (u.empty() || u == "b" || u == "byte" || u == "bytes") return 1;
  static constexpr char kPrefixes[] = "kmgtp";
  uint64_t factor = 1;
  for (const char prefix : absl::string_view(kPrefixes)) {
    factor *= 1024;
    if (u[0] == prefix && (u.substr(1) == "b" || u.substr(1) == "ib")) return factor;
  }
  return std::nullopt;
}

// Reads pairs up to the closing brace.
class PairReader {
 public:
  explicit PairReader(absl::string_view text) : text_(text) {}

  bool Read(std::vector<std::pair<std::string, std::string>>* out) {
    SkipSpace();
    if (Take('}')) return AtEnd();
    while (true) {
      std::pair<std::string, std::string> pair;
      if (!Word("=:", &pair.first) || pair.first.empty()) return false;
      if (!Take('=') && !Take(':')) return false;
      if (!Word(",}", &pair.second)) return false;
      for (const auto& other : *out) {
        if (other.first == pair.first) return false;
      }
      out->push_back(std::move(pair));
      if (Take('}')) return AtEnd();
      if (!Take(',')) return false;
    }
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    SkipSpace();
    return true;
  }
  bool AtEnd() {
    SkipSpace();
    return at_ == text_.size();
  }
  // A word in quotes, or one that ends before any of `stops`.
  bool Word(absl::string_view stops, std::string* out) {
    SkipSpace();
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) return Quoted(out);
    const size_t end = text_.find_first_of(stops, at_);
    if (end == absl::string_view::npos) return false;
    *out = std::string(absl::StripAsciiWhitespace(text_.substr(at_, end - at_)));
    at_ = end;
    return out->find_first_of("{}'\"") == std::string::npos;
  }
  bool Quoted(std::string* out) {
    const char quote = text_[at_++];
    while (at_ < text_.size()) {
      if (text_[at_] != quote) {
        out->push_back(text_[at_++]);
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {  // CQL doubles a quote
        out->push_back(quote);
        at_ += 2;
      } else {
        ++at_;
        SkipSpace();
        return true;
      }
    }
    return false;
  }

  absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<std::string> NormalizeAddress(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty() || text.size() > kMaxAddress) return std::nullopt;
  const size_t slash = text.rfind('/');
  if (slash != absl::string_view::npos) text = text.substr(slash + 1);
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return std::nullopt;
    const absl::string_view port = text.substr(end + 1);
    if (!port.empty() && (port[0] != ':' || !ParseInteger(port.substr(1)).has_value())) return std::nullopt;
    return CanonicalIp(text.substr(0, end));
  }
  if (std::count(text.begin(), text.end(), ':') == 1) {
    const size_t colon = text.find(':');
    if (!ParseInteger(text.substr(colon + 1)).has_value()) return std::nullopt;
    text = text.substr(0, colon);
  }
  return CanonicalIp(text);
}

std::optional<int64_t> ParseBytes(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  size_t end = text.find_last_of("0123456789");
  if (end == absl::string_view::npos) return std::nullopt;
  const auto unit = UnitOf(absl::StripAsciiWhitespace(text.substr(end + 1)));
  const auto number = ReadDecimal(text.substr(0, end + 1));
  if (!unit.has_value() || !number.has_value()) return std::nullopt;
  if (number->mantissa > absl::Uint128Max() / *unit) return std::nullopt;
  absl::uint128 bytes = number->mantissa * *unit;
  bool rest = false;
  for (int i = 0; i < number->scale; ++i) {
    rest = rest || bytes % 10 != 0;
    bytes /= 10;
  }
  if (rest) bytes += 1;
  if (bytes > static_cast<absl::uint128>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return static_cast<int64_t>(absl::Uint128Low64(bytes));
}

std::optional<int64_t> ParseInteger(absl::string_view text) {
  const absl::string_view digits = absl::StripPrefix(text, "-");
  if (digits.empty() || digits.size() > 20) return std::nullopt;
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
  }
  int64_t out = 0;
  if (!absl::SimpleAtoi(text, &out)) return std::nullopt;
  return out;
}

std::string SimpleClassName(absl::string_view text) {
  const size_t dot = text.rfind('.');
  return std::string(dot == absl::string_view::npos ? text : text.substr(dot + 1));
}

std::optional<OptionsText> ParseOptionsText(absl::string_view text) {
  const size_t brace = text.find('{');
  if (brace == absl::string_view::npos) return std::nullopt;
  OptionsText out;
  out.name = std::string(absl::StripAsciiWhitespace(text.substr(0, brace)));
  if (out.name.find_first_of(" \t\r\n{}'\"=:,") != std::string::npos) return std::nullopt;
  if (!PairReader(text.substr(brace + 1)).Read(&out.options)) return std::nullopt;
  return out;
}

std::optional<std::string> NormalizeHostId(absl::string_view text) {
  if (text.size() != 36) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
  }
  return absl::AsciiStrToLower(text);
}

std::string Clip(absl::string_view text) {
  constexpr size_t kLongest = 200;
  if (text.size() <= kLongest) return std::string(text);
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

}  // namespace cassplan::cassandra
