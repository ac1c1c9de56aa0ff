// Pass 3: ledger × observation. Which started actions took effect, failed or timed out; what is in flight; what the
// ledger must remember from now on. Writes the new ledger into the response and what later passes read into the model.
#ifndef CASSPLAN_LIB_PLANNER_SETTLE_H_
#define CASSPLAN_LIB_PLANNER_SETTLE_H_

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

void Settle(Model* model, v1::Ledger* ledger);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_SETTLE_H_
