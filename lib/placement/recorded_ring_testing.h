// Rings as real Cassandra nodes described them (tests/data/jolokia), for tests only.
#ifndef CASSPLAN_LIB_PLACEMENT_RECORDED_RING_TESTING_H_
#define CASSPLAN_LIB_PLACEMENT_RECORDED_RING_TESTING_H_

#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lib/placement/replicas.h"
#include "nlohmann/json.hpp"

namespace cassplan::placement {

// The `value` of a recorded response. Throws where the file or the value is missing.
inline nlohmann::json RecordedValue(const std::string& file) {
  std::ifstream in(std::string(CASSPLAN_SOURCE_DIR) + "/tests/data/jolokia/" + file);
  return nlohmann::json::parse(in).at("response").at("value");
}

// "/127.0.0.11" and "127.0.0.11:7000" are the node "127.0.0.11".
inline std::string BareAddress(const std::string& address) {
  const size_t start = address.starts_with("/") ? 1 : 0;
  return address.substr(start, address.find(':') - start);
}

// One answer to describeRingJMX: ranges with their replicas, and the nodes with datacenter and rack.
struct RecordedRing {
  struct Place {
    std::string datacenter;
    std::string rack;
  };
  std::map<int64_t, std::vector<std::string>> replicas;  // by the token that ends the range, in the recorded order
  std::map<int64_t, int64_t> starts;                     // by the same token
  std::map<std::string, Place> places;                   // by address

  std::vector<std::string> Addresses() const {
    std::vector<std::string> addresses;
    for (const auto& [address, place] : places) addresses.push_back(address);
    return addresses;
  }
  Node NodeOf(const std::string& address) const {
    const auto found = places.find(address);
    return found == places.end() ? -1 : static_cast<Node>(std::distance(places.begin(), found));
  }
  std::vector<int32_t> RackOf() const {
    std::set<std::pair<std::string, std::string>> racks;
    for (const auto& [address, place] : places) racks.insert({place.datacenter, place.rack});
    std::vector<int32_t> rack_of;
    for (const auto& [address, place] : places) {
      const auto found = racks.find({place.datacenter, place.rack});
      rack_of.push_back(static_cast<int32_t>(std::distance(racks.begin(), found)));
    }
    return rack_of;
  }
  // Every datacenter holds replicas of every range here, so that the first replica of all is the owner of the token.
  std::vector<Token> Tokens(const std::string& datacenter = "") const {
    std::vector<Token> tokens;
    for (const auto& [token, addresses] : replicas) {
      const std::string& owner = addresses.front();
      if (datacenter.empty() || places.at(owner).datacenter == datacenter) tokens.push_back({token, NodeOf(owner)});
    }
    return tokens;
  }
  // The recorded replicas of the range that ends with `token` in one datacenter, in the recorded order.
  std::vector<Node> NodesIn(const std::string& datacenter, int64_t token) const {
    std::vector<Node> nodes;
    for (const std::string& address : replicas.at(token)) {
      if (places.at(address).datacenter == datacenter) nodes.push_back(NodeOf(address));
    }
    return nodes;
  }
  // NetworkTopologyStrategy with this factor in one datacenter.
  ReplicaMap MapOf(const std::string& datacenter, int32_t rf) const {
    return ReplicaMap(Tokens(datacenter), Strategy::kNetworkTopology, rf, RackOf());
  }
};

inline RecordedRing ReadRecordedRing(const std::string& file) {
  static const std::regex kRange(R"(TokenRange\(start_token:(-?\d+), end_token:(-?\d+), endpoints:\[([^\]]*)\].*)");
  static const std::regex kDetails(R"(EndpointDetails\(host:([^,]*), datacenter:([^,]*), rack:([^)]*)\))");
  RecordedRing ring;
  for (const nlohmann::json& entry : RecordedValue(file)) {
    const std::string text = entry.get<std::string>();
    std::smatch match;
    if (!std::regex_match(text, match, kRange)) throw std::runtime_error("not a TokenRange: " + text);
    const int64_t end = std::stoll(match[2]);
    ring.starts[end] = std::stoll(match[1]);
    std::istringstream endpoints(match[3]);
    for (std::string address; std::getline(endpoints, address, ',');) {
      address.erase(0, address.find_first_not_of(' '));
      ring.replicas[end].push_back(address);
    }
    for (std::sregex_iterator it(text.begin(), text.end(), kDetails), none; it != none; ++it) {
      ring.places[(*it)[1]] = {(*it)[2], (*it)[3]};
    }
  }
  return ring;
}

}  // namespace cassplan::placement

#endif  // CASSPLAN_LIB_PLACEMENT_RECORDED_RING_TESTING_H_
