// disk-forecast: at every step on the way each receiver's (and the joiner's) used + uncleaned + snapshots + incoming + room for compaction
// fits. Unknown load or capacity holds a decommission, since it cannot be taken back once it has begun.
#include <algorithm>
#include <optional>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kFull, kLoadUnknown, kCapacityUnknown, kJoinerFull };

std::optional<int64_t> Capacity(const Model& m, Id id) {
  const Member& member = m.member(id);
  std::optional<int64_t> capacity = member.disk_capacity;
  if (member.slot != kNone && m.slot(member.slot).volume.capacity > 0) {
    const int64_t volume = m.slot(member.slot).volume.capacity;
    capacity = capacity.has_value() ? std::min(*capacity, volume) : volume;
  }
  return capacity;
}

// Used now, with what this plan's earlier steps bring. The load counts uncleaned data already.
int64_t Used(const Ask& ask, Id id) {
  const Member& m = ask.model.member(id);
  const int64_t by_files = m.load.value_or(0) + m.snapshots.value_or(0);
  return std::max(m.disk_used.value_or(0), by_files) + ask.facts.ExtraBytes(id);
}

bool Fits(const Model& m, int64_t used, int64_t incoming, int64_t capacity) {
  const absl::int128 total = absl::int128(used) + incoming;
  const absl::int128 headroom = total * m.policy.compaction_headroom_percent / 100;
  return (total + headroom) * 100 <= absl::int128(capacity) * m.policy.max_used_percent;
}

bool CheckReceiver(const Ask& ask, Id receiver, int64_t incoming, Refusals* out) {
  const std::optional<int64_t> capacity = Capacity(ask.model, receiver);
  if (!ask.model.member(receiver).load.has_value()) {
    out->Add(kLoadUnknown, kNoResource, receiver);
    return false;
  }
  if (!capacity.has_value()) {
    out->Add(kCapacityUnknown, kNoResource, receiver);
    return false;
  }
  if (Fits(ask.model, Used(ask, receiver), incoming, *capacity)) return true;
  out->Add(kFull, ask.resources.ring(ask.action.dc), receiver, incoming);
  return false;
}

// Bytes that each node gets when the member goes: its load, by the width of the ranges that each takes over.
void CheckLeave(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Member& victim = ask.model.member(a.member);
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    const ReplicationClass& rc = ask.model.classes[static_cast<size_t>(c)];
    if (rc.strategy != Replicates::kSimple && rc.rf[static_cast<size_t>(a.dc)] == 0) continue;
    const placement::ReplicaMap* map = ask.facts.Replicas(c, a.dc);
    if (map == nullptr || !victim.load.has_value()) {
      out->Add(kLoadUnknown, kNoResource, a.member);
      return;
    }
    std::vector<std::pair<placement::Node, uint64_t>> gains;
    absl::uint128 total = 0;
    for (const auto& h : map->WithoutNode(a.member)) {
      total += map->width(h.range);
      if (h.gained >= 0) gains.emplace_back(h.gained, map->width(h.range));
    }
    std::sort(gains.begin(), gains.end());
    for (size_t i = 0; i < gains.size();) {
      const placement::Node receiver = gains[i].first;
      absl::uint128 width = 0;
      for (; i < gains.size() && gains[i].first == receiver; ++i) width += gains[i].second;
      const auto load = static_cast<uint64_t>(*victim.load);
      // Widths are cut to 64 bits so that the product fits; rounded up.
      const absl::uint128 share = (absl::uint128(load) * absl::Uint128Low64(width >> 16) / (total >> 16)) + 1;
      if (!CheckReceiver(ask, receiver, static_cast<int64_t>(absl::Uint128Low64(share)), out)) return;
    }
  }
}

// An even share of its rack's data, and what random tokens may put on top.
void CheckJoiner(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const int64_t capacity = ask.model.rack(a.rack).desired_capacity;
  if (capacity <= 0 || ask.model.classes.empty()) return;
  absl::int128 data = 0;
  const bool own_rack = ask.facts.NodesInRack(a.rack) > 0;
  for (size_t i = 0; i < ask.model.members.size(); ++i) {
    const Member& m = ask.model.members[i];
    if (!ask.facts.InRing(static_cast<Id>(i)) || m.dc != a.dc || (own_rack && m.rack != a.rack)) continue;
    data += m.load.value_or(0);
  }
  const int32_t nodes = (own_rack ? ask.facts.NodesInRack(a.rack) : ask.facts.NodesInDc(a.dc)) + 1;
  const absl::int128 share = data / nodes * (100 + ask.model.policy.imbalance_percent) / 100;
  if (!Fits(ask.model, 0, static_cast<int64_t>(absl::Int128Low64(share)), capacity)) {
    out->Add(kJoinerFull, ask.resources.ring(a.dc), a.slot, static_cast<int64_t>(absl::Int128Low64(share)));
  }
}

}  // namespace

void CheckDiskForecast(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (a.kind == Kind::kDecommission || a.kind == Kind::kRemoveNode) CheckLeave(ask, out);
  if (a.joins && a.kind == Kind::kStartNode) CheckJoiner(ask, out);
}

Text DescribeDiskForecast(const Model& m, const Action&, const Refusal& r) {
  switch (r.code) {
    case kLoadUnknown:
      return {absl::StrCat("how much data ", m.MemberName(r.subject), " has, or which ranges, is not known"),
              "let Jolokia answer LoadMap and TokenToEndpointMap"};
    case kCapacityUnknown:
      return {absl::StrCat("how large the disk of ", m.MemberName(r.subject), " is, is not known"),
              "collect the volumes of the cluster, or disk_capacity_bytes of the node"};
    case kJoinerFull:
      return {absl::StrCat("the new node ", m.SlotName(r.subject), " would get about ", r.number, " bytes, more than its volume may hold"),
              "give it a larger volume, or add nodes to the other racks first"};
    default:
      return {absl::StrCat(m.MemberName(r.subject), " would get about ", r.number, " bytes more than its disk may hold"),
              "grow the volumes, clean up, or remove fewer nodes"};
  }
}

}  // namespace cassplan::planner
