// What a person may write after `cassplan`.
#ifndef CASSPLAN_EXAMPLES_CLI_OPTIONS_H_
#define CASSPLAN_EXAMPLES_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

namespace cassplan::cli {

// Exit codes, the same for every subcommand.
inline constexpr int kNothingToDo = 0;
inline constexpr int kInternalError = 1;
inline constexpr int kChanges = 2;
inline constexpr int kInvalidInput = 3;
inline constexpr int kBlocked = 4;
inline constexpr int kRefused = 5;

struct PlanOptions {
  std::string desired;
  std::string observed;
  bool new_cluster = false;
  std::string policy;
  std::string ledger;
  std::string request;
  std::string now;
  std::string horizon;
  std::string format = "text";
  int verbosity = 0;
  std::string target;
  std::string color = "auto";
  bool detailed_exitcode = false;
  std::string output;
  std::string save_request;
};

struct RenderOptions {
  std::string desired;
};

struct Options {
  PlanOptions plan;
  RenderOptions render;
  std::string shell;
};

// Names of subcommands.
inline constexpr char kPlan[] = "plan";
inline constexpr char kRender[] = "render";
inline constexpr char kVersion[] = "version";
inline constexpr char kCompletion[] = "completion";

// Describes the command to CLI11, which then fills `options`.
void Describe(CLI::App* app, Options* options);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_OPTIONS_H_
