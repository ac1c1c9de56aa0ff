// Where the API server is and who we are: from a kubeconfig or from the Pod that we run in.
#ifndef CASSPLAN_LIB_EXECUTORS_KUBE_CONFIG_H_
#define CASSPLAN_LIB_EXECUTORS_KUBE_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/executors/http.h"

namespace cassplan::executors {

struct KubeConfig {
  std::string server;  // https://host:port, no slash at the end
  TlsOptions tls;
  std::string token;
  std::string token_file;  // read again when it is older than a minute; goes before `token`
  std::string username;
  std::string password;
  std::string name_space;  // of the context, or the Pod's; "default" where none is told
};

struct KubeConfigSource {
  std::string path;     // empty: $KUBECONFIG, then the Pod's service account, then ~/.kube/config
  std::string context;  // empty: current-context
};

// Errors name the file, the line and what to do.
absl::StatusOr<KubeConfig> LoadKubeConfig(const KubeConfigSource& source);

// Reads the text of a kubeconfig. Files it names are relative to its own folder.
absl::StatusOr<KubeConfig> ReadKubeConfig(absl::string_view text, const std::string& path, const std::string& context);

// From the service account's folder (usually /var/run/secrets/kubernetes.io/serviceaccount).
absl::StatusOr<KubeConfig> InClusterConfig(const std::string& host, const std::string& port, const std::string& folder);

absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_KUBE_CONFIG_H_
