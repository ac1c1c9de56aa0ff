// What the command finds out about where its output goes.
#ifndef CASSPLAN_EXAMPLES_CLI_TERMINAL_H_
#define CASSPLAN_EXAMPLES_CLI_TERMINAL_H_

#include <cstddef>
#include <string>

namespace cassplan::cli {

bool ErrorsGoToATerminal();

// `choice` is auto, always or never. Auto: standard output is a terminal that can, nothing else is written to, and
// NO_COLOR (no-color.org) is not set.
bool UseColor(const std::string& choice, bool to_standard_output);

// Columns for text: those of the terminal, at most 100.
size_t TextWidth(bool to_standard_output);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_TERMINAL_H_
