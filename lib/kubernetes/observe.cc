#include "lib/kubernetes/observe.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/listing.h"
#include "lib/kubernetes/pod_operations.h"
#include "lib/kubernetes/sections.h"

namespace cassplan::kubernetes {
namespace {

using RackId = std::pair<std::string, std::string>;

// What the Pods of a rack are compared with.
struct RackTemplate {
  Json selector = nullptr;
  TemplateFacts facts;
  std::string image;
  std::string update_revision;  // Pods with this hash have the template; empty: not settled
};

struct Observer {
  const ObserveOptions& options;
  const Listing& listing;
  Observation* out;
  std::map<RackId, RackTemplate> templates;
  std::map<RackId, std::vector<std::string>> seeds;
  std::set<std::string> mounted_claims;
};

v1::Report* AddReport(Observer* observer) {
  v1::Report& report = observer->out->reports.emplace_back();
  report.set_source("kubernetes");
  report.set_observed_at_seconds(observer->options.observed_at_seconds);
  report.set_status(v1::REPORT_STATUS_OK);
  return &report;
}

// Seconds of "2026-11-22T12:44:57Z", or 0.
int64_t ReadTime(absl::string_view text) {
  absl::CivilSecond time;
  if (!absl::ConsumeSuffix(&text, "Z") || !absl::ParseCivilTime(text, &time)) return 0;
  return time - absl::CivilSecond(1970, 1, 1);
}

// The rack that an object belongs to: by its labels, or by its name when that rack is desired.
std::optional<RackId> RackOf(const Observer& observer, const Item& item, absl::string_view name_prefix) {
  if (item.Label(kClusterLabel) == observer.listing.cluster) {
    RackId rack = {item.Label(kDatacenterLabel), item.Label(kRackLabel)};
    if (!rack.first.empty() && !rack.second.empty()) return rack;
  }
  for (const v1::Target& rack : observer.options.racks) {
    const std::string workload =
        absl::StrCat(name_prefix, WorkloadName(observer.listing.cluster, rack.datacenter(), rack.rack()));
    const std::string name = item.name();
    if (name == workload || OrdinalOf(name, workload).has_value()) return RackId{rack.datacenter(), rack.rack()};
  }
  return std::nullopt;
}

// The items that are slots or volumes of the cluster, in order of slot.
std::map<SlotId, std::vector<Item>> BySlot(const Observer& observer, const std::vector<Item>& items,
                                           absl::string_view prefix) {
  std::map<SlotId, std::vector<Item>> sorted;
  for (const Item& item : items) {
    const std::optional<RackId> rack = RackOf(observer, item, prefix);
    if (!rack.has_value()) continue;
    const std::string workload =
        absl::StrCat(prefix, WorkloadName(observer.listing.cluster, rack->first, rack->second));
    const std::optional<int32_t> ordinal = OrdinalOf(item.name(), workload);
    if (ordinal.has_value()) {
      sorted[{rack->first, rack->second, *ordinal}].push_back(item);
    } else if (prefix.empty()) {
      observer.out->notes.push_back(item.ProblemAt(absl::StrCat("Pod ", item.name(), " has the labels of ", workload,
                                                                " but is none of its Pods; it is left out")));
    }
  }
  return sorted;
}

void AddInventory(Observer* observer) { *AddReport(observer)->mutable_inventory() = observer->listing.complete; }

void AddObject(Observer* observer, const Item& item, const char* kind) {
  v1::Report* report = AddReport(observer);
  report->mutable_subject()->set_name(item.name());
  report->mutable_subject()->set_uid(item.uid());
  v1::ObjectFacts* facts = report->mutable_object();
  facts->set_kind(kind);
  facts->set_present(true);
  facts->set_revision(ObjectRevisionJson(FromValue(item.value(), /*yaml=*/false)));
  facts->set_owner_id(item.Controller());
}

void AddObjects(Observer* observer) {
  const std::string& cluster = observer->listing.cluster;
  for (const Item& item : observer->listing.services) {
    const std::string name = item.name();
    if (name == cluster || name == absl::StrCat(cluster, "-exporter-jmx")) AddObject(observer, item, "Service");
  }
  for (const Item& item : observer->listing.budgets) {
    if (item.name() == cluster) AddObject(observer, item, "PodDisruptionBudget");
  }
}

std::string CassandraImage(const Json& pod_template) {
  const Json* containers = Find(pod_template, {"spec", "containers"});
  const Json* cassandra = containers == nullptr ? nullptr : FindNamed(*containers, kCassandraContainer);
  return cassandra == nullptr ? "" : TextOf(*cassandra, "image");
}

std::vector<std::string> SeedsOf(const Json& pod_template) {
  const Json* containers = Find(pod_template, {"spec", "initContainers"});
  const Json* bootstrap = containers == nullptr ? nullptr : FindNamed(*containers, kBootstrapContainer);
  const Json* variables = bootstrap == nullptr ? nullptr : Find(*bootstrap, "env");
  const Json* seeds = variables == nullptr ? nullptr : FindNamed(*variables, "CASSANDRA_SEEDS");
  std::vector<std::string> hosts;
  if (seeds == nullptr) return hosts;
  for (const absl::string_view host : absl::StrSplit(TextOf(*seeds, "value"), ',')) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(host);
    if (!trimmed.empty()) hosts.emplace_back(trimmed);
  }
  return hosts;
}

// The template, and what there is to know of it for the rack's Pods.
RackTemplate ReadRackTemplate(const Item& item, const Json& pod_template) {
  RackTemplate result;
  if (const model::Value* selector = item.At({"spec", "selector", "matchLabels"})) {
    result.selector = FromValue(*selector, /*yaml=*/false);
  }
  result.facts = ReadTemplateJson(pod_template, result.selector.is_object() ? &result.selector : nullptr);
  result.image = CassandraImage(pod_template);
  // The controller has seen the newest template only when it says so.
  const std::optional<int64_t> generation = item.Integer({"metadata", "generation"});
  if (generation == item.Integer({"status", "observedGeneration"})) {
    result.update_revision = item.Text({"status", "updateRevision"});
  }
  return result;
}

bool MountsData(const Json& pod_template) {
  const Json* containers = Find(pod_template, {"spec", "containers"});
  const Json* cassandra = containers == nullptr ? nullptr : FindNamed(*containers, kCassandraContainer);
  const Json* mounts = cassandra == nullptr ? nullptr : Find(*cassandra, "volumeMounts");
  return mounts != nullptr && FindNamed(*mounts, kDataVolume) != nullptr;
}

// A claim that Cassandra does not mount holds nobody's data: then it is not the rack's volume.
void FillClaimTemplate(const Observer& observer, const Item& item, const Json& pod_template, v1::RackFacts* facts) {
  for (const Item& claim : item.List({"spec", "volumeClaimTemplates"})) {
    if (claim.name() != kDataVolume) continue;
    if (!MountsData(pod_template)) {
      observer.out->notes.push_back(item.ProblemAt(
          absl::StrCat("StatefulSet ", item.name(), " makes claims named ", kDataVolume,
                       ", and its Cassandra does not mount them: its data is lost at the next start of each Pod")));
      continue;
    }
    const std::optional<int64_t> capacity = claim.Quantity({"spec", "resources", "requests", "storage"});
    if (!capacity.has_value() || *capacity <= 0) continue;
    facts->mutable_volume()->set_capacity_bytes(*capacity);
    facts->mutable_volume()->set_storage_class(claim.Text({"spec", "storageClassName"}));
  }
}

// A CassandraCluster's labels are part of every selector, which Kubernetes does not allow to change.
void CheckSelector(const Observer& observer, const Item& item, const RackId& rack, const Json& selector) {
  if (!observer.listing.cassandra_cluster.has_value() || !selector.is_object()) return;
  const model::Value* own = observer.listing.cassandra_cluster->At({"metadata", "labels"});
  Labels labels;
  if (own != nullptr) {
    for (const auto& [key, value] : own->members) labels[key] = value.text;
  }
  if (Json(RackLabels(observer.listing.cluster, labels, rack.first, rack.second)) == selector) return;
  observer.out->notes.push_back(item.ProblemAt(absl::StrCat(
      "the selector of StatefulSet ", item.name(),
      " was made with other labels than the CassandraCluster has now; Kubernetes does not let it change: restore "
      "metadata.labels")));
}

void FillNodes(const Item& item, v1::RackFacts* facts) {
  const std::optional<int64_t> replicas = item.Integer({"spec", "replicas"});
  if (replicas.has_value() && *replicas >= 0 && *replicas <= 1000000) facts->set_nodes(static_cast<int32_t>(*replicas));
}

bool HasStartPermit(const Json& pod_template) {
  const Json* containers = Find(pod_template, {"spec", "initContainers"});
  return containers != nullptr && FindNamed(*containers, kStartPermitContainer) != nullptr;
}

void AddRack(Observer* observer, const Item& item, const RackId& rack) {
  v1::Report* report = AddReport(observer);
  report->mutable_subject()->set_datacenter(rack.first);
  report->mutable_subject()->set_rack(rack.second);
  report->mutable_subject()->set_uid(item.uid());
  v1::RackFacts* facts = report->mutable_rack();
  facts->set_present(true);
  facts->set_name(item.name());
  facts->set_owner_id(item.Controller());
  FillNodes(item, facts);
  if (const std::string policy = item.Text({"spec", "podManagementPolicy"}); !policy.empty()) {
    facts->set_parallel(policy == "Parallel");
  }
  const model::Value* value = item.At({"spec", "template"});
  if (value == nullptr) return;
  const Json pod_template = FromValue(*value, /*yaml=*/false);
  RackTemplate read = ReadRackTemplate(item, pod_template);
  facts->set_restart_token(read.facts.restart_token);
  facts->mutable_template_()->set_revision(read.facts.revision);
  facts->mutable_template_()->set_release(read.facts.release);
  facts->set_start_permits(HasStartPermit(pod_template));
  facts->mutable_template_()->set_storage_compatibility_mode(StorageModeOfTemplate(pod_template));
  FillClaimTemplate(*observer, item, pod_template, facts);
  if (const model::Value* spec = item.At({"spec"})) {
    facts->set_workload_revision(WorkloadRevisionJson(FromValue(*spec, /*yaml=*/false)));
  }
  for (const v1::TemplateSection& section : read.facts.sections) *facts->mutable_template_()->add_sections() = section;
  if (read.selector.is_object()) *facts->mutable_template_()->add_sections() = SelectorSection(read.selector);
  CheckSelector(*observer, item, rack, read.selector);
  if (std::vector<std::string> hosts = SeedsOf(pod_template); !hosts.empty()) observer->seeds[rack] = std::move(hosts);
  observer->templates[rack] = std::move(read);
}

void AddRacks(Observer* observer) {
  std::map<RackId, std::vector<Item>> sorted;
  for (const Item& item : observer->listing.stateful_sets) {
    const std::optional<RackId> rack = RackOf(*observer, item, "");
    if (!rack.has_value()) continue;
    if (item.name() == WorkloadName(observer->listing.cluster, rack->first, rack->second)) {
      sorted[*rack].push_back(item);
    } else {
      observer->out->notes.push_back(item.ProblemAt(absl::StrCat(
          "StatefulSet ", item.name(), " has the labels of ",
          WorkloadName(observer->listing.cluster, rack->first, rack->second), " but not its name; it is left out")));
    }
  }
  for (const auto& [rack, items] : sorted) {
    for (const Item& item : items) AddRack(observer, item, rack);
  }
}

std::string RevisionOfPod(const Observer& observer, const Item& item, const RackId& rack, const Json& pod) {
  const auto it = observer.templates.find(rack);
  const RackTemplate none;
  const RackTemplate& current = it == observer.templates.end() ? none : it->second;
  const std::string hash = item.Label("controller-revision-hash");
  if (!hash.empty() && hash == current.update_revision && CassandraImage(pod) == current.image) {
    return current.facts.revision;
  }
  const Json* selector = current.selector.is_object() ? &current.selector : nullptr;
  const auto revision = observer.listing.controller_revisions.find(hash);
  if (revision != observer.listing.controller_revisions.end()) {
    if (const model::Value* value = revision->second.At({"data", "spec", "template"})) {
      const Json pod_template = FromValue(*value, /*yaml=*/false);
      if (CassandraImage(pod) == CassandraImage(pod_template)) return ReadTemplateJson(pod_template, selector).revision;
    }
  }
  return ReadTemplateJson(pod, selector).revision;
}

std::optional<bool> Condition(const Item& item, absl::string_view type) {
  for (const Item& condition : item.List({"status", "conditions"})) {
    if (condition.Text({"type"}) != type) continue;
    const std::string status = condition.Text({"status"});
    if (status == "True") return true;
    if (status == "False") return false;
  }
  return std::nullopt;
}

std::string WaitingReason(const Item& item) {
  std::string reason;
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Item& container : item.List({"status", list})) {
      const std::string own = container.Text({"state", "waiting", "reason"});
      // A container that waits for others says nothing of its own.
      if (own.empty() || own == "PodInitializing" || own == "ContainerCreating") continue;
      if (reason.empty() || container.Text({"name"}) == kCassandraContainer) reason = own;
    }
  }
  return reason.empty() ? item.Text({"status", "reason"}) : reason;
}

// The init step runs only as long as it waits. Who was told already is about to go on.
// "bootstrap until 1795351600"
bool IsPermitted(const Item& item, int64_t now) {
  const std::string permit = item.Text({"metadata", "annotations", kStartPermitMark});
  const size_t until = permit.rfind(" until ");
  int64_t end = 0;
  if (until == std::string::npos || !absl::SimpleAtoi(permit.substr(until + 7), &end)) return false;
  return now == 0 || now <= end;
}

bool AwaitsPermit(const Item& item, int64_t now) {
  if (IsPermitted(item, now)) return false;
  if (item.At({"metadata", "deletionTimestamp"}) != nullptr) return false;
  for (const Item& container : item.List({"status", "initContainerStatuses"})) {
    if (container.Text({"name"}) == kStartPermitContainer) return container.At({"state", "running"}) != nullptr;
  }
  return false;
}

int32_t RestartCount(const Item& item) {
  for (const Item& container : item.List({"status", "containerStatuses"})) {
    if (container.Text({"name"}) != kCassandraContainer) continue;
    const int64_t count = container.Integer({"restartCount"}).value_or(0);
    return static_cast<int32_t>(std::clamp<int64_t>(count, 0, 1000000000));
  }
  return 0;
}

void FillMachine(const Observer& observer, const Item& item, v1::SlotFacts* facts) {
  facts->set_machine(item.Text({"spec", "nodeName"}));
  const auto node = observer.listing.nodes.find(facts->machine());
  if (node == observer.listing.nodes.end()) return;
  facts->set_machine_cordoned(node->second.Bool({"spec", "unschedulable"}).value_or(false));
  facts->set_zone(node->second.Label("topology.kubernetes.io/zone"));
}

void FillState(const Item& item, int64_t now, v1::SlotFacts* facts) {
  const std::optional<bool> ready = Condition(item, "Ready");
  // A Pod with a status and without the condition was not started yet.
  if (ready.has_value() || item.At({"status", "phase"}) != nullptr) facts->set_ready(ready.value_or(false));
  if (const std::optional<bool> scheduled = Condition(item, "PodScheduled")) facts->set_schedulable(*scheduled);
  facts->set_address(item.Text({"status", "podIP"}));
  facts->set_being_deleted(item.At({"metadata", "deletionTimestamp"}) != nullptr);
  facts->set_restart_count(RestartCount(item));
  facts->set_waiting_reason(WaitingReason(item));
  facts->set_awaits_permit(AwaitsPermit(item, now));
}

void AddSlot(Observer* observer, const Item& item, const SlotId& slot) {
  v1::Report* report = AddReport(observer);
  *report->mutable_subject() = SlotTarget(slot);
  report->mutable_subject()->set_uid(item.uid());
  v1::SlotFacts* facts = report->mutable_slot();
  facts->set_present(true);
  facts->set_name(item.name());
  facts->set_owner_id(item.Controller());
  const Json pod = FromValue(item.value(), /*yaml=*/false);
  facts->set_template_revision(RevisionOfPod(*observer, item, {slot.datacenter, slot.rack}, pod));
  facts->set_restart_token(RestartTokenOf(pod));
  facts->set_release(ReleaseOfTemplate(pod));
  FillState(item, observer->options.observed_at_seconds, facts);
  FillMachine(*observer, item, facts);
}

void AddAddresses(const std::map<SlotId, std::vector<Item>>& pods, Observer* observer) {
  std::set<std::string> twice;
  for (const auto& [slot, items] : pods) {
    for (const Item& item : items) {
      const std::string address = item.Text({"status", "podIP"});
      if (address.empty() || item.At({"metadata", "deletionTimestamp"}) != nullptr) continue;
      if (observer->out->slots.emplace(address, slot).second) continue;
      twice.insert(address);
      observer->out->problems.push_back(item.ProblemAt(absl::StrCat("two Pods have the address ", address)));
    }
  }
  for (const std::string& address : twice) observer->out->slots.erase(address);
}

// The slots that Pods of the cluster have or had, by the Pod's name.
std::map<std::string, SlotId> SlotNames(const Observer& observer, const std::map<SlotId, std::vector<Item>>& pods) {
  std::map<std::string, SlotId> names;
  for (const auto& [slot, items] : pods) {
    for (const Item& item : items) names.emplace(item.name(), slot);
  }
  // Only a removal names Pods that are not there.
  const bool removal = std::any_of(observer.listing.pods.begin(), observer.listing.pods.end(),
                                   [](const Item& pod) { return pod.Label("operation-name") == "remove"; });
  if (!removal) return names;
  for (const Item& set : observer.listing.stateful_sets) {
    const std::optional<RackId> rack = RackOf(observer, set, "");
    const int64_t nodes = std::clamp<int64_t>(set.Integer({"spec", "replicas"}).value_or(0), 0, 10000);
    for (int64_t ordinal = 0; rack.has_value() && ordinal < nodes; ++ordinal) {
      const SlotId slot = {rack->first, rack->second, static_cast<int32_t>(ordinal)};
      names.emplace(absl::StrCat(set.name(), "-", ordinal), slot);
    }
  }
  return names;
}

void AddSlots(Observer* observer) {
  const std::map<SlotId, std::vector<Item>> pods = BySlot(*observer, observer->listing.pods, "");
  for (const auto& [slot, items] : pods) {
    for (const Item& item : items) AddSlot(observer, item, slot);
  }
  AddAddresses(pods, observer);
  ReadPodOperations(pods, SlotNames(*observer, pods), &observer->out->operations, &observer->out->label_problems);
  // Any Pod may mount a claim, not only those of the cluster.
  for (const Item& item : observer->listing.pods) {
    for (const Item& volume : item.List({"spec", "volumes"})) {
      const std::string claim = volume.Text({"persistentVolumeClaim", "claimName"});
      if (!claim.empty()) observer->mounted_claims.insert(claim);
    }
  }
}

std::string Mark(const Item& item, absl::string_view key) {
  const std::string annotation = item.Text({"metadata", "annotations", key});
  return annotation.empty() ? item.Label(key) : annotation;
}

void FillContents(const Item& item, v1::VolumeFacts* facts) {
  facts->set_host_id(Mark(item, kHostIdMark));
  if (!facts->host_id().empty()) {
    facts->set_contents(v1::VOLUME_CONTENTS_MEMBER);
  } else if (Mark(item, kContentsMark) == "empty") {
    facts->set_contents(v1::VOLUME_CONTENTS_EMPTY);
  }
}

// What the tightest of the namespace's quotas leaves for claims of the class; unset: none limits them.
std::optional<int64_t> QuotaLeft(const Observer& observer, const std::string& storage_class) {
  const std::string of_class = absl::StrCat(storage_class, ".storageclass.storage.k8s.io/requests.storage");
  std::optional<int64_t> left;
  for (const Item& quota : observer.listing.quotas) {
    for (const std::string& key : {std::string("requests.storage"), of_class}) {
      const std::optional<int64_t> hard = quota.Quantity({"status", "hard", key});
      if (!hard.has_value()) continue;
      const int64_t rest = std::max<int64_t>(0, *hard - quota.Quantity({"status", "used", key}).value_or(0));
      left = left.has_value() ? std::min(*left, rest) : rest;
    }
  }
  return left;
}

void FillVolume(const Observer& observer, const Item& item, v1::VolumeFacts* facts) {
  if (const auto bytes = item.Quantity({"status", "capacity", "storage"})) facts->set_capacity_bytes(*bytes);
  if (const auto bytes = item.Quantity({"spec", "resources", "requests", "storage"}))
    facts->set_requested_bytes(*bytes);
  facts->set_storage_class(item.Text({"spec", "storageClassName"}));
  const auto storage_class = observer.listing.storage_classes.find(facts->storage_class());
  if (storage_class != observer.listing.storage_classes.end()) {
    facts->set_expandable(storage_class->second.Bool({"allowVolumeExpansion"}).value_or(false));
  }
  if (const auto left = QuotaLeft(observer, facts->storage_class())) facts->set_quota_left_bytes(*left);
  if (observer.mounted_claims.contains(item.name())) {
    facts->set_mounted(true);
  } else if (observer.listing.complete.slots_complete()) {
    facts->set_mounted(false);
  }
  facts->set_being_deleted(item.At({"metadata", "deletionTimestamp"}) != nullptr);
  facts->set_created_at_seconds(ReadTime(item.Text({"metadata", "creationTimestamp"})));
  const std::string owner = Mark(item, kClusterUidMark);
  facts->set_owner_id(owner.empty() ? item.Controller() : owner);
}

void AddVolumes(Observer* observer) {
  const std::string prefix = absl::StrCat(kDataVolume, "-");
  for (const auto& [slot, items] : BySlot(*observer, observer->listing.claims, prefix)) {
    for (const Item& item : items) {
      v1::Report* report = AddReport(observer);
      *report->mutable_subject() = SlotTarget(slot);
      report->mutable_subject()->set_uid(item.uid());
      report->mutable_subject()->set_name(item.name());
      v1::VolumeFacts* facts = report->mutable_volume();
      facts->set_present(true);
      FillVolume(*observer, item, facts);
      FillContents(item, facts);
    }
  }
}

void AddSeeds(Observer* observer) {
  std::set<std::vector<std::string>> lists;
  for (const auto& [rack, hosts] : observer->seeds) lists.insert(hosts);
  // While a new list is rolled out, racks differ; then each rack says its own.
  const bool agree = lists.size() == 1;
  for (const auto& [rack, hosts] : observer->seeds) {
    v1::Report* report = AddReport(observer);
    if (!agree) {
      report->mutable_subject()->set_datacenter(rack.first);
      report->mutable_subject()->set_rack(rack.second);
    }
    v1::SeedFacts* facts = report->mutable_seeds();
    for (const std::string& host : hosts) *facts->add_seeds() = SeedTarget(observer->listing.cluster, host);
    if (agree) return;
  }
}

ClusterIdentity ReadIdentity(const Item& item) {
  ClusterIdentity identity;
  identity.name = item.name();
  identity.name_space = item.Text({"metadata", "namespace"});
  identity.uid = item.uid();
  identity.generation = item.Integer({"metadata", "generation"}).value_or(0);
  if (item.At({"status", "seedlist"}) == nullptr) return identity;
  identity.seeds.emplace();
  for (const Item& seed : item.List({"status", "seedlist"})) {
    if (const std::string host = seed.Text({}); !host.empty()) identity.seeds->push_back(host);
  }
  return identity;
}

// A part of the wrong type is met by everyone who looks into it.
void DropRepeated(std::vector<Problem>* problems) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<Problem> kept;
  for (Problem& problem : *problems) {
    if (seen.emplace(problem.location.path(), problem.message).second) kept.push_back(std::move(problem));
  }
  *problems = std::move(kept);
}

}  // namespace

Observation ObserveObjects(const model::Value& list, const ObserveOptions& options) {
  Observation out;
  const std::optional<Listing> listing = ReadListing(list, options, &out.problems);
  if (!listing.has_value()) {
    DropRepeated(&out.problems);
    return out;
  }
  Observer observer{options, *listing, &out, {}, {}, {}};
  if (listing->cassandra_cluster.has_value()) out.cluster = ReadIdentity(*listing->cassandra_cluster);
  AddInventory(&observer);
  AddObjects(&observer);
  AddRacks(&observer);
  AddSlots(&observer);
  AddVolumes(&observer);
  AddSeeds(&observer);
  DropRepeated(&out.problems);
  return out;
}

}  // namespace cassplan::kubernetes
