#include "lib/executors/fake.h"

#include <algorithm>
#include <chrono>

namespace cassplan::executors {
namespace {

int64_t SystemSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

FakeExecutor::FakeExecutor(std::vector<v1::ActionKind> kinds, Look look, Operations::Work work,
                           std::function<int64_t()> now)
    : kinds_(std::move(kinds)),
      look_(std::move(look)),
      operations_(std::move(work), now ? std::move(now) : std::function<int64_t()>(SystemSeconds)) {}

v1::Capabilities FakeExecutor::GetCapabilities() const {
  v1::Capabilities capabilities;
  for (const v1::ActionKind kind : kinds_) capabilities.add_kinds(kind);
  return capabilities;
}

void FakeExecutor::Start(const v1::StartAction& start, Done done) {
  if (std::find(kinds_.begin(), kinds_.end(), start.action().kind()) == kinds_.end()) {
    done({Ending::kFailed, "the fake cannot do " + v1::ActionKind_Name(start.action().kind())});
    return;
  }
  operations_.Start(start, std::move(done));
}

absl::StatusOr<v1::LedgerStored> FakeLedgerStore::Store(const v1::Ledger& ledger, int64_t expected_version) {
  ++stores;
  v1::LedgerStored result;
  const bool fits = stored.version() == expected_version;
  if (!problems.empty()) {
    absl::Status problem = problems.front();
    problems.erase(problems.begin());
    if (fits && store_anyway) stored = ledger;
    return problem;
  }
  if (!fits) {
    *result.mutable_current() = stored;
    return result;
  }
  stored = ledger;
  result.set_stored(true);
  return result;
}

}  // namespace cassplan::executors
