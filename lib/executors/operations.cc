#include "lib/executors/operations.h"

#include <chrono>
#include <utility>

namespace cassplan::executors {

StartResult ResultOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return {Ending::kSucceeded, ""};
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return {Ending::kUnknown, std::string(status.message())};
    default:
      return {Ending::kFailed, std::string(status.message())};
  }
}

Operations::Operations(Work work, std::function<int64_t()> now) : work_(std::move(work)), now_(std::move(now)) {}

void Operations::Start(const v1::StartAction& start, Executor::Done done) {
  const Key key = {start.action().id(), start.attempt(), start.started_at_seconds()};
  std::string refused;
  JoinFinished();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      refused = "the executor is closed";
    } else if (start.deadline_seconds() > 0 && now_() > start.deadline_seconds()) {
      refused = "its deadline is over";
    } else if (const auto found = running_.find(key); found != running_.end()) {
      found->second->done.push_back(std::move(done));
      return;
    } else {
      auto running = std::make_shared<Running>();
      running->done.push_back(std::move(done));
      running_.emplace(key, running);
      running->thread = std::thread([this, key, start, running] { Run(key, start, running); });
      return;
    }
  }
  done({Ending::kFailed, refused});
}

void Operations::Run(const Key& key, const v1::StartAction& start, const std::shared_ptr<Running>& running) {
  const StartResult result = ResultOf(work_(start, running->stop));
  std::vector<Executor::Done> done;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    done = std::move(running->done);
    running_.erase(key);
    // Joined by whoever comes next, Close at the latest.
    finished_.push_back(std::move(running->thread));
    idle_.notify_all();
  }
  for (const Executor::Done& tell : done) tell(result);
}

// Without the lock: a finished one may be telling its result, to somebody who starts the next one for it.
void Operations::JoinFinished() {
  std::vector<std::thread> finished;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    finished = std::move(finished_);
    finished_.clear();
  }
  for (std::thread& thread : finished) {
    if (thread.get_id() != std::this_thread::get_id()) {
      thread.join();
      continue;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    finished_.push_back(std::move(thread));
  }
}

void Operations::Cancel(const std::string& id, int32_t attempt) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [key, running] : running_) {
    if (std::get<0>(key) == id && std::get<1>(key) == attempt) running->stop = true;
  }
}

void Operations::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    for (const auto& [key, running] : running_) running->stop = true;
  }
  while (true) {
    JoinFinished();
    std::unique_lock<std::mutex> lock(mutex_);
    if (running_.empty() && finished_.empty()) return;
    idle_.wait_for(lock, std::chrono::milliseconds(50));
  }
}

}  // namespace cassplan::executors
