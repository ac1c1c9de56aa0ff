// The only place of the command that touches files.
#ifndef CASSPLAN_EXAMPLES_CLI_FILES_H_
#define CASSPLAN_EXAMPLES_CLI_FILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/dump/dump.h"

namespace cassplan::cli {

// One byte more than any reader takes, so that a text that is too long is refused by its reader, which says the limit.
inline constexpr size_t kMaxFileBytes = (size_t{256} << 20) + 1;
// More files than this, and a person at a terminal is told that they are being read.
inline constexpr size_t kManyFiles = 1000;

// The text of a file; of standard input for "-". At most kMaxFileBytes bytes. Errors say what the system says.
absl::StatusOr<std::string> ReadText(const std::string& path);

bool IsFolder(const std::string& path);

// The files that a dump consists of (lib/dump/dump.h), sorted by name. `tell` writes a line to standard error when
// there are many.
absl::StatusOr<std::vector<dump::DumpFile>> ReadDumpFolder(const std::string& path, bool tell);

// Writes a file whole or not at all; to standard output for an empty path or "-".
absl::Status WriteText(const std::string& path, const std::string& text);

}  // namespace cassplan::cli

#endif  // CASSPLAN_EXAMPLES_CLI_FILES_H_
