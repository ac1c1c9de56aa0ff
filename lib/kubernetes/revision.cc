#include "lib/kubernetes/revision.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/fingerprint.h"
#include "lib/kubernetes/names.h"
#include "lib/kubernetes/normalize.h"
#include "lib/kubernetes/sections.h"

namespace cassplan::kubernetes {
namespace {

constexpr int kRevisionDigits = 16;
constexpr int kSectionDigits = 12;

using Sections = std::map<std::string, Json>;

void Put(Sections* sections, const std::string& name, const std::string& part, Json value) {
  if (value.is_null()) return;
  (*sections)[name][part] = std::move(value);
}

// Takes the variables of the given names out of a container's list.
Json TakeVariables(Json& container, std::initializer_list<absl::string_view> names) {
  Json* variables = Find(container, "env");
  if (variables == nullptr || !variables->is_array()) return nullptr;
  Json kept = Json::array();
  Json taken = Json::array();
  for (Json& variable : *variables) {
    const std::string name = TextOf(variable, "name");
    bool wanted = false;
    for (const absl::string_view candidate : names) wanted = wanted || name == candidate;
    (wanted ? taken : kept).push_back(std::move(variable));
  }
  *variables = std::move(kept);
  if (variables->empty()) container.erase("env");
  return taken.empty() ? Json(nullptr) : taken;
}

// Jolokia's credentials are given to every container, so they are taken out of all before these are looked at.
void TakeJolokia(Json& spec, Sections* sections) {
  for (const char* list : {"initContainers", "containers"}) {
    Json* containers = Find(spec, list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (Json& container : *containers) {
      Put(sections, "jolokia_secret", TextOf(container, "name"),
          TakeVariables(container, {"JOLOKIA_USER", "JOLOKIA_PASSWORD", "CASSANDRA_AUTH_JOLOKIA"}));
    }
  }
}

void TakeInitContainers(Json& spec, const std::string& image, Sections* sections) {
  Json* containers = Find(spec, "initContainers");
  if (containers == nullptr || !containers->is_array()) return;
  for (Json& container : *containers) {
    const std::string name = TextOf(container, "name");
    if (name != kStartPermitContainer) {
      Put(sections, "image_pull_policy", name, TakeMember(container, "imagePullPolicy"));
    }
    // The base configuration is copied out of Cassandra's own image, and permits are waited for in it.
    const bool of_cassandra = name == kBaseConfigContainer || name == kStartPermitContainer;
    if (of_cassandra && TextOf(container, "image") == image) container.erase("image");
    if (name == kConfigContainer) {
      Put(sections, "config", "file", TakeVariables(container, {"CONFIG_FILE_DATA"}));
      Put(sections, "server", "product", TakeVariables(container, {"PRODUCT_NAME", "PRODUCT_VERSION"}));
    }
    if (name != kBootstrapContainer) continue;
    if (Json* mounts = Find(container, "volumeMounts"); mounts != nullptr && mounts->is_array()) {
      for (size_t i = 0; i < mounts->size(); ++i) {
        if (TextOf((*mounts)[i], "name") != "cassandra-config") continue;
        Put(sections, "configmap", "mount", (*mounts)[i]);
        mounts->erase(i);
        break;
      }
    }
  }
  (*sections)["bootstrap"] = TakeMember(spec, "initContainers");
}

void TakeCassandra(Json container, Sections* sections) {
  (*sections)["image"] = TakeMember(container, "image");
  Put(sections, "image_pull_policy", kCassandraContainer, TakeMember(container, "imagePullPolicy"));
  (*sections)["resources"] = TakeMember(container, "resources");
  (*sections)["env"] = TakeMember(container, "env");
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    Put(sections, "probes", probe, TakeMember(container, probe));
  }
  Put(sections, "storage", "mounts", TakeMember(container, "volumeMounts"));
  Put(sections, "security", "container", TakeMember(container, "securityContext"));
  Put(sections, "other", "cassandra", std::move(container));
}

void TakeContainers(Json& spec, Sections* sections) {
  Json containers = TakeMember(spec, "containers");
  if (!containers.is_array()) return;
  Json sidecars = Json::array();
  Json order = Json::array();
  for (Json& container : containers) {
    const std::string name = TextOf(container, "name");
    order.push_back(name);
    if (name == kCassandraContainer) {
      TakeCassandra(std::move(container), sections);
    } else if (name == kBackupContainer) {
      (*sections)["backup_sidecar"] = std::move(container);
    } else {
      sidecars.push_back(std::move(container));
    }
  }
  if (!sidecars.empty()) (*sections)["sidecars"] = std::move(sidecars);
  // The usual order, sidecars before Cassandra and its backup sidecar, goes without saying.
  Json usual = Json::array();
  for (const Json& name : order) {
    if (name != kCassandraContainer && name != kBackupContainer) usual.push_back(name);
  }
  for (const char* name : {kCassandraContainer, kBackupContainer}) {
    if (std::find(order.begin(), order.end(), name) != order.end()) usual.push_back(name);
  }
  if (order != usual) Put(sections, "other", "order", std::move(order));
}

void TakeVolumes(Json& spec, Sections* sections) {
  Json volumes = TakeMember(spec, "volumes");
  if (!volumes.is_array()) return;
  Json others = Json::array();
  for (Json& volume : volumes) {
    if (TextOf(volume, "name") == "cassandra-config") {
      Put(sections, "configmap", "volume", std::move(volume));
    } else {
      others.push_back(std::move(volume));
    }
  }
  if (!others.empty()) Put(sections, "storage", "volumes", std::move(others));
}

// Every part of the template lands in one section: what no subject takes is in `other`.
Sections Split(Json pod_template) {
  Sections sections;
  Json spec = TakeMember(pod_template, "spec");
  if (Json metadata = TakeMember(pod_template, "metadata"); !metadata.empty()) {
    sections["pod_metadata"] = std::move(metadata);
  }
  const Json* containers = Find(std::as_const(spec), "containers");
  const Json* cassandra = containers == nullptr ? nullptr : FindNamed(*containers, kCassandraContainer);
  const std::string image = cassandra == nullptr ? "" : TextOf(*cassandra, "image");
  TakeJolokia(spec, &sections);
  TakeInitContainers(spec, image, &sections);
  TakeContainers(spec, &sections);
  TakeVolumes(spec, &sections);
  for (const char* key : {"affinity", "tolerations"}) Put(&sections, "scheduling", key, TakeMember(spec, key));
  for (const char* key : {"securityContext", "shareProcessNamespace"}) {
    Put(&sections, "security", key, TakeMember(spec, key));
  }
  sections["service_account"] = TakeMember(spec, "serviceAccountName");
  sections["image_pull_secret"] = TakeMember(spec, "imagePullSecrets");
  if (!spec.empty()) Put(&sections, "other", "spec", std::move(spec));
  for (auto it = sections.begin(); it != sections.end();)
    it = it->second.is_null() ? sections.erase(it) : std::next(it);
  return sections;
}

std::string DigestOf(const Json& json, int digits) { return base::FingerprintOf(WriteJson(json), digits); }

// "limits cpu 1 memory 2Gi; requests cpu 1 memory 2Gi", or empty when that does not say everything.
std::string ResourcesText(const Json& resources) {
  std::vector<std::string> parts;
  for (const auto& [part, quantities] : resources.items()) {
    if ((part != "limits" && part != "requests") || !quantities.is_object()) return "";
    std::string text = part;
    for (const auto& [name, value] : quantities.items()) {
      if (!value.is_string()) return "";
      absl::StrAppend(&text, " ", name, " ", value.get<std::string>());
    }
    parts.push_back(text);
  }
  return absl::StrJoin(parts, "; ");
}

// The images or names of a list of containers.
std::string Members(const Json& list, absl::string_view key) {
  std::vector<std::string> texts;
  for (const Json& item : list) {
    const std::string text = TextOf(item, key);
    if (!text.empty()) texts.push_back(text);
  }
  return absl::StrJoin(texts, ", ");
}

std::string PullPolicyText(const Json& policies) {
  for (const auto& [name, policy] : policies.items()) {
    if (!policy.is_string() || policy != *policies.begin() || policies.size() != 4) return "";
  }
  return policies.begin()->get<std::string>();
}

std::string ServerText(const Json& server) {
  std::vector<std::string> texts;
  const Json* product = Find(server, "product");
  if (product == nullptr) return "";
  for (const Json& variable : *product) {
    if (variable.size() != 2 || TextOf(variable, "value").empty()) return "";
    texts.push_back(TextOf(variable, "value"));
  }
  return texts.size() == 2 ? absl::StrJoin(texts, " ") : "";
}

// What people read. Different contents give different texts: where words do not say everything, a digest does.
std::string ValueOf(const std::string& name, const Json& section) {
  if (section.is_string()) return section.get<std::string>();
  const std::string digest = DigestOf(section, kSectionDigits);
  std::string text;
  if (name == "resources") text = ResourcesText(section);
  if (name == "image_pull_policy") text = PullPolicyText(section);
  if (name == "server") text = ServerText(section);
  if (!text.empty()) return text;
  if (name == "bootstrap") text = Members(section, "image");
  if (name == "sidecars") text = Members(section, "name");
  if (name == "backup_sidecar") text = TextOf(section, "image");
  if (name == "env" && section.is_array()) text = absl::StrCat(section.size(), " variables");
  if (name == "configmap") {
    if (const Json* map = Find(section, {"volume", "configMap"})) text = TextOf(*map, "name");
  }
  return text.empty() ? digest : absl::StrCat(text, " (", digest, ")");
}

const char* PathOf(const std::string& name) {
  static const auto* const kPaths =
      new std::map<std::string, const char*>{{"backup_sidecar", "spec.backRestSidecar"},
                                             {"bootstrap", "spec.bootstrapImage"},
                                             {"config", "spec.config"},
                                             {"configmap", "spec.configMapName"},
                                             {"env", "spec.envVars"},
                                             {"image", "spec.cassandraImage"},
                                             {"image_pull_policy", "spec.imagepullpolicy"},
                                             {"image_pull_secret", "spec.imagePullSecret"},
                                             {"jolokia_secret", "spec.imageJolokiaSecret"},
                                             {"pod_metadata", "spec.pod"},
                                             {"probes", "spec"},
                                             {"resources", "spec.resources"},
                                             {"scheduling", "spec.hardAntiAffinity"},
                                             {"security", "spec.runAsUser"},
                                             {"server", "spec.serverVersion"},
                                             {"service_account", "spec.serviceAccountName"},
                                             {"sidecars", "spec.sidecarConfigs"},
                                             {"storage", "spec.storageConfigs"}};
  const auto it = kPaths->find(name);
  return it == kPaths->end() ? "spec" : it->second;
}

}  // namespace

std::string VersionOfImage(const std::string& image) {
  const std::vector<std::string> parts = absl::StrSplit(image, ':');
  if (parts.size() < 2) return "";
  const std::string& tag = parts.back();
  const size_t dash = tag.find('-');
  return dash == std::string::npos ? tag : absl::StrCat(tag.substr(0, dash), ".0");
}

std::string ReleaseOfTemplate(const Json& pod_template) {
  const Json* containers = Find(pod_template, {"spec", "containers"});
  const Json* cassandra = containers == nullptr ? nullptr : FindNamed(*containers, kCassandraContainer);
  if (cassandra == nullptr) return "";
  const std::string image = TextOf(*cassandra, "image");
  const Json* starters = Find(pod_template, {"spec", "initContainers"});
  const Json* builder = starters == nullptr ? nullptr : FindNamed(*starters, kConfigContainer);
  const Json* variables = builder == nullptr ? nullptr : Find(*builder, "env");
  const Json* version = variables == nullptr ? nullptr : FindNamed(*variables, "PRODUCT_VERSION");
  if (version == nullptr) return ReleaseOfImage(image);
  const std::string written = TextOf(*version, "value");
  if (written == VersionOfImage(image)) return ReleaseOfImage(image);
  return ReleaseOfImage(absl::StrCat("server:", written));
}

std::string StorageModeOfTemplate(const Json& pod_template) {
  const Json* starters = Find(pod_template, {"spec", "initContainers"});
  const Json* builder = starters == nullptr ? nullptr : FindNamed(*starters, kConfigContainer);
  const Json* variables = builder == nullptr ? nullptr : Find(*builder, "env");
  const Json* config = variables == nullptr ? nullptr : FindNamed(*variables, "CONFIG_FILE_DATA");
  if (config == nullptr) return "";
  const Json file = ReadJson(TextOf(*config, "value"));
  const Json* yaml = Find(file, "cassandra-yaml");
  return yaml == nullptr ? "" : TextOf(*yaml, "storage_compatibility_mode");
}

std::string WorkloadRevisionJson(const Json& spec) {
  std::map<std::string, Json> claims;
  const Json* templates = Find(spec, "volumeClaimTemplates");
  for (const Json& claim : templates == nullptr || !templates->is_array() ? Json::array() : *templates) {
    const Json* metadata = Find(claim, "metadata");
    const std::string name = metadata == nullptr ? "" : TextOf(*metadata, "name");
    const Json* claim_spec = Find(claim, "spec");
    claims[name] = NormalizeClaim(claim_spec == nullptr ? Json::object() : *claim_spec, name == kDataVolume);
  }
  return DigestOf({{"serviceName", TextOf(spec, "serviceName")}, {"claims", claims}}, kRevisionDigits);
}

v1::TemplateSection SelectorSection(const Json& labels) {
  v1::TemplateSection section;
  section.set_name("selector");
  section.set_value(DigestOf(labels, kSectionDigits));
  section.set_path("metadata.labels");
  return section;
}

std::string RestartTokenOf(const Json& pod_template) {
  const Json* labels = Find(pod_template, {"metadata", "labels"});
  return labels == nullptr ? "" : TextOf(*labels, kRestartLabel);
}

TemplateFacts ReadTemplateJson(const Json& pod_template, const Json* selector) {
  TemplateFacts facts;
  if (!pod_template.is_object()) return facts;
  facts.release = ReleaseOfTemplate(pod_template);
  facts.restart_token = RestartTokenOf(pod_template);
  base::Fingerprint revision;
  for (const auto& [name, section] : Split(NormalizeTemplate(pod_template, selector))) {
    v1::TemplateSection out;
    out.set_name(name);
    out.set_value(ValueOf(name, section));
    out.set_path(PathOf(name));
    revision.Add(name).Add(WriteJson(section));
    facts.sections.push_back(std::move(out));
  }
  facts.revision = revision.Hex(kRevisionDigits);
  return facts;
}

std::string ObjectRevisionJson(const Json& object) {
  if (!object.is_object()) return "";
  return DigestOf(NormalizeObject(object), kRevisionDigits);
}

TemplateFacts ReadTemplate(absl::string_view json) { return ReadTemplateJson(ReadJson(json), nullptr); }

std::string TemplateRevision(absl::string_view json) { return ReadTemplate(json).revision; }

std::string ObjectRevision(absl::string_view json) { return ObjectRevisionJson(ReadJson(json)); }

}  // namespace cassplan::kubernetes
