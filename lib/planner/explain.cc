#include "lib/planner/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/fingerprint.h"
#include "lib/planner/dead.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/settle.h"
#include "lib/planner/several.h"
#include "lib/planner/windows.h"

namespace cassplan::planner {
namespace {

using absl::StrCat;
using absl::string_view;

constexpr size_t kMostHeld = 1'000;  // remembered since when

class Explainer {
 public:
  Explainer(const Model& m, const std::vector<Action>& actions, const Schedule& s, v1::PlanResponse* out)
      : m_(m),
        actions_(actions),
        s_(s),
        out_(out),
        common_(m),
        resources_(m),
        complete_(m.request->horizon() != v1::HORIZON_READY) {}

  void Run() {
    MakeFinalRings();
    MakeIds();
    MakeFingerprint();
    MakePools();
    WriteActions();
    RememberHeld();
    WriteHeld();
    WriteWaivers();
    WriteFindings();
    WriteChanges();
    WriteOperations();
    if (complete_) {
      Forecast(m_, actions_, s_, written_, out_->plan());
      AddImpact(m_, actions_, s_, out_);
      out_->set_request_digest(DigestOf(*m_.request));
    }
    Conclude();
  }

 private:
  static size_t At(int32_t i) { return static_cast<size_t>(i); }
  bool Placed(ActionIndex i) const { return s_.place[At(i)] == Place::kPlaced; }

  // ---- the ring that the plan ends with, by slots, per datacenter: the goal of cleanups
  void MakeFinalRings() {
    std::vector<std::set<Id>> rings(m_.dcs.size());
    for (const Member& member : m_.members) {
      if (member.slot != kNone && member.dc != kNone && member.movement != Movement::kLeaving)
        rings[At(member.dc)].insert(member.slot);
    }
    auto change = [&](Kind kind, Id dc, Id slot) {
      if (slot == kNone || dc == kNone) return;
      if (kind == Kind::kStartNode || kind == Kind::kReplaceNode) rings[At(dc)].insert(slot);
      const bool out = kind == Kind::kDecommission || kind == Kind::kRemoveNode || kind == Kind::kAssassinate;
      if (out) rings[At(dc)].erase(slot);
    };
    for (const InFlight& a : m_.in_flight) change(a.kind, a.dc, a.slot);
    for (const ActionIndex i : s_.order) change(actions_[At(i)].kind, actions_[At(i)].dc, actions_[At(i)].slot);
    for (const std::set<Id>& ring : rings) {
      base::Fingerprint f;
      for (const Id slot : ring) f.Add(m_.SlotName(slot));  // by name: numbers depend on what else is known
      final_rings_.push_back(f.Hex(16));
    }
  }

  void MakeIds() {
    ids_.resize(actions_.size());
    goals_.resize(actions_.size());
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (s_.place[i] == Place::kDropped) continue;
      const Action& a = actions_[i];
      goals_[i] =
          a.kind == Kind::kCleanup && a.drift != "requested" ? StrCat("ring=", final_rings_[At(a.dc)]) : GoalOf(m_, a);
      ids_[i] = ActionId(m_, a, goals_[i]);
    }
  }

  // ---- pools
  void MakePools() {
    for (const ActionIndex i : s_.order) {
      const Action& a = actions_[At(i)];
      const auto [id, capacity] = PoolOf(a);
      if (!id.empty()) pools_.emplace(id, Pool{capacity, {}});
    }
    for (auto& [id, pool] : pools_) {
      for (const InFlight& a : m_.in_flight) {
        Action as;
        as.kind = a.kind;
        as.rack = a.rack;
        as.dc = a.dc;
        if (!a.request_uid.empty()) as.request = 0;  // some one: only that there is one matters here
        if (PoolOf(as).first == id) pool.taken.insert(a.slot);
      }
      for (size_t m = 0; m < m_.members.size(); ++m) {
        const Member& member = m_.members[m];
        if (!member.drained || member.rack == kNone) continue;
        Action as;
        as.kind = Kind::kDrain;
        as.rack = member.rack;
        if (PoolOf(as).first == id) pool.taken.insert(member.slot);
      }
      v1::Pool* out = out_->mutable_plan()->add_pools();
      out->set_id(id);
      out->set_capacity(pool.capacity);
      out->set_used(static_cast<int32_t>(pool.taken.size()));
    }
  }

  std::pair<std::string, int32_t> PoolOf(const Action& a) const {
    if (a.request != kNone && !IsDisruption(a.kind) && !IsMovement(a.kind))
      return {"operations", m_.policy.operations_parallel};
    if (IsDisruption(a.kind) && a.rack != kNone) {
      // A workload that starts its slots in order cannot bring a whole rack back at once.
      const bool ordered = m_.rack(a.rack).parallel != Known::kYes;
      return {StrCat("restart/", m_.RackName(a.rack)), ordered ? 1 : m_.policy.width};
    }
    if (a.kind == Kind::kCleanup && a.dc != kNone) return {StrCat("cleanup/", m_.dc(a.dc).name), m_.policy.width};
    if (a.kind == Kind::kRepair) return {"repair", m_.policy.repair_parallel};
    if (a.kind == Kind::kUpgradeSstables && a.dc != kNone) {
      return {StrCat("upgradesstables/", m_.dc(a.dc).name), m_.policy.width};
    }
    if (a.kind == Kind::kTakeSnapshot && a.dc != kNone) {
      return {StrCat("snapshot/", m_.dc(a.dc).name), m_.policy.width};
    }
    if (a.kind == Kind::kGrowVolume && a.rack != kNone && m_.policy.grow_width > 0) {
      return {StrCat("grow/", m_.RackName(a.rack)), m_.policy.grow_width};
    }
    return {"", 0};
  }

  struct Pool {
    int32_t capacity = 1;
    std::set<Id> taken;  // slots
  };

  bool TakePlace(const Action& a) {
    const std::string id = PoolOf(a).first;
    if (id.empty()) return true;
    Pool& pool = pools_.find(id)->second;
    if (pool.taken.count(a.slot) > 0) return true;
    if (static_cast<int32_t>(pool.taken.size()) >= pool.capacity) return false;
    pool.taken.insert(a.slot);
    return true;
  }

  // ---- actions and sections
  std::string SectionId(Resource r, int32_t number) const { return StrCat(resources_.Name(m_, r), "#", number); }

  // A node's own sections matter only where there are two of them.
  bool Shown(const SectionInfo& section) const {
    if (!resources_.IsNode(section.resource)) return true;
    return section.number > 0 || shown_nodes_.count(section.resource) > 0;
  }

  void WriteActions() {
    for (const SectionInfo& section : s_.sections) {
      if (section.number > 0) shown_nodes_.insert(section.resource);
    }
    written_.assign(actions_.size(), nullptr);
    for (const SectionInfo& section : s_.sections) section_ids_[{section.resource, section.number}] = "";
    for (const SectionInfo& section : s_.sections) {
      if (Shown(section))
        section_ids_[{section.resource, section.number}] = SectionId(section.resource, section.number);
    }
    ready_.assign(actions_.size(), 0);
    for (const ActionIndex i : s_.order) WriteAction(i);
    out_->mutable_plan()->set_format_version("1.0");
    if (!complete_) return;
    for (const SectionInfo& section : s_.sections) {
      if (Shown(section)) WriteSection(section);
    }
  }

  void WriteSection(const SectionInfo& section) {
    v1::Section* out = out_->mutable_plan()->add_sections();
    out->set_id(section_ids_[{section.resource, section.number}]);
    out->set_resource(resources_.Name(m_, section.resource));
    out->set_number(section.number);
    out->set_alone(section.alone);
    out->set_size(section.size);
    if (section.number > 0) return;
    for (size_t i = 0; i < s_.in_flight.size(); ++i) {
      for (const Membership& ms : s_.in_flight[i]) {
        if (ms.resource == section.resource && ms.number == 0) out->add_in_flight(std::string(m_.in_flight[i].id));
      }
    }
  }

  bool Ready(ActionIndex i) const {
    const Action& a = actions_[At(i)];
    for (const ActionIndex p : a.hard) {
      if (Placed(p)) return false;
    }
    for (const Membership& ms : s_.memberships[At(i)]) {
      if (ms.number > 0) return false;
    }
    return true;
  }

  void WriteAction(ActionIndex i) {
    const Action& a = actions_[At(i)];
    const int64_t not_before = std::max(NotBefore(a), Opening(i));
    if (not_before > m_.now && (next_opening_ == 0 || not_before < next_opening_)) next_opening_ = not_before;
    const bool approved = Approved(i);
    if (!approved) ++unapproved_;
    const bool ready = Ready(i) && not_before <= m_.now && approved && TakePlace(a);
    ready_[At(i)] = ready ? 1 : 0;
    if (ready) ++ready_count_;
    if (!complete_ && !ready) return;
    v1::Action* out = out_->mutable_plan()->add_actions();
    written_[At(i)] = out;
    out->set_id(ids_[At(i)]);
    out->set_goal(goals_[At(i)]);
    DescribeAction(m_, common_, a, out);
    out->set_ready(ready);
    if (not_before > m_.now) out->set_not_before_seconds(not_before);
    if (HasWindow(m_.policy.windows, a)) {
      AddPolicyCondition("window_open", "yes", not_before > m_.now ? "closed" : "open", out);
      if (waived_window_) out->add_waivers("window");
    }
    if (m_.policy.mode == PlanMode::kApprove) {
      AddPolicyCondition("approved", "yes", approved ? "yes" : "no", out);
    }
    const std::string pool = PoolOf(a).first;
    if (!pool.empty()) out->add_pools(pool);
    if (a.request != kNone) {
      const Request& request = m_.request_at(a.request);
      out->set_request_uid(std::string(request.uid));
      for (const Id k : request.keyspaces) out->add_keyspaces(std::string(m_.keyspace(k).name));
    }
    for (const FailedStart& failed : m_.failed_starts) {
      if (failed.id == ids_[At(i)]) out->set_attempt(failed.attempt + 1);
    }
    if (out->attempt() == 0) out->set_attempt(1);
    for (const uint8_t guard : s_.waived[At(i)]) out->add_waivers(std::string(Guards()[guard].slug));
    WriteEdges(i, out);
  }

  static void AddPolicyCondition(string_view fact, string_view value, string_view evidence, v1::Action* out) {
    v1::Condition* c = out->add_preconditions();
    c->set_fact(std::string(fact));
    c->set_value(std::string(value));
    c->set_evidence(std::string(evidence));
  }

  // When its maintenance window opens; 0: it is open, or it has none.
  int64_t Opening(ActionIndex i) {
    waived_window_ = false;
    const int64_t opens = NextOpening(m_.policy.windows, actions_[At(i)], m_.now);
    if (opens == 0 || FindWaiver(m_, ids_[At(i)], "window") == nullptr) return opens;
    waived_window_ = true;
    waivers_used_.emplace_back(ids_[At(i)], "window");
    return 0;
  }

  // May it start as far as policy.mode is concerned?
  bool Approved(ActionIndex i) const {
    return m_.policy.mode == PlanMode::kAuto || std::binary_search(approved_.begin(), approved_.end(), ids_[At(i)]);
  }

  void WriteEdges(ActionIndex i, v1::Action* out) {
    const Action& a = actions_[At(i)];
    const bool after_drain = a.drain >= 0 && Placed(a.drain);
    if (after_drain) out->add_requires_ids(ids_[At(a.drain)]);  // what its drain waits for it has waited for
    for (const ActionIndex p : a.hard) {
      if (Placed(p) && !after_drain) out->add_requires_ids(ids_[At(p)]);
    }
    for (const Membership& ms : s_.memberships[At(i)]) {
      const std::string& id = section_ids_[{ms.resource, ms.number}];
      if (complete_ && !id.empty()) out->add_sections(id);
      if (ms.number == 0 || after_drain || IsPredecessorsOwn(a, ms)) continue;
      out->add_requires_ids(section_ids_[{ms.resource, ms.number - 1}]);
    }
  }

  int32_t SizeOf(const Membership& ms) const {
    const auto at = std::lower_bound(s_.sections.begin(), s_.sections.end(), std::make_pair(ms.resource, ms.number),
                                     [](const SectionInfo& a, const std::pair<Resource, int32_t>& b) {
                                       return std::make_pair(a.resource, a.number) < b;
                                     });
    return at == s_.sections.end() ? 0 : at->size;
  }

  // The section before has one member, which is required by its id already.
  bool IsPredecessorsOwn(const Action& a, const Membership& ms) const {
    for (const ActionIndex p : a.hard) {
      if (!Placed(p)) continue;
      for (const Membership& before : s_.memberships[At(p)]) {
        if (before.resource != ms.resource || before.number != ms.number - 1) continue;
        if (before.alone || SizeOf(before) == 1) return true;
      }
    }
    return false;
  }

  // policy.settle_seconds after the last start of a restart in another rack of the datacenter.
  int64_t NotBefore(const Action& a) const {
    for (const VolumeGrown& grown : m_.volumes_grown) {
      if (a.kind == Kind::kGrowVolume && grown.slot == a.slot) return grown.at + m_.policy.grow_cooldown;
    }
    if (m_.policy.settle_seconds == 0 || !IsDisruption(a.kind) || a.was_down) return 0;
    int64_t last = 0;
    for (const v1::StartedAction& started : m_.request->ledger().started()) {
      if (!IsDisruption(static_cast<Kind>(started.kind())) || started.target().datacenter() != m_.dc(a.dc).name)
        continue;
      if (started.target().rack() != m_.rack(a.rack).name) last = std::max(last, started.started_at_seconds());
    }
    return last == 0 ? 0 : last + m_.policy.settle_seconds;
  }

  // ---- held
  // Since when, as far as the ledger tells. Only changes are written, so that a host stores it no more than it must.
  void RememberHeld() {
    const v1::Ledger& before = m_.request->ledger();
    for (const v1::HeldSince& held : before.held()) {
      if (held.at_seconds() > 0 && held.at_seconds() <= m_.now)
        held_since_.emplace(held.action_id(), held.at_seconds());
    }
    std::vector<std::pair<int64_t, string_view>> now;
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (s_.place[i] != Place::kHeld || actions_[i].in_unit) continue;
      now.emplace_back(held_since_.emplace(ids_[i], m_.now).first->second, ids_[i]);
    }
    std::sort(now.begin(), now.end());
    now.erase(std::unique(now.begin(), now.end()), now.end());
    if (now.size() > kMostHeld) now.resize(kMostHeld);
    const bool same = std::equal(
        now.begin(), now.end(), before.held().begin(), before.held().end(),
        [](const auto& a, const v1::HeldSince& b) { return a.first == b.at_seconds() && a.second == b.action_id(); });
    if (same) return;
    v1::Ledger* ledger = out_->mutable_ledger();
    ledger->clear_held();
    for (const auto& [at, id] : now) {
      v1::HeldSince* held = ledger->add_held();
      held->set_action_id(std::string(id));
      held->set_at_seconds(at);
    }
    ledger->set_version(NextVersion(before.version()));
    ledger->set_now_seconds(m_.now);
  }

  void WriteHeld() {
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (s_.place[i] != Place::kHeld) continue;
      const Action& a = actions_[i];
      if (a.in_unit) continue;  // told with its restart
      if (s_.refusals[i].empty()) {
        // Behind another one that is held, which says why.
      } else if (Waits(s_.refusals[i])) {
        ++waiting_;
        for (const Refusal& r : s_.refusals[i]) {
          if (r.until > m_.now) until_ = until_ == 0 ? r.until : std::min(until_, r.until);
        }
      } else {
        ++blocked_;
      }
      if (complete_) WriteOneHeld(i);
    }
  }

  // Will it be released without a person? What the plan itself does was counted in when the guards were asked for the
  // last time; what is under way already may turn out in another way than foreseen.
  bool Waits(const std::vector<Refusal>& refusals) const {
    const bool under_way = !m_.in_flight.empty() || !m_.foreign.empty();
    return std::all_of(refusals.begin(), refusals.end(), [&](const Refusal& r) {
      if (r.until > 0 || r.ends_by_itself) return true;
      return r.waits ? under_way || !s_.order.empty() : r.resource != kNoResource && under_way;
    });
  }

  void WriteOneHeld(size_t i) {
    const Action& a = actions_[i];
    v1::Held* held = out_->add_held();
    held->set_action_id(ids_[i]);
    held->set_goal(goals_[i]);
    held->set_kind(static_cast<v1::ActionKind>(a.kind));
    FillTarget(m_, a, held->mutable_target());
    *held->mutable_reason() = MakeReason(m_, common_, a);
    held->set_since_seconds(held_since_[ids_[i]]);
    std::set<std::pair<string_view, std::string>> said;
    for (const Refusal& r : s_.refusals[i]) {
      const Guard& guard = Guards()[r.guard];
      Text text = guard.describe(m_, a, r);
      if (!said.emplace(guard.slug, text.text).second) continue;
      v1::Refusal* by = held->add_by();
      by->set_guard(std::string(guard.slug));
      by->set_text(std::move(text.text));
      by->set_remedy(std::move(text.remedy));
      if (r.resource != kNoResource) by->add_resources(resources_.Name(m_, r.resource));
    }
    if (!s_.refusals[i].empty()) return;
    const ActionIndex before = HeldBefore(a);
    if (before < 0) return;
    const Action& b = actions_[At(before)];
    v1::Refusal* by = held->add_by();
    by->set_guard("predecessor");
    by->set_text(StrCat("comes after ", KindName(b.kind), " ", PlaceOf(b), ", which is held"));
    by->set_remedy("what releases that one");
  }

  // The predecessor that it waits for; the first of its own unit is told with it, so what that one waits for.
  ActionIndex HeldBefore(const Action& a) const {
    for (const ActionIndex p : a.hard) {
      if (s_.place[At(p)] != Place::kHeld && s_.place[At(p)] != Place::kDropped) continue;
      if (!actions_[At(p)].in_unit) return p;
      const ActionIndex before = HeldBefore(actions_[At(p)]);
      return before < 0 ? p : before;
    }
    return -1;
  }

  // As reports name an action's target.
  std::string PlaceOf(const Action& a) const {
    if (a.slot != kNone) return m_.SlotName(a.slot);
    if (a.member != kNone) return StrCat("host id ", m_.member(a.member).host_id);
    if (a.rack != kNone) return m_.RackName(a.rack);
    const std::string dc = a.dc == kNone ? "" : m_.DcName(a.dc);
    if (a.keyspace != kNone) return StrCat("keyspace ", m_.keyspace(a.keyspace).name, dc.empty() ? "" : " in ", dc);
    return dc.empty() ? "the cluster" : dc;
  }

  // ---- findings
  void WriteFindings() {
    for (const Note& note : m_.notes) AddNote(m_, note, out_);
    NoteMode();
    if (complete_) AddFindings(m_, actions_, s_, out_);
    auto* findings = out_->mutable_findings();
    std::stable_sort(findings->pointer_begin(), findings->pointer_end(),
                     [](const v1::Finding* a, const v1::Finding* b) {
                       return std::make_tuple(-a->level(), a->rule(), a->message()) <
                              std::make_tuple(-b->level(), b->rule(), b->message());
                     });
  }

  void Add(string_view rule, Level level, std::string message, std::string remedy, Id dc = kNone) {
    Note note;
    note.rule = rule;
    note.level = level;
    note.message = std::move(message);
    note.remedy = std::move(remedy);
    note.dc = dc;
    AddNote(m_, note, out_);
  }

  void WriteChanges() {
    for (const Change& change : m_.changes) {
      v1::StateChange* out = out_->add_changes();
      out->set_action_id(change.id);
      out->set_state(std::string(change.state));
      out->set_text(change.text);
    }
  }

  // ---- what becomes of the operations that a person asked for
  void WriteOperations() {
    if (m_.requests.empty()) return;
    std::vector<ActionIndex> carrier(m_.requests.size(), -1);
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (actions_[i].in_unit) continue;
      if (actions_[i].request != kNone) carrier[At(actions_[i].request)] = static_cast<ActionIndex>(i);
      for (const Id also : actions_[i].also_requests) carrier[At(also)] = static_cast<ActionIndex>(i);
    }
    for (size_t i = 0; i < m_.requests.size(); ++i) {
      WriteOperationStatus(m_, static_cast<Id>(i), StateOfCarrier(carrier[i]), out_->add_operations());
    }
  }

  Carrier StateOfCarrier(ActionIndex i) const {
    Carrier c;
    if (i < 0) return c;
    c.action = &actions_[At(i)];
    c.id = ids_[At(i)];
    c.place = s_.place[At(i)];
    c.ready = ready_[At(i)] != 0 || (c.action->drain >= 0 && ready_[At(c.action->drain)] != 0);
    if (c.place != Place::kHeld) return c;
    const std::vector<Refusal>& refusals = s_.refusals[At(i)];
    if (!refusals.empty()) c.why = Guards()[refusals.front().guard].describe(m_, *c.action, refusals.front()).text;
    return c;
  }

  // ---- the end
  void MakeFingerprint() {
    std::vector<std::string> ids;
    for (const ActionIndex i : s_.order) ids.push_back(ids_[At(i)]);
    out_->set_plan_fingerprint(PlanFingerprint(m_, ids));
    if (m_.policy.mode == PlanMode::kApprove) approved_ = ApprovedIds(m_, ids, out_->plan_fingerprint());
  }

  void WriteWaivers() {
    if (m_.policy.waivers.empty()) return;
    std::vector<std::string> all;
    for (size_t i = 0; i < actions_.size(); ++i) {
      if (s_.place[i] == Place::kDropped) continue;
      all.push_back(ids_[i]);
      if (s_.place[i] != Place::kPlaced) continue;
      for (const uint8_t guard : s_.waived[i]) waivers_used_.emplace_back(ids_[i], Guards()[guard].slug);
    }
    std::vector<Note> notes;
    NoteWaivers(m_, all, waivers_used_, &notes);
    for (const Note& note : notes) AddNote(m_, note, out_);
  }

  // What policy.mode keeps from starting needs a person.
  void NoteMode() {
    if (unapproved_ == 0) return;
    if (m_.policy.mode == PlanMode::kPlan) {
      Add("approval", Level::kNote, "policy.mode is plan: nothing is started", "set policy.mode to approve or auto");
      return;
    }
    Add("approval", Level::kNote,
        StrCat(Several(unapproved_, "action"), unapproved_ == 1 ? " waits" : " wait",
               " for an approval (policy.mode is approve)"),
        StrCat("read the plan, then add an approval to the ledger: plan_fingerprint ", out_->plan_fingerprint(),
               " and the ids of its actions"));
  }

  void Conclude() {
    const bool actions = !s_.order.empty();
    const bool running = !m_.in_flight.empty() || !m_.foreign.empty();
    v1::Outcome outcome = v1::OUTCOME_CONVERGED;
    if (m_.refused) {
      outcome = v1::OUTCOME_REFUSED;
    } else if (blocked_ > 0 || m_.unknown || m_.needs_person || unapproved_ > 0) {
      outcome = v1::OUTCOME_BLOCKED;
    } else if (ready_count_ > 0) {
      outcome = v1::OUTCOME_PLANNED;
    } else if (running || waiting_ > 0 || actions) {
      outcome = v1::OUTCOME_IN_PROGRESS;
    } else if (std::any_of(m_.members.begin(), m_.members.end(), Unsure)) {
      outcome = v1::OUTCOME_BLOCKED;  // what nobody knows to be up is not as desired
    } else if (!Awaited().empty()) {
      outcome = v1::OUTCOME_IN_PROGRESS;
    }
    out_->set_outcome(outcome);
    if (running) {
      out_->set_next_check_seconds(10);
    } else if (actions && ready_count_ == 0) {
      const bool closed = next_opening_ > m_.now && unapproved_ == 0 && waiting_ == 0 && blocked_ == 0;
      out_->set_next_check_seconds(closed ? next_opening_ - m_.now : 30);
    } else if (blocked_ > 0) {
      out_->set_next_check_seconds(60);
    } else if (until_ > 0) {
      out_->set_next_check_seconds(until_ - m_.now);
    } else if (waiting_ > 0 || outcome == v1::OUTCOME_IN_PROGRESS) {
      out_->set_next_check_seconds(60);
    }
    if (complete_) out_->set_summary(Summary());
  }

  // Members of which it is still to be seen whether they come back.
  std::vector<std::string> Awaited() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < m_.members.size(); ++i) {
      if (IsAwaited(m_, static_cast<Id>(i))) names.push_back(m_.MemberName(static_cast<Id>(i)));
    }
    return names;
  }

  std::string Summary() const {
    std::map<Kind, int32_t> counts;
    std::set<Id> altered;  // one by one, step by step
    for (const ActionIndex i : s_.order) {
      const Action& a = actions_[At(i)];
      if (a.kind != Kind::kAlterKeyspace || altered.insert(a.keyspace).second) ++counts[a.kind];
    }
    if (counts.count(Kind::kRestartNode) > 0) counts.erase(Kind::kDrain);
    std::string text;
    for (const auto& [kind, n] : counts) absl::StrAppend(&text, text.empty() ? "" : ", ", Phrase(kind, n));
    if (text.empty()) {
      const bool idle =
          m_.in_flight.empty() && m_.foreign.empty() && blocked_ + waiting_ == 0 && !m_.refused && !m_.needs_person;
      const bool unsure = idle && std::any_of(m_.members.begin(), m_.members.end(), Unsure);
      const std::vector<std::string> awaited = idle ? Awaited() : std::vector<std::string>();
      text = m_.unknown || unsure ? "too little is known"
             : !idle              ? "nothing can start now"
             : awaited.empty()
                 ? "the cluster is as desired"
                 : StrCat("waiting to see whether ", Few(awaited), awaited.size() == 1 ? " comes back" : " come back");
    }
    if (unapproved_ > 0) {
      absl::StrAppend(&text, m_.policy.mode == PlanMode::kPlan ? "; nothing is started (policy.mode is plan)"
                                                               : StrCat("; ", unapproved_, " wait for an approval"));
    }
    if (next_opening_ > m_.now && ready_count_ == 0 && unapproved_ == 0) {
      absl::StrAppend(&text, "; the next may start in ", Duration(next_opening_ - m_.now));
    }
    if (blocked_ + waiting_ > 0) absl::StrAppend(&text, "; ", blocked_ + waiting_, " held");
    if (!m_.in_flight.empty()) absl::StrAppend(&text, "; ", m_.in_flight.size(), " in flight");
    return text;
  }

  const Model& m_;
  const std::vector<Action>& actions_;
  const Schedule& s_;
  v1::PlanResponse* out_;
  const Common common_;
  const Resources resources_;
  const bool complete_;
  std::vector<std::string> final_rings_, ids_, goals_;
  std::map<std::string, Pool> pools_;
  std::map<std::pair<Resource, int32_t>, std::string> section_ids_;
  std::set<Resource> shown_nodes_;
  std::vector<v1::Action*> written_;
  std::vector<uint8_t> ready_;
  int32_t ready_count_ = 0;
  int32_t waiting_ = 0;
  int32_t blocked_ = 0;
  int64_t until_ = 0;  // what is held until then
  int32_t unapproved_ = 0;
  int64_t next_opening_ = 0;
  bool waived_window_ = false;  // of the action that is being written
  std::vector<std::string> approved_;
  std::map<std::string, int64_t> held_since_;  // by action id
  std::vector<std::pair<std::string, string_view>> waivers_used_;
};

}  // namespace

void Explain(const Model& model, const std::vector<Action>& actions, const Schedule& schedule,
             v1::PlanResponse* response) {
  Explainer(model, actions, schedule, response).Run();
}

void ExplainInvalid(const Model& model, v1::PlanResponse* response) {
  response->set_outcome(v1::OUTCOME_INVALID);
  *response->mutable_ledger() = model.request->ledger();
  for (const Note& note : model.notes) AddNote(model, note, response);
  response->set_summary("the request is not legal");
}

}  // namespace cassplan::planner
