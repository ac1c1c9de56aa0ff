#include "lib/kubernetes/config_data.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/kubernetes/json.h"
#include "lib/kubernetes/quantity.h"
#include "lib/kubernetes/sections.h"

namespace cassplan::kubernetes {
namespace {

// Maps are merged member by member; of anything else the source wins.
void MergeInto(Json& destination, const Json& source) {
  for (const auto& [key, value] : source.items()) {
    Json* existing = Find(destination, key);
    if (existing != nullptr && existing->is_object() && value.is_object()) {
      MergeInto(*existing, value);
    } else {
      destination[key] = value;
    }
  }
}

void MergeConfig(const JsonText& text, const std::string& server_version, Json* config) {
  Json source = ReadJson(text);
  if (!source.is_object()) return;
  if (absl::StartsWith(server_version, "4") && source.contains("jvm-options")) {
    source["jvm-server-options"] = TakeMember(source, "jvm-options");
  }
  MergeInto(*config, source);
}

struct Heap {
  std::string initial = "512M";
  std::string maximum = "2048M";
};

Heap HeapOf(const JsonText& resources) {
  const Json json = ReadJson(resources);
  const Json* memory = Find(json, {"limits", "memory"});
  if (memory == nullptr) return Heap();
  const absl::StatusOr<Quantity> quantity =
      ParseQuantity(memory->is_string() ? memory->get<std::string>() : WriteJson(*memory));
  if (!quantity.ok() || quantity->nano == 0) return Heap();
  const int64_t megabytes = WholeUnits(*quantity) / 4 / (1024 * 1024);
  return Heap{absl::StrCat(megabytes / 4, "M"), absl::StrCat(megabytes, "M")};
}

void FillMissing(const Json& defaults, Json* config) {
  for (const auto& [key, members] : defaults.items()) {
    Json& section = (*config)[key];
    if (section.is_null()) section = Json::object();
    if (!section.is_object()) continue;
    for (const auto& [member, value] : members.items()) {
      if (section.value(member, Json()).is_null()) section[member] = value;
    }
  }
}

// 2.0 is written as 2, as CassKop's JSON library does.
void WriteWholeNumbers(Json& json) {
  if (json.is_number_float()) {
    const double value = json.get<double>();
    if (std::abs(value) < 9007199254740992.0 && std::trunc(value) == value) json = static_cast<int64_t>(value);
  } else if (json.is_structured()) {
    for (auto& item : json) WriteWholeNumbers(item);
  }
}

// The same library writes three characters that HTML reserves as escapes; they stand in strings only.
std::string EscapeHtml(const std::string& text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&') {
      absl::StrAppend(&escaped, "\\u00", absl::Hex(c, absl::kZeroPad2));
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

}  // namespace

std::string ServerVersion(const ParsedCluster& cluster) {
  return cluster.server_version.empty() ? VersionOfImage(cluster.cassandra_image) : cluster.server_version;
}

std::string ConfigFileData(const ParsedCluster& cluster, const ParsedDatacenter& datacenter, const ParsedRack& rack) {
  const std::string version = ServerVersion(cluster);
  Json config = {{"cluster-info", {{"name", cluster.name}, {"seeds", absl::StrJoin(cluster.seeds, ",")}}},
                 {"datacenter-info", {{"name", datacenter.name}}}};
  MergeConfig(cluster.config, version, &config);
  MergeConfig(datacenter.config, version, &config);
  MergeConfig(rack.config, version, &config);
  const Heap heap = HeapOf(cluster.resources);
  const char* jvm = absl::StartsWith(cluster.server_version, "4") ? "jvm-server-options" : "jvm-options";
  FillMissing({{"cassandra-yaml",
                {{"read_request_timeout_in_ms", 5000},
                 {"write_request_timeout_in_ms", 5000},
                 {"counter_write_request_timeout_in_ms", 5000}}},
               {"logback-xml", {{"debuglog-enabled", false}}},
               {jvm,
                {{"initial_heap_size", heap.initial},
                 {"max_heap_size", heap.maximum},
                 {"cassandra_ring_delay_ms", 30000},
                 {"jmx-connection-type", "remote-no-auth"}}}},
              &config);
  WriteWholeNumbers(config);
  return EscapeHtml(WriteJson(config));
}

}  // namespace cassplan::kubernetes
