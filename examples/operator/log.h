// What the operator tells: one line per event, as JSON or for people. Threads: any number at once.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_LOG_H_
#define CASSPLAN_EXAMPLES_OPERATOR_LOG_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace cassplan::host {

enum class LogFormat { kJson, kText };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

void OpenLog(LogFormat format, LogLevel lowest);

using LogField = std::pair<absl::string_view, std::string>;

// `what` is the same text for the same event; what differs stands in the fields. Empty fields are left out.
void Log(LogLevel level, absl::string_view what, std::initializer_list<LogField> fields = {});

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_LOG_H_
