#include "lib/executors/command.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cassplan/codec.h"

namespace cassplan::executors {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCannotTell = 75;
constexpr int kSliceMs = 50;      // how soon the end, `stop` and the deadline are seen
constexpr int kLeftoverMs = 200;  // for the last output, once the program has ended

int64_t SystemSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string Reason(int error) { return std::generic_category().message(error); }

class File {
 public:
  explicit File(int number = -1) : number_(number) {}
  ~File() { Reset(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }
  void Reset(int number = -1) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }

 private:
  int number_;
};

bool MakePipe(File* read, File* write) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  read->Reset(ends[0]);
  write->Reset(ends[1]);
  return true;
}

// A file in memory: the program can read it at its own pace, or not at all.
bool WriteInput(const std::string& text, File* file) {
  file->Reset(::memfd_create("start", MFD_CLOEXEC));
  if (file->number() < 0) return false;
  for (size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(file->number(), text.data() + done, text.size() - done);
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return ::lseek(file->number(), 0, SEEK_SET) == 0;
}

std::vector<std::string> EnvironmentOf(const std::map<std::string, std::string>& more) {
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    const std::string name = std::string(*line).substr(0, std::string(*line).find('='));
    if (!more.contains(name)) lines.emplace_back(*line);
  }
  for (const auto& [name, value] : more) lines.push_back(absl::StrCat(name, "=", value));
  return lines;
}

std::vector<char*> Pointers(const std::vector<std::string>& lines) {
  std::vector<char*> pointers;
  for (const std::string& line : lines) pointers.push_back(const_cast<char*>(line.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

struct Child {
  char* const* arguments;
  char* const* environment;
  const char* folder;
  int input;
  int output;
  int error;  // gets errno if it cannot begin
  pid_t parent;
};

// Between fork and exec: nothing but calls that are allowed after a fork of a process with threads.
[[noreturn]] void Become(const Child& child) {
  ::setpgid(0, 0);
  // It must not go on acting when the host is gone and another one acts.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  const bool ready = ::getppid() == child.parent && ::dup2(child.input, 0) == 0 && ::dup2(child.output, 1) == 1 &&
                     ::dup2(child.output, 2) == 2 && ::chdir(child.folder) == 0;
  if (ready) {
    // Whatever others opened without O_CLOEXEC. The one for errors closes with exec.
    ::dup2(child.error, 3);
    ::fcntl(3, F_SETFD, FD_CLOEXEC);
    ::close_range(4, ~0U, 0);
    ::execve(child.arguments[0], child.arguments, child.environment);
  }
  const int error = errno;
  static_cast<void>(::write(ready ? 3 : child.error, &error, sizeof(error)));
  ::_exit(127);
}

// The end of what the program writes.
class Output {
 public:
  Output(int pipe, size_t limit) : pipe_(pipe), limit_(limit) { ::fcntl(pipe, F_SETFL, O_NONBLOCK); }

  // Reads what there is, waiting for it at most so long.
  void Read(int wait_ms) {
    pollfd wait{pipe_, POLLIN, 0};
    if (over_) {
      ::poll(nullptr, 0, wait_ms);
      return;
    }
    if (::poll(&wait, 1, wait_ms) <= 0) return;
    std::array<char, 16384> data{};
    const ssize_t n = ::read(pipe_, data.data(), data.size());
    over_ = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    if (n > 0) text_.append(data.data(), static_cast<size_t>(n));
    if (text_.size() > 2 * limit_) text_.erase(0, text_.size() - limit_);
  }
  bool over() const { return over_; }
  std::string text() const { return text_.size() > limit_ ? text_.substr(text_.size() - limit_) : text_; }

 private:
  int pipe_;
  size_t limit_;
  bool over_ = false;
  std::string text_;
};

// The last line with something in it, fit to print.
std::string LastLine(const std::string& text) {
  constexpr size_t kMost = 400;
  std::string last;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view stripped = absl::StripAsciiWhitespace(line);
    if (!stripped.empty()) last = std::string(stripped.substr(0, kMost));
  }
  for (char& c : last) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return last;
}

absl::Status Ended(const std::string& name, int status, const std::string& output) {
  const std::string line = LastLine(output);
  const std::string why = line.empty() ? "" : absl::StrCat(": ", line);
  if (WIFSIGNALED(status)) {
    return absl::UnknownError(absl::StrCat(name, " was ended by signal ", WTERMSIG(status), why));
  }
  const int code = WEXITSTATUS(status);
  if (code == 0) return absl::OkStatus();
  const std::string text = absl::StrCat(name, " ended with ", code, why);
  return code == kCannotTell ? absl::UnknownError(text) : absl::FailedPreconditionError(text);
}

// Forks and waits until the program has begun.
absl::StatusOr<pid_t> Begin(const std::vector<std::string>& command, const std::string& input,
                            const CommandOptions& options, File* output) {
  const std::vector<std::string> environment = EnvironmentOf(options.environment);
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  File in;
  File out;
  File error_read;
  File error_write;
  if (!WriteInput(input, &in) || !MakePipe(output, &out) || !MakePipe(&error_read, &error_write)) {
    return absl::FailedPreconditionError(absl::StrCat(command[0], ": ", Reason(errno)));
  }
  // Not among the numbers that the program's own files get.
  const File high_in(::fcntl(in.number(), F_DUPFD_CLOEXEC, 10));
  const File high_out(::fcntl(out.number(), F_DUPFD_CLOEXEC, 10));
  File high_error(::fcntl(error_write.number(), F_DUPFD_CLOEXEC, 10));
  const Child child{arguments.data(),    variables.data(), options.folder.c_str(), high_in.number(), high_out.number(),
                    high_error.number(), ::getpid()};
  // Signals stay away until the child has its own ways.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) Become(child);
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return absl::FailedPreconditionError(absl::StrCat(command[0], ": ", Reason(fork_error)));
  ::setpgid(pid, pid);  // whoever of both is first
  high_error.Reset();
  error_write.Reset();
  int error = 0;
  ssize_t n = 0;
  do {
    n = ::read(error_read.number(), &error, sizeof(error));
  } while (n < 0 && errno == EINTR);
  if (n == 0) return pid;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return absl::FailedPreconditionError(absl::StrCat(command[0], " cannot be run: ", Reason(error)));
}

}  // namespace

absl::Status RunCommand(const std::vector<std::string>& command, const v1::StartAction& start,
                        const CommandOptions& options, const std::atomic<bool>& stop, std::string* output) {
  if (command.empty()) return absl::InvalidArgumentError("no command");
  File pipe;
  const absl::StatusOr<pid_t> pid = Begin(command, WriteJson(start), options, &pipe);
  if (!pid.ok()) return pid.status();
  const auto now = options.now ? options.now : std::function<int64_t()>(SystemSeconds);
  Output told(pipe.number(), options.max_output);
  std::string ended_by;
  Clock::time_point kill_at = Clock::time_point::max();
  int status = 0;
  while (true) {
    told.Read(kSliceMs);
    // Not taken yet: its number, which its group has, stays its own.
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(*pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == *pid)
      break;
    if (ended_by.empty()) {
      if (stop) ended_by = "it was cancelled";
      if (start.deadline_seconds() > 0 && now() > start.deadline_seconds()) ended_by = "its time was over";
      if (ended_by.empty()) continue;
      ::kill(-*pid, SIGTERM);
      kill_at = Clock::now() + std::chrono::milliseconds(options.grace_ms);
    } else if (Clock::now() >= kill_at) {
      ::kill(-*pid, SIGKILL);
    }
  }
  ::kill(-*pid, SIGKILL);
  ::waitpid(*pid, &status, 0);
  // What left its group may hold the pipe for as long as it likes.
  const auto until = Clock::now() + std::chrono::milliseconds(kLeftoverMs);
  while (!told.over() && Clock::now() < until) told.Read(10);
  if (output != nullptr) *output = told.text();
  if (ended_by.empty()) return Ended(command[0], status, told.text());
  return absl::UnknownError(absl::StrCat(command[0], " was ended: ", ended_by));
}

absl::StatusOr<Commands> LoadCommands(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  if (!listing) return absl::InvalidArgumentError(absl::StrCat(folder, ": ", Reason(errno)));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(&entry->d_name[0]);
  }
  std::sort(names.begin(), names.end());
  Commands commands;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(folder, absl::EndsWith(folder, "/") ? "" : "/", name);
    v1::ActionKind kind = v1::ACTION_KIND_UNSPECIFIED;
    const std::string stem = name.substr(0, name.find('.'));
    if (absl::AsciiStrToLower(stem) != stem ||
        !v1::ActionKind_Parse(absl::StrCat("ACTION_KIND_", absl::AsciiStrToUpper(stem)), &kind) ||
        kind == v1::ACTION_KIND_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", stem, " is no kind of action; docs/actions lists them"));
    }
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return absl::InvalidArgumentError(absl::StrCat(path, ": ", Reason(errno)));
    if (!S_ISREG(about.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, ": is no file"));
    if (::access(path.c_str(), X_OK) != 0) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": may not be executed; chmod +x it"));
    }
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": others may write it; chmod go-w it"));
    }
    if (!commands.emplace(kind, std::vector<std::string>{path}).second) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": there is another program for ", stem));
    }
  }
  return commands;
}

CommandExecutor::CommandExecutor(Executor* inner, CommandOptions options)
    : inner_(inner),
      options_(std::move(options)),
      operations_(
          [this](const v1::StartAction& start, const std::atomic<bool>& stop) {
            return RunCommand(options_.commands.at(start.action().kind()), start, options_, stop, nullptr);
          },
          options_.now ? options_.now : std::function<int64_t()>(SystemSeconds)) {}

v1::Capabilities CommandExecutor::GetCapabilities() const {
  v1::Capabilities capabilities = inner_->GetCapabilities();
  for (const auto& [kind, command] : options_.commands) {
    if (std::find(capabilities.kinds().begin(), capabilities.kinds().end(), kind) == capabilities.kinds().end()) {
      capabilities.add_kinds(kind);
    }
  }
  return capabilities;
}

void CommandExecutor::Start(const v1::StartAction& start, Done done) {
  if (options_.commands.contains(start.action().kind())) return operations_.Start(start, std::move(done));
  inner_->Start(start, std::move(done));
}

void CommandExecutor::Cancel(const std::string& id, int32_t attempt) {
  operations_.Cancel(id, attempt);
  inner_->Cancel(id, attempt);
}

void CommandExecutor::Close() {
  operations_.Close();
  inner_->Close();
}

}  // namespace cassplan::executors
