// Which nodes must not be away together: the replicas of each range of each counted keyspace, and which ranges a
// movement changes.
#ifndef CASSPLAN_LIB_VERIFY_RING_H_
#define CASSPLAN_LIB_VERIFY_RING_H_

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "absl/types/span.h"
#include "lib/placement/replicas.h"
#include "lib/verify/effects.h"
#include "lib/verify/state.h"

namespace cassplan::verify {

// Ranges of one keyspace of which the same number of replicas may be away.
class Group {
 public:
  Group(int32_t of_keyspace, int32_t of_dc, const placement::ReplicaMap* map)
      : keyspace(of_keyspace), dc(of_dc), map_(map) {}

  int32_t keyspace;
  int32_t dc;                 // kNone: ranges of the whole cluster
  int32_t allowed = 0;        // away at the same time
  bool one_per_rack = false;  // each range has its replicas in different racks, wherever a node's tokens are

  int32_t ranges() const { return map_ != nullptr ? map_->ranges() : Size(ends_); }
  absl::Span<const int32_t> replicas(int32_t range) const;
  absl::Span<const int32_t> ranges_of(int32_t node) const;
  void Add(const std::vector<int32_t>& replicas, size_t nodes);

 private:
  const placement::ReplicaMap* map_;
  std::vector<int32_t> flat_;
  std::vector<size_t> ends_;
  std::vector<std::vector<int32_t>> of_node_;
};

// What a movement touches.
struct Footprint {
  // Old and pending replicas of moving ranges, without the mover; ascending.
  std::vector<int32_t> involved;
  // Nodes that get ranges of a node that goes; ascending.
  std::vector<int32_t> receivers;
  // Where the mover dies, so many of `nodes` (and of the other datacenters' replicas, where `total`) must be up.
  struct Demand {
    int32_t keyspace;
    int32_t need;
    bool total;
    std::vector<int32_t> nodes;
    auto operator<=>(const Demand&) const = default;
  };
  std::vector<Demand> demands;
};

class Ring {
 public:
  // Of the nodes that are in the ring at `moment`. `drawn`: tokens by node for those that have none of their own; a
  // node without tokens has no part in any range.
  Ring(const World& world, const Moment& moment, const std::vector<std::vector<int64_t>>* drawn);

  // Follow an effect without building the ring anew.
  void Add(int32_t node);
  void Remove(int32_t node);
  void SetFactors(const std::vector<std::vector<int32_t>>& factors);

  // Valid until the ring changes.
  const std::vector<Group>& groups();

  // What `movement` touches when it runs in this ring.
  Footprint Of(const Operation& movement);

  // The least number of replicas that are up in each of a keyspace's datacenters but `dc`, summed.
  int32_t LeastUpElsewhere(int32_t keyspace, int32_t dc, const Moment& moment);

  bool in_ring(int32_t node) const { return At(in_ring_, node); }

  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

 private:
  using Key = std::tuple<bool, int32_t, int32_t>;  // whole cluster, datacenter, factor
  struct Part {
    int32_t keyspace;
    int32_t dc;
    int32_t local_need;
    int32_t total_need;
    int32_t total_replicas;
    placement::ReplicaMap* map;
  };

  Ring(const Ring& before, int32_t joined);

  bool HasUnknownTokens(int32_t dc) const;
  Footprint Join(int32_t node);
  Footprint Leave(int32_t node);
  Footprint Replace(int32_t node);
  Footprint RemoveDead(int32_t node);
  Footprint Everything(int32_t node) const;
  static void Demand(const Part& part, int32_t old_replicas, int32_t pending, const std::vector<int32_t>& rest,
                     Footprint& footprint);

  placement::ReplicaMap& Map(bool whole, int32_t dc, int32_t factor);
  std::vector<Part> Parts(int32_t keyspace);
  void AddGroup(const Part& part);
  void AddSpanning(int32_t keyspace, const std::vector<Part>& parts);
  void AddUnsupported(int32_t keyspace);
  template <typename Visit>
  void ForPartsOf(int32_t node, Visit visit);
  int32_t Allowed(int32_t replicas, int32_t need) const;

  const World& world_;
  const std::vector<std::vector<int64_t>>* drawn_;
  std::vector<bool> in_ring_;
  std::vector<int32_t> rack_of_;
  std::vector<std::vector<int32_t>> factors_;
  std::map<Key, placement::ReplicaMap> maps_;  // groups point into it
  std::vector<Group> groups_;
  bool grouped_ = false;
};

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_RING_H_
