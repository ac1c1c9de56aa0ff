// Leader election: of several operators for one namespace one acts, the one whose name stands in the Lease.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_LEASE_H_
#define CASSPLAN_EXAMPLES_OPERATOR_LEASE_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::host {

struct LeaseOptions {
  std::string name_space;
  std::string name = "cassplan-operator";
  std::string identity;           // of this process; unique
  int64_t duration_seconds = 15;  // after the holder's last word others may take over
  int64_t renew_ms = 3000;
};

class Lease {
 public:
  Lease(executors::KubernetesClient* kubernetes, LeaseOptions options);

  // Waits until this process holds the Lease, or `stop`. False: stopped.
  bool Acquire(const std::atomic<bool>& stop);
  // As long as somebody else holds it and gives signs of life, for one term of his at most; then says who.
  absl::Status AcquireSoon(const std::atomic<bool>& stop);

  // Renews until `stop` (true), or until somebody else may have it (false): then nothing may be done any more.
  bool Keep(const std::atomic<bool>& stop);

  // Lets others take over at once.
  void Release();

 private:
  // OK: we hold it. kFailedPrecondition: somebody else does.
  absl::Status TryOnce();

  executors::KubernetesClient& kubernetes_;
  LeaseOptions options_;
  // By our own clock: when the Lease that we see was last seen to change. Clocks of others do not matter.
  std::string seen_version_;
  int64_t seen_at_ms_ = 0;
};

// `given`, or the Pod's name and uid: the container that is started again in a Pod is the same holder, and takes its
// Lease back at once, since the kubelet starts it only when the one before has ended. Else as OwnIdentity.
std::string IdentityOf(const std::string& given);

// `given`, or a name that no other process has, nor had: for what runs beside an operator, also in its own Pod.
std::string OwnIdentity(const std::string& given);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_LEASE_H_
