// disk-forecast: at every step on the way each receiver's (and the joiner's) used + uncleaned + snapshots + incoming +
// room for compaction fits. Unknown load or capacity holds a decommission, since it cannot be taken back once it has
// begun.
#include "lib/planner/guards/disk_forecast.h"

#include <algorithm>
#include <optional>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"
#include "lib/ring/disk_forecast.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kFull, kLoadUnknown, kCapacityUnknown, kJoinerFull };

// What the plan grows counts as grown: growing comes before, and is done by then.
std::optional<int64_t> Capacity(const Facts& facts, Id id) {
  const Model& m = facts.model();
  const Member& member = m.member(id);
  std::optional<int64_t> capacity = member.disk_capacity;
  if (member.slot != kNone && m.slot(member.slot).volume.capacity > 0) {
    const int64_t volume = m.slot(member.slot).volume.capacity;
    capacity = capacity.has_value() ? std::min(*capacity, volume) : volume;
    const int64_t grown = facts.GrownTo(member.slot);
    if (grown > volume) *capacity += grown - volume;
  }
  return capacity;
}

// Used now, with what this plan's earlier steps bring. The load counts uncleaned data already.
int64_t Used(const Facts& facts, Id id) {
  const Member& m = facts.model().member(id);
  const int64_t by_files = m.load.value_or(0) + m.snapshots.value_or(0);
  return std::max(m.disk_used.value_or(0), by_files) + facts.ExtraBytes(id);
}

LeaveForecast ForReceiver(const Facts& facts, Id receiver, int64_t incoming) {
  LeaveForecast out;
  out.member = receiver;
  out.incoming = incoming;
  const std::optional<int64_t> capacity = Capacity(facts, receiver);
  if (!facts.model().member(receiver).load.has_value()) {
    out.answer = LeaveForecast::kLoadUnknown;
    return out;
  }
  if (!capacity.has_value()) {
    out.answer = LeaveForecast::kCapacityUnknown;
    return out;
  }
  out.used = Used(facts, receiver);
  out.capacity = *capacity;
  const PolicyFacts& policy = facts.model().policy;
  const bool fits =
      ring::Fits(out.used, 0, 0, incoming, *capacity, policy.max_used_percent, policy.compaction_headroom_percent);
  out.answer = fits ? LeaveForecast::kFits : LeaveForecast::kFull;
  return out;
}

void CheckLeave(const Ask& ask, Refusals* out) {
  const LeaveForecast f = ForecastLeave(ask.facts, ask.action.member, ask.action.dc);
  switch (f.answer) {
    case LeaveForecast::kFits:
      break;
    case LeaveForecast::kFull:
      out->Add(kFull, ask.resources.ring(ask.action.dc), f.member, f.incoming);
      break;
    case LeaveForecast::kLoadUnknown:
      out->Add(kLoadUnknown, kNoResource, f.member);
      break;
    case LeaveForecast::kCapacityUnknown:
      out->Add(kCapacityUnknown, kNoResource, f.member);
      break;
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

LeaveForecast ForecastLeave(const Facts& facts, Id leaver, Id dc) {
  LeaveForecast unknown;
  unknown.answer = LeaveForecast::kLoadUnknown;
  unknown.member = leaver;
  bool replicates = false;
  for (Id c = 0; c < facts.classes(); ++c) {
    if (!facts.Replicates(c, dc)) continue;
    replicates = true;
    if (facts.Replicas(c, dc) == nullptr) return unknown;
  }
  if (!replicates) return LeaveForecast();
  for (const ring::Incoming& in : facts.Incoming(leaver)) {
    if (!in.bytes.has_value()) return unknown;
    const LeaveForecast f = ForReceiver(facts, in.node, *in.bytes);
    if (f.answer != LeaveForecast::kFits) return f;
  }
  return LeaveForecast();
}

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
