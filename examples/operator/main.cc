// cassplan-operator: the host that reaches clusters.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "examples/operator/apply.h"
#include "examples/operator/observe.h"
#include "examples/operator/run.h"

namespace cassplan::host {
namespace {

constexpr char kFooter[] = R"(
Examples:
  cassplan-operator observe --cluster demo --namespace shop --output dump/
  cassplan plan --desired demo.yaml --observed dump/
  cassplan-operator run --namespace shop --log-format text

Exit codes: 0 done, 1 something could not be collected (named on standard error; a plan takes it as unknown),
3 a wrong argument, kubeconfig or permission, 6 the API server cannot be reached.)";

void Describe(CLI::App* observe, ObserveCommand* command) {
  observe->add_option("--cluster", command->cluster, "Name of the CassandraCluster")->required();
  observe->add_option("--output", command->output, "Folder for the dump")->required();
  observe->add_flag("--replace", command->replace, "Replace the dump that is in the folder");
  observe->add_option("--namespace,-n", command->name_space, "Its namespace (default: that of the context)");
  observe->add_option("--kubeconfig", command->kubeconfig,
                      "Default: $KUBECONFIG, then the Pod's service account, then ~/.kube/config");
  observe->add_option("--context", command->context, "Context of the kubeconfig");
  observe->add_option("--jolokia-port", command->jolokia_port, "Port of Jolokia on each node")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  observe->add_option("--jolokia-user", command->jolokia_user, "User for basic authentication");
  observe->add_option("--jolokia-password-file", command->jolokia_password_file, "File with the password");
  observe->add_option("--timeout", command->timeout_seconds, "Seconds that a node has to answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 600));
  observe->add_option("--parallel", command->parallel, "Nodes asked at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
}

void DescribeRun(CLI::App* run, RunCommand* command) {
  run->add_option("--namespace,-n", command->name_space,
                  "Namespace to look after (default: $WATCH_NAMESPACE, then that of the context)");
  run->add_option("--kubeconfig", command->kubeconfig,
                  "Default: $KUBECONFIG, then the Pod's service account, then ~/.kube/config");
  run->add_option("--context", command->context, "Context of the kubeconfig");
  run->add_option("--jolokia-port", command->jolokia_port, "Port of Jolokia on each node")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  run->add_option("--jolokia-user", command->jolokia_user,
                  "User for basic authentication (default: that of the Secret in spec.imageJolokiaSecret)");
  run->add_option("--jolokia-password-file", command->jolokia_password_file, "File with the password");
  run->add_option("--timeout", command->timeout_seconds, "Seconds that a node has to answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 600));
  run->add_option("--poll", command->poll_seconds, "Seconds between looks while something is to be done")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
  run->add_option("--idle", command->idle_seconds, "Seconds between looks while nothing is")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400));
  run->add_option("--stuck", command->stuck_seconds,
                  "Seconds, beyond --idle, without the end of a look; then /healthz says no")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400));
  run->add_option("--listen", command->listen, "Port, or ADDRESS:PORT, of /metrics, /healthz and /readyz")
      ->capture_default_str();
  run->add_option("--log-format", command->log_format, "json or text")
      ->capture_default_str()
      ->check(CLI::IsMember({"json", "text"}));
  run->add_option("--log-level", command->log_level, "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  run->add_option("--lease", command->lease, "Name of the Lease by which one of several operators acts")
      ->capture_default_str();
  run->add_option("--identity", command->identity,
                  "Name of this process in it (default: $POD_NAME and $POD_UID, or one of its own)");
  run->add_option("--commands", command->commands, "Folder of programs, each named as the kind of action that it does");
  run->add_flag("--no-leader-election", command->no_leader_election, "Act without a Lease; there must be no other");
}

void DescribeApply(CLI::App* apply, ApplyCommand* command) {
  apply->add_option("plan", command->plan, "The plan as JSON (cassplan plan --format json); - is standard input")
      ->required();
  apply->add_option("--cluster", command->cluster, "Name of the CassandraCluster")->required();
  apply->add_option("--namespace,-n", command->name_space, "Its namespace (default: that of the context)");
  apply->add_option("--kubeconfig", command->kubeconfig,
                    "Default: $KUBECONFIG, then the Pod's service account, then ~/.kube/config");
  apply->add_option("--context", command->context, "Context of the kubeconfig");
  apply->add_option("--jolokia-port", command->jolokia_port, "Port of Jolokia on each node")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  apply->add_option("--jolokia-user", command->jolokia_user,
                    "User for basic authentication (default: that of the Secret in spec.imageJolokiaSecret)");
  apply->add_option("--jolokia-password-file", command->jolokia_password_file, "File with the password");
  apply->add_option("--timeout", command->timeout_seconds, "Seconds that a node has to answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 600));
  apply->add_option("--poll", command->poll_seconds, "Seconds between looks")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
  apply->add_option("--attempts", command->attempts, "How often one action may fail before all ends")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  apply->add_option("--commands", command->commands,
                    "Folder of programs, each named as the kind of action that it does");
  apply->add_option("--lease", command->lease, "Name of the Lease that keeps an operator from acting meanwhile")
      ->capture_default_str();
  apply->add_option("--identity", command->identity, "Name of this process in it (default: one of its own)");
  apply->add_flag("--no-leader-election", command->no_leader_election, "Act without a Lease; nobody else may act");
  apply->add_flag("--dry-run", command->dry_run, "Only say whether it is still the plan, and what would be done");
}

int Run(int argc, char** argv) {
  CLI::App app("Reaches Cassandra clusters on Kubernetes, for cassplan.", "cassplan-operator");
  app.require_subcommand(1);
  app.footer(kFooter);
  ObserveCommand command;
  CLI::App* observe = app.add_subcommand("observe", "Collect what a plan needs to know of a live cluster; reads only");
  observe->footer(kFooter);
  Describe(observe, &command);
  RunCommand run_command;
  CLI::App* run = app.add_subcommand("run", "Look after every CassandraCluster of a namespace, until SIGTERM");
  DescribeRun(run, &run_command);
  ApplyCommand apply_command;
  CLI::App* apply = app.add_subcommand("apply", "Do what one plan says, and nothing else, until it is done");
  DescribeApply(apply, &apply_command);
  apply->footer(R"(
It looks anew, and plans: if that is another plan by now nothing is done. What is not in the plan is not done, whatever
spec.policy.mode says; an operator that acts in the namespace must be stopped first, or asked: kubectl casskop approve.

  kubectl casskop plan demo -n shop --format json > plan.json
  cassplan-operator apply plan.json --cluster demo -n shop

Exit codes: 0 all of it is done; 1 stopped by a signal, what runs on nodes goes on; 3 wrong input, or the plan is not the
present one; 4 something of it is held, or failed too often; 6 the cluster cannot be reached.)");
  const CLI::App* version = app.add_subcommand("version", "Print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    std::cerr << "error: " << error.what() << " (see cassplan-operator --help)\n";
    return kInvalidInput;
  }
  if (version->parsed()) {
    std::cout << "cassplan-operator " << CASSPLAN_VERSION << "\n";
    return kDone;
  }
  if (apply->parsed()) return Apply(apply_command);
  return run->parsed() ? RunOperator(run_command) : Observe(command);
}

}  // namespace
}  // namespace cassplan::host

int main(int argc, char** argv) {
  try {
    return cassplan::host::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: internal: " << error.what() << "\n";
    return cassplan::host::kInternalError;
  }
}
