#include "examples/cli/console.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "examples/cli/files.h"
#include "lib/report/page.h"

namespace cassplan::cli {

void PrintError(const std::string& message) { std::cerr << "error: " << report::Safe(message) << "\n"; }

int Invalid(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) PrintError(FormatProblem(problem));
  return kInvalidInput;
}

int Invalid(const std::string& message) {
  PrintError(message);
  return kInvalidInput;
}

int Write(const std::string& path, const std::string& text, int exit_code) {
  const absl::Status written = WriteText(path, text);
  if (written.ok()) return exit_code;
  PrintError(absl::StrCat(path.empty() ? "standard output" : path, ": ", std::string(written.message())));
  return kInternalError;
}

bool ToStandardOutput(const OutputOptions& options) { return options.output.empty() || options.output == "-"; }

}  // namespace cassplan::cli
