// A completion script out of the description of the command, so that it is always true.
#ifndef CASSPLAN_EXAMPLES_CLI_COMPLETION_H_
#define CASSPLAN_EXAMPLES_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace cassplan::cli {

std::string BashCompletion(const CLI::App& app);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_COMPLETION_H_
