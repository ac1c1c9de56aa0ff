// Is what becomes of datacenters, racks and replication legal and reachable? Part of `admit`.
#ifndef CASSPLAN_LIB_PLANNER_ADMIT_TOPOLOGY_H_
#define CASSPLAN_LIB_PLANNER_ADMIT_TOPOLOGY_H_

#include <string>

#include "lib/planner/model.h"

namespace cassplan::planner {

// Fills Model::replication_goals from what the user listed.
void AdmitReplication(Model* model);
// Datacenters and racks that are left out, and datacenters that shrink.
void AdmitTopology(Model* model);

// The seed list for now, and where it leads to: a node that is to leave is demoted before, a node that joins is
// promoted afterwards, and a datacenter with nodes keeps a seed.
void AdmitSeeds(Model* model);

// The statement that takes a datacenter out of a keyspace's replication; empty where nothing else would be left.
std::string AlterWithout(const Model& model, const Keyspace& keyspace, Id dc);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_ADMIT_TOPOLOGY_H_
