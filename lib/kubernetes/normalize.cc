#include "lib/kubernetes/normalize.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/names.h"
#include "lib/kubernetes/quantity.h"

namespace cassplan::kubernetes {
namespace {

constexpr char kTokenMountPath[] = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr char kTokenVolumePrefix[] = "kube-api-access-";

void SortList(Json& list) {
  if (!list.is_array()) return;
  std::sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return WriteJson(a) < WriteJson(b); });
}

// Applies `change` to the member, then lets go of it when nothing is left.
template <typename Change>
void WithMember(Json& json, absl::string_view key, Change change) {
  Json* member = Find(json, key);
  if (member == nullptr) return;
  change(*member);
  DropEmpty(json, key);
}

template <typename Change>
void WithEach(Json& json, absl::string_view key, Change change) {
  WithMember(json, key, [&change](Json& list) {
    if (!list.is_array()) return;
    for (Json& item : list) change(item);
  });
}

template <typename Predicate>
void EraseIf(Json& list, Predicate predicate) {
  if (!list.is_array()) return;
  Json kept = Json::array();
  for (Json& item : list) {
    if (!predicate(item)) kept.push_back(std::move(item));
  }
  list = std::move(kept);
}

// Equal values become equal text, however they were written.
void NormalizeQuantity(Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : WriteJson(value);
  absl::StatusOr<Quantity> quantity = ParseQuantity(text);
  if (!quantity.ok()) return;
  const absl::int128 whole = quantity->nano / 1000000000;
  const bool binary = quantity->nano % 1000000000 == 0 && whole % 1024 == 0;
  quantity->notation = binary ? Quantity::Notation::kBinary : Quantity::Notation::kDecimal;
  value = FormatQuantity(*quantity);
}

void NormalizeResources(Json& resources) {
  for (const char* part : {"limits", "requests"}) {
    Json* quantities = Find(resources, part);
    if (quantities == nullptr || !quantities->is_object()) continue;
    for (auto& [name, value] : quantities->items()) NormalizeQuantity(value);
  }
  // For Pods, but not for templates, the API server fills requests from limits.
  const Json* limits = Find(resources, "limits");
  if (limits != nullptr && limits->is_object()) {
    const Json* given = Find(resources, "requests");
    Json requests = given == nullptr ? Json::object() : *given;
    if (requests.is_null()) requests = Json::object();
    if (requests.is_object()) {
      for (const auto& [name, value] : limits->items()) requests.emplace(name, value);
      resources["requests"] = std::move(requests);
    }
  }
  DropEmpty(resources, "limits");
  DropEmpty(resources, "requests");
  DropEmpty(resources, "claims");
}

void NormalizeProbe(Json& probe) {
  DropMember(probe, "initialDelaySeconds", 0);
  DropMember(probe, "timeoutSeconds", 1);
  DropMember(probe, "periodSeconds", 10);
  DropMember(probe, "successThreshold", 1);
  DropMember(probe, "failureThreshold", 3);
  // Zero means "the default" for these.
  for (const char* key : {"timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    DropMember(probe, key, 0);
  }
  WithMember(probe, "httpGet", [](Json& get) {
    DropMember(get, "scheme", "HTTP");
    DropMember(get, "path", "/");
    DropEmpty(get, "path");
  });
  WithMember(probe, "grpc", [](Json& grpc) { DropEmpty(grpc, "service"); });
}

// Which nodes are seeds is no reason to restart a node, so seeds are not part of it.
void DropSeeds(Json& variable) {
  const std::string name = TextOf(variable, "name");
  if (name == "CASSANDRA_SEEDS") {
    variable.erase("value");
    return;
  }
  if (name != "CONFIG_FILE_DATA") return;
  Json config = ReadJson(TextOf(variable, "value"));
  if (!config.is_object()) return;
  if (Json* info = Find(config, "cluster-info"); info != nullptr && info->is_object()) info->erase("seeds");
  variable["value"] = WriteJson(config);
}

void NormalizeVariable(Json& variable) {
  if (!variable.is_object()) return;
  DropEmpty(variable, "value");
  WithMember(variable, "valueFrom", [](Json& source) {
    WithMember(source, "fieldRef", [](Json& field) { DropMember(field, "apiVersion", "v1"); });
    WithMember(source, "resourceFieldRef", [](Json& field) {
      DropMember(field, "divisor", "0");
      if (Json* divisor = Find(field, "divisor")) NormalizeQuantity(*divisor);
    });
    for (const char* key : {"secretKeyRef", "configMapKeyRef"}) {
      WithMember(source, key, [](Json& ref) { DropMember(ref, "optional", false); });
    }
  });
  DropSeeds(variable);
}

void NormalizeMounts(Json& mounts) {
  EraseIf(mounts, [](const Json& mount) {
    return TextOf(mount, "mountPath") == kTokenMountPath && absl::StartsWith(TextOf(mount, "name"), kTokenVolumePrefix);
  });
  if (!mounts.is_array()) return;
  for (Json& mount : mounts) {
    DropMember(mount, "readOnly", false);
    DropMember(mount, "mountPropagation", "None");
    DropEmpty(mount, "subPath");
    DropEmpty(mount, "subPathExpr");
  }
  SortList(mounts);
}

void NormalizeContainerSecurity(Json& security) {
  DropMember(security, "procMount", "Default");
  DropMember(security, "privileged", false);
  DropMember(security, "readOnlyRootFilesystem", false);
  WithMember(security, "capabilities", [](Json& capabilities) {
    DropEmpty(capabilities, "add");
    DropEmpty(capabilities, "drop");
  });
}

std::string DefaultPullPolicy(const std::string& image) {
  const std::string name = image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/') + 1);
  if (absl::StrContains(name, '@')) return "IfNotPresent";
  const size_t colon = name.rfind(':');
  return colon == std::string::npos || name.substr(colon) == ":latest" ? "Always" : "IfNotPresent";
}

void NormalizeContainer(Json& container) {
  if (!container.is_object()) return;
  if (TextOf(container, "imagePullPolicy").empty()) {
    container["imagePullPolicy"] = DefaultPullPolicy(TextOf(container, "image"));
  }
  DropMember(container, "terminationMessagePath", "/dev/termination-log");
  DropMember(container, "terminationMessagePolicy", "File");
  for (const char* key : {"stdin", "stdinOnce", "tty"}) DropMember(container, key, false);
  for (const char* key : {"command", "args", "workingDir", "envFrom", "resizePolicy"}) DropEmpty(container, key);
  WithEach(container, "ports", [](Json& port) {
    DropMember(port, "protocol", "TCP");
    DropMember(port, "hostPort", 0);
  });
  WithMember(container, "resizePolicy", [](Json& policies) {
    EraseIf(policies, [](const Json& policy) { return TextOf(policy, "restartPolicy") == "NotRequired"; });
  });
  WithMember(container, "resources", NormalizeResources);
  WithMember(container, "securityContext", NormalizeContainerSecurity);
  for (const char* key : {"livenessProbe", "readinessProbe", "startupProbe"})
    WithMember(container, key, NormalizeProbe);
  WithEach(container, "env", NormalizeVariable);
  WithMember(container, "volumeMounts", NormalizeMounts);
}

void NormalizeVolume(Json& volume) {
  for (const char* key : {"configMap", "secret", "projected", "downwardAPI"}) {
    Json* source = Find(volume, key);
    if (source == nullptr) continue;
    DropMember(*source, "defaultMode", 420);
    DropMember(*source, "optional", false);
  }
}

// Volumes that the StatefulSet controller and the API server add to a Pod.
bool IsInjectedVolume(const Json& volume, const std::string& pod) {
  const std::string name = TextOf(volume, "name");
  if (absl::StartsWith(name, kTokenVolumePrefix) && Find(volume, "projected") != nullptr) return true;
  const Json* claim = Find(volume, "persistentVolumeClaim");
  return claim != nullptr && !pod.empty() && TextOf(*claim, "claimName") == absl::StrCat(name, "-", pod);
}

void NormalizeTolerations(Json& tolerations) {
  EraseIf(tolerations, [](const Json& toleration) {
    const std::string key = TextOf(toleration, "key");
    const bool exists = TextOf(toleration, "operator") == "Exists";
    const Json* seconds = Find(toleration, "tolerationSeconds");
    if (key == "node.kubernetes.io/memory-pressure") return exists && TextOf(toleration, "effect") == "NoSchedule";
    return (key == "node.kubernetes.io/not-ready" || key == "node.kubernetes.io/unreachable") && exists &&
           TextOf(toleration, "effect") == "NoExecute" && seconds != nullptr && *seconds == 300;
  });
  if (!tolerations.is_array()) return;
  for (Json& toleration : tolerations) {
    DropMember(toleration, "operator", "Equal");
    for (const char* key : {"operator", "value", "effect", "key"}) DropEmpty(toleration, key);
  }
  SortList(tolerations);
}

void NormalizeSpec(Json& spec, const std::string& pod) {
  WithMember(spec, "initContainers", [](Json& containers) {
    EraseIf(containers, [](const Json& container) {
      const std::string name = TextOf(container, "name");
      return name != kBootstrapContainer && name != kConfigContainer && name != kBaseConfigContainer &&
             name != kStartPermitContainer;
    });
  });
  WithEach(spec, "initContainers", NormalizeContainer);
  WithEach(spec, "containers", NormalizeContainer);
  WithMember(spec, "volumes", [&pod](Json& volumes) {
    EraseIf(volumes, [&pod](const Json& volume) { return IsInjectedVolume(volume, pod); });
  });
  WithEach(spec, "volumes", NormalizeVolume);
  WithMember(spec, "volumes", SortList);
  WithMember(spec, "tolerations", NormalizeTolerations);
  WithMember(spec, "affinity", [](Json& affinity) {
    for (const char* key : {"nodeAffinity", "podAffinity", "podAntiAffinity"}) DropEmpty(affinity, key);
  });
  WithMember(spec, "imagePullSecrets", [](Json& secrets) {
    EraseIf(secrets, [](const Json& secret) { return TextOf(secret, "name").empty(); });
  });
  DropEmpty(spec, "securityContext");
  DropMember(spec, "shareProcessNamespace", false);
}

bool IsForeignLabel(const std::string& key) {
  static constexpr std::array<const char*, 4> kExact = {"controller-revision-hash", "pod-template-hash",
                                                        "pod-template-generation", kRestartLabel};
  static constexpr std::array<const char*, 4> kPrefixes = {"statefulset.kubernetes.io/", "apps.kubernetes.io/",
                                                           "topology.kubernetes.io/", "operation-"};
  return std::find(kExact.begin(), kExact.end(), key) != kExact.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&key](const char* prefix) { return absl::StartsWith(key, prefix); });
}

bool IsForeignAnnotation(const std::string& key) {
  static constexpr std::array<const char*, 13> kExact = {"banzaicloud.com/last-applied",
                                                         "cni.projectcalico.org/containerID",
                                                         "cni.projectcalico.org/podIP",
                                                         "cni.projectcalico.org/podIPs",
                                                         "istio.io/rev",
                                                         "k8s.ovn.org/pod-networks",
                                                         "k8s.v1.cni.cncf.io/network-status",
                                                         "kubectl.kubernetes.io/last-applied-configuration",
                                                         "kubectl.kubernetes.io/restartedAt",
                                                         "kubernetes.io/limit-ranger",
                                                         "kubernetes.io/psp",
                                                         "openshift.io/scc",
                                                         "sidecar.istio.io/status"};
  return std::find(kExact.begin(), kExact.end(), key) != kExact.end();
}

Json NormalizeMetadata(const Json& metadata, const Json* selector) {
  Json result = Json::object();
  if (const Json* labels = Find(metadata, "labels"); labels != nullptr && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) {
      const bool owned = selector != nullptr ? Find(*selector, key) != nullptr : !IsForeignLabel(key);
      if (owned) result["labels"][key] = value;
    }
  }
  if (const Json* annotations = Find(metadata, "annotations"); annotations != nullptr && annotations->is_object()) {
    for (const auto& [key, value] : annotations->items()) {
      if (!IsForeignAnnotation(key)) result["annotations"][key] = value;
    }
  }
  return result;
}

Json NormalizeService(const Json& spec) {
  Json result = Json::object();
  for (const char* key : {"clusterIP", "ports", "publishNotReadyAddresses", "selector", "type"}) {
    if (const Json* member = Find(spec, key)) result[key] = *member;
  }
  DropMember(result, "publishNotReadyAddresses", false);
  DropMember(result, "type", "ClusterIP");
  WithEach(result, "ports", [](Json& port) {
    DropMember(port, "protocol", "TCP");
    if (const Json* number = Find(port, "port")) DropMember(port, "targetPort", Json(*number));
  });
  return result;
}

Json NormalizeBudget(const Json& spec) {
  Json result = Json::object();
  for (const char* key : {"maxUnavailable", "minAvailable", "selector"}) {
    if (const Json* member = Find(spec, key)) result[key] = *member;
  }
  return result;
}

}  // namespace

Json NormalizeTemplate(const Json& pod_template, const Json* selector) {
  const Json* metadata = Find(pod_template, "metadata");
  const Json* spec = Find(pod_template, "spec");
  Json result = {{"metadata", NormalizeMetadata(metadata == nullptr ? Json() : *metadata, selector)}};
  Json owned = Json::object();
  if (spec != nullptr) {
    for (const char* key :
         {"affinity", "containers", "imagePullSecrets", "initContainers", "securityContext", "serviceAccountName",
          "shareProcessNamespace", "terminationGracePeriodSeconds", "tolerations", "volumes"}) {
      if (const Json* member = Find(*spec, key)) owned[key] = *member;
    }
  }
  NormalizeSpec(owned, metadata == nullptr ? "" : TextOf(*metadata, "name"));
  result["spec"] = std::move(owned);
  return result;
}

Json NormalizeObject(const Json& object) {
  const Json* spec = Find(object, "spec");
  if (spec == nullptr) return Json::object();
  return TextOf(object, "kind") == "PodDisruptionBudget" ? NormalizeBudget(*spec) : NormalizeService(*spec);
}

Json NormalizeClaim(const Json& spec, bool data) {
  Json result = spec;
  if (!result.is_object()) return result;
  DropMember(result, "volumeMode", "Filesystem");
  DropEmpty(result, "volumeName");
  if (Json* resources = Find(result, "resources"); resources != nullptr && resources->is_object()) {
    for (const char* part : {"limits", "requests"}) {
      Json* quantities = Find(*resources, part);
      if (quantities == nullptr || !quantities->is_object()) continue;
      for (auto& [name, value] : quantities->items()) NormalizeQuantity(value);
      DropEmpty(*resources, part);
    }
  }
  if (data) result.erase("resources");
  if (data) result.erase("storageClassName");
  return result;
}

}  // namespace cassplan::kubernetes
