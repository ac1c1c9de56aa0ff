// JSON Schema of the messages, made from their descriptors, so that it is always true.
#ifndef CASSPLAN_LIB_REPORT_JSON_SCHEMA_H_
#define CASSPLAN_LIB_REPORT_JSON_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cassplan::report {

// plan, request, desired, observed, policy, ledger, capabilities, explanation
std::vector<std::string> SchemaNames();

// Draft 2020-12. What people write (desired, policy, ...) admits no other fields; what cassplan writes (plan,
// explanation) does, since a newer minor version may add some. Empty for a name that is none of the above.
std::string RenderJsonSchema(absl::string_view name);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_JSON_SCHEMA_H_
