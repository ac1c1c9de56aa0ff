// Reads a CassandraCluster (db.orange.com/v2) as CassKop's users have it.
//
// Every field that CassKop knows is accepted with CassKop's default. Fields of the older API and unknown fields are
// problems that name the path, the place in the file and what to write instead. Two of CassKop's defects are not
// repeated: a datacenter without racks gets a rack `rack1` and the other datacenters stay; a dataCapacity that only a
// datacenter has is mounted.
#ifndef CASSPLAN_LIB_KUBERNETES_CASSANDRA_CLUSTER_H_
#define CASSPLAN_LIB_KUBERNETES_CASSANDRA_CLUSTER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cassplan/codec.h"
#include "cassplan/v1/desired.pb.h"
#include "lib/kubernetes/names.h"
#include "lib/model/document.h"

namespace cassplan::kubernetes {

enum class Format { kYaml, kJson };

// A Kubernetes object that is passed through: canonical JSON, or empty when it is not given.
using JsonText = std::string;

struct ParsedRack {
  std::string name;
  Labels labels;  // of machines
  JsonText config;
  bool rolling_restart = false;
  int32_t rolling_partition = 0;
};

struct ParsedDatacenter {
  std::string name;
  Labels labels;
  JsonText config;
  int32_t nodes_per_rack = 0;  // effective
  std::string data_capacity;   // effective; empty: no volume
  std::string storage_class;   // effective; empty: the default class
  JsonText resources;          // effective, of the cassandra container
  bool own_resources = false;  // written in the datacenter
  std::vector<ParsedRack> racks;
};

struct ParsedStorage {
  std::string name;
  std::string mount_path;
  JsonText pvc_spec;
};

struct ParsedProbe {
  int32_t initial_delay_seconds = 0;
  int32_t timeout_seconds = 0;
  int32_t period_seconds = 0;
  std::optional<int32_t> failure_threshold;
  std::optional<int32_t> success_threshold;
};

struct ParsedBackup {
  bool enabled = true;
  std::string image;
  std::string image_pull_policy;  // empty: Kubernetes decides
  std::vector<JsonText> env_vars;
  JsonText resources;
  std::vector<JsonText> volume_mounts;
};

struct ParsedJmx {
  std::optional<bool> remote;
  std::optional<bool> ssl;
  std::optional<bool> authenticate;
  int32_t port = 0;
  int32_t rmi_port = 0;
};

// The cluster with all defaults filled in: everything that Render needs.
struct ParsedCluster {
  std::string name;
  std::string name_space;  // "default" when not given
  std::string uid;
  int64_t generation = 0;  // 0: not known
  Labels labels;
  Labels annotations;
  // status.seedlist, as listed; nullopt when there is none.
  std::optional<std::vector<std::string>> status_seeds;
  // The hosts that nodes are given as seeds.
  std::vector<std::string> seeds;

  int32_t nodes_per_racks = 1;
  std::string cassandra_image;
  std::string image_pull_policy;
  std::string bootstrap_image;
  std::string config_builder_image;
  std::string server_version;  // as written; may be empty
  std::string server_type;
  std::vector<JsonText> env_vars;
  int64_t run_as_user = 0;
  int64_t fs_group = 0;
  bool read_only_root_filesystem = true;
  std::optional<bool> share_process_namespace;
  JsonText resources;
  bool hard_anti_affinity = false;
  Labels pod_annotations;
  std::vector<JsonText> pod_tolerations;
  Labels service_annotations;
  bool delete_pvc = false;
  bool debug = false;
  bool auto_pilot = false;
  bool start_permits = false;  // spec.startPermits, not CassKop's
  bool no_check_sts_are_equal = false;
  bool auto_update_seed_list = false;
  bool unlock_next_operation = false;
  int32_t max_pod_unavailable = 1;
  int32_t restart_count_before_pod_deletion = 0;
  int32_t keyspace_cleanup_threads = 0;
  std::vector<ParsedStorage> storage_configs;
  std::vector<JsonText> sidecars;
  std::string config_map_name;
  JsonText config;
  std::string image_pull_secret;  // name; empty: none
  std::string jolokia_secret;     // name; empty: none
  // Not CassKop's: the Secret with the login for CQL, and how keyspaces shall be replicated (datacenter -> replicas).
  std::string cql_secret;  // name; empty: none
  std::map<std::string, std::map<std::string, int32_t>> keyspaces;
  ParsedProbe liveness;
  ParsedProbe readiness;
  ParsedBackup backup;
  std::optional<ParsedJmx> jmx;
  std::string service_account_name;
  std::vector<ParsedDatacenter> datacenters;  // at least one, each with at least one rack
};

struct CassandraCluster {
  // Filled as far as it could be read; only to be used when there are no problems.
  v1::Desired desired;
  ParsedCluster cluster;
  // spec.policy (not CassKop's): a message of cassplan.v1.Policy, still unread. kNull: not given.
  model::Value policy;
  std::vector<Problem> problems;
  // Legal, but worth telling.
  std::vector<Problem> notes;

  bool ok() const { return problems.empty(); }
};

// Reads one document. `file` is for locations only. A CassandraCluster as `kubectl get -o yaml|json` prints it is
// accepted as well: status and server-side metadata are ignored, except metadata.{uid,generation} and status.seedlist.
//
// Desired: `owner_id` = metadata.uid; `restart_token` of a rack with rollingRestart =
// "generation-<metadata.generation>", or "requested" when there is no generation; `seeds` = status.seedlist, or what
// CassKop computes when there is none or with autoUpdateSeedList; `objects` = two Services (made once, never changed)
// and a PodDisruptionBudget.
CassandraCluster ReadCassandraCluster(absl::string_view text, const std::string& file, Format format);

// The same for a document that was parsed already, such as an item of a List.
CassandraCluster ReadCassandraCluster(const model::Value& document, const std::string& file, Format format);

// What the live object knows and a file does not.
struct ClusterIdentity {
  std::string name;
  std::string name_space;
  std::string uid;
  int64_t generation = 0;
  std::optional<std::vector<std::string>> seeds;  // status.seedlist
};

// Completes a cluster read from a file with what its live object knows: uid, namespace (seeds are named with it) and
// seed list. Does nothing when the file has a uid itself, or when the names differ.
void Adopt(const ClusterIdentity& live, CassandraCluster* cluster);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_CASSANDRA_CLUSTER_H_
