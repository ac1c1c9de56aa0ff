// How each kind of action is done on Kubernetes (hands_objects.cc, hands_starts.cc), by Cassandra's nodes
// (hands_nodes.cc) and in CQL (hands_cql.cc).
#ifndef CASSPLAN_LIB_EXECUTORS_HANDS_H_
#define CASSPLAN_LIB_EXECUTORS_HANDS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/executors/cluster.h"
#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::executors {

// One start. Every call may be repeated: what is done already is no error, and what changed since the plan was made is.
class Hands {
 public:
  Hands(KubernetesClient* kubernetes, JolokiaClient* jolokia, const ClusterOptions& options, JolokiaLogin login,
        const ClusterLook& look, const v1::StartAction& start, const std::atomic<bool>& stop);

  // Codes: Operations::Work.
  absl::Status Do();

  static bool CanDo(v1::ActionKind kind);

 private:
  absl::Status DoKind();
  // What somebody asked for with labels on a Pod is told there, as CassKop does: Ongoing, Done, Error.
  void Tell(const std::string& state);
  absl::StatusOr<std::string> PodWithUid(const std::string& uid) const;
  using Change = std::function<absl::Status(Json* object)>;

  // ---- objects
  absl::Status SharedObjects();
  absl::Status CreateRack();
  absl::Status UpdateRack();
  absl::Status RecreateRack();
  absl::Status DeleteRack();
  absl::Status SetSeeds();
  absl::Status Scale(int32_t from, int32_t to);
  absl::Status DeleteVolume();
  absl::Status GrowVolume();
  absl::Status RestartPod();
  absl::StatusOr<Json> RenderedRack() const;
  absl::StatusOr<std::string> PrecededBy(absl::string_view fact) const;
  absl::Status ChangeObject(const Resource& resource, const std::string& name, const std::string& uid,
                            const Change& change);
  absl::Status CreateObject(const Resource& resource, const Json& object);

  // ---- starts on an empty volume
  absl::Status StartNode();
  absl::Status ReplaceNode();
  absl::Status QuarantineVolume();
  absl::Status AskForSlot();
  absl::Status Permit(const std::string& words);
  absl::Status PermitOnce(const std::string& value);
  absl::Status NeedsPermits() const;
  absl::StatusOr<bool> IsOfAnOldTemplate(const Json& pod);
  absl::Status Keep(const std::string& claim, const std::string& uid);

  // ---- nodes
  absl::Status Node(const std::string& operation, Json arguments);
  absl::Status EachKeyspace(const std::function<JolokiaCall(const std::string& keyspace)>& call, bool local_too);
  absl::Status Decommission();
  absl::Status Cleanup();
  absl::Status UpgradeSstables();
  absl::Status Scrub();
  absl::Status Compact();
  absl::Status Flush();
  absl::Status GarbageCollect();
  absl::Status Rebuild();
  absl::Status Repair();
  absl::Status RemoveMember();
  absl::Status Snapshot();
  absl::StatusOr<Json> Call(const std::string& address, JolokiaCall call);
  absl::StatusOr<std::string> Address() const;
  absl::StatusOr<std::string> AnyOtherAddress() const;
  absl::StatusOr<std::vector<std::string>> Keyspaces(const std::string& address, bool local_too);

  // ---- CQL (hands_cql.cc)
  absl::Status AlterKeyspace();

  // ---- both
  std::string PodName() const;
  std::string WorkloadName() const;
  std::string Precondition(absl::string_view fact) const;
  // Repeats what the API server did not answer, as long as it may.
  absl::Status Persist(const std::function<absl::Status()>& once);
  bool Wait(int64_t ms) const;  // false: to be given up
  int64_t RestMs() const;

  KubernetesClient& kubernetes_;
  JolokiaClient& jolokia_;
  const ClusterOptions& options_;
  JolokiaLogin login_;
  const ClusterLook& look_;
  const v1::StartAction& start_;
  const v1::Action& action_;
  const std::atomic<bool>& stop_;
  kubernetes::CassandraCluster cluster_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_HANDS_H_
