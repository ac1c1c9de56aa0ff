// Commands that ask for something: by labels on Pods, as CassKop's plugin does. The operator does it, in the order that
// is safe; nothing is done here.
#ifndef CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_OPERATIONS_H_
#define CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_OPERATIONS_H_

#include <string>
#include <vector>

#include "examples/kubectl-plugin/reach.h"

namespace cassplan::plugin {

struct OperationCommand {
  std::string operation;
  std::string argument;
  std::string pod;
  std::string prefix;
  bool dry_run = false;
};

struct RemoveCommand {  // or replace
  std::string pod;
  std::string previous_ip;
  std::string host_id;
  std::string from_pod;
  std::string cluster;
  bool dry_run = false;
};

struct RestartCommand {
  std::string cluster;
  std::vector<std::string> racks;
  std::vector<std::string> datacenters;
  bool full = false;
  bool dry_run = false;
};

// Each returns the exit code.
int Ask(const Reach& reach, const OperationCommand& command);
int Pause(const Reach& reach, const OperationCommand& command, bool pause);
int Remove(const Reach& reach, const RemoveCommand& command);
int Restart(const Reach& reach, const RestartCommand& command);
int Replace(const Reach& reach, const RemoveCommand& command);

}  // namespace cassplan::plugin

#endif  // CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_OPERATIONS_H_
