// One action with everything that an engineer needs to do it by hand.
#ifndef CASSPLAN_LIB_REPORT_DETAILS_H_
#define CASSPLAN_LIB_REPORT_DETAILS_H_

#include "cassplan/v1/plan.pb.h"
#include "lib/report/page.h"

namespace cassplan::report {

void WriteAction(const v1::Action& action, bool internals, Page* page);

// The same for a change that may not be made yet: which guard says what.
void WriteHeld(const v1::Held& held, bool internals, Page* page);

// For a runbook: what must be true before the action; what to wait for after it.
void WriteOnlyIf(const v1::Action& action, Page* page);
void WriteWait(const v1::Action& action, Page* page);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_DETAILS_H_
