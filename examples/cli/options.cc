#include "examples/cli/options.h"

#include "lib/report/json_schema.h"

namespace cassplan::cli {
namespace {

constexpr char kExitCodes[] =
    R"(Exit codes:
  0  nothing to do; without --detailed-exitcode also: there are changes
  1  internal error, or a result could not be written
  2  there are changes, or changes in progress (only with --detailed-exitcode)
  3  invalid input; each problem is on standard error as file:line:column: path: message
  4  blocked: a person must do something first
  5  refused: a change can never be made safely
  6  the plan has what --fail-on names (3, 4 and 5 come first))";

constexpr char kPlanExamples[] =
    R"(Examples:
  cassplan plan --desired cluster.yaml --observed dump/
  cassplan plan --desired cluster.yaml --new-cluster -v
  cassplan plan --desired cluster.yaml --observed dump/ --format json --detailed-exitcode > plan.json
  cassplan plan --desired cluster.yaml --observed dump/ --fail-on unavailable,irreversible
  cassplan plan --desired cluster.yaml --observed dump/ --format markdown -o comment.md
  cassplan plan --desired cluster.yaml --observed dump/ --runbook

--fail-on knows: changes (any action), disruption (a node is taken away), irreversible, unavailable (a level of the
policy fails for some keyspace meanwhile), held, warning (a finding that warns).
A dump is a folder with kubernetes.json, jolokia/<pod>.json and, where there are some, schema.json and nodes.json.

)";

constexpr char kExplainExamples[] =
    R"(Examples:
  cassplan explain dc1/rack1/0 --desired cluster.yaml --observed dump/
  cassplan explain quorum --desired cluster.yaml --observed dump/
  cassplan explain decommission --desired cluster.yaml --observed dump/ --format json

Exit codes: 0; 3 when the input is invalid or nothing is called so; 1 internal error.)";

constexpr char kVerifyExamples[] =
    R"(Examples:
  cassplan verify --desired cluster.yaml --observed dump/
  cassplan verify --desired cluster.yaml --observed dump/ --plan plan.json --require-complete

Exit codes: 0 no violation; 5 violations; 4 no violation, but not every state was explored (only with
--require-complete); 3 invalid input, or the plan is none of the request; 1 internal error.)";

constexpr char kLintExamples[] =
    R"(Examples:
  cassplan lint cluster.yaml
  cassplan lint clusters/*.yaml --format sarif -o lint.sarif
  cassplan lint cluster.yaml --observed dump/

Exit codes: 0 nothing, or notes only; 2 warnings; 5 errors; 3 a file cannot be read; 1 internal error. docs/lint.md
explains every rule.)";

constexpr char kDiffExamples[] =
    R"(Examples:
  cassplan diff yesterday.json today.json
  cassplan plan --desired cluster.yaml --observed dump/ --format json | cassplan diff plan.json -

Costs, forecasts and evidence do not count. Exit codes: 0 the plans say the same; 2 they differ; 3 a file cannot be
read; 1 internal error.)";

constexpr char kSchemaExamples[] =
    R"(Examples:
  cassplan schema plan > plan.schema.json
  cassplan schema policy -o policy.schema.json)";

constexpr char kRenderExamples[] =
    R"(Examples:
  cassplan render --desired cluster.yaml
  cassplan render --desired cluster.yaml | kubectl diff -f -
  kubectl get cassandracluster demo -o yaml | cassplan render --desired -)";

constexpr char kCompletionExamples[] =
    R"(Examples:
  source <(cassplan completion bash)
  cassplan completion bash > /etc/bash_completion.d/cassplan
  cassplan completion zsh > "${fpath[1]}/_cassplan"
  cassplan completion fish > ~/.config/fish/completions/cassplan.fish)";

constexpr char kExamples[] =
    R"(Examples:
  cassplan plan --desired cluster.yaml --observed dump/
  cassplan plan --help

)";

void DescribeInput(CLI::App* command, InputOptions* o, const std::string& policy_help) {
  constexpr char kGroup[] = "Input";
  CLI::Option* request =
      command->add_option("--request", o->request, "A whole PlanRequest (JSON or YAML) instead of the files below");
  CLI::Option* desired = command->add_option(
      "--desired", o->desired, "The cluster that shall be: a CassandraCluster or a cassplan.v1.Desired (YAML or JSON)");
  CLI::Option* observed = command->add_option(
      "--observed", o->observed, "The cluster that is: a dump folder or a cassplan.v1.Observed (JSON or YAML)");
  CLI::Option* fresh =
      command->add_flag("--new-cluster", o->new_cluster, "State that nothing of the cluster exists yet");
  CLI::Option* policy = command->add_option("--policy", o->policy, policy_help);
  CLI::Option* ledger = command->add_option("--ledger", o->ledger, "The cassplan.v1.Ledger that an executor keeps");
  for (CLI::Option* option : {request, desired, observed, policy, ledger}) option->type_name("FILE");
  observed->type_name("DIR|FILE");
  for (CLI::Option* option : {request, desired, observed, fresh, policy, ledger}) option->group(kGroup);
  command->add_option("--now", o->now, "When to plan for; default: the newest time in the observation")
      ->type_name("RFC3339|SECONDS")
      ->group(kGroup);
}

constexpr char kPolicyHelp[] = "A cassplan.v1.Policy (YAML or JSON); wins over spec.policy";

void DescribeFormat(CLI::App* command, OutputOptions* o, const std::vector<std::string>& formats) {
  constexpr char kGroup[] = "Output";
  command->add_option("--format", o->format, "Text for people, the others for programs")
      ->check(CLI::IsMember(formats))
      ->capture_default_str()
      ->group(kGroup);
  command->add_option("--color", o->color, "Colours; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->group(kGroup);
  command->add_option("-o,--output", o->output, "Write there instead of to standard output")
      ->type_name("FILE")
      ->group(kGroup);
}

void DescribePlan(CLI::App* plan, PlanOptions* o) {
  constexpr char kGroup[] = "Output";
  DescribeInput(plan, o, kPolicyHelp);
  plan->add_option("--horizon", o->horizon, "All of the plan (default), or only what may start now")
      ->check(CLI::IsMember({"complete", "ready"}))
      ->group("Input");
  DescribeFormat(plan, o, {"text", "json", "markdown", "sarif", "junit", "proto"});
  plan->add_flag("-v,--verbose", o->verbosity, "Every action with reason, conditions and commands; -vv: also edges")
      ->group(kGroup);
  plan->add_flag("--runbook", o->runbook, "Numbered steps with commands, for who carries the plan out by hand")
      ->group(kGroup);
  plan->add_option("--target", o->target, "Only what concerns this dc, dc/rack or dc/rack/ordinal (text)")
      ->type_name("NAME")
      ->group(kGroup);
  plan->add_flag("--detailed-exitcode", o->detailed_exitcode, "Exit with 2 when there are changes")->group(kGroup);
  plan->add_option("--fail-on", o->fail_on, "Exit with 6 when the plan has one of these; may be given several times")
      ->check(CLI::IsMember({"changes", "disruption", "irreversible", "unavailable", "held", "warning"}))
      ->delimiter(',')
      ->group(kGroup);
  plan->add_option("--save-request", o->save_request,
                   "Write the PlanRequest there as JSON, for --request and bug reports")
      ->type_name("FILE")
      ->group(kGroup);
  plan->add_option("--report", o->report, "Also write a picture of it: one HTML page that needs no other file")
      ->type_name("FILE")
      ->group(kGroup);
  plan->footer(std::string(kPlanExamples) + kExitCodes);
}

void DescribeExplain(CLI::App* explain, ExplainOptions* o) {
  explain
      ->add_option(
          "what", o->what,
          "An action's id, a kind, a guard or another rule, a datacenter, a rack, a node, an address, a host id or a "
          "keyspace")
      ->required();
  DescribeInput(explain, o, kPolicyHelp);
  DescribeFormat(explain, o, {"text", "json"});
  explain->footer(kExplainExamples);
}

void DescribeVerify(CLI::App* verify, VerifyCommandOptions* o) {
  DescribeInput(verify, o, kPolicyHelp);
  verify->add_option("--plan", o->plan, "A plan in JSON, of the same request; without it the plan is made anew")
      ->type_name("FILE")
      ->group("Input");
  verify->add_option("--max-states", o->max_states, "States to explore; more make the check incomplete")
      ->check(CLI::Range(int64_t{1}, int64_t{10000000}))
      ->capture_default_str()
      ->group("Check");
  verify->add_option("--walks", o->walks, "Walks with random durations, the same in every run")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str()
      ->group("Check");
  verify->add_flag("--require-complete", o->require_complete, "Exit with 4 when not every state could be explored")
      ->group("Check");
  DescribeFormat(verify, o, {"text", "json"});
  verify->footer(kVerifyExamples);
}

void DescribeLint(CLI::App* lint, LintOptions* o) {
  constexpr char kGroup[] = "Input";
  lint->add_option("files", o->files, "CassandraClusters or cassplan.v1.Desired (YAML or JSON)")
      ->type_name("FILE")
      ->required();
  lint->add_option("--observed", o->observed, "What is there of the one spec: a dump folder or a cassplan.v1.Observed")
      ->type_name("DIR|FILE")
      ->group(kGroup);
  lint->add_option("--ledger", o->ledger, "The cassplan.v1.Ledger that an executor keeps")
      ->type_name("FILE")
      ->group(kGroup);
  lint->add_option("--policy", o->policy, kPolicyHelp)->type_name("FILE")->group(kGroup);
  lint->add_option("--now", o->now, "The time; default: the newest one in the observation")
      ->type_name("RFC3339|SECONDS")
      ->group(kGroup);
  DescribeFormat(lint, o, {"text", "json", "markdown", "sarif", "junit"});
  lint->footer(kLintExamples);
}

void DescribeDiff(CLI::App* diff, DiffOptions* o) {
  diff->add_option("before", o->before, "A plan in JSON")->type_name("FILE")->required();
  diff->add_option("after", o->after, "Another one; -: standard input")->type_name("FILE")->required();
  DescribeFormat(diff, o, {"text", "json"});
  diff->footer(kDiffExamples);
}

void DescribeSchema(CLI::App* schema, SchemaOptions* o) {
  schema->add_option("message", o->message, "What the documents hold")
      ->check(CLI::IsMember(report::SchemaNames()))
      ->capture_default_str();
  schema->add_option("-o,--output", o->output, "Write there instead of to standard output")->type_name("FILE");
  schema->footer(kSchemaExamples);
}

}  // namespace

void Describe(CLI::App* app, Options* options) {
  app->require_subcommand(1);
  app->description("Plans changes of Apache Cassandra clusters. It cannot act: it only reads files and prints.");
  app->footer(std::string(kExamples) + kExitCodes);

  CLI::App* plan = app->add_subcommand(kPlan, "Show what to do, in which order, and what stands in the way");
  DescribePlan(plan, &options->plan);
  DescribeExplain(app->add_subcommand(kExplain, "Say why something is planned or held, and what would change it"),
                  &options->explain);
  DescribeVerify(app->add_subcommand(kVerify, "Prove again that no order of a plan breaks an invariant"),
                 &options->verify);
  DescribeLint(app->add_subcommand(kLint, "Look at specs for what will hurt later"), &options->lint);
  DescribeDiff(app->add_subcommand(kDiff, "Show what differs between two plans"), &options->diff);
  DescribeSchema(app->add_subcommand(kSchema, "Print a JSON Schema of what is read or written"), &options->schema);

  CLI::App* render = app->add_subcommand(kRender, "Print the Kubernetes objects that a CassandraCluster stands for");
  render->add_option("--desired", options->render.desired, "A CassandraCluster (YAML or JSON); -: standard input")
      ->type_name("FILE")
      ->required();
  render->footer(kRenderExamples);

  app->add_subcommand(kVersion, "Print the version")->footer("Example:\n  cassplan version");

  CLI::App* completion = app->add_subcommand(kCompletion, "Print a completion script for a shell");
  completion->add_option("shell", options->shell, "The shell")
      ->check(CLI::IsMember({"bash", "fish", "zsh"}))
      ->required();
  completion->footer(kCompletionExamples);
}

}  // namespace cassplan::cli
