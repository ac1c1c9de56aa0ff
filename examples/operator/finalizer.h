// spec.deletePVC: with it, whoever deletes the CassandraCluster deletes its volumes, too. A finalizer, CassKop's, lets
// the object wait until that is done.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_FINALIZER_H_
#define CASSPLAN_EXAMPLES_OPERATOR_FINALIZER_H_

#include "absl/status/status.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::host {

inline constexpr char kClaimsFinalizer[] = "kubernetes.io/pvc-to-delete";

// Makes the finalizer be there exactly when spec.deletePVC is true; others' finalizers stay. Writes only what differs.
absl::Status KeepFinalizer(executors::KubernetesClient* kubernetes, const executors::Json& cluster);

// For a CassandraCluster that is being deleted: deletes the claims that have its label, each by its uid, then takes the
// finalizer away. Claims are gone for good once their Pods are. Does nothing where the finalizer is not there. As long
// as it is, no other cluster of that name can exist, so that nobody else's claims are met.
absl::Status DeleteClaims(executors::KubernetesClient* kubernetes, const executors::Json& cluster);

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_FINALIZER_H_
