// The command line of cassplan-operator.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_OPTIONS_H_
#define CASSPLAN_EXAMPLES_OPERATOR_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "lib/executors/jolokia.h"
#include "lib/executors/kube_config.h"

namespace cassplan::host {

// How to reach Kubernetes and the nodes; every command has these.
struct Access {
  executors::KubeConfigSource kubeconfig;
  std::string name_space;  // empty: $WATCH_NAMESPACE, then that of the kubeconfig
  int jolokia_port = 8778;
  bool jolokia_tls = false;
  std::string jolokia_authorities;  // file
};

struct ObserveOptions {
  std::string cluster;
  std::string dump;  // folder; empty: print the observation
};

struct Options {
  Access access;
  ObserveOptions observe;
};

inline constexpr char kObserve[] = "observe";
inline constexpr char kVersion[] = "version";

// Exit codes of all commands.
inline constexpr int kDone = 0;
inline constexpr int kInternalError = 1;
inline constexpr int kInvalid = 3;
inline constexpr int kUnreachable = 6;

void Describe(CLI::App* app, Options* options);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_OPTIONS_H_
