#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/model/event_sink.h"
#include "lib/model/text.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace cassplan::model {
namespace {

constexpr char kAlias[] = "aliases (*) are not supported; write the value itself";

// Thrown through yaml-cpp, which has no other way to be stopped; caught in ReadYaml.
struct StopReading {};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(absl::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // std::streambuf reads through char*
    setg(begin, begin, begin + text.size());
  }
};

// False for a string in quotes that the end of the text closes: yaml-cpp takes it.
bool IsClosed(absl::string_view source) {
  if (source.empty() || (source[0] != '"' && source[0] != '\'')) return true;  // a block scalar
  const char escape = source[0] == '"' ? '\\' : '\'';
  for (size_t i = 1; i < source.size(); ++i) {
    const bool escaped = source[i] == escape && (escape == '\\' || source.substr(i + 1, 1) == "'");
    if (escaped) {
      ++i;
    } else if (source[i] == source[0]) {
      return true;
    }
  }
  return false;
}

// yaml-cpp's events -> EventSink.
class YamlHandler : public YAML::EventHandler {
 public:
  // `skipped`: bytes of a byte order mark that yaml-cpp does not see.
  YamlHandler(Diagnostics* diagnostics, EventSink* sink, size_t skipped)
      : diagnostics_(diagnostics), sink_(sink), skipped_(skipped) {}

  bool any_document() const { return documents_ > 0; }
  size_t OffsetOf(const YAML::Mark& mark) const { return skipped_ + static_cast<size_t>(mark.pos < 0 ? 0 : mark.pos); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    Stop(OffsetOf(mark), "a second document or text after the first; write one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::string text = NullText(OffsetOf(mark));
    const size_t offset = text.empty() ? BlanksBefore(OffsetOf(mark)) : OffsetOf(mark);
    Take({offset, false, anchor != YAML::NullAnchor}, true, text);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const size_t offset = OffsetOf(mark);
    if (IsKey()) Stop(offset, kAlias);
    Continue(sink_->OnRefused(offset));
    ValueDone();
    Refuse(offset, kAlias);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const size_t offset = OffsetOf(mark);
    const bool tagged = (tag != "?" && tag != "!") || absl::StartsWith(TextAt(offset), "!");
    Take({offset, tagged, anchor != YAML::NullAnchor}, tag == "?", value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Expects::kItem);
  }
  void OnSequenceEnd() override {
    open_.pop_back();
    Continue(sink_->OnListEnd());
    ValueDone();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Expects::kKey);
  }
  void OnMapEnd() override {
    open_.pop_back();
    Continue(sink_->OnMapEnd());
    ValueDone();
  }

 private:
  enum class Expects { kItem, kKey, kValue };

  struct Node {
    size_t offset;
    bool tagged;
    bool anchored;
  };

  bool IsKey() const { return !open_.empty() && open_.back() == Expects::kKey; }

  void ValueDone() {
    if (!open_.empty() && open_.back() == Expects::kValue) open_.back() = Expects::kKey;
  }

  void Continue(bool more) {
    if (!more) throw StopReading();
  }

  void Refuse(size_t offset, std::string message) {
    Continue(diagnostics_->Add(offset, sink_->Path(), std::move(message)));
  }

  // For what makes the rest of the text impossible to understand.
  [[noreturn]] void Stop(size_t offset, std::string message) {
    Refuse(offset, std::move(message));
    throw StopReading();
  }

  // After the sink has seen the node, so that the path is right.
  void RefuseProperties(const Node& node) {
    if (node.anchored) Refuse(node.offset, "anchors (&) are not supported; write the value where it is used");
    if (node.tagged) Refuse(node.offset, "tags (!) are not supported; leave the tag out");
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Expects first) {
    const Node node = {OffsetOf(mark), !tag.empty() && tag != "?", anchor != YAML::NullAnchor};
    if (IsKey()) Stop(node.offset, "a list or map cannot be a key, or its closing bracket is missing");
    open_.push_back(first);
    Continue(first == Expects::kItem ? sink_->OnListStart(node.offset) : sink_->OnMapStart(node.offset));
    RefuseProperties(node);
  }

  void Take(const Node& node, bool plain, const std::string& value) {
    if (!plain && !node.tagged && !IsClosed(TextAt(node.offset))) {
      Stop(node.offset, "not YAML: this string has no closing quote");
    }
    scratch_ = value;
    if (IsKey()) {
      TakeKey(node.offset, plain);
    } else {
      Continue(node.tagged ? sink_->OnRefused(node.offset) : TakeValue(node.offset, plain));
      ValueDone();
    }
    RefuseProperties(node);
  }

  bool TakeValue(size_t offset, bool plain) {
    Scalar scalar;
    scalar.kind = Kind::kString;
    scalar.text = &scratch_;
    scalar.plain = plain;
    if (plain) ResolvePlain(scratch_, &scalar);
    return sink_->OnScalar(offset, scalar);
  }

  void TakeKey(size_t offset, bool plain) {
    if (plain && scratch_ == "<<") Stop(offset, "merge keys (<<) are not supported; write the fields themselves");
    Scalar scalar;
    scalar.kind = Kind::kString;
    if (plain) ResolvePlain(scratch_, &scalar);
    if (scalar.kind == Kind::kNull) Stop(offset, "a key is missing or null; write a text, in quotes");
    Continue(sink_->OnKey(offset, scratch_));
    open_.back() = Expects::kValue;
  }

  absl::string_view TextAt(size_t offset) const {
    const absl::string_view text = diagnostics_->text();
    return text.substr(std::min(offset, text.size()));
  }

  // yaml-cpp says neither how a null was written nor, when it was not written at all, where it would have been.
  std::string NullText(size_t offset) const {
    for (const char* word : {"~", "null", "Null", "NULL"}) {
      absl::string_view rest = TextAt(offset);
      if (absl::ConsumePrefix(&rest, word) && (rest.empty() || absl::StrContains(" \t\r\n,]}", rest[0]))) return word;
    }
    return "";
  }
  size_t BlanksBefore(size_t offset) const {
    const absl::string_view text = diagnostics_->text();
    offset = std::min(offset, text.size());
    while (offset > skipped_ && absl::ascii_isspace(static_cast<unsigned char>(text[offset - 1]))) --offset;
    return offset;
  }

  Diagnostics* const diagnostics_;
  EventSink* const sink_;
  const size_t skipped_;
  int documents_ = 0;
  std::vector<Expects> open_;
  std::string scratch_;
};

// Control characters: YAML forbids them, and yaml-cpp takes some of them for the end of the text.
bool CheckCharacters(Diagnostics* diagnostics) {
  const absl::string_view text = diagnostics->text();
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n' || c == '\r') continue;
    diagnostics->Add(
        i, "",
        absl::StrCat("control character 0x", absl::Hex(c, absl::kZeroPad2), " is not allowed in YAML; write it as \\x",
                     absl::Hex(c, absl::kZeroPad2), " in double quotes"));
    return false;
  }
  return true;
}

bool IsIndentedWithTab(absl::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const size_t newline = offset == 0 ? absl::string_view::npos : text.rfind('\n', offset - 1);
  const absl::string_view line = text.substr(newline == absl::string_view::npos ? 0 : newline + 1);
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != absl::string_view::npos;
}

void ReportSyntax(const YAML::Exception& error, const YamlHandler& handler, Diagnostics* diagnostics, EventSink* sink) {
  const absl::string_view text = diagnostics->text();
  size_t offset = handler.OffsetOf(error.mark);
  while (offset > 0 && offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) --offset;
  if (offset < text.size() && text[offset] == '*') {
    diagnostics->Add(offset, sink->Path(), kAlias);
    return;
  }
  const char* const hint = IsIndentedWithTab(text, offset) ? "; indent with spaces, not with tabs" : "";
  absl::string_view reason = error.msg;
  reason = reason.substr(0, reason.find(": "));  // what follows may be half a character
  diagnostics->Add(offset, sink->Path(), absl::StrCat("not YAML: ", reason, hint));
}

void Parse(absl::string_view text, YamlHandler* handler, Diagnostics* diagnostics, EventSink* sink) {
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(*handler)) {
    }
    if (handler->any_document()) return;
    Scalar nothing;
    std::string empty;
    nothing.plain = true;
    nothing.text = &empty;
    sink->OnScalar(0, nothing);
  } catch (const YAML::Exception& error) {
    ReportSyntax(error, *handler, diagnostics, sink);
  }
}

}  // namespace

void ReadYaml(Diagnostics* diagnostics, EventSink* sink) {
  if (!CheckCharacters(diagnostics)) return;
  absl::string_view text = diagnostics->text();
  const size_t skipped = absl::StartsWith(text, kByteOrderMark) ? kByteOrderMark.size() : 0;
  text.remove_prefix(skipped);
  YamlHandler handler(diagnostics, sink, skipped);
  try {
    Parse(text, &handler, diagnostics, sink);
  } catch (const StopReading&) {
    // What made it stop has been reported.
  } catch (const std::exception& error) {
    diagnostics->AddToFile(absl::StrCat("the text cannot be read: ", error.what()));
  }
}

}  // namespace cassplan::model
