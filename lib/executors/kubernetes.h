// Reads objects from a Kubernetes API server.
#ifndef CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_
#define CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/http.h"
#include "lib/executors/kube_config.h"

namespace cassplan::executors {

// A kind of object, as its path has it: {"apps/v1", "statefulsets"} or {"v1", "pods"}.
struct Resource {
  std::string version;
  std::string plural;
  bool namespaced = true;
};

class KubernetesClient {
 public:
  explicit KubernetesClient(const KubeConfig& config);

  // Every object of a kind, page by page, as the JSON texts of `items` with kind and apiVersion in each; `name_space`
  // is not used for kinds without one. Errors, beside those of HttpClient:
  //   kNotFound          the server does not know the kind
  //   kPermissionDenied  we may not list it; the message has the server's words
  //   kInternal          the answer cannot be understood
  absl::StatusOr<std::string> List(const Resource& resource, const std::string& name_space,
                                   const std::string& label_selector = "");

 private:
  std::string server_;
  HttpClient http_;
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_KUBERNETES_H_
