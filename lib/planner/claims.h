// Resources, and which of them an action claims: the claims table. Every fact that a guard reads belongs to exactly one
// resource; an action that changes a fact claims its owner; an action whose guards read a fact claims its owner at
// least together with others.
#ifndef CASSPLAN_LIB_PLANNER_CLAIMS_H_
#define CASSPLAN_LIB_PLANNER_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/planner/action.h"

namespace cassplan::planner {

using Resource = int32_t;

// Numbers the resources of a model.
//   topology    a movement is under way                     schema    schema versions, release of each node
//   disruption  which datacenters are being disrupted       cluster   shared objects, seeds
//   repairs     repairs handed to others                    keyspace  its replication
//   ring/dc     members, tokens, replication, moving ranges, cleanup owed, disk
//   serving/dc  up or down, disrupted                       workload/dc/rack  template, replicas
//   node/slot and node/host id: what happens to one node
class Resources {
 public:
  explicit Resources(const Model& model);

  Resource topology() const { return 0; }
  Resource disruption() const { return 1; }
  Resource schema() const { return 2; }
  Resource cluster() const { return 3; }
  Resource repairs() const { return 4; }
  // One for all datacenters where a counted keyspace or a level spans them.
  Resource ring(Id dc) const { return first_ring_ + (merged_ ? 0 : dc); }
  Resource serving(Id dc) const { return first_serving_ + (merged_ ? 0 : dc); }
  Resource workload(Id rack) const { return first_workload_ + rack; }
  Resource slot(Id slot) const { return first_slot_ + slot; }
  Resource member(Id member) const { return first_member_ + member; }
  Resource keyspace(Id keyspace) const { return first_keyspace_ + keyspace; }
  int32_t count() const { return count_; }

  bool IsNode(Resource r) const { return r >= first_slot_ && r < first_keyspace_; }
  bool IsServing(Resource r) const { return r >= first_serving_ && r < first_workload_; }
  bool IsRing(Resource r) const { return r >= first_ring_ && r < first_serving_; }
  std::string Name(const Model& model, Resource r) const;

 private:
  bool merged_;
  Resource first_ring_, first_serving_, first_workload_, first_slot_, first_member_, first_keyspace_;
  int32_t count_;
};

struct Claim {
  Resource resource;
  bool alone;
};

// The claims of one action, sorted by resource, each resource once.
void ClaimsOf(const Model& model, const Resources& resources, const Action& action, std::vector<Claim>* out);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_CLAIMS_H_
