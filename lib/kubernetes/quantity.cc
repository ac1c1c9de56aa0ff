#include "lib/kubernetes/quantity.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace cassplan::kubernetes {
namespace {

constexpr int64_t kNano = 1000000000;
constexpr int64_t kMaxWhole = std::numeric_limits<int64_t>::max();

// The number before the suffix: value = digits * 10^-decimals.
struct Number {
  bool negative = false;
  absl::int128 digits = 0;
  int decimals = 0;
};

struct Suffix {
  Quantity::Notation notation = Quantity::Notation::kDecimal;
  int power_of_ten = 0;
  int power_of_two = 0;
};

absl::Status Malformed(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is not a quantity; write a number with an optional unit, such as 500m, 10 or 1.5Gi"));
}

absl::Status TooLarge(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is more than 2^63-1"));
}

// Takes the digits off the front of `text`. False: no digits, or more than 36 that count.
bool TakeNumber(absl::string_view* text, Number* number) {
  if (!text->empty() && (text->front() == '+' || text->front() == '-')) {
    number->negative = text->front() == '-';
    text->remove_prefix(1);
  }
  bool any = false;
  bool point = false;
  int count = 0;
  for (; !text->empty(); text->remove_prefix(1)) {
    const char c = text->front();
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) break;
    any = true;
    if (number->digits != 0 || c != '0') ++count;
    if (count > 36) return false;
    number->digits = number->digits * 10 + (c - '0');
    if (point) ++number->decimals;
  }
  return any;
}

std::optional<Suffix> ReadSuffix(absl::string_view text) {
  static constexpr std::array<std::pair<const char*, int>, 10> kDecimal = {
      {{"", 0}, {"n", -9}, {"u", -6}, {"m", -3}, {"k", 3}, {"M", 6}, {"G", 9}, {"T", 12}, {"P", 15}, {"E", 18}}};
  for (const auto& [name, power] : kDecimal) {
    if (text == name) return Suffix{Quantity::Notation::kDecimal, power, 0};
  }
  static constexpr std::array<std::pair<const char*, int>, 6> kBinary = {
      {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}}};
  for (const auto& [name, power] : kBinary) {
    if (text == name) return Suffix{Quantity::Notation::kBinary, 0, power};
  }
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  if (absl::StrContains(text, ' ')) return std::nullopt;
  int power = 0;
  if (!absl::SimpleAtoi(text.substr(1), &power) || power < -60 || power > 60) return std::nullopt;
  return Suffix{Quantity::Notation::kExponent, power, 0};
}

absl::int128 DivideUp(absl::int128 value, absl::int128 divisor) {
  return value / divisor + (value % divisor != 0 ? 1 : 0);
}

// digits * 10^power in units of 10^-9, rounded up. nullopt: more than 2^63-1 whole units.
std::optional<absl::int128> ScaleDecimal(absl::int128 digits, int power) {
  const absl::int128 limit = absl::int128(kMaxWhole) * kNano;
  if (digits == 0) return absl::int128(0);
  for (; power > -9; --power) {
    if (digits > limit / 10) return std::nullopt;
    digits *= 10;
  }
  absl::int128 divisor = 1;
  for (; power < -9 && divisor <= digits; ++power) divisor *= 10;
  digits = DivideUp(digits, divisor);
  if (digits > limit) return std::nullopt;
  return digits;
}

// digits * 2^shift * 10^-decimals in units of 10^-9, rounded up.
std::optional<absl::int128> ScaleBinary(absl::int128 digits, int shift, int decimals) {
  const absl::int128 limit = absl::int128(kMaxWhole) * kNano;
  absl::int128 divisor = 1;
  for (; decimals > 0 && divisor <= limit; --decimals) divisor *= 10;
  if (decimals > 0) return ScaleDecimal(digits, -decimals);
  absl::int128 whole = digits / divisor;
  absl::int128 rest = digits % divisor;
  // Doubling keeps rest < divisor <= 10^28, so that nothing overflows.
  for (int i = 0; i < shift; ++i) {
    if (whole > kMaxWhole) return std::nullopt;
    whole *= 2;
    rest *= 2;
    if (rest >= divisor) {
      rest -= divisor;
      ++whole;
    }
  }
  if (whole > kMaxWhole) return std::nullopt;
  // Nine more decimal digits, one at a time for the same reason.
  absl::int128 nano = whole;
  for (int i = 0; i < 9; ++i) {
    rest *= 10;
    nano = nano * 10 + rest / divisor;
    rest %= divisor;
  }
  if (rest != 0) ++nano;
  if (nano > limit) return std::nullopt;
  return nano;
}

struct Canonical {
  absl::int128 mantissa = 0;
  int exponent = 0;
};

// nano * 10^-9 as mantissa * 10^exponent with the exponent a multiple of three, as large as it can be.
Canonical ToThousands(absl::int128 nano) {
  Canonical result{nano, -9};
  while (result.mantissa % 1000 == 0) {
    result.mantissa /= 1000;
    result.exponent += 3;
  }
  return result;
}

std::string Int128Text(absl::int128 value) {
  if (value == 0) return "0";
  std::string digits;
  const bool negative = value < 0;
  for (absl::int128 rest = negative ? -value : value; rest != 0; rest /= 10) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string FormatDecimal(const Canonical& value, Quantity::Notation notation) {
  if (notation == Quantity::Notation::kExponent) {
    return value.exponent == 0 ? Int128Text(value.mantissa)
                               : absl::StrCat(Int128Text(value.mantissa), "e", value.exponent);
  }
  static constexpr std::array<const char*, 10> kSuffix = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  const int place = value.exponent / 3 + 3;
  return absl::StrCat(Int128Text(value.mantissa), kSuffix.at(static_cast<size_t>(place)));
}

std::string FormatBinary(absl::int128 whole) {
  static constexpr std::array<const char*, 7> kSuffix = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  size_t index = 0;
  while (whole % 1024 == 0 && index + 1 < kSuffix.size()) {
    whole /= 1024;
    ++index;
  }
  return absl::StrCat(Int128Text(whole), kSuffix[index]);
}

}  // namespace

absl::StatusOr<Quantity> ParseQuantity(absl::string_view text) {
  absl::string_view rest = text;
  Number number;
  if (!TakeNumber(&rest, &number)) return Malformed(text);
  const std::optional<Suffix> suffix = rest.empty() ? Suffix() : ReadSuffix(rest);
  if (!suffix.has_value()) return Malformed(text);
  const std::optional<absl::int128> nano = suffix->notation == Quantity::Notation::kBinary
                                               ? ScaleBinary(number.digits, suffix->power_of_two, number.decimals)
                                               : ScaleDecimal(number.digits, suffix->power_of_ten - number.decimals);
  if (!nano.has_value()) return TooLarge(text);
  return Quantity{number.negative ? -*nano : *nano, suffix->notation};
}

int64_t WholeUnits(const Quantity& quantity) {
  const absl::int128 whole = quantity.nano < 0 ? -DivideUp(-quantity.nano, kNano) : DivideUp(quantity.nano, kNano);
  return static_cast<int64_t>(whole);
}

absl::int128 MilliUnits(const Quantity& quantity) {
  return quantity.nano < 0 ? -DivideUp(-quantity.nano, 1000000) : DivideUp(quantity.nano, 1000000);
}

std::string FormatQuantity(const Quantity& quantity) {
  if (quantity.nano == 0) return "0";
  const absl::int128 magnitude = quantity.nano < 0 ? -quantity.nano : quantity.nano;
  // The API server writes small and fractional binary quantities as decimal ones.
  if (quantity.notation == Quantity::Notation::kBinary && magnitude % kNano == 0 &&
      magnitude >= absl::int128(1024) * kNano) {
    return FormatBinary(quantity.nano / kNano);
  }
  const bool exponent = quantity.notation == Quantity::Notation::kExponent;
  return FormatDecimal(ToThousands(quantity.nano),
                       exponent ? Quantity::Notation::kExponent : Quantity::Notation::kDecimal);
}

}  // namespace cassplan::kubernetes
