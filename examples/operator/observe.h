// `cassplan-operator observe`: collects a dump of a live cluster. Reads only.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_OBSERVE_H_
#define CASSPLAN_EXAMPLES_OPERATOR_OBSERVE_H_

#include <cstdint>
#include <string>

namespace cassplan::host {

enum ExitCode : int { kDone = 0, kPartly = 1, kInvalidInput = 3, kInternalError = 6 };

struct ObserveCommand {
  std::string cluster;
  std::string output;
  std::string kubeconfig;
  std::string context;
  std::string name_space;
  std::string jolokia_user;
  std::string jolokia_password_file;
  int32_t jolokia_port = 8778;
  int32_t timeout_seconds = 10;
  int32_t parallel = 16;
  bool replace = false;
};

int Observe(const ObserveCommand& command);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_OBSERVE_H_
