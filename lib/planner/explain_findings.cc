// What is worth telling beside the actions: what makes a plan slow, or less than safe, and what it does nothing about.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/planner/dead.h"
#include "lib/planner/explain.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/several.h"
#include "lib/planner/windows.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;
using absl::string_view;

v1::FindingLevel ToLevel(Level level) {
  switch (level) {
    case Level::kNote:
      return v1::FINDING_LEVEL_NOTE;
    case Level::kWarning:
      return v1::FINDING_LEVEL_WARNING;
    case Level::kError:
      return v1::FINDING_LEVEL_ERROR;
  }
  return v1::FINDING_LEVEL_NOTE;
}

class FindingWriter {
 public:
  FindingWriter(const Model& m, const std::vector<Action>& actions, const Schedule& s, v1::PlanResponse* out)
      : m_(m), actions_(actions), s_(s), out_(out), resources_(m) {}

  void Run() {
    Intolerant();
    Slow();
    Ordered();
    Ignored();
    Ghosts();
    Down();
    RepairOwed();
    SetAside();
    UnguardedStarts();
  }

 private:
  static size_t At(int32_t i) { return static_cast<size_t>(i); }

  void Add(string_view rule, Level level, std::string message, std::string remedy, Id dc = kNone) {
    Note note;
    note.rule = rule;
    note.level = level;
    note.message = std::move(message);
    note.remedy = std::move(remedy);
    note.dc = dc;
    AddNote(m_, note, out_);
  }

  bool Disturbs() const {
    for (const ActionIndex i : s_.order) {
      const Kind kind = actions_[At(i)].kind;
      if (IsDisruption(kind) || kind == Kind::kDecommission || kind == Kind::kReplaceNode) return true;
    }
    return false;
  }

  // Replicas that the nodes there are too few for are away already.
  bool ToleratesNoLoss(const ReplicationClass& c, const std::vector<int32_t>& nodes, int32_t all) const {
    int32_t missing = c.strategy == Replicates::kSimple ? std::max(0, c.simple_rf - all) : 0;
    for (size_t d = 0; d < c.rf.size(); ++d) missing += std::max(0, c.rf[d] - nodes[d]);
    if ((c.strategy == Replicates::kSimple || c.spans) && c.span_tolerance - missing <= 0) return true;
    for (size_t d = 0; d < c.rf.size(); ++d) {
      if (c.rf[d] == 0 || nodes[d] == 0) continue;
      if (c.local_tolerance[d] - std::max(0, c.rf[d] - nodes[d]) <= 0) return true;
    }
    return false;
  }

  void Intolerant() {
    if (!Disturbs()) return;
    std::vector<int32_t> nodes(m_.dcs.size(), 0);
    int32_t all = 0;
    for (const Member& member : m_.members) {
      if (!member.in_ring || member.dc == kNone) continue;
      ++nodes[At(member.dc)];
      ++all;
    }
    for (const Keyspace& k : m_.keyspaces) {
      if (k.replication_class == kNone) continue;
      if (!ToleratesNoLoss(m_.classes[At(k.replication_class)], nodes, all)) continue;
      Add("quorum", Level::kWarning,
          StrCat("keyspace ", k.name,
                 " tolerates no loss of a replica at its level: parts of it are unavailable while a node is away"),
          m_.policy.hold_intolerant ? "policy.intolerant is hold: nothing is taken away"
                                    : "raise its replication factor, or lower its level in policy.keyspaces");
    }
  }

  // Why a rolling update takes long where a rack may hold several replicas of a range.
  void Slow() {
    for (size_t d = 0; d < m_.dcs.size(); ++d) {
      const Id dc = static_cast<Id>(d);
      int32_t restarts = 0;
      for (const ActionIndex i : s_.order) {
        restarts += actions_[At(i)].kind == Kind::kRestartNode && actions_[At(i)].dc == dc ? 1 : 0;
      }
      int32_t racks = 0;
      for (Id r = m_.dcs[d].first_rack; r < m_.dcs[d].last_rack; ++r) {
        bool any = false;
        for (Id s = m_.rack(r).first_slot; s < m_.rack(r).last_slot; ++s) any = any || m_.slot(s).member != kNone;
        racks += any ? 1 : 0;
      }
      if (restarts < 4) continue;
      for (const Keyspace& k : m_.keyspaces) {
        if (!k.counted) continue;
        const bool simple = k.strategy == Replicates::kSimple;
        const int32_t rf = simple ? k.simple_rf : k.rf[d];
        if (!simple && rf <= racks) continue;
        int32_t sections = 0;
        for (const SectionInfo& s : s_.sections) sections += s.resource == resources_.serving(dc) ? 1 : 0;
        Add("one-rack", Level::kWarning,
            simple ? StrCat("keyspace ", k.name, " is SimpleStrategy, which does not look at racks: ", restarts,
                            " restarts take ", sections, " sections, one after the other")
                   : StrCat(m_.dcs[d].name, " has ", Several(racks, "rack"), " and keyspace ", k.name, " has ", rf,
                            " replicas there, so a rack holds several replicas of a range: ", restarts,
                            " restarts take ", sections, " sections, one after the other"),
            simple ? "alter the keyspace to NetworkTopologyStrategy, or raise policy.rack_width"
                   : StrCat("with ", rf, " racks whole racks could restart at once, in ", rf,
                            " sections; or raise policy.rack_width"),
            dc);
        break;
      }
    }
  }

  void Ordered() {
    for (const v1::Pool& pool : out_->plan().pools()) {
      string_view rack = pool.id();
      if (pool.capacity() > 1 || m_.policy.width <= 1 || !absl::ConsumePrefix(&rack, "restart/")) continue;
      Add("ordered-ready", Level::kNote,
          StrCat("the workload of rack ", rack, " starts its nodes in order (OrderedReady), so one restarts at a time"),
          "recreate it with podManagementPolicy Parallel (orphan delete, no restart) to use policy's width");
    }
  }

  void Ignored() {
    for (const v1::KeyspacePolicy& own : m_.request->policy().keyspaces()) {
      if (own.ignore()) {
        Add("ignored-keyspace", Level::kWarning,
            StrCat("keyspace ", own.name(), " is not protected (policy.keyspaces[].ignore)"),
            "take the setting out to protect it");
      }
    }
  }

  void Ghosts() {
    for (size_t i = 0; i < m_.members.size(); ++i) {
      const Member& member = m_.members[i];
      if (member.slot != kNone || member.external || !member.in_ring || member.rack == kNone) continue;
      if (!m_.rack(member.rack).desired && m_.rack(member.rack).present != Known::kYes) continue;
      Add("ghost", Level::kWarning,
          StrCat("host id ", member.host_id, " is a member of rack ", m_.RackName(member.rack), " and has no slot",
                 member.up ? "" : ", and is down"),
          member.up ? "find out where it runs"
                    : StrCat("once it can never come back: ask for remove_node of host id ", member.host_id),
          member.dc);
    }
  }

  // Members that are down; those that only their own word says are up.
  void Down() {
    std::vector<Id> started, replaced;
    for (const InFlight& a : m_.in_flight) started.push_back(a.slot);
    for (const ActionIndex i : s_.order) {
      const Kind kind = actions_[At(i)].kind;
      const bool starts = kind == Kind::kRestartNode || kind == Kind::kStartNode;
      if (starts) started.push_back(actions_[At(i)].slot);
      if (kind == Kind::kReplaceNode || kind == Kind::kRemoveNode) replaced.push_back(actions_[At(i)].slot);
    }
    std::sort(started.begin(), started.end());
    std::sort(replaced.begin(), replaced.end());
    std::vector<std::string> down, restarted, unsure, awaited;
    for (const Member& member : m_.members) {
      if (member.up || member.external || !member.in_ring) continue;
      if (member.slot == kNone) {
        if (Unsure(member)) unsure.push_back(StrCat("host id ", member.host_id));
        continue;
      }
      if (std::binary_search(replaced.begin(), replaced.end(), member.slot)) continue;  // the plan says so
      const bool again = std::binary_search(started.begin(), started.end(), member.slot);
      (again                                            ? restarted
       : MayComeBack(m_, member)                        ? awaited
       : member.mode == Mode::kNormal || Unsure(member) ? unsure
                                                        : down)
          .push_back(m_.SlotName(member.slot));
    }
    const auto are = [](const std::vector<std::string>& names) { return names.size() == 1 ? " is " : " are "; };
    if (!awaited.empty()) {
      Add("member-down", Level::kWarning,
          StrCat(Few(awaited), are(awaited), "down for less than ", Duration(m_.policy.replace_after),
                 " (policy.replace_after_seconds) and may come back by ",
                 awaited.size() == 1 ? "itself" : "themselves"),
          "find out why in its log");
    }
    if (!down.empty()) {
      Add("member-down", Level::kWarning,
          StrCat(Few(down), are(down),
                 down.size() == 1 ? "down, and nothing in this plan starts it"
                                  : "down, and nothing in this plan starts them"),
          "find out why in its log; for one that can never come back ask for replace_node or remove_node by host id");
    }
    if (!restarted.empty()) {
      Add("member-down", Level::kWarning,
          StrCat(Few(restarted), are(restarted), "down; restarts are planned or under way"), "");
    }
    if (!unsure.empty()) {
      Add("member-down", Level::kWarning,
          StrCat("too few others tell that ", Few(unsure), are(unsure), "up; it counts as down"),
          "let the other nodes answer");
    }
  }

  static std::string ToRepair(bool enabled) {
    return enabled ? "" : "nodetool repair --full there before gc_grace ends; or set policy.repair.enabled";
  }

  // Members that were down for longer than others keep hints for them, and nodes that got more replicas of a keyspace.
  void RepairOwed() {
    std::vector<std::string> names;
    std::map<Id, std::pair<std::vector<std::string>, int64_t>> altered;  // by keyspace: nodes, since when
    int64_t since = 0;
    for (size_t i = 0; i < m_.members.size(); ++i) {
      const int64_t back = m_.members[i].repair_owed;
      if (back == 0) continue;
      names.push_back(m_.MemberName(static_cast<Id>(i)));
      since = since == 0 ? back : std::min(since, back);
    }
    for (const RebuildDebt& debt : m_.rebuild_debts) {
      if (debt.source_dc != kNone) continue;
      auto& [nodes, first] = altered[debt.keyspace];
      nodes.push_back(m_.MemberName(debt.member));
      if (debt.at > 0) first = first == 0 ? debt.at : std::min(first, debt.at);
    }
    if (!names.empty()) {
      Add("repair-owed", Level::kWarning,
          StrCat(Few(names), names.size() == 1 ? " was" : " were", " down for longer than hints are kept (",
                 Duration(m_.policy.max_hint_window), "), until ", Instant(since),
                 ": what was written meanwhile is missing there until a repair"),
          ToRepair(m_.policy.repair));
    }
    for (const auto& [keyspace, owed] : altered) {
      const auto& [nodes, first] = owed;
      Add("repair-owed", Level::kWarning,
          StrCat("keyspace ", m_.keyspace(keyspace).name, " got more replicas",
                 first > 0 ? StrCat(" at ", Instant(first)) : std::string(), ", and ", Few(nodes),
                 nodes.size() == 1 ? " has" : " have", " not been repaired since: reads of one replica may miss data"),
          ToRepair(m_.policy.repair));
    }
  }

  void SetAside() {
    for (const Quarantined& q : m_.quarantined) {
      Add("volume-set-aside", Level::kNote,
          StrCat("volume ", q.name.empty() ? string_view("of the slot") : q.name, " of ", m_.SlotName(q.slot),
                 " was set aside; it holds the data of host id ", q.host_id),
          "delete it once nobody misses anything");
    }
  }

  // A seed that lost its volume starts as its own seed, with no data and without streaming any.
  void UnguardedStarts() {
    for (const Id s : m_.observed_seeds) {
      if (s == kNone || m_.slot(s).member == kNone) continue;
      if (m_.rack(m_.slot(s).rack).start_permits != Known::kNo) continue;
      Note note;
      note.rule = "unguarded-start";
      note.level = Level::kNote;
      note.message = StrCat("seed ", m_.SlotName(s),
                            " starts without a permit: with an empty volume it would join at once and hold no data");
      note.remedy =
          "set spec.startPermits (each node restarts once); until then never empty the volume of a seed while "
          "its workload may start it";
      note.slot = s;
      AddNote(m_, note, out_);
    }
  }

  const Model& m_;
  const std::vector<Action>& actions_;
  const Schedule& s_;
  v1::PlanResponse* out_;
  const Resources resources_;
};

}  // namespace

void AddNote(const Model& m, const Note& note, v1::PlanResponse* out) {
  v1::Finding* f = out->add_findings();
  f->set_rule(std::string(note.rule));
  f->set_level(ToLevel(note.level));
  f->set_message(note.message);
  f->set_remedy(note.remedy);
  if (!note.path.empty()) f->mutable_location()->set_path(note.path);
  for (const v1::Location& place : m.request->desired().locations()) {
    if (!note.path.empty() && place.path() == note.path) *f->mutable_location() = place;
  }
  v1::Target* subject = f->mutable_subject();
  const Id rack = note.slot != kNone ? m.slot(note.slot).rack : note.rack;
  const Id dc = rack != kNone ? m.rack(rack).dc : note.dc;
  if (dc != kNone) subject->set_datacenter(std::string(m.dc(dc).name));
  if (rack != kNone) subject->set_rack(std::string(m.rack(rack).name));
  if (note.slot != kNone) subject->set_ordinal(m.slot(note.slot).ordinal);
  if (!note.keyspace.empty()) subject->set_keyspace(std::string(note.keyspace));
  if (dc == kNone && note.keyspace.empty()) f->clear_subject();
}

void AddFindings(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
                 v1::PlanResponse* response) {
  FindingWriter(model, actions, schedule, response).Run();
}

}  // namespace cassplan::planner
