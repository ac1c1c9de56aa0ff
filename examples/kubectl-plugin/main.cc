// kubectl-casskop: CassKop's commands, and what a plan tells about a live cluster. `kubectl casskop COMMAND` runs it.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "examples/cli/completion.h"
#include "examples/kubectl-plugin/look.h"
#include "examples/kubectl-plugin/operations.h"

namespace cassplan::plugin {
namespace {

constexpr char kFooter[] = R"(
Examples:
  kubectl casskop status -n shop
  kubectl casskop plan demo -n shop --runbook
  kubectl casskop explain demo dc1/rack1/0 -n shop
  kubectl casskop simulate demo -n shop --what-if 'lose zone b'
  kubectl casskop cleanup --pod demo-dc1-rack1-0 -n shop
  kubectl casskop restart --crd demo --rack dc1.rack1 -n shop

What comes after the cluster's name in plan, explain and simulate is given to `cassplan` as it is: cassplan plan --help.

Exit codes: 0 done; 3 a wrong argument, kubeconfig or permission, or nothing that fits; 6 the API server cannot be
reached. plan, explain and simulate: those of `cassplan`.)";

void DescribeReach(CLI::App* app, Reach* reach) {
  app->add_option("--namespace,-n", reach->name_space, "Namespace (default: that of the context)");
  app->add_option("--kubeconfig", reach->kubeconfig, "Default: $KUBECONFIG, then ~/.kube/config");
  app->add_option("--context", reach->context, "Context of the kubeconfig");
  app->add_option("--request-timeout", reach->timeout_seconds, "Seconds that the API server has to answer (5, 30s, 2m)")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, int64_t>{{"s", 1}, {"m", 60}},
                                        CLI::AsNumberWithUnit::CASE_SENSITIVE, "SECONDS"))
      ->check(CLI::Range(1, 3600));
}

void DescribeJolokia(CLI::App* app, JolokiaAccess* jolokia) {
  app->add_option("--jolokia-port", jolokia->port, "Port of Jolokia on each node")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  app->add_option("--jolokia-user", jolokia->user,
                  "User for basic authentication (default: that of the Secret in spec.imageJolokiaSecret)");
  app->add_option("--jolokia-password-file", jolokia->password_file, "File with the password");
}

CLI::App* AddLook(CLI::App* app, const char* name, const char* about, LookCommand* command, Reach* reach) {
  CLI::App* look = app->add_subcommand(name, about);
  DescribeReach(look, reach);
  look->add_option("cluster", command->cluster, "Name of the CassandraCluster")->required();
  // Its own, so that options after it are still read here.
  if (look->get_name() == "explain") look->add_option("what", command->what, "A node, rack, action, keyspace or guard");
  look->add_option("--file,-f", command->file, "Plan for this CassandraCluster instead of the live one")
      ->check(CLI::ExistingFile);
  DescribeJolokia(look, &command->jolokia);
  look->prefix_command();
  look->footer(kFooter);
  return look;
}

CLI::App* AddOperation(CLI::App* app, const char* name, const char* about, OperationCommand* command, Reach* reach) {
  CLI::App* operation = app->add_subcommand(name, about);
  DescribeReach(operation, reach);
  CLI::Option* pod = operation->add_option("--pod", command->pod, "Name of the Pod");
  operation->add_option("--prefix", command->prefix, "Every running Pod of Cassandra whose name begins so")
      ->excludes(pod);
  operation->add_flag("--dry-run", command->dry_run, "Only say what would be asked for");
  operation->footer(kFooter);
  return operation;
}

int Run(int argc, char** argv) {
  CLI::App app("Asks Cassandra clusters that cassplan or CassKop look after.", "kubectl-casskop");
  app.require_subcommand(1);
  app.footer(kFooter);
  Reach reach;
  DescribeReach(&app, &reach);  // before the command, too
  OperationCommand operation;
  std::vector<CLI::App*> simple;
  for (const auto& [name, about] :
       {std::pair{"cleanup", "Drop data that a node does not own any more"},
        std::pair{"upgradesstables", "Rewrite data files in the format of the node's release"},
        std::pair{"scrub", "Rewrite data files and drop what cannot be read"},
        std::pair{"compact", "Merge the data files of a node"},
        std::pair{"flush", "Write what is in memory to data files"},
        std::pair{"garbagecollect", "Rewrite data files without data that was deleted"}}) {
    simple.push_back(AddOperation(&app, name, about, &operation, &reach));
  }
  CLI::App* rebuild = AddOperation(&app, "rebuild", "Stream a node's data from another datacenter", &operation, &reach);
  rebuild->add_option("from-dc", operation.argument, "The datacenter that data comes from")->required();
  CLI::App* pause = AddOperation(&app, "pause", "Let an operation that was asked for wait", &operation, &reach);
  CLI::App* unpause = AddOperation(&app, "unpause", "Let a paused operation go on", &operation, &reach);
  for (CLI::App* one : {pause, unpause}) {
    one->add_option("operation", operation.operation, "Its name, such as cleanup")->required();
  }
  RemoveCommand remove_command;
  CLI::App* remove = app.add_subcommand("remove", "Remove a dead node from the ring (nodetool removenode)");
  DescribeReach(remove, &reach);
  remove->add_option("--pod", remove_command.pod, "Pod of the dead node");
  remove->add_option("--previous-ip", remove_command.previous_ip, "Address that the node had");
  remove->add_option("--host-id", remove_command.host_id, "Host id that the node had");
  remove->add_option("--from-pod", remove_command.from_pod, "Pod of a live node that is asked to do it");
  remove->add_option("--crd", remove_command.cluster, "CassandraCluster; one of its live nodes is asked");
  remove->add_flag("--dry-run", remove_command.dry_run, "Only say what would be asked for");
  RestartCommand restart_command;
  CLI::App* restart = app.add_subcommand("restart", "Restart nodes, one after the other, drained");
  DescribeReach(restart, &reach);
  restart->add_option("--crd", restart_command.cluster, "Name of the CassandraCluster")->required();
  restart->add_option("--rack", restart_command.racks, "Racks, as dc.rack")->expected(1, 1000);
  restart->add_option("--dc", restart_command.datacenters, "Datacenters")->expected(1, 1000);
  restart->add_flag("--full", restart_command.full, "The whole cluster");
  restart->add_flag("--dry-run", restart_command.dry_run, "Only say what would be asked for");
  RemoveCommand replace_command;
  CLI::App* replace = app.add_subcommand("replace", "Replace a dead node in its Pod, with an empty volume");
  DescribeReach(replace, &reach);
  replace->add_option("--pod", replace_command.pod, "Pod of the dead node")->required();
  replace->add_option("--host-id", replace_command.host_id, "Its host id; else the one that the operator knows");
  replace->add_option("--previous-ip", replace_command.previous_ip, "As CassKop has it; not needed");
  replace->add_option("--from-pod", replace_command.from_pod, "Pod of a live node that carries the request");
  replace->add_flag("--dry-run", replace_command.dry_run, "Only say what would be asked for");
  LookCommand look;
  const CLI::App* plan =
      AddLook(&app, "plan", "What would be done now, in which order, and what is held", &look, &reach);
  const CLI::App* explain = AddLook(&app, "explain", "Why, or why not: a node, rack, action or guard", &look, &reach);
  const CLI::App* simulate =
      AddLook(&app, "simulate", "Play the change on a fake cluster that looks the same", &look, &reach);
  StatusCommand status_command;
  CLI::App* status = app.add_subcommand("status", "What clusters are doing, and what is held");
  DescribeReach(status, &reach);
  status->add_option("cluster", status_command.cluster, "Name of the CassandraCluster; default: all");
  status->add_option("--output,-o", status_command.output, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  HistoryCommand history_command;
  CLI::App* history = app.add_subcommand("history", "What the ledger remembers of a cluster");
  DescribeReach(history, &reach);
  history->add_option("cluster", history_command.cluster, "Name of the CassandraCluster")->required();
  history->add_option("--output,-o", history_command.output, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  ApproveCommand approve_command;
  CLI::App* approve = app.add_subcommand("approve", "Let a plan start, where policy.mode is approve");
  DescribeReach(approve, &reach);
  approve->add_option("cluster", approve_command.cluster, "Name of the CassandraCluster")->required();
  approve->add_option("fingerprint", approve_command.fingerprint, "Of the plan that was read (kubectl casskop status)")
      ->required();
  DescribeJolokia(approve, &approve_command.jolokia);
  approve->add_option("--by", approve_command.by, "Who approves (default: $USER)");
  std::string shell;
  CLI::App* completion = app.add_subcommand("completion", "Print a script for tab completion");
  completion->add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    std::cerr << "error: " << error.what() << " (see kubectl casskop --help)\n";
    return kInvalidInput;
  }
  for (CLI::App* one : simple) {
    if (!one->parsed()) continue;
    operation.operation = one->get_name();
    return Ask(reach, operation);
  }
  if (rebuild->parsed()) {
    operation.operation = "rebuild";
    return Ask(reach, operation);
  }
  if (pause->parsed() || unpause->parsed()) return Pause(reach, operation, pause->parsed());
  if (remove->parsed()) return Remove(reach, remove_command);
  if (restart->parsed()) return Restart(reach, restart_command);
  if (replace->parsed()) return Replace(reach, replace_command);
  if (status->parsed()) return Status(reach, status_command);
  if (history->parsed()) return History(reach, history_command);
  if (approve->parsed()) return Approve(reach, approve_command);
  if (completion->parsed()) {
    std::cout << cli::Completion(app, shell);
    return kDone;
  }
  for (const CLI::App* one : {plan, explain, simulate}) {
    if (!one->parsed()) continue;
    look.command = one->get_name();
    look.rest = one->remaining();
  }
  return Look(reach, look);
}

}  // namespace
}  // namespace cassplan::plugin

int main(int argc, char** argv) {
  try {
    return cassplan::plugin::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: internal: " << error.what() << "\n";
    return cassplan::plugin::kInternalError;
  }
}
