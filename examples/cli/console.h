// How every subcommand tells errors and writes its result.
#ifndef CASSPLAN_EXAMPLES_CLI_CONSOLE_H_
#define CASSPLAN_EXAMPLES_CLI_CONSOLE_H_

#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "examples/cli/options.h"

namespace cassplan::cli {

void PrintError(const std::string& message);

// Each problem on a line; kInvalidInput.
int Invalid(const std::vector<Problem>& problems);
int Invalid(const std::string& message);

// Writes to a file, or to standard output for "" and "-"; returns `exit_code`, or kInternalError when it could not.
int Write(const std::string& path, const std::string& text, int exit_code);

bool ToStandardOutput(const OutputOptions& options);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_CONSOLE_H_
