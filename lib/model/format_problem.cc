#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cassplan/codec.h"

namespace cassplan {

std::string FormatProblem(const Problem& problem) {
  const v1::Location& at = problem.location;
  std::vector<std::string> place;
  if (!at.file().empty()) place.push_back(at.file());
  if (at.line() > 0) place.push_back(absl::StrCat(at.line()));
  if (at.line() > 0 && at.column() > 0) place.push_back(absl::StrCat(at.column()));
  std::vector<std::string> parts;
  if (!place.empty()) parts.push_back(absl::StrJoin(place, ":"));
  if (!at.path().empty()) parts.push_back(at.path());
  parts.push_back(problem.message);
  return absl::StrJoin(parts, ": ");
}

}  // namespace cassplan
