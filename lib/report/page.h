// Lines of text for a terminal: wrapped, coloured where asked, safe to print whatever the input held.
#ifndef CASSPLAN_LIB_REPORT_PAGE_H_
#define CASSPLAN_LIB_REPORT_PAGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::report {

enum class Paint { kPlain, kBold, kDim, kRed, kGreen, kYellow };

// Text with control characters, bytes that are not UTF-8 and invisible characters as \xNN: what a cluster answers must
// not steer the terminal of who reads it.
std::string Safe(absl::string_view text);

// Columns that the text takes: one per character.
size_t Columns(absl::string_view text);

class Page {
 public:
  Page(size_t width, bool color) : width_(width), color_(color) {}

  // An empty line, unless the page is empty or ends with one.
  void Gap();
  // A line that starts a part: bold.
  void Heading(absl::string_view text) { Text(0, text, Paint::kBold); }
  // A paragraph, wrapped between words; the first line is indented by `indent`, the others by two more. Words are never
  // cut: names and commands stay whole.
  void Text(size_t indent, absl::string_view text, Paint paint = Paint::kPlain);
  // As it is, in one line: commands, to be copied.
  void Verbatim(size_t indent, absl::string_view text);

  // Cells in columns that are as wide as their longest cell; nothing is padded at the end of a line, and a
  // column without text takes no room. A cell that does
  // not fit goes on in the next line.
  struct Row {
    std::vector<std::string> cells;
    Paint paint = Paint::kPlain;  // of the first cell that is not empty
  };
  void Table(size_t indent, const std::vector<Row>& rows);

  // Keeps so many lines, the last of which says how many are missing.
  void Cut(size_t lines);

  size_t lines() const { return lines_.size(); }
  std::string Join() const;

 private:
  std::string Painted(absl::string_view text, Paint paint) const;
  void TableRow(size_t indent, const std::vector<size_t>& widths, const Row& row);
  void Wrap(size_t first_indent, size_t indent, absl::string_view text, Paint paint);

  size_t width_;
  bool color_;
  std::vector<std::string> lines_;
};

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_PAGE_H_
