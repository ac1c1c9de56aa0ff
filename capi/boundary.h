// What stands between C and C++: no exception, abort or leak gets across, whatever the caller passes.
#ifndef CASSPLAN_CAPI_BOUNDARY_H_
#define CASSPLAN_CAPI_BOUNDARY_H_

#include <atomic>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "cassplan/cassplan.h"
#include "cassplan/codec.h"
#include "cassplan/v1/embed.pb.h"

struct cassplan_buffer {
  std::string bytes;
};

struct cassplan_error {
  cassplan_status code = CASSPLAN_INTERNAL;
  std::string message;
  cassplan::v1::ErrorDetails details;
};

namespace cassplan::capi {

// Why a call could not be done; thrown inside, never across.
struct Failure {
  cassplan_status code;
  std::string message;
  std::vector<Problem> problems;
};

[[noreturn]] inline void Fail(cassplan_status code, std::string message) {
  throw Failure{code, std::move(message), {}};
}
[[noreturn]] void Fail(std::vector<Problem> problems);

// Fills `*error` (when the caller wants one) and returns the status. Never throws: when there is no memory for an
// error,
// `*error` is one that always was there.
cassplan_status Report(const Failure& failure, cassplan_error** error) noexcept;
cassplan_status ReportLackOfMemory(cassplan_error** error) noexcept;
// From inside a catch block.
cassplan_status ReportException(cassplan_error** error) noexcept;
bool IsPermanent(const cassplan_error* error) noexcept;

// Runs `body`, which returns the bytes of the answer or throws.
template <typename Body>
cassplan_status Call(cassplan_buffer** out, cassplan_error** error, const Body& body) noexcept {
  if (out != nullptr) *out = nullptr;
  if (error != nullptr) *error = nullptr;
  try {
    if (out == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, "the pointer for the answer is NULL");
    *out = new cassplan_buffer{body()};
    return CASSPLAN_OK;
  } catch (...) {
    return ReportException(error);
  }
}

// Sees that one thread at a time uses a handle, which has `std::atomic<bool> busy`.
template <typename Handle>
class Turn {
 public:
  Turn(Handle* handle, const char* what) : handle_(handle) {
    if (handle == nullptr) Fail(CASSPLAN_INVALID_ARGUMENT, std::string("the ") + what + " is NULL");
    if (handle->busy.exchange(true, std::memory_order_acquire)) {
      Fail(CASSPLAN_FAILED_PRECONDITION,
           std::string("the ") + what + " is used by another thread at this moment; one at a time");
    }
  }
  ~Turn() { handle_->busy.store(false, std::memory_order_release); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Handle* handle_;
};

}  // namespace cassplan::capi

#endif  // CASSPLAN_CAPI_BOUNDARY_H_
