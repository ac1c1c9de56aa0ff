// change_replication: ALTER KEYSPACE as desired, after the nodes that shall hold the replicas have joined; then rebuild of
// every node of a datacenter that got its first replicas, from a datacenter that has them.
#include <vector>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

Id SourceOf(const Model& m, const Keyspace& k, Id target) {
  for (size_t d = 0; d < k.rf.size(); ++d) {
    if (static_cast<Id>(d) != target && k.rf[d] > 0) return static_cast<Id>(d);
  }
  (void)m;
  return kNone;
}

}  // namespace

void LowerReplication(Lowering* l) {
  const Model& m = l->model;
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kReplication) continue;
    const Keyspace& k = m.keyspace(d.keyspace);
    const int32_t before = k.rf[static_cast<size_t>(d.dc)];
    const ActionIndex alter = l->Add(Kind::kAlterKeyspace, kGroupReplication, kNone, kNone, "replication");
    {
      Action& a = l->at(alter);
      a.dc = d.dc;
      a.key.dc = d.dc;
      a.keyspace = d.keyspace;
      a.key.keyspace = d.keyspace;
      a.replication_factor = d.number;
    }
    std::vector<Id> slots;
    for (Id s = 0; s < static_cast<Id>(m.slots.size()); ++s) {
      if (m.DcOfSlot(s) != d.dc || !m.slot(s).desired) continue;
      const ActionIndex start = l->start[static_cast<size_t>(s)];
      if (start >= 0) l->at(alter).hard.push_back(start);
      if (start >= 0 || m.slot(s).member != kNone) slots.push_back(s);
    }
    const Id source = SourceOf(m, k, d.dc);
    if (before > 0 || source == kNone) continue;
    for (const Id s : slots) {
      const ActionIndex i = l->Add(Kind::kRebuild, kGroupRebuild, m.slot(s).rack, s, "replication");
      Action& a = l->at(i);
      a.keyspace = d.keyspace;
      a.key.keyspace = d.keyspace;
      a.source_dc = source;
      a.replication_factor = d.number;
      a.hard.push_back(alter);
    }
  }
}

}  // namespace cassplan::planner
