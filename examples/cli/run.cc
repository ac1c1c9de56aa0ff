#include "examples/cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "examples/cli/commands.h"
#include "examples/cli/completion.h"
#include "examples/cli/console.h"
#include "examples/cli/options.h"
#include "examples/cli/simulate.h"

namespace cassplan::cli {
namespace {

std::string VersionText() { return absl::StrCat("cassplan ", CASSPLAN_VERSION, ", plan format 1.0"); }

int Version() { return Write("", absl::StrCat(VersionText(), "\n"), kNothingToDo); }

int Dispatch(const CLI::App& app, const Options& options) {
  if (app.got_subcommand(kPlan)) return PlanCommand(options.plan);
  if (app.got_subcommand(kExplain)) return ExplainCommand(options.explain);
  if (app.got_subcommand(kVerify)) return VerifyCommand(options.verify);
  if (app.got_subcommand(kLint)) return LintCommand(options.lint);
  if (app.got_subcommand(kDiff)) return DiffCommand(options.diff);
  if (app.got_subcommand(kSchema)) return SchemaCommand(options.schema);
  if (app.got_subcommand(kRender)) return RenderCommand(options.render);
  if (app.got_subcommand(kCompletion)) return Write("", Completion(app, options.shell), kNothingToDo);
  return Version();
}

// CLI11 only says that a command is missing.
int UnknownCommand(const CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return Invalid(
      absl::StrCat("\"", name, "\" is no command; there are ", absl::StrJoin(names, ", "), " (see cassplan --help)"));
}

// What CLI11 has to say when a command line is not understood. Its own exit codes are not ours.
int Misused(const CLI::App& app, const CLI::ParseError& error) {
  std::string help = "cassplan --help";
  for (const CLI::App* command : app.get_subcommands())
    help = absl::StrCat("cassplan ", command->get_name(), " --help");
  return Invalid(absl::StrCat(error.what(), " (see ", help, ")"));
}

int Parsed(std::vector<std::string> arguments) {
  CLI::App app("", "cassplan");
  Options options;
  Describe(&app, &options);
  const std::function<int()> simulate = AddSimulateCommand(&app);
  app.set_version_flag("--version", VersionText(), "Print the version and exit");
  if (!arguments.empty() && !absl::StartsWith(arguments[0], "-")) {
    const auto commands = app.get_subcommands(nullptr);
    const bool known = std::any_of(commands.begin(), commands.end(),
                                   [&](const CLI::App* command) { return command->check_name(arguments[0]); });
    if (!known) return UnknownCommand(app, arguments[0]);
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Write("", app.help(), kNothingToDo);
  } catch (const CLI::CallForVersion&) {
    return Version();
  } catch (const CLI::ParseError& error) {
    return Misused(app, error);
  }
  if (app.got_subcommand(kSimulate)) return simulate();
  return Dispatch(app, options);
}

}  // namespace

int Run(std::vector<std::string> arguments) {
  try {
    return Parsed(std::move(arguments));
  } catch (const std::exception& error) {
    std::cerr << "error: internal: " << error.what() << "\n";
    return kInternalError;
  }
}

}  // namespace cassplan::cli
