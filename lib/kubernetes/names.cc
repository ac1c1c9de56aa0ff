#include "lib/kubernetes/names.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cassplan::kubernetes {

v1::Target SlotTarget(const SlotId& slot) {
  v1::Target target;
  target.set_datacenter(slot.datacenter);
  target.set_rack(slot.rack);
  target.set_ordinal(slot.ordinal);
  return target;
}

Labels ClusterLabels(absl::string_view cluster, const Labels& own) {
  Labels labels = own;
  labels["app"] = "cassandracluster";
  labels[kClusterLabel] = std::string(cluster);
  return labels;
}

Labels RackLabels(absl::string_view cluster, const Labels& own, absl::string_view datacenter, absl::string_view rack) {
  Labels labels = ClusterLabels(cluster, own);
  labels[kDatacenterRackLabel] = absl::StrCat(datacenter, "-", rack);
  labels[kDatacenterLabel] = std::string(datacenter);
  labels[kRackLabel] = std::string(rack);
  return labels;
}

std::string WorkloadName(absl::string_view cluster, absl::string_view datacenter, absl::string_view rack) {
  return absl::StrCat(cluster, "-", datacenter, "-", rack);
}

std::string PodName(absl::string_view cluster, const SlotId& slot) {
  return absl::StrCat(WorkloadName(cluster, slot.datacenter, slot.rack), "-", slot.ordinal);
}

std::string ClaimName(absl::string_view cluster, const SlotId& slot) {
  return absl::StrCat(kDataVolume, "-", PodName(cluster, slot));
}

std::string SeedHost(absl::string_view cluster, absl::string_view name_space, const SlotId& slot) {
  return absl::StrCat(PodName(cluster, slot), ".", cluster, ".", name_space);
}

std::optional<SlotId> ParseSeedHost(absl::string_view cluster, absl::string_view host) {
  absl::string_view pod = host.substr(0, host.find('.'));
  const absl::string_view domain = absl::StripPrefix(host, pod);
  if (!domain.empty() && domain != absl::StrCat(".", cluster) &&
      !absl::StartsWith(domain, absl::StrCat(".", cluster, "."))) {
    return std::nullopt;
  }
  if (!absl::ConsumePrefix(&pod, absl::StrCat(cluster, "-"))) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(pod, '-');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  const std::string workload = WorkloadName(cluster, parts[0], parts[1]);
  const std::optional<int32_t> ordinal = OrdinalOf(absl::StrCat(workload, "-", parts[2]), workload);
  if (!ordinal.has_value()) return std::nullopt;
  return SlotId{parts[0], parts[1], *ordinal};
}

v1::Target SeedTarget(absl::string_view cluster, absl::string_view host) {
  if (const std::optional<SlotId> slot = ParseSeedHost(cluster, host)) return SlotTarget(*slot);
  v1::Target target;
  target.set_name(std::string(host));
  return target;
}

std::optional<int32_t> OrdinalOf(absl::string_view name, absl::string_view workload) {
  if (!absl::ConsumePrefix(&name, absl::StrCat(workload, "-"))) return std::nullopt;
  if (name.empty() || name.size() > 9 || (name.size() > 1 && name.front() == '0')) return std::nullopt;
  int32_t ordinal = 0;
  for (const char c : name) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    ordinal = ordinal * 10 + (c - '0');
  }
  return ordinal;
}

std::string ReleaseOfImage(absl::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t slash = image.rfind('/');
  absl::string_view name = slash == absl::string_view::npos ? image : image.substr(slash + 1);
  const size_t colon = name.rfind(':');
  if (colon == absl::string_view::npos) return "";
  absl::string_view tag = name.substr(colon + 1);
  absl::ConsumePrefix(&tag, "v");
  size_t end = 0;
  while (end < tag.size() && (absl::ascii_isdigit(static_cast<unsigned char>(tag[end])) ||
                              (tag[end] == '.' && end > 0 && tag[end - 1] != '.'))) {
    ++end;
  }
  while (end > 0 && tag[end - 1] == '.') --end;
  // "4.1rc" or "20240101abc" are names, not releases.
  if (end < tag.size() && tag[end] != '-' && tag[end] != '_' && tag[end] != '+') return "";
  return std::string(tag.substr(0, end));
}

}  // namespace cassplan::kubernetes
