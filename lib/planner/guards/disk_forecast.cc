// disk-forecast: at every step on the way each receiver's (and the joiner's) used + uncleaned + snapshots + incoming +
// room for compaction fits. Unknown load or capacity holds a decommission, since it cannot be taken back once it has
// begun.
#include "lib/ring/disk_forecast.h"

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
  const PolicyFacts& policy = ask.model.policy;
  if (ring::Fits(Used(ask, receiver), 0, 0, incoming, *capacity, policy.max_used_percent,
                 policy.compaction_headroom_percent)) {
    return true;
  }
  out->Add(kFull, ask.resources.ring(ask.action.dc), receiver, incoming);
  return false;
}

void CheckLeave(const Ask& ask, Refusals* out) {
  const Id leaver = ask.action.member;
  bool replicates = false;
  for (Id c = 0; c < ask.facts.classes(); ++c) {
    const ReplicationClass& rc = ask.model.classes[static_cast<size_t>(c)];
    if (rc.strategy != Replicates::kSimple && rc.rf[static_cast<size_t>(ask.action.dc)] == 0) continue;
    replicates = true;
    if (ask.facts.Replicas(c, ask.action.dc) == nullptr) {
      out->Add(kLoadUnknown, kNoResource, leaver);
      return;
    }
  }
  if (!replicates) return;
  for (const ring::Incoming& in : ask.facts.Incoming(leaver)) {
    if (!in.bytes.has_value()) {
      out->Add(kLoadUnknown, kNoResource, leaver);
      return;
    }
    if (!CheckReceiver(ask, in.node, *in.bytes, out)) return;
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
  const auto share =
      static_cast<int64_t>(absl::Int128Low64(data / nodes * (100 + ask.model.policy.imbalance_percent) / 100));
  if (!ring::Fits(0, 0, 0, share, capacity, ask.model.policy.max_used_percent,
                  ask.model.policy.compaction_headroom_percent)) {
    out->Add(kJoinerFull, ask.resources.ring(a.dc), a.slot, share);
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
      return {absl::StrCat("the new node ", m.SlotName(r.subject), " would get about ", r.number,
                           " bytes, more than its volume may hold"),
              "give it a larger volume, or add nodes to the other racks first"};
    default:
      return {
          absl::StrCat(m.MemberName(r.subject), " would get about ", r.number, " bytes more than its disk may hold"),
          "grow the volumes, clean up, or remove fewer nodes"};
  }
}

}  // namespace cassplan::planner
