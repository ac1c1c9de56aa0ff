// upgrade: what a change of release needs beside the restarts of rolling_update: a snapshot of every node before its
// first start on the new release, and upgradesstables of every node once all run it, rack by rack. What is owed from an
// upgrade before comes before the next one.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

bool Running(const Model& m, Id slot) {
  return std::any_of(m.in_flight.begin(), m.in_flight.end(),
                     [&](const InFlight& a) { return IsDisruption(a.kind) && a.slot == slot; });
}

bool Taken(const Model& m, Id member, absl::string_view line) {
  return std::any_of(m.snapshots.begin(), m.snapshots.end(),
                     [&](const SnapshotTaken& s) { return s.member == member && s.line == line; });
}

// A node that is down cannot take one.
void AddSnapshot(Lowering* l, ActionIndex restart) {
  const Model& m = l->model;
  const Id slot = l->at(restart).slot;
  const Id member = l->at(restart).member;
  const Runs from = RunsIn(m, m.slot(slot));
  const Runs to = DesiredRuns(m.rack(m.slot(slot).rack));
  if (!m.policy.snapshot_before_upgrade || l->at(restart).was_down || Older(to.line, from.line)) return;
  if (Running(m, slot) || Taken(m, member, to.line)) return;
  const ActionIndex i = l->Add(Kind::kTakeSnapshot, kGroupSnapshot, kNone, slot, "before-upgrade");
  Action& a = l->at(i);
  a.snapshot = absl::StrCat("before-", to.line);
  a.unless = l->at(restart).unless;
  l->at(restart).hard.push_back(i);
  if (l->at(restart).drain >= 0) l->at(l->at(restart).drain).hard.push_back(i);
}

void AddUpgrade(Lowering* l, Id slot, int32_t group, absl::string_view line, ActionIndex after) {
  const ActionIndex i = l->Add(Kind::kUpgradeSstables, group, kNone, slot, "upgrade-owed");
  Action& a = l->at(i);
  a.detail = std::string(line);
  a.unless = l->decommission[static_cast<size_t>(slot)];
  if (after >= 0) a.hard.push_back(after);
}

}  // namespace

void LowerUpgrade(Lowering* l) {
  const Model& m = l->model;
  std::vector<ActionIndex> restart_of(m.slots.size(), -1);
  const auto actions = static_cast<ActionIndex>(l->actions.size());
  for (ActionIndex i = 0; i < actions; ++i) {
    if (l->at(i).kind != Kind::kRestartNode || !l->at(i).release_changes || l->at(i).member == kNone) continue;
    restart_of[static_cast<size_t>(l->at(i).slot)] = i;
    AddSnapshot(l, i);
  }
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kUpgradeOwed) continue;
    const absl::string_view line = RunsIn(m, m.slot(d.slot)).line;
    const bool leaves_it = DesiredRuns(m.rack(d.rack)).line != line;
    AddUpgrade(l, d.slot, leaves_it ? kGroupUpgradeFirst : kGroupRest, line, -1);
  }
  for (size_t s = 0; s < m.slots.size(); ++s) {
    if (restart_of[s] < 0) continue;
    const Runs from = RunsIn(m, m.slots[s]);
    const Runs to = DesiredRuns(m.rack(m.slots[s].rack));
    const bool twice = m.member(m.slots[s].member).upgrade_owed && from.line == to.line;
    if (!twice && LeavesOldFiles(to) && !Older(to.line, from.line)) {
      AddUpgrade(l, static_cast<Id>(s), kGroupRest, to.line, restart_of[s]);
    }
  }
}

}  // namespace cassplan::planner
