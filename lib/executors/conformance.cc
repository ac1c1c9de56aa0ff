#include "lib/executors/conformance.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace cassplan::executors {
namespace {

// Results of starts, as they come.
class Results {
 public:
  Executor::Done Next() {
    return [state = state_](const StartResult& result) {
      const std::lock_guard<std::mutex> lock(state->mutex);
      state->all.push_back(result);
      state->changed.notify_all();
    };
  }
  // The results, once there are `count`, or those that came in time.
  std::vector<StartResult> Await(size_t count, int64_t ms) {
    std::unique_lock<std::mutex> lock(state_->mutex);
    state_->changed.wait_for(lock, std::chrono::milliseconds(ms), [&] { return state_->all.size() >= count; });
    return state_->all;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<StartResult> all;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class Checker {
 public:
  explicit Checker(const ConformanceCase& c) : c_(c) {}

  std::vector<std::string> Run() {
    Kinds();
    Succeeds();
    Fails();
    KindsThatItCannotDo();
    AfterItsDeadline();
    SameKeyWhileItRuns();
    Cancelled();
    Closed();
    return std::move(broken_);
  }

 private:
  void Expect(bool good, const std::string& promise) {
    if (!good) broken_.push_back(promise);
  }
  // The one result of a start on its own.
  std::optional<StartResult> Once(Executor* executor, const v1::StartAction& start, const std::string& what) {
    Results results;
    executor->Start(start, results.Next());
    std::vector<StartResult> all = results.Await(1, c_.wait_ms);
    Expect(!all.empty(), what + ": done is called");
    if (all.empty()) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Expect(results.Await(2, 0).size() == 1, what + ": done is called once only");
    return all.front();
  }

  void Kinds() {
    const std::unique_ptr<Executor> executor = c_.make();
    const v1::Capabilities capabilities = executor->GetCapabilities();
    const std::set<int> kinds(capabilities.kinds().begin(), capabilities.kinds().end());
    Expect(!kinds.empty(), "capabilities name the kinds: none would mean every kind");
    Expect(kinds.size() == static_cast<size_t>(capabilities.kinds_size()), "capabilities name no kind twice");
    Expect(!kinds.contains(v1::ACTION_KIND_UNSPECIFIED), "capabilities name no unknown kind");
    Expect(executor->GetCapabilities().SerializeAsString() == capabilities.SerializeAsString(),
           "capabilities never change");
  }

  void Succeeds() {
    const std::unique_ptr<Executor> executor = c_.make();
    const int before = c_.effects();
    const std::optional<StartResult> result = Once(executor.get(), c_.succeeds, "a start that succeeds");
    Expect(!result || result->ending == Ending::kSucceeded, "a start that succeeds says so");
    Expect(c_.effects() == before + 1, "a start that succeeds has its effect, once");
  }

  void Fails() {
    const std::unique_ptr<Executor> executor = c_.make();
    const std::optional<StartResult> result = Once(executor.get(), c_.fails, "a start that fails");
    Expect(!result || result->ending != Ending::kSucceeded, "a start that fails does not say that it succeeded");
    Expect(!result || !result->message.empty(), "a start that fails says why");
  }

  void KindsThatItCannotDo() {
    const std::unique_ptr<Executor> executor = c_.make();
    const v1::Capabilities capabilities = executor->GetCapabilities();
    for (int kind = v1::ActionKind_MIN; kind <= v1::ActionKind_MAX; ++kind) {
      if (!v1::ActionKind_IsValid(kind)) continue;
      if (std::count(capabilities.kinds().begin(), capabilities.kinds().end(), kind) > 0) continue;
      v1::StartAction start = c_.succeeds;
      start.mutable_action()->set_kind(static_cast<v1::ActionKind>(kind));
      const int before = c_.effects();
      const std::string name = v1::ActionKind_Name(static_cast<v1::ActionKind>(kind));
      const std::optional<StartResult> result = Once(executor.get(), start, name);
      Expect(!result || result->ending == Ending::kFailed, name + ": what it cannot do fails");
      Expect(c_.effects() == before, name + ": what it cannot do has no effect");
    }
  }

  void AfterItsDeadline() {
    const std::unique_ptr<Executor> executor = c_.make();
    v1::StartAction start = c_.succeeds;
    start.set_deadline_seconds(1);
    const int before = c_.effects();
    const std::optional<StartResult> result = Once(executor.get(), start, "a start after its deadline");
    Expect(!result || result->ending == Ending::kFailed, "a start after its deadline fails");
    Expect(c_.effects() == before, "a start after its deadline has no effect");
  }

  void SameKeyWhileItRuns() {
    if (c_.hangs.action().id().empty()) return;
    const std::unique_ptr<Executor> executor = c_.make();
    Results results;
    executor->Start(c_.hangs, results.Next());
    executor->Start(c_.hangs, results.Next());
    Expect(results.Await(1, 100).empty(), "a start that runs on has no result yet");
    executor->Cancel(c_.hangs.action().id(), c_.hangs.attempt());
    Expect(results.Await(2, c_.wait_ms).size() == 2, "both starts of one key end when it ends");
  }

  void Cancelled() {
    if (c_.hangs.action().id().empty()) return;
    const std::unique_ptr<Executor> executor = c_.make();
    Results results;
    executor->Start(c_.hangs, results.Next());
    executor->Cancel("of nobody", 1);
    Expect(results.Await(1, 100).empty(), "cancelling another start does not end it");
    executor->Cancel(c_.hangs.action().id(), c_.hangs.attempt());
    const std::vector<StartResult> all = results.Await(1, c_.wait_ms);
    Expect(!all.empty(), "a cancelled start ends");
    Expect(all.empty() || all.front().ending != Ending::kSucceeded, "a cancelled start did not succeed");
  }

  void Closed() {
    const std::unique_ptr<Executor> executor = c_.make();
    Results results;
    const bool hangs = !c_.hangs.action().id().empty();
    if (hangs) executor->Start(c_.hangs, results.Next());
    executor->Close();
    Expect(!hangs || results.Await(1, 0).size() == 1, "after Close every done was called");
    executor->Close();  // as often as one likes
    const int before = c_.effects();
    const std::optional<StartResult> result = Once(executor.get(), c_.succeeds, "a start after Close");
    Expect(!result || result->ending == Ending::kFailed, "a start after Close fails");
    Expect(c_.effects() == before, "a start after Close has no effect");
  }

  const ConformanceCase& c_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> CheckConformance(const ConformanceCase& c) { return Checker(c).Run(); }

}  // namespace cassplan::executors
