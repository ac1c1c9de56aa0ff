// lint: several specs, or one with what is observed of it.
#include <list>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cassplan/codec.h"
#include "examples/cli/commands.h"
#include "examples/cli/console.h"
#include "examples/cli/document.h"
#include "examples/cli/input.h"
#include "examples/cli/terminal.h"
#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/lint/lint.h"
#include "lib/model/document.h"
#include "lib/report/markdown.h"
#include "lib/report/page.h"
#include "lib/report/results.h"
#include "lib/report/words.h"

namespace cassplan::cli {
namespace {

using Findings = std::vector<v1::Finding>;

std::vector<Problem> ReadSpec(const std::string& path, std::list<kubernetes::CassandraCluster>* clusters,
                              lint::Spec* spec) {
  Document document;
  model::Value tree;
  std::vector<Problem> problems = Open(path, &document);
  if (problems.empty()) problems = ParseTree(document, &tree);
  if (!problems.empty()) return problems;
  spec->file = document.file;
  if (tree.Find("apiVersion") == nullptr) {
    problems = Parse(document, false, &spec->desired);
    if (problems.empty() && spec->desired.cluster().empty()) {
      Problem& problem = problems.emplace_back();
      problem.location.set_file(document.file);
      problem.message =
          "names no cluster; give a CassandraCluster (apiVersion: db.orange.com/v2) or a cassplan.v1.Desired";
    }
    return problems;
  }
  clusters->push_back(kubernetes::ReadCassandraCluster(tree, document.file, document.format));
  spec->cluster = &clusters->back();
  spec->desired = clusters->back().desired;
  return clusters->back().problems;
}

void AddNotes(const kubernetes::CassandraCluster& cluster, Findings* out) {
  for (const Problem& note : cluster.notes) {
    v1::Finding& f = out->emplace_back();
    f.set_rule("desired-note");
    f.set_level(v1::FINDING_LEVEL_NOTE);
    f.set_message(note.message);
    *f.mutable_location() = note.location;
  }
}

// One line per finding, as compilers write them, so that editors and grep find them.
std::string Text(const Findings& findings, bool color) {
  constexpr size_t kNeverWrapped = 1000000;
  report::Page page(kNeverWrapped, color);
  for (const v1::Finding& f : findings) {
    const bool error = f.level() == v1::FINDING_LEVEL_ERROR;
    const bool warning = f.level() == v1::FINDING_LEVEL_WARNING;
    const std::string& path = f.location().path();
    std::string line = report::Place(f.location());
    if (!line.empty()) absl::StrAppend(&line, ": ");
    absl::StrAppend(&line, error ? "error: " : warning ? "warning: " : "note: ");
    if (!f.location().file().empty() && !path.empty()) absl::StrAppend(&line, path, ": ");
    absl::StrAppend(&line, report::MessageOf(f), " [", f.rule(), "]");
    page.Text(0, line, error ? report::Paint::kRed : warning ? report::Paint::kYellow : report::Paint::kPlain);
    if (!f.remedy().empty()) page.Text(2, absl::StrCat("remedy: ", f.remedy()));
  }
  if (findings.empty()) page.Text(0, "Nothing to find fault with.", report::Paint::kGreen);
  return page.Join();
}

std::string Json(const Findings& findings) {
  v1::PlanResponse holder;
  for (const v1::Finding& f : findings) *holder.add_findings() = f;
  return WriteJson(holder);
}

std::string Render(const LintOptions& options, const Findings& findings) {
  if (options.format == "json") return Json(findings);
  if (options.format == "sarif") {
    report::RuleTexts rules;
    for (const lint::Rule& rule : lint::Rules()) rules[rule.slug] = {rule.summary, rule.help};
    return report::RenderSarif(report::FindingResults(findings), rules);
  }
  if (options.format == "junit") return report::RenderJunit("cassplan lint", report::FindingResults(findings));
  if (options.format == "markdown") {
    return report::RenderMarkdown(
        findings.empty() ? "nothing to find fault with" : report::Count(findings.size(), "finding", "findings"),
        report::FindingResults(findings));
  }
  return Text(findings, UseColor(options.color, ToStandardOutput(options)));
}

int ExitCodeOf(const Findings& findings) {
  int code = kNothingToDo;
  for (const v1::Finding& f : findings) {
    if (f.level() == v1::FINDING_LEVEL_ERROR) return kRefused;
    if (f.level() == v1::FINDING_LEVEL_WARNING) code = kChanges;
  }
  return code;
}

}  // namespace

int LintCommand(const LintOptions& options) {
  const bool has_dump = !options.observed.empty();
  if (has_dump && options.files.size() != 1) return Invalid("--observed: belongs to one spec; lint the others alone");
  std::list<kubernetes::CassandraCluster> clusters;  // specs point into it
  lint::Input input;
  Findings findings;
  std::vector<Problem> problems;
  std::optional<Input> read;
  for (const std::string& file : options.files) {
    lint::Spec& spec = input.specs.emplace_back();
    for (Problem& problem : ReadSpec(file, &clusters, &spec)) problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return Invalid(problems);
  for (const kubernetes::CassandraCluster& cluster : clusters) AddNotes(cluster, &findings);
  if (has_dump) {
    InputOptions with_dump;
    with_dump.desired = options.files[0];
    with_dump.observed = options.observed;
    with_dump.ledger = options.ledger;
    with_dump.policy = options.policy;
    with_dump.now = options.now;
    read = ReadInput(with_dump);
    if (!read->problems.empty()) return Invalid(read->problems);
    input.specs[0].desired = read->request.desired();  // with what only the live object knows
    input.observed = &read->request.observed();
    input.ledger = read->request.ledger();
    input.policy = read->request.policy();
    input.now_seconds = read->request.now_seconds();
    for (const v1::Finding& f : read->findings) {
      if (f.rule() != "desired-note") findings.push_back(f);
    }
  }
  for (v1::Finding& f : lint::Lint(input)) findings.push_back(std::move(f));
  return Write(options.output, Render(options, findings), ExitCodeOf(findings));
}

}  // namespace cassplan::cli
