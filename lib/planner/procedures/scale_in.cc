// scale_in: the fullest rack first, highest ordinal: decommission -> left -> shrink -> volume. One victim of a rack
// after the other. A slot whose host id never was in the ring just shrinks; a node that has left already goes on from
// there.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

// Members of each rack now, the counter that "fullest" looks at.
std::vector<int32_t> CountMembers(const Model& m) {
  std::vector<int32_t> count(m.racks.size(), 0);
  for (const Member& member : m.members) {
    if (member.rack != kNone) ++count[static_cast<size_t>(member.rack)];
  }
  return count;
}

// Slots to empty, in the order in which they go.
std::vector<Id> Victims(const Lowering& l) {
  std::vector<Id> slots;
  for (const Drift& d : l.drift) {
    if (d.kind == DriftKind::kSurplusNode || d.kind == DriftKind::kSurplusSlot) slots.push_back(d.slot);
  }
  return InOrderOfLeaving(l.model, slots);
}

// Cassandra refuses to decommission while as many replicas as nodes are asked for (StorageService.decommission), which
// holds for system keyspaces of every small cluster. That check is skipped only where replication is known and no
// keyspace that counts would fall short; the guards replication-floor and datacenter-empty judge those.
std::string ForceReason(const Model& m, Id dc, int32_t nodes_in_dc, int32_t nodes) {
  if (!m.schema_known || m.schema_derived) return "";
  std::string names;
  for (const Keyspace& k : m.keyspaces) {
    if (k.user || k.strategy == Replicates::kLocal || k.strategy == Replicates::kUnknown) continue;
    const bool simple = k.strategy == Replicates::kSimple;
    const int32_t rf = simple ? k.simple_rf : k.rf[static_cast<size_t>(dc)];
    if (rf == 0 || rf < (simple ? nodes : nodes_in_dc)) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", k.name, " (RF ", rf, ")");
  }
  if (names.empty()) return "";
  return absl::StrCat("; forced, since only ", names, " would have fewer nodes than replicas: alter it");
}

// By rack: the highest slot that is there and stays; kNone where none does. A rack drops nothing below it.
std::vector<Id> HighestThatStay(const Model& m, const std::vector<Id>& victims) {
  std::vector<uint8_t> goes(m.slots.size(), 0);
  for (const Id s : victims) goes[static_cast<size_t>(s)] = 1;
  std::vector<Id> highest(m.racks.size(), kNone);
  for (size_t s = 0; s < m.slots.size(); ++s) {  // by rack, ordinal
    const Slot& slot = m.slots[s];
    const Rack& rack = m.rack(slot.rack);
    const bool known = rack.present == Known::kYes && !rack.nodes_unknown;
    const bool there = known ? slot.ordinal < rack.nodes : slot.present == Known::kYes;
    if (there && goes[s] == 0) highest[static_cast<size_t>(slot.rack)] = static_cast<Id>(s);
  }
  return highest;
}

}  // namespace

std::vector<Id> InOrderOfLeaving(const Model& m, const std::vector<Id>& slots) {
  std::vector<std::vector<Id>> pool(m.racks.size());
  for (const Id s : slots) pool[static_cast<size_t>(m.slot(s).rack)].push_back(s);
  std::vector<int32_t> count = CountMembers(m);
  std::vector<Id> order;
  while (order.size() < slots.size()) {
    size_t best = pool.size();
    for (size_t r = 0; r < pool.size(); ++r) {
      if (!pool[r].empty() && (best == pool.size() || count[r] > count[best])) best = r;
    }
    order.push_back(pool[best].back());
    pool[best].pop_back();
    if (m.slot(order.back()).member != kNone) --count[best];  // else it is not counted any more
  }
  return order;
}

void LowerScaleIn(Lowering* l) {
  const Model& m = l->model;
  std::vector<ActionIndex> last_shrink(m.racks.size(), -1);
  std::vector<int32_t> nodes(m.dcs.size(), 0);
  int32_t all = 0;
  for (const Member& member : m.members) {
    if (!member.in_ring || member.dc == kNone) continue;
    ++nodes[static_cast<size_t>(member.dc)];
    ++all;
  }
  int32_t turn = 0;
  const std::vector<Id> victims = Victims(*l);
  const std::vector<Id> stays = HighestThatStay(m, victims);
  for (const Id s : victims) {
    const Slot& slot = m.slot(s);
    const size_t rack = static_cast<size_t>(slot.rack);
    ++turn;
    ActionIndex leave = l->decommission[static_cast<size_t>(s)];  // a dead one is removed by the others
    if (leave >= 0) {
      l->at(leave).key.turn = turn;
    } else if (slot.member != kNone && m.member(slot.member).movement != Movement::kLeaving) {
      leave = l->Add(Kind::kDecommission, kGroupShrink, slot.rack, s, "surplus-node");
    } else if (slot.member != kNone &&
               (m.member(slot.member).movement_is_ours || m.member(slot.member).mode == Mode::kDecommissionFailed)) {
      leave = l->Add(Kind::kDecommission, kGroupShrink, slot.rack, s, "surplus-node");
    }
    if (leave >= 0 && l->at(leave).kind == Kind::kDecommission) {
      l->at(leave).key.turn = turn;
      int32_t& in_dc = nodes[static_cast<size_t>(m.rack(slot.rack).dc)];
      l->at(leave).detail = ForceReason(m, m.rack(slot.rack).dc, in_dc, all);
      l->at(leave).force = !l->at(leave).detail.empty();
      --in_dc;
      --all;
      if (last_shrink[rack] >= 0) l->at(leave).hard.push_back(last_shrink[rack]);
      l->decommission[static_cast<size_t>(s)] = leave;
    }
    const ActionIndex shrink = l->Add(Kind::kShrinkRack, kGroupShrink, slot.rack, s, "surplus-slot");
    l->at(shrink).key.turn = turn;
    if (stays[rack] > s) l->at(shrink).blocked_by = stays[rack];
    if (leave >= 0) l->at(shrink).hard.push_back(leave);
    if (last_shrink[rack] >= 0) l->at(shrink).hard.push_back(last_shrink[rack]);
    last_shrink[rack] = shrink;
    l->last_in_slot[static_cast<size_t>(s)] = shrink;
    const bool comes_back = slot.desired;  // left, and is to join anew: it must not find its old data
    if (leave >= 0 && FirstOfUnit(l->at(leave)) == Kind::kQuarantineVolume) continue;  // it is set aside, and kept
    if (slot.volume.present == Known::kNo || (m.policy.retain_volumes && !comes_back)) continue;
    const ActionIndex volume = l->Add(Kind::kDeleteVolume, kGroupShrink, slot.rack, s, "surplus-slot");
    l->at(volume).key.turn = turn;
    l->at(volume).hard.push_back(shrink);
    l->last_in_slot[static_cast<size_t>(s)] = volume;
  }
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kLeftoverVolume) continue;
    const bool comes_back = m.slot(d.slot).desired;
    const ActionIndex volume =
        l->Add(Kind::kDeleteVolume, kGroupShrink, d.rack, d.slot, comes_back ? "left-data" : "leftover-volume");
    if (comes_back) l->last_in_slot[static_cast<size_t>(d.slot)] = volume;
  }
}

// A rack, or a whole datacenter, that is not desired any more.
void LowerSurplusRacks(Lowering* l) {
  for (const Drift& d : l->drift) {
    if (d.kind != DriftKind::kSurplusRack) continue;
    const ActionIndex i = l->Add(Kind::kDeleteRack, kGroupRest, d.rack, kNone, "surplus-rack");
    for (Id s = l->model.rack(d.rack).first_slot; s < l->model.rack(d.rack).last_slot; ++s) {
      const ActionIndex last = l->last_in_slot[static_cast<size_t>(s)];
      if (last >= 0) l->at(i).hard.push_back(last);
    }
  }
}

}  // namespace cassplan::planner
