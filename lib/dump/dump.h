// A dump is a folder with what anyone can collect from a cluster, read as one observation:
//   kubernetes.json      one List: kubectl get cassandraclusters,statefulsets,pods,persistentvolumeclaims,services,
//                        poddisruptionbudgets,nodes,storageclasses -o json (required)
//   jolokia/<pod>.json   the JSON array that one bulk request to the pod's Jolokia gives (lib/cassandra/jolokia.h)
//   schema.json          rows of system_schema.keyspaces (optional; lib/cassandra/schema.h)
//   nodes.json           what was measured on the nodes and none of them tells, by pod (optional; lib/dump/measured.h)
//   dump.json            {"observed_at_seconds": N}: when kubernetes.json and schema.json were made (optional; without
//   it the
//                        newest time in jolokia/, else the caller's)
// Other files are not looked at.
// Pure: the caller reads the files. Never throws; hostile bytes give problems or unknown facts.
#ifndef CASSPLAN_LIB_DUMP_DUMP_H_
#define CASSPLAN_LIB_DUMP_DUMP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "cassplan/codec.h"
#include "cassplan/v1/observed.pb.h"
#include "cassplan/v1/plan.pb.h"

namespace cassplan::dump {

struct DumpFile {
  std::string name;  // relative to the dump's folder, with '/': "jolokia/demo-dc1-rack1-0.json"
  std::string text;
};

struct DumpOptions {
  std::string cluster;              // the CassandraCluster's name
  std::string namespace_name;       // its namespace; empty: any
  int64_t observed_at_seconds = 0;  // the time of a dump that does not tell it
  std::string folder;               // put before file names in locations, e.g. "clusters/demo"; may be empty
  std::vector<v1::Target> racks;    // desired racks, for kubernetes::ObserveOptions; only datacenter and rack are read
  size_t max_files = 20000;
  size_t max_file_bytes = 64u << 20;
};

struct Dump {
  v1::Observed observed;

  // Operations that labels of Pods ask for (lib/kubernetes/pod_operations.h).
  std::vector<v1::RequestedOperation> operations;

  // Why the dump cannot be used at all: no kubernetes.json or one that cannot be read, a dump.json that cannot be read,
  // a limit exceeded, a name twice. When there is one, `observed` is empty.
  std::vector<Problem> problems;

  // Everything else that a person should know; whatever they are about is unknown in `observed`, never absent. Rules:
  //   unreadable-report     a file of jolokia/ or schema.json that could not be read (a FAILED report), or nodes.json
  //   unreadable-fact       a value in a file that could not be understood
  //   kubernetes-note       what lib/kubernetes/observe.h finds worth telling (note)
  //   operation-label       labels of a Pod that ask for an operation wrongly
  //   unknown-fact          facts that a node was asked and did not tell (note)
  //   missing-report        a slot without a file (a FAILED report; note)
  //   foreign-file          a file in jolokia/, or a name in nodes.json, whose pod is not in kubernetes.json; it is not
  //                         read
  //   foreign-node          nodes that tell different cluster names; those that do not tell the most frequent one
  //                         (of equally frequent ones, the desired one) count as FAILED
  //   duplicate-host-id     two slots tell the same host id. Both reports stay as they are, so that the planner takes
  //                         neither for the member; their views do not count
  //   crossed-address       a host id at two addresses, an address with two host ids, a slot that answers with another
  //                         slot's address: these addresses are left out. A slot that answers with an address that is
  //                         nobody else's keeps it (note)
  //   location-mismatch     a node's own datacenter or rack is not that of its slot: its word stays, since replicas are
  //                         placed by it; or it is not what others say: then the others' words are left out
  //   token-conflict        two nodes tell different tokens for a host id, or one token for two host ids: these tokens
  //                         are left out
  //   replication-conflict  two nodes tell different keyspaces or different replication: these keyspaces are left out
  //   remembered-node       an address that gossip remembers outside the ring and whose host id nobody tells
  std::vector<v1::Finding> findings;

  // The newest time of any report; 0 when there is none.
  int64_t newest_observed_at_seconds = 0;
};

// Reads a dump. The order of `files` does not matter: equal files give equal results, byte for byte.
// Reports: first those of kubernetes.json; then one about each slot that is present (source "jolokia", NodeFacts or
// FAILED); then the views, equal ones merged; then one with SchemaFacts: from schema.json (source "schema"), else what
// the nodes say of it (source "jolokia"; `complete` when all keyspaces are known, `derived` when any replication is out
// of ring ownership).
Dump ReadDump(absl::Span<const DumpFile> files, const DumpOptions& options);

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_DUMP_H_
