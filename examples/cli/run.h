// The whole `cassplan` command as a function, for programs that bring what it reads.
#ifndef CASSPLAN_EXAMPLES_CLI_RUN_H_
#define CASSPLAN_EXAMPLES_CLI_RUN_H_

#include <string>
#include <vector>

namespace cassplan::cli {

// `arguments` without the program's name. Prints, and returns the exit code; never throws.
int Run(std::vector<std::string> arguments);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_RUN_H_
