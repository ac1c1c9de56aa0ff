#include "lib/dump/dump.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/cassandra/jolokia.h"
#include "lib/cassandra/text.h"
#include "lib/cassandra/views.h"
#include "lib/dump/conflicts.h"
#include "lib/dump/measured.h"
#include "lib/dump/replication.h"
#include "lib/kubernetes/observe.h"
#include "lib/model/document.h"
#include "lib/model/text.h"

namespace cassplan::dump {
namespace {

constexpr char kKubernetes[] = "kubernetes.json";
constexpr char kSchema[] = "schema.json";
constexpr char kMeasured[] = "nodes.json";
constexpr char kTimes[] = "dump.json";
constexpr char kJolokiaFolder[] = "jolokia/";
constexpr int64_t kLastSecond = 253402300799;  // of the year 9999
constexpr size_t kUntoldInAMessage = 8;

class DumpReader {
 public:
  DumpReader(absl::Span<const DumpFile> files, const DumpOptions& options) : files_(files), options_(options) {}

  Dump Read() {
    if (IndexFiles() && ReadTimes() && ReadKubernetes()) {
      ReadAnswers();
      ReadMeasuredFacts();
      SetTimes();
      Judge();
      Report();
    }
    if (!out_.problems.empty()) {
      out_.observed.Clear();
      out_.findings.clear();
    }
    return std::move(out_);
  }

 private:
  std::string Path(absl::string_view name) const {
    const std::string safe =
        model::FindInvalidUtf8(name) == absl::string_view::npos ? std::string(name) : absl::CHexEscape(name);
    return options_.folder.empty() ? safe : absl::StrCat(options_.folder, "/", safe);
  }

  bool Fail(absl::string_view file, std::string message) {
    Problem problem;
    if (!file.empty()) problem.location.set_file(Path(file));
    problem.message = std::move(message);
    out_.problems.push_back(std::move(problem));
    return false;
  }

  v1::Finding* AddFinding(absl::string_view rule, v1::FindingLevel level, std::string message) {
    v1::Finding& finding = out_.findings.emplace_back();
    finding.set_rule(std::string(rule));
    finding.set_level(level);
    finding.set_message(std::move(message));
    return &finding;
  }
  void AddProblemAsFinding(absl::string_view rule, v1::FindingLevel level, const Problem& problem,
                           const v1::Target* subject = nullptr) {
    v1::Finding* finding = AddFinding(rule, level, problem.message);
    *finding->mutable_location() = problem.location;
    if (subject != nullptr) *finding->mutable_subject() = *subject;
  }

  bool IndexFiles() {
    if (files_.size() > options_.max_files) {
      return Fail("",
                  absl::StrCat("the dump has ", files_.size(), " files; at most ", options_.max_files, " are read"));
    }
    for (const DumpFile& file : files_) {
      if (!by_name_.emplace(file.name, &file).second) return Fail(file.name, "this name is in the dump twice");
    }
    return by_name_.count(kKubernetes) > 0 ||
           Fail(kKubernetes,
                "this file is missing: kubectl get cassandraclusters,statefulsets,pods,"
                "persistentvolumeclaims,services,poddisruptionbudgets,nodes,storageclasses -o json");
  }

  const DumpFile* Find(absl::string_view name) const {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : at->second;
  }

  std::vector<Problem> Parse(const DumpFile& file, model::Value* value) const {
    ParseOptions options;
    options.file = Path(file.name);
    options.max_bytes = options_.max_file_bytes;
    return model::ParseJsonDocument(file.text, options, value);
  }
  // For files without which the dump is of no use.
  bool ParseOrFail(const DumpFile& file, model::Value* value) {
    for (Problem& problem : Parse(file, value)) out_.problems.push_back(std::move(problem));
    return out_.problems.empty();
  }

  bool ReadTimes() {
    const DumpFile* file = Find(kTimes);
    model::Value value;
    if (file == nullptr) return true;
    if (!ParseOrFail(*file, &value)) return false;
    const model::Value* time = value.Find("observed_at_seconds");
    if (time == nullptr || time->kind != model::Kind::kInt || time->int_value <= 0 || time->int_value > kLastSecond) {
      return Fail(kTimes, "{\"observed_at_seconds\": N} is due here, N in seconds since 1970");
    }
    told_time_ = time->int_value;
    return true;
  }

  bool ReadKubernetes() {
    model::Value value;
    if (!ParseOrFail(*Find(kKubernetes), &value)) return false;
    if (value.Find("kind") == nullptr)
      return Fail(kKubernetes, "the List that kubectl get ... -o json prints is due here");
    kubernetes::ObserveOptions options;
    options.cluster = options_.cluster;
    options.name_space = options_.namespace_name;
    options.file = Path(kKubernetes);
    options.racks = options_.racks;
    kubernetes::Observation observation = kubernetes::ObserveObjects(value, options);
    if (observation.reports.empty()) {
      out_.problems = std::move(observation.problems);
      return !out_.problems.empty() ? false : Fail(kKubernetes, "nothing of the cluster is in it");
    }
    for (const Problem& problem : observation.problems) {
      AddProblemAsFinding("unreadable-fact", v1::FINDING_LEVEL_WARNING, problem);
    }
    out_.operations = std::move(observation.operations);
    for (const Problem& problem : observation.label_problems) {
      AddProblemAsFinding("operation-label", v1::FINDING_LEVEL_WARNING, problem);
    }
    for (const Problem& note : observation.notes) {
      AddProblemAsFinding("kubernetes-note", v1::FINDING_LEVEL_NOTE, note);
    }
    reports_ = std::move(observation.reports);
    for (auto& [address, slot] : observation.slots) {
      const auto normal = cassandra::NormalizeAddress(address);
      if (normal.has_value()) slots_by_address_[*normal] = kubernetes::SlotTarget(slot);
    }
    return true;
  }

  // Slots that are present, in order.
  void ListSlots() {
    for (const v1::Report& report : reports_) {
      if (!report.has_slot() || !report.slot().present() || report.status() != v1::REPORT_STATUS_OK) continue;
      NodeAnswer node;
      node.pod = report.slot().name().empty() ? report.subject().name() : report.slot().name();
      node.slot_address = cassandra::NormalizeAddress(report.slot().address()).value_or("");
      node.answer.subject.set_datacenter(report.subject().datacenter());
      node.answer.subject.set_rack(report.subject().rack());
      if (report.subject().has_ordinal()) node.answer.subject.set_ordinal(report.subject().ordinal());
      nodes_.push_back(std::move(node));
    }
    std::sort(nodes_.begin(), nodes_.end(), [](const NodeAnswer& a, const NodeAnswer& b) {
      const auto key = [](const NodeAnswer& n) {
        return std::tie(n.answer.subject.datacenter(), n.answer.subject.rack(), n.pod);
      };
      const int32_t x = a.answer.subject.ordinal();
      const int32_t y = b.answer.subject.ordinal();
      const bool same_rack = a.answer.subject.datacenter() == b.answer.subject.datacenter() &&
                             a.answer.subject.rack() == b.answer.subject.rack();
      return same_rack && x != y ? x < y : key(a) < key(b);
    });
  }

  void ReadAnswers() {
    ListSlots();
    std::set<std::string> known;
    for (NodeAnswer& node : nodes_) {
      node.file = absl::StrCat(kJolokiaFolder, node.pod, ".json");
      known.insert(node.file);
      ReadAnswer(&node);
    }
    for (const auto& [name, file] : by_name_) {
      if (!absl::StartsWith(name, kJolokiaFolder) || !absl::EndsWith(name, ".json") || known.count(name) > 0) continue;
      v1::Finding* finding = AddFinding("foreign-file", v1::FINDING_LEVEL_WARNING,
                                        "no pod of the cluster in kubernetes.json has this name; the file is not read");
      finding->mutable_location()->set_file(Path(name));
      finding->set_remedy("collect kubernetes.json and jolokia/ anew, together");
    }
  }

  void ReadAnswer(NodeAnswer* node) {
    const DumpFile* file = Find(node->file);
    cassandra::BulkAnswer& answer = node->answer;
    answer.failed = true;
    if (file == nullptr) {
      answer.error = absl::StrCat("no file ", node->file, " in the dump");
      AddFinding("missing-report", v1::FINDING_LEVEL_NOTE, absl::StrCat(node->pod, ": ", answer.error))
          ->mutable_subject()
          ->CopyFrom(answer.subject);
      return;
    }
    model::Value value;
    const std::vector<Problem> problems = Parse(*file, &value);
    if (!problems.empty()) {
      answer.error = FormatProblem(problems[0]);
      return AddProblemAsFinding("unreadable-report", v1::FINDING_LEVEL_WARNING, problems[0], &answer.subject);
    }
    cassandra::BulkOptions options;
    options.file = Path(node->file);
    options.subject = answer.subject;
    options.address = node->slot_address;
    answer = cassandra::ReadBulkAnswer(value, options);
    newest_answer_ = std::max(newest_answer_, answer.observed_at_seconds);
    ReportAnswer(*node);
    if (answer.view.has_value()) {
      views_.Add({answer.observed_at_seconds, std::move(*answer.view)});
      answer.view.reset();
    }
  }

  void ReportAnswer(const NodeAnswer& node) {
    const cassandra::BulkAnswer& answer = node.answer;
    const v1::Target& subject = answer.subject;
    if (answer.failed) {
      v1::Finding* finding = AddFinding("unreadable-report", v1::FINDING_LEVEL_WARNING,
                                        absl::StrCat(node.pod, " told nothing: ", answer.error));
      finding->mutable_location()->set_file(Path(node.file));
      *finding->mutable_subject() = subject;
    }
    for (const Problem& problem : answer.problems) {
      AddProblemAsFinding("unreadable-fact", v1::FINDING_LEVEL_WARNING, problem, &subject);
    }
    if (answer.failed || answer.untold.empty()) return;
    const size_t shown = std::min(answer.untold.size(), kUntoldInAMessage);
    std::string list = absl::StrJoin(absl::MakeSpan(answer.untold).subspan(0, shown), "; ");
    if (shown < answer.untold.size()) absl::StrAppend(&list, "; and ", answer.untold.size() - shown, " more");
    v1::Finding* finding =
        AddFinding("unknown-fact", v1::FINDING_LEVEL_NOTE, absl::StrCat(node.pod, " did not tell: ", list));
    finding->mutable_location()->set_file(Path(node.file));
    *finding->mutable_subject() = subject;
  }

  // A node that did not answer stays unknown: what was measured is no word of its own.
  void ReadMeasuredFacts() {
    const DumpFile* file = Find(kMeasured);
    if (file == nullptr) return;
    model::Value value;
    for (const Problem& problem : Parse(*file, &value)) {
      return AddProblemAsFinding("unreadable-report", v1::FINDING_LEVEL_WARNING, problem);
    }
    Measured measured = dump::ReadMeasured(value, Path(kMeasured));
    for (NodeAnswer& node : nodes_) {
      const auto at = measured.pods.find(node.pod);
      if (at == measured.pods.end()) continue;
      if (!node.answer.failed) AddMeasured(at->second, &node.answer.node);
      measured.pods.erase(at);
    }
    for (const Problem& problem : measured.problems) {
      AddProblemAsFinding("unreadable-fact", v1::FINDING_LEVEL_WARNING, problem);
    }
    for (const auto& [pod, facts] : measured.pods) {
      v1::Finding* finding = AddFinding("foreign-file", v1::FINDING_LEVEL_WARNING,
                                        absl::StrCat(pod, ": no pod of the cluster in kubernetes.json has this name"));
      finding->mutable_location()->set_file(Path(kMeasured));
      finding->set_remedy("correct the name, or take it out");
    }
  }

  // What has no time of its own has the dump's.
  void SetTimes() {
    time_ = told_time_ > 0 ? told_time_ : newest_answer_ > 0 ? newest_answer_ : options_.observed_at_seconds;
    for (v1::Report& report : reports_) report.set_observed_at_seconds(time_);
    for (NodeAnswer& node : nodes_) {
      if (node.answer.observed_at_seconds == 0) node.answer.observed_at_seconds = time_;
    }
  }

  void Judge() {
    std::vector<cassandra::TimedView> views = views_.Take();
    for (cassandra::TimedView& view : views) {
      if (view.observed_at_seconds == 0) view.observed_at_seconds = time_;
    }
    ConflictOptions options;
    options.cluster = options_.cluster;
    options.slots_by_address = &slots_by_address_;
    ResolveConflicts(options, &nodes_, &views, &out_.findings);
    for (cassandra::TimedView& view : views) views_.Add(std::move(view));
  }

  void AddNodeReport(const NodeAnswer& node) {
    v1::Report& report = *out_.observed.add_reports();
    report.set_source("jolokia");
    report.set_observed_at_seconds(node.answer.observed_at_seconds);
    *report.mutable_subject() = node.answer.subject;
    if (node.answer.failed) {
      report.set_status(v1::REPORT_STATUS_FAILED);
      report.set_error(node.answer.error);
    } else {
      report.set_status(v1::REPORT_STATUS_OK);
      *report.mutable_node() = node.answer.node;
    }
  }

  void AddSchemaReport() {
    const DumpFile* file = Find(kSchema);
    model::Value value;
    std::vector<Problem> problems;
    if (file != nullptr) problems = Parse(*file, &value);
    std::optional<cassandra::SchemaAnswer> rows;
    if (file != nullptr && problems.empty()) rows = cassandra::ReadKeyspaceRows(value, Path(kSchema));
    if (rows.has_value()) problems = rows->problems;
    for (const Problem& problem : problems) {
      AddProblemAsFinding(rows.has_value() ? "unreadable-fact" : "unreadable-report", v1::FINDING_LEVEL_ERROR, problem);
    }
    v1::Report report = JoinReplication(rows, time_, nodes_, &out_.findings);
    if (!report.has_schema() && !problems.empty()) {
      report.set_source("schema");
      report.set_observed_at_seconds(time_);
      report.set_status(v1::REPORT_STATUS_FAILED);
      report.set_error(FormatProblem(problems[0]));
    }
    if (report.status() != v1::REPORT_STATUS_UNSPECIFIED) *out_.observed.add_reports() = std::move(report);
  }

  void Report() {
    for (v1::Report& report : reports_) *out_.observed.add_reports() = std::move(report);
    for (const NodeAnswer& node : nodes_) AddNodeReport(node);
    for (cassandra::TimedView& view : views_.Take()) {
      v1::Report& report = *out_.observed.add_reports();
      report.set_source("jolokia");
      report.set_observed_at_seconds(view.observed_at_seconds);
      report.set_status(v1::REPORT_STATUS_OK);
      *report.mutable_view() = std::move(view.view);
    }
    AddSchemaReport();
    for (const v1::Report& report : out_.observed.reports()) {
      out_.newest_observed_at_seconds = std::max(out_.newest_observed_at_seconds, report.observed_at_seconds());
    }
  }

  absl::Span<const DumpFile> files_;
  const DumpOptions& options_;
  Dump out_;
  std::map<std::string, const DumpFile*, std::less<>> by_name_;
  std::vector<v1::Report> reports_;  // of kubernetes.json
  std::map<std::string, v1::Target> slots_by_address_;
  std::vector<NodeAnswer> nodes_;
  cassandra::ViewMerger views_;
  int64_t told_time_ = 0;
  int64_t newest_answer_ = 0;
  int64_t time_ = 0;
};

}  // namespace

Dump ReadDump(absl::Span<const DumpFile> files, const DumpOptions& options) {
  return DumpReader(files, options).Read();
}

}  // namespace cassplan::dump
