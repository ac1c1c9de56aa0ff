// What the user lists of keyspaces, against what they are: the goals of change_replication, or why not.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/placement/replicas.h"
#include "lib/planner/admit.h"
#include "lib/planner/admit_topology.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

constexpr char kRule[] = "replication-change";

// Somebody else's datacenter, if nothing of it is desired and no workload of it is ours.
bool Managed(const Model& model, Id dc) {
  const Datacenter& d = model.dc(dc);
  bool ours = d.desired;
  for (Id r = d.first_rack; r < d.last_rack; ++r) ours = ours || model.rack(r).present == Known::kYes;
  return ours;
}

std::string PathOf(const Keyspace& k) { return absl::StrCat("spec.keyspaces.", k.name); }
std::string PathOf(const Keyspace& k, absl::string_view dc) { return absl::StrCat(PathOf(k), ".", dc); }

std::vector<placement::Token> TokensOf(const Model& model) {
  std::vector<placement::Token> tokens;
  for (size_t i = 0; i < model.members.size(); ++i) {
    const Member& m = model.members[i];
    if (!m.in_ring) continue;
    if (m.first_token == m.last_token || m.rack == kNone) return {};
    for (int32_t t = m.first_token; t < m.last_token; ++t) {
      tokens.push_back({model.tokens[static_cast<size_t>(t)], static_cast<placement::Node>(i)});
    }
  }
  return tokens;
}

// Both strategies give every range the same replicas, so that the change moves nothing.
bool SamePlacement(const Model& model, int32_t rf) {
  const std::vector<placement::Token> tokens = TokensOf(model);
  if (tokens.empty()) return false;
  const placement::ReplicaMap simple(tokens, placement::Strategy::kSimple, rf, model.rack_of_member);
  const placement::ReplicaMap racks(tokens, placement::Strategy::kNetworkTopology, rf, model.rack_of_member);
  for (int32_t range = 0; range < simple.ranges(); ++range) {
    const auto a = simple.replicas(range);
    const auto b = racks.replicas(range);
    std::vector<placement::Node> x(a.begin(), a.end());
    std::vector<placement::Node> y(b.begin(), b.end());
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    if (x != y) return false;
  }
  return true;
}

// The one datacenter that all members are in; kNone where there are more.
Id OnlyDatacenter(const Model& model) {
  Id dc = kNone;
  for (const Member& m : model.members) {
    if (m.dc == kNone || (dc != kNone && m.dc != dc)) return kNone;
    dc = m.dc;
  }
  return dc;
}

void AdmitConversion(Model* model, const DesiredReplication& desired) {
  const Keyspace& k = model->keyspace(desired.keyspace);
  const Id dc = OnlyDatacenter(*model);
  const auto& listed = desired.listed;
  const bool same = dc != kNone && listed.size() == 1 && listed[0].first == model->dc(dc).name &&
                    listed[0].second == k.simple_rf && SamePlacement(*model, k.simple_rf);
  if (same) {
    model->replication_goals.push_back({desired.keyspace, dc, k.simple_rf, k.simple_rf, true});
    return;
  }
  Note note;
  note.rule = kRule;
  note.level = Level::kWarning;
  note.keyspace = k.name;
  note.path = PathOf(k);
  note.message = absl::StrCat("keyspace ", k.name, " is SimpleStrategy and shall be NetworkTopologyStrategy, which ",
                              "places replicas on other nodes: what these do not have yet would not be found");
  note.remedy = absl::StrCat("do it by hand: stop its clients, or let them read at ALL; ALTER KEYSPACE ", k.name,
                             " to NetworkTopologyStrategy with ", k.simple_rf,
                             " replicas in the datacenter that it is in; then nodetool ", "repair --full ", k.name,
                             " on every node. Other numbers of replicas come afterwards");
  model->notes.push_back(std::move(note));
  model->needs_person = true;
}

// What it shall have in a datacenter; -1: nobody says, and it is not ours to say.
int32_t Wanted(const Model& model, const DesiredReplication& desired, Id dc) {
  for (const auto& [name, factor] : desired.listed) {
    if (name == model.dc(dc).name) return factor;
  }
  return Managed(model, dc) ? 0 : -1;
}

bool AdmitOne(Model* model, const DesiredReplication& desired, Id dc, int32_t want) {
  const Keyspace& k = model->keyspace(desired.keyspace);
  if (!Managed(*model, dc)) {
    Refuse(model, kRule,
           absl::StrCat("keyspace ", k.name, " shall have ", want, " replicas in ", model->dc(dc).name,
                        ", which is not a datacenter of this cluster's spec: others decide about it"),
           absl::StrCat("list ", model->dc(dc).name, " with the ", k.rf[static_cast<size_t>(dc)],
                        " replicas that it has, or leave it out"),
           PathOf(k, model->dc(dc).name), dc);
    return false;
  }
  const int32_t nodes = DesiredNodes(*model, dc);
  if (want <= nodes || want < k.rf[static_cast<size_t>(dc)]) return true;
  Refuse(model, "replication-floor",
         absl::StrCat("keyspace ", k.name, " shall have ", want, " replicas in ", model->dc(dc).name,
                      ", which shall have ", Several(nodes, "node")),
         absl::StrCat("ask for at most ", nodes, " replicas there, or for more nodes"), PathOf(k, model->dc(dc).name),
         dc);
  return false;
}

// What only these replicas have is lost with them. Repairs that are due come before (change_replication).
void NoteLast(Model* model, const Keyspace& k, Id dc) {
  Note note;
  note.rule = kRule;
  note.level = Level::kWarning;
  note.keyspace = k.name;
  note.dc = dc;
  note.path = PathOf(k);
  note.message = absl::StrCat("keyspace ", k.name, " gives up its replicas in ", model->dc(dc).name,
                              ", and no repair comes before: a write that reached only them is lost");
  note.remedy = absl::StrCat("see that no client uses ", model->dc(dc).name, " any more, then nodetool repair --full ",
                             k.name, " on its nodes; or set policy.repair.enabled: true, and the plan does");
  model->notes.push_back(std::move(note));
}

void AdmitKeyspace(Model* model, const DesiredReplication& desired) {
  const Keyspace& k = model->keyspace(desired.keyspace);
  if (!desired.missing_dc.empty()) {
    Refuse(model, kRule,
           absl::StrCat("keyspace ", k.name, " shall have replicas in ", desired.missing_dc,
                        ", which is neither desired nor there"),
           absl::StrCat("add datacenter ", desired.missing_dc, ", or take it out of the keyspace"),
           PathOf(k, desired.missing_dc), kNone);
    return;
  }
  if (k.strategy == Replicates::kSimple) return AdmitConversion(model, desired);
  if (k.strategy != Replicates::kNetworkTopology) {
    Refuse(model, kRule, absl::StrCat("keyspace ", k.name, " is ", k.strategy_name, ", which is not changed here"),
           "take it out of the list", PathOf(k), kNone);
    return;
  }
  std::vector<ReplicationGoal> goals;
  int32_t replicas = 0;
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    const Id dc = static_cast<Id>(d);
    const int32_t want = Wanted(*model, desired, dc);
    replicas += want < 0 ? k.rf[d] : want;
    if (want < 0 || want == k.rf[d]) continue;
    if (!AdmitOne(model, desired, dc, want)) return;
    goals.push_back({desired.keyspace, dc, k.rf[d], want, false});
  }
  if (replicas == 0) {
    Refuse(model, kRule, absl::StrCat("keyspace ", k.name, " would have no replica at all"),
           "give it replicas in some datacenter", PathOf(k), kNone);
    return;
  }
  for (const ReplicationGoal& goal : goals) {
    if (goal.to == 0 && k.user && !model->policy.repair) NoteLast(model, k, goal.dc);
  }
  model->replication_goals.insert(model->replication_goals.end(), goals.begin(), goals.end());
}

}  // namespace

std::string AlterWithout(const Model& model, const Keyspace& keyspace, Id dc) {
  std::string parts;
  for (size_t d = 0; d < keyspace.rf.size(); ++d) {
    if (static_cast<Id>(d) == dc || keyspace.rf[d] == 0) continue;
    absl::StrAppend(&parts, ", '", model.dcs[d].name, "': ", keyspace.rf[d]);
  }
  if (parts.empty()) return "";
  return absl::StrCat("ALTER KEYSPACE ", keyspace.name, " WITH replication = {'class': 'NetworkTopologyStrategy'",
                      parts, "};");
}

void AdmitReplication(Model* model) {
  for (const DesiredReplication& desired : model->desired_keyspaces) AdmitKeyspace(model, desired);
  std::sort(model->replication_goals.begin(), model->replication_goals.end(),
            [](const ReplicationGoal& a, const ReplicationGoal& b) {
              return std::make_pair(a.keyspace, a.dc) < std::make_pair(b.keyspace, b.dc);
            });
}

}  // namespace cassplan::planner
