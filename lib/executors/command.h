// A host's own programs for kinds of actions: in place of another executor's way to do them, or for what it cannot do.
//
// The program gets the start as JSON (cassplan.v1.StartAction) on its standard input, in a process group of its own and
// without a shell. It ends with
//   0     done
//   75    it cannot tell whether it was done; the next observation decides
//   else  it was not done, or went wrong; it may be tried again. The last line that it wrote is the reason.
// A signal that ends it counts as 75. At the start's deadline, and when the start is cancelled, its group gets SIGTERM
// and after a while SIGKILL, and that counts as 75, too. What it leaves running in its group when it ends is killed. It
// may be asked for the same start again after the host was restarted: doing it twice must be as doing it once.
#ifndef CASSPLAN_LIB_EXECUTORS_COMMAND_H_
#define CASSPLAN_LIB_EXECUTORS_COMMAND_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cassplan/executor.h"
#include "lib/executors/operations.h"

namespace cassplan::executors {

// The program's path, and its arguments.
using Commands = std::map<v1::ActionKind, std::vector<std::string>>;

// Programs in a folder, each named as the kind that it does, such as `backup` or `backup.sh`. Names that begin with a
// dot are left out. kInvalidArgument names the file that is no kind, cannot be executed, or may be written by others.
absl::StatusOr<Commands> LoadCommands(const std::string& folder);

struct CommandOptions {
  Commands commands;
  std::map<std::string, std::string> environment;  // beside the host's own
  std::string folder = "/";                        // to run in
  int64_t grace_ms = 5000;                         // from SIGTERM to SIGKILL
  size_t max_output = 16384;                       // the last of what it writes, standard error included
  std::function<int64_t()> now;  // seconds since 1970; the system's clock unless a test says otherwise
};

// Runs one command to its end. Codes: Operations::Work. `output` may be nullptr.
absl::Status RunCommand(const std::vector<std::string>& command, const v1::StartAction& start,
                        const CommandOptions& options, const std::atomic<bool>& stop, std::string* output);

// Another executor, with commands for some kinds.
class CommandExecutor final : public Executor {
 public:
  // `inner` is not owned, and lives longer; Close closes it.
  CommandExecutor(Executor* inner, CommandOptions options);
  ~CommandExecutor() override { operations_.Close(); }
  CommandExecutor(const CommandExecutor&) = delete;
  CommandExecutor& operator=(const CommandExecutor&) = delete;

  v1::Capabilities GetCapabilities() const override;
  absl::StatusOr<v1::Observed> Observe() override { return inner_->Observe(); }
  void Start(const v1::StartAction& start, Done done) override;
  void Cancel(const std::string& id, int32_t attempt) override;
  void Close() override;

 private:
  Executor* inner_;
  CommandOptions options_;
  Operations operations_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_COMMAND_H_
