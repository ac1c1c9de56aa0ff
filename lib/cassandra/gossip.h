// What gossip remembers of each node: the text of FailureDetector's AllEndpointStates.
#ifndef CASSPLAN_LIB_CASSANDRA_GOSSIP_H_
#define CASSPLAN_LIB_CASSANDRA_GOSSIP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace cassplan::cassandra {

// The first word of STATUS_WITH_PORT, else of STATUS.
enum class GossipStatus {
  kNone,  // not told
  kNormal,
  kShutdown,
  kBoot,  // BOOT, BOOT_REPLACE
  kLeaving,
  kMoving,
  kRemoving,  // a removenode is under way
  kLeft,      // LEFT, removed: no member of the ring any more
  kHibernate,
  kUnknown,  // a word that is not known
};

struct GossipState {
  GossipStatus status = GossipStatus::kNone;
  std::string host_id;  // normalised; empty: not told
  std::string datacenter;
  std::string rack;
  std::string release;
  std::string schema_version;
  std::optional<int64_t> load_bytes;
};

using GossipStates = std::map<std::string, GossipState>;  // by address

// A line per node ("/127.0.0.11", "host/127.0.0.11:7000") and under it, indented, a line per fact: "DC:13:dc1" (3.0 and
// later, with the version of the fact) or "DC:dc1". Nothing when a line is neither, or an address comes twice. Tokens
// are hidden in it.
std::optional<GossipStates> ReadEndpointStates(absl::string_view text);

// "4.1-SNAPSHOT" -> "4.1".
std::string CleanRelease(absl::string_view text);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_GOSSIP_H_
