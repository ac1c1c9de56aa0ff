// `cassplan-operator apply PLAN`: does what one plan says, and nothing else.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_APPLY_H_
#define CASSPLAN_EXAMPLES_OPERATOR_APPLY_H_

#include <cstdint>
#include <string>

namespace cassplan::host {

struct ApplyCommand {
  std::string plan;  // file, or "-"
  std::string cluster;
  std::string kubeconfig;
  std::string context;
  std::string name_space;
  std::string jolokia_user;
  std::string jolokia_password_file;
  int32_t jolokia_port = 8778;
  int32_t timeout_seconds = 10;
  int32_t poll_seconds = 5;
  int32_t attempts = 3;
  std::string commands;
  std::string lease = "cassplan-operator";
  std::string identity;
  bool no_leader_election = false;
  bool dry_run = false;
};

// 0: all of it is done. 1: stopped by a signal. 3: wrong input, or a plan that is not the present one. 4: something of
// it is held, or failed too often. 6: the cluster cannot be reached.
int Apply(const ApplyCommand& command);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_APPLY_H_
