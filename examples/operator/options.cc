#include "examples/operator/options.h"

namespace cassplan::host {
namespace {

void DescribeAccess(CLI::App* command, Access* access) {
  command
      ->add_option("--kubeconfig", access->kubeconfig.path,
                   "file that says where the API server is (default: $KUBECONFIG, then the Pod's service account, "
                   "then ~/.kube/config)")
      ->type_name("FILE");
  command->add_option("--context", access->kubeconfig.context, "context of the kubeconfig (default: current-context)");
  command->add_option("-n,--namespace", access->name_space, "name space (default: that of the kubeconfig)")
      ->envname("WATCH_NAMESPACE");
  command->add_option("--jolokia-port", access->jolokia_port, "where Jolokia listens in each Pod (default 8778)")
      ->check(CLI::Range(1, 65535));
  command->add_flag("--jolokia-tls", access->jolokia_tls, "ask Jolokia with https");
  command->add_option("--jolokia-ca", access->jolokia_authorities, "authorities that sign Jolokia's certificates (PEM)")
      ->type_name("FILE");
}

}  // namespace

void Describe(CLI::App* app, Options* options) {
  app->description(
      "cassplan-operator does on Kubernetes what cassplan plans for Apache Cassandra clusters.\n"
      "Exit codes: 0 done, 1 internal error, 3 bad command line or file, 6 the API server cannot be reached");
  app->require_subcommand(1);
  CLI::App* observe = app->add_subcommand(
      kObserve, "Looks at one cluster and prints what it sees, for: cassplan plan --observed. Changes nothing");
  DescribeAccess(observe, &options->access);
  observe->add_option("cluster", options->observe.cluster, "name of the CassandraCluster")->required();
  observe
      ->add_option("--dump", options->observe.dump,
                   "write a folder with what was collected instead (kubernetes.json, jolokia/<pod>.json)")
      ->type_name("FOLDER");
  app->add_subcommand(kVersion, "Prints the version");
}

}  // namespace cassplan::host
