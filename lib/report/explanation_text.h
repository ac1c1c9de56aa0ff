// An explanation for a terminal.
#ifndef CASSPLAN_LIB_REPORT_EXPLANATION_TEXT_H_
#define CASSPLAN_LIB_REPORT_EXPLANATION_TEXT_H_

#include <cstddef>
#include <string>

#include "cassplan/v1/explanation.pb.h"

namespace cassplan::report {

std::string RenderExplanation(const v1::Explanation& explanation, size_t width, bool color);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_EXPLANATION_TEXT_H_
