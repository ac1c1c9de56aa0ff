// What one Cassandra node says through Jolokia. Knows Jolokia's messages and Cassandra's MBeans (3.11 to 5.0), nothing
// of Kubernetes. Pure; never throws; hostile documents give unknown facts.
//
// A bulk answer is the JSON array that one bulk POST to Jolokia gives. Each entry echoes its `request` {type, mbean,
// and attribute (a name, a list of names or none), or operation and arguments} and has `status` (HTTP's own status is
// always 200), and `value` or `error`. Every attribute is optional:
//   - status other than 200, and `value: null` (as during start-up), make exactly that fact unknown;
//   - an attribute asked twice with different answers is unknown and a problem;
//   - a text or a type that is not understood is unknown and a problem.
//
// Read are, of StorageService: OperationMode, Drained, Starting, LocalHostId, EndpointToHostId, HostIdMap (gone
// in 5.0), HostIdToEndpoint, LiveNodes, UnreachableNodes, JoiningNodes, LeavingNodes, MovingNodes, RemovalStatus,
// SchemaVersion, ReleaseVersion, TokenToEndpointMap, Tokens, Keyspaces, NonLocalStrategyKeyspaces,
// NativeTransportRunning, GossipRunning, ClusterName, PartitionerName, LoadMap, LoadString, and the operations
// getKeyspaceReplicationInfo, describeRingJMX and trueSnapshotsSize; those whose name ends in WithPort mean the same.
// Of EndpointSnitchInfo: Datacenter, Rack, SnitchName; of DynamicEndpointSnitch: SubsnitchClassName; of
// FailureDetector: SimpleStates, AllEndpointStates; of StreamManager: CurrentStreams; of CompactionManager:
// Compactions, PendingTasks; of metrics: type=Compaction,name=PendingTasks, type=Storage,name=Load and
// type=DroppedMessage,scope=MUTATION,name=Dropped (OneMinuteRate); of HintsService: PendingHints. Everything else is
// ignored.
#ifndef CASSPLAN_LIB_CASSANDRA_JOLOKIA_H_
#define CASSPLAN_LIB_CASSANDRA_JOLOKIA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/common.pb.h"
#include "cassplan/v1/observed.pb.h"
#include "lib/model/document.h"

namespace cassplan::cassandra {

struct BulkOptions {
  std::string file;                 // for locations; not opened
  v1::Target subject;               // the slot that was asked
  std::string address;              // the slot's address; empty: not known
  int64_t observed_at_seconds = 0;  // when no entry has a usable timestamp
};

// A node that gossip remembers and whose host id was not told. It is no member of the ring.
struct UnnamedNode {
  std::string address;
  v1::PeerState state = v1::PEER_STATE_UNSPECIFIED;
  v1::PeerMovement movement = v1::PEER_MOVEMENT_UNSPECIFIED;
};

// What a node says of the keyspaces. Sorted by name.
struct KeyspaceFacts {
  // All keyspaces by name, where told.
  std::optional<std::vector<std::string>> names;
  // Replication as the schema has it (getKeyspaceReplicationInfo; LocalStrategy where NonLocalStrategyKeyspaces says
  // so).
  std::vector<v1::Keyspace> told;
  // Replication out of ring ownership, of keyspaces that are not in `told`.
  std::vector<v1::Keyspace> derived;
};

struct BulkAnswer {
  // No entry carried a usable value: everything about this node is unknown, and `error` says why.
  bool failed = false;
  std::string error;

  // The oldest `timestamp` of an entry that was used, else BulkOptions' time.
  int64_t observed_at_seconds = 0;
  v1::Target subject;  // BulkOptions' subject, with the host id where known

  // host_id, address (as the ring has it; the slot's where the ring does not tell), mode, ...
  v1::NodeFacts node;

  // The ring as this node sees it; peers and tokens are sorted. Unset when the node's host id or the map of host ids is
  // unknown, and when the node's gossip does not run (drained, decommissioned): what it remembers is then no evidence.
  //   - `complete`: host ids and tokens were told whole and agree, every live address has a host id, and the node's
  //   mode is
  //     known and past STARTING.
  //   - A peer is UP or DOWN by LiveNodes and UnreachableNodes, else by SimpleStates; else, and where they disagree,
  //   unknown.
  //   - A host id that only gossip knows is LEFT when gossip says so (LEFT, removed), or when it is unreachable, gossip
  //   does
  //     not say anything else, and it is neither in the map of host ids nor in the token map; both must be known.
  //   - Datacenter, rack, release and schema of peers are those that gossip tells (AllEndpointStates).
  std::optional<v1::ViewFacts> view;
  std::vector<UnnamedNode> unnamed;

  KeyspaceFacts keyspaces;

  std::vector<Problem> problems;
  // Facts that were asked and not told: "OperationMode: 500 java.lang....". Not listed: attributes that this release
  // does not have and whose other form was told.
  std::vector<std::string> untold;
};

// Reads one bulk answer. A single entry (a map) is read as a list of one.
BulkAnswer ReadBulkAnswer(const model::Value& answer, const BulkOptions& options);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_JOLOKIA_H_
