// Starts that run: one thread each, each key once, cancelled and waited for as include/cassplan/executor.h has it. What
// an executor does is a function; this is all that executors share.
#ifndef CASSPLAN_LIB_EXECUTORS_OPERATIONS_H_
#define CASSPLAN_LIB_EXECUTORS_OPERATIONS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "cassplan/executor.h"

namespace cassplan::executors {

class Operations {
 public:
  // Does one start. Returns soon after `stop` becomes true. OK: succeeded. kUnknown, kDeadlineExceeded and kCancelled:
  // not known. Any other code: failed.
  using Work = std::function<absl::Status(const v1::StartAction& start, const std::atomic<bool>& stop)>;

  // `now`: seconds since 1970.
  Operations(Work work, std::function<int64_t()> now);
  // Close may not be called by a `done`.
  ~Operations() { Close(); }
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  void Start(const v1::StartAction& start, Executor::Done done);
  void Cancel(const std::string& id, int32_t attempt);
  void Close();

 private:
  using Key = std::tuple<std::string, int32_t, int64_t>;
  struct Running {
    std::atomic<bool> stop{false};
    std::vector<Executor::Done> done;
    std::thread thread;
  };

  void Run(const Key& key, const v1::StartAction& start, const std::shared_ptr<Running>& running);
  void JoinFinished();

  Work work_;
  std::function<int64_t()> now_;
  std::mutex mutex_;
  std::condition_variable idle_;
  bool closed_ = false;
  std::map<Key, std::shared_ptr<Running>> running_;
  std::vector<std::thread> finished_;
};

// What a status means for a start.
StartResult ResultOf(const absl::Status& status);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_OPERATIONS_H_
