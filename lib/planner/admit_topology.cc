// Datacenters and racks that are left out of the spec, and datacenters that shrink: refused only where something would
// be lost or nothing would be left to go to; else their nodes leave one after the other.
#include "lib/planner/admit_topology.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

int32_t Members(const Model& model, Id dc) {
  int32_t n = 0;
  for (const Member& m : model.members) n += m.dc == dc && !m.external ? 1 : 0;
  return n;
}

int32_t MembersOfRack(const Model& model, Id rack) {
  int32_t n = 0;
  for (const Member& m : model.members) n += m.rack == rack ? 1 : 0;
  return n;
}

// Replicas that a keyspace has there once everything that is asked for is done.
int32_t FinalReplicas(const Model& model, Id keyspace, Id dc) {
  for (const ReplicationGoal& goal : model.replication_goals) {
    if (goal.keyspace == keyspace && goal.dc == dc) return goal.to;
  }
  return model.keyspace(keyspace).rf[static_cast<size_t>(dc)];
}

// Keyspaces of users that would still replicate in a datacenter without nodes.
std::vector<Id> StillThere(const Model& model, Id dc) {
  std::vector<Id> list;
  for (size_t i = 0; i < model.keyspaces.size(); ++i) {
    const Keyspace& k = model.keyspaces[i];
    if (!k.user || k.strategy == Replicates::kLocal) continue;
    if (k.strategy == Replicates::kNetworkTopology && FinalReplicas(model, static_cast<Id>(i), dc) == 0) continue;
    if (k.strategy == Replicates::kSimple && DesiredNodes(model, kNone) >= k.simple_rf) continue;
    list.push_back(static_cast<Id>(i));
  }
  return list;
}

std::string Names(const Model& model, const std::vector<Id>& keyspaces) {
  std::string names;
  for (const Id k : keyspaces) absl::StrAppend(&names, names.empty() ? "" : ", ", model.keyspace(k).name);
  return names;
}

// What a person runs, statement by statement.
std::string Statements(const Model& model, const std::vector<Id>& keyspaces, Id dc) {
  std::string statements;
  std::string only_there;
  for (const Id id : keyspaces) {
    const Keyspace& k = model.keyspace(id);
    const std::string alter = k.strategy == Replicates::kNetworkTopology ? AlterWithout(model, k, dc) : "";
    if (alter.empty()) {
      absl::StrAppend(&only_there, only_there.empty() ? "" : ", ", k.name);
    } else {
      absl::StrAppend(&statements, statements.empty() ? "" : " ", alter);
    }
  }
  std::string text;
  if (!only_there.empty()) {
    absl::StrAppend(&text, "give ", only_there,
                    " replicas in another datacenter first (and rebuild there), or drop it");
  }
  if (statements.empty()) return text;
  return absl::StrCat(text, text.empty() ? "" : "; ", "list the keyspaces in spec.keyspaces without ",
                      model.dc(dc).name, "; or by hand: see that no client uses ", model.dc(dc).name,
                      ", run nodetool repair --full on its nodes, then: ", statements);
}

void RefuseEmptied(Model* model, Id dc, const std::vector<Id>& keyspaces, absl::string_view what) {
  Refuse(model, "datacenter-empty",
         absl::StrCat("datacenter ", model->dc(dc).name, " cannot ", what,
                      keyspaces.size() == 1 ? ": keyspace " : ": keyspaces ", Names(*model, keyspaces),
                      keyspaces.size() == 1 ? " still replicates there" : " still replicate there"),
         Statements(*model, keyspaces, dc), "spec.topology", dc);
}

bool AnyNodeStays(const Model& model) {
  for (const Member& m : model.members) {
    if (m.dc != kNone && model.dc(m.dc).desired) return true;
    if (m.external) return true;
  }
  return false;
}

// Empty: its nodes may leave.
bool MayLeave(Model* model, Id dc) {
  const std::string name(model->dc(dc).name);
  if (!AnyNodeStays(*model)) {
    Refuse(
        model, "datacenter-rename",
        absl::StrCat("datacenter ", name, " is not desired any more, and no other one has a node: a datacenter does ",
                     "not get another name, and all its data would go with it"),
        absl::StrCat("put ", name, " back; add the other datacenter beside it, replicate and rebuild there, then ",
                     "take ", name, " out"),
        "spec.topology", dc);
    return false;
  }
  if (!model->schema_known || model->schema_derived || !model->views_known) {
    Refuse(model, "datacenter-empty",
           absl::StrCat("datacenter ", name, " is not desired any more and still has ",
                        Several(std::max(Members(*model, dc), 1), "node"),
                        ", and whether keyspaces replicate there is not known"),
           "put it back, or collect schema.json and the nodes' answers", "spec.topology", dc);
    return false;
  }
  const std::vector<Id> keyspaces = StillThere(*model, dc);
  if (keyspaces.empty()) return true;
  RefuseEmptied(model, dc, keyspaces, "be removed");
  return false;
}

void AdmitRemovedDatacenter(Model* model, Id dc) {
  bool any = false;
  bool nodes = Members(*model, dc) > 0;
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    const Rack& rack = model->rack(r);
    if (rack.present != Known::kYes) continue;
    any = true;
    nodes = nodes || rack.nodes > 0;
  }
  if (!any) return;
  if (nodes && !MayLeave(model, dc)) {
    model->refused_dc.push_back(dc);
    return;
  }
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    Rack& rack = model->racks[static_cast<size_t>(r)];
    rack.leaves = rack.present == Known::kYes;
  }
}

// A rack that is left out while another one is new may be the same under another name, which Cassandra does not know:
// all its data would have to move.
void AdmitRemovedRacks(Model* model, Id dc) {
  std::string added;
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    const Rack& rack = model->rack(r);
    if (rack.desired && rack.desired_nodes > 0 && rack.present == Known::kNo && MembersOfRack(*model, r) == 0)
      absl::StrAppend(&added, added.empty() ? "" : ", ", rack.name);
  }
  for (Id r = model->dc(dc).first_rack; r < model->dc(dc).last_rack; ++r) {
    Rack& rack = model->racks[static_cast<size_t>(r)];
    if (rack.desired || rack.present != Known::kYes) continue;
    const bool empty = rack.nodes == 0 && MembersOfRack(*model, r) == 0;
    if (added.empty() || empty) {
      rack.leaves = true;
      continue;
    }
    Refuse(model, "rack-removal",
           absl::StrCat("rack ", model->RackName(r), " is not desired any more, and rack ", added,
                        " is new in the same datacenter: a rack does not get another name"),
           absl::StrCat("put ", rack.name, " back. To move to another rack add it first and wait until its nodes are ",
                        "up; then take ", rack.name, " out"),
           "spec.topology", dc, r);
    model->refused_racks.push_back(dc);
  }
}

bool Shrinks(const Model& model, Id dc) {
  const Datacenter& d = model.dc(dc);
  for (Id r = d.first_rack; r < d.last_rack; ++r) {
    const Rack& rack = model.rack(r);
    for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
      if ((rack.desired || rack.leaves) && !model.slot(s).desired && model.slot(s).member != kNone) return true;
    }
  }
  return false;
}

int32_t RacksDesired(const Model& model, Id dc) {
  int32_t n = 0;
  for (Id r = model.dc(dc).first_rack; r < model.dc(dc).last_rack; ++r) n += model.rack(r).desired_nodes > 0 ? 1 : 0;
  return n;
}

int32_t RacksNow(const Model& model, Id dc) {
  int32_t n = 0;
  for (Id r = model.dc(dc).first_rack; r < model.dc(dc).last_rack; ++r) n += MembersOfRack(model, r) > 0 ? 1 : 0;
  return n;
}

// The highest factor on the way: before an ALTER of this plan there are more replicas, after another one there are.
int32_t HighestOnTheWay(const Model& model, Id dc, Id* keyspace) {
  int32_t highest = HighestReplication(model, dc, false, keyspace);
  for (const ReplicationGoal& goal : model.replication_goals) {
    if (goal.dc != dc || goal.to <= highest) continue;
    highest = goal.to;
    *keyspace = goal.keyspace;
  }
  return highest;
}

void AdmitShrink(Model* model, Id dc) {
  const int32_t nodes = DesiredNodes(*model, dc);
  if (nodes == 0) {
    const std::vector<Id> keyspaces = StillThere(*model, dc);
    if (keyspaces.empty()) return;
    RefuseEmptied(model, dc, keyspaces, "go to 0 nodes");
    model->refused_scale_in.push_back(dc);
    return;
  }
  Id keyspace = kNone;
  const int32_t rf = HighestOnTheWay(*model, dc, &keyspace);
  const int32_t racks = RacksDesired(*model, dc);
  const int32_t racks_floor = std::min(rf, RacksNow(*model, dc));
  if (nodes >= rf && racks >= racks_floor) return;
  const int32_t per_rack = racks == 0 ? rf : (rf + racks - 1) / racks;
  std::string message =
      nodes < rf
          ? absl::StrCat("datacenter ", model->dc(dc).name, " would keep ", Several(nodes, "node"), ", and keyspace ",
                         model->keyspace(keyspace).name, " has ", rf, " replicas there")
          : absl::StrCat("datacenter ", model->dc(dc).name, " would keep ", Several(racks, "rack"), ", and needs ",
                         racks_floor, " for the ", rf, " replicas of keyspace ", model->keyspace(keyspace).name);
  Refuse(model, "replication-floor", std::move(message),
         absl::StrCat("the smallest that fits is ", Several(per_rack, "node"), " in each of ",
                      Several(std::max(racks, racks_floor), "rack"), "; or lower the replication first"),
         "spec.nodesPerRacks", dc);
  model->refused_scale_in.push_back(dc);
}

}  // namespace

void AdmitTopology(Model* model) {
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    if (model->dcs[d].desired) {
      AdmitRemovedRacks(model, static_cast<Id>(d));
    } else {
      AdmitRemovedDatacenter(model, static_cast<Id>(d));
    }
  }
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    if (model->dcs[d].desired && Shrinks(*model, static_cast<Id>(d))) AdmitShrink(model, static_cast<Id>(d));
  }
}

}  // namespace cassplan::planner
