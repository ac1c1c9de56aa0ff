#include "lib/executors/kube_config.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/model/document.h"

namespace cassplan::executors {
namespace {

using model::Value;

constexpr char kServiceAccount[] = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr size_t kMaxFileBytes = 4u << 20;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool Exists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

class Reader {
 public:
  Reader(std::string path, const std::string& context) : path_(std::move(path)), context_(context) {}

  absl::StatusOr<KubeConfig> Read(absl::string_view text) {
    Value root;
    ParseOptions options;
    options.file = path_;
    const std::vector<Problem> problems = model::ParseYamlDocument(text, options, &root);
    if (!problems.empty()) return absl::InvalidArgumentError(FormatProblem(problems[0]));
    if (!root.IsMap()) return Bad(root, "a kubeconfig is due here");
    const std::string name = context_.empty() ? Text(root, "current-context") : context_;
    if (name.empty()) return Bad(root, "no current-context; name one with --context");
    const Value* context = Named(root, "contexts", name, "context");
    if (context == nullptr)
      return Bad(root, absl::StrCat("no context \"", name, "\"; see kubectl config get-contexts"));
    const std::string cluster_name = Text(*context, "cluster");
    const Value* cluster = Named(root, "clusters", cluster_name, "cluster");
    if (cluster == nullptr) return Bad(*context, absl::StrCat("no cluster \"", cluster_name, "\" in this file"));
    config_.name_space = Text(*context, "namespace");
    if (config_.name_space.empty()) config_.name_space = "default";
    if (absl::Status status = ReadCluster(*cluster); !status.ok()) return status;
    const std::string user_name = Text(*context, "user");
    if (!user_name.empty()) {
      const Value* user = Named(root, "users", user_name, "user");
      if (user == nullptr) return Bad(*context, absl::StrCat("no user \"", user_name, "\" in this file"));
      if (absl::Status status = ReadUser(*user); !status.ok()) return status;
    }
    return std::move(config_);
  }

 private:
  absl::Status Bad(const Value& at, const std::string& message) const {
    Problem problem;
    problem.location.set_file(path_);
    problem.location.set_line(at.line);
    problem.location.set_column(at.column);
    problem.message = message;
    return absl::InvalidArgumentError(FormatProblem(problem));
  }

  static std::string Text(const Value& map, absl::string_view key) {
    const Value* value = map.Find(key);
    return value == nullptr || !value->IsScalar() || value->IsNull() ? "" : value->text;
  }

  static const Value* Named(const Value& root, absl::string_view list, absl::string_view name, absl::string_view what) {
    const Value* items = root.Find(list);
    if (items == nullptr || !items->IsList()) return nullptr;
    for (const Value& item : items->items) {
      const Value* value = item.Find(what);
      if (Text(item, "name") == name && value != nullptr && value->IsMap()) return value;
    }
    return nullptr;
  }

  std::string Resolve(const std::string& file) const {
    const size_t slash = path_.rfind('/');
    return file[0] == '/' || slash == std::string::npos ? file : absl::StrCat(path_.substr(0, slash + 1), file);
  }

  // "x-data" has it in base64, "x" names a file.
  absl::Status ReadPem(const Value& map, const std::string& key, std::string* pem) const {
    const std::string data = Text(map, absl::StrCat(key, "-data"));
    const std::string file = Text(map, key);
    if (!data.empty()) {
      const Value& at = *map.Find(absl::StrCat(key, "-data"));
      return absl::Base64Unescape(data, pem) ? absl::OkStatus() : Bad(at, absl::StrCat(key, "-data is not base64"));
    }
    if (file.empty()) return absl::OkStatus();
    absl::StatusOr<std::string> text = ReadTextFile(Resolve(file));
    if (!text.ok()) return Bad(*map.Find(key), std::string(text.status().message()));
    *pem = *std::move(text);
    return absl::OkStatus();
  }

  absl::Status ReadCluster(const Value& cluster) {
    config_.server = Text(cluster, "server");
    while (absl::EndsWith(config_.server, "/")) config_.server.pop_back();
    if (!absl::StartsWith(config_.server, "https://") && !absl::StartsWith(config_.server, "http://")) {
      return Bad(cluster, "server must be a URL that starts with https://");
    }
    config_.tls.insecure = Text(cluster, "insecure-skip-tls-verify") == "true";
    config_.tls.server_name = Text(cluster, "tls-server-name");
    return ReadPem(cluster, "certificate-authority", &config_.tls.authorities);
  }

  absl::Status ReadUser(const Value& user) {
    for (const char* key : {"exec", "auth-provider"}) {
      if (const Value* value = user.Find(key)) {
        return Bad(*value, absl::StrCat(key,
                                        " would start another program and is not supported; use a token, a token "
                                        "file or a client certificate"));
      }
    }
    config_.token = Text(user, "token");
    if (const std::string file = Text(user, "tokenFile"); !file.empty()) config_.token_file = Resolve(file);
    config_.username = Text(user, "username");
    config_.password = Text(user, "password");
    if (absl::Status status = ReadPem(user, "client-certificate", &config_.tls.certificate); !status.ok())
      return status;
    return ReadPem(user, "client-key", &config_.tls.key);
  }

  std::string path_;
  const std::string& context_;
  KubeConfig config_;
};

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  if (S_ISDIR(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, ": is a folder, not a file"));
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::PermissionDeniedError(absl::StrCat(path, ": cannot be read"));
  if (text.str().size() > kMaxFileBytes) return absl::InvalidArgumentError(absl::StrCat(path, ": is too long"));
  return text.str();
}

absl::StatusOr<KubeConfig> ReadKubeConfig(absl::string_view text, const std::string& path, const std::string& context) {
  return Reader(path, context).Read(text);
}

absl::StatusOr<KubeConfig> InClusterConfig(const std::string& host, const std::string& port,
                                           const std::string& folder) {
  KubeConfig config;
  config.server = absl::StrCat("https://", absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host, ":",
                               port.empty() ? "443" : port);
  config.token_file = absl::StrCat(folder, "/token");
  if (const absl::StatusOr<std::string> token = ReadTextFile(config.token_file); !token.ok()) return token.status();
  absl::StatusOr<std::string> authorities = ReadTextFile(absl::StrCat(folder, "/ca.crt"));
  if (!authorities.ok()) return authorities.status();
  config.tls.authorities = *std::move(authorities);
  const absl::StatusOr<std::string> name_space = ReadTextFile(absl::StrCat(folder, "/namespace"));
  config.name_space = name_space.ok() ? std::string(absl::StripAsciiWhitespace(*name_space)) : "default";
  return config;
}

absl::StatusOr<KubeConfig> LoadKubeConfig(const KubeConfigSource& source) {
  std::string path = source.path;
  if (path.empty()) {
    // Of a list of files the first that exists is taken; they are not merged.
    for (const absl::string_view file : absl::StrSplit(Environment("KUBECONFIG"), ':', absl::SkipEmpty())) {
      if (path.empty() || !Exists(path)) path = std::string(file);
    }
  }
  if (path.empty()) {
    const std::string host = Environment("KUBERNETES_SERVICE_HOST");
    if (!host.empty() && Exists(absl::StrCat(kServiceAccount, "/token"))) {
      return InClusterConfig(host, Environment("KUBERNETES_SERVICE_PORT"), kServiceAccount);
    }
    path = absl::StrCat(Environment("HOME"), "/.kube/config");
    if (!Exists(path)) {
      return absl::NotFoundError(
          absl::StrCat("no kubeconfig: give --kubeconfig FILE, set KUBECONFIG, or run in a Pod "
                       "with a service account (looked for ",
                       path, ")"));
    }
  }
  const absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ReadKubeConfig(*text, path, source.context);
}

}  // namespace cassplan::executors
