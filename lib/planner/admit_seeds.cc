// Seeds. A node that is its own seed does not bootstrap (org.apache.cassandra.service.StorageService.shouldBootstrap),
// and one that leaves must not be found in any list; so the list that counts now is not always the one
// that is desired in the end.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit_topology.h"

namespace cassplan::planner {
namespace {

bool Contains(const std::vector<Id>& list, Id id) { return std::find(list.begin(), list.end(), id) != list.end(); }

bool Leaves(const Model& model, Id slot) {
  const Slot& s = model.slot(slot);
  const Rack& rack = model.rack(s.rack);
  if (s.desired) return false;
  return (rack.desired || rack.leaves) && !Contains(model.refused_scale_in, rack.dc);
}

// It keeps its place only as long as nobody else of its datacenter is listed.
void KeepOnePerDatacenter(Model* model) {
  for (const Id s : model->observed_seeds) {
    if (s == kNone || Contains(model->final_seeds, s) || model->slot(s).member == kNone || Leaves(*model, s)) continue;
    const bool other = std::any_of(model->final_seeds.begin(), model->final_seeds.end(), [&](Id o) {
      return model->DcOfSlot(o) == model->DcOfSlot(s) && !Leaves(*model, o);
    });
    if (!other) model->final_seeds.push_back(s);
  }
  std::sort(model->final_seeds.begin(), model->final_seeds.end());
}

// Datacenters with nodes that no seed is listed for.
void NoteMissing(Model* model) {
  std::string names;
  for (size_t d = 0; d < model->dcs.size(); ++d) {
    const Id dc = static_cast<Id>(d);
    const Datacenter& place = model->dc(dc);
    bool nodes = false;
    for (Id r = place.first_rack; r < place.last_rack; ++r) nodes = nodes || model->rack(r).desired_nodes > 0;
    const bool seed = std::any_of(model->final_seeds.begin(), model->final_seeds.end(),
                                  [&](Id s) { return model->DcOfSlot(s) == dc; });
    if (nodes && !seed) absl::StrAppend(&names, names.empty() ? "" : ", ", place.name);
  }
  if (names.empty()) return;
  Note note;
  note.rule = "seeds";
  note.level = Level::kNote;
  note.message = absl::StrCat("no node of ", names, " is a seed");
  note.remedy = "list one of its nodes as a seed (autoUpdateSeedList: true does)";
  model->notes.push_back(std::move(note));
}

}  // namespace

void AdmitSeeds(Model* model) {
  if (model->final_seeds.empty()) return;              // whatever the templates carry
  if (!model->views_known && !model->empty_cluster) {  // who is a member is not known, so nothing is changed
    model->seeds = model->final_seeds;
    model->seeds_known = false;
    return;
  }
  KeepOnePerDatacenter(model);
  std::vector<Id> now, later;
  for (const Id s : model->final_seeds) {
    if (Leaves(*model, s)) continue;
    later.push_back(s);
    if (model->members.empty() || model->slot(s).member != kNone) now.push_back(s);
  }
  // Without any seed no node starts: then the list stays as it is asked for.
  if (later.empty()) later = model->final_seeds;
  model->seeds = now.empty() ? later : now;
  model->final_seeds = std::move(later);
  if (model->seeds_known) {
    model->seeds_differ = model->observed_seeds == model->seeds ? Known::kNo : Known::kYes;
  }
  NoteMissing(model);
}

}  // namespace cassplan::planner
