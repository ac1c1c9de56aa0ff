#include <exception>
#include <iterator>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/model/event_sink.h"
#include "lib/model/text.h"
#include "nlohmann/json.hpp"

namespace cassplan::model {
namespace {

constexpr char kTextAfter[] = "text after the document; remove it";

// Between two tokens that make events there are only these.
bool IsGap(char c) { return c == ' ' || c == '\n' || c == ',' || c == ':' || c == '\r' || c == '\t'; }

bool IsOfNumber(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

// Tells how far the parser has read: its SAX events do not say where they are.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* position, const char** furthest) : position_(position), furthest_(furthest) {}

  reference operator*() const { return *position_; }
  CountingIterator& operator++() {
    *furthest_ = ++position_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return position_ == other.position_; }
  bool operator!=(const CountingIterator& other) const { return position_ != other.position_; }

 private:
  const char* position_;
  const char** furthest_;
};

// nlohmann's SAX interface -> EventSink.
class SaxHandler {
 public:
  SaxHandler(Diagnostics* diagnostics, EventSink* sink)
      : diagnostics_(diagnostics), sink_(sink), text_(diagnostics->text()), furthest_(text_.data()) {
    if (absl::StartsWith(text_, kByteOrderMark)) token_end_ = kByteOrderMark.size();
  }

  CountingIterator begin() { return CountingIterator(text_.data(), &furthest_); }
  CountingIterator end() { return CountingIterator(text_.data() + text_.size(), &furthest_); }

  bool null() { return Literal(Kind::kNull, false, "null"); }
  bool boolean(bool value) { return Literal(Kind::kBool, value, value ? "true" : "false"); }
  bool number_integer(int64_t value) { return Number(Kind::kInt, value); }
  bool number_unsigned(uint64_t value) {
    const bool fits = value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    return Number(fits ? Kind::kInt : Kind::kDouble, fits ? static_cast<int64_t>(value) : 0);
  }
  bool number_float(double, const std::string&) { return Number(Kind::kDouble, 0); }
  bool string(std::string& value) {
    Scalar scalar;
    scalar.kind = Kind::kString;
    scalar.text = &value;
    return Emit(scalar);
  }
  bool binary(nlohmann::json::binary_t&) { return false; }  // JSON has none
  bool start_object(std::size_t) {
    ++depth_;
    return sink_->OnMapStart(NextToken());
  }
  bool key(std::string& value) { return sink_->OnKey(NextToken(), value); }
  bool end_object() {
    Close();
    return sink_->OnMapEnd();
  }
  bool start_array(std::size_t) {
    ++depth_;
    return sink_->OnListStart(NextToken());
  }
  bool end_array() {
    Close();
    return sink_->OnListEnd();
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    ReportSyntax(error.what());
    return false;
  }

  // The parser takes a NUL byte for the end of the text.
  void CheckEnd() {
    if (GapEnd() < text_.size()) diagnostics_->Add(GapEnd(), "", kTextAfter);
  }

 private:
  size_t Consumed() const { return static_cast<size_t>(furthest_ - text_.data()); }

  size_t GapEnd() const {
    size_t i = token_end_;
    while (i < text_.size() && IsGap(text_[i])) ++i;
    return i;
  }

  size_t NextToken() {
    const size_t start = GapEnd();
    token_end_ = Consumed();
    return start;
  }

  void Close() {
    token_end_ = Consumed();
    if (--depth_ == 0) done_ = true;
  }

  bool Emit(Scalar& scalar) {
    const size_t start = NextToken();
    if (depth_ == 0) done_ = true;
    return sink_->OnScalar(start, scalar);
  }

  bool Literal(Kind kind, bool value, const char* text) {
    Scalar scalar;
    scalar.kind = kind;
    scalar.bool_value = value;
    scratch_ = text;
    scalar.text = &scratch_;
    return Emit(scalar);
  }

  // A number's event comes when the byte after it has been read.
  bool Number(Kind kind, int64_t value) {
    const size_t start = GapEnd();
    const size_t limit = Consumed() < text_.size() ? Consumed() - 1 : text_.size();
    size_t end = start;
    while (end < limit && IsOfNumber(text_[end])) ++end;
    token_end_ = end;
    if (depth_ == 0) done_ = true;
    scratch_.assign(text_.data() + start, end - start);
    Scalar scalar;
    scalar.kind = kind;
    scalar.int_value = value;
    scalar.text = &scratch_;
    return sink_->OnScalar(start, scalar);
  }

  void ReportSyntax(const std::string& what);
  std::string Hint(size_t offset) const;

  Diagnostics* const diagnostics_;
  EventSink* const sink_;
  const absl::string_view text_;
  const char* furthest_;
  size_t token_end_ = 0;  // of the last token that made an event
  size_t depth_ = 0;
  bool done_ = false;  // the document is whole
  std::string scratch_;
};

// "[json.exception.parse_error.101] parse error at line 1, column 3: syntax error while parsing value - unexpected ']';
// last read: ..." -> "unexpected ']'".
std::string ReasonOf(absl::string_view what) {
  const size_t dash = what.find(" - ");
  if (dash != absl::string_view::npos) what.remove_prefix(dash + 3);
  return std::string(what.substr(0, what.find("; last read")));
}

void SaxHandler::ReportSyntax(const std::string& what) {
  const size_t token = GapEnd();
  if (done_) {
    diagnostics_->Add(token, "", kTextAfter);
    return;
  }
  if (token == text_.size() && depth_ == 0) {
    diagnostics_->Add(token, "", "not JSON: there is no document in the text");
    return;
  }
  if (absl::StrContains(what, "json.exception.out_of_range")) {
    diagnostics_->Add(token, sink_->Path(), "the number is too large; write an integer of at most 64 bits");
    return;
  }
  const std::string reason = ReasonOf(what);
  const size_t last = Consumed() > 0 ? Consumed() - 1 : 0;
  if (absl::StrContains(reason, "end of input") && last < text_.size() && text_[last] == '\0') {
    diagnostics_->Add(last, sink_->Path(), "not JSON: a NUL byte; write \\u0000 inside a string");
  } else if (absl::StrContains(reason, "end of input")) {
    diagnostics_->Add(text_.size(), sink_->Path(), "not JSON: the text ends too early; a closing } or ] is missing");
  } else if (absl::StrContains(reason, "missing closing quote")) {
    diagnostics_->Add(token, sink_->Path(), "not JSON: this string has no closing quote");
  } else {
    // A token that is wrong as a whole, or one byte (punctuation, or in a string).
    const bool at_last = absl::StartsWith(reason, "unexpected '") || absl::StartsWith(reason, "invalid string");
    const size_t offset = at_last ? last : token;
    diagnostics_->Add(offset, sink_->Path(), absl::StrCat("not JSON: ", reason, Hint(offset)));
  }
}

std::string SaxHandler::Hint(size_t offset) const {
  if (offset >= text_.size()) return "";
  size_t before = offset;
  while (before > 0 && absl::ascii_isspace(static_cast<unsigned char>(text_[before - 1]))) --before;
  switch (text_[offset]) {
    case '\'':
      return "; strings stand in double quotes";
    case '#':
    case '/':
      return "; JSON has no comments";
    case ']':
    case '}':
      return before > 0 && text_[before - 1] == ',' ? "; remove the comma before it" : "";
    default:
      return "";
  }
}

}  // namespace

void ReadJson(Diagnostics* diagnostics, EventSink* sink) {
  try {
    SaxHandler handler(diagnostics, sink);
    if (nlohmann::json::sax_parse(handler.begin(), handler.end(), &handler)) handler.CheckEnd();
  } catch (const std::exception& error) {
    diagnostics->AddToFile(absl::StrCat("the text cannot be read: ", error.what()));
  }
}

}  // namespace cassplan::model
