// A condition of an action as a person says it.
#ifndef CASSPLAN_LIB_REPORT_CONDITION_TEXT_H_
#define CASSPLAN_LIB_REPORT_CONDITION_TEXT_H_

#include <string>

#include "cassplan/v1/plan.pb.h"

namespace cassplan::report {

// "the rack exists"; a fact that has no words here reads as its name and value. Without evidence and age.
std::string ConditionText(const v1::Condition& condition);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_CONDITION_TEXT_H_
