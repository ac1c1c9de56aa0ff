// One function per subcommand; each returns the exit code.
#ifndef CASSPLAN_EXAMPLES_CLI_COMMANDS_H_
#define CASSPLAN_EXAMPLES_CLI_COMMANDS_H_

#include "examples/cli/options.h"

namespace cassplan::cli {

int PlanCommand(const PlanOptions& options);
int ExplainCommand(const ExplainOptions& options);
int VerifyCommand(const VerifyCommandOptions& options);
int LintCommand(const LintOptions& options);
int DiffCommand(const DiffOptions& options);
int SchemaCommand(const SchemaOptions& options);
int RenderCommand(const RenderOptions& options);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_COMMANDS_H_
