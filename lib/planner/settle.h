// Pass 3: ledger × observation. Which started actions took effect, failed or timed out; what is in flight; what the
// ledger must remember from now on. Writes the new ledger into the response and what later passes read into the model.
#ifndef CASSPLAN_LIB_PLANNER_SETTLE_H_
#define CASSPLAN_LIB_PLANNER_SETTLE_H_

#include <cstdint>
#include <limits>

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

void Settle(Model* model, v1::Ledger* ledger);

// A ledger's version counts changes; a nonsense one must not wrap.
inline int64_t NextVersion(int64_t version) {
  return version == std::numeric_limits<int64_t>::max() ? version : version + 1;
}

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_SETTLE_H_
