// Whether a node can leave without filling the disks of those that take its data.
#ifndef CASSPLAN_LIB_PLANNER_GUARDS_DISK_FORECAST_H_
#define CASSPLAN_LIB_PLANNER_GUARDS_DISK_FORECAST_H_

#include <cstdint>

#include "lib/planner/facts.h"

namespace cassplan::planner {

struct LeaveForecast {
  enum Answer : uint8_t { kFits, kFull, kLoadUnknown, kCapacityUnknown };
  Answer answer = kFits;
  Id member = kNone;     // the one that has not enough room, or of which too little is known
  int64_t incoming = 0;  // what it would get
  int64_t used = 0;      // and has by then
  int64_t capacity = 0;
};

// With all that the plan so far (`facts`) brings.
LeaveForecast ForecastLeave(const Facts& facts, Id leaver, Id dc);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_GUARDS_DISK_FORECAST_H_
