// `cassplan simulate`: plays a change on a fake cluster.
#ifndef CASSPLAN_EXAMPLES_CLI_SIMULATE_H_
#define CASSPLAN_EXAMPLES_CLI_SIMULATE_H_

#include <CLI/CLI.hpp>
#include <functional>

namespace cassplan::cli {

// Describes the subcommand to CLI11. The result runs it and returns the exit code; it is called after parsing, when the
// subcommand was given.
std::function<int()> AddSimulateCommand(CLI::App* app);

inline constexpr char kSimulate[] = "simulate";
inline constexpr int kViolation = 6;

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_SIMULATE_H_
