#include "lib/report/page.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cassplan::report {
namespace {

unsigned char Byte(absl::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

// Length of the UTF-8 sequence at `i`, 0 when there is none; its code point in `code`.
size_t Sequence(absl::string_view text, size_t i, uint32_t* code) {
  const unsigned char lead = Byte(text, i);
  *code = lead;
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return 0;
  *code = lead & (0xffu >> (length + 1));
  for (size_t k = 1; k < length; ++k) {
    if ((Byte(text, i + k) & 0xc0u) != 0x80u) return 0;
    *code = *code << 6 | (Byte(text, i + k) & 0x3fu);
  }
  const bool overlong = (length == 3 && *code < 0x800) || (length == 4 && *code < 0x10000);
  return overlong || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : length;
}

bool Printable(uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  // Marks that change direction or are invisible.
  return !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
         !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff;
}

const char* Escape(Paint paint) {
  switch (paint) {
    case Paint::kBold:
      return "\x1b[1m";
    case Paint::kDim:
      return "\x1b[2m";
    case Paint::kRed:
      return "\x1b[31m";
    case Paint::kGreen:
      return "\x1b[32m";
    case Paint::kYellow:
      return "\x1b[33m";
    case Paint::kPlain:
      break;
  }
  return "";
}

constexpr size_t kContinued = 8;

}  // namespace

std::string Safe(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    uint32_t code = 0;
    const size_t length = Sequence(text, i, &code);
    const size_t step = length == 0 ? 1 : length;
    if (length != 0 && Printable(code)) {
      absl::StrAppend(&out, text.substr(i, step));
    } else {
      for (size_t k = 0; k < step; ++k) absl::StrAppend(&out, "\\x", absl::Hex(Byte(text, i + k), absl::kZeroPad2));
    }
    i += step;
  }
  return out;
}

size_t Columns(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

void Page::Gap() {
  if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
}

void Page::Text(size_t indent, absl::string_view text, Paint paint) { Wrap(indent, indent + 2, Safe(text), paint); }

void Page::Verbatim(size_t indent, absl::string_view text) {
  lines_.push_back(absl::StrCat(std::string(indent, ' '), Safe(text)));
}

std::string Page::Painted(absl::string_view text, Paint paint) const {
  if (!color_ || paint == Paint::kPlain || text.empty()) return std::string(text);
  return absl::StrCat(Escape(paint), text, "\x1b[0m");
}

void Page::Wrap(size_t first_indent, size_t indent, absl::string_view text, Paint paint) {
  std::string line;
  bool first = true;
  const auto flush = [&] {
    lines_.push_back(absl::StrCat(std::string(first ? first_indent : indent, ' '), Painted(line, paint)));
    line.clear();
    first = false;
  };
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t used = (first ? first_indent : indent) + Columns(line);
    if (!line.empty() && used + 1 + Columns(word) > width_) flush();
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty()) flush();
}

void Page::TableRow(size_t indent, const std::vector<size_t>& widths, const Row& row) {
  std::string line(indent, ' ');
  size_t column = indent;
  std::string pad;
  Paint paint = row.paint;
  for (size_t c = 0; c < row.cells.size(); ++c) {
    const std::string cell = Safe(row.cells[c]);
    const size_t columns = Columns(cell);
    if (columns > 0) {
      if (column > indent && column + pad.size() + columns > width_) {
        lines_.push_back(std::move(line));
        line = std::string(indent + kContinued, ' ');
        column = line.size();
        pad.clear();
      }
      absl::StrAppend(&line, pad, Painted(cell, paint));
      column += pad.size() + columns;
      paint = Paint::kPlain;
      pad.clear();
    }
    if (c < widths.size() && widths[c] > 0) pad.append((widths[c] > columns ? widths[c] - columns : 0) + 2, ' ');
  }
  lines_.push_back(std::move(line));
}

void Page::Table(size_t indent, const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.cells.size()));
    // The last cell of a row decides nothing: nothing follows it.
    for (size_t c = 0; c + 1 < row.cells.size(); ++c) widths[c] = std::max(widths[c], Columns(Safe(row.cells[c])));
  }
  for (const Row& row : rows) TableRow(indent, widths, row);
}

void Page::Cut(size_t lines) {
  if (lines_.size() <= lines) return;
  const size_t missing = lines_.size() - lines + 1;
  lines_.resize(lines - 1);
  Text(0, absl::StrCat("... and ", missing, " more lines: -v"), Paint::kDim);
}

std::string Page::Join() const {
  std::string out;
  for (const std::string& line : lines_) absl::StrAppend(&out, line, "\n");
  return out;
}

}  // namespace cassplan::report
