#include "lib/planner/admit.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

void Refuse(Model* model, string_view rule, std::string message, std::string remedy, std::string path, Id dc,
            Id rack = kNone) {
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

// As it stands in a CassandraCluster: "100Gi".
std::string Size(int64_t bytes) {
  for (const auto& [shift, unit] : {std::make_pair(30, "Gi"), std::make_pair(20, "Mi"), std::make_pair(10, "Ki")}) {
    if (bytes % (int64_t{1} << shift) == 0) return absl::StrCat(bytes >> shift, unit);
  }
  return absl::StrCat(bytes, " bytes");
}

void AdmitStorageClass(Model* model, Id r) {
  const Rack& rack = model->rack(r);
  if (rack.storage_class.empty() || rack.desired_storage_class.empty()) return;  // the default class, by any name
  if (rack.storage_class == rack.desired_storage_class) return;
  Refuse(model, "volume-class",
         absl::StrCat("volumes of rack ", model->RackName(r), " have storage class ", rack.storage_class,
                      " and cannot change to ", rack.desired_storage_class),
         "put the class back; to get other volumes add a datacenter and move to it", "spec.dataStorageClass", rack.dc,
         r);
}

void AdmitCapacity(Model* model, Id r) {
  const Rack& rack = model->rack(r);
  if (rack.capacity == 0 || rack.desired_capacity == 0 || rack.desired_capacity == rack.capacity) return;
  if (rack.desired_capacity < rack.capacity) {
    Refuse(model, "volume-shrink",
           absl::StrCat("volumes of rack ", model->RackName(r), " cannot shrink from ", Size(rack.capacity), " to ",
                        Size(rack.desired_capacity)),
           "put the capacity back; to get smaller volumes add a datacenter and move to it", "spec.dataCapacity",
           rack.dc, r);
    return;
  }
  Note note;
  note.rule = "volume-growth";
  note.level = Level::kWarning;
  note.message = absl::StrCat("volumes of rack ", model->RackName(r), " shall grow from ", Size(rack.capacity), " to ",
                              Size(rack.desired_capacity), ", which no action of this plan does");
  note.remedy = "grow the claims by hand, one node after the other, or put the capacity back";
  note.path = "spec.dataCapacity";
  note.dc = rack.dc;
  note.rack = r;
  model->notes.push_back(std::move(note));
  model->needs_person = true;
}

void AdmitVolumes(Model* model) {
  for (Id r = 0; r < static_cast<Id>(model->racks.size()); ++r) {
    if (!model->rack(r).desired || model->rack(r).present != Known::kYes) continue;
    AdmitStorageClass(model, r);
    AdmitCapacity(model, r);
  }
}

// Release lines in order, and the steps that Cassandra's upgrade guide (NEWS.txt) allows.
constexpr std::array<string_view, 5> kLines = {"3.0", "3.11", "4.0", "4.1", "5.0"};
constexpr std::array<std::pair<string_view, string_view>, 6> kSteps = {
    {{"3.0", "3.11"}, {"3.11", "4.0"}, {"3.11", "4.1"}, {"4.0", "4.1"}, {"4.0", "5.0"}, {"4.1", "5.0"}}};

size_t LineNumber(string_view line) {
  for (size_t i = 0; i < kLines.size(); ++i) {
    if (kLines[i] == line) return i;
  }
  return kLines.size();
}

bool LegalStep(string_view from, string_view to) {
  if (from == to || LineNumber(from) == kLines.size() || LineNumber(to) == kLines.size()) return true;
  for (const auto& [a, b] : kSteps) {
    if (a == from && b == to) return true;
  }
  return from == "3.0" && (to == "4.0" || to == "4.1");
}

void AdmitReleases(Model* model) {
  for (size_t r = 0; r < model->racks.size(); ++r) {
    Rack& rack = model->racks[r];
    const string_view to = ReleaseLine(rack.desired_release);
    if (!rack.desired || to.empty()) continue;
    for (Id s = rack.first_slot; s < rack.last_slot; ++s) {
      const Id m = model->slot(s).member;
      if (m == kNone) continue;
      const string_view from = ReleaseLine(model->member(m).release);
      if (from.empty() || LegalStep(from, to)) continue;
      const bool down = LineNumber(to) < LineNumber(from);
      Refuse(model, "mixed-version",
             absl::StrCat("node ", model->SlotName(s), " runs Cassandra ", from, " and cannot ",
                          down ? "go back" : "go at once", " to ", to),
             down ? "Cassandra cannot be downgraded: ask for the release that runs, or restore a backup elsewhere"
                  : "upgrade in steps: 3.11 to 4.0 or 4.1, 4.0 to 4.1 or 5.0, 4.1 to 5.0",
             "spec.cassandraImage", rack.dc, static_cast<Id>(r));
      rack.template_refused = true;
      break;
    }
  }
}

}  // namespace

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
  AdmitVolumes(model);
  AdmitReleases(model);
}

}  // namespace cassplan::planner
