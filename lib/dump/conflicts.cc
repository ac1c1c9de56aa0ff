#include "lib/dump/conflicts.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace cassplan::dump {
namespace {

// Everything that is said of one host id.
struct Claims {
  std::set<std::string> addresses;
  std::set<std::string> datacenters;
  std::set<std::string> racks;
  std::set<std::vector<int64_t>> tokens;
};

void Insert(const std::string& value, std::set<std::string>* out) {
  if (!value.empty()) out->insert(value);
}

template <typename Message>  // NodeFacts or Peer
void AddClaims(const Message& message, Claims* claims) {
  Insert(message.address(), &claims->addresses);
  Insert(message.datacenter(), &claims->datacenters);
  Insert(message.rack(), &claims->racks);
  if (message.tokens_size() == 0) return;
  std::vector<int64_t> tokens(message.tokens().begin(), message.tokens().end());
  std::sort(tokens.begin(), tokens.end());
  claims->tokens.insert(std::move(tokens));
}

class Resolver {
 public:
  Resolver(const ConflictOptions& options, std::vector<NodeAnswer>* nodes, std::vector<cassandra::TimedView>* views,
           std::vector<v1::Finding>* findings)
      : options_(options), nodes_(*nodes), views_(*views), findings_(*findings) {}

  void Resolve() {
    FindForeignNodes();
    FindDuplicateHostIds();
    DropViewers();
    CollectClaims();
    FindCrossedAddresses();
    FindLocationMismatches();
    FindTokenConflicts();
    ClearConflicts();
    FillLocations();
    TellUnnamed();
  }

 private:
  v1::Finding* Add(absl::string_view rule, v1::FindingLevel level, std::string message) {
    v1::Finding& finding = findings_.emplace_back();
    finding.set_rule(std::string(rule));
    finding.set_level(level);
    finding.set_message(std::move(message));
    return &finding;
  }
  void AddAboutMember(absl::string_view rule, const std::string& host_id, std::string message) {
    Add(rule, v1::FINDING_LEVEL_WARNING, std::move(message))->mutable_subject()->set_host_id(host_id);
  }

  // The cluster name that counts; empty when none does.
  std::string ClusterName(const std::map<std::string, int>& names) const {
    std::string best;
    int most = 0;
    for (const auto& [name, count] : names) most = std::max(most, count);
    for (const auto& [name, count] : names) {
      if (count != most) continue;
      if (name == options_.cluster) return name;
      best = best.empty() ? name : " ";  // no name of a cluster: nobody has it
    }
    return best;
  }

  void FindForeignNodes() {
    std::map<std::string, int> names;
    for (const NodeAnswer& node : nodes_) {
      if (!node.answer.failed && !node.answer.node.cluster().empty()) ++names[node.answer.node.cluster()];
    }
    if (names.size() < 2) return;
    const std::string name = ClusterName(names);
    for (NodeAnswer& node : nodes_) {
      cassandra::BulkAnswer& answer = node.answer;
      if (answer.failed || answer.node.cluster().empty() || answer.node.cluster() == name) continue;
      answer.failed = true;
      answer.error = absl::StrCat("it answers as a node of the cluster ", answer.node.cluster());
      untrusted_.insert(answer.node.host_id());
      answer.subject.clear_host_id();
      v1::Finding* finding =
          Add("foreign-node", v1::FINDING_LEVEL_ERROR,
              absl::StrCat(node.pod, " is a node of the cluster ", answer.node.cluster(), ", others are not"));
      *finding->mutable_subject() = answer.subject;
    }
  }

  void FindDuplicateHostIds() {
    std::map<std::string, std::vector<NodeAnswer*>> by_host_id;
    for (NodeAnswer& node : nodes_) {
      if (!node.answer.failed && !node.answer.node.host_id().empty()) {
        by_host_id[node.answer.node.host_id()].push_back(&node);
      }
    }
    for (auto& [host_id, same] : by_host_id) {
      if (same.size() < 2) continue;
      untrusted_.insert(host_id);
      std::vector<std::string> pods;
      for (NodeAnswer* node : same) pods.push_back(node->pod);
      Add("duplicate-host-id", v1::FINDING_LEVEL_ERROR,
          absl::StrCat("host id ", host_id, " is told by ", absl::StrJoin(pods, ", ")))
          ->mutable_subject()
          ->set_host_id(host_id);
    }
  }

  void DropViewers() {
    if (untrusted_.empty()) return;
    for (cassandra::TimedView& timed : views_) {
      const std::vector<std::string> viewers(timed.view.viewers().begin(), timed.view.viewers().end());
      timed.view.clear_viewers();
      for (const std::string& viewer : viewers) {
        if (untrusted_.count(viewer) == 0) timed.view.add_viewers(viewer);
      }
    }
    views_.erase(std::remove_if(views_.begin(), views_.end(),
                                [](const cassandra::TimedView& timed) { return timed.view.viewers().empty(); }),
                 views_.end());
  }

  void CollectClaims() {
    for (const NodeAnswer& node : nodes_) {
      const v1::NodeFacts& facts = node.answer.node;
      if (!node.answer.failed && !facts.host_id().empty()) AddClaims(facts, &claims_[facts.host_id()]);
    }
    for (const cassandra::TimedView& timed : views_) {
      for (const v1::Peer& peer : timed.view.peers()) {
        if (peer.movement() != v1::PEER_MOVEMENT_LEFT) AddClaims(peer, &claims_[peer.host_id()]);
      }
    }
  }

  void FindCrossedAddresses() {
    std::map<std::string, std::vector<std::string>> host_ids;  // by address
    for (const auto& [host_id, claims] : claims_) {
      for (const std::string& address : claims.addresses) host_ids[address].push_back(host_id);
      if (claims.addresses.size() < 2) continue;
      AddAboutMember("crossed-address", host_id,
                     absl::StrCat("host id ", host_id, " is seen at ", absl::StrJoin(claims.addresses, " and ")));
      no_address_.insert(host_id);
    }
    for (const auto& [address, same] : host_ids) {
      if (same.size() < 2) continue;
      AddAboutMember("crossed-address", same[0],
                     absl::StrCat("address ", address, " is that of the host ids ", absl::StrJoin(same, " and ")));
      no_address_.insert(same.begin(), same.end());
    }
    for (NodeAnswer& node : nodes_) CompareWithSlotAddress(&node);
  }

  void CompareWithSlotAddress(NodeAnswer* node) {
    cassandra::BulkAnswer& answer = node->answer;
    const std::string& address = answer.node.address();
    if (answer.failed || address.empty() || node->slot_address.empty() || address == node->slot_address) return;
    const bool another = options_.slots_by_address->count(address) > 0;
    v1::Finding* finding = Add("crossed-address", another ? v1::FINDING_LEVEL_WARNING : v1::FINDING_LEVEL_NOTE,
                               absl::StrCat(node->pod, " has the address ", node->slot_address, " and answers as ",
                                            address, another ? ", which is another pod's" : ""));
    *finding->mutable_subject() = answer.subject;
    if (another) answer.node.clear_address();
  }

  void FindLocationMismatches() {
    for (const auto& [host_id, claims] : claims_) {
      if (claims.datacenters.size() < 2 && claims.racks.size() < 2) continue;
      no_location_.insert(host_id);
      AddAboutMember(
          "location-mismatch", host_id,
          absl::StrCat("host id ", host_id, " is told to be in datacenter ", absl::StrJoin(claims.datacenters, " and "),
                       ", rack ", absl::StrJoin(claims.racks, " and ")));
    }
    for (const NodeAnswer& node : nodes_) CompareWithSlot(node);
  }

  // The node's word stays: Cassandra places replicas by it, whatever the slot's labels say.
  void CompareWithSlot(const NodeAnswer& node) {
    const v1::NodeFacts& facts = node.answer.node;
    const v1::Target& slot = node.answer.subject;
    if (node.answer.failed) return;
    const bool other_datacenter = !facts.datacenter().empty() && facts.datacenter() != slot.datacenter();
    const bool other_rack = !facts.rack().empty() && facts.rack() != slot.rack();
    if (!other_datacenter && !other_rack) return;
    v1::Finding* finding =
        Add("location-mismatch", v1::FINDING_LEVEL_ERROR,
            absl::StrCat(node.pod, " says that it is in datacenter ", facts.datacenter(), ", rack ", facts.rack()));
    *finding->mutable_subject() = slot;
  }

  void FindTokenConflicts() {
    std::vector<std::pair<int64_t, absl::string_view>> owners;
    for (const auto& [host_id, claims] : claims_) {
      for (const auto& tokens : claims.tokens) {
        for (const int64_t token : tokens) owners.emplace_back(token, host_id);
      }
      if (claims.tokens.size() < 2) continue;
      no_tokens_.insert(host_id);
      AddAboutMember("token-conflict", host_id, absl::StrCat("nodes tell different tokens for the host id ", host_id));
    }
    std::sort(owners.begin(), owners.end());
    std::set<std::pair<absl::string_view, absl::string_view>> told;
    for (size_t i = 1; i < owners.size(); ++i) {
      const auto& [token, a] = owners[i - 1];
      const absl::string_view b = owners[i].second;
      if (token != owners[i].first || a == b) continue;
      no_tokens_.insert({std::string(a), std::string(b)});
      if (!told.emplace(a, b).second) continue;
      AddAboutMember("token-conflict", std::string(a), absl::StrCat("token ", token, " is told for ", a, " and ", b));
    }
  }

  template <typename Message>
  void Clear(Message* message) const {
    if (no_address_.count(message->host_id()) > 0) message->clear_address();
    if (no_tokens_.count(message->host_id()) > 0) message->clear_tokens();
  }

  void ClearConflicts() {
    for (NodeAnswer& node : nodes_) {
      if (!node.answer.node.host_id().empty()) Clear(&node.answer.node);
    }
    for (cassandra::TimedView& timed : views_) {
      for (v1::Peer& peer : *timed.view.mutable_peers()) Clear(&peer);
    }
  }

  void FillLocations() {
    std::map<std::string, const v1::NodeFacts*> by_host_id;
    for (const NodeAnswer& node : nodes_) {
      const v1::NodeFacts& facts = node.answer.node;
      const bool located = !facts.datacenter().empty() && !facts.rack().empty();
      if (!node.answer.failed && located && !facts.host_id().empty()) by_host_id[facts.host_id()] = &facts;
    }
    for (cassandra::TimedView& timed : views_) {
      for (v1::Peer& peer : *timed.view.mutable_peers()) FillLocation(by_host_id, &peer);
    }
  }

  void FillLocation(const std::map<std::string, const v1::NodeFacts*>& by_host_id, v1::Peer* peer) const {
    if (peer->movement() == v1::PEER_MOVEMENT_LEFT) return;  // its address may be another's by now
    if (no_location_.count(peer->host_id()) > 0) {
      peer->clear_datacenter();
      peer->clear_rack();
      return;
    }
    if (!peer->datacenter().empty() || !peer->rack().empty()) return;
    const auto own = by_host_id.find(peer->host_id());
    if (own != by_host_id.end()) {
      peer->set_datacenter(own->second->datacenter());
      peer->set_rack(own->second->rack());
      return;
    }
    const auto slot = options_.slots_by_address->find(peer->address());
    if (slot == options_.slots_by_address->end()) return;
    peer->set_datacenter(slot->second.datacenter());
    peer->set_rack(slot->second.rack());
  }

  void TellUnnamed() {
    std::set<std::string> known;
    for (const auto& [host_id, claims] : claims_) known.insert(claims.addresses.begin(), claims.addresses.end());
    for (const cassandra::TimedView& timed : views_) {
      for (const v1::Peer& peer : timed.view.peers()) known.insert(peer.address());
    }
    for (const NodeAnswer& node : nodes_) {
      if (node.answer.failed) continue;
      for (const cassandra::UnnamedNode& unnamed : node.answer.unnamed) {
        if (!known.insert(unnamed.address).second) continue;
        const bool left = unnamed.movement == v1::PEER_MOVEMENT_LEFT;
        v1::Finding* finding =
            Add("remembered-node", left ? v1::FINDING_LEVEL_NOTE : v1::FINDING_LEVEL_WARNING,
                absl::StrCat(node.pod, " remembers ", unnamed.address, ", which is no member of the ring",
                             left ? " any more" : "", "; nobody tells its host id"));
        finding->set_remedy("ask FailureDetector for AllEndpointStates, too");
      }
    }
  }

  const ConflictOptions& options_;
  std::vector<NodeAnswer>& nodes_;
  std::vector<cassandra::TimedView>& views_;
  std::vector<v1::Finding>& findings_;
  std::set<std::string> untrusted_;  // host ids whose views do not count
  std::map<std::string, Claims> claims_;
  std::set<std::string> no_address_;
  std::set<std::string> no_location_;
  std::set<std::string> no_tokens_;
};

}  // namespace

void ResolveConflicts(const ConflictOptions& options, std::vector<NodeAnswer>* nodes,
                      std::vector<cassandra::TimedView>* views, std::vector<v1::Finding>* findings) {
  Resolver(options, nodes, views, findings).Resolve();
}

}  // namespace cassplan::dump
