// change_replication: ALTER KEYSPACE as desired, after the nodes that shall hold the replicas have joined; then rebuild
// of every node of a datacenter that got its first replicas, from a datacenter that has them. Once the ALTER is done
// the ledger remembers which rebuilds are owed: the schema does not tell.
#include <vector>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

Id SourceOf(const Keyspace& k, Id target) {
  for (size_t d = 0; d < k.rf.size(); ++d) {
    if (static_cast<Id>(d) != target && k.rf[d] > 0) return static_cast<Id>(d);
  }
  return kNone;
}

ActionIndex AddRebuild(Lowering* l, const RebuildDebt& debt, Id slot, absl::string_view code) {
  const ActionIndex i = l->Add(Kind::kRebuild, kGroupRebuild, l->model.slot(slot).rack, slot, code);
  Action& a = l->at(i);
  a.keyspace = debt.keyspace;
  a.key.keyspace = debt.keyspace;
  a.source_dc = debt.source_dc;
  a.replication_factor = debt.replication_factor;
  return i;
}

// Nodes that fetch nothing yet would give nothing to one that joins, so it joins after them.
void AddOwed(Lowering* l, const Drift& d) {
  const RebuildDebt& debt = l->model.rebuild_debts[static_cast<size_t>(d.number)];
  const ActionIndex rebuild = AddRebuild(l, debt, d.slot, "rebuild-owed");
  l->at(rebuild).unless = l->decommission[static_cast<size_t>(d.slot)];
  for (size_t s = 0; s < l->start.size(); ++s) {
    const ActionIndex start = l->start[s];
    if (start >= 0 && l->at(start).joins && l->at(start).dc == d.dc) l->at(start).hard.push_back(rebuild);
  }
}

ActionIndex AddAlter(Lowering* l, const Drift& d, Id source) {
  const ActionIndex alter = l->Add(Kind::kAlterKeyspace, kGroupReplication, kNone, kNone, "replication");
  Action& a = l->at(alter);
  a.dc = d.dc;
  a.key.dc = d.dc;
  a.keyspace = d.keyspace;
  a.key.keyspace = d.keyspace;
  a.source_dc = source;
  a.replication_factor = d.number;
  return alter;
}

void AddChange(Lowering* l, const Drift& d) {
  const Model& m = l->model;
  const Keyspace& k = m.keyspace(d.keyspace);
  const bool first = k.rf[static_cast<size_t>(d.dc)] == 0;
  const Id source = first ? SourceOf(k, d.dc) : kNone;
  const ActionIndex alter = AddAlter(l, d, source);
  for (Id s = 0; s < static_cast<Id>(m.slots.size()); ++s) {
    if (m.DcOfSlot(s) != d.dc || !m.slot(s).desired) continue;
    const ActionIndex start = l->start[static_cast<size_t>(s)];
    if (start >= 0) l->at(alter).hard.push_back(start);
    if (source == kNone || (start < 0 && m.slot(s).member == kNone && !StartInFlight(m, s))) continue;
    const ActionIndex rebuild = AddRebuild(l, {kNone, d.keyspace, source, d.number}, s, "replication");
    l->at(rebuild).hard.push_back(alter);
  }
}

}  // namespace

void LowerReplication(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind == DriftKind::kReplication) AddChange(l, d);
    if (d.kind == DriftKind::kRebuildOwed) AddOwed(l, d);
  }
}

}  // namespace cassplan::planner
