#include "lib/planner/normalize.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/names.h"
#include "lib/planner/normalize_desired.h"
#include "lib/planner/normalize_keyspaces.h"
#include "lib/planner/normalize_observed.h"
#include "lib/planner/normalize_operations.h"
#include "lib/planner/reports.h"

namespace cassplan::planner {
namespace {

void ReadDesiredRack(const v1::DesiredRack& source, Rack* rack) {
  rack->desired = true;
  rack->desired_nodes = source.nodes();
  rack->desired_revision = source.template_().revision();
  rack->desired_release = source.template_().release();
  rack->desired_mode = source.template_().storage_compatibility_mode();
  rack->desired_workload = source.workload_revision();
  for (const v1::TemplateSection& section : source.template_().sections()) {
    if (section.name() == "image") rack->desired_image = section.value();
    if (section.name() == "server") rack->desired_server = section.value();
    if (section.name() == "selector") rack->desired_selector = section.value();
  }
  rack->restart_token = source.restart_token();
  rack->partition = source.partition();
  rack->desired_capacity = source.volume().capacity_bytes();
  rack->desired_storage_class = source.volume().storage_class();
  rack->source = &source;
}

void ReadDesiredRacks(const v1::Desired& desired, const RackIndex& index, Model* model) {
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      const Id id = index.Find(dc.name(), rack.name());
      ReadDesiredRack(rack, &model->racks[static_cast<size_t>(id)]);
      model->dcs[static_cast<size_t>(model->rack(id).dc)].desired = true;
    }
  }
  for (const v1::DesiredDatacenter& dc : desired.datacenters()) {
    if (!dc.racks().empty()) continue;
    AddInvalid(model, absl::StrCat("desired.datacenters[", dc.name(), "].racks"), "a datacenter has no rack",
               "give it at least one rack");
  }
  for (Datacenter& dc : model->dcs) {
    if (dc.name == model->request->policy().canary_datacenter()) dc.priority = 0;
  }
}

void SortUnique(std::vector<Id>* list) {
  std::sort(list->begin(), list->end());
  list->erase(std::unique(list->begin(), list->end()), list->end());
}

void ReadSeeds(const v1::Desired& desired, const RackIndex& index, Model* model) {
  for (const v1::Target& seed : desired.seeds()) {
    const Id slot = index.FindSlot(*model, seed);
    if (slot != kNone) model->final_seeds.push_back(slot);
  }
  SortUnique(&model->final_seeds);
  std::vector<const v1::Report*> list;
  for (const v1::Report& report : model->request->observed().reports()) {
    if (report.has_seeds() && Usable(*model, report)) list.push_back(&report);
  }
  if (list.empty() || KeepNewest(&list)) return;  // unknown
  model->seeds_known = true;
  for (const v1::Target& seed : list.front()->seeds().seeds()) {
    model->observed_seeds.push_back(index.FindSlot(*model, seed));
  }
  SortUnique(&model->observed_seeds);
}

void ReadQuarantined(const RackIndex& index, Model* model) {
  for (const v1::QuarantinedVolume& volume : model->request->ledger().quarantined()) {
    const Id slot = index.FindSlot(*model, volume.target());
    if (slot != kNone) model->quarantined.push_back({slot, volume.host_id(), volume.target().name()});
  }
  std::sort(model->quarantined.begin(), model->quarantined.end(), [](const Quarantined& a, const Quarantined& b) {
    return std::tie(a.slot, a.host_id, a.name) < std::tie(b.slot, b.host_id, b.name);
  });
}

void ReadObjects(const v1::Desired& desired, Model* model) {
  for (const v1::SharedObject& object : desired.objects()) {
    ObjectState state;
    state.kind = object.kind();
    state.name = object.name();
    state.desired = true;
    state.create_only = object.create_only();
    state.desired_revision = object.revision();
    model->objects.push_back(state);
  }
  std::sort(model->objects.begin(), model->objects.end(), [](const ObjectState& a, const ObjectState& b) {
    return std::make_pair(a.kind, a.name) < std::make_pair(b.kind, b.name);
  });
  for (size_t i = 1; i < model->objects.size(); ++i) {
    const ObjectState& a = model->objects[i - 1];
    const ObjectState& b = model->objects[i];
    if (a.kind == b.kind && a.name == b.name) {
      AddInvalid(model, absl::StrCat("desired.objects[", b.kind, " ", b.name, "]"), "is listed twice",
                 "keep one of them");
    }
  }
}

void ReadPermits(const v1::PlanRequest& request, const RackIndex& index, Model* model) {
  model->start_permits = request.desired().start_permits();
  for (const v1::Permit& permit : request.ledger().permits()) {
    const Id slot = index.FindSlot(*model, permit.target());
    if (slot != kNone) model->permitted.push_back(slot);
  }
  SortUnique(&model->permitted);
}

}  // namespace

void Normalize(const v1::PlanRequest& request, Model* model) {
  model->request = &request;
  model->now = request.now_seconds();
  model->cluster = request.desired().cluster();
  model->owner = request.desired().owner_id();
  if (request.now_seconds() <= 0) AddInvalid(model, "now_seconds", "is not given", "give the time of planning");
  if (request.now_seconds() < request.ledger().now_seconds()) {
    AddInvalid(model, "now_seconds",
               absl::StrCat(request.now_seconds(), " is before ", request.ledger().now_seconds(),
                            ", the last time that the ledger knows"),
               "time never runs backwards: check the clock of the host, or the ledger");
  }
  for (int i = 0; i < request.ledger().started_size(); ++i) {
    if (!request.ledger().started(i).id().empty()) continue;
    AddInvalid(model, absl::StrCat("ledger.started[", i, "].id"), "is not given",
               "a started action has the id that the plan gave it");
  }
  CheckDesired(request.desired(), model);
  ReadPolicy(request, model);
  if (model->invalid) return;

  RackIndex index(request, model);
  if (model->invalid) return;
  ReadDesiredRacks(request.desired(), index, model);
  index.MakeSlots(model);
  ReadObjects(request.desired(), model);
  if (model->invalid) return;
  ReadObserved(index, model);
  if (model->invalid) return;
  ReadSeeds(request.desired(), index, model);
  ReadQuarantined(index, model);
  ReadKeyspaces(model);
  ReadOperations(index, model);
  ReadPermits(request, index, model);
}

}  // namespace cassplan::planner
