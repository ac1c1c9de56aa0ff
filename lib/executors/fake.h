// An executor in memory, for the tests of hosts: it shows what it is given, and does what it is told.
#ifndef CASSPLAN_LIB_EXECUTORS_FAKE_H_
#define CASSPLAN_LIB_EXECUTORS_FAKE_H_

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cassplan/executor.h"
#include "lib/executors/operations.h"

namespace cassplan::executors {

class FakeExecutor final : public Executor {
 public:
  using Look = std::function<absl::StatusOr<v1::Observed>()>;

  // `kinds`: what it can do. `look` answers Observe, `work` does the starts; both may be called from several threads.
  // `now`: seconds since 1970; the system's clock where there is none.
  FakeExecutor(std::vector<v1::ActionKind> kinds, Look look, Operations::Work work, std::function<int64_t()> now = {});
  ~FakeExecutor() override { Close(); }
  FakeExecutor(const FakeExecutor&) = delete;
  FakeExecutor& operator=(const FakeExecutor&) = delete;

  v1::Capabilities GetCapabilities() const override;
  absl::StatusOr<v1::Observed> Observe() override { return look_(); }
  void Start(const v1::StartAction& start, Done done) override;
  void Cancel(const std::string& id, int32_t attempt) override { operations_.Cancel(id, attempt); }
  void Close() override { operations_.Close(); }

 private:
  std::vector<v1::ActionKind> kinds_;
  Look look_;
  Operations operations_;
};

// A ledger in memory. Threads: one at a time.
class FakeLedgerStore final : public LedgerStore {
 public:
  absl::StatusOr<v1::Ledger> Load() override { return stored; }
  absl::StatusOr<v1::LedgerStored> Store(const v1::Ledger& ledger, int64_t expected_version) override;

  v1::Ledger stored;
  int stores = 0;
  // Returned by the next stores, the first one first; the ledger is stored all the same when `store_anyway`.
  std::vector<absl::Status> problems;
  bool store_anyway = false;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_FAKE_H_
