// Names that CassKop gives to objects, labels and hosts, and how to read them back.
#ifndef CASSPLAN_LIB_KUBERNETES_NAMES_H_
#define CASSPLAN_LIB_KUBERNETES_NAMES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "cassplan/v1/common.pb.h"

namespace cassplan::kubernetes {

inline constexpr char kApiVersion[] = "db.orange.com/v2";
inline constexpr char kKind[] = "CassandraCluster";

inline constexpr char kClusterLabel[] = "cassandracluster";
inline constexpr char kDatacenterLabel[] = "cassandraclusters.db.orange.com.dc";
inline constexpr char kRackLabel[] = "cassandraclusters.db.orange.com.rack";
inline constexpr char kDatacenterRackLabel[] = "dc-rack";
// On a Pod template: the restart token that its Pods are started with.
inline constexpr char kRestartLabel[] = "rolling-restart";

// What cassplan itself writes on PersistentVolumeClaims, as annotations or labels.
inline constexpr char kClusterUidMark[] = "cassplan/cluster-uid";  // the cluster that it was made for
inline constexpr char kHostIdMark[] = "cassplan/host-id";          // the member whose data it holds
inline constexpr char kContentsMark[] = "cassplan/contents";       // "empty": proven empty

// On a Pod: what its init step may let start on an empty volume. "bootstrap", "replace ADDRESS" or
// "join-without-streaming".
inline constexpr char kStartPermitMark[] = "cassplan/start-permit";

inline constexpr char kDataVolume[] = "data";
inline constexpr char kCassandraContainer[] = "cassandra";
inline constexpr char kBackupContainer[] = "backrest-sidecar";
inline constexpr char kBootstrapContainer[] = "bootstrap";
inline constexpr char kConfigContainer[] = "config-builder";
inline constexpr char kBaseConfigContainer[] = "base-config-builder";
inline constexpr char kStartPermitContainer[] = "start-permit";

using Labels = std::map<std::string, std::string>;

struct SlotId {
  std::string datacenter;
  std::string rack;
  int32_t ordinal = 0;

  auto operator<=>(const SlotId&) const = default;
};

v1::Target SlotTarget(const SlotId& slot);

// Labels of what the whole cluster shares, and of one rack, on top of the CassandraCluster's own labels.
Labels ClusterLabels(absl::string_view cluster, const Labels& own);
Labels RackLabels(absl::string_view cluster, const Labels& own, absl::string_view datacenter, absl::string_view rack);

// "<cluster>-<dc>-<rack>", "<cluster>-<dc>-<rack>-<ordinal>", "data-<pod>".
std::string WorkloadName(absl::string_view cluster, absl::string_view datacenter, absl::string_view rack);
std::string PodName(absl::string_view cluster, const SlotId& slot);
std::string ClaimName(absl::string_view cluster, const SlotId& slot);

// The host name under which a seed is listed: "<pod>.<cluster>.<namespace>".
std::string SeedHost(absl::string_view cluster, absl::string_view name_space, const SlotId& slot);

// Reads a seed back; a longer domain (".svc.cluster.local") is accepted. nullopt: not a Pod of this cluster.
std::optional<SlotId> ParseSeedHost(absl::string_view cluster, absl::string_view host);

// The target of a listed seed: its slot, or only `name` when the host is not a Pod of this cluster.
v1::Target SeedTarget(absl::string_view cluster, absl::string_view host);

// The ordinal of "<workload>-<ordinal>"; nullopt: not of that form.
std::optional<int32_t> OrdinalOf(absl::string_view name, absl::string_view workload);

// The release in an image's tag: its leading numbers ("cassandra:4.1.10-jre11" gives "4.1.10"), or empty.
std::string ReleaseOfImage(absl::string_view image);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_NAMES_H_
