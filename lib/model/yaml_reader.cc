#include <exception>
#include <istream>
#include <streambuf>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/model/event_sink.h"
#include "lib/model/text.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace cassplan::model {
namespace {

// Thrown through yaml-cpp, which has no other way to be stopped; caught in ReadYaml.
struct StopReading {};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(absl::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // std::streambuf reads through char*
    setg(begin, begin, begin + text.size());
  }
};

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
    Refuse(mark, "a second document; write one document and nothing after it");
    throw StopReading();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Take(mark, "?", anchor, NullText(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    RefuseAlias(mark);
    if (IsKey()) throw StopReading();
    Continue(sink_->OnRefused());
    ValueDone();
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Take(mark, tag, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, false);
    Continue(sink_->OnListStart(OffsetOf(mark)));
  }
  void OnSequenceEnd() override {
    open_.pop_back();
    Continue(sink_->OnListEnd());
    ValueDone();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, true);
    Continue(sink_->OnMapStart(OffsetOf(mark)));
  }
  void OnMapEnd() override {
    open_.pop_back();
    Continue(sink_->OnMapEnd());
    ValueDone();
  }

  void RefuseAlias(const YAML::Mark& mark) { Refuse(mark, "aliases (*) are not supported; write the value itself"); }

 private:
  enum class Expects { kItem, kKey, kValue };

  bool IsKey() const { return !open_.empty() && open_.back() == Expects::kKey; }

  void ValueDone() {
    if (!open_.empty() && open_.back() == Expects::kValue) open_.back() = Expects::kKey;
  }

  void Continue(bool more) {
    if (!more) throw StopReading();
  }

  void Refuse(const YAML::Mark& mark, std::string message) {
    Continue(diagnostics_->Add(OffsetOf(mark), sink_->Path(), std::move(message)));
  }

  void CheckProperties(const YAML::Mark& mark, bool tagged, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      Refuse(mark, "anchors (&) are not supported; write the value where it is used");
    }
    if (tagged) Refuse(mark, "tags (!) are not supported; leave the tag out");
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, bool map) {
    CheckProperties(mark, !tag.empty() && tag != "?", anchor);
    if (IsKey()) RefuseKey(mark, "a list or map cannot be a key; write a text");
    open_.push_back(map ? Expects::kKey : Expects::kItem);
  }

  // After a key that is none nothing of the map can be understood.
  [[noreturn]] void RefuseKey(const YAML::Mark& mark, std::string message) {
    Refuse(mark, std::move(message));
    throw StopReading();
  }

  void Take(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) {
    const size_t offset = OffsetOf(mark);
    const absl::string_view source = diagnostics_->text().substr(std::min(offset, diagnostics_->text().size()));
    CheckProperties(mark, (tag != "?" && tag != "!") || absl::StartsWith(source, "!"), anchor);
    scratch_ = value;
    if (IsKey()) {
      TakeKey(mark, tag == "?");
      return;
    }
    Scalar scalar;
    scalar.kind = Kind::kString;
    scalar.text = &scratch_;
    scalar.plain = tag == "?";
    if (scalar.plain) ResolvePlain(scratch_, &scalar);
    Continue(sink_->OnScalar(offset, scalar));
    ValueDone();
  }

  void TakeKey(const YAML::Mark& mark, bool plain) {
    if (plain && scratch_ == "<<") RefuseKey(mark, "merge keys (<<) are not supported; write the fields themselves");
    Scalar scalar;
    if (plain) ResolvePlain(scratch_, &scalar);
    if (plain && scalar.kind == Kind::kNull) RefuseKey(mark, "a key is missing or null; write a text, in quotes");
    Continue(sink_->OnKey(OffsetOf(mark), scratch_));
    open_.back() = Expects::kValue;
  }

  // yaml-cpp does not say how a null was written.
  std::string NullText(const YAML::Mark& mark) const {
    const absl::string_view text = diagnostics_->text();
    const absl::string_view source = text.substr(std::min(OffsetOf(mark), text.size()));
    for (const char* word : {"~", "null", "Null", "NULL"}) {
      if (absl::StartsWith(source, word)) return word;
    }
    return "";
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

void ReportSyntax(const YAML::Exception& error, YamlHandler* handler, Diagnostics* diagnostics, EventSink* sink) {
  const absl::string_view text = diagnostics->text();
  const size_t offset = handler->OffsetOf(error.mark);
  if (offset < text.size() && text[offset] == '*') {
    handler->RefuseAlias(error.mark);
    return;
  }
  const char* const hint = IsIndentedWithTab(text, offset) ? "; indent with spaces, not with tabs" : "";
  diagnostics->Add(offset, sink->Path(), absl::StrCat("not YAML: ", error.msg, hint));
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
    ReportSyntax(error, handler, diagnostics, sink);
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
