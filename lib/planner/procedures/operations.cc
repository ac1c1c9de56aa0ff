// operations: what a person asked for, one action each. What the plan does anyway is done once: a cleanup that is owed,
// a restart of the rolling update, an upgrade of sstables.
#include <algorithm>

#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

int32_t GroupOf(Kind kind) {
  switch (kind) {
    case Kind::kDrain:
    case Kind::kRestartNode:
      return kGroupRestart;
    case Kind::kCleanup:
      return kGroupCleanup;
    case Kind::kRebuild:
      return kGroupRebuild;
    default:
      return kGroupRest;
  }
}

bool IsOperation(Kind kind) {
  return kind == Kind::kRestartNode || kind == Kind::kDrain || kind == Kind::kCleanup || kind == Kind::kRebuild ||
         kind == Kind::kUpgradeSstables || kind == Kind::kScrub || kind == Kind::kCompact || kind == Kind::kFlush ||
         kind == Kind::kGarbageCollect;
}

// What the plan does for certain, and covers the whole request.
ActionIndex Covering(const Lowering& l, const Request& r) {
  const bool whole = r.kind == Kind::kCleanup || r.kind == Kind::kRestartNode || r.kind == Kind::kUpgradeSstables;
  if (!whole) return -1;
  for (size_t i = 0; i < l.actions.size(); ++i) {
    const Action& a = l.actions[i];
    if (a.kind != r.kind || a.slot != r.slot || a.some_keyspaces || a.keyspace != kNone) continue;
    if (a.unless >= 0 || a.only_with != nullptr) continue;
    // Two requests are one only where it is known when they were asked: the end of one is then the end of both.
    if (a.request != kNone && (r.asked_at == 0 || l.model.request_at(a.request).asked_at == 0)) continue;
    return static_cast<ActionIndex>(i);
  }
  return -1;
}

void SetRestartKey(const Lowering& l, Id member, Action* a) {
  const size_t rack = static_cast<size_t>(a->rack);
  const bool broken = member != kNone && l.model.member(member).down;
  a->key.broken_rack = broken || l.restart_broken[rack] != 0 ? 0 : 1;
  a->key.broken = broken ? 0 : 1;
  a->key.begun = l.restart_begun[rack] != 0 ? 0 : 1;
  a->key.dc_priority = l.model.dc(a->dc).priority;
}

ActionIndex AddOne(Lowering* l, Kind kind, Id request) {
  const Request& r = l->model.request_at(request);
  const ActionIndex i = l->Add(kind, GroupOf(kind), kNone, r.slot, "requested");
  Action& a = l->at(i);
  a.request = request;
  a.source_dc = r.source_dc;
  a.some_keyspaces = !r.keyspaces.empty();
  if (IsDisruption(kind)) SetRestartKey(*l, r.member, &a);
  const ActionIndex write = l->rack_write[static_cast<size_t>(a.rack)];
  if (IsDisruption(kind) && write >= 0) a.hard.push_back(write);
  return i;
}

void AddRestart(Lowering* l, Id request) {
  const Model& m = l->model;
  const Request& r = m.request_at(request);
  const Member* member = r.member == kNone ? nullptr : &m.member(r.member);
  ActionIndex drain = -1;
  if (m.policy.drain && m.policy.capable.Has(Kind::kDrain) && member != nullptr && !member->down && !member->drained) {
    drain = AddOne(l, Kind::kDrain, request);
    l->at(drain).in_unit = true;
  }
  const ActionIndex restart = AddOne(l, Kind::kRestartNode, request);
  Action& a = l->at(restart);
  a.was_down = member == nullptr || member->down;
  a.drain = drain;
  if (drain >= 0) a.hard.push_back(drain);
}

}  // namespace

void LowerOperations(Lowering* l) {
  for (size_t i = 0; i < l->model.requests.size(); ++i) {
    const Id id = static_cast<Id>(i);
    const Request& r = l->model.request_at(id);
    if (r.state != RequestState::kWanted || r.slot == kNone || !IsOperation(r.kind)) continue;
    const ActionIndex covering = r.keyspaces.empty() ? Covering(*l, r) : -1;
    if (covering >= 0) {
      Action& a = l->at(covering);
      if (a.request == kNone) {
        a.request = id;
      } else {
        a.also_requests.push_back(id);
      }
    } else if (r.kind == Kind::kRestartNode) {
      AddRestart(l, id);
    } else {
      AddOne(l, r.kind, id);
    }
  }
}

}  // namespace cassplan::planner
