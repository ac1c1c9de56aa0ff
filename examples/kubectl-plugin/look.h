// Commands that look: the plan of a live cluster, its status, and what its ledger remembers.
#ifndef CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_LOOK_H_
#define CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_LOOK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "examples/kubectl-plugin/reach.h"

namespace cassplan::plugin {

struct JolokiaAccess {
  std::string user;
  std::string password_file;
  int32_t port = 8778;
};

struct LookCommand {
  std::string command;  // plan, explain, simulate
  std::string cluster;
  std::string file;
  std::string what;  // explain
  JolokiaAccess jolokia;
  std::vector<std::string> rest;
};

struct StatusCommand {
  std::string cluster;
  std::string output = "text";
};

struct HistoryCommand {
  std::string cluster;
  std::string output = "text";
};

struct ApproveCommand {
  std::string cluster;
  std::string fingerprint;
  JolokiaAccess jolokia;
  std::string by;
};

int Look(const Reach& reach, const LookCommand& command);
int Status(const Reach& reach, const StatusCommand& command);
int History(const Reach& reach, const HistoryCommand& command);
int Approve(const Reach& reach, const ApproveCommand& command);

}  // namespace cassplan::plugin

#endif  // CASSPLAN_EXAMPLES_KUBECTL_PLUGIN_LOOK_H_
