// Digests over what cassplan owns of a Kubernetes object, and nothing else: a rendered object, the same object with all
// that the API server filled in, and (for templates) a Pod that was made from it have the same revision.
//
// Not part of a revision: seed lists (CASSANDRA_SEEDS, cluster-info.seeds), the `rolling-restart` label, replicas,
// order of volumes, mounts and tolerations, notation of quantities. The order of containers and of environment
// variables counts.
#ifndef CASSPLAN_LIB_KUBERNETES_REVISION_H_
#define CASSPLAN_LIB_KUBERNETES_REVISION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/v1/desired.pb.h"

namespace cassplan::kubernetes {

// What one text of JSON says of a template. All members are empty when the text is not an object.
struct TemplateFacts {
  std::string revision;
  std::string release;        // Cassandra's, from the server version or the image's tag; empty: not known
  std::string restart_token;  // of the `rolling-restart` label
  // Everything that the revision covers, by subject; in order of name. Two templates have the same revision if and only
  // if all their sections are equal.
  std::vector<v1::TemplateSection> sections;
};

// A Pod template ({metadata, spec}), or a Pod (anything with the same members).
TemplateFacts ReadTemplate(absl::string_view json);

// ReadTemplate(json).revision.
std::string TemplateRevision(absl::string_view json);

// Digest of what is owned of a Service or PodDisruptionBudget: parts of its spec. Empty when the text is not an object.
// A StatefulSet needs none: all that CassKop sets beside template, replicas and partition cannot be changed in place.
std::string ObjectRevision(absl::string_view json);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_REVISION_H_
