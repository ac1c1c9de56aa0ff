// A fact that is missing never allows more. Every golden case is planned again with each fact that its observation has
// taken out, one at a time; what would have acted and now does not must say which fact it is and how to collect it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cassplan/planner.h"
#include "examples/cli/input.h"
#include "examples/cli/options.h"
#include "google/protobuf/descriptor.h"
#include "tests/property/support.h"

namespace cassplan::property {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const fs::path kGoldens = fs::path(CASSPLAN_SOURCE_DIR) / "tests" / "golden";

std::vector<std::string> Goldens() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kGoldens)) {
    if (fs::exists(entry.path() / "expect.txt")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

v1::PlanRequest RequestOf(const std::string& name) {
  const fs::path before = fs::current_path();
  fs::current_path(kGoldens / name);
  cli::PlanOptions options;
  options.desired = "desired.yaml";
  options.observed = "observed";
  if (fs::exists("source")) {
    std::ifstream file("source");
    std::stringstream text;
    text << file.rdbuf();
    options.observed = std::string(absl::StripAsciiWhitespace(text.str()));
    if (!fs::exists(options.desired)) options.desired = absl::StrCat(options.observed, "/cluster.yaml");
  }
  if (fs::exists("policy.yaml")) options.policy = "policy.yaml";
  if (fs::exists("ledger.json")) options.ledger = "ledger.json";
  cli::Input input = cli::ReadInput(options);
  fs::current_path(before);
  EXPECT_TRUE(input.problems.empty()) << name;
  return input.request;
}

// ---- facts

// A field of the facts of a report, or of the lists inside them: the path of descriptors that leads to it.
using Path = std::vector<const FieldDescriptor*>;

std::string NameOf(const Path& path) {
  return absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* f) { *out += f->name(); });
}

// Fields that are no facts of their own: without them the report says something else, or nothing that is legal.
bool IsFact(const FieldDescriptor& field) {
  static const auto* const kNone = new std::set<std::string>{
      "present",        // false says: it is absent
      "viewers",        // who says it
      "Peer.host_id",   // whom it is about
      "Peer.movement",  // left out: normal
      "Keyspace.name",
      "RepairedTable.keyspace",
      "RepairedTable.table",
      "ObjectFacts.kind",
      "TemplateSection.value",  // without: another section
  };
  return kNone->count(field.name()) == 0 &&
         kNone->count(absl::StrCat(field.containing_type()->name(), ".", field.name())) == 0;
}

void Collect(const Message& facts, const Path& before, std::set<Path>* out) {
  std::vector<const FieldDescriptor*> fields;
  facts.GetReflection()->ListFields(facts, &fields);
  for (const FieldDescriptor* field : fields) {
    Path path = before;
    path.push_back(field);
    if (IsFact(*field)) out->insert(path);
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      Collect(facts.GetReflection()->GetMessage(facts, field), path, out);
      continue;
    }
    for (int i = 0; i < facts.GetReflection()->FieldSize(facts, field); ++i) {
      Collect(facts.GetReflection()->GetRepeatedMessage(facts, field, i), path, out);
    }
  }
}

bool Drop(const Path& path, size_t at, Message* message) {
  const Reflection& r = *message->GetReflection();
  const FieldDescriptor* field = path[at];
  const bool set = field->is_repeated() ? r.FieldSize(*message, field) > 0 : r.HasField(*message, field);
  if (!set) return false;
  // A list of which a part is missing is not whole any more.
  if (const FieldDescriptor* complete = message->GetDescriptor()->FindFieldByName("complete");
      complete != nullptr && field->is_repeated()) {
    r.ClearField(message, complete);
  }
  if (at + 1 == path.size()) {
    r.ClearField(message, field);
    return true;
  }
  if (!field->is_repeated()) return Drop(path, at + 1, r.MutableMessage(message, field));
  bool any = false;
  for (int i = 0; i < r.FieldSize(*message, field); ++i) {
    any = Drop(path, at + 1, r.MutableRepeatedMessage(message, field, i)) || any;
  }
  return any;
}

// ---- what becomes of the plan

std::map<std::string, const v1::Action*> Planned(const v1::PlanResponse& response) {
  std::map<std::string, const v1::Action*> out;
  for (const v1::Action& a : response.plan().actions()) out.emplace(testing::Name(a), &a);
  return out;
}

// Takes data or a replica away, or cannot be undone.
bool Destructive(const v1::Action& a) {
  switch (a.kind()) {
    case v1::ACTION_KIND_DECOMMISSION:
    case v1::ACTION_KIND_SHRINK_RACK:
    case v1::ACTION_KIND_DELETE_VOLUME:
    case v1::ACTION_KIND_QUARANTINE_VOLUME:
    case v1::ACTION_KIND_DELETE_RACK:
    case v1::ACTION_KIND_REMOVE_NODE:
    case v1::ACTION_KIND_ASSASSINATE:
    case v1::ACTION_KIND_REPLACE_NODE:
    case v1::ACTION_KIND_RESTART_NODE:
    case v1::ACTION_KIND_DRAIN:
    case v1::ACTION_KIND_RECREATE_RACK:
      return true;
    default:
      return a.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE;
  }
}

// Facts whose absence is known to mean something, and what.
bool MayAllowMore(const std::string& fact) {
  static const auto* const kFacts = new std::set<std::string>{
      "node.pending_compactions",  // a stop value that nobody has set counts only where the fact is known
                                   // (policy.health)
      "volume.quota_left_bytes",   // whoever keeps the quota refuses what does not fit (observed.proto)
  };
  return kFacts->count(fact) != 0;
}

// What a person reads must say that something is not known, and where it comes from.
bool SaysUnknown(const std::string& text) {
  for (const char* word : {"not known", "unknown", "not certain", "not proven", "tell that", "contradict", "differ",
                           "no other node lists it", "could be asked"}) {
    if (absl::StrContains(text, word)) return true;
  }
  return false;
}

bool SaysHowToCollect(const std::string& text) {
  for (const char* word : {"collect", "observe again", "answer", "nodetool"}) {
    if (absl::StrContains(text, word)) return true;
  }
  return false;
}

// Of each fact what a person knows it by; any other one goes by its own name.
bool Names(const std::string& fact, const std::string& text) {
  static const auto* const kWords = new std::map<std::string, std::vector<std::string>>{
      {"inventory.racks_complete", {"workload"}},
      {"inventory.volumes_complete", {"volume"}},
      {"node.host_id", {"release"}},  // whose release it tells is not known then
      {"node.release", {"release"}},
      {"node.schema_version", {"schema version"}},
      {"rack.nodes", {"how many nodes"}},
      {"rack.template", {"template", "labels", "storage_compatibility_mode"}},
      {"schema", {"replicat"}},
      {"slot.template_revision", {"template", "storage_compatibility_mode"}},
      {"view",
       {"who is in the ring", "nodes are left there"}},  // without a part of its list a view is not whole any more
      {"view.peers", {"nodes are left there", "lists it", "has left", "is up", "who is in the ring"}},
      {"view.peers.release", {"nodes are left there", "release", "who is in the ring"}},
      {"view.peers.state", {"nodes are left there", "is up", "who is in the ring"}},
      {"view.peers.tokens", {"nodes are left there", "ranges", "who is in the ring"}},
      {"volume.capacity_bytes", {"how large"}},
      {"volume.expandable", {"can grow"}},
      {"volume.mounted", {"in use"}},
  };
  const std::vector<std::string>* words = nullptr;
  for (const auto& [name, own] : *kWords) {  // the longest that fits comes last
    if (fact == name || absl::StartsWith(fact, absl::StrCat(name, "."))) words = &own;
  }
  if (words == nullptr) return absl::StrContains(text, fact.substr(fact.rfind('.') + 1));
  return std::any_of(words->begin(), words->end(), [&](const std::string& w) { return absl::StrContains(text, w); });
}

std::set<Path> FactsOf(const v1::PlanRequest& request) {
  std::set<Path> paths;
  for (const v1::Report& report : request.observed().reports()) {
    std::vector<const FieldDescriptor*> fields;
    report.GetReflection()->ListFields(report, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->real_containing_oneof() == nullptr) continue;
      Collect(report.GetReflection()->GetMessage(report, field), {field}, &paths);
    }
  }
  return paths;
}

// As the reason of another one names it.
std::string NameInText(const v1::Held& held) {
  const v1::Target& t = held.target();
  const std::string name = testing::Name(held);
  const std::string kind = name.substr(0, name.find(' '));
  if (t.keyspace().empty()) return name;
  if (t.has_ordinal()) return absl::StrCat(kind, " ", t.datacenter(), "/", t.rack(), "/", t.ordinal());
  return absl::StrCat(kind, " keyspace ", t.keyspace(), t.datacenter().empty() ? "" : " in ", t.datacenter());
}

// The held action itself says it, or the one that it comes after.
bool NamesWhatIsMissing(const v1::PlanResponse& response, const v1::Held& held, const std::string& fact,
                        std::set<std::string> seen = {}) {
  if (!seen.insert(held.action_id()).second) return false;
  for (const v1::Refusal& by : held.by()) {
    if (SaysUnknown(by.text()) && SaysHowToCollect(by.remedy()) && Names(fact, by.text() + by.remedy())) return true;
    const bool after_update = by.remedy() == "let the rolling update finish first";
    if (by.guard() != "predecessor" && !after_update) continue;
    for (const v1::Held& before : response.held()) {
      const bool update = before.kind() == v1::ACTION_KIND_RESTART_NODE || before.kind() == v1::ACTION_KIND_UPDATE_RACK;
      const bool it = after_update ? update : absl::StrContains(by.text(), absl::StrCat(" ", NameInText(before), ","));
      if (it && NamesWhatIsMissing(response, before, fact, seen)) return true;
    }
  }
  return false;
}

std::string HeldText(const v1::PlanResponse& response) {
  std::string text;
  for (const v1::Held& held : response.held()) {
    for (const v1::Refusal& by : held.by()) {
      absl::StrAppend(&text, "  ", testing::Name(held), " by ", by.guard(), ": ", by.text(), " [", by.remedy(), "]\n");
    }
  }
  for (const v1::Finding& f : response.findings()) {
    absl::StrAppend(&text, "  ", f.rule(), ": ", f.message(), " [", f.remedy(), "]\n");
  }
  return text;
}

class MissingFactsOfCases : public ::testing::TestWithParam<std::string> {};

TEST_P(MissingFactsOfCases, AllowNothingAndAreNamed) {
  const v1::PlanRequest request = RequestOf(GetParam());
  const v1::PlanResponse base = MustPlan(request);
  const auto planned = Planned(base);
  std::set<std::string> held_before;
  for (const v1::Held& h : base.held()) held_before.insert(testing::Name(h));
  for (const Path& path : FactsOf(request)) {
    const std::string fact = NameOf(path);
    SCOPED_TRACE(fact);
    v1::PlanRequest less = request;
    for (v1::Report& report : *less.mutable_observed()->mutable_reports()) Drop(path, 0, &report);
    const v1::PlanResponse now = MustPlan(less);
    const auto acts = Planned(now);
    for (const auto& [name, a] : acts) {
      if (MayAllowMore(fact) || planned.count(name) != 0) continue;
      EXPECT_FALSE(Destructive(*a)) << name << " (" << a->reason().text() << ") is new without " << fact;
    }
    // A template that leaves the mode out has none, which is no fact that somebody could collect.
    if (absl::EndsWith(fact, "storage_compatibility_mode")) continue;
    for (const v1::Held& h : now.held()) {
      if (planned.count(testing::Name(h)) == 0 || held_before.count(testing::Name(h)) != 0) continue;
      EXPECT_TRUE(NamesWhatIsMissing(now, h, fact)) << testing::Name(h) << " without " << fact << ":\n"
                                                    << HeldText(now);
    }
  }
}

// A stop value that a person has set is relied on: without the fact nothing is disturbed.
TEST(MissingFacts, OfAStopValueThatIsSet) {
  struct StopValue {
    const char* setting;
    std::vector<const char*> facts;
    const char* named;
  };
  const StopValue values[] = {{"max_pending_compactions", {"pending_compactions"}, "PendingTasks"},
                              {"max_hints_bytes", {"pending_hints_bytes"}, "pending_hints_bytes"},
                              {"max_dropped_mutations", {"dropped_mutations"}, "DroppedMessage"},
                              {"max_clock_skew_ms", {"clock_skew_ms"}, "clock_skew_ms"},
                              {"max_disk_used_percent", {"disk_used_bytes", "disk_capacity_bytes"}, "disk_used_bytes"}};
  for (const StopValue& value : values) {
    SCOPED_TRACE(value.setting);
    v1::PlanRequest request = RequestOf("op-unhealthy-node");
    const auto each = [&](void (*change)(v1::NodeFacts*, const FieldDescriptor*), const char* fact) {
      const FieldDescriptor* field = v1::NodeFacts::descriptor()->FindFieldByName(fact);
      for (v1::Report& report : *request.mutable_observed()->mutable_reports()) {
        if (report.has_node()) change(report.mutable_node(), field);
      }
    };
    each([](v1::NodeFacts* n, const FieldDescriptor*) { n->set_pending_compactions(1); }, "pending_compactions");
    for (const char* fact : value.facts) {
      each([](v1::NodeFacts* n, const FieldDescriptor* f) { n->GetReflection()->SetInt64(n, f, 100); }, fact);
    }
    v1::HealthPolicy* health = request.mutable_policy()->mutable_health();
    const FieldDescriptor* setting = v1::HealthPolicy::descriptor()->FindFieldByName(value.setting);
    if (setting->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      health->GetReflection()->SetInt32(health, setting, 100);
    } else {
      health->GetReflection()->SetInt64(health, setting, 10'000);
    }
    ASSERT_EQ(Planned(MustPlan(request)).count("restart_node dc1/rack1/0"), 1u);
    for (const char* fact : value.facts) {
      each([](v1::NodeFacts* n, const FieldDescriptor* f) { n->GetReflection()->ClearField(n, f); }, fact);
      const v1::PlanResponse now = MustPlan(request);
      EXPECT_EQ(Planned(now).count("restart_node dc1/rack1/0"), 0u);
      ASSERT_GT(now.held_size(), 0);
      for (const v1::Held& held : now.held()) {
        EXPECT_TRUE(NamesWhatIsMissing(now, held, value.named)) << testing::Name(held) << ":\n" << HeldText(now);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, MissingFactsOfCases, ::testing::ValuesIn(Goldens()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace cassplan::property
