#include "capi/boundary.h"

#include <exception>
#include <stdexcept>

namespace cassplan::capi {
namespace {

// Made when the library is loaded, so that a lack of memory can be told without memory.
cassplan_error* NoMemory() noexcept {
  static cassplan_error* const error = [] {
    auto* made = new (std::nothrow) cassplan_error;
    if (made == nullptr) return made;
    made->code = CASSPLAN_RESOURCE_EXHAUSTED;
    made->message.assign("no memory");  // short enough to need none
    return made;
  }();
  return error;
}

[[maybe_unused]] const cassplan_error* const kMadeEarly = NoMemory();

}  // namespace

void Fail(std::vector<Problem> problems) {
  std::string message;
  for (const Problem& problem : problems) {
    if (!message.empty()) message.push_back('\n');
    message += FormatProblem(problem);
  }
  throw Failure{CASSPLAN_INVALID_ARGUMENT, std::move(message), std::move(problems)};
}

bool IsPermanent(const cassplan_error* error) noexcept { return error == NoMemory(); }

cassplan_status ReportLackOfMemory(cassplan_error** error) noexcept {
  if (error != nullptr) *error = NoMemory();
  return CASSPLAN_RESOURCE_EXHAUSTED;
}

cassplan_status Report(const Failure& failure, cassplan_error** error) noexcept {
  if (error == nullptr) return failure.code;
  cassplan_error* made = nullptr;
  try {
    made = new cassplan_error;
    made->code = failure.code;
    made->message = failure.message;
    for (const Problem& problem : failure.problems) {
      v1::InputProblem* detail = made->details.add_problems();
      *detail->mutable_location() = problem.location;
      detail->set_message(problem.message);
    }
    *error = made;
    return failure.code;
  } catch (...) {
    delete made;
    return ReportLackOfMemory(error);
  }
}

cassplan_status ReportException(cassplan_error** error) noexcept {
  try {
    throw;
  } catch (const Failure& failure) {
    return Report(failure, error);
  } catch (const std::bad_alloc&) {
    return ReportLackOfMemory(error);
  } catch (const std::length_error&) {
    return ReportLackOfMemory(error);
  } catch (const std::exception& thrown) {
    try {
      return Report(Failure{CASSPLAN_INTERNAL, thrown.what(), {}}, error);
    } catch (...) {
      return ReportLackOfMemory(error);
    }
  } catch (...) {
    return Report(Failure{CASSPLAN_INTERNAL, "unknown", {}}, error);  // short texts need no memory
  }
}

}  // namespace cassplan::capi
