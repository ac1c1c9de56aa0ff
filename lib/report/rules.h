// What each rule that can speak in a plan is about: guards, and the rules of findings. docs/findings.md lists the
// latter.
#ifndef CASSPLAN_LIB_REPORT_RULES_H_
#define CASSPLAN_LIB_REPORT_RULES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cassplan/v1/plan.pb.h"

namespace cassplan::report {

struct Rule {
  const char* slug;
  bool guard;           // can hold or refuse an action
  const char* summary;  // one sentence: what it asks for
  const char* help;     // what to do about it in general
};

// Sorted by slug.
absl::Span<const Rule> Rules();
// nullptr where there is none of that slug.
const Rule* FindRule(absl::string_view slug);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_RULES_H_
