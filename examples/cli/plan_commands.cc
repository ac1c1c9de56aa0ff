// plan, explain, verify: what starts with planning.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cassplan/explain.h"
#include "cassplan/planner.h"
#include "cassplan/verify.h"
#include "examples/cli/commands.h"
#include "examples/cli/console.h"
#include "examples/cli/document.h"
#include "examples/cli/input.h"
#include "examples/cli/terminal.h"
#include "lib/report/explain_subjects.h"
#include "lib/report/explanation_text.h"
#include "lib/report/html.h"
#include "lib/report/json.h"
#include "lib/report/json_tree.h"
#include "lib/report/markdown.h"
#include "lib/report/page.h"
#include "lib/report/results.h"
#include "lib/report/runbook.h"
#include "lib/report/text.h"
#include "lib/report/words.h"

namespace cassplan::cli {
namespace {

int ExitCode(v1::Outcome outcome, bool detailed) {
  if (outcome == v1::OUTCOME_BLOCKED) return kBlocked;
  if (outcome == v1::OUTCOME_REFUSED) return kRefused;
  return outcome == v1::OUTCOME_CONVERGED || !detailed ? kNothingToDo : kChanges;
}

std::string Render(const PlanOptions& options, const v1::PlanRequest& request, const v1::PlanResponse& response) {
  if (options.format == "json") return report::RenderJson(response);
  if (options.format == "proto") return response.SerializeAsString();
  if (options.format == "markdown") return report::RenderMarkdown(request, response);
  if (options.format == "sarif") return report::RenderSarif(report::HeldAndFindings(request, response), {});
  if (options.format == "junit") {
    return report::RenderJunit(absl::StrCat("cassplan plan of ", request.desired().cluster()),
                               report::AllResults(request, response));
  }
  const bool to_standard_output = ToStandardOutput(options);
  const bool color = UseColor(options.color, to_standard_output);
  const size_t width = TextWidth(to_standard_output);
  if (options.runbook) return report::RenderRunbook(request, response, width, color, options.verbosity > 0);
  report::TextOptions text;
  text.verbosity = options.verbosity;
  text.color = color;
  text.width = width;
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

struct Planned {
  v1::PlanRequest request;
  std::optional<v1::PlanResponse> response;  // without it `exit_code` says what happened
  int exit_code = kNothingToDo;
};

Planned MakePlan(const InputOptions& options, const std::string& save_request) {
  Planned out;
  Input input = ReadInput(options);
  out.request = std::move(input.request);
  if (!input.problems.empty()) {
    out.exit_code = Invalid(input.problems);
    return out;
  }
  if (!save_request.empty()) {
    out.exit_code = Write(save_request, WriteJson(out.request), kNothingToDo);
    if (out.exit_code != kNothingToDo) return out;
  }
  absl::StatusOr<v1::PlanResponse> response = cassplan::Plan(out.request);
  if (!response.ok()) {
    PrintError(absl::StrCat("internal: ", std::string(response.status().message()),
                            "; please report it with the file that cassplan plan --save-request writes"));
    out.exit_code = kInternalError;
    return out;
  }
  if (response->outcome() == v1::OUTCOME_INVALID) {
    out.exit_code = InvalidRequest(*response);
    return out;
  }
  for (v1::Finding& finding : input.findings) *response->add_findings() = std::move(finding);
  out.response = *std::move(response);
  return out;
}

int64_t Disrupting(const v1::PlanResponse& response) {
  const auto& actions = response.plan().actions();
  return std::count_if(actions.begin(), actions.end(),
                       [](const v1::Action& a) { return a.disrupts() > 0 && a.kind() != v1::ACTION_KIND_DRAIN; });
}

std::string Several(int64_t n, const char* one, const char* many) {
  return n == 0 ? "" : report::Count(static_cast<size_t>(n), one, many);
}

// What a plan has of that which one word of --fail-on names; empty: nothing.
std::string Unwanted(const std::string& name, const v1::PlanResponse& response) {
  const auto& actions = response.plan().actions();
  const auto& impact = response.impact();
  const auto& findings = response.findings();
  if (name == "changes") return Several(actions.size(), "planned action", "planned actions");
  if (name == "held") return Several(response.held_size(), "held action", "held actions");
  if (name == "disruption") {
    const std::string some =
        Several(Disrupting(response), "action that takes a node away", "actions that take a node away");
    if (!some.empty() || actions.empty()) return some;
    return Several(std::count_if(impact.begin(), impact.end(),
                                 [](const auto& i) { return i.lowest_replicas_up() < i.replication_factor(); }),
                   "keyspace with a replica down meanwhile", "keyspaces with a replica down meanwhile");
  }
  if (name == "irreversible") {
    return Several(std::count_if(actions.begin(), actions.end(),
                                 [](const auto& a) { return a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE; }),
                   "action that cannot be undone", "actions that cannot be undone");
  }
  if (name == "unavailable") {
    return Several(std::count_if(impact.begin(), impact.end(), [](const auto& i) { return !i.failing().empty(); }),
                   "keyspace with a level that fails meanwhile", "keyspaces with levels that fail meanwhile");
  }
  return Several(std::count_if(findings.begin(), findings.end(),
                               [](const auto& f) { return f.level() >= v1::FINDING_LEVEL_WARNING; }),
                 "finding that warns", "findings that warn");
}

// The lines that say why --fail-on stops.
std::vector<std::string> Unwanted(const std::vector<std::string>& names, const v1::PlanResponse& response) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string what = Unwanted(name, response);
    if (!what.empty()) found.push_back(absl::StrCat(name, ": ", what));
  }
  return found;
}

std::string VerifyText(const v1::PlanResponse& response, const VerifyResult& result) {
  std::string out;
  if (result.violations.empty()) {
    out =
        absl::StrCat("No order of this plan breaks an invariant: ",
                     report::Count(static_cast<size_t>(response.plan().actions_size()), "action", "actions"), ", ",
                     result.states, " states checked, ",
                     result.complete ? "which are all that can be reached.\n"
                                     : "not all that can be reached; sections and unordered pairs were all checked.\n");
    return out;
  }
  absl::StrAppend(&out, report::Count(result.violations.size(), "violation", "violations"), ", ", result.states,
                  " states checked\n");
  for (const Violation& v : result.violations) {
    absl::StrAppend(&out, "  ", v.invariant, ": ", report::Safe(v.text), "\n");
    if (!v.running.empty())
      absl::StrAppend(&out, "    in flight: ", report::Safe(absl::StrJoin(v.running, ", ")), "\n");
  }
  return out;
}

std::string VerifyJson(const VerifyResult& result) {
  report::JsonTree violations = report::JsonTree::List();
  for (const Violation& v : result.violations) {
    report::JsonTree running = report::JsonTree::List();
    for (const std::string& id : v.running) running.Add(report::JsonTree::Text(id));
    report::JsonTree one = report::JsonTree::Object();
    one.Set("invariant", v.invariant);
    one.Set("running", std::move(running));
    one.Set("text", v.text);
    violations.Add(std::move(one));
  }
  report::JsonTree out = report::JsonTree::Object();
  out.Set("complete", report::JsonTree::Bool(result.complete));
  out.Set("states", report::JsonTree::Number(result.states));
  out.Set("violations", std::move(violations));
  return out.Write();
}

// The name of the place that --target means; nothing when it means none, which is told.
std::optional<std::string> TargetOf(const std::string& wanted, const Planned& planned) {
  if (wanted.empty()) return "";
  const report::Subjects subjects = report::SubjectsOf(planned.request, *planned.response);
  const report::Spot* place = subjects.FindPlace(wanted, wanted.size() + 1);
  if (place != nullptr) return place->name;
  const std::vector<std::string> near = subjects.Near(wanted);
  PrintError(absl::StrCat("--target: no datacenter, rack or node is called \"", wanted, "\" here",
                          near.empty() ? "" : absl::StrCat("; near are ", absl::StrJoin(near, ", "))));
  return std::nullopt;
}

}  // namespace

int PlanCommand(const PlanOptions& given) {
  PlanOptions options = given;
  if (options.runbook && options.format != "text") return Invalid("--runbook: is text; leave out --format");
  const Planned planned = MakePlan(options, options.save_request);
  if (!planned.response.has_value()) return planned.exit_code;
  const std::optional<std::string> target = TargetOf(options.target, planned);
  if (!target.has_value()) return kInvalidInput;
  options.target = *target;
  const v1::PlanResponse& response = *planned.response;
  int code = ExitCode(response.outcome(), options.detailed_exitcode);
  const std::vector<std::string> unwanted = Unwanted(options.fail_on, response);
  if (!unwanted.empty() && code != kBlocked && code != kRefused) code = kGateClosed;
  if (!options.report.empty()) {
    const int written = Write(options.report, report::RenderHtml(planned.request, response), code);
    if (written != code) return written;
  }
  const int written = Write(options.output, Render(options, planned.request, response), code);
  if (written != code) return written;
  for (const std::string& line : unwanted) PrintError(absl::StrCat("--fail-on ", line));
  return code;
}

int ExplainCommand(const ExplainOptions& options) {
  const Planned planned = MakePlan(options, "");
  if (!planned.response.has_value()) return planned.exit_code;
  const absl::StatusOr<v1::Explanation> explanation = Explain(planned.request, *planned.response, options.what);
  if (!explanation.ok()) return Invalid(std::string(explanation.status().message()));
  if (options.format == "json") return Write(options.output, WriteJson(*explanation), kNothingToDo);
  const bool to_standard_output = ToStandardOutput(options);
  return Write(options.output,
               report::RenderExplanation(*explanation, TextWidth(to_standard_output),
                                         UseColor(options.color, to_standard_output)),
               kNothingToDo);
}

int VerifyCommand(const VerifyCommandOptions& options) {
  Planned planned = MakePlan(options, "");
  if (!planned.response.has_value()) return planned.exit_code;
  if (!options.plan.empty()) {
    v1::PlanResponse response;
    const std::vector<Problem> problems = ReadPlan(options.plan, false, &response);
    if (!problems.empty()) return Invalid(problems);
    planned.response = std::move(response);
  }
  VerifyOptions verify;
  verify.max_states = options.max_states;
  verify.walks = options.walks;
  const absl::StatusOr<VerifyResult> result = Verify(planned.request, *planned.response, verify);
  if (!result.ok()) {
    return Invalid(absl::StrCat(options.plan.empty() ? "" : absl::StrCat(options.plan, ": "),
                                std::string(result.status().message())));
  }
  const int code = !result->violations.empty()                     ? kRefused
                   : options.require_complete && !result->complete ? kBlocked
                                                                   : kNothingToDo;
  return Write(options.output, options.format == "json" ? VerifyJson(*result) : VerifyText(*planned.response, *result),
               code);
}

}  // namespace cassplan::cli
