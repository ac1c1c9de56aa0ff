// What a host does for the reconciler: look, and start actions. The reconciler decides, an executor only does.
// lib/executors/conformance.h has tests that every executor should pass.
#ifndef CASSPLAN_EXECUTOR_H_
#define CASSPLAN_EXECUTOR_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "cassplan/v1/ledger.pb.h"
#include "cassplan/v1/observed.pb.h"
#include "cassplan/v1/planner.pb.h"
#include "cassplan/v1/reconcile.pb.h"

namespace cassplan {

enum class Ending {
  kSucceeded,  // the effect was asked for and taken, or the operation ended well
  kFailed,     // nothing was done, or the operation ended badly: it may be tried again
  kUnknown,    // it may have been done (a lost connection, a time-out): only the observation tells
};

struct StartResult {
  Ending ending = Ending::kUnknown;
  std::string message;  // one sentence: why it failed, or why it is not known
};

// Threads: Observe from one thread at a time; all others from any thread at any time.
class Executor {
 public:
  using Done = std::function<void(const StartResult&)>;

  virtual ~Executor() = default;

  // The kinds that Start can do; never changes. A plan that needs another one is held, with the manual command as
  // remedy: what is not in this list is never silently left out.
  virtual v1::Capabilities GetCapabilities() const = 0;

  // What there is now: nothing in it is older than the call. What could not be asked is missing in it, or FAILED, and
  // so unknown; it is never guessed. Blocks; every question has a time-out of its own. Errors: nothing at all could be
  // learnt (kUnavailable, kDeadlineExceeded, kPermissionDenied), or there is no such cluster (kNotFound).
  virtual absl::StatusOr<v1::Observed> Observe() = 0;

  // Begins, and returns soon. `done` is called exactly once, from any thread, also before Start returns.
  //   - (id, attempt, started_at_seconds) is done once: a start with the same key as one in flight does nothing, and
  //   its
  //     `done` is called when that one ends.
  //   - The host has checked the preconditions on an observation made just before. What can be bound to an identity (a
  //     Pod's uid, an object's version) is bound to it, so that what changed since makes it fail.
  //   - A kind that is not in GetCapabilities() fails. So does a start after its deadline, and one after Close.
  virtual void Start(const v1::StartAction& start, Done done) = 0;

  // Stops waiting for a start: its `done` is called soon, with kUnknown if it had begun. It does not undo anything.
  virtual void Cancel(const std::string& id, int32_t attempt) = 0;

  // Cancels everything and waits until every `done` was called. Long operations go on where they run. Idempotent.
  virtual void Close() = 0;
};

// Keeps the ledger. Threads: one at a time.
class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  // The stored ledger; an empty one where none was stored yet. Errors as Store's.
  virtual absl::StatusOr<v1::Ledger> Load() = 0;

  // Stores `ledger` if the stored one has `expected_version` (0: none is stored), else says what is stored instead.
  // Errors: kUnavailable (not stored), kUnknown (perhaps: the caller loads and compares), kResourceExhausted (the
  // ledger is larger than the place allows).
  virtual absl::StatusOr<v1::LedgerStored> Store(const v1::Ledger& ledger, int64_t expected_version) = 0;
};

}  // namespace cassplan

#endif  // CASSPLAN_EXECUTOR_H_
