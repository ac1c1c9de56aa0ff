// datacenter-empty: a datacenter goes to zero, or leaves, only when no keyspace of a user replicates there.
#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kReplicates, kUnknown, kHasNodes };

}  // namespace

void CheckDatacenterEmpty(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (a.kind == Kind::kDeleteRack) {
    if (!m.views_known && !m.empty_cluster) out->Add(kUnknown);  // a node may be in the ring though none is seen
    if (ask.facts.NodesInRack(a.rack) > 0) out->Add(kHasNodes, ask.resources.ring(a.dc), a.rack);
    return;
  }
  const bool leaves = a.kind == Kind::kDecommission || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate;
  if (!leaves || a.dc == kNone || DesiredNodes(m, a.dc) > 0) return;
  if (!m.schema_known || m.schema_derived) {
    out->Add(kUnknown);
    return;
  }
  int32_t elsewhere = 0;
  for (size_t d = 0; d < m.dcs.size(); ++d)
    elsewhere += static_cast<Id>(d) == a.dc ? 0 : ask.facts.NodesInDc(static_cast<Id>(d));
  for (size_t k = 0; k < m.keyspaces.size(); ++k) {
    const Keyspace& ks = m.keyspaces[k];
    if (!ks.user) continue;
    const bool here = ks.strategy == Replicates::kNetworkTopology
                          ? ask.facts.ReplicationFactor(static_cast<Id>(k), a.dc) > 0
                          : ks.strategy == Replicates::kSimple && ks.simple_rf > elsewhere;
    if (here) out->Add(kReplicates, ask.resources.ring(a.dc), static_cast<Id>(k));
  }
}

Text DescribeDatacenterEmpty(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kReplicates:
      return {absl::StrCat("keyspace ", m.keyspace(r.subject).name, " still replicates in ", m.DcName(a.dc)),
              absl::StrCat("alter the keyspace so that ", m.DcName(a.dc), " has no replicas")};
    case kHasNodes:
      return {absl::StrCat("rack ", m.RackName(r.subject), " still has nodes"), "let them leave first"};
    default:
      return {"whether keyspaces replicate there, or nodes are left there, is not known",
              "collect schema.json and the nodes' answers"};
  }
}

}  // namespace cassplan::planner
