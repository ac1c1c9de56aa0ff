#include "examples/operator/status.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::host {
namespace {

using executors::At;
using executors::Json;
using executors::TextAt;

constexpr int kMaxListed = 20;
constexpr size_t kMaxText = 1000;

struct SlotState {
  bool present = false;
  bool ready = false;
  std::string pod;
  std::string address;
  std::string host_id;
};

std::string RackKey(const v1::Target& target) { return absl::StrCat(target.datacenter(), "-", target.rack()); }

std::string KindName(v1::ActionKind kind) {
  std::string name = v1::ActionKind_Name(kind);
  absl::string_view rest = name;
  absl::ConsumePrefix(&rest, "ACTION_KIND_");
  return absl::AsciiStrToLower(rest);
}

std::string OutcomeName(v1::Outcome outcome) {
  std::string name = v1::Outcome_Name(outcome);
  absl::string_view rest = name;
  absl::ConsumePrefix(&rest, "OUTCOME_");
  return absl::AsciiStrToLower(rest);
}

std::string Where(const v1::Target& target) {
  std::string where = target.datacenter();
  if (!target.rack().empty()) absl::StrAppend(&where, "/", target.rack());
  if (target.has_ordinal()) absl::StrAppend(&where, "/", target.ordinal());
  if (!target.keyspace().empty()) absl::StrAppend(&where, where.empty() ? "" : " ", target.keyspace());
  return where.empty() ? target.name() : where;
}

std::string Short(std::string text) {
  if (text.size() > kMaxText) {
    text.resize(kMaxText);
    text += " ...";
  }
  return text;
}

// The name that CassKop gives to such a change.
std::string CassKopName(v1::ActionKind kind, bool release_changes) {
  switch (kind) {
    case v1::ACTION_KIND_START_NODE:
      return "ScaleUp";
    case v1::ACTION_KIND_DECOMMISSION:
    case v1::ACTION_KIND_SHRINK_RACK:
    case v1::ACTION_KIND_DELETE_VOLUME:
      return "ScaleDown";
    case v1::ACTION_KIND_DRAIN:
    case v1::ACTION_KIND_RESTART_NODE:
    case v1::ACTION_KIND_UPDATE_RACK:
      return release_changes ? "UpdateDockerImage" : "UpdateStatefulSet";
    case v1::ACTION_KIND_SET_SEEDS:
      return "UpdateSeedList";
    case v1::ACTION_KIND_GROW_VOLUME:
    case v1::ACTION_KIND_RECREATE_RACK:
      return "StorageUpsize";
    case v1::ACTION_KIND_DELETE_RACK:
      return "ActionDeleteDC";
    default:
      return "";
  }
}

std::map<std::pair<std::string, int32_t>, SlotState> SlotsOf(const v1::Observed& observed) {
  std::map<std::pair<std::string, int32_t>, SlotState> slots;
  for (const v1::Report& report : observed.reports()) {
    if (!report.subject().has_ordinal() || report.status() != v1::REPORT_STATUS_OK) continue;
    const std::pair<std::string, int32_t> key = {RackKey(report.subject()), report.subject().ordinal()};
    if (report.has_slot() && report.slot().present()) {
      SlotState& slot = slots[key];
      slot.present = true;
      slot.ready = report.slot().ready() && !report.slot().being_deleted();
      slot.pod = report.slot().name();
      slot.address = report.slot().address();
    } else if (report.has_node()) {
      slots[key].host_id = report.node().host_id();
    }
  }
  return slots;
}

class Writer {
 public:
  explicit Writer(const StatusInput& input)
      : in_(input),
        cluster_(kubernetes::ReadCassandraCluster(executors::ToText(input.look->cassandra_cluster), "",
                                                  kubernetes::Format::kJson)),
        slots_(SlotsOf(input.look->observed)),
        before_(At(input.look->cassandra_cluster, {"status"})) {
    if (!cluster_.ok()) {
      refused_ = FormatProblem(cluster_.problems.front());
      return;
    }
    // Its policy is not CassKop's, and is read with the observation.
    const std::string name =
        absl::StrCat("CassandraCluster ", TextAt(input.look->cassandra_cluster, {"metadata", "name"}));
    for (const Problem& problem : input.look->problems) {
      if (problem.location.file() == name && refused_.empty()) refused_ = FormatProblem(problem);
    }
  }

  Json Write() {
    Json status = Json::object();
    if (in_.look->cassandra_cluster.contains("metadata")) {
      const int64_t generation = executors::IntegerAt(in_.look->cassandra_cluster, {"metadata", "generation"});
      if (generation > 0) status["observedGeneration"] = generation;
    }
    Clients(&status);
    Plan(&status);
    Conditions(&status);
    return status;
  }

 private:
  bool Converged() const { return in_.response != nullptr && in_.response->outcome() == v1::OUTCOME_CONVERGED; }
  std::string Before(std::initializer_list<absl::string_view> path) const {
    return before_ == nullptr ? "" : TextAt(*before_, path);
  }

  // Nodes that are wanted and ready, and wanted, of one rack or (empty) of all.
  std::pair<int, int> Ready(const std::string& only) const {
    int ready = 0;
    int wanted = 0;
    for (const v1::DesiredDatacenter& dc : cluster_.desired.datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        const std::string key = absl::StrCat(dc.name(), "-", rack.name());
        if (!only.empty() && key != only) continue;
        wanted += rack.nodes();
        for (int32_t ordinal = 0; ordinal < rack.nodes(); ++ordinal) {
          const auto slot = slots_.find({key, ordinal});
          if (slot != slots_.end() && slot->second.ready) ++ready;
        }
      }
    }
    return {ready, wanted};
  }

  std::string PhaseOf(const std::string& rack, const std::string& before) const {
    const auto [ready, wanted] = Ready(rack);
    if (ready == wanted && (wanted > 0 || Converged())) return "Running";
    return before.empty() || before == "Initializing" ? "Initializing" : "Pending";
  }

  // What is done now, in CassKop's words: of one rack, or (empty) of the cluster.
  std::string Doing(const std::string& only) const {
    if (in_.response == nullptr) return "";
    for (const v1::StartedAction& started : in_.response->ledger().started()) {
      if (!only.empty() && RackKey(started.target()) != only) continue;
      if (std::string name = CassKopName(started.kind(), started.release_changes()); !name.empty()) return name;
    }
    for (const v1::Action& action : in_.response->plan().actions()) {
      if (!only.empty() && RackKey(action.target()) != only) continue;
      if (std::string name = CassKopName(action.kind(), action.release_changes()); !name.empty()) return name;
    }
    return "";
  }

  // Action and its state; while the first nodes come it is called Initializing.
  std::pair<std::string, std::string> LastAction(const std::string& rack, const std::string& phase,
                                                 const std::string& name, const std::string& state) const {
    if (phase == "Initializing") return {"Initializing", "Ongoing"};
    if (std::string doing = Doing(rack); !doing.empty()) return {std::move(doing), "Ongoing"};
    if (name.empty()) return {"Initializing", "Done"};
    return {name, state == "Ongoing" || state.empty() ? "Done" : state};
  }

  void Clients(Json* status) const {
    if (!cluster_.ok()) {
      (*status)["lastClusterAction"] = "CorrectCRDConfig";
      return;
    }
    const std::string phase = PhaseOf("", Before({"phase"}));
    (*status)["phase"] = phase;
    const auto [action, state] =
        LastAction("", phase, Before({"lastClusterAction"}), Before({"lastClusterActionStatus"}));
    (*status)["lastClusterActionStatus"] = state;
    const bool refused = in_.response != nullptr && in_.response->outcome() == v1::OUTCOME_REFUSED;
    (*status)["lastClusterAction"] = refused || !refused_.empty() ? "CorrectCRDConfig" : action;
    (*status)["seedlist"] = cluster_.cluster.seeds;
    (*status)["nodesPerRacks"] = cluster_.cluster.nodes_per_racks;
    Json racks = Json::object();
    for (const v1::DesiredDatacenter& dc : cluster_.desired.datacenters()) {
      for (const v1::DesiredRack& rack : dc.racks()) {
        const std::string key = absl::StrCat(dc.name(), "-", rack.name());
        const std::string rack_phase = PhaseOf(key, Before({"cassandraRackStatus", key, "phase"}));
        const auto [name, rack_state] =
            LastAction(key, rack_phase, Before({"cassandraRackStatus", key, "cassandraLastAction", "name"}),
                       Before({"cassandraRackStatus", key, "cassandraLastAction", "status"}));
        racks[key] = {{"phase", rack_phase}, {"cassandraLastAction", {{"name", name}, {"status", rack_state}}}};
      }
    }
    (*status)["cassandraRackStatus"] = std::move(racks);
    Json nodes = Json::object();
    for (const auto& [key, slot] : slots_) {
      if (!slot.present || slot.host_id.empty()) continue;
      nodes[slot.pod] = {{"hostId", slot.host_id}, {"nodeIp", slot.address}};
    }
    (*status)["cassandraNodeStatus"] = std::move(nodes);
  }

  void Plan(Json* status) const {
    if (in_.response == nullptr) return;
    const v1::PlanResponse& response = *in_.response;
    Json next = Json::array();
    for (const v1::Action& action : response.plan().actions()) {
      if (static_cast<int>(next.size()) == kMaxListed) break;
      next.push_back(
          Short(absl::StrCat(KindName(action.kind()), " ", Where(action.target()), ": ", action.reason().text())));
    }
    Json running = Json::array();
    for (const v1::StartedAction& started : response.ledger().started()) {
      if (static_cast<int>(running.size()) == kMaxListed) break;
      running.push_back(absl::StrCat(KindName(started.kind()), " ", Where(started.target())));
    }
    Json held = Json::array();
    for (const v1::Held& one : response.held()) {
      if (static_cast<int>(held.size()) == kMaxListed) break;
      std::string why;
      for (const v1::Refusal& refusal : one.by()) {
        absl::StrAppend(&why, why.empty() ? "" : "; ", refusal.text(), " (", refusal.guard(), "): ", refusal.remedy());
      }
      held.push_back(Short(absl::StrCat(KindName(one.kind()), " ", Where(one.target()), ": ", why)));
    }
    Json findings = Json::array();
    for (const v1::Finding& finding : response.findings()) {
      if (finding.level() == v1::FINDING_LEVEL_NOTE || static_cast<int>(findings.size()) == kMaxListed) continue;
      findings.push_back(Short(absl::StrCat(finding.rule(), ": ", finding.message())));
    }
    (*status)["plan"] = {{"outcome", OutcomeName(response.outcome())},
                         {"summary", Short(response.summary())},
                         {"fingerprint", response.plan_fingerprint()},
                         {"actions", response.plan().actions_size()},
                         {"held", response.held_size()},
                         {"running", std::move(running)},
                         {"next", std::move(next)},
                         {"heldReasons", std::move(held)},
                         {"findings", std::move(findings)}};
  }

  void Condition(const char* type, bool yes, const char* reason, const std::string& message, Json* list) const {
    std::string since = in_.time;
    const Json* before = before_ == nullptr ? nullptr : At(*before_, {"conditions"});
    if (before != nullptr && before->is_array()) {
      for (const Json& one : *before) {
        if (TextAt(one, {"type"}) != type || TextAt(one, {"status"}) != (yes ? "True" : "False")) continue;
        if (std::string told = TextAt(one, {"lastTransitionTime"}); !told.empty()) since = std::move(told);
      }
    }
    list->push_back({{"type", type},
                     {"status", yes ? "True" : "False"},
                     {"reason", reason},
                     {"message", Short(message)},
                     {"lastTransitionTime", since}});
  }

  void Conditions(Json* status) const {
    Json list = Json::array();
    const auto [ready, wanted] = Ready("");
    const bool all = ready == wanted && cluster_.ok();
    Condition("Ready", all, all ? "AllNodesReady" : "NodesNotReady",
              absl::StrCat(ready, " of ", wanted, " nodes are ready"), &list);
    const v1::Outcome outcome = in_.response == nullptr ? v1::OUTCOME_UNSPECIFIED : in_.response->outcome();
    const bool busy = outcome == v1::OUTCOME_PLANNED || outcome == v1::OUTCOME_IN_PROGRESS;
    Condition("Progressing", busy, busy ? "PlanRuns" : "NothingRuns",
              in_.response == nullptr ? "no plan was made yet" : in_.response->summary(), &list);
    const bool held = in_.response != nullptr && in_.response->held_size() > 0;
    Condition("Held", held, held ? "GuardsHold" : "NothingHeld",
              held ? absl::StrCat(in_.response->held_size(), " changes wait; status.plan.heldReasons says for what")
                   : "no change waits",
              &list);
    const bool valid = refused_.empty() && outcome != v1::OUTCOME_REFUSED && outcome != v1::OUTCOME_INVALID;
    std::string why = "the CassandraCluster can be used as it is";
    if (!valid) why = refused_.empty() ? in_.response->summary() : refused_;
    Condition("Accepted", valid, valid ? "Valid" : "Refused", why, &list);
    Condition("Observed", in_.problem.empty(), in_.problem.empty() ? "Seen" : "NotSeen",
              in_.problem.empty() ? "the cluster is looked at" : in_.problem, &list);
    (*status)["conditions"] = std::move(list);
  }

  const StatusInput& in_;
  kubernetes::CassandraCluster cluster_;
  std::map<std::pair<std::string, int32_t>, SlotState> slots_;
  const Json* before_;
  std::string refused_;  // what is wrong with the spec
};

Json Difference(const Json& live, const Json& wanted) {
  if (!live.is_object() || !wanted.is_object()) return wanted;
  Json patch = Json::object();
  for (const auto& [key, value] : wanted.items()) {
    const auto found = live.find(key);
    if (found == live.end()) {
      patch[key] = value;
    } else if (*found != value) {
      patch[key] = Difference(*found, value);
    }
  }
  for (const auto& [key, value] : live.items()) {
    if (!wanted.contains(key)) patch[key] = nullptr;
  }
  return patch;
}

}  // namespace

Json StatusOf(const StatusInput& input) { return Writer(input).Write(); }

Json StatusPatch(const Json& live, const Json& wanted) {
  Json own = Json::object();
  for (const auto& [key, value] : wanted.items()) {
    if (live.is_object() && live.contains(key)) own[key] = live[key];
  }
  return Difference(own, wanted);
}

}  // namespace cassplan::host
