#include "lib/planner/admit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit_topology.h"
#include "lib/planner/diff.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

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
  AdmitReplication(model);
  AdmitTopology(model);
  AdmitSelectors(model);
  AdmitVolumes(model);
  AdmitReleases(model);
  AdmitDisk(model);
  AdmitSeeds(model);  // after all that keeps nodes from leaving
}

}  // namespace cassplan::planner
