// What clients see at worst while the plan runs: for every counted keyspace and datacenter the lowest number of
// replicas up over all ranges and all sections.
#include <algorithm>
#include <vector>

#include "lib/planner/explain.h"
#include "lib/planner/facts.h"
#include "lib/planner/normalize_keyspaces.h"

namespace cassplan::planner {
namespace {

// Members that each serving section disrupts, by section in order.
std::vector<std::vector<Id>> DisruptedBySection(const Model& m, const std::vector<Action>& actions,
                                                const Schedule& schedule, const Resources& resources, Id dc) {
  std::vector<std::vector<Id>> sections;
  auto add = [&](const std::vector<Membership>& memberships, Id member) {
    for (const Membership& ms : memberships) {
      if (ms.resource != resources.serving(dc)) continue;
      if (sections.size() <= static_cast<size_t>(ms.number)) sections.resize(static_cast<size_t>(ms.number) + 1);
      sections[static_cast<size_t>(ms.number)].push_back(member);
    }
  };
  for (size_t i = 0; i < m.in_flight.size(); ++i) {
    if (IsDisruption(m.in_flight[i].kind) && m.in_flight[i].member != kNone)
      add(schedule.in_flight[i], m.in_flight[i].member);
  }
  for (const ActionIndex i : schedule.order) {
    const Action& a = actions[static_cast<size_t>(i)];
    if (a.kind == Kind::kRestartNode && a.member != kNone) add(schedule.memberships[static_cast<size_t>(i)], a.member);
  }
  return sections;
}

class Impact {
 public:
  Impact(const Model& m, const std::vector<Action>& actions, const Schedule& schedule)
      : m_(m), resources_(m), facts_(m, resources_) {
    for (size_t d = 0; d < m.dcs.size(); ++d) {
      sections_.push_back(DisruptedBySection(m, actions, schedule, resources_, static_cast<Id>(d)));
    }
  }

  // Replicas away at worst; -1 where ranges are not known.
  int32_t Worst(Id c, Id dc) const {
    const ReplicationClass& rc = m_.classes[static_cast<size_t>(c)];
    const bool simple = rc.strategy == Replicates::kSimple;
    const int32_t rf = simple ? rc.simple_rf : rc.rf[static_cast<size_t>(dc)];
    if (!simple && facts_.RacksInDc(dc) >= rf && facts_.AwayInDc(dc, false) == 0 && OneRackEach(dc)) {
      return sections_[static_cast<size_t>(dc)].empty() ? 0 : 1;
    }
    const placement::ReplicaMap* map = facts_.Replicas(c, dc);
    return map == nullptr ? -1 : Count(*map, simple ? kNone : dc);
  }

 private:
  bool OneRackEach(Id dc) const {
    for (const auto& section : sections_[static_cast<size_t>(dc)]) {
      for (const Id member : section) {
        if (m_.member(member).rack != m_.member(section.front()).rack) return false;
      }
    }
    return true;
  }

  int32_t Count(const placement::ReplicaMap& map, Id dc) const {
    std::vector<uint8_t> away(m_.members.size(), 0);
    int32_t worst = 0;
    auto count = [&](Id member) {
      for (const placement::Range range : map.ranges_of(member)) {
        int32_t lost = 0;
        for (const placement::Node n : map.replicas(range)) lost += away[static_cast<size_t>(n)];
        worst = std::max(worst, lost);
      }
    };
    for (size_t i = 0; i < away.size(); ++i) away[i] = facts_.Away(static_cast<Id>(i), false) ? 1 : 0;
    for (size_t i = 0; i < away.size(); ++i) {
      if (away[i] != 0) count(static_cast<Id>(i));
    }
    // All datacenters of a SimpleStrategy ring share one list of sections.
    const auto& sections = sections_[dc == kNone ? 0 : static_cast<size_t>(dc)];
    for (const auto& section : sections) {
      for (const Id member : section) away[static_cast<size_t>(member)] = 1;
      for (const Id member : section) count(member);
      for (const Id member : section) away[static_cast<size_t>(member)] = m_.member(member).at_risk ? 1 : 0;
    }
    return worst;
  }

  const Model& m_;
  const Resources resources_;
  const Facts facts_;
  std::vector<std::vector<std::vector<Id>>> sections_;
};

}  // namespace

void AddImpact(const Model& m, const std::vector<Action>& actions, const Schedule& schedule,
               v1::PlanResponse* response) {
  if (m.members.empty() || m.classes.empty()) return;
  const Impact impact(m, actions, schedule);
  std::vector<std::vector<int32_t>> worst(m.classes.size(), std::vector<int32_t>(m.dcs.size(), -2));
  for (const Keyspace& k : m.keyspaces) {
    if (k.replication_class == kNone) continue;
    const bool simple = k.strategy == Replicates::kSimple;
    for (Id d = 0; d < (simple ? 1 : static_cast<Id>(m.dcs.size())); ++d) {
      const int32_t rf = simple ? k.simple_rf : k.rf[static_cast<size_t>(d)];
      if (rf == 0) continue;
      int32_t& lost = worst[static_cast<size_t>(k.replication_class)][static_cast<size_t>(d)];
      if (lost == -2) lost = impact.Worst(k.replication_class, d);
      if (lost < 0) continue;
      v1::Impact* out = response->add_impact();
      out->set_keyspace(std::string(k.name));
      if (!simple) out->set_datacenter(std::string(m.dc(d).name));
      out->set_replication_factor(rf);
      out->set_lowest_replicas_up(std::max(0, rf - lost));
      int32_t total = 0;
      for (const int32_t f : k.rf) total += f;
      for (const int32_t level : k.levels) {
        const int32_t scope = !simple && Spans(level) ? total : rf;
        if (lost > ToleranceOf(level, scope)) out->add_failing(static_cast<v1::ConsistencyLevel>(level));
      }
    }
  }
}

}  // namespace cassplan::planner
