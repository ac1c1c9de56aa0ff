// cassplan: reads files, plans, prints. It links no executor and no network code, so it cannot act on a cluster.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"
#include "cassplan/planner.h"
#include "examples/cli/completion.h"
#include "examples/cli/files.h"
#include "examples/cli/input.h"
#include "examples/cli/options.h"
#include "examples/cli/terminal.h"
#include "lib/kubernetes/render.h"
#include "lib/report/json.h"
#include "lib/report/page.h"
#include "lib/report/text.h"
#include "lib/report/words.h"

namespace cassplan::cli {
namespace {

void PrintError(const std::string& message) { std::cerr << "error: " << report::Safe(message) << "\n"; }

int Invalid(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) PrintError(FormatProblem(problem));
  return kInvalidInput;
}

int Write(const std::string& path, const std::string& text, int exit_code) {
  const absl::Status written = WriteText(path, text);
  if (written.ok()) return exit_code;
  PrintError(absl::StrCat(path.empty() ? "standard output" : path, ": ", std::string(written.message())));
  return kInternalError;
}

int ExitCode(v1::Outcome outcome, bool detailed) {
  if (outcome == v1::OUTCOME_BLOCKED) return kBlocked;
  if (outcome == v1::OUTCOME_REFUSED) return kRefused;
  return outcome == v1::OUTCOME_CONVERGED || !detailed ? kNothingToDo : kChanges;
}

std::string Render(const PlanOptions& options, const v1::PlanRequest& request, const v1::PlanResponse& response) {
  if (options.format == "json") return report::RenderJson(response);
  const bool to_standard_output = options.output.empty() || options.output == "-";
  report::TextOptions text;
  text.verbosity = options.verbosity;
  text.color = UseColor(options.color, to_standard_output);
  text.width = TextWidth(to_standard_output);
  text.target = options.target;
  return report::RenderText(request, response, text);
}

// The findings of a request that is not legal.
int InvalidRequest(const v1::PlanResponse& response) {
  std::vector<Problem> problems;
  for (const v1::Finding& finding : response.findings()) {
    if (finding.level() != v1::FINDING_LEVEL_ERROR) continue;
    Problem problem;
    problem.location = finding.location();
    problem.message = report::MessageOf(finding);
    if (!finding.remedy().empty()) absl::StrAppend(&problem.message, "; ", finding.remedy());
    problems.push_back(std::move(problem));
  }
  return Invalid(problems);
}

int Plan(const PlanOptions& options) {
  Input input = ReadInput(options);
  if (!input.problems.empty()) return Invalid(input.problems);
  if (!options.save_request.empty()) {
    const int saved = Write(options.save_request, WriteJson(input.request), kNothingToDo);
    if (saved != kNothingToDo) return saved;
  }
  absl::StatusOr<v1::PlanResponse> response = cassplan::Plan(input.request);
  if (!response.ok()) {
    PrintError(absl::StrCat("internal: ", std::string(response.status().message()),
                            "; please report it with the file that --save-request writes"));
    return kInternalError;
  }
  if (response->outcome() == v1::OUTCOME_INVALID) return InvalidRequest(*response);
  for (v1::Finding& finding : input.findings) *response->add_findings() = std::move(finding);
  return Write(options.output, Render(options, input.request, *response),
               ExitCode(response->outcome(), options.detailed_exitcode));
}

int Render(const RenderOptions& options) {
  const kubernetes::CassandraCluster cluster = ReadClusterFile(options.desired);
  if (!cluster.ok()) return Invalid(cluster.problems);
  return Write("", kubernetes::RenderYaml(cluster.cluster), kNothingToDo);
}

int Version() { return Write("", absl::StrCat("cassplan ", CASSPLAN_VERSION, ", plan format 1.0\n"), kNothingToDo); }

int Dispatch(const CLI::App& app, const Options& options) {
  if (app.got_subcommand(kPlan)) return Plan(options.plan);
  if (app.got_subcommand(kRender)) return Render(options.render);
  if (app.got_subcommand(kCompletion)) return Write("", BashCompletion(app), kNothingToDo);
  return Version();
}

// What CLI11 has to say when a command line is not understood. Its own exit codes are not ours.
int Misused(const CLI::App& app, const CLI::ParseError& error) {
  std::string help = "cassplan --help";
  for (const CLI::App* command : app.get_subcommands())
    help = absl::StrCat("cassplan ", command->get_name(), " --help");
  PrintError(absl::StrCat(error.what(), " (see ", help, ")"));
  return kInvalidInput;
}

int Run(int argc, char** argv) {
  CLI::App app("", "cassplan");
  Options options;
  Describe(&app, &options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Write("", app.help(), kNothingToDo);
  } catch (const CLI::ParseError& error) {
    return Misused(app, error);
  }
  return Dispatch(app, options);
}

}  // namespace
}  // namespace cassplan::cli

int main(int argc, char** argv) {
  try {
    return cassplan::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: internal: " << error.what() << "\n";
    return cassplan::cli::kInternalError;
  }
}
