// A completion script out of the description of the command, so that it is always true.
#ifndef CASSPLAN_EXAMPLES_CLI_COMPLETION_H_
#define CASSPLAN_EXAMPLES_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace cassplan::cli {

// `shell` is bash, zsh or fish.
std::string Completion(const CLI::App& app, const std::string& shell);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_COMPLETION_H_
