// rolling_update: every change of a node's template and every asked restart merge into one restart per node, drain ->
// restart as one unit. Racks with a broken node first, then racks that have begun.
#include "lib/planner/admit.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

// Where it is not certain what the node runs, its release may change.
bool ReleaseChanges(const Model& m, const Slot& slot) {
  const Runs to = DesiredRuns(m.rack(slot.rack));
  if (to.line.empty()) return false;
  const Runs from = RunsIn(m, slot);
  const bool unsure = slot.member != kNone && m.member(slot.member).release_unsure;
  if (unsure || from.line != to.line) return true;
  return from.mode != to.mode && (ModeNumber(to.mode) > 0 || (!from.mode.empty() && !to.mode.empty()));
}

bool NeedsRestart(const Drift& d) { return d.kind == DriftKind::kStaleNode || d.kind == DriftKind::kDrainedNode; }

// A rack has begun when one of its nodes runs the desired template and another does not.
void MarkRacks(Lowering* l) {
  const Model& m = l->model;
  std::vector<int32_t> stale(m.racks.size(), 0);
  for (const Drift& d : l->drift) {
    if (!NeedsRestart(d) || d.member == kNone) continue;
    ++stale[static_cast<size_t>(d.rack)];
    const Member& member = m.member(d.member);
    if (member.down && !member.failed) l->restart_broken[static_cast<size_t>(d.rack)] = 1;
  }
  for (size_t r = 0; r < m.racks.size(); ++r) {
    if (stale[r] == 0) continue;
    int32_t current = 0;
    for (Id s = m.racks[r].first_slot; s < m.racks[r].last_slot; ++s) {
      const Slot& slot = m.slot(s);
      if (slot.member != kNone && slot.present == Known::kYes && slot.revision == m.racks[r].desired_revision &&
          (m.racks[r].restart_token.empty() || slot.token == m.racks[r].restart_token)) {
        ++current;
      }
    }
    if (current > 0) l->restart_begun[r] = 1;
  }
  for (const InFlight& a : m.in_flight) {
    if (IsDisruption(a.kind) && a.rack != kNone) l->restart_begun[static_cast<size_t>(a.rack)] = 1;
  }
}

void SetKey(Lowering* l, const Drift& d, Action* a) {
  const size_t rack = static_cast<size_t>(d.rack);
  const bool broken = d.member == kNone || l->model.member(d.member).down;
  a->key.broken_rack = broken || l->restart_broken[rack] != 0 ? 0 : 1;
  a->key.broken = broken ? 0 : 1;
  a->key.begun = l->restart_begun[rack] != 0 ? 0 : 1;
  a->key.dc_priority = l->model.dc(d.dc).priority;
}

void AddRestart(Lowering* l, const Drift& d, ActionIndex unless) {
  const Model& m = l->model;
  const Slot& slot = m.slot(d.slot);
  const Member* member = d.member == kNone ? nullptr : &m.member(d.member);
  const absl::string_view code = d.kind == DriftKind::kDrainedNode ? "drained-node" : "stale-node";
  const ActionIndex write = l->rack_write[static_cast<size_t>(d.rack)];
  ActionIndex drain = -1;
  if (m.policy.drain && m.policy.capable.Has(Kind::kDrain) && member != nullptr && !member->down && !member->drained) {
    drain = l->Add(Kind::kDrain, kGroupRestart, d.rack, d.slot, code);
    Action& a = l->at(drain);
    SetKey(l, d, &a);
    a.in_unit = true;
    a.unless = unless;
    if (write >= 0) a.hard.push_back(write);
  }
  const ActionIndex restart = l->Add(Kind::kRestartNode, kGroupRestart, d.rack, d.slot, code);
  Action& a = l->at(restart);
  SetKey(l, d, &a);
  a.drain = drain;
  a.unless = unless;
  a.release_changes = ReleaseChanges(m, slot);
  a.was_down = member == nullptr || member->down;
  a.joins = member == nullptr;
  if (write >= 0) a.hard.push_back(write);
  if (drain >= 0) a.hard.push_back(drain);
}

}  // namespace

void LowerRollingUpdate(Lowering* l) {
  const Model& m = l->model;
  MarkRacks(l);
  for (const Drift& d : l->drift) {
    if (NeedsRestart(d)) AddRestart(l, d, -1);
  }
  // A node that is to leave is restarted only when its release differs and its decommission is not placed: as long as
  // it stays it keeps the cluster on two releases.
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kSurplusNode) continue;
    const Slot& slot = m.slot(d.slot);
    const Rack& rack = m.rack(d.rack);
    const ActionIndex leave = l->decommission[static_cast<size_t>(d.slot)];
    if (leave < 0 || rack.template_refused || slot.revision == rack.desired_revision || !ReleaseChanges(m, slot))
      continue;
    if (slot.present == Known::kYes) AddRestart(l, d, leave);
  }
}

}  // namespace cassplan::planner
