// diff, schema, render: what needs no planning.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cassplan/v1/planner.pb.h"
#include "examples/cli/commands.h"
#include "examples/cli/console.h"
#include "examples/cli/document.h"
#include "examples/cli/input.h"
#include "examples/cli/terminal.h"
#include "lib/kubernetes/render.h"
#include "lib/report/difference.h"
#include "lib/report/json_schema.h"

namespace cassplan::cli {

int DiffCommand(const DiffOptions& options) {
  if (options.before == "-" && options.after == "-")
    return Invalid("-: is standard input, which can be read only once");
  v1::PlanResponse before;
  v1::PlanResponse after;
  // A newer minor version may have fields that are not known here.
  std::vector<Problem> problems = ReadPlan(options.before, true, &before);
  for (const Problem& problem : ReadPlan(options.after, true, &after)) problems.push_back(problem);
  if (!problems.empty()) return Invalid(problems);
  const report::Difference difference = report::Compare(before, after);
  const bool to_standard_output = ToStandardOutput(options);
  const std::string text = options.format == "json"
                               ? report::RenderDifferenceJson(difference)
                               : report::RenderDifference(difference, TextWidth(to_standard_output),
                                                          UseColor(options.color, to_standard_output));
  return Write(options.output, text, difference.empty() ? kNothingToDo : kChanges);
}

int SchemaCommand(const SchemaOptions& options) {
  return Write(options.output, report::RenderJsonSchema(options.message), kNothingToDo);
}

int RenderCommand(const RenderOptions& options) {
  const kubernetes::CassandraCluster cluster = ReadClusterFile(options.desired);
  if (!cluster.ok()) return Invalid(cluster.problems);
  return Write("", kubernetes::RenderYaml(cluster.cluster), kNothingToDo);
}

}  // namespace cassplan::cli
