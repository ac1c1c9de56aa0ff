// Puts the ring together as one node sees it; the rules are at BulkAnswer::view.
#ifndef CASSPLAN_LIB_CASSANDRA_RING_VIEW_H_
#define CASSPLAN_LIB_CASSANDRA_RING_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cassplan/v1/observed.pb.h"
#include "lib/cassandra/gossip.h"
#include "lib/cassandra/jolokia.h"

namespace cassplan::cassandra {

// What a node told of the ring, by address. Unset: unknown.
struct RingFacts {
  std::string local_host_id;
  v1::NodeMode mode = v1::NODE_MODE_UNSPECIFIED;
  std::optional<bool> gossip_running;

  std::optional<std::map<std::string, std::string>> hosts;  // address -> host id
  bool hosts_agree = true;                                  // all forms of that map say the same
  std::optional<std::map<std::string, std::vector<int64_t>>> tokens;
  std::optional<std::set<std::string>> live;
  std::optional<std::set<std::string>> unreachable;
  std::optional<std::set<std::string>> joining;
  std::optional<std::set<std::string>> leaving;
  std::optional<std::set<std::string>> moving;
  std::optional<std::map<std::string, bool>> simple_states;  // up?
  std::optional<GossipStates> gossip;
  std::map<std::string, int64_t> loads;
  std::string removing;  // the node that this one is removing
};

// The address under which the ring has a host id; empty when it is not known or not the only one.
std::string AddressOf(const RingFacts& facts, const std::string& host_id);

// Fills view and unnamed of `out`.
void MakeView(const RingFacts& facts, BulkAnswer* out);

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_RING_VIEW_H_
