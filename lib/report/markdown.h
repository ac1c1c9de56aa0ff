// The plan as a comment on a pull request: what a reviewer decides on is in sight, the rest folded.
#ifndef CASSPLAN_LIB_REPORT_MARKDOWN_H_
#define CASSPLAN_LIB_REPORT_MARKDOWN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/report/results.h"

namespace cassplan::report {

// GitHub refuses comments of more than 65,536 characters.
inline constexpr size_t kMarkdownBytes = 65000;

// At most kMarkdownBytes bytes; says what was cut. The first line is a comment that names the cluster, so that a bot
// finds its own comment again.
std::string RenderMarkdown(const v1::PlanRequest& request, const v1::PlanResponse& response);

// The same for results without a plan (lint).
std::string RenderMarkdown(const std::string& title, const std::vector<Result>& results);

// Text so that Markdown shows it as it is: nothing in it becomes a link, a mention, a tag or a cell's end.
std::string MarkdownText(absl::string_view text);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_MARKDOWN_H_
