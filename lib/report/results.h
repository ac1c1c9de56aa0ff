// What a tool has to say about a user's files, for the formats that CI systems read.
#ifndef CASSPLAN_LIB_REPORT_RESULTS_H_
#define CASSPLAN_LIB_REPORT_RESULTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

enum class ResultKind { kPlanned, kHeld, kFinding };

struct Result {
  ResultKind kind = ResultKind::kFinding;
  std::string rule;  // guard, rule or drift
  v1::FindingLevel level = v1::FINDING_LEVEL_NOTE;
  std::string where;  // "dc1/rack1/0"
  std::string what;   // "restart dc1/rack1/0"; empty for findings
  std::string message;
  std::string remedy;
  v1::Location location;
  std::string key;  // the same as long as the result is about the same thing, whatever the numbers in its texts
};

// Held actions (those of one kind, rack, guard and text are one result) and findings.
std::vector<Result> HeldAndFindings(const v1::PlanRequest& request, const v1::PlanResponse& response);
// Planned actions, drains with their restart; then the above.
std::vector<Result> AllResults(const v1::PlanRequest& request, const v1::PlanResponse& response);
// Findings alone.
std::vector<Result> FindingResults(const std::vector<v1::Finding>& findings);

// Rules that are not those of lib/report/rules.h: slug -> summary and help.
struct RuleText {
  std::string summary, help;
};
using RuleTexts = std::map<std::string, RuleText>;

// SARIF 2.1.0: one run, one rule for each slug that occurs and every guard. At most 5,000 results, the worst first:
// GitHub shows no more.
std::string RenderSarif(const std::vector<Result>& results, const RuleTexts& more_rules);

// JUnit XML: one test suite. Planned actions pass; held ones and errors fail; warnings and notes are skipped tests,
// which show without failing the suite.
std::string RenderJunit(const std::string& suite, const std::vector<Result>& results);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_RESULTS_H_
