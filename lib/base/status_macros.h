// Early return on an error, for functions that return absl::Status or absl::StatusOr. (Debian's Abseil 20220623 has
// none.)
#ifndef CASSPLAN_LIB_BASE_STATUS_MACROS_H_
#define CASSPLAN_LIB_BASE_STATUS_MACROS_H_

#include "absl/status/status.h"

#define CASSPLAN_RETURN_IF_ERROR(expr)                 \
  do {                                                 \
    ::absl::Status cassplan_status = (expr);           \
    if (!cassplan_status.ok()) return cassplan_status; \
  } while (false)

#define CASSPLAN_CONCAT_INNER(a, b) a##b
#define CASSPLAN_CONCAT(a, b) CASSPLAN_CONCAT_INNER(a, b)

// CASSPLAN_ASSIGN_OR_RETURN(auto x, F()): x is F's value, or the function returns F's error.
#define CASSPLAN_ASSIGN_OR_RETURN(lhs, expr) \
  CASSPLAN_ASSIGN_OR_RETURN_INNER(CASSPLAN_CONCAT(cassplan_statusor_, __LINE__), lhs, expr)
#define CASSPLAN_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                    \
  if (!tmp.ok()) return tmp.status();                   \
  lhs = *std::move(tmp)

#endif  // CASSPLAN_LIB_BASE_STATUS_MACROS_H_
