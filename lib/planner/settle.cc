#include "lib/planner/settle.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/planner/admit.h"
#include "lib/planner/dead.h"
#include "lib/planner/settle_slots.h"

namespace cassplan::planner {
namespace {

using absl::string_view;

Id FindSlot(const Model& model, const v1::Target& target) {
  if (!target.has_ordinal() || target.ordinal() < 0) return kNone;
  for (const Rack& rack : model.racks) {
    if (rack.name != target.rack() || model.dc(rack.dc).name != target.datacenter()) continue;
    const Id slot = rack.first_slot + target.ordinal();
    return slot < rack.last_slot ? slot : kNone;
  }
  return kNone;
}

Id FindDc(const Model& model, string_view name) {
  for (size_t d = 0; d < model.dcs.size(); ++d) {
    if (model.dcs[d].name == name) return static_cast<Id>(d);
  }
  return kNone;
}

Id FindRack(const Model& model, const v1::Target& target) {
  for (size_t r = 0; r < model.racks.size(); ++r) {
    if (model.racks[r].name == target.rack() && model.dc(model.racks[r].dc).name == target.datacenter()) {
      return static_cast<Id>(r);
    }
  }
  return kNone;
}

enum class State { kInFlight, kDone, kFailed, kTimedOut, kGone, kWithdrawn };

class Settler {
 public:
  Settler(Model* model, v1::Ledger* out) : model_(*model), in_(model->request->ledger()), out_(out) {}

  void Run() {
    for (size_t m = 0; m < model_.members.size(); ++m) {
      hosts_.emplace_back(model_.members[m].host_id, static_cast<Id>(m));
    }
    std::sort(hosts_.begin(), hosts_.end());
    KeepOwed();
    KeepRebuilds();
    KeepOperations();
    KeepUpgrades();
    KeepSnapshots();
    KeepGrown();
    // What pays a debt first: what makes one may have been done after it, and paying twice does no harm.
    const std::vector<v1::StartedAction> all = Sorted(in_.started());
    for (const bool pays : {true, false}) {
      for (const v1::StartedAction& started : all) {
        if (Pays(started) == pays) SettleOne(started);
      }
    }
    FindForeign();
    RememberMembers();
    CopyRest();
    RememberLeft(model_, out_);
    NoteNeverJoined(&model_);
    WriteOwed();
    WriteRebuilds();
    SortOperations();
    WriteUpgrades();
    WriteSnapshots();
    NoteSnapshots();
    WriteGrown();
    Stamp();
  }

 private:
  static bool Pays(const v1::StartedAction& started) {
    return started.kind() == v1::ACTION_KIND_CLEANUP || started.kind() == v1::ACTION_KIND_REBUILD ||
           started.kind() == v1::ACTION_KIND_UPGRADE_SSTABLES;
  }

  template <typename T>
  static std::vector<T> Sorted(const google::protobuf::RepeatedPtrField<T>& list) {
    std::vector<std::pair<std::string, const T*>> keyed;
    for (const T& item : list) keyed.emplace_back(item.SerializeAsString(), &item);
    std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<T> out;
    for (size_t i = 0; i < keyed.size(); ++i) {
      if (i == 0 || keyed[i].first != keyed[i - 1].first) out.push_back(*keyed[i].second);
    }
    return out;
  }

  Id FindHost(string_view host_id) const {
    const auto it = std::lower_bound(hosts_.begin(), hosts_.end(), std::make_pair(host_id, kNone));
    return it == hosts_.end() || it->first != host_id ? kNone : it->second;
  }

  InFlight Resolve(const v1::StartedAction& started) const {
    InFlight a;
    a.id = started.id();
    if (v1::ActionKind_IsValid(started.kind())) a.kind = static_cast<Kind>(started.kind());
    a.dc = FindDc(model_, started.target().datacenter());
    a.rack = FindRack(model_, started.target());
    a.slot = FindSlot(model_, started.target());
    a.member = FindHost(started.target().host_id());
    if (a.member == kNone && started.target().host_id().empty() && a.slot != kNone)
      a.member = model_.slot(a.slot).member;
    a.source_dc = FindDc(model_, started.source_datacenter());
    a.release_changes = started.release_changes();
    a.replication_factor = std::max(started.replication_factor(), 0);
    a.keyspace = FindKeyspace(started.target().keyspace());
    a.some_keyspaces = !started.keyspaces().empty();
    return a;
  }

  Id FindKeyspace(string_view name) const {
    for (size_t k = 0; k < model_.keyspaces.size(); ++k) {
      if (model_.keyspaces[k].name == name) return static_cast<Id>(k);
    }
    return kNone;
  }

  bool ObservedDone(const InFlight& a, const v1::StartedAction& started) const {
    const Slot* slot = a.slot == kNone ? nullptr : &model_.slot(a.slot);
    const Rack* rack = a.rack == kNone ? nullptr : &model_.rack(a.rack);
    const Member* member = a.member == kNone ? nullptr : &model_.member(a.member);
    const bool reported = started.state() == v1::STARTED_STATE_SUCCEEDED;
    switch (a.kind) {
      case Kind::kStartNode: {
        if (slot == nullptr || slot->member == kNone) return false;
        const Member& joined = model_.member(slot->member);
        return joined.up && joined.movement == Movement::kNormal;
      }
      case Kind::kReplaceNode: {
        if (slot == nullptr || slot->member == kNone) return false;
        const Member& now = model_.member(slot->member);
        return now.up && now.host_id != started.target().host_id();
      }
      case Kind::kRestartNode: {
        if (slot == nullptr || member == nullptr || !member->up || slot->ready == Known::kNo) return false;
        return started.target().uid().empty() ? slot->revision == model_.rack(slot->rack).desired_revision
                                              : slot->uid != started.target().uid();
      }
      case Kind::kGrowVolume:
        return slot != nullptr && slot->volume.present == Known::kYes &&
               slot->volume.capacity >= CapacityOf(started, *rack);
      case Kind::kRecreateRack:
        return rack != nullptr && rack->present == Known::kYes &&
               (started.target().uid().empty() ? reported : rack->uid != started.target().uid());
      case Kind::kUpgradeSstables:
        return reported || (member != nullptr && member->old_sstables == int64_t{0});
      case Kind::kDrain:
        return slot != nullptr && (slot->mode == Mode::kDrained ||
                                   (!started.target().uid().empty() && slot->uid != started.target().uid()));
      case Kind::kDecommission:
      case Kind::kRemoveNode:
      case Kind::kAssassinate:
        return member == nullptr && model_.views_known;
      case Kind::kShrinkRack:
        return rack != nullptr && slot != nullptr && rack->present == Known::kYes && rack->nodes <= slot->ordinal &&
               slot->present == Known::kNo;
      case Kind::kQuarantineVolume:
      case Kind::kDeleteVolume:
        return slot != nullptr && (slot->volume.present == Known::kNo ||
                                   (slot->volume.present == Known::kYes && !started.target().uid().empty() &&
                                    slot->volume.uid != started.target().uid()));
      case Kind::kAlterKeyspace:
        return reported ||
               ((a.replication_factor > 0 || IsLowering(started)) && a.keyspace != kNone && a.dc != kNone &&
                model_.schema_known && model_.keyspace(a.keyspace).strategy == planner::Replicates::kNetworkTopology &&
                model_.keyspace(a.keyspace).rf[static_cast<size_t>(a.dc)] == a.replication_factor);
      case Kind::kCreateRack:
        return rack != nullptr && rack->present == Known::kYes;
      case Kind::kDeleteRack:
        return rack != nullptr && rack->present == Known::kNo;
      case Kind::kUpdateRack:
        return reported || (rack != nullptr && rack->present == Known::kYes &&
                            rack->revision == rack->desired_revision && rack->current_token == rack->restart_token);
      default:
        return reported;
    }
  }

  // That its goal names.
  static int64_t CapacityOf(const v1::StartedAction& started, const Rack& rack) {
    string_view goal = started.goal();
    int64_t capacity = 0;
    if (absl::ConsumePrefix(&goal, "capacity=") && absl::SimpleAtoi(goal, &capacity)) return capacity;
    return std::max<int64_t>(rack.desired_capacity, 1);
  }

  static bool IsLowering(const v1::StartedAction& started) { return absl::EndsWith(started.goal(), "fewer"); }

  // The start of a node that is not wanted any more and is proven never to have run: its Pod has no machine, or waits
  // for a permit. Nothing of it is under way, so that taking its slot back need not wait for its deadline.
  bool NeverRan(const InFlight& a) const {
    if (a.kind != Kind::kStartNode || a.slot == kNone) return false;
    const Slot& slot = model_.slot(a.slot);
    return !slot.desired && slot.member == kNone && !slot.member_unknown && slot.present == Known::kYes &&
           (slot.schedulable == Known::kNo || slot.awaits_permit) && !slot.node_answered;
  }

  State Judge(const InFlight& a, const v1::StartedAction& started) const {
    if (a.kind == Kind::kUnspecified) return State::kGone;
    if (ObservedDone(a, started)) return State::kDone;
    if (NeverRan(a)) return State::kWithdrawn;
    if (started.state() == v1::STARTED_STATE_FAILED) return State::kFailed;
    if (started.state() == v1::STARTED_STATE_TIMED_OUT) return State::kTimedOut;
    if (started.deadline_seconds() > 0 && model_.now > started.deadline_seconds()) return State::kTimedOut;
    return State::kInFlight;
  }

  void SettleOne(const v1::StartedAction& started) {
    InFlight a = Resolve(started);
    const State state = Judge(a, started);
    if (state == State::kDone) {
      AddChange(started, "done", "its effect was observed");
      Apply(a, started);
      FinishRequests(a, started, false, "");
      return;
    }
    if (state == State::kGone || state == State::kWithdrawn) {
      AddChange(started, "dropped",
                state == State::kGone ? "its kind is not known to this version"
                                      : "it is not wanted any more, and its Pod never had a machine");
      return;
    }
    if (state != State::kInFlight && EndsByFailing(started)) {
      const bool late = started.state() != v1::STARTED_STATE_FAILED;
      const std::string why = !late ? started.message() : "its deadline passed and nothing was heard of it";
      AddChange(started, late ? "timed_out" : "failed", why.empty() ? "its executor reported a failure" : why);
      FinishRequests(a, started, true, why);
      return;
    }
    v1::StartedAction* kept = out_->add_started();
    *kept = started;
    // Text in the model must outlive it; the request's strings do.
    for (const v1::StartedAction& original : in_.started()) {
      if (original.id() != started.id()) continue;
      a.id = original.id();
      a.request_uid = original.request_uid();
    }
    if (state == State::kInFlight) {
      kept->set_state(v1::STARTED_STATE_IN_FLIGHT);
      if (started.state() == v1::STARTED_STATE_SUCCEEDED) kept->set_state(v1::STARTED_STATE_SUCCEEDED);
      if (a.member != kNone && IsMovement(a.kind))
        model_.members[static_cast<size_t>(a.member)].movement_is_ours = true;
      if (a.dc == kNone && IsMovement(a.kind) && model_.doubt.empty()) {
        model_.doubt = absl::StrCat("where ", KindName(a.kind), " ", started.target().datacenter(), "/",
                                    started.target().rack(), " is in flight is not known: there is no such datacenter");
      }
      model_.in_flight.push_back(a);
      return;
    }
    if (state == State::kTimedOut && started.state() != v1::STARTED_STATE_TIMED_OUT) {
      kept->set_state(v1::STARTED_STATE_TIMED_OUT);
      AddChange(started, "timed_out", "its deadline passed without the effect");
    }
    Fail(a, started);
  }

  void Fail(const InFlight& a, const v1::StartedAction& started) {
    FailedStart failed;
    failed.id = a.id;
    failed.kind = a.kind;
    failed.slot = a.slot;
    failed.member = a.member;
    failed.attempt = started.attempt();
    for (const v1::StartedAction& original : in_.started()) {
      if (original.id() == started.id()) failed.message = original.message();
    }
    model_.failed_starts.push_back(failed);
    if (a.member != kNone && IsDisruption(a.kind)) {
      Member& member = model_.members[static_cast<size_t>(a.member)];
      if (!member.up) member.failed = true;
    }
  }

  // Operations on request whose end no observation shows: who asked decides whether to try again.
  static bool EndsByFailing(const v1::StartedAction& started) {
    const Kind kind = static_cast<Kind>(started.kind());
    return !started.request_uid().empty() && !IsMovement(kind) && kind != Kind::kRestartNode && kind != Kind::kDrain;
  }

  // The request that the action was started for, and any that asked for the same of the same node before it started.
  void FinishRequests(const InFlight& a, const v1::StartedAction& started, bool failed, const std::string& why) {
    for (Request& r : model_.requests) {
      const bool own = !started.request_uid().empty() && r.uid == started.request_uid();
      const bool covers = !failed && r.kind == a.kind && r.slot == a.slot && a.slot != kNone && r.asked_at > 0 &&
                          r.asked_at <= started.started_at_seconds() && !a.some_keyspaces &&
                          (r.kind == Kind::kCleanup || r.kind == Kind::kRestartNode);
      const bool open = r.state == RequestState::kWanted || r.state == RequestState::kPaused;
      if (!own && !(covers && open)) continue;
      r.state = failed ? RequestState::kFailed : RequestState::kDone;
      r.reason = !why.empty() ? why : failed ? "its executor reported a failure" : own ? "done" : "done by another one";
      v1::FinishedOperation* over = out_->add_operations();
      over->set_uid(std::string(r.uid));
      over->set_kind(started.kind());
      *over->mutable_target() = started.target();
      over->set_failed(failed);
      over->set_message(r.reason);
      over->set_at_seconds(model_.now);
    }
  }

  // What nobody asks for any more is forgotten.
  void KeepOperations() {
    for (const v1::FinishedOperation& over : Sorted(in_.operations())) {
      const auto asked = std::lower_bound(model_.requests.begin(), model_.requests.end(), over.uid(),
                                          [](const Request& r, const std::string& uid) { return r.uid < uid; });
      if (asked != model_.requests.end() && asked->uid == over.uid()) *out_->add_operations() = over;
    }
  }

  void SortOperations() {
    std::vector<v1::FinishedOperation> sorted = Sorted(out_->operations());
    out_->mutable_operations()->Assign(sorted.begin(), sorted.end());
  }

  void AddChange(const v1::StartedAction& started, string_view state, string_view text) {
    Change change;
    change.id = started.id();
    change.state = state;
    change.text = absl::StrCat(KindName(static_cast<Kind>(started.kind())), " ", started.target().datacenter(), "/",
                               started.target().rack(), ": ", text);
    model_.changes.push_back(std::move(change));
  }

  // What a finished action leaves behind in the ledger.
  void Apply(const InFlight& a, const v1::StartedAction& started) {
    if (a.kind == Kind::kStartNode || a.kind == Kind::kReplaceNode) {
      const Id joined = model_.slot(a.slot).member;
      if (a.kind == Kind::kStartNode && Replicates(a.dc)) OweCleanup(a.dc, joined);
    } else if (a.kind == Kind::kDecommission) {
      v1::LeftMember* left = out_->add_left();
      left->set_host_id(started.target().host_id());
      *left->mutable_slot() = started.target();
      left->mutable_slot()->clear_host_id();
      left->mutable_slot()->clear_uid();
      left->set_at_seconds(model_.now);
    } else if (a.kind == Kind::kQuarantineVolume) {
      v1::QuarantinedVolume* volume = out_->add_quarantined();
      *volume->mutable_target() = started.target();
      volume->mutable_target()->clear_host_id();
      volume->mutable_target()->clear_uid();
      volume->set_host_id(started.target().host_id());
      volume->set_at_seconds(model_.now);
      if (a.slot != kNone) AddQuarantined(a.slot, started);
    } else if (a.kind == Kind::kCleanup && a.member != kNone && !a.some_keyspaces) {
      model_.members[static_cast<size_t>(a.member)].cleanup_owed = false;
    } else if (a.kind == Kind::kAlterKeyspace && a.keyspace != kNone && a.dc != kNone) {
      if (!IsLowering(started)) OweRebuilds(a);
      if (IsLowering(started) && DesiredNodes(model_, a.dc) > 0) OweCleanup(a.dc, kNone);
    } else if (a.kind == Kind::kRebuild && a.member != kNone && a.keyspace != kNone) {
      Pay(a.member, a.keyspace, true);
      OweRebuild({a.member, a.keyspace, kNone, a.replication_factor, model_.now});
    } else if (a.kind == Kind::kRestartNode && a.release_changes && a.member != kNone) {
      Member& member = model_.members[static_cast<size_t>(a.member)];
      if (!member.old_sstables.has_value()) member.upgrade_owed = LeavesOldFiles(member.runs());
    } else if (a.kind == Kind::kUpgradeSstables && a.member != kNone) {
      model_.members[static_cast<size_t>(a.member)].upgrade_owed = false;
    } else if (a.kind == Kind::kTakeSnapshot && a.member != kNone) {
      AddSnapshot(a.member, started);
    } else if (a.kind == Kind::kClearSnapshot && a.member != kNone) {
      std::erase_if(model_.snapshots, [&](const SnapshotTaken& s) { return s.member == a.member; });
    } else if (a.kind == Kind::kGrowVolume && a.slot != kNone) {
      model_.volumes_grown.push_back({a.slot, model_.now});
    } else if (a.kind == Kind::kRepair) {
      if (a.keyspace != kNone) Pay(a.member, a.keyspace, false);
      v1::LastRepair* last = out_->add_last_repairs();
      last->set_keyspace(started.target().keyspace());
      *last->mutable_target() = started.target();
      last->mutable_target()->clear_uid();
      last->set_at_seconds(started.started_at_seconds());
    }
  }

  // Text in the model must outlive it; the request's strings do.
  void AddQuarantined(Id slot, const v1::StartedAction& started) {
    for (const v1::StartedAction& original : in_.started()) {
      if (original.id() != started.id()) continue;
      model_.quarantined.push_back({slot, original.target().host_id(), original.target().name()});
      return;
    }
  }

  bool Replicates(Id dc) const {
    for (const Keyspace& k : model_.keyspaces) {
      if (!k.user && !k.counted) continue;
      if (k.strategy == planner::Replicates::kSimple || (dc != kNone && k.rf[static_cast<size_t>(dc)] > 0)) return true;
    }
    return false;
  }

  void OweCleanup(Id dc, Id except) {
    for (size_t m = 0; m < model_.members.size(); ++m) {
      Member& member = model_.members[m];
      if (static_cast<Id>(m) == except || !member.in_ring || member.external) continue;
      if (member.dc == dc || model_.merged) member.cleanup_owed = true;
    }
  }

  void Pay(Id member, Id keyspace, bool rebuild) {
    std::erase_if(model_.rebuild_debts, [&](const RebuildDebt& d) {
      return d.member == member && d.keyspace == keyspace && (d.source_dc != kNone) == rebuild;
    });
  }

  // Every node of the datacenter that got replicas of the keyspace: the first ones are fetched, more are repaired.
  void OweRebuilds(const InFlight& alter) {
    for (size_t m = 0; m < model_.members.size(); ++m) {
      const Member& member = model_.members[m];
      if (member.dc != alter.dc || member.slot == kNone || !member.in_ring || member.external) continue;
      OweRebuild({static_cast<Id>(m), alter.keyspace, alter.source_dc, alter.replication_factor, model_.now});
    }
  }

  void OweRebuild(const RebuildDebt& debt) {
    for (RebuildDebt& d : model_.rebuild_debts) {
      if (d.member != debt.member || d.keyspace != debt.keyspace) continue;
      if ((d.source_dc == kNone) != (debt.source_dc == kNone)) continue;
      d.replication_factor = std::max(d.replication_factor, debt.replication_factor);
      d.at = std::max(d.at, debt.at);
      return;
    }
    model_.rebuild_debts.push_back(debt);
  }

  // A debt ends with its node, its keyspace, or the keyspace's replicas there; where that is not known it is kept.
  void KeepRebuilds() {
    for (const v1::RebuildOwed& owed : Sorted(in_.rebuild_owed())) {
      const RebuildDebt debt = {FindHost(owed.target().host_id()), FindKeyspace(owed.keyspace()),
                                FindDc(model_, owed.source_datacenter()), std::max(owed.replication_factor(), 0),
                                owed.at_seconds()};
      const bool node = debt.member != kNone && model_.member(debt.member).slot != kNone;
      const bool source = owed.source_datacenter().empty() || debt.source_dc != kNone;
      if (node && debt.keyspace != kNone && source) {
        if (ReplicatesIn(debt.keyspace, model_.member(debt.member).dc) && !Repaired(debt)) OweRebuild(debt);
        continue;
      }
      const bool gone = (model_.views_known && debt.member == kNone) || (model_.schema_known && debt.keyspace == kNone);
      if (!gone) *out_->add_rebuild_owed() = owed;
    }
  }

  // By a repair that somebody else did, and told the ledger of.
  bool Repaired(const RebuildDebt& debt) const {
    if (debt.source_dc != kNone || debt.at <= 0) return false;
    return std::any_of(model_.last_repairs.begin(), model_.last_repairs.end(), [&](const LastRepair& last) {
      return last.keyspace == model_.keyspace(debt.keyspace).name && last.at > debt.at &&
             (last.host_id.empty() || last.host_id == model_.member(debt.member).host_id);
    });
  }

  bool ReplicatesIn(Id keyspace, Id dc) const {
    const Keyspace& k = model_.keyspace(keyspace);
    return k.strategy == planner::Replicates::kNetworkTopology && dc != kNone && k.rf[static_cast<size_t>(dc)] > 0;
  }

  void WriteRebuilds() {
    std::sort(model_.rebuild_debts.begin(), model_.rebuild_debts.end(), [](const RebuildDebt& a, const RebuildDebt& b) {
      return std::make_tuple(a.member, a.keyspace, a.source_dc) < std::make_tuple(b.member, b.keyspace, b.source_dc);
    });
    for (const RebuildDebt& debt : model_.rebuild_debts) {
      v1::RebuildOwed* owed = out_->add_rebuild_owed();
      owed->mutable_target()->set_host_id(std::string(model_.member(debt.member).host_id));
      WriteSlot(model_.member(debt.member).slot, owed->mutable_target());
      owed->set_keyspace(std::string(model_.keyspace(debt.keyspace).name));
      if (debt.source_dc != kNone) owed->set_source_datacenter(std::string(model_.dc(debt.source_dc).name));
      owed->set_replication_factor(debt.replication_factor);
      owed->set_at_seconds(debt.at);
    }
  }

  void KeepOwed() {
    for (const v1::CleanupOwed& owed : in_.cleanup_owed()) {
      Id m = FindHost(owed.target().host_id());
      if (m == kNone && owed.target().host_id().empty()) {
        const Id slot = FindSlot(model_, owed.target());
        if (slot != kNone) m = model_.slot(slot).member;
      }
      if (m != kNone) model_.members[static_cast<size_t>(m)].cleanup_owed = true;
    }
  }

  void WriteOwed() {
    for (size_t m = 0; m < model_.members.size(); ++m) {
      const Member& member = model_.members[m];
      if (!member.cleanup_owed) continue;
      v1::CleanupOwed* owed = out_->add_cleanup_owed();
      owed->mutable_target()->set_host_id(std::string(member.host_id));
      if (member.slot != kNone) WriteSlot(member.slot, owed->mutable_target());
      for (const v1::CleanupOwed& before : in_.cleanup_owed()) {
        if (before.target().host_id() == member.host_id) owed->set_since_ring(before.since_ring());
      }
    }
  }

  // What the node counts is true; where it does not count, the ledger remembers.
  void KeepUpgrades() {
    for (const v1::UpgradeOwed& owed : in_.upgrade_owed()) {
      const Id m = FindHost(owed.target().host_id());
      if (m == kNone) {
        if (!model_.views_known) *out_->add_upgrade_owed() = owed;
        continue;
      }
      // One that runs another line by now has been started on it since, and owes for that one, if at all.
      if (ReleaseLine(model_.member(m).release) == owed.release() || model_.member(m).release.empty()) {
        model_.members[static_cast<size_t>(m)].upgrade_owed = true;
      }
    }
    for (Member& member : model_.members) {
      if (member.old_sstables.has_value()) member.upgrade_owed = *member.old_sstables > 0;
    }
  }

  void WriteUpgrades() {
    for (const Member& member : model_.members) {
      if (!member.upgrade_owed || member.external) continue;
      v1::UpgradeOwed* owed = out_->add_upgrade_owed();
      owed->mutable_target()->set_host_id(std::string(member.host_id));
      if (member.slot != kNone) WriteSlot(member.slot, owed->mutable_target());
      owed->set_release(std::string(ReleaseLine(member.release)));
    }
  }

  // A snapshot counts as long as its upgrade is wanted, or was made and the files may still be there.
  void KeepSnapshots() {
    for (const v1::SnapshotTaken& taken : in_.snapshots()) {
      const Id m = FindHost(taken.target().host_id());
      if (m == kNone) {
        if (!model_.views_known) *out_->add_snapshots() = taken;
        continue;
      }
      const Member& member = model_.member(m);
      const bool upgraded = ReleaseLine(member.release) == taken.release();
      const bool wanted =
          member.rack != kNone && ReleaseLine(model_.rack(member.rack).desired_release) == taken.release();
      const bool cleared = upgraded && member.snapshots == int64_t{0};
      if ((upgraded || wanted) && !cleared) {
        model_.snapshots.push_back({m, taken.release(), taken.name(), taken.at_seconds()});
      }
    }
  }

  void AddSnapshot(Id m, const v1::StartedAction& started) {
    const Member& member = model_.member(m);
    if (member.rack == kNone) return;
    for (const v1::StartedAction& original : in_.started()) {  // text in the model must outlive it
      if (original.id() != started.id()) continue;
      string_view line = original.goal();
      if (!absl::ConsumePrefix(&line, "before=")) line = DesiredRuns(model_.rack(member.rack)).line;
      model_.snapshots.push_back({m, line, string_view(), model_.now});
    }
  }

  void WriteSnapshots() {
    const auto key = [](const SnapshotTaken& s) { return std::make_tuple(s.member, s.line, -s.at); };
    std::sort(model_.snapshots.begin(), model_.snapshots.end(),
              [&](const SnapshotTaken& a, const SnapshotTaken& b) { return key(a) < key(b); });
    const SnapshotTaken* before = nullptr;
    for (const SnapshotTaken& s : model_.snapshots) {
      if (before != nullptr && before->member == s.member && before->line == s.line) continue;
      before = &s;
      v1::SnapshotTaken* out = out_->add_snapshots();
      out->mutable_target()->set_host_id(std::string(model_.member(s.member).host_id));
      if (model_.member(s.member).slot != kNone) WriteSlot(model_.member(s.member).slot, out->mutable_target());
      out->set_name(s.name.empty() ? absl::StrCat("before-", s.line) : std::string(s.name));
      out->set_release(std::string(s.line));
      out->set_at_seconds(s.at);
    }
  }

  // Nothing clears them by itself: they are the only way back, and what they cost grows with time only.
  void NoteSnapshots() {
    std::vector<Id> slots;
    string_view line;
    for (const Member& member : model_.members) {
      if (member.upgrade_owed) return;
    }
    for (const SnapshotTaken& s : model_.snapshots) {
      const Member& member = model_.member(s.member);
      if (ReleaseLine(member.release) != s.line) return;  // the upgrade is not over
      if (member.slot != kNone && (slots.empty() || slots.back() != member.slot)) slots.push_back(member.slot);
      line = s.line;
    }
    if (slots.empty()) return;
    Note note;
    note.rule = "snapshot";
    note.level = Level::kNote;
    note.message = absl::StrCat("snapshots from before the upgrade to ", line, " take up disk space on ",
                                SomeSlots(model_, slots));
    note.remedy = absl::StrCat("once you are sure that you keep ", line, ": nodetool clearsnapshot -t before-", line,
                               " on every node");
    model_.notes.push_back(std::move(note));
  }

  void KeepGrown() {
    for (const v1::VolumeGrown& grown : in_.volumes_grown()) {
      const Id slot = FindSlot(model_, grown.target());
      if (slot != kNone && grown.at_seconds() > model_.now - model_.policy.grow_cooldown) {
        model_.volumes_grown.push_back({slot, std::min(grown.at_seconds(), model_.now)});
      }
    }
  }

  void WriteGrown() {
    std::sort(model_.volumes_grown.begin(), model_.volumes_grown.end(), [](const VolumeGrown& a, const VolumeGrown& b) {
      return std::make_pair(a.slot, -a.at) < std::make_pair(b.slot, -b.at);
    });
    auto same = [](const VolumeGrown& a, const VolumeGrown& b) { return a.slot == b.slot; };
    auto& list = model_.volumes_grown;
    list.erase(std::unique(list.begin(), list.end(), same), list.end());
    for (const VolumeGrown& grown : list) {
      v1::VolumeGrown* out = out_->add_volumes_grown();
      WriteSlot(grown.slot, out->mutable_target());
      out->set_at_seconds(grown.at);
    }
  }

  void WriteSlot(Id slot, v1::Target* target) const {
    const Rack& rack = model_.rack(model_.slot(slot).rack);
    target->set_datacenter(std::string(model_.dc(rack.dc).name));
    target->set_rack(std::string(rack.name));
    target->set_ordinal(model_.slot(slot).ordinal);
  }

  // Movements that nothing in the ledger explains.
  void FindForeign() {
    for (size_t m = 0; m < model_.members.size(); ++m) {
      const Member& member = model_.members[m];
      if (member.movement == Movement::kNormal || member.movement_is_ours) continue;
      if (member.slot != kNone && StartInFlight(member.slot)) continue;
      model_.foreign.push_back({static_cast<Id>(m), member.slot, member.dc, member.movement});
    }
    for (size_t s = 0; s < model_.slots.size(); ++s) {
      const Slot& slot = model_.slots[s];
      const Rack& rack = model_.rack(slot.rack);
      const bool exists = slot.present == Known::kYes || (rack.present == Known::kYes && slot.ordinal < rack.nodes);
      if (!exists || slot.member != kNone || slot.member_unknown || !slot.left_host_id.empty()) continue;
      if (slot.awaits_permit) continue;  // it has not begun
      if (!slot.desired || StartInFlight(static_cast<Id>(s))) continue;
      if (!model_.views_known && !model_.members.empty()) continue;
      model_.foreign.push_back({kNone, static_cast<Id>(s), rack.dc, Movement::kJoining});
    }
  }

  bool StartInFlight(Id slot) const {
    for (const InFlight& a : model_.in_flight) {
      if (a.slot == slot && (a.kind == Kind::kStartNode || a.kind == Kind::kReplaceNode)) return true;
    }
    return false;
  }

  void RememberMembers() {
    std::vector<std::pair<string_view, const v1::KnownMember*>> before;
    for (const v1::KnownMember& known : in_.members()) {
      if (!known.host_id().empty()) before.emplace_back(known.host_id(), &known);
    }
    std::sort(before.begin(), before.end());
    for (size_t i = 0; i < before.size(); ++i) {
      if (i > 0 && before[i].first == before[i - 1].first) continue;
      if (FindHost(before[i].first) == kNone && !model_.views_known) *out_->add_members() = *before[i].second;
    }
    for (const auto& [host, id] : hosts_) {
      const Member& member = model_.member(id);
      if (!member.in_ring) continue;  // it may never come to be one
      v1::KnownMember* known = out_->add_members();
      known->set_host_id(std::string(host));
      if (member.slot != kNone) {
        WriteSlot(member.slot, known->mutable_slot());
        continue;
      }
      const auto it = std::lower_bound(before.begin(), before.end(), host,
                                       [](const auto& a, string_view k) { return a.first < k; });
      if (it != before.end() && it->first == host) *known->mutable_slot() = it->second->slot();
    }
    RememberDown();
  }

  void RememberDown() {
    for (const auto& [host, id] : hosts_) {
      Member& member = model_.members[static_cast<size_t>(id)];
      if (!member.known || !member.in_ring) continue;
      int64_t since = model_.now;
      for (const v1::FirstSeenDown& before : in_.first_seen_down()) {
        if (before.host_id() != host || before.at_seconds() <= 0) continue;
        if (before.back_at_seconds() > 0) {
          KeepBack(before.at_seconds(), before.back_at_seconds(), &member);
        } else {
          since = std::min(since, before.at_seconds());
        }
      }
      if (member.up && model_.now - since > model_.policy.max_hint_window) KeepBack(since, model_.now, &member);
      if (member.up) continue;
      member.first_seen_down = since;
      v1::FirstSeenDown* down = out_->add_first_seen_down();
      down->set_host_id(std::string(host));
      down->set_at_seconds(since);
    }
  }

  // It was away for longer than hints are kept: what it missed only a repair brings. That is owed until every keyspace
  // of a user was repaired there since, or deletions that it missed are forgotten.
  void KeepBack(int64_t since, int64_t back, Member* member) {
    if (model_.now - back > SmallestGrace(model_)) return;
    bool owed = false;
    for (const Keyspace& k : model_.keyspaces) {
      if (!k.counted || !ReplicatesAt(k, member->dc)) continue;
      const bool repaired = std::any_of(in_.last_repairs().begin(), in_.last_repairs().end(), [&](const auto& last) {
        const std::string& host = last.target().host_id();
        return last.keyspace() == k.name && last.at_seconds() >= back && (host.empty() || host == member->host_id);
      });
      owed = owed || !repaired;
    }
    if (!owed) return;
    member->repair_owed = std::max(member->repair_owed, back);
    v1::FirstSeenDown* down = out_->add_first_seen_down();
    down->set_host_id(std::string(member->host_id));
    down->set_at_seconds(since);
    down->set_back_at_seconds(back);
  }

  static bool ReplicatesAt(const Keyspace& k, Id dc) {
    if (k.strategy == planner::Replicates::kSimple) return k.simple_rf > 1;
    return k.strategy == planner::Replicates::kNetworkTopology && dc != kNone && k.rf[static_cast<size_t>(dc)] > 0;
  }

  void CopyRest() {
    for (const v1::QuarantinedVolume& volume : Sorted(in_.quarantined())) *out_->add_quarantined() = volume;
    for (const v1::LeftMember& left : Sorted(in_.left())) {
      const Id slot = FindSlot(model_, left.slot());
      const bool gone =
          slot != kNone && model_.slot(slot).present == Known::kNo && model_.slot(slot).volume.present == Known::kNo;
      if (!gone && FindHost(left.host_id()) == kNone) *out_->add_left() = left;
    }
    for (const v1::LastRepair& repair : Sorted(in_.last_repairs())) *out_->add_last_repairs() = repair;
    for (const v1::Permit& permit : Sorted(in_.permits())) *out_->add_permits() = permit;
    for (const v1::Approval& approval : Sorted(in_.approvals())) *out_->add_approvals() = approval;
    *out_->mutable_held() = in_.held();  // written anew once it is known what is held (explain)
  }

  // The version counts changes, so that a host writes only when something did change.
  void Stamp() {
    v1::Ledger before = in_;
    before.clear_version();
    before.clear_now_seconds();
    const bool same = before.SerializeAsString() == out_->SerializeAsString();
    out_->set_version(same ? in_.version() : NextVersion(in_.version()));
    out_->set_now_seconds(same ? in_.now_seconds() : model_.now);
  }

  Model& model_;
  const v1::Ledger& in_;
  v1::Ledger* out_;
  std::vector<std::pair<string_view, Id>> hosts_;
};

}  // namespace

void Settle(Model* model, v1::Ledger* ledger) { Settler(model, ledger).Run(); }

}  // namespace cassplan::planner
