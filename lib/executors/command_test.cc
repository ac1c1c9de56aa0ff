#include "lib/executors/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"
#include "lib/executors/conformance.h"
#include "lib/executors/fake.h"

namespace cassplan::executors {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    std::string pattern = (fs::temp_directory_path() / "commandXXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    start_.mutable_action()->set_kind(v1::ACTION_KIND_BACKUP);
    start_.mutable_action()->set_id("a1");
    start_.mutable_action()->mutable_target()->set_datacenter("dc1");
    start_.set_attempt(2);
    options_.grace_ms = 300;
  }
  ~CommandTest() override { fs::remove_all(folder_); }

  std::string Script(const std::string& text, const std::string& name = "backup") {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    ::chmod(path.c_str(), 0755);
    return path;
  }
  absl::Status Run(const std::string& script) {
    return RunCommand({Script(script), "one argument", "$HOME"}, start_, options_, stop_, &output_);
  }
  std::string Text(const std::string& name) {
    std::ifstream file(folder_ / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // A process that was ended may wait for whoever inherits it.
  static bool Runs(const std::string& pid) {
    std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
    std::string line;
    std::getline(file, line);
    const size_t end = line.rfind(')');
    return end != std::string::npos && line.size() > end + 2 && line[end + 2] != 'Z';
  }
  bool EndsSoon(const std::string& pid) {
    for (int i = 0; i < 100 && Runs(pid); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return !Runs(pid);
  }
  static int64_t MsOf(const std::function<void()>& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
  }

  fs::path folder_;
  CommandOptions options_;
  v1::StartAction start_;
  std::atomic<bool> stop_{false};
  std::string output_;
};

TEST_F(CommandTest, GetsTheStartOnItsInputAndNoShell) {
  options_.folder = folder_.string();
  options_.environment = {{"CASSPLAN_CLUSTER", "demo"}};
  EXPECT_TRUE(Run("cat > in.json; printf '%s|' \"$1\" \"$2\" \"$CASSPLAN_CLUSTER\" \"$PATH\" > rest").ok()) << output_;
  v1::StartAction read;
  EXPECT_THAT(ParseJson(Text("in.json"), ParseOptions(), &read), IsEmpty());
  EXPECT_EQ(WriteJsonLine(read), WriteJsonLine(start_));
  EXPECT_EQ(Text("rest"), absl::StrCat("one argument|$HOME|demo|", std::getenv("PATH"), "|"));
  // As a file, too.
  EXPECT_TRUE(Run("cat /dev/stdin > in2.json").ok());
  EXPECT_EQ(Text("in.json"), Text("in2.json"));
}

TEST_F(CommandTest, TheExitCodeSaysHowItEnded) {
  EXPECT_TRUE(Run("exit 0").ok());
  const absl::Status failed = Run("echo first; echo 'no space left' >&2; echo; exit 3");
  EXPECT_EQ(failed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(failed.message(), HasSubstr("ended with 3: no space left"));
  EXPECT_EQ(output_, "first\nno space left\n\n");
  EXPECT_EQ(ResultOf(failed).ending, Ending::kFailed);
  EXPECT_EQ(ResultOf(Run("exit 75")).ending, Ending::kUnknown);
  const absl::Status killed = Run("kill -9 $$");
  EXPECT_EQ(ResultOf(killed).ending, Ending::kUnknown);
  EXPECT_THAT(killed.message(), HasSubstr("signal 9"));
}

TEST_F(CommandTest, WhatCannotBeRunDidNothing) {
  const auto status = [&](const std::vector<std::string>& command) {
    return RunCommand(command, start_, options_, stop_, nullptr);
  };
  EXPECT_EQ(ResultOf(status({(folder_ / "none").string()})).ending, Ending::kFailed);
  EXPECT_THAT(status({(folder_ / "none").string()}).message(), HasSubstr("No such file"));
  const std::string path = Script("exit 0");
  ::chmod(path.c_str(), 0644);
  EXPECT_THAT(status({path}).message(), HasSubstr("Permission denied"));
  std::ofstream(folder_ / "text") << "no program";
  ::chmod((folder_ / "text").c_str(), 0755);
  EXPECT_THAT(status({(folder_ / "text").string()}).message(), HasSubstr("cannot be run"));
  EXPECT_FALSE(status({}).ok());
  options_.folder = "/no/such/folder";
  EXPECT_THAT(status({Script("exit 0")}).message(), HasSubstr("cannot be run"));
}

TEST_F(CommandTest, MegabytesAreNotKept) {
  const int64_t ms = MsOf([&] { EXPECT_TRUE(Run("head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end").ok()); });
  EXPECT_LT(ms, 10000);
  EXPECT_LE(output_.size(), options_.max_output);
  EXPECT_THAT(output_, HasSubstr("xxx\nend\n"));
}

TEST_F(CommandTest, TheDeadlineEndsIt) {
  start_.set_deadline_seconds(1);  // long ago
  const int64_t ms = MsOf([&] {
    const absl::Status status = Run("sleep 60");
    EXPECT_EQ(ResultOf(status).ending, Ending::kUnknown);
    EXPECT_THAT(status.message(), HasSubstr("its time was over"));
  });
  EXPECT_LT(ms, 5000);
}

TEST_F(CommandTest, WhoIgnoresSigtermIsKilled) {
  std::thread stopper([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop_ = true;
  });
  const int64_t ms = MsOf([&] {
    EXPECT_EQ(
        ResultOf(Run(absl::StrCat("trap '' TERM; echo $$ > ", folder_.string(), "/pid; while :; do sleep 1; done")))
            .ending,
        Ending::kUnknown);
  });
  stopper.join();
  EXPECT_LT(ms, 10000);
  const std::string text = Text("pid");
  EXPECT_TRUE(EndsSoon(text.substr(0, text.find('\n'))));
}

TEST_F(CommandTest, WhatItLeavesInItsGroupIsKilled) {
  const int64_t ms =
      MsOf([&] { EXPECT_TRUE(Run(absl::StrCat("sleep 300 & echo $! > ", folder_.string(), "/pid; exit 0")).ok()); });
  EXPECT_LT(ms, 5000);
  const std::string text = Text("pid");
  EXPECT_TRUE(EndsSoon(text.substr(0, text.find('\n'))));
}

TEST_F(CommandTest, WhatLeavesTheGroupIsNotWaitedFor) {
  const int64_t ms = MsOf([&] {
    EXPECT_TRUE(
        Run(absl::StrCat("setsid sh -c 'echo $$ > ", folder_.string(), "/pid; exec sleep 300' & sleep 0.3; exit 0"))
            .ok());
  });
  EXPECT_LT(ms, 5000);
  const std::string text = Text("pid");
  pid_t pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(text, &pid));
  ::kill(pid, SIGKILL);
}

TEST_F(CommandTest, FilesOfTheHostAreNotPassedOn) {
  std::ofstream open(folder_ / "open");
  EXPECT_TRUE(Run(absl::StrCat("ls /proc/self/fd | wc -l > ", folder_.string(), "/files")).ok());
  int files = 0;
  ASSERT_TRUE(absl::SimpleAtoi(Text("files"), &files));
  EXPECT_LE(files, 4);  // with the one of `ls`
}

TEST_F(CommandTest, SignalsAreAsInAnyProgram) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  EXPECT_TRUE(Run("grep -E '^Sig(Ign|Blk):.0000000000000000' /proc/self/status | wc -l | grep -q 2").ok()) << output_;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
}

TEST_F(CommandTest, AFolderOfPrograms) {
  const auto message = [&] { return std::string(LoadCommands(folder_.string()).status().message()); };
  const std::string backup = Script("exit 0", "backup.sh");
  Script("exit 0", ".hidden");
  const absl::StatusOr<Commands> commands = LoadCommands(folder_.string());
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(*commands, (Commands{{v1::ACTION_KIND_BACKUP, {backup}}}));
  Script("exit 0", "backup");
  EXPECT_THAT(message(), HasSubstr("there is another program for backup"));
  fs::remove(folder_ / "backup");
  Script("exit 0", "bakup");
  EXPECT_THAT(message(), HasSubstr("/bakup: bakup is no kind of action"));
  fs::remove(folder_ / "bakup");
  ::chmod(backup.c_str(), 0644);
  EXPECT_THAT(message(), HasSubstr("backup.sh: may not be executed"));
  ::chmod(backup.c_str(), 0777);
  EXPECT_THAT(message(), HasSubstr("others may write it"));
  fs::remove(folder_ / "backup.sh");
  fs::create_directory(folder_ / "restore");
  EXPECT_THAT(message(), HasSubstr("restore: is no file"));
  EXPECT_THAT(std::string(LoadCommands((folder_ / "none").string()).status().message()), HasSubstr("No such file"));
}

TEST_F(CommandTest, Conforms) {
  const std::string count = (folder_ / "count").string();
  options_.commands = {{v1::ACTION_KIND_BACKUP, {Script(absl::StrCat("echo x >> ", count, "; sleep 0.1"), "one")}},
                       {v1::ACTION_KIND_RESTORE, {Script("exit 1", "two")}},
                       {v1::ACTION_KIND_DRAIN, {Script("sleep 300", "three")}}};
  options_.now = {};
  std::vector<std::unique_ptr<FakeExecutor>> inner;
  ConformanceCase c;
  c.make = [&] {
    inner.push_back(std::make_unique<FakeExecutor>(
        std::vector<v1::ActionKind>{v1::ACTION_KIND_FLUSH}, [] { return v1::Observed(); },
        [](const v1::StartAction&, const std::atomic<bool>&) { return absl::OkStatus(); }));
    return std::make_unique<CommandExecutor>(inner.back().get(), options_);
  };
  c.succeeds = start_;
  c.fails = start_;
  c.fails.mutable_action()->set_kind(v1::ACTION_KIND_RESTORE);
  c.hangs = start_;
  c.hangs.mutable_action()->set_kind(v1::ACTION_KIND_DRAIN);
  c.effects = [&] {
    const std::string text = Text("count");
    return static_cast<int>(std::count(text.begin(), text.end(), 'x'));
  };
  EXPECT_THAT(CheckConformance(c), IsEmpty());
  const auto executor = c.make();
  EXPECT_EQ(executor->GetCapabilities().kinds_size(), 4);
}

}  // namespace
}  // namespace cassplan::executors
