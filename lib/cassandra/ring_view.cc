#include "lib/cassandra/ring_view.h"

#include <utility>

#include "lib/cassandra/views.h"

namespace cassplan::cassandra {
namespace {

using Addresses = std::optional<std::set<std::string>>;

bool Contains(const Addresses& addresses, const std::string& address) {
  return addresses.has_value() && addresses->count(address) > 0;
}

// What a node remembers of others while its gossip does not run is no evidence.
bool Sees(const RingFacts& facts) {
  if (facts.local_host_id.empty() || !facts.hosts.has_value() || facts.gossip_running == false) return false;
  return facts.mode != v1::NODE_MODE_DRAINING && facts.mode != v1::NODE_MODE_DRAINED &&
         facts.mode != v1::NODE_MODE_DECOMMISSIONED;
}

class ViewMaker {
 public:
  ViewMaker(const RingFacts& facts, BulkAnswer* out) : facts_(facts), out_(out) {
    for (const auto& [address, host_id] : *facts.hosts) addresses_[host_id].push_back(address);
  }

  void Make() {
    view_.add_viewers(facts_.local_host_id);
    complete_ = FactsAreWhole();
    for (const auto& [host_id, addresses] : addresses_) AddMember(host_id, addresses);
    AddRemembered();
    AddUnnamed();
    view_.set_complete(complete_);
    SortView(&view_);
    out_->view = std::move(view_);
  }

 private:
  bool FactsAreWhole() const {
    if (facts_.mode == v1::NODE_MODE_UNSPECIFIED || facts_.mode == v1::NODE_MODE_STARTING) return false;
    if (!facts_.hosts_agree || !facts_.tokens.has_value()) return false;
    if (addresses_.count(facts_.local_host_id) == 0) return false;
    for (const auto& [address, tokens] : *facts_.tokens) {
      if (facts_.hosts->count(address) == 0) return false;
    }
    // Without these a node on the move would pass for a settled one.
    const bool lists = facts_.joining.has_value() && facts_.leaving.has_value() && facts_.moving.has_value();
    return lists || facts_.gossip.has_value();
  }

  const GossipState* Gossip(const std::string& address) const {
    if (!facts_.gossip.has_value()) return nullptr;
    const auto at = facts_.gossip->find(address);
    return at == facts_.gossip->end() ? nullptr : &at->second;
  }

  v1::PeerState State(const std::string& address) const {
    const bool up = Contains(facts_.live, address);
    const bool down = Contains(facts_.unreachable, address);
    if (up != down) return up ? v1::PEER_STATE_UP : v1::PEER_STATE_DOWN;
    if (up || !facts_.simple_states.has_value()) return v1::PEER_STATE_UNSPECIFIED;
    if (facts_.live.has_value() && facts_.unreachable.has_value()) return v1::PEER_STATE_UNSPECIFIED;
    const auto at = facts_.simple_states->find(address);
    if (at == facts_.simple_states->end()) return v1::PEER_STATE_UNSPECIFIED;
    // One of the lists was told and contradicts, or has no word for it.
    if (at->second ? facts_.live.has_value() : facts_.unreachable.has_value()) return v1::PEER_STATE_UNSPECIFIED;
    return at->second ? v1::PEER_STATE_UP : v1::PEER_STATE_DOWN;
  }

  bool HasTokens(const std::string& address) const {
    return !facts_.tokens.has_value() || facts_.tokens->count(address) > 0;
  }

  v1::PeerMovement OwnMovement() const {
    if (facts_.mode == v1::NODE_MODE_JOINING || facts_.mode == v1::NODE_MODE_JOINING_FAILED) {
      return v1::PEER_MOVEMENT_JOINING;
    }
    if (facts_.mode == v1::NODE_MODE_LEAVING) return v1::PEER_MOVEMENT_LEAVING;
    return facts_.mode == v1::NODE_MODE_MOVING ? v1::PEER_MOVEMENT_MOVING : v1::PEER_MOVEMENT_UNSPECIFIED;
  }

  v1::PeerMovement Movement(const std::string& host_id, const std::string& address, GossipStatus status) const {
    if (facts_.removing == address || status == GossipStatus::kRemoving) return v1::PEER_MOVEMENT_REMOVING;
    if (status == GossipStatus::kLeft) return HasTokens(address) ? v1::PEER_MOVEMENT_LEAVING : v1::PEER_MOVEMENT_LEFT;
    if (Contains(facts_.leaving, address) || status == GossipStatus::kLeaving) return v1::PEER_MOVEMENT_LEAVING;
    if (Contains(facts_.moving, address) || status == GossipStatus::kMoving) return v1::PEER_MOVEMENT_MOVING;
    if (Contains(facts_.joining, address) || status == GossipStatus::kBoot) return v1::PEER_MOVEMENT_JOINING;
    return host_id == facts_.local_host_id ? OwnMovement() : v1::PEER_MOVEMENT_UNSPECIFIED;
  }

  static void FillFromGossip(const GossipState& gossip, v1::Peer* peer) {
    peer->set_datacenter(gossip.datacenter);
    peer->set_rack(gossip.rack);
    peer->set_release(gossip.release);
    peer->set_schema_version(gossip.schema_version);
    if (gossip.load_bytes.has_value()) peer->set_load_bytes(*gossip.load_bytes);
  }

  // A host id of the ring.
  void AddMember(const std::string& host_id, const std::vector<std::string>& addresses) {
    v1::Peer* peer = view_.add_peers();
    peer->set_host_id(host_id);
    if (addresses.size() != 1) {
      complete_ = false;
      return;
    }
    const std::string& address = addresses[0];
    peer->set_address(address);
    const GossipState* gossip = Gossip(address);
    const bool another = gossip != nullptr && !gossip->host_id.empty() && gossip->host_id != host_id;
    GossipStatus status = GossipStatus::kNone;
    if (another) {
      complete_ = false;  // the address went to another node: up or down there is not about this one
    } else {
      peer->set_state(State(address));
      if (gossip != nullptr) {
        status = gossip->status;
        FillFromGossip(*gossip, peer);
      }
    }
    peer->set_movement(Movement(host_id, address, status));
    if (facts_.tokens.has_value()) {
      const auto tokens = facts_.tokens->find(address);
      if (tokens != facts_.tokens->end()) peer->mutable_tokens()->Add(tokens->second.begin(), tokens->second.end());
    }
    const auto load = facts_.loads.find(address);
    if (load != facts_.loads.end()) peer->set_load_bytes(load->second);
  }

  // Host ids that only gossip knows.
  void AddRemembered() {
    if (!facts_.gossip.has_value()) return;
    std::map<std::string, std::vector<const GossipStates::value_type*>> remembered;
    for (const auto& entry : *facts_.gossip) {
      const std::string& host_id = entry.second.host_id;
      if (host_id.empty()) continue;
      named_.insert(entry.first);
      // Else it is a former address of a member.
      if (addresses_.count(host_id) == 0) remembered[host_id].push_back(&entry);
    }
    for (const auto& [host_id, entries] : remembered) {
      v1::Peer* peer = view_.add_peers();
      peer->set_host_id(host_id);
      if (entries.size() != 1) {
        complete_ = false;
        continue;
      }
      const auto& [address, gossip] = *entries[0];
      peer->set_address(address);
      peer->set_state(State(address));
      peer->set_movement(RememberedMovement(address, gossip.status));
      FillFromGossip(gossip, peer);
    }
  }

  v1::PeerMovement RememberedMovement(const std::string& address, GossipStatus status) {
    switch (status) {
      case GossipStatus::kLeft:
        return v1::PEER_MOVEMENT_LEFT;
      case GossipStatus::kBoot:
        return v1::PEER_MOVEMENT_JOINING;
      case GossipStatus::kLeaving:
        return v1::PEER_MOVEMENT_LEAVING;
      case GossipStatus::kRemoving:
        return v1::PEER_MOVEMENT_REMOVING;
      case GossipStatus::kNone:
        if (IsGone(address)) return v1::PEER_MOVEMENT_LEFT;
        if (State(address) == v1::PEER_STATE_UP) return v1::PEER_MOVEMENT_JOINING;  // has not said yet what it will do
        break;
      case GossipStatus::kNormal:
      case GossipStatus::kShutdown:
      case GossipStatus::kMoving:
      case GossipStatus::kHibernate:
      case GossipStatus::kUnknown:
        break;
    }
    complete_ = false;  // gossip counts it as a member, the maps do not
    return v1::PEER_MOVEMENT_UNSPECIFIED;
  }

  bool IsGone(const std::string& address) const {
    return State(address) == v1::PEER_STATE_DOWN && facts_.hosts->count(address) == 0 && facts_.tokens.has_value() &&
           facts_.tokens->count(address) == 0;
  }

  // Addresses that gossip knows and whose host id nobody told.
  void AddUnnamed() {
    std::set<std::string> addresses;
    if (facts_.live.has_value()) addresses.insert(facts_.live->begin(), facts_.live->end());
    if (facts_.unreachable.has_value()) addresses.insert(facts_.unreachable->begin(), facts_.unreachable->end());
    for (const std::string& address : addresses) {
      if (facts_.hosts->count(address) > 0 || named_.count(address) > 0) continue;
      UnnamedNode node;
      node.address = address;
      node.state = State(address);
      if (IsGone(address)) {
        node.movement = v1::PEER_MOVEMENT_LEFT;
      } else {
        complete_ = false;
      }
      out_->unnamed.push_back(std::move(node));
    }
  }

  const RingFacts& facts_;
  BulkAnswer* out_;
  std::map<std::string, std::vector<std::string>> addresses_;  // by host id
  std::set<std::string> named_;                                // addresses whose host id gossip tells
  v1::ViewFacts view_;
  bool complete_ = false;
};

}  // namespace

std::string AddressOf(const RingFacts& facts, const std::string& host_id) {
  std::string out;
  if (!facts.hosts.has_value() || host_id.empty()) return out;
  for (const auto& [address, id] : *facts.hosts) {
    if (id != host_id) continue;
    if (!out.empty()) return "";
    out = address;
  }
  return out;
}

void MakeView(const RingFacts& facts, BulkAnswer* out) {
  if (Sees(facts)) ViewMaker(facts, out).Make();
}

}  // namespace cassplan::cassandra
