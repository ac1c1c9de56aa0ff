// change_replication: ALTER KEYSPACE as desired, by one replica per step and datacenter, after the nodes that shall
// hold the replicas have joined. The first replicas of a datacenter come at once: its clients, if it has any, do not
// read there yet (policy.clients_are_dc_local), and every node fetches its data with a rebuild before they do. More
// replicas where there are some already: a quorum of the new number meets every quorum of the old one, but not of one
// before that, so a repair comes between two steps. Replicas are taken away last, when those that were added have their
// data. Once an ALTER is done the ledger remembers which rebuilds and repairs are owed: the schema does not tell.
#include <algorithm>
#include <vector>

#include "lib/planner/admit.h"
#include "lib/planner/lower.h"

namespace cassplan::planner {
namespace {

bool IsOwed(const Model& m, Id keyspace, Id dc, bool rebuild) {
  return std::any_of(m.rebuild_debts.begin(), m.rebuild_debts.end(), [&](const RebuildDebt& d) {
    return d.keyspace == keyspace && (d.source_dc != kNone) == rebuild && (dc == kNone || m.member(d.member).dc == dc);
  });
}

class Changes {
 public:
  explicit Changes(Lowering* l) : l_(l), m_(l->model), last_(l->model.keyspaces.size(), -1) {}

  void Run() {
    for (const Drift& d : l_->drift) {
      if (d.kind == DriftKind::kRebuildOwed) AddOwed(d);
    }
    // What adds replicas before what takes some away.
    for (const bool lowers : {false, true}) {
      for (const Drift& d : l_->drift) {
        if (d.kind != DriftKind::kReplication) continue;
        const ReplicationGoal goal = GoalOf(d);
        if ((goal.to < goal.from) == lowers) AddGoal(goal);
      }
    }
  }

 private:
  using Actions = std::vector<ActionIndex>;

  ReplicationGoal GoalOf(const Drift& d) const {
    for (const ReplicationGoal& goal : m_.replication_goals) {
      if (goal.keyspace == d.keyspace && goal.dc == d.dc) return goal;
    }
    return {};
  }

  // Where all data is: a datacenter that has replicas and whose nodes owe no rebuild; the one with the most replicas.
  Id SourceOf(const Keyspace& k, Id keyspace, Id target) const {
    Id best = kNone;
    for (size_t d = 0; d < k.rf.size(); ++d) {
      const Id dc = static_cast<Id>(d);
      if (dc == target || k.rf[d] == 0 || IsOwed(m_, keyspace, dc, true)) continue;
      if (best == kNone || k.rf[d] > k.rf[static_cast<size_t>(best)]) best = dc;
    }
    return best;
  }

  ActionIndex AddOnNode(Kind kind, Id slot, Id keyspace, int32_t factor, Id source, absl::string_view code) {
    const int32_t group = kind == Kind::kRebuild ? kGroupRebuild : kGroupRest;
    const ActionIndex i = l_->Add(kind, group, m_.slot(slot).rack, slot, code);
    Action& a = l_->at(i);
    a.keyspace = keyspace;
    a.key.keyspace = keyspace;
    a.source_dc = source;
    a.replication_factor = factor;
    a.unless = l_->decommission[static_cast<size_t>(slot)];
    return i;
  }

  // Nodes that fetch nothing yet would give nothing to one that joins, so it joins after them.
  void AddOwed(const Drift& d) {
    const RebuildDebt& debt = m_.rebuild_debts[static_cast<size_t>(d.number)];
    if (debt.source_dc == kNone) {
      Owed(debt.keyspace, d.dc)
          .push_back(AddOnNode(Kind::kRepair, d.slot, debt.keyspace, debt.replication_factor, kNone, "repair-owed"));
      return;
    }
    const ActionIndex rebuild =
        AddOnNode(Kind::kRebuild, d.slot, debt.keyspace, debt.replication_factor, debt.source_dc, "rebuild-owed");
    Owed(debt.keyspace, d.dc).push_back(rebuild);
    for (size_t s = 0; s < l_->start.size(); ++s) {
      const ActionIndex start = l_->start[s];
      if (start >= 0 && l_->at(start).joins && l_->at(start).dc == d.dc) l_->at(start).hard.push_back(rebuild);
    }
    if (!m_.policy.repair) return;
    const ActionIndex repair =
        AddOnNode(Kind::kRepair, d.slot, debt.keyspace, debt.replication_factor, kNone, "repair-owed");
    l_->at(repair).hard.push_back(rebuild);
    Owed(debt.keyspace, d.dc).push_back(repair);
  }

  struct Debt {
    Id keyspace;
    Id dc;
    Actions actions;
  };
  Actions& Owed(Id keyspace, Id dc) {
    for (Debt& debt : owed_) {
      if (debt.keyspace == keyspace && debt.dc == dc) return debt.actions;
    }
    owed_.push_back({keyspace, dc, {}});
    return owed_.back().actions;
  }

  // All that must be over before a keyspace may lose replicas anywhere.
  void AfterAll(Id keyspace, Action* alter) const {
    for (const Debt& debt : owed_) {
      if (debt.keyspace == keyspace) alter->hard.insert(alter->hard.end(), debt.actions.begin(), debt.actions.end());
    }
  }

  static std::vector<int32_t> Steps(const ReplicationGoal& goal, bool at_once) {
    if (goal.converts || at_once) return {goal.to};
    std::vector<int32_t> steps;
    const int32_t by = goal.to > goal.from ? 1 : -1;
    for (int32_t factor = goal.from; factor != goal.to;) steps.push_back(factor += by);
    return steps;
  }

  // A level that counts replicas of all datacenters would count those that have no data yet.
  bool Spans(const Keyspace& k) const {
    return k.replication_class != kNone && m_.classes[static_cast<size_t>(k.replication_class)].spans;
  }

  void AddGoal(const ReplicationGoal& goal) {
    const Keyspace& k = m_.keyspace(goal.keyspace);
    const bool first = goal.from == 0 && !Spans(k);
    const bool after_nodes = goal.to == 0 && !k.user && DesiredNodes(m_, goal.dc) == 0;
    const std::vector<int32_t> steps = Steps(goal, first || after_nodes);
    int32_t before = goal.from;
    for (size_t i = 0; i < steps.size(); ++i) {
      const int32_t factor = steps[i];
      const bool fetches = before == 0 && factor > 0;
      const ActionIndex alter =
          AddAlter(goal, factor, static_cast<int32_t>(i) + 1, fetches ? SourceOf(k, goal.keyspace, goal.dc) : kNone);
      // While a datacenter is emptied nobody reads there: its steps need no repair between them.
      const bool needs_repair = (i > 0 || IsOwed(m_, goal.keyspace, goal.dc, false)) && goal.to > 0 && !goal.converts;
      l_->at(alter).after_repair = needs_repair && !m_.policy.repair;
      if (i == 0 && goal.to == 0 && k.user) AfterDueRepairs(goal, alter);
      if (factor > before) AddFollowers(goal, factor, alter);
      if (factor < before && goal.to > 0 && m_.policy.repair && factor != goal.to) AddRepairs(goal, factor, alter);
      before = factor;
    }
    if (goal.to < goal.from && DesiredNodes(m_, goal.dc) > 0) AddCleanups(goal);
  }

  // A write that reached only replicas which go is lost with them: what is due there is repaired before.
  void AfterDueRepairs(const ReplicationGoal& goal, ActionIndex alter) {
    for (const Drift& d : l_->drift) {
      if (d.kind != DriftKind::kRepairDue || d.keyspace != goal.keyspace || m_.DcOfSlot(d.slot) != goal.dc) continue;
      const ActionIndex repair = AddOnNode(Kind::kRepair, d.slot, d.keyspace, goal.from, kNone, "repair-due");
      l_->at(repair).unless = -1;  // its node leaves after the ALTER
      l_->at(alter).hard.push_back(repair);
    }
  }

  // Nodes keep what they hold no replica of any more. One cleanup for all that makes it owed.
  void AddCleanups(const ReplicationGoal& goal) {
    const ActionIndex alter = last_[static_cast<size_t>(goal.keyspace)];
    std::vector<ActionIndex> cleanup(m_.slots.size(), -1);
    for (size_t i = 0; i < l_->actions.size(); ++i) {
      const Action& a = l_->actions[i];
      if (a.kind == Kind::kCleanup && a.slot != kNone)
        cleanup[static_cast<size_t>(a.slot)] = static_cast<ActionIndex>(i);
    }
    for (Id s = 0; s < static_cast<Id>(m_.slots.size()); ++s) {
      if (m_.DcOfSlot(s) != goal.dc || m_.slot(s).member == kNone) continue;
      ActionIndex& i = cleanup[static_cast<size_t>(s)];
      if (i < 0) {
        i = l_->Add(Kind::kCleanup, kGroupCleanup, m_.slot(s).rack, s, "cleanup-after-change");
        l_->at(i).unless = l_->decommission[static_cast<size_t>(s)];
      }
      l_->at(i).hard.push_back(alter);
      l_->at(i).only_with = nullptr;
    }
  }

  ActionIndex AddAlter(const ReplicationGoal& goal, int32_t factor, int32_t turn, Id source) {
    const ActionIndex alter = l_->Add(Kind::kAlterKeyspace, kGroupReplication, kNone, kNone, "replication");
    Action& a = l_->at(alter);
    a.dc = goal.dc;
    a.key.dc = goal.dc;
    a.keyspace = goal.keyspace;
    a.key.keyspace = goal.keyspace;
    a.key.turn = turn;
    a.source_dc = source;
    a.replication_factor = factor;
    a.final_factor = goal.to;
    a.lowers = goal.to < goal.from;
    a.converts = goal.converts;
    // One change of a keyspace after the other: each statement names all datacenters.
    ActionIndex& last = last_[static_cast<size_t>(goal.keyspace)];
    if (last >= 0) a.hard.push_back(last);
    last = alter;
    if (a.lowers) {
      AfterAll(goal.keyspace, &a);
      if (DesiredNodes(m_, goal.dc) == 0) OrderWithLeaving(goal, alter);
      return alter;
    }
    const Actions& owed = Owed(goal.keyspace, goal.dc);
    a.hard.insert(a.hard.end(), owed.begin(), owed.end());
    for (Id s = 0; s < static_cast<Id>(m_.slots.size()); ++s) {
      const ActionIndex start = l_->start[static_cast<size_t>(s)];
      if (start >= 0 && m_.DcOfSlot(s) == goal.dc) a.hard.push_back(start);
    }
    if (goal.from == 0 && l_->final_seeds >= 0) a.hard.push_back(l_->final_seeds);
    return alter;
  }

  // Keyspaces of users leave a datacenter before its nodes do. Cassandra 4.1 and later refuse to take a datacenter with
  // nodes out of system_auth; and whoever logs in there until the end needs it: so it goes after them, in all releases.
  void OrderWithLeaving(const ReplicationGoal& goal, ActionIndex alter) {
    const bool user = m_.keyspace(goal.keyspace).user;
    for (size_t i = 0; i < l_->actions.size(); ++i) {
      Action& a = l_->actions[i];
      if (a.dc != goal.dc) continue;
      if (user && a.kind == Kind::kDecommission) a.hard.push_back(alter);
      if (!user && (a.kind == Kind::kDecommission || a.kind == Kind::kShrinkRack)) {
        l_->at(alter).hard.push_back(static_cast<ActionIndex>(i));
      }
      if (a.kind == Kind::kDeleteRack) a.hard.push_back(alter);
    }
  }

  bool HasNode(Id slot) const {
    return l_->start[static_cast<size_t>(slot)] >= 0 || m_.slot(slot).member != kNone || StartInFlight(m_, slot);
  }

  void AddFollowers(const ReplicationGoal& goal, int32_t factor, ActionIndex alter) {
    const Id source = l_->at(alter).source_dc;
    if (source == kNone) {
      if (m_.policy.repair) AddRepairs(goal, factor, alter);
      return;
    }
    for (Id s = 0; s < static_cast<Id>(m_.slots.size()); ++s) {
      if (m_.DcOfSlot(s) != goal.dc || !m_.slot(s).desired || !HasNode(s)) continue;
      const ActionIndex rebuild = AddOnNode(Kind::kRebuild, s, goal.keyspace, factor, source, "replication");
      l_->at(rebuild).hard.push_back(alter);
      Owed(goal.keyspace, goal.dc).push_back(rebuild);
      if (!m_.policy.repair) continue;
      const ActionIndex repair = AddOnNode(Kind::kRepair, s, goal.keyspace, factor, kNone, "repair-owed");
      l_->at(repair).hard.push_back(rebuild);
      Owed(goal.keyspace, goal.dc).push_back(repair);
    }
  }

  void AddRepairs(const ReplicationGoal& goal, int32_t factor, ActionIndex alter) {
    for (Id s = 0; s < static_cast<Id>(m_.slots.size()); ++s) {
      if (m_.DcOfSlot(s) != goal.dc || !m_.slot(s).desired || !HasNode(s)) continue;
      const ActionIndex repair = AddOnNode(Kind::kRepair, s, goal.keyspace, factor, kNone, "repair-owed");
      l_->at(repair).hard.push_back(alter);
      Owed(goal.keyspace, goal.dc).push_back(repair);
    }
  }

  Lowering* l_;
  const Model& m_;
  std::vector<Debt> owed_;
  std::vector<ActionIndex> last_;  // by keyspace: its ALTER before
};

}  // namespace

void LowerReplication(Lowering* l) { Changes(l).Run(); }

}  // namespace cassplan::planner
