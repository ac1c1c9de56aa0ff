// What is done in CQL: how keyspaces are replicated.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/executors/cql_schema.h"
#include "lib/executors/hands.h"

namespace cassplan::executors {
namespace {

constexpr int kDefaultPort = 9042;
constexpr int64_t kAlterMs = 60000;   // for the one ALTER
constexpr int64_t kAgreeMs = 120000;  // for the nodes to agree after it

struct ContactPoint {
  std::string address;
  int port = kDefaultPort;
};

bool IsReady(const Json& pod) {
  const Json* conditions = At(pod, {"status", "conditions"});
  return conditions != nullptr && conditions->is_array() &&
         std::any_of(conditions->begin(), conditions->end(), [](const Json& condition) {
           return TextAt(condition, {"type"}) == "Ready" && TextAt(condition, {"status"}) == "True";
         });
}

// That of the container's port `cql`, as CassKop names it.
int PortOf(const Json& pod) {
  const Json* containers = At(pod, {"spec", "containers"});
  if (containers == nullptr || !containers->is_array()) return kDefaultPort;
  for (const Json& container : *containers) {
    const Json* ports = At(container, {"ports"});
    if (ports == nullptr || !ports->is_array()) continue;
    for (const Json& port : *ports) {
      if (TextAt(port, {"name"}) == "cql") return static_cast<int>(IntegerAt(port, {"containerPort"}, kDefaultPort));
    }
  }
  return kDefaultPort;
}

absl::StatusOr<std::vector<ContactPoint>> ReadyNodes(KubernetesClient* kubernetes, const ClusterOptions& options) {
  const absl::StatusOr<Json> pods =
      kubernetes->List(kPods, options.name_space, absl::StrCat("cassandracluster=", options.name));
  if (!pods.ok()) return pods.status();
  std::vector<ContactPoint> nodes;
  for (const Json& pod : (*pods)["items"]) {
    const std::string address = TextAt(pod, {"status", "podIP"});
    if (IsReady(pod) && !address.empty()) nodes.push_back({address, PortOf(pod)});
  }
  if (nodes.empty()) return absl::FailedPreconditionError("no node is ready");
  return nodes;
}

// username, password, and for TLS those of a Secret of type kubernetes.io/tls, and server-name.
absl::Status ReadSecret(const Json& secret, const std::string& name, CqlOptions* cql) {
  bool good = true;
  const auto get = [&](const char* key) {
    std::string value;
    good = absl::Base64Unescape(TextAt(secret, {"data", key}), &value) && good;
    return value;
  };
  cql->username = get("username");
  cql->password = get("password");
  cql->tls_options.authorities = get("ca.crt");
  cql->tls_options.certificate = get("tls.crt");
  cql->tls_options.key = get("tls.key");
  cql->tls_options.server_name = get("server-name");
  cql->tls = !cql->tls_options.authorities.empty();
  if (!good) return absl::FailedPreconditionError(absl::StrCat("Secret ", name, ": its data is no base64"));
  if (!cql->tls && !(cql->tls_options.certificate.empty() && cql->tls_options.server_name.empty())) {
    return absl::FailedPreconditionError(absl::StrCat("Secret ", name, ": TLS needs ca.crt, too"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CqlConnection>> ConnectToAny(const std::vector<ContactPoint>& nodes, CqlOptions cql) {
  absl::Status last;
  for (const ContactPoint& node : nodes) {
    cql.port = node.port;
    absl::StatusOr<std::unique_ptr<CqlConnection>> connection = CqlConnection::Open(node.address, cql);
    if (connection.ok() || absl::IsCancelled(connection.status())) return connection;
    last = connection.status();
    // Another node will not know the login better.
    if (absl::IsUnauthenticated(last) || absl::IsInvalidArgument(last)) break;
  }
  if (absl::IsUnauthenticated(last)) {
    return absl::FailedPreconditionError(
        absl::StrCat(last.message(), "; spec.cqlSecret names the Secret with username and password"));
  }
  return absl::FailedPreconditionError(last.message());
}

// Nothing was sent yet that changes anything.
absl::Status Nothing(const absl::Status& status) {
  return absl::IsCancelled(status) ? status : absl::FailedPreconditionError(status.message());
}

// Whether what was seen just before differs, where anything was.
bool IsAnother(const v1::Observed& observed, const v1::Target& target, const std::string& now) {
  bool told = false;
  for (const v1::Report& report : observed.reports()) {
    for (const v1::Keyspace& keyspace : report.schema().keyspaces()) {
      if (keyspace.name() != target.keyspace() || keyspace.strategy() != "NetworkTopologyStrategy") continue;
      std::string factor;
      for (const v1::DatacenterReplication& one : keyspace.datacenters()) {
        if (one.datacenter() == target.datacenter() && one.replication_factor() > 0) {
          factor = absl::StrCat(one.replication_factor());
        }
      }
      if (factor == now) return false;
      told = true;
    }
  }
  return told;
}

}  // namespace

// Sent once: if its end is not known the schema tells it, to whoever looks next.
absl::Status Hands::AlterKeyspace() {
  const std::string& keyspace = action_.target().keyspace();
  const std::string& datacenter = action_.target().datacenter();
  const absl::StatusOr<std::vector<ContactPoint>> nodes = ReadyNodes(&kubernetes_, options_);
  if (!nodes.ok()) return Nothing(nodes.status());
  CqlOptions cql;
  cql.stop = &stop_;
  if (const std::string& name = cluster_.cluster.cql_secret; !name.empty()) {
    const absl::StatusOr<Json> secret = kubernetes_.Get(kSecrets, options_.name_space, name);
    if (!secret.ok()) return Nothing(secret.status());
    if (absl::Status read = ReadSecret(*secret, name, &cql); !read.ok()) return read;
  }
  absl::StatusOr<std::unique_ptr<CqlConnection>> opened = ConnectToAny(*nodes, cql);
  if (!opened.ok()) return opened.status();
  CqlConnection* connection = opened->get();
  std::vector<std::string> addresses;
  for (const ContactPoint& node : *nodes) addresses.push_back(node.address);

  const absl::StatusOr<CqlReplication> now = ReadReplication(connection, keyspace);
  if (!now.ok()) return Nothing(now.status());
  const absl::StatusOr<CqlReplication> next = WithFactor(*now, datacenter, action_.replication_factor());
  if (!next.ok())
    return absl::FailedPreconditionError(absl::StrCat("keyspace ", keyspace, ": ", next.status().message()));
  if (*next != *now) {
    const absl::StatusOr<bool> before = SchemaAgrees(connection, addresses);
    if (!before.ok()) return Nothing(before.status());
    if (!*before) return absl::FailedPreconditionError("the nodes do not agree about the schema");
    const auto has = now->find(datacenter);
    if (IsAnother(look_.observed, action_.target(), has == now->end() ? "" : has->second)) {
      return absl::FailedPreconditionError(
          absl::StrCat("keyspace ", keyspace, " is replicated in another way since the plan was made"));
    }
    if (stop_) return absl::CancelledError("it was stopped");
    const absl::Status altered =
        connection->Query(AlterStatement(keyspace, *next), CqlConsistency::kQuorum, std::min(kAlterMs, RestMs()))
            .status();
    // The answer was too long, the statement was not.
    if (absl::IsResourceExhausted(altered)) return absl::UnknownError(altered.message());
    if (!altered.ok()) return altered;
  }
  // What comes next relies on it everywhere.
  for (int64_t waited = 0; waited < kAgreeMs; waited += 250) {
    const absl::StatusOr<bool> agree = SchemaAgrees(connection, addresses);
    if (!agree.ok()) return absl::UnknownError(agree.status().message());
    if (*agree) return absl::OkStatus();
    if (!Wait(250)) break;
  }
  return absl::UnknownError(
      absl::StrCat("keyspace ", keyspace, " is altered, and the nodes do not agree about the schema yet"));
}

}  // namespace cassplan::executors
