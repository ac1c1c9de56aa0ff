#include "lib/kubernetes/topology.h"

#include <limits>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/parts.h"

namespace cassplan::kubernetes {
namespace {

constexpr char kDefaultDatacenter[] = "dc1";
constexpr char kDefaultRack[] = "rack1";
// A StatefulSet's name plus a dash and a hash of ten must fit a label's 63 characters.
constexpr size_t kMaxWorkloadName = 52;

// Names are joined with dashes, so they hold none themselves; the joined name starts with a letter.
bool IsTopologyName(const std::string& name, bool first_is_letter) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (!absl::ascii_islower(static_cast<unsigned char>(c)) && !absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return !first_is_letter || absl::ascii_islower(static_cast<unsigned char>(name.front()));
}

std::string ReadTopologyName(Fields* fields, const char* fallback, bool first_is_letter, std::set<std::string>* names) {
  std::string name = fields->Text("name", fallback);
  if (!IsTopologyName(name, first_is_letter)) {
    fields->AddProblem("name", absl::StrCat("\"", name, "\" must be lower-case letters and digits without dashes",
                                            first_is_letter ? ", a letter first" : ""));
  } else if (!names->insert(name).second) {
    fields->AddProblem("name", absl::StrCat("\"", name, "\" is used twice; names must be unique"));
  }
  return name;
}

ParsedRack ReadRack(ReadContext* context, Fields* fields, std::set<std::string>* names) {
  ParsedRack rack;
  rack.name = ReadTopologyName(fields, kDefaultRack, /*first_is_letter=*/false, names);
  rack.labels = fields->StringMap("labels");
  rack.config = ReadConfig(context, fields, "config");
  rack.rolling_restart = fields->Bool("rollingRestart").value_or(false);
  if (rack.rolling_restart) {
    fields->AddNote(
        "rollingRestart",
        "asks for one restart for each generation of the object: take it out when the rack has restarted, else "
        "the next change of the spec restarts it again");
  }
  rack.rolling_partition = fields->Int32("rollingPartition", 0, 0, std::numeric_limits<int32_t>::max());
  fields->Refuse("nodesPerRacks", "racks of a datacenter have equally many nodes: write it in the datacenter");
  fields->Finish();
  return rack;
}

void ReadRacks(ReadContext* context, Fields* fields, ParsedDatacenter* datacenter) {
  std::set<std::string> names;
  if (const model::Value* list = fields->List("rack")) {
    for (size_t i = 0; i < list->items.size(); ++i) {
      Fields rack(context, &list->items[i], absl::StrCat(fields->PathOf("rack"), "[", i, "]"), /*record=*/true);
      datacenter->racks.push_back(ReadRack(context, &rack, &names));
    }
  }
  if (!datacenter->racks.empty()) return;
  ParsedRack rack;
  rack.name = kDefaultRack;
  datacenter->racks.push_back(std::move(rack));
}

void ReadVolume(Fields* fields, const SpecDefaults& defaults, ParsedDatacenter* datacenter) {
  const std::string capacity = ReadCapacity(fields, "dataCapacity");
  const std::string storage_class = fields->Text("dataStorageClass");
  if (!capacity.empty()) {
    // As CassKop: a datacenter with its own capacity does not inherit the storage class.
    datacenter->data_capacity = capacity;
    datacenter->storage_class = storage_class;
    if (storage_class.empty() && !defaults.storage_class.empty()) {
      fields->AddNote(
          "dataCapacity",
          absl::StrCat("with its own dataCapacity the datacenter does not inherit spec.dataStorageClass; it gets "
                       "the default class, unless dataStorageClass: ",
                       defaults.storage_class, " is written here too"));
    }
    if (defaults.data_capacity.empty()) {
      fields->AddNote(
          "dataCapacity",
          "CassKop does not mount a volume that only the datacenter asks for; cassplan does. Nodes that CassKop "
          "started keep their data elsewhere and lose it when they restart");
    }
    return;
  }
  datacenter->data_capacity = defaults.data_capacity;
  datacenter->storage_class = defaults.storage_class;
  if (!storage_class.empty() && storage_class != defaults.storage_class) {
    fields->AddNote("dataStorageClass", "has no effect without dataCapacity in the same datacenter");
  }
}

void CheckWorkloadNames(Fields* fields, const std::string& cluster, const ParsedDatacenter& datacenter) {
  for (const ParsedRack& rack : datacenter.racks) {
    const std::string name = WorkloadName(cluster, datacenter.name, rack.name);
    if (name.size() <= kMaxWorkloadName) continue;
    fields->AddProblem("name", absl::StrCat("the StatefulSet would be called \"", name, "\"; Kubernetes needs at most ",
                                            kMaxWorkloadName, " characters, it has ", name.size()));
    return;
  }
}

ParsedDatacenter ReadDatacenter(ReadContext* context, Fields* fields, const SpecDefaults& defaults,
                                const ParsedCluster& cluster, std::set<std::string>* names) {
  ParsedDatacenter datacenter;
  datacenter.name = ReadTopologyName(fields, kDefaultDatacenter, /*first_is_letter=*/true, names);
  datacenter.labels = fields->StringMap("labels");
  datacenter.config = ReadConfig(context, fields, "config");
  datacenter.nodes_per_rack = fields->Int32("nodesPerRacks", cluster.nodes_per_racks, 0, kMaxNodesPerRack);
  ReadVolume(fields, defaults, &datacenter);
  const JsonText own = ReadResources(context, fields, "resources");
  datacenter.own_resources = !own.empty() && own != "{}";
  datacenter.resources = datacenter.own_resources ? own : cluster.resources;
  ReadRacks(context, fields, &datacenter);
  CheckWorkloadNames(fields, cluster.name, datacenter);
  fields->Refuse("numTokens", "write config: {cassandra-yaml: {num_tokens: ...}}");
  fields->Finish();
  return datacenter;
}

}  // namespace

void ReadTopology(ReadContext* context, Fields* spec, const SpecDefaults& defaults, ParsedCluster* cluster) {
  Fields topology(context, spec->Map("topology"), spec->PathOf("topology"), /*record=*/true);
  std::set<std::string> names;
  if (const model::Value* list = topology.List("dc")) {
    for (size_t i = 0; i < list->items.size(); ++i) {
      const std::string path = absl::StrCat(topology.PathOf("dc"), "[", i, "]");
      context->locations.push_back(context->Locate(list->items[i], path));
      Fields fields(context, &list->items[i], path, /*record=*/true);
      cluster->datacenters.push_back(ReadDatacenter(context, &fields, defaults, *cluster, &names));
    }
  }
  topology.Finish();
  if (!cluster->datacenters.empty()) return;
  Fields nothing(context, nullptr, absl::StrCat(topology.PathOf("dc"), "[0]"));
  cluster->datacenters.push_back(ReadDatacenter(context, &nothing, defaults, *cluster, &names));
}

}  // namespace cassplan::kubernetes
