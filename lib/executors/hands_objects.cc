// What is done with objects of Kubernetes.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/executors/hands.h"
#include "lib/kubernetes/names.h"
#include "lib/kubernetes/render.h"

namespace cassplan::executors {
namespace {

Json* Member(Json* json, absl::string_view key) {
  if (json == nullptr || !json->is_object()) return nullptr;
  const auto found = json->find(std::string(key));
  return found == json->end() ? nullptr : &*found;
}

Json* Named(Json* list, absl::string_view name) {
  if (list == nullptr || !list->is_array()) return nullptr;
  for (Json& item : *list) {
    if (TextAt(item, {"name"}) == name) return &item;
  }
  return nullptr;
}

std::string OwnerUid(const Json& object) {
  const Json* owners = At(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || !owners->is_array()) return "";
  for (const Json& owner : *owners) {
    if (owner.is_object() && owner.value("controller", false)) return TextAt(owner, {"uid"});
  }
  return "";
}

const Resource* ResourceOf(absl::string_view kind) {
  static constexpr const Resource* kAll[] = {&kServices, &kBudgets, &kStatefulSets};
  for (const Resource* resource : kAll) {
    if (resource->kind == kind) return resource;
  }
  return nullptr;
}

// A new template restarts nothing: Pods get it when the plan restarts them.
void OnDelete(Json* stateful_set) { (*stateful_set)["spec"]["updateStrategy"] = {{"type", "OnDelete"}}; }

absl::Status Changed(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(what, " changed since the plan was made"));
}

// Of a deletion that is bound to a uid: gone already is as wanted, and another one of that name is not to be deleted.
absl::Status Bound(const absl::Status& status, absl::string_view name) {
  if (absl::IsNotFound(status)) return absl::OkStatus();
  return absl::IsAborted(status) ? Changed(name) : status;
}

// The seed list stands in the environment of the init containers: as such, and in the configuration.
void WriteSeeds(const std::string& hosts, Json* container) {
  Json* variables = Member(container, "env");
  if (Json* seeds = Named(variables, "CASSANDRA_SEEDS")) (*seeds)["value"] = hosts;
  Json* data = Named(variables, "CONFIG_FILE_DATA");
  if (data == nullptr) return;
  Json config = Json::parse(TextAt(*data, {"value"}), nullptr, false);
  Json* info = Member(&config, "cluster-info");
  if (info == nullptr || !info->contains("seeds")) return;
  (*info)["seeds"] = hosts;
  (*data)["value"] = ToText(config);
}

}  // namespace

absl::Status Hands::CreateObject(const Resource& resource, const Json& object) {
  return Persist([&]() -> absl::Status {
    const absl::Status created = kubernetes_.Create(resource, options_.name_space, object).status();
    if (!absl::IsAlreadyExists(created)) return created;
    const absl::StatusOr<Json> there =
        kubernetes_.Get(resource, options_.name_space, TextAt(object, {"metadata", "name"}));
    if (!there.ok()) return there.status();
    if (OwnerUid(*there) == cluster_.cluster.uid) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(resource.kind, " ", TextAt(object, {"metadata", "name"}), " exists and belongs to somebody else"));
  });
}

// Reads, changes and writes, bound to the version that was read and to the uid that the plan was made for.
absl::Status Hands::ChangeObject(const Resource& resource, const std::string& name, const std::string& uid,
                                 const Change& change) {
  return Persist([&]() -> absl::Status {
    absl::StatusOr<Json> object = kubernetes_.Get(resource, options_.name_space, name);
    if (!object.ok()) return object.status();
    if (!uid.empty() && TextAt(*object, {"metadata", "uid"}) != uid) {
      return Changed(absl::StrCat(resource.kind, " ", name));
    }
    const Json before = *object;
    if (absl::Status status = change(&*object); !status.ok()) return status;
    if (*object == before) return absl::OkStatus();
    return kubernetes_.Replace(resource, options_.name_space, name, *object).status();
  });
}

absl::Status Hands::SharedObjects() {
  for (const kubernetes::RenderedObject& rendered : kubernetes::Render(cluster_.cluster)) {
    const Resource* resource = ResourceOf(rendered.kind);
    if (resource == nullptr || resource == &kStatefulSets) continue;
    const Json wanted = Json::parse(rendered.json);
    const absl::StatusOr<Json> there = kubernetes_.Get(*resource, options_.name_space, rendered.name);
    if (absl::IsNotFound(there.status())) {
      if (absl::Status made = CreateObject(*resource, wanted); !made.ok()) return made;
    } else if (!there.ok()) {
      return there.status();
    } else if (resource == &kBudgets) {  // Services are made once only
      absl::Status written = ChangeObject(*resource, rendered.name, "", [&](Json* object) {
        (*object)["spec"] = wanted["spec"];
        return absl::OkStatus();
      });
      if (!written.ok()) return written;
    }
  }
  return absl::OkStatus();
}

// The rack's StatefulSet as it is desired now, if it still is what the plan was made for.
absl::StatusOr<Json> Hands::RenderedRack() const {
  for (const v1::DesiredDatacenter& dc : cluster_.desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      if (dc.name() != action_.target().datacenter() || rack.name() != action_.target().rack()) continue;
      if (rack.template_().revision() != action_.template_revision()) return Changed("the template");
    }
  }
  for (const kubernetes::RenderedObject& rendered : kubernetes::Render(cluster_.cluster)) {
    if (rendered.kind == kStatefulSets.kind && rendered.name == WorkloadName()) return Json::parse(rendered.json);
  }
  return Changed("the topology");
}

absl::Status Hands::CreateRack() {
  absl::StatusOr<Json> rack = RenderedRack();
  if (!rack.ok()) return rack.status();
  int32_t nodes = -1;
  for (const v1::Effect& effect : action_.effects()) {
    if (effect.fact() == "rack_nodes" && !absl::SimpleAtoi(effect.value(), &nodes)) nodes = -1;
  }
  if (nodes < 0) return absl::InvalidArgumentError("the action does not say how many nodes the rack has");
  (*rack)["spec"]["replicas"] = nodes;
  OnDelete(&*rack);
  return CreateObject(kStatefulSets, *rack);
}

absl::Status Hands::UpdateRack() {
  const absl::StatusOr<Json> rack = RenderedRack();
  if (!rack.ok()) return rack.status();
  return ChangeObject(kStatefulSets, WorkloadName(), Precondition("rack_uid"), [&](Json* live) {
    (*live)["spec"]["template"] = (*rack)["spec"]["template"];
    OnDelete(live);
    return absl::OkStatus();
  });
}

absl::Status Hands::SetSeeds() {
  std::vector<std::string> hosts;
  for (const v1::Effect& effect : action_.effects()) {
    if (effect.fact() != "seeds") continue;
    for (const absl::string_view name : absl::StrSplit(effect.value(), ", ", absl::SkipEmpty())) {
      const std::vector<std::string> parts = absl::StrSplit(name, '/');
      kubernetes::SlotId slot;
      if (parts.size() != 3 || !absl::SimpleAtoi(parts[2], &slot.ordinal)) {
        hosts.emplace_back(name);  // a host that is no slot of the cluster
        continue;
      }
      slot.datacenter = parts[0];
      slot.rack = parts[1];
      hosts.push_back(kubernetes::SeedHost(options_.name, options_.name_space, slot));
    }
  }
  if (hosts.empty()) return absl::InvalidArgumentError("the action names no seeds");
  const absl::StatusOr<Json> list =
      kubernetes_.List(kStatefulSets, options_.name_space, absl::StrCat("cassandracluster=", options_.name));
  if (!list.ok()) return list.status();
  for (const Json& item : (*list)["items"]) {
    const absl::Status written = ChangeObject(kStatefulSets, TextAt(item, {"metadata", "name"}),
                                              TextAt(item, {"metadata", "uid"}), [&](Json* live) {
                                                const Json before = *live;
                                                Json* spec = Member(Member(Member(live, "spec"), "template"), "spec");
                                                for (const char* kind : {"initContainers", "containers"}) {
                                                  Json* containers = Member(spec, kind);
                                                  if (containers == nullptr || !containers->is_array()) continue;
                                                  for (Json& container : *containers)
                                                    WriteSeeds(absl::StrJoin(hosts, ","), &container);
                                                }
                                                if (*live != before) OnDelete(live);
                                                return absl::OkStatus();
                                              });
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

absl::Status Hands::Scale(int32_t from, int32_t to) {
  return ChangeObject(kStatefulSets, WorkloadName(), Precondition("rack_uid"), [&](Json* live) -> absl::Status {
    const int64_t now = IntegerAt(*live, {"spec", "replicas"}, 1);
    if (now == to) return absl::OkStatus();
    if (now != from) return Changed(absl::StrCat("the number of nodes of ", WorkloadName()));
    (*live)["spec"]["replicas"] = to;
    return absl::OkStatus();
  });
}

absl::Status Hands::DeleteRack() {
  const std::string uid = Precondition("rack_uid");
  const absl::StatusOr<Json> live = kubernetes_.Get(kStatefulSets, options_.name_space, WorkloadName());
  if (absl::IsNotFound(live.status())) return absl::OkStatus();
  if (!live.ok()) return live.status();
  if (uid.empty() || TextAt(*live, {"metadata", "uid"}) != uid) return Changed(WorkloadName());
  if (IntegerAt(*live, {"spec", "replicas"}, 1) != 0) return Changed("the number of nodes");
  const Preconditions bound = {uid, TextAt(*live, {"metadata", "resourceVersion"})};
  return Persist([&] {
    return Bound(kubernetes_.Delete(kStatefulSets, options_.name_space, WorkloadName(), bound), WorkloadName());
  });
}

// The Pods stay and are taken over by the new StatefulSet: it has the same selector.
absl::Status Hands::RecreateRack() {
  const absl::StatusOr<Json> rack = RenderedRack();
  if (!rack.ok()) return rack.status();
  const absl::StatusOr<Json> live = kubernetes_.Get(kStatefulSets, options_.name_space, WorkloadName());
  if (!live.ok()) return live.status();
  const std::string uid = Precondition("rack_uid");
  if (uid.empty() || TextAt(*live, {"metadata", "uid"}) != uid) return Changed(WorkloadName());
  Json made = *rack;
  made["spec"]["replicas"] = IntegerAt(*live, {"spec", "replicas"}, 1);
  made["spec"]["template"] = (*live)["spec"]["template"];
  made["spec"]["selector"] = (*live)["spec"]["selector"];
  made["spec"]["podManagementPolicy"] = "Parallel";
  OnDelete(&made);
  const absl::Status gone = Persist([&] {
    return Bound(kubernetes_.Delete(kStatefulSets, options_.name_space, WorkloadName(), {uid, ""}, "Orphan"),
                 WorkloadName());
  });
  if (!gone.ok()) return gone;
  while (kubernetes_.Get(kStatefulSets, options_.name_space, WorkloadName()).ok()) {
    if (!Wait(200)) return absl::UnknownError(absl::StrCat(WorkloadName(), " is still being deleted"));
  }
  return CreateObject(kStatefulSets, made);
}

absl::Status Hands::DeleteVolume() {
  const std::string uid = Precondition("volume_uid");
  const std::string name = action_.volume().empty() ? action_.target().name() : action_.volume();
  if (uid.empty() || name.empty()) return absl::InvalidArgumentError("the action does not say which volume");
  return Persist([&] { return Bound(kubernetes_.Delete(kClaims, options_.name_space, name, {uid, ""}), name); });
}

absl::Status Hands::GrowVolume() {
  const std::string name = action_.volume().empty() ? action_.target().name() : action_.volume();
  if (name.empty() || action_.capacity_bytes() <= 0) return absl::InvalidArgumentError("the action names no capacity");
  return ChangeObject(kClaims, name, action_.target().uid(), [&](Json* claim) {
    (*claim)["spec"]["resources"]["requests"]["storage"] = absl::StrCat(action_.capacity_bytes());
    return absl::OkStatus();
  });
}

// A node that is up is evicted, so that other budgets than ours are respected; one that is down has nothing to lose.
absl::Status Hands::RestartPod() {
  const std::string uid = action_.target().uid().empty() ? Precondition("slot_uid") : action_.target().uid();
  if (uid.empty()) return absl::InvalidArgumentError("the action does not say which Pod");
  const int64_t until = options_.now() + options_.eviction_seconds;
  while (true) {
    const absl::Status gone = Persist([&] {
      return Bound(action_.disrupts() > 0 ? kubernetes_.Evict(options_.name_space, PodName(), {uid, ""})
                                          : kubernetes_.Delete(kPods, options_.name_space, PodName(), {uid, ""}),
                   PodName());
    });
    if (gone.ok()) return gone;
    // Another Pod by now: that one was restarted.
    const absl::StatusOr<Json> pod = kubernetes_.Get(kPods, options_.name_space, PodName());
    if (absl::IsNotFound(pod.status())) return absl::OkStatus();
    if (pod.ok() && TextAt(*pod, {"metadata", "uid"}) != uid) return absl::OkStatus();
    if (!absl::IsResourceExhausted(gone) || options_.now() >= until || !Wait(1000)) return gone;
  }
}

}  // namespace cassplan::executors
