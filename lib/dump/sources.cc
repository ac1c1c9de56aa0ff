#include "lib/dump/sources.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/dump/dump.h"
#include "lib/kubernetes/cassandra_cluster.h"
#include "lib/kubernetes/observe.h"
#include "lib/model/document.h"

namespace cassplan::dump {
namespace {

constexpr char kApiGroup[] = "db.orange.com/";
constexpr int64_t kLastSecond = 253402300799;  // of the year 9999

Problem FieldProblem(const std::string& field, std::string message) {
  Problem problem;
  problem.location.set_path(field);
  problem.message = std::move(message);
  return problem;
}

bool IsJson(const v1::SourceFile& file) {
  const absl::string_view start = absl::StripLeadingAsciiWhitespace(file.text());
  return !start.empty() && (start[0] == '{' || start[0] == '[');
}

std::vector<Problem> Parse(const v1::SourceFile& file, bool ignore_unknown_fields, google::protobuf::Message* message) {
  ParseOptions options;
  options.file = file.name();
  options.ignore_unknown_fields = ignore_unknown_fields;
  return IsJson(file) ? ParseJson(file.text(), options, message) : ParseYaml(file.text(), options, message);
}

std::vector<Problem> ParseTree(const v1::SourceFile& file, model::Value* value) {
  ParseOptions options;
  options.file = file.name();
  return IsJson(file) ? model::ParseJsonDocument(file.text(), options, value)
                      : model::ParseYamlDocument(file.text(), options, value);
}

// What stands at a path such as "waivers[0].guard"; where it ends, the last thing on the way.
const model::Value* Walk(const model::Value& root, const std::string& path) {
  const model::Value* at = &root;
  for (const absl::string_view step : absl::StrSplit(path, absl::ByAnyChar(".["), absl::SkipEmpty())) {
    size_t index = 0;
    const bool is_index = absl::EndsWith(step, "]") && absl::SimpleAtoi(step.substr(0, step.size() - 1), &index);
    const model::Value* next = is_index ? (index < at->items.size() ? &at->items[index] : nullptr) : at->Find(step);
    if (next == nullptr) break;
    at = next;
  }
  return at;
}

// A message that stands inside a tree; problems tell the place in the file.
std::vector<Problem> ParseInside(const model::Value& value, const std::string& path, const std::string& file,
                                 google::protobuf::Message* message) {
  std::vector<Problem> problems = ParseJson(model::CanonicalJson(value), ParseOptions(), message);
  for (Problem& problem : problems) {
    const model::Value* at = Walk(value, problem.location.path());
    v1::Location& location = problem.location;
    location.set_path(location.path().empty() ? path : absl::StrCat(path, ".", location.path()));
    location.set_file(file);
    location.set_line(at->key_line > 0 ? at->key_line : at->line);
    location.set_column(at->key_line > 0 ? at->key_column : at->column);
  }
  return problems;
}

int64_t NewestReport(const v1::Observed& observed) {
  int64_t newest = 0;
  for (const v1::Report& report : observed.reports()) newest = std::max(newest, report.observed_at_seconds());
  return newest;
}

class Reader {
 public:
  explicit Reader(const v1::Sources& sources) : sources_(sources) {}

  SourcesResult Read() {
    CheckWhatIsGiven();
    if (out_.problems.empty()) {
      ReadDesired();
      ReadPolicy();
      if (sources_.has_ledger()) Add(Parse(sources_.ledger(), false, request()->mutable_ledger()));
      ReadObserved();
      if (cluster_.has_value()) *request()->mutable_desired() = cluster_->desired;
    }
    if (out_.problems.empty()) SetTime();
    if (!out_.problems.empty()) out_.read.Clear();
    return std::move(out_);
  }

 private:
  v1::PlanRequest* request() { return out_.read.mutable_request(); }
  void Fail(Problem problem) { out_.problems.push_back(std::move(problem)); }
  bool Add(std::vector<Problem> problems) {
    for (Problem& problem : problems) Fail(std::move(problem));
    return problems.empty();
  }
  void Tell(const std::string& rule, v1::FindingLevel level, const Problem& problem) {
    v1::Finding* finding = out_.read.add_findings();
    finding->set_rule(rule);
    finding->set_level(level);
    finding->set_message(problem.message);
    *finding->mutable_location() = problem.location;
  }

  void CheckWhatIsGiven();
  void ReadDesired();
  void ReadPolicy();
  void ReadObserved();
  void ReadObservedFile();
  void ReadFolder();
  void AdoptLive();
  void StateThatNothingExists();
  void SetTime();

  const v1::Sources& sources_;
  SourcesResult out_;
  std::optional<kubernetes::CassandraCluster> cluster_;
};

void Reader::CheckWhatIsGiven() {
  if (!sources_.has_desired()) {
    Fail(FieldProblem("desired", "is missing; give a CassandraCluster or a cassplan.v1.Desired"));
  }
  const int given =
      (sources_.has_observed() ? 1 : 0) + (sources_.dump_size() > 0 ? 1 : 0) + (sources_.new_cluster() ? 1 : 0);
  if (given != 1) {
    Fail(FieldProblem("observed", absl::StrCat("give one of observed, dump and new_cluster (that nothing of the "
                                               "cluster exists yet), not ",
                                               given == 0 ? "none" : "several")));
  }
  if (sources_.now_seconds() < 0 || sources_.now_seconds() > kLastSecond) {
    Fail(FieldProblem("now_seconds", "is no time; give seconds since 1970"));
  }
  if (sources_.new_cluster() && sources_.now_seconds() == 0) {
    Fail(FieldProblem("now_seconds", "is missing; nothing that is read tells the time"));
  }
}

void Reader::ReadDesired() {
  const v1::SourceFile& file = sources_.desired();
  model::Value tree;
  if (!Add(ParseTree(file, &tree))) return;
  const model::Value* version = tree.Find("apiVersion");
  if (version == nullptr) {
    Add(Parse(file, false, request()->mutable_desired()));
    return;
  }
  if (!absl::StartsWith(version->text, kApiGroup)) {
    Problem problem = FieldProblem(
        "apiVersion",
        absl::StrCat("\"", version->text, "\" is not known; db.orange.com/v2 is, with kind CassandraCluster"));
    problem.location.set_file(file.name());
    problem.location.set_line(version->line);
    problem.location.set_column(version->column);
    Fail(std::move(problem));
    return;
  }
  const auto format = IsJson(file) ? kubernetes::Format::kJson : kubernetes::Format::kYaml;
  cluster_ = kubernetes::ReadCassandraCluster(tree, file.name(), format);
  Add(cluster_->problems);
  for (const Problem& note : cluster_->notes) Tell("desired-note", v1::FINDING_LEVEL_NOTE, note);
}

void Reader::ReadPolicy() {
  const bool inside = cluster_.has_value() && !cluster_->policy.IsNull();
  if (!sources_.has_policy()) {
    if (inside) {
      Add(ParseInside(cluster_->policy, "spec.policy", sources_.desired().name(), request()->mutable_policy()));
    }
    return;
  }
  Add(Parse(sources_.policy(), false, request()->mutable_policy()));
  if (!inside) return;
  Problem note = FieldProblem("spec.policy", absl::StrCat("is not used: ", sources_.policy().name(), " is given"));
  note.location.set_file(sources_.desired().name());
  note.location.set_line(cluster_->policy.key_line);
  note.location.set_column(cluster_->policy.key_column);
  Tell("policy-file", v1::FINDING_LEVEL_NOTE, note);
}

void Reader::ReadObserved() {
  if (sources_.new_cluster()) {
    StateThatNothingExists();
  } else if (sources_.has_observed()) {
    ReadObservedFile();
  } else if (out_.problems.empty()) {
    ReadFolder();  // which cluster of the dump is meant is told by what is desired
  }
}

// A field that is not known is a finding here, and nothing else: what it says stays unknown.
void Reader::ReadObservedFile() {
  v1::Observed* observed = request()->mutable_observed();
  const std::vector<Problem> strict = Parse(sources_.observed(), false, observed);
  if (strict.empty() || !Add(Parse(sources_.observed(), true, observed))) return;
  for (const Problem& problem : strict) Tell("unknown-field", v1::FINDING_LEVEL_WARNING, problem);
}

// What the live object knows and a file does not: who owns the objects, and the seeds.
void Reader::AdoptLive() {
  for (const v1::SourceFile& file : sources_.dump()) {
    if (file.name() != "kubernetes.json" || !cluster_.has_value()) continue;
    model::Value list;
    if (!model::ParseJsonDocument(file.text(), ParseOptions(), &list).empty()) return;
    kubernetes::ObserveOptions options;
    options.cluster = cluster_->cluster.name;
    const kubernetes::Observation live = kubernetes::ObserveObjects(list, options);
    if (live.cluster.has_value()) kubernetes::Adopt(*live.cluster, &*cluster_);
  }
}

void Reader::ReadFolder() {
  AdoptLive();
  const v1::Desired& desired = cluster_.has_value() ? cluster_->desired : request()->desired();
  DumpOptions options;
  options.cluster = desired.cluster();
  options.observed_at_seconds = sources_.now_seconds();
  options.folder = sources_.dump_folder();
  while (options.folder.size() > 1 && options.folder.back() == '/') options.folder.pop_back();
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      v1::Target& target = options.racks.emplace_back();
      target.set_datacenter(dc.name());
      target.set_rack(rack.name());
    }
  }
  std::vector<DumpFile> files;
  for (const v1::SourceFile& file : sources_.dump()) files.push_back({file.name(), file.text()});
  Dump dump = ReadDump(files, options);
  if (!Add(std::move(dump.problems))) return;
  *request()->mutable_observed() = std::move(dump.observed);
  for (v1::RequestedOperation& operation : dump.operations) {
    if (cluster_.has_value()) *cluster_->desired.add_operations() = std::move(operation);
  }
  for (v1::Finding& finding : dump.findings) *out_.read.add_findings() = std::move(finding);
}

void Reader::StateThatNothingExists() {
  v1::Report* report = request()->mutable_observed()->add_reports();
  report->set_source("command line");
  report->set_observed_at_seconds(sources_.now_seconds());
  report->set_status(v1::REPORT_STATUS_OK);
  v1::InventoryFacts* facts = report->mutable_inventory();
  facts->set_objects_complete(true);
  facts->set_racks_complete(true);
  facts->set_slots_complete(true);
  facts->set_volumes_complete(true);
}

void Reader::SetTime() {
  v1::PlanRequest* r = request();
  r->set_horizon(sources_.horizon());
  int64_t now = sources_.now_seconds();
  if (now == 0) now = std::max(NewestReport(r->observed()), r->ledger().now_seconds());
  r->set_now_seconds(now);
  if (now <= 0) Fail(FieldProblem("now_seconds", "is missing; nothing that was read tells the time"));
}

}  // namespace

SourcesResult ReadSources(const v1::Sources& sources) { return Reader(sources).Read(); }

}  // namespace cassplan::dump
