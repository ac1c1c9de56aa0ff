// replication-floor: nodes that remain in the datacenter >= the highest replication factor there, racks >= min(RF,
// racks now). Cassandra refuses below that unless forced; the planner never relies on forcing for a keyspace of a user.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kNodes, kRacks, kUnknown, kTooMany };

int32_t Highest(const Ask& ask, Id dc, Id* keyspace) {
  int32_t highest = 0;
  for (size_t k = 0; k < ask.model.keyspaces.size(); ++k) {
    const Keyspace& ks = ask.model.keyspaces[k];
    // While a whole datacenter goes only keyspaces of users keep it (datacenter-empty): system_auth leaves with it.
    if (!ks.user && (!ks.counted || DesiredNodes(ask.model, dc) == 0)) continue;
    const int32_t rf = ks.strategy == Replicates::kSimple ? ks.simple_rf
                       : ks.strategy == Replicates::kNetworkTopology
                           ? ask.facts.ReplicationFactor(static_cast<Id>(k), dc)
                           : 0;
    if (rf <= highest) continue;
    highest = rf;
    *keyspace = static_cast<Id>(k);
  }
  return highest;
}

// Is it among the nodes that are counted now? One that is still joining by itself is not.
bool Counted(const Ask& ask) {
  const Action& a = ask.action;
  if (a.member == kNone || ask.facts.InRing(a.member)) return true;
  return std::any_of(ask.model.in_flight.begin(), ask.model.in_flight.end(),
                     [&](const InFlight& f) { return f.kind == Kind::kStartNode && f.slot == a.slot; });
}

}  // namespace

void CheckReplicationFloor(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Resource ring = a.dc == kNone ? kNoResource : ask.resources.ring(a.dc);
  Id keyspace = kNone;
  if (a.kind == Kind::kAlterKeyspace) {
    if (!a.lowers && a.replication_factor > ask.facts.NodesInDc(a.dc))
      out->Add(kTooMany, ring, a.keyspace, a.replication_factor);
    return;
  }
  if (a.kind != Kind::kDecommission && a.kind != Kind::kRemoveNode && a.kind != Kind::kAssassinate) return;
  if (!ask.model.schema_known || ask.model.schema_derived) {
    out->Add(kUnknown);
    return;
  }
  if (!Counted(ask)) return;  // without it there are as many as now
  const int32_t left = ask.facts.NodesInDc(a.dc) - 1;
  if (left == 0 && DesiredNodes(ask.model, a.dc) == 0) return;  // datacenter-empty judges the last node
  const int32_t rf = Highest(ask, a.dc, &keyspace);
  if (rf == 0) return;  // nothing is kept here
  if (left < rf) out->Add(kNodes, ring, keyspace, rf);
  const int32_t racks_now = ask.facts.RacksInDc(a.dc);
  const int32_t racks_left = racks_now - (ask.facts.NodesInRack(a.rack) == 1 ? 1 : 0);
  // While a whole datacenter goes its racks go, too.
  if (racks_left < std::min(rf, racks_now) && DesiredNodes(ask.model, a.dc) > 0) out->Add(kRacks, ring, keyspace, rf);
}

namespace {

// Nodes that are only not known to be there, or to come, are no reason to ask for fewer replicas.
Text DescribeTooMany(const Model& m, const Action& a, const Refusal& r) {
  const std::string text = absl::StrCat(m.DcName(a.dc), " has too few nodes for ", r.number, " replicas of keyspace ",
                                        m.keyspace(r.subject).name);
  for (Id rack = m.dc(a.dc).first_rack; rack < m.dc(a.dc).last_rack; ++rack) {
    if (!m.rack(rack).desired || m.rack(rack).present != Known::kUnknown) continue;
    return {absl::StrCat(text, ", and whether the workload of ", m.RackName(rack), " exists is not known"),
            "collect the StatefulSets of the cluster (kubernetes.json)"};
  }
  return {text, "add nodes first, or ask for fewer replicas"};
}

}  // namespace

Text DescribeReplicationFloor(const Model& m, const Action& a, const Refusal& r) {
  const std::string dc = m.DcName(a.dc);
  switch (r.code) {
    case kUnknown:
      return {"how keyspaces replicate is not known for certain",
              "collect schema.json (rows of system_schema.keyspaces)"};
    case kRacks:
      return {absl::StrCat("the last node of rack ", m.RackName(a.rack), " would leave, and keyspace ",
                           m.keyspace(r.subject).name, " has ", r.number, " replicas in ", dc),
              "keep a node in every rack, or lower the replication first"};
    case kTooMany:
      return DescribeTooMany(m, a, r);
    default:
      return {absl::StrCat("too few nodes would be left in ", dc, " for the ", r.number, " replicas of keyspace ",
                           m.keyspace(r.subject).name),
              a.kind == Kind::kDecommission
                  ? "add nodes, or lower the replication first"
                  : "replace the dead node in its slot instead (policy.dead_node: replace, or ask for replace_node)"};
  }
}

}  // namespace cassplan::planner
