// Where things are in a text, and what is wrong with it.
#ifndef CASSPLAN_LIB_MODEL_DIAGNOSTICS_H_
#define CASSPLAN_LIB_MODEL_DIAGNOSTICS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"

namespace cassplan::model {

// Deeper nesting is never read, whatever ParseOptions says: trees are destroyed recursively and yaml-cpp recurses.
constexpr size_t kDeepest = 400;

// Lines and columns count from 1; a column is a character, not a byte.
struct Place {
  int line = 0;
  int column = 0;
};

class Diagnostics {
 public:
  // `text` must outlive it.
  Diagnostics(absl::string_view text, const ParseOptions& options);

  absl::string_view text() const { return text_; }
  const ParseOptions& options() const { return options_; }
  bool empty() const { return problems_.empty(); }

  // True when the text is short enough and UTF-8; otherwise there is a problem.
  bool CheckText(size_t max_bytes);
  // True when `depth` open maps and lists are allowed.
  bool DepthAllowed(size_t depth) const { return depth <= max_depth_; }
  std::string TooDeep() const;

  // Adds a problem at a byte of the text. False: enough problems, stop reading.
  bool Add(size_t offset, std::string path, std::string message);
  bool Add(Place place, std::string path, std::string message);
  // The same for what concerns the whole text.
  void AddToFile(std::string message);

  Place Locate(size_t offset);

  std::vector<Problem> Take() { return std::move(problems_); }

 private:
  void MakeCheckpoints();

  const absl::string_view text_;
  const ParseOptions& options_;
  const size_t max_depth_;
  const size_t max_problems_;
  std::vector<Place> checkpoints_;  // of every kStride-th byte; made when the first place is asked for
  // What was asked for last: the next is mostly a little further.
  size_t last_offset_ = 0;
  Place last_place_;
  std::vector<Problem> problems_;
};

}  // namespace cassplan::model

#endif  // CASSPLAN_LIB_MODEL_DIAGNOSTICS_H_
