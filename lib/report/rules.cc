#include "lib/report/rules.h"

#include <algorithm>
#include <array>

namespace cassplan::report {
namespace {

constexpr bool kGuard = true;
constexpr bool kFinding = false;

constexpr Rule kRules[] = {
    {"approval", kGuard, "A person must approve what the policy or the cluster's owner keeps for persons.",
     "Approve the plan by its fingerprint, run the command by hand, or let the policy start it."},
    {"canary", kGuard, "The rest of a rolling update waits until the canary nodes are released.",
     "Look at the canary; then lower the partition (CassKop: rollingPartition)."},
    {"capabilities", kGuard, "The executor must be able to do the kind of action.",
     "Run the manual command; the next observation shows it done."},
    {"cleanup-debt", kGuard, "Cleanup that is owed is paid before ranges are given back.",
     "Run nodetool cleanup on the nodes that owe it, or let the plan do it."},
    {"contradiction", kFinding, "Sources must not contradict each other about one fact.",
     "Find out which one is right; until then the fact counts as unknown."},
    {"crossed-address", kFinding, "An address belongs to one member only.",
     "Wait until gossip has settled; restart the node that carries the wrong address."},
    {"datacenter-empty", kGuard,
     "A datacenter goes to zero nodes, or away, only when no user keyspace replicates there.",
     "Alter the keyspaces so that they have no replicas there, scale to zero, then remove the datacenter."},
    {"desired-note", kFinding, "Legal, but probably not what was meant.",
     "Read the note; change the file if it is right."},
    {"disk-forecast", kGuard, "At every step each receiver of data has room for it and for compaction.",
     "Free or add disk, or make smaller steps."},
    {"duplicate-host-id", kFinding, "A host id is in one place only.",
     "Two nodes run with the same data directory: stop one of them."},
    {"failed-reports", kFinding, "All sources of the observation should answer.",
     "See the error of each source; what it would have told counts as unknown."},
    {"failure-stop", kGuard, "A rolling update stops after too many failed restarts.",
     "See why the restarts failed; correct the template, or clear the failures in the ledger."},
    {"fenced", kGuard, "A member is removed only when its slot cannot start again.",
     "Delete the slot's Pod or fence its machine, and set its volume aside."},
    {"fresh-volume", kGuard, "A node starts only on a volume that is absent, empty, or its own.",
     "Set the old volume aside under another name, or restore the member that it belongs to."},
    {"ghost", kFinding, "Every member of the ring should have a slot.",
     "Find out where it runs; take it out with nodetool removenode once it can never come back."},
    {"healthy", kGuard, "Nothing is disturbed while a node is past a stop value of the policy.",
     "Wait until the node recovers; or change policy.health."},
    {"identity", kGuard, "Destructive actions name host id and uid, never only a name.",
     "Observe again, so that both are known."},
    {"ignored-keyspace", kFinding, "A keyspace that the policy ignores is not protected.",
     "Take the setting out of policy.keyspaces to protect it."},
    {"invalid-request", kFinding, "The request must be legal.", "Change the named field."},
    {"member-down", kFinding, "Every member should be up.",
     "See its log; replace a node that can never come back, or take it out with nodetool removenode."},
    {"missing-report", kFinding, "Every node should be asked.", "Collect the file that is missing."},
    {"mixed-version", kGuard, "No repair, movement or schema change across releases; only known upgrade paths.",
     "Finish the upgrade first; go through the releases between."},
    {"movement-sources", kGuard, "All donors and receivers of moving ranges are up and can spare a node.",
     "Bring the named nodes up first."},
    {"one-rack", kGuard, "Planned disruption touches one rack of a datacenter at a time.",
     "Wait for the other rack, or bring its node up."},
    {"one-topology-change", kGuard, "One node joins, leaves or is replaced at a time.",
     "Wait until the movement under way is over."},
    {"operation", kFinding, "An operation on request must be possible.", "Change or withdraw the request."},
    {"ordered-ready", kFinding, "A workload that starts its nodes in order restarts one at a time.",
     "Recreate it with podManagementPolicy Parallel (orphan delete, no restart)."},
    {"ownership", kGuard, "Objects of another owner are never touched.",
     "Rename the cluster, or hand the objects over on purpose."},
    {"paused", kGuard, "Kinds of actions that the policy pauses are not started.", "Take the pause out of the policy."},
    {"policy-file", kFinding, "Only one policy counts.", "Keep either --policy or spec.policy."},
    {"predecessor", kGuard, "An action whose predecessor is held waits for it.", "Release the predecessor."},
    {"quorum", kGuard, "For every range enough replicas stay up for the levels that the policy names.",
     "Bring nodes up, raise the replication factor, or lower the keyspace's level in the policy."},
    {"rack-removal", kFinding, "A rack of a datacenter that stays is not removed by leaving it out.",
     "Put it back with zero nodes and wait until it is empty."},
    {"range-movement", kGuard, "No replica of a moving range is restarted or drained.",
     "Wait until the movement is over."},
    {"replace-window", kGuard, "A node that was down longer than gc_grace is replaced, never restarted.",
     "Replace it on an empty volume."},
    {"replication-change", kGuard, "Replication grows by one replica and datacenter at a time, with repair between.",
     "Wait for the rebuild or repair before it; say policy.clients_are_dc_local for a new datacenter."},
    {"replication-floor", kGuard, "As many nodes and racks remain as the replication factors need.",
     "Lower the replication factor first, or keep more nodes."},
    {"schema-agreement", kGuard, "All live nodes agree on the schema.",
     "Wait for agreement; restart a node that never agrees."},
    {"seeds", kGuard, "A joining node is not its own seed, and a live seed is there.",
     "Bring a seed up, or choose another one."},
    {"single-replica", kGuard, "The only replica of a range is given up only with a waiver that names the keyspaces.",
     "Restore the node, or write a waiver that names what may be lost."},
    {"stale-evidence", kFinding, "Facts must be fresh.", "Observe again."},
    {"supported", kGuard, "Only known releases, partitioners, snitches and strategies.",
     "Do the change by hand, or move to a supported setting."},
    {"token-conflict", kFinding, "A token belongs to one member.",
     "Find out which member is alive; take the other one out."},
    {"unguarded-start", kFinding, "Nodes should start on an empty volume only with a permit.",
     "Let the plan write the template with start permits."},
    {"unknown", kFinding, "What the plan rests on should be known.", "Collect what is missing."},
    {"unknown-field", kFinding, "The observation should hold only fields that are known.",
     "Update cassplan, or correct the name."},
    {"unmatched-slots", kFinding, "Slots and members should match by address or host id.",
     "Observe again when addresses have settled."},
    {"volume-class", kFinding, "The storage class of a volume cannot change.",
     "Put the class back; move to a new datacenter to change it."},
    {"volume-growth", kFinding, "Volumes that shall grow are told.", "See the plan or grow the claims by hand."},
    {"volume-last", kGuard, "A volume goes only when its member is proven to have left.",
     "Let a majority of the nodes answer, one of each rack at least; or delete the volume by hand."},
    {"volume-shrink", kFinding, "Volumes cannot shrink.", "Put the capacity back; move to a new datacenter."},
    {"window", kGuard, "Disrupting and moving actions start only in a window of the policy.",
     "Wait for the window, or change policy.windows."},
};

}  // namespace

absl::Span<const Rule> Rules() { return kRules; }

const Rule* FindRule(absl::string_view slug) {
  const Rule* found =
      std::lower_bound(std::begin(kRules), std::end(kRules), slug,
                       [](const Rule& rule, absl::string_view s) { return absl::string_view(rule.slug) < s; });
  return found != std::end(kRules) && found->slug == slug ? found : nullptr;
}

}  // namespace cassplan::report
