// Operations that a person asked for with labels on Pods, as CassKop's kubectl plugin writes them:
//
//   operation-name      cleanup, rebuild, upgradesstables, remove; beside CassKop's: replace, scrub, compact,
//                       flush, garbagecollect, drain, restart
//   operation-status    ToDo asks for it, Paused asks and waits. Ongoing, Finalizing, Done, Error and Manual ask for
//                       nothing: somebody is at it, it is over, or it is only recommended
//   operation-argument  rebuild: the datacenter that data comes from. remove, replace: the dead node's host id; or,
//                       as CassKop's, [pod][_ip]: its Pod, and the address that it had (both may mean another node by
//                       now, so that what needs certainty is held)
//   operation-start     written by whoever carries it out, once it has begun
//
// The uid of such a request is made of the Pod's uid, the name, the argument and operation-start: it stays the same as
// long as nobody has begun, and who asks again after a run asks with another one. Who carries it out sets the status
// when it begins; a host that never does must let the person change operation-start to ask again.
#ifndef CASSPLAN_LIB_KUBERNETES_POD_OPERATIONS_H_
#define CASSPLAN_LIB_KUBERNETES_POD_OPERATIONS_H_

#include <map>
#include <vector>

#include "lib/kubernetes/listing.h"

namespace cassplan::kubernetes {

// Reads the labels of the Pods of one cluster. `slot_of` has the slot of every name that a Pod of it may have.
// What is written wrongly goes to `problems`: the Pod, the label, and what to write.
void ReadPodOperations(const std::map<SlotId, std::vector<Item>>& pods, const std::map<std::string, SlotId>& slot_of,
                       std::vector<v1::RequestedOperation>* operations, std::vector<Problem>* problems);

// A dotted IPv4 address; a label's value cannot hold any other.
bool IsAddress(absl::string_view text);

}  // namespace cassplan::kubernetes

#endif  // CASSPLAN_LIB_KUBERNETES_POD_OPERATIONS_H_
