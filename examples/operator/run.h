// `cassplan-operator run`: looks after every CassandraCluster of a namespace.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_RUN_H_
#define CASSPLAN_EXAMPLES_OPERATOR_RUN_H_

#include <cstdint>
#include <string>

namespace cassplan::host {

struct RunCommand {
  std::string kubeconfig;
  std::string context;
  std::string name_space;
  std::string jolokia_user;
  std::string jolokia_password_file;
  int32_t jolokia_port = 8778;
  int32_t timeout_seconds = 10;
  int32_t poll_seconds = 5;
  int32_t idle_seconds = 60;
  int32_t stuck_seconds = 600;
  std::string listen = "8080";
  std::string log_format = "json";
  std::string log_level = "info";
  std::string lease = "cassplan-operator";
  std::string identity;
  bool no_leader_election = false;
  std::string commands;  // folder with programs of one's own
};

// Until SIGTERM or SIGINT; then exit code 0.
int RunOperator(const RunCommand& command);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_RUN_H_
