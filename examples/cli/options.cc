#include "examples/cli/options.h"

namespace cassplan::cli {
namespace {

constexpr char kExitCodes[] =
    R"(Exit codes:
  0  nothing to do; without --detailed-exitcode also: there are changes
  1  internal error, or a result could not be written
  2  there are changes, or changes in progress (only with --detailed-exitcode)
  3  invalid input; each problem is on standard error as file:line:column: path: message
  4  blocked: a person must do something first
  5  refused: a change can never be made safely)";

constexpr char kPlanExamples[] =
    R"(Examples:
  cassplan plan --desired cluster.yaml --observed dump/
  cassplan plan --desired cluster.yaml --new-cluster -v
  cassplan plan --desired cluster.yaml --observed dump/ --format json --detailed-exitcode > plan.json

A dump is a folder with kubernetes.json, jolokia/<pod>.json and, if there is one, schema.json.

)";

constexpr char kRenderExamples[] =
    R"(Examples:
  cassplan render --desired cluster.yaml
  cassplan render --desired cluster.yaml | kubectl diff -f -
  kubectl get cassandracluster demo -o yaml | cassplan render --desired -)";

constexpr char kCompletionExamples[] =
    R"(Examples:
  source <(cassplan completion bash)
  cassplan completion bash > /etc/bash_completion.d/cassplan)";

constexpr char kExamples[] =
    R"(Examples:
  cassplan plan --desired cluster.yaml --observed dump/
  cassplan plan --help

)";

void DescribeInput(CLI::App* plan, PlanOptions* o) {
  constexpr char kGroup[] = "Input";
  CLI::Option* request =
      plan->add_option("--request", o->request, "A whole PlanRequest (JSON or YAML) instead of the files below");
  CLI::Option* desired = plan->add_option(
      "--desired", o->desired, "The cluster that shall be: a CassandraCluster or a cassplan.v1.Desired (YAML or JSON)");
  CLI::Option* observed = plan->add_option(
      "--observed", o->observed, "The cluster that is: a dump folder or a cassplan.v1.Observed (JSON or YAML)");
  CLI::Option* fresh = plan->add_flag("--new-cluster", o->new_cluster, "State that nothing of the cluster exists yet");
  CLI::Option* policy =
      plan->add_option("--policy", o->policy, "A cassplan.v1.Policy (YAML or JSON); wins over spec.policy");
  CLI::Option* ledger = plan->add_option("--ledger", o->ledger, "The cassplan.v1.Ledger that an executor keeps");
  for (CLI::Option* option : {request, desired, observed, policy, ledger}) option->type_name("FILE");
  observed->type_name("DIR|FILE");
  for (CLI::Option* option : {request, desired, observed, fresh, policy, ledger}) option->group(kGroup);
  plan->add_option("--now", o->now, "When to plan for; default: the newest time in the observation")
      ->type_name("RFC3339|SECONDS")
      ->group(kGroup);
  plan->add_option("--horizon", o->horizon, "All of the plan (default), or only what may start now")
      ->check(CLI::IsMember({"complete", "ready"}))
      ->group(kGroup);
}

void DescribeOutput(CLI::App* plan, PlanOptions* o) {
  constexpr char kGroup[] = "Output";
  plan->add_option("--format", o->format, "Text for people or JSON for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group(kGroup);
  plan->add_flag("-v,--verbose", o->verbosity, "Every action with reason, conditions and commands; -vv: also edges")
      ->group(kGroup);
  plan->add_option("--target", o->target, "Only what concerns this dc, dc/rack or dc/rack/ordinal (text)")
      ->type_name("NAME")
      ->group(kGroup);
  plan->add_option("--color", o->color, "Colours; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->group(kGroup);
  plan->add_flag("--detailed-exitcode", o->detailed_exitcode, "Exit with 2 when there are changes")->group(kGroup);
  plan->add_option("--output", o->output, "Write there instead of to standard output")
      ->type_name("FILE")
      ->group(kGroup);
  plan->add_option("--save-request", o->save_request,
                   "Write the PlanRequest there as JSON, for --request and bug reports")
      ->type_name("FILE")
      ->group(kGroup);
}

}  // namespace

void Describe(CLI::App* app, Options* options) {
  app->require_subcommand(1);
  app->description("Plans changes of Apache Cassandra clusters. It cannot act: it only reads files and prints.");
  app->footer(std::string(kExamples) + kExitCodes);

  CLI::App* plan = app->add_subcommand(kPlan, "Show what to do, in which order, and what stands in the way");
  DescribeInput(plan, &options->plan);
  DescribeOutput(plan, &options->plan);
  plan->footer(std::string(kPlanExamples) + kExitCodes);

  CLI::App* render = app->add_subcommand(kRender, "Print the Kubernetes objects that a CassandraCluster stands for");
  render->add_option("--desired", options->render.desired, "A CassandraCluster (YAML or JSON); -: standard input")
      ->type_name("FILE")
      ->required();
  render->footer(kRenderExamples);

  app->add_subcommand(kVersion, "Print the version")->footer("Example:\n  cassplan version");

  CLI::App* completion = app->add_subcommand(kCompletion, "Print a completion script for a shell");
  completion->add_option("shell", options->shell, "The shell")->check(CLI::IsMember({"bash"}))->required();
  completion->footer(kCompletionExamples);
}

}  // namespace cassplan::cli
