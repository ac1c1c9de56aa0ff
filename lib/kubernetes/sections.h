// Splits a normalized Pod template by subject.
#ifndef CASSPLAN_LIB_KUBERNETES_SECTIONS_H_
#define CASSPLAN_LIB_KUBERNETES_SECTIONS_H_

#include "lib/kubernetes/json.h"
#include "lib/kubernetes/revision.h"

namespace cassplan::kubernetes {

// As ReadTemplate. `selector` as for NormalizeTemplate.
TemplateFacts ReadTemplateJson(const Json& pod_template, const Json* selector);

// As ObjectRevision.
std::string ObjectRevisionJson(const Json& object);

// Cassandra's release in a Pod or template, or empty.
std::string ReleaseOfTemplate(const Json& pod_template);

// storage_compatibility_mode in the configuration of a template, or empty.
std::string StorageModeOfTemplate(const Json& pod_template);

// Digest over what of a StatefulSet's spec cannot be changed in place, but for what has facts of its own: the labels
// that it selects by, and size and class of the data volume. How it manages its Pods is adopted as it is.
std::string WorkloadRevisionJson(const Json& spec);

// The labels that a workload selects its Pods by, as a section beside those of the template; no part of its revision.
v1::TemplateSection SelectorSection(const Json& labels);

// The `rolling-restart` label of a Pod or template.
std::string RestartTokenOf(const Json& pod_template);

// What CassKop takes for the server version when none is written: the image's tag up to the first dash.
std::string VersionOfImage(const std::string& image);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_SECTIONS_H_
