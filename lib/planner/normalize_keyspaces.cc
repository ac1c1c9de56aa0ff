#include "lib/planner/normalize_keyspaces.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/planner/normalize_desired.h"
#include "lib/planner/reports.h"

namespace cassplan::planner {
namespace {

using absl::string_view;
using Levels = google::protobuf::RepeatedField<int>;

// Source: org.apache.cassandra.schema.SchemaConstants.
constexpr std::array<string_view, 7> kCassandraKeyspaces = {
    "system",        "system_auth",  "system_distributed",   "system_schema",
    "system_traces", "system_views", "system_virtual_schema"};

bool IsCassandras(string_view name) {
  return std::find(kCassandraKeyspaces.begin(), kCassandraKeyspaces.end(), name) != kCassandraKeyspaces.end();
}

Id FindDc(const Model& model, string_view name) {
  for (size_t d = 0; d < model.dcs.size(); ++d) {
    if (model.dcs[d].name == name) return static_cast<Id>(d);
  }
  return kNone;
}

void Contradiction(std::string message, Model* model) {
  Note note;
  note.rule = "contradiction";
  note.level = Level::kWarning;
  note.message = std::move(message);
  note.remedy = "find out which source is wrong; until then how keyspaces replicate is unknown";
  model->notes.push_back(std::move(note));
}

// A keyspace, or a datacenter of one, that is listed twice; empty where there is none.
std::string ListedTwice(const v1::SchemaFacts& schema) {
  std::vector<string_view> names;
  for (const v1::Keyspace& k : schema.keyspaces()) {
    names.push_back(k.name());
    std::vector<string_view> dcs;
    for (const v1::DatacenterReplication& dc : k.datacenters()) dcs.push_back(dc.datacenter());
    std::sort(dcs.begin(), dcs.end());
    const auto twice = std::adjacent_find(dcs.begin(), dcs.end());
    if (twice != dcs.end()) return absl::StrCat("datacenter ", *twice, " of keyspace ", k.name());
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : absl::StrCat("keyspace ", *twice);
}

// Read from the schema beats derived from ranges; of the best, sources that differ make it unknown.
const v1::Report* PickSchema(Model* model) {
  const auto rank = [](const v1::Report& r) {
    return (r.schema().complete() ? 2 : 0) + (r.schema().derived() ? 0 : 1);
  };
  std::vector<const v1::Report*> best;
  for (const v1::Report& report : model->request->observed().reports()) {
    if (!report.has_schema() || !Usable(*model, report)) continue;
    if (!best.empty() && rank(report) < rank(*best.front())) continue;
    if (!best.empty() && rank(report) > rank(*best.front())) best.clear();
    best.push_back(&report);
  }
  if (best.empty()) return nullptr;
  if (KeepNewest(&best)) {
    Contradiction("two reports about the schema differ", model);
    return nullptr;
  }
  const std::string twice = ListedTwice(best.front()->schema());
  if (twice.empty()) return best.front();
  Contradiction(absl::StrCat("the schema lists ", twice, " twice"), model);
  return nullptr;
}

Replicates StrategyOf(string_view strategy) {
  if (strategy == "NetworkTopologyStrategy") return Replicates::kNetworkTopology;
  if (strategy == "SimpleStrategy") return Replicates::kSimple;
  if (strategy == "LocalStrategy" || strategy == "EverywhereStrategy") {
    return strategy == "LocalStrategy" ? Replicates::kLocal : Replicates::kUnknown;
  }
  return Replicates::kUnknown;
}

Keyspace ReadKeyspace(const v1::Keyspace& source, Model* model) {
  Keyspace k;
  k.name = source.name();
  k.strategy = StrategyOf(source.strategy());
  k.strategy_name = source.strategy();
  k.transient = source.transient_replication();
  k.gc_grace = source.gc_grace_seconds();
  k.simple_rf = std::clamp(source.replication_factor(), 0, kMaxReplicationFactor);
  k.rf.assign(model->dcs.size(), 0);
  for (const v1::DatacenterReplication& dc : source.datacenters()) {
    const Id id = FindDc(*model, dc.datacenter());
    const int32_t rf = std::clamp(dc.replication_factor(), 0, kMaxReplicationFactor);
    if (id != kNone) {
      k.rf[static_cast<size_t>(id)] = rf;
    } else if (rf > 0) {
      k.unknown_datacenter = true;
    }
  }
  k.user = !IsCassandras(k.name);
  const bool default_auth = k.name == "system_auth" && k.strategy == Replicates::kSimple && k.simple_rf <= 1;
  k.counted = k.strategy != Replicates::kLocal && (k.user || (k.name == "system_auth" && !default_auth));
  return k;
}

std::vector<int32_t> LevelsOf(const v1::Policy& policy, string_view keyspace) {
  const Levels* levels = &policy.levels();
  for (const v1::KeyspacePolicy& own : policy.keyspaces()) {
    if (own.name() == keyspace && !own.levels().empty()) levels = &own.levels();
  }
  std::vector<int32_t> out(levels->begin(), levels->end());
  if (out.empty()) out = {v1::CONSISTENCY_LEVEL_LOCAL_QUORUM, v1::CONSISTENCY_LEVEL_LOCAL_SERIAL};
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool Ignored(const v1::Policy& policy, string_view keyspace) {
  for (const v1::KeyspacePolicy& own : policy.keyspaces()) {
    if (own.name() == keyspace && own.ignore()) return true;
  }
  return false;
}

}  // namespace

int32_t ToleranceOf(int32_t level, int32_t rf) {
  switch (level) {
    case v1::CONSISTENCY_LEVEL_ONE:
    case v1::CONSISTENCY_LEVEL_LOCAL_ONE:
      return rf - 1;
    case v1::CONSISTENCY_LEVEL_TWO:
      return rf - 2;
    case v1::CONSISTENCY_LEVEL_THREE:
      return rf - 3;
    case v1::CONSISTENCY_LEVEL_ALL:
      return 0;
    default:
      return rf - (rf / 2 + 1);  // the quorums
  }
}

bool Spans(int32_t level) {
  switch (level) {
    case v1::CONSISTENCY_LEVEL_LOCAL_QUORUM:
    case v1::CONSISTENCY_LEVEL_EACH_QUORUM:
    case v1::CONSISTENCY_LEVEL_LOCAL_SERIAL:
    case v1::CONSISTENCY_LEVEL_LOCAL_ONE:
      return false;
    default:
      return true;
  }
}

namespace {

ReplicationClass MakeClass(const Keyspace& k, const std::vector<int32_t>& levels) {
  ReplicationClass c;
  c.strategy = k.strategy;
  c.rf = k.rf;
  c.simple_rf = k.simple_rf;
  c.local_tolerance.assign(k.rf.size(), INT32_MAX);
  c.span_tolerance = INT32_MAX;
  int32_t total = 0;
  for (const int32_t rf : k.rf) total += rf;
  for (const int32_t level : levels) {
    if (k.strategy == Replicates::kSimple) {
      // A local level over SimpleStrategy counts the replicas that happen to be in the datacenter; the total is the
      // conservative reading that Cassandra's own tools use.
      c.span_tolerance = std::min(c.span_tolerance, ToleranceOf(level, k.simple_rf));
    } else if (Spans(level)) {
      c.spans = true;
      c.span_tolerance = std::min(c.span_tolerance, ToleranceOf(level, total));
    } else {
      for (size_t d = 0; d < k.rf.size(); ++d) {
        if (k.rf[d] > 0) c.local_tolerance[d] = std::min(c.local_tolerance[d], ToleranceOf(level, k.rf[d]));
      }
    }
  }
  return c;
}

bool SameClass(const ReplicationClass& a, const ReplicationClass& b) {
  return a.strategy == b.strategy && a.rf == b.rf && a.simple_rf == b.simple_rf &&
         a.local_tolerance == b.local_tolerance && a.spans == b.spans && a.span_tolerance == b.span_tolerance;
}

void MakeClasses(Model* model) {
  const v1::Policy& policy = model->request->policy();
  for (size_t i = 0; i < model->keyspaces.size(); ++i) {
    Keyspace& k = model->keyspaces[i];
    if (!k.counted || k.strategy == Replicates::kUnknown) continue;
    k.levels = LevelsOf(policy, k.name);
    ReplicationClass c = MakeClass(k, k.levels);
    c.first_keyspace = static_cast<Id>(i);
    for (size_t j = 0; j < model->classes.size() && k.replication_class == kNone; ++j) {
      if (SameClass(model->classes[j], c)) k.replication_class = static_cast<Id>(j);
    }
    if (k.replication_class == kNone) {
      k.replication_class = static_cast<Id>(model->classes.size());
      model->classes.push_back(std::move(c));
    }
    const ReplicationClass& kept = model->classes[static_cast<size_t>(k.replication_class)];
    if (kept.strategy == Replicates::kSimple || kept.spans) model->merged = true;
  }
}

bool IsListed(const v1::Desired& desired, string_view dc) {
  return std::any_of(desired.datacenters().begin(), desired.datacenters().end(),
                     [&](const v1::DesiredDatacenter& d) { return d.name() == dc; });
}

// A keyspace that does not exist is nobody's to alter: tables are made by those who use them.
void NoteMissing(const v1::Keyspace& desired, Model* model) {
  Note note;
  note.rule = "replication-change";
  note.level = Level::kWarning;
  note.message = absl::StrCat("keyspace ", desired.name(), " does not exist; plans alter keyspaces and create none");
  note.remedy = "create it, or take it out of the list";
  note.keyspace = desired.name();
  note.path = absl::StrCat("spec.keyspaces.", desired.name());
  model->notes.push_back(std::move(note));
}

void ReadDesiredKeyspaces(Model* model) {
  const v1::Desired& desired = model->request->desired();
  for (const v1::Keyspace& listed : desired.keyspaces()) {
    const auto found = std::lower_bound(model->keyspaces.begin(), model->keyspaces.end(), listed.name(),
                                        [](const Keyspace& k, const std::string& name) { return k.name < name; });
    if (found == model->keyspaces.end() || found->name != listed.name()) {
      if (model->schema_known) NoteMissing(listed, model);
      continue;
    }
    DesiredReplication one;
    one.keyspace = static_cast<Id>(found - model->keyspaces.begin());
    for (const v1::DatacenterReplication& dc : listed.datacenters()) {
      const bool there = FindDc(*model, dc.datacenter()) != kNone || IsListed(desired, dc.datacenter());
      if (dc.replication_factor() > 0 && !there) one.missing_dc = dc.datacenter();
      one.listed.emplace_back(dc.datacenter(), dc.replication_factor());
    }
    model->desired_keyspaces.push_back(std::move(one));
  }
  std::sort(model->desired_keyspaces.begin(), model->desired_keyspaces.end(),
            [](const DesiredReplication& a, const DesiredReplication& b) { return a.keyspace < b.keyspace; });
}

}  // namespace

void ReadKeyspaces(Model* model) {
  const v1::Report* report = PickSchema(model);
  if (report == nullptr) {
    model->schema_known = model->empty_cluster || model->members.empty();
    return;
  }
  const v1::SchemaFacts& schema = report->schema();
  if (schema.keyspaces_size() > kMaxKeyspaces) {
    AddInvalid(model, "observed", absl::StrCat(schema.keyspaces_size(), " keyspaces"),
               absl::StrCat("at most ", kMaxKeyspaces));
    return;
  }
  model->schema_known = schema.complete();
  model->schema_derived = schema.derived();
  for (const v1::Keyspace& k : schema.keyspaces()) model->keyspaces.push_back(ReadKeyspace(k, model));
  std::sort(model->keyspaces.begin(), model->keyspaces.end(),
            [](const Keyspace& a, const Keyspace& b) { return a.name < b.name; });
  for (Keyspace& k : model->keyspaces) {
    if (Ignored(model->request->policy(), k.name)) k.counted = false;
    if (k.counted && (k.strategy == Replicates::kUnknown || k.transient)) model->unknown_strategy_keyspace = k.name;
  }
  MakeClasses(model);
  ReadDesiredKeyspaces(model);
}

}  // namespace cassplan::planner
