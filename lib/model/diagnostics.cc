#include "lib/model/diagnostics.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/model/text.h"

namespace cassplan::model {
namespace {

constexpr size_t kStride = 128;

// The place after `byte`, which is at `place`.
void Advance(char byte, Place* place) {
  if (byte == '\n') {
    ++place->line;
    place->column = 1;
  } else if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) {
    ++place->column;
  }
}

}  // namespace

Diagnostics::Diagnostics(absl::string_view text, const ParseOptions& options)
    : text_(text),
      options_(options),
      max_depth_(std::min(kDeepest, static_cast<size_t>(std::max(options.max_depth, 1)))),
      max_problems_(std::max<size_t>(options.max_problems, 1)) {}

bool Diagnostics::CheckText(size_t max_bytes) {
  const size_t limit = std::min(max_bytes, static_cast<size_t>(std::numeric_limits<int>::max()));
  if (text_.size() > limit) {
    AddToFile(absl::StrCat("the text has ", text_.size(), " bytes; at most ", limit, " are read"));
    return false;
  }
  const size_t bad = FindInvalidUtf8(text_);
  if (bad == absl::string_view::npos) return true;
  Add(bad, "",
      absl::StrCat("byte 0x", absl::Hex(static_cast<unsigned char>(text_[bad]), absl::kZeroPad2),
                   " is not UTF-8; save the text as UTF-8"));
  return false;
}

std::string Diagnostics::TooDeep() const { return absl::StrCat("nested deeper than ", max_depth_, " levels"); }

bool Diagnostics::Add(size_t offset, std::string path, std::string message) {
  return Add(Locate(offset), std::move(path), std::move(message));
}

bool Diagnostics::Add(Place place, std::string path, std::string message) {
  if (problems_.size() >= max_problems_) return false;
  AddToFile(std::move(message));
  v1::Location& location = problems_.back().location;
  location.set_line(place.line);
  location.set_column(place.column);
  location.set_path(std::move(path));
  return problems_.size() < max_problems_;
}

void Diagnostics::AddToFile(std::string message) {
  Problem& problem = problems_.emplace_back();
  problem.location.set_file(options_.file);
  problem.message = std::move(message);
}

Place Diagnostics::Locate(size_t offset) {
  if (checkpoints_.empty()) MakeCheckpoints();
  offset = std::min(offset, text_.size());
  const bool near = offset >= last_offset_ && offset - last_offset_ < kStride;
  if (!near) {
    last_offset_ = offset - offset % kStride;
    last_place_ = checkpoints_[offset / kStride];
  }
  for (; last_offset_ < offset; ++last_offset_) Advance(text_[last_offset_], &last_place_);
  return last_place_;
}

void Diagnostics::MakeCheckpoints() {
  checkpoints_.reserve(text_.size() / kStride + 1);
  Place place{1, absl::StartsWith(text_, kByteOrderMark) ? 0 : 1};  // the mark is no column
  last_place_ = place;
  checkpoints_.push_back(place);
  for (size_t i = 0; i < text_.size(); ++i) {
    Advance(text_[i], &place);
    if ((i + 1) % kStride == 0) checkpoints_.push_back(place);
  }
}

}  // namespace cassplan::model
