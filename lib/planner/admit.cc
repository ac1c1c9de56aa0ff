#include "lib/planner/admit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/planner/diff.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

int32_t Members(const Model& model, Id dc) {
  int32_t n = 0;
  for (const Member& m : model.members) n += m.dc == dc && !m.external ? 1 : 0;
  return n;
}

// A datacenter or rack that has a workload and is not desired any more.
void AdmitRemoved(Model* model) {
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    const Datacenter& dc = model->dcs[d];
    const Id id = static_cast<Id>(d);
    bool any = false;
    bool nodes = Members(*model, id) > 0;
    for (Id r = dc.first_rack; r < dc.last_rack; ++r) {
      const Rack& rack = model->rack(r);
      if (rack.desired || rack.present != Known::kYes) continue;
      any = true;
      nodes = nodes || rack.nodes > 0;
      if (!dc.desired) continue;
      Refuse(model, "rack-removal",
             absl::StrCat("rack ", model->RackName(r),
                          " exists and is not desired any more; a rack of a datacenter that "
                          "stays is not removed by leaving it out"),
             "put the rack back; to move nodes between racks change their numbers", "spec.topology", id, r);
      model->refused_racks.push_back(id);
    }
    if (!any || dc.desired || !nodes) continue;
    Refuse(model, "datacenter-empty",
           absl::StrCat("datacenter ", dc.name, " is not desired any more and still has ",
                        std::max(Members(*model, id), 1), " node(s)"),
           absl::StrCat("put ", dc.name, " back with nodesPerRacks 0, wait until its nodes have left, then remove it"),
           "spec.topology", id);
    model->refused_dc.push_back(id);
  }
}

bool Shrinks(const Model& model, Id dc) {
  const Datacenter& d = model.dc(dc);
  for (Id r = d.first_rack; r < d.last_rack; ++r) {
    const Rack& rack = model.rack(r);
    for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
      if (rack.desired && !model.slot(s).desired && model.slot(s).member != kNone) return true;
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
  for (Id r = model.dc(dc).first_rack; r < model.dc(dc).last_rack; ++r) {
    bool any = false;
    for (const Member& m : model.members) any = any || m.rack == r;
    n += any ? 1 : 0;
  }
  return n;
}

void AdmitEmptied(Model* model, Id dc) {
  std::string names;
  for (const Keyspace& k : model->keyspaces) {
    if (!k.user || k.strategy == Replicates::kLocal) continue;
    if (k.strategy == Replicates::kNetworkTopology && k.rf[static_cast<size_t>(dc)] == 0) continue;
    if (k.strategy == Replicates::kSimple && DesiredNodes(*model, kNone) >= k.simple_rf) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", k.name);
  }
  if (names.empty()) return;
  Refuse(model, "datacenter-empty",
         absl::StrCat("datacenter ", model->dc(dc).name, " cannot go to 0 nodes: keyspace(s) ", names,
                      " still replicate there"),
         absl::StrCat("alter these keyspaces so that ", model->dc(dc).name, " has no replicas, then ask again"),
         "spec.topology", dc);
  model->refused_scale_in.push_back(dc);
}

void AdmitShrink(Model* model, Id dc) {
  const int32_t nodes = DesiredNodes(*model, dc);
  if (nodes == 0) {
    AdmitEmptied(model, dc);
    return;
  }
  Id keyspace = kNone;
  const int32_t rf = HighestReplication(*model, dc, false, &keyspace);
  const int32_t racks = RacksDesired(*model, dc);
  const int32_t racks_floor = std::min(rf, RacksNow(*model, dc));
  if (nodes >= rf && racks >= racks_floor) return;
  const int32_t per_rack = racks == 0 ? rf : (rf + racks - 1) / racks;
  std::string message =
      nodes < rf ? absl::StrCat("datacenter ", model->dc(dc).name, " would keep ", nodes, " node(s), and keyspace ",
                                model->keyspace(keyspace).name, " has ", rf, " replicas there")
                 : absl::StrCat("datacenter ", model->dc(dc).name, " would keep ", racks, " rack(s), and needs ",
                                racks_floor, " for the ", rf, " replicas of keyspace ", model->keyspace(keyspace).name);
  Refuse(model, "replication-floor", std::move(message),
         absl::StrCat("the smallest that fits is ", per_rack, " node(s) in each of ", std::max(racks, racks_floor),
                      " rack(s); or lower the replication first"),
         "spec.nodesPerRacks", dc);
  model->refused_scale_in.push_back(dc);
}

// A workload with other labels would not take over the nodes that run.
void AdmitSelectors(Model* model) {
  for (Id r = 0; r < static_cast<Id>(model->racks.size()); ++r) {
    Rack& rack = model->racks[static_cast<size_t>(r)];
    if (!OtherLabels(rack)) continue;
    Refuse(model, "rack-labels",
           absl::StrCat("the workload of rack ", model->RackName(r),
                        " selects its nodes by other labels than the cluster has now, and that cannot be changed"),
           "put metadata.labels back as they were when the cluster was made", "metadata.labels", rack.dc, r);
    rack.template_refused = true;
  }
}

}  // namespace

std::string SomeSlots(const Model& model, const std::vector<Id>& slots) {
  constexpr size_t kShown = 3;
  std::string text;
  for (size_t i = 0; i < slots.size() && i < kShown; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", model.SlotName(slots[i]));
  }
  if (slots.size() > kShown) absl::StrAppend(&text, " and ", slots.size() - kShown, " more");
  return text;
}

void Refuse(Model* model, string_view rule, std::string message, std::string remedy, std::string path, Id dc, Id rack) {
  Note note;
  note.rule = rule;
  note.level = Level::kError;
  note.message = std::move(message);
  note.remedy = std::move(remedy);
  note.path = std::move(path);
  note.dc = dc;
  note.rack = rack;
  model->notes.push_back(std::move(note));
  model->refused = true;
}

int32_t DesiredNodes(const Model& model, Id dc) {
  int32_t n = 0;
  for (const Rack& rack : model.racks) n += dc == kNone || rack.dc == dc ? rack.desired_nodes : 0;
  return n;
}

int32_t HighestReplication(const Model& model, Id dc, bool user_only, Id* keyspace) {
  int32_t highest = 0;
  for (size_t k = 0; k < model.keyspaces.size(); ++k) {
    const Keyspace& ks = model.keyspaces[k];
    if (!ks.user && (user_only || !ks.counted)) continue;
    int32_t rf = 0;
    if (ks.strategy == Replicates::kSimple) rf = ks.simple_rf;
    if (ks.strategy == Replicates::kNetworkTopology) rf = ks.rf[static_cast<size_t>(dc)];
    if (rf > highest) {
      highest = rf;
      if (keyspace != nullptr) *keyspace = static_cast<Id>(k);
    }
  }
  return highest;
}

void Admit(Model* model) {
  AdmitRemoved(model);
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    if (model->dcs[d].desired && Shrinks(*model, static_cast<Id>(d))) AdmitShrink(model, static_cast<Id>(d));
  }
  AdmitSelectors(model);
  AdmitVolumes(model);
  AdmitReleases(model);
  AdmitDisk(model);
}

}  // namespace cassplan::planner
