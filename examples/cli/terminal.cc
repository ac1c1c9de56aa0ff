#include "examples/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace cassplan::cli {
namespace {

constexpr size_t kWidth = 100;

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

bool ErrorsGoToATerminal() { return isatty(STDERR_FILENO) != 0; }

bool UseColor(const std::string& choice, bool to_standard_output) {
  if (choice != "auto") return choice == "always";
  const char* terminal = std::getenv("TERM");
  const bool can = terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
  return to_standard_output && can && !IsSet("NO_COLOR") && isatty(STDOUT_FILENO) != 0;
}

size_t TextWidth(bool to_standard_output) {
  winsize size = {};
  if (!to_standard_output || isatty(STDOUT_FILENO) == 0) return kWidth;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidth;
  return std::min<size_t>(size.ws_col, kWidth);
}

}  // namespace cassplan::cli
