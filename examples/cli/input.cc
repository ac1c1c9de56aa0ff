#include "examples/cli/input.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/cli/document.h"
#include "examples/cli/files.h"
#include "examples/cli/terminal.h"
#include "lib/dump/dump.h"
#include "lib/kubernetes/observe.h"

namespace cassplan::cli {
namespace {

constexpr char kApiGroup[] = "db.orange.com/";
constexpr int64_t kLastSecond = 253402300799;  // of the year 9999

Problem OptionProblem(const std::string& option, const std::string& message) {
  Problem problem;
  problem.location.set_path(option);
  problem.message = message;
  return problem;
}

v1::Finding MakeFinding(const std::string& rule, v1::FindingLevel level, const Problem& problem) {
  v1::Finding finding;
  finding.set_rule(rule);
  finding.set_level(level);
  finding.set_message(problem.message);
  *finding.mutable_location() = problem.location;
  return finding;
}

std::optional<int64_t> ParseTime(const std::string& text) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(text, &seconds)) {
    absl::Time time;
    if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
    seconds = absl::ToUnixSeconds(time);
  }
  if (seconds <= 0 || seconds > kLastSecond) return std::nullopt;
  return seconds;
}

int64_t NewestReport(const v1::Observed& observed) {
  int64_t newest = 0;
  for (const v1::Report& report : observed.reports()) newest = std::max(newest, report.observed_at_seconds());
  return newest;
}

class Reader {
 public:
  explicit Reader(const InputOptions& options) : options_(options) {}

  Input Read() {
    CheckOptions();
    if (in_.problems.empty()) {
      if (options_.request.empty()) {
        ReadDesired();
        ReadPolicy();
        ReadLedger();
        ReadObserved();
      } else {
        Load(options_.request, false, &in_.request);
      }
    }
    if (in_.problems.empty()) SetTimeAndHorizon();
    return std::move(in_);
  }

 private:
  void Fail(Problem problem) { in_.problems.push_back(std::move(problem)); }
  bool Add(std::vector<Problem> problems) {
    for (Problem& problem : problems) Fail(std::move(problem));
    return problems.empty();
  }
  bool Load(const std::string& path, bool ignore_unknown_fields, google::protobuf::Message* message) {
    Document document;
    return Add(Open(path, &document)) && Add(Parse(document, ignore_unknown_fields, message));
  }
  int64_t Now() const { return now_ > 0 ? now_ : absl::ToUnixSeconds(absl::Now()); }

  void CheckSources();
  void CheckOptions();
  void ReadDesired();
  void ReadPolicy();
  void ReadLedger();
  void ReadObserved();
  void ReadObservedFile();
  void ReadDump();
  void AdoptLive(const std::vector<dump::DumpFile>& files);
  void StateThatNothingExists();
  void SetTimeAndHorizon();

  const InputOptions& options_;
  Input in_;
  int64_t now_ = 0;  // --now; 0: not given
  std::optional<kubernetes::CassandraCluster> cluster_;
};

void Reader::CheckSources() {
  const InputOptions& o = options_;
  if (!o.request.empty()) {
    if (o.new_cluster || !(o.desired + o.observed + o.policy + o.ledger).empty()) {
      Fail(OptionProblem("--request",
                         "holds everything; leave out --desired, --observed, --new-cluster, --policy and "
                         "--ledger"));
    }
    return;
  }
  if (o.desired.empty()) {
    Fail(OptionProblem("--desired", "is missing; give a CassandraCluster or a cassplan.v1.Desired, or --request"));
  }
  if (o.observed.empty() && !o.new_cluster) {
    Fail(OptionProblem("--observed",
                       "is missing; give a dump folder or a cassplan.v1.Observed, or --new-cluster when nothing of the "
                       "cluster exists yet"));
  }
  if (!o.observed.empty() && o.new_cluster) {
    Fail(OptionProblem("--new-cluster", "says that nothing exists; leave it out, or --observed"));
  }
}

void Reader::CheckOptions() {
  CheckSources();
  const std::vector<const std::string*> paths = {&options_.desired, &options_.observed, &options_.policy,
                                                 &options_.ledger, &options_.request};
  if (std::count_if(paths.begin(), paths.end(), [](const std::string* p) { return *p == "-"; }) > 1) {
    Fail(OptionProblem("-", "is standard input, which can be read only once"));
  }
  if (options_.now.empty()) return;
  now_ = ParseTime(options_.now).value_or(0);
  if (now_ == 0) {
    Fail(OptionProblem("--now", absl::StrCat("\"", options_.now,
                                             "\" is no time; write 2026-11-22T23:00:00Z, or seconds "
                                             "since 1970")));
  }
}

void Reader::ReadDesired() {
  Document document;
  model::Value tree;
  if (!Add(Open(options_.desired, &document)) || !Add(ParseTree(document, &tree))) return;
  const model::Value* version = tree.Find("apiVersion");
  if (version == nullptr) {
    Add(Parse(document, false, in_.request.mutable_desired()));
    return;
  }
  if (!absl::StartsWith(version->text, kApiGroup)) {
    Problem problem;
    problem.location.set_file(document.file);
    problem.location.set_line(version->line);
    problem.location.set_column(version->column);
    problem.location.set_path("apiVersion");
    problem.message =
        absl::StrCat("\"", version->text, "\" is not known; db.orange.com/v2 is, with kind CassandraCluster");
    Fail(std::move(problem));
    return;
  }
  cluster_ = kubernetes::ReadCassandraCluster(tree, document.file, document.format);
  Add(cluster_->problems);
  for (const Problem& note : cluster_->notes) {
    in_.findings.push_back(MakeFinding("desired-note", v1::FINDING_LEVEL_NOTE, note));
  }
}

void Reader::ReadPolicy() {
  const bool inside = cluster_.has_value() && !cluster_->policy.IsNull();
  const std::string file = options_.desired == "-" ? "<stdin>" : options_.desired;
  if (options_.policy.empty()) {
    if (inside) Add(ParseInside(cluster_->policy, "spec.policy", file, in_.request.mutable_policy()));
    return;
  }
  Load(options_.policy, false, in_.request.mutable_policy());
  if (!inside) return;
  Problem note = OptionProblem("spec.policy", absl::StrCat("is not used: ", options_.policy, " is given"));
  note.location.set_file(file);
  note.location.set_line(cluster_->policy.key_line);
  note.location.set_column(cluster_->policy.key_column);
  in_.findings.push_back(MakeFinding("policy-file", v1::FINDING_LEVEL_NOTE, note));
}

void Reader::ReadLedger() {
  if (!options_.ledger.empty()) Load(options_.ledger, false, in_.request.mutable_ledger());
}

void Reader::ReadObserved() {
  if (options_.new_cluster) {
    StateThatNothingExists();
  } else if (IsFolder(options_.observed)) {
    // Which cluster of the dump is meant is told by what is desired.
    if (in_.problems.empty()) ReadDump();
  } else {
    ReadObservedFile();
  }
  if (cluster_.has_value()) *in_.request.mutable_desired() = cluster_->desired;
}

// A field that is not known is a finding here, and nothing else: what it says stays unknown.
void Reader::ReadObservedFile() {
  Document document;
  if (!Add(Open(options_.observed, &document))) return;
  model::Value tree;
  if (!Add(ParseTree(document, &tree))) return;
  // What kubectl and Jolokia answer: taken for an observation it would leave everything unknown.
  if (tree.IsList() || tree.Find("apiVersion") != nullptr) {
    Problem problem;
    problem.location.set_file(document.file);
    problem.message = "is one file of a dump; give the folder that it is in (cassplan plan --help tells its names)";
    Fail(std::move(problem));
    return;
  }
  v1::Observed* observed = in_.request.mutable_observed();
  const std::vector<Problem> strict = Parse(document, false, observed);
  if (strict.empty()) return;
  if (!Add(Parse(document, true, observed))) return;
  for (const Problem& problem : strict) {
    in_.findings.push_back(MakeFinding("unknown-field", v1::FINDING_LEVEL_WARNING, problem));
  }
}

// What the live object knows and a file does not: who owns the objects, and the seeds.
void Reader::AdoptLive(const std::vector<dump::DumpFile>& files) {
  for (const dump::DumpFile& file : files) {
    if (file.name != "kubernetes.json" || !cluster_.has_value()) continue;
    model::Value list;
    if (!model::ParseJsonDocument(file.text, ParseOptions(), &list).empty()) return;
    kubernetes::ObserveOptions options;
    options.cluster = cluster_->cluster.name;
    const kubernetes::Observation live = kubernetes::ObserveObjects(list, options);
    if (live.cluster.has_value()) kubernetes::Adopt(*live.cluster, &*cluster_);
  }
}

void Reader::ReadDump() {
  absl::StatusOr<std::vector<dump::DumpFile>> files = ReadDumpFolder(options_.observed, ErrorsGoToATerminal());
  if (!files.ok()) {
    Problem problem;
    problem.location.set_file(options_.observed);
    problem.message = std::string(files.status().message());
    Fail(std::move(problem));
    return;
  }
  AdoptLive(*files);
  const v1::Desired& desired = cluster_.has_value() ? cluster_->desired : in_.request.desired();
  dump::DumpOptions options;
  options.cluster = desired.cluster();
  options.observed_at_seconds = Now();
  options.folder = options_.observed;
  while (options.folder.size() > 1 && options.folder.back() == '/') options.folder.pop_back();
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      v1::Target& target = options.racks.emplace_back();
      target.set_datacenter(dc.name());
      target.set_rack(rack.name());
    }
  }
  dump::Dump dump = dump::ReadDump(*files, options);
  if (!Add(std::move(dump.problems))) return;
  *in_.request.mutable_observed() = std::move(dump.observed);
  for (const v1::RequestedOperation& operation : dump.operations) {
    if (cluster_.has_value()) *cluster_->desired.add_operations() = operation;
  }
  for (v1::Finding& finding : dump.findings) in_.findings.push_back(std::move(finding));
}

void Reader::StateThatNothingExists() {
  v1::Report* report = in_.request.mutable_observed()->add_reports();
  report->set_source("command line");
  report->set_observed_at_seconds(Now());
  report->set_status(v1::REPORT_STATUS_OK);
  v1::InventoryFacts* facts = report->mutable_inventory();
  facts->set_objects_complete(true);
  facts->set_racks_complete(true);
  facts->set_slots_complete(true);
  facts->set_volumes_complete(true);
}

void Reader::SetTimeAndHorizon() {
  v1::PlanRequest& request = in_.request;
  if (options_.horizon == "ready") request.set_horizon(v1::HORIZON_READY);
  if (options_.horizon == "complete") request.set_horizon(v1::HORIZON_COMPLETE);
  if (now_ == 0 && request.now_seconds() > 0) return;
  int64_t now = now_;
  if (now == 0) now = std::max(NewestReport(request.observed()), request.ledger().now_seconds());
  request.set_now_seconds(now > 0 ? now : Now());
}

}  // namespace

Input ReadInput(const InputOptions& options) { return Reader(options).Read(); }

kubernetes::CassandraCluster ReadClusterFile(const std::string& path) {
  kubernetes::CassandraCluster cluster;
  Document document;
  cluster.problems = Open(path, &document);
  if (!cluster.problems.empty()) return cluster;
  return kubernetes::ReadCassandraCluster(document.text, document.file, document.format);
}

}  // namespace cassplan::cli
