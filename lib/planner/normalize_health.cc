#include "lib/planner/normalize_health.h"

#include <algorithm>
#include <optional>

namespace cassplan::planner {
namespace {

// Something that is known moves data, or reads it from other nodes.
bool StreamsAreExplained(const Model& m) {
  if (!m.foreign.empty()) return true;
  if (std::any_of(m.members.begin(), m.members.end(), [](const Member& x) { return x.movement != Movement::kNormal; }))
    return true;
  return std::any_of(m.in_flight.begin(), m.in_flight.end(), [](const InFlight& a) {
    return IsMovement(a.kind) || a.kind == Kind::kRebuild || a.kind == Kind::kRepair || a.kind == Kind::kRestore;
  });
}

}  // namespace

void FindSick(Model* m) {
  const HealthLimits& limits = m->policy.health;
  const bool explained = StreamsAreExplained(*m);
  for (size_t i = 0; i < m->members.size(); ++i) {
    const Member& member = m->members[i];
    if (!member.up || member.external) continue;  // one that is down is other guards' matter
    const auto judge = [&](Sickness what, const std::optional<int64_t>& value, int64_t limit) {
      if (limit <= 0) return;
      if (value.has_value() && *value > limit) m->sick.push_back({static_cast<Id>(i), what, *value, limit});
      if (!value.has_value() && limits.Given(what)) m->sick.push_back({static_cast<Id>(i), what, 0, limit, true});
    };
    judge(Sickness::kCompactions, member.pending_compactions, limits.pending_compactions);
    judge(Sickness::kHints, member.pending_hints, limits.hints_bytes);
    judge(Sickness::kDropped, member.dropped_mutations, limits.dropped_mutations);
    judge(Sickness::kClock, member.clock_skew_ms, limits.clock_skew_ms);
    std::optional<int64_t> percent;
    if (member.disk_used.has_value() && member.disk_capacity.value_or(0) > 0) {
      percent = *member.disk_used / std::max<int64_t>(1, *member.disk_capacity / 100);
    }
    judge(Sickness::kDisk, percent, limits.disk_used_percent);
    if (member.streams.value_or(0) > 0 && !explained) {
      m->sick.push_back({static_cast<Id>(i), Sickness::kStreams, *member.streams, 0});
    }
  }
}

}  // namespace cassplan::planner
