#include "lib/dump/replication.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cassplan::dump {
namespace {

constexpr char kLocal[] = "LocalStrategy";

// A node on its way in has not learnt the schema yet; one that is out does not learn of changes any more.
bool KnowsSchema(const NodeAnswer& node) {
  const v1::NodeMode mode = node.answer.node.mode();
  return !node.answer.failed && mode != v1::NODE_MODE_STARTING && mode != v1::NODE_MODE_JOINING &&
         mode != v1::NODE_MODE_JOINING_FAILED && mode != v1::NODE_MODE_DECOMMISSIONED;
}

std::string Describe(const v1::Keyspace& keyspace) {
  std::vector<std::string> factors;
  for (const v1::DatacenterReplication& datacenter : keyspace.datacenters()) {
    factors.push_back(absl::StrCat(datacenter.datacenter(), "=", datacenter.replication_factor()));
  }
  if (keyspace.strategy() == "SimpleStrategy") factors.push_back(absl::StrCat(keyspace.replication_factor()));
  return absl::StrCat(keyspace.strategy(), "{", absl::StrJoin(factors, ", "), "}",
                      keyspace.transient_replication() ? " with transient replicas" : "");
}

class Joiner {
 public:
  explicit Joiner(std::vector<v1::Finding>* findings) : findings_(*findings) {}

  void ReadNodes(const std::vector<NodeAnswer>& nodes) {
    for (const NodeAnswer& node : nodes) {
      if (!KnowsSchema(node)) continue;
      const cassandra::KeyspaceFacts& facts = node.answer.keyspaces;
      if (facts.names.has_value()) names_[*facts.names] = node.pod;
      for (const v1::Keyspace& keyspace : facts.told) Add(keyspace, node.pod, &told_);
      for (const v1::Keyspace& keyspace : facts.derived) Add(keyspace, node.pod, &derived_);
      if (!facts.names.has_value() && facts.told.empty() && facts.derived.empty()) continue;
      const int64_t time = node.answer.observed_at_seconds;
      time_ = time_ == 0 ? time : std::min(time_, time);
    }
  }

  v1::Report FromRows(const v1::SchemaFacts& rows, int64_t rows_time) {
    v1::Report report = NewReport("schema", rows_time);
    v1::SchemaFacts& schema = *report.mutable_schema();
    bool complete = rows.complete();
    std::set<std::string> listed;
    for (const v1::Keyspace& keyspace : rows.keyspaces()) {
      if (keyspace.strategy() != kLocal) listed.insert(keyspace.name());
      if (AgreesWithNodes(keyspace)) {
        *schema.add_keyspaces() = keyspace;
      } else {
        complete = false;
      }
    }
    schema.set_complete(NamesAgree(listed) && complete);
    return report;
  }

  v1::Report FromNodes() {
    if (told_.empty() && derived_.empty()) return v1::Report();
    v1::Report report = NewReport("jolokia", time_);
    v1::SchemaFacts& schema = *report.mutable_schema();
    std::set<std::string> names;
    bool complete = OneListOfNames(&names);
    if (names_.empty()) {
      for (const auto& [name, variants] : told_) names.insert(name);
      for (const auto& [name, variants] : derived_) names.insert(name);
    }
    for (const std::string& name : names) {
      const auto told = told_.find(name);
      const auto derived = derived_.find(name);
      const bool is_told = told != told_.end();
      if (!is_told && derived == derived_.end()) {
        complete = false;
        continue;
      }
      const Variants& variants = is_told ? told->second : derived->second;
      if (variants.size() > 1) {
        complete = false;
        TellDifference(name, variants);
        continue;
      }
      *schema.add_keyspaces() = variants.begin()->second.first;
      if (!is_told) schema.set_derived(true);
    }
    schema.set_complete(complete);
    return report;
  }

 private:
  using Variants = std::map<std::string, std::pair<v1::Keyspace, std::string>>;  // by description: keyspace, pod
  using Keyspaces = std::map<std::string, Variants>;

  static void Add(const v1::Keyspace& keyspace, const std::string& pod, Keyspaces* out) {
    (*out)[keyspace.name()].emplace(Describe(keyspace), std::make_pair(keyspace, pod));
  }

  static v1::Report NewReport(const char* source, int64_t time) {
    v1::Report report;
    report.set_source(source);
    report.set_observed_at_seconds(time);
    report.set_status(v1::REPORT_STATUS_OK);
    return report;
  }

  v1::Finding* AddFinding(std::string message) {
    v1::Finding& finding = findings_.emplace_back();
    finding.set_rule("replication-conflict");
    finding.set_level(v1::FINDING_LEVEL_WARNING);
    finding.set_message(std::move(message));
    return &finding;
  }

  void TellDifference(const std::string& name, const Variants& variants) {
    std::vector<std::string> words;
    for (const auto& [text, variant] : variants) words.push_back(absl::StrCat(variant.second, " says ", text));
    AddFinding(absl::StrCat("keyspace ", name, ": ", absl::StrJoin(words, ", ")))
        ->mutable_subject()
        ->set_keyspace(name);
  }

  bool AgreesWithNodes(const v1::Keyspace& keyspace) {
    const auto told = told_.find(keyspace.name());
    if (told == told_.end()) return true;
    Variants variants = told->second;
    if (variants.size() == 1 && variants.count(Describe(keyspace)) > 0) return true;
    variants.emplace(Describe(keyspace), std::make_pair(keyspace, "schema.json"));
    TellDifference(keyspace.name(), variants);
    return false;
  }

  // Whether `listed` (without local keyspaces) is what the nodes list.
  bool NamesAgree(const std::set<std::string>& listed) {
    std::set<std::string> names;
    if (!OneListOfNames(&names)) return names_.empty();
    std::set<std::string> counted;
    for (const std::string& name : names) {
      const auto told = told_.find(name);
      const bool local = told != told_.end() && told->second.count(absl::StrCat(kLocal, "{}")) > 0;
      if (!local || listed.count(name) > 0) counted.insert(name);
    }
    if (counted == listed) return true;
    std::vector<std::string> different;
    std::set_symmetric_difference(counted.begin(), counted.end(), listed.begin(), listed.end(),
                                  std::back_inserter(different));
    AddFinding(absl::StrCat("schema.json and ", names_.begin()->second,
                            " do not list the same keyspaces: ", absl::StrJoin(different, ", ")));
    return false;
  }

  // False when nobody told the list of all keyspaces, or not all the same one (`names` has then every name).
  bool OneListOfNames(std::set<std::string>* names) {
    for (const auto& [list, pod] : names_) names->insert(list.begin(), list.end());
    if (names_.size() < 2) return !names_.empty();
    AddFinding(
        absl::StrCat(names_.begin()->second, " and ", names_.rbegin()->second, " do not list the same keyspaces"));
    return false;
  }

  std::vector<v1::Finding>& findings_;
  std::map<std::vector<std::string>, std::string> names_;  // list of all keyspaces -> one node that told it
  Keyspaces told_;
  Keyspaces derived_;
  int64_t time_ = 0;
};

}  // namespace

v1::Report JoinReplication(const std::optional<cassandra::SchemaAnswer>& rows, int64_t rows_time,
                           const std::vector<NodeAnswer>& nodes, std::vector<v1::Finding>* findings) {
  Joiner joiner(findings);
  joiner.ReadNodes(nodes);
  const bool usable = rows.has_value() && (rows->schema.complete() || rows->schema.keyspaces_size() > 0);
  return usable ? joiner.FromRows(rows->schema, rows_time) : joiner.FromNodes();
}

}  // namespace cassplan::dump
