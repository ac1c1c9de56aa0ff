// What a person may write after `cassplan`.
#ifndef CASSPLAN_EXAMPLES_CLI_OPTIONS_H_
#define CASSPLAN_EXAMPLES_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace cassplan::cli {

// Exit codes, the same for every subcommand.
inline constexpr int kNothingToDo = 0;
inline constexpr int kInternalError = 1;
inline constexpr int kChanges = 2;
inline constexpr int kInvalidInput = 3;
inline constexpr int kBlocked = 4;
inline constexpr int kRefused = 5;
inline constexpr int kGateClosed = 6;  // what --fail-on names is in the plan

// What makes a PlanRequest.
struct InputOptions {
  std::string desired;
  std::string observed;
  bool new_cluster = false;
  std::string policy;
  std::string ledger;
  std::string request;
  std::string now;
  std::string horizon;
};

struct OutputOptions {
  std::string format = "text";
  std::string color = "auto";
  std::string output;
};

struct PlanOptions : InputOptions, OutputOptions {
  int verbosity = 0;
  bool runbook = false;
  std::string target;
  bool detailed_exitcode = false;
  std::vector<std::string> fail_on;
  std::string save_request;
  std::string report;  // an HTML page, beside the output
};

struct RenderOptions {
  std::string desired;
};

struct ExplainOptions : InputOptions, OutputOptions {
  std::string what;
};

struct VerifyCommandOptions : InputOptions, OutputOptions {
  std::string plan;  // empty: plan anew
  int64_t max_states = 20000;
  int32_t walks = 100;
  bool require_complete = false;
};

struct LintOptions : OutputOptions {
  std::vector<std::string> files;
  std::string observed;
  std::string ledger;
  std::string policy;
  std::string now;
};

struct DiffOptions : OutputOptions {
  std::string before;
  std::string after;
};

struct SchemaOptions {
  std::string message = "plan";
  std::string output;
};

struct Options {
  PlanOptions plan;
  ExplainOptions explain;
  VerifyCommandOptions verify;
  LintOptions lint;
  DiffOptions diff;
  SchemaOptions schema;
  RenderOptions render;
  std::string shell;
};

// Names of subcommands.
inline constexpr char kPlan[] = "plan";
inline constexpr char kExplain[] = "explain";
inline constexpr char kVerify[] = "verify";
inline constexpr char kLint[] = "lint";
inline constexpr char kDiff[] = "diff";
inline constexpr char kSchema[] = "schema";
inline constexpr char kRender[] = "render";
inline constexpr char kVersion[] = "version";
inline constexpr char kCompletion[] = "completion";

// Describes the command to CLI11, which then fills `options`.
void Describe(CLI::App* app, Options* options);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_OPTIONS_H_
