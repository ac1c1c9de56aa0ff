// Brings Pod templates, Pods and shared objects to one form: what the API server, admission or the StatefulSet
// controller filled in is gone, what does not matter to Kubernetes (order of volumes, notation of quantities) is made
// equal, and what CassKop does not set is left out.
#ifndef CASSPLAN_LIB_KUBERNETES_NORMALIZE_H_
#define CASSPLAN_LIB_KUBERNETES_NORMALIZE_H_

#include "lib/kubernetes/json.h"

namespace cassplan::kubernetes {

// `pod_template`: a Pod template or a Pod. `selector`: an object whose keys are the only labels that count
// (spec.selector. matchLabels of the StatefulSet), so that labels that people put on Pods do not; nullptr: all but
// well-known ones.
Json NormalizeTemplate(const Json& pod_template, const Json* selector);

// A Service or PodDisruptionBudget.
Json NormalizeObject(const Json& object);

// The spec of a volume claim template; of the data volume without what may differ: its size and class.
Json NormalizeClaim(const Json& spec, bool data);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_NORMALIZE_H_
