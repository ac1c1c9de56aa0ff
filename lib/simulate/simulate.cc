// The host: runs the reconciler against the fake cluster, with faults.
#include "cassplan/simulate.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cassplan/planner.h"
#include "lib/base/fingerprint.h"
#include "lib/simulate/checks.h"
#include "lib/simulate/execute.h"
#include "lib/simulate/faults.h"
#include "lib/simulate/observe.h"
#include "lib/simulate/world.h"

namespace cassplan {
namespace {

using absl::StrCat;
using namespace simulate;  // NOLINT: the simulator's own words

constexpr int64_t kLimit = 3 * 86400;
constexpr int64_t kStay = 300;
constexpr int64_t kGiveUp = 1800;  // a person is asked for, and nothing happens for so long
constexpr int kDiskEvery = 600;
constexpr int64_t kMaxEvidenceAge = 120;  // what policy accepts by default

std::string KindName(v1::ActionKind kind) {
  std::string name = v1::ActionKind_Name(kind).substr(sizeof("ACTION_KIND_") - 1);
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

std::string PlaceOf(const v1::Target& t) {
  std::string out = t.datacenter();
  if (!t.rack().empty()) absl::StrAppend(&out, "/", t.rack());
  if (t.has_ordinal()) absl::StrAppend(&out, "/", t.ordinal());
  if (!t.keyspace().empty()) absl::StrAppend(&out, out.empty() ? "" : " ", t.keyspace());
  return out;
}

class FakeRun final : public Simulation {
 public:
  FakeRun(v1::SimulationRequest request, SimulateHooks hooks)
      : request_(std::move(request)),
        hooks_(std::move(hooks)),
        world_(request_.seed()),
        policy_(request_.start().policy()),
        checker_(&world_, policy_),
        reconciler_({}, MakePlan()) {}

  absl::Status Prepare();
  bool Run(int64_t max_steps) override;
  v1::SimulationResult TakeResult() override;

 private:
  PlanFunction MakePlan() const {
    if (hooks_.plan) return hooks_.plan;
    if (request_.planner() == v1::SIMULATED_PLANNER_NAIVE) {
      return [](const v1::PlanRequest& r) -> absl::StatusOr<v1::PlanResponse> { return NaivePlan(r); };
    }
    return {};
  }

  int64_t HostNow() const { return world_.epoch + world_.now + clock_; }
  void Log(absl::string_view kind, std::string text, int slot);
  void Violate(absl::string_view invariant, std::string text);
  void Give(v1::ReconcileEvent event);
  void NextEffect();
  void Do(const v1::ReconcileEffect& effect);
  void Store(const v1::StoreLedger& store);
  void StartAction(const v1::StartAction& start);
  void TakeEffect(int index);
  v1::Observed Look();
  void Handle(const Event& event);
  void Boot();
  void CrashHost(int64_t seconds);
  void BeginFault(const Fault& fault, int index);
  void EndFault(const Fault& fault, int index);
  void Machine(int slot, bool lost);
  void ByHand(const std::string& value);
  void AfterOutcome();
  void Bars();
  void DownBars();
  void DiskSamples();
  bool Over();
  bool AsDesired(std::string* why) const;
  void Finish();
  void Explain();

  const v1::SimulationRequest request_;
  const SimulateHooks hooks_;
  World world_;
  v1::Policy policy_;
  Checker checker_;
  Reconciler reconciler_;
  bool booted_ = false;
  bool over_ = false;
  v1::Ledger stored_;
  std::deque<v1::ReconcileEffect> effects_;
  bool busy_ = false;  // an effect is being done
  int life_ = 0;       // of the host
  bool alive_ = true;
  int64_t clock_ = 0;
  std::vector<v1::StartAction> taken_;
  std::vector<Checker::Evidence> taken_evidence_;          // of each
  Checker::Evidence evidence_;                             // of the last look
  std::vector<std::pair<int, v1::ActionResult>> results_;  // life, result
  std::vector<Fault> faults_;
  int faults_left_ = 0;
  std::set<int> lasting_;  // faults that have begun and are not over
  int edits_left_ = 0;
  Sight sight_;
  std::map<std::string, v1::Observed> stale_;
  int lose_ = 0, late_ = 0, duplicate_ = 0;
  int64_t late_by_ = 0;
  v1::SimulationResult result_;
  base::Fingerprint history_;
  std::set<std::string> said_;
  std::map<std::string, v1::SimulationBar> open_bars_;
  std::map<int, v1::SimulationBar> open_down_;
  int64_t last_activity_ = 0;
  int64_t converged_since_ = -1;
  int64_t next_disk_ = 0;
  v1::Outcome outcome_ = v1::OUTCOME_UNSPECIFIED;
};

absl::Status FakeRun::Prepare() {
  if (request_.limit_seconds() != 0 && (request_.limit_seconds() < 60 || request_.limit_seconds() > 31'536'000)) {
    return absl::InvalidArgumentError("the limit is to be between 60 seconds and 365 days");
  }
  if (request_.random_faults() < 0 || request_.random_faults() > 1000) {
    return absl::InvalidArgumentError("random faults: between 0 and 1000");
  }
  if (request_.start().now_seconds() <= 0) return absl::InvalidArgumentError("start.now_seconds is not set");
  for (const std::string& text : request_.faults()) {
    absl::StatusOr<Fault> fault = ParseFault(text);
    if (!fault.ok()) {
      return absl::InvalidArgumentError(StrCat("fault '", text, "': ", std::string(fault.status().message())));
    }
    faults_.push_back(*std::move(fault));
  }
  world_.log = [this](absl::string_view kind, std::string text, int slot) { Log(kind, std::move(text), slot); };
  world_.violate = [this](absl::string_view invariant, std::string text) { Violate(invariant, std::move(text)); };
  world_.report = [this](const std::string& id, int attempt, bool ok, const std::string& message) {
    v1::ActionResult r;
    r.set_id(id);
    r.set_attempt(attempt);
    r.set_state(ok ? v1::RESULT_STATE_SUCCEEDED : v1::RESULT_STATE_FAILED);
    r.set_message(message);
    results_.emplace_back(life_, std::move(r));
    world_.At(world_.now + 1, Occurrence::kResult, Size(results_) - 1);
  };
  checker_.brief = hooks_.brief;
  stored_ = request_.start().ledger();
  world_.Load(request_.start());
  checker_.Forgive();  // what was lost before the start is nobody's doing here
  for (const Fault& fault : faults_) {
    const absl::Status status = CheckFault(fault, &world_);
    if (!status.ok()) return status;
  }
  for (Fault& drawn : DrawFaults(request_.random_faults(), &world_)) faults_.push_back(std::move(drawn));
  for (int i = 0; i < Size(faults_); ++i) world_.At(At(faults_, i).at, Occurrence::kFault, i);
  for (int i = 0; i < request_.edits_size(); ++i) world_.At(request_.edits(i).at_seconds(), Occurrence::kEdit, i);
  faults_left_ = Size(faults_);
  edits_left_ = request_.edits_size();
  result_.set_seed(request_.seed());
  result_.set_cluster(world_.cluster);
  result_.set_planner(request_.planner() == v1::SIMULATED_PLANNER_NAIVE ? v1::SIMULATED_PLANNER_NAIVE
                                                                        : v1::SIMULATED_PLANNER_CASSPLAN);
  return absl::OkStatus();
}

void FakeRun::Log(absl::string_view kind, std::string text, int slot) {
  history_.Add(world_.now).Add(kind).Add(text);
  v1::SimulationEvent event;
  event.set_at_seconds(world_.now);
  event.set_kind(std::string(kind));
  event.set_text(std::move(text));
  if (slot != kNone) *event.mutable_subject() = world_.SlotTarget(slot);
  if (hooks_.event) hooks_.event(event);
  if (!hooks_.brief) *result_.add_events() = std::move(event);
}

void FakeRun::Violate(absl::string_view invariant, std::string text) {
  if (!said_.insert(StrCat(invariant, text)).second || result_.violations_size() >= 50) return;
  v1::SimulationViolation* v = result_.add_violations();
  v->set_invariant(std::string(invariant));
  v->set_text(text);
  v->set_at_seconds(world_.now);
  Log("violation", StrCat(invariant, ": ", text), kNone);
}

void FakeRun::Give(v1::ReconcileEvent event) {
  event.set_now_seconds(HostNow());
  for (v1::ReconcileEffect& e : reconciler_.Handle(event)) effects_.push_back(std::move(e));
  for (const v1::Withdrawn& w : reconciler_.withdrawn()) {
    if (said_.insert(StrCat("w", world_.now, w.id())).second) Log("withdrawn", w.text(), kNone);
  }
  AfterOutcome();
  if (!busy_ && !effects_.empty()) {
    busy_ = true;
    world_.At(world_.now, Occurrence::kHost, 0, life_);
  }
}

void FakeRun::NextEffect() {
  busy_ = false;
  if (effects_.empty()) return;
  const v1::ReconcileEffect effect = std::move(effects_.front());
  effects_.pop_front();
  Do(effect);
  if (!busy_ && !effects_.empty()) {
    busy_ = true;
    world_.At(world_.now, Occurrence::kHost, 0, life_);
  }
}

void FakeRun::Do(const v1::ReconcileEffect& effect) {
  switch (effect.what_case()) {
    case v1::ReconcileEffect::kObserve:
      busy_ = true;
      world_.At(world_.now + 1, Occurrence::kHost, 1, life_);
      break;
    case v1::ReconcileEffect::kStoreLedger:
      Store(effect.store_ledger());
      break;
    case v1::ReconcileEffect::kStartAction:
      StartAction(effect.start_action());
      break;
    case v1::ReconcileEffect::kWaitUntilSeconds:
      world_.At(std::max(world_.now + 1, effect.wait_until_seconds() - world_.epoch - clock_), Occurrence::kHost, 2,
                life_);
      break;
    default:
      break;
  }
}

void FakeRun::Store(const v1::StoreLedger& store) {
  v1::ReconcileEvent event;
  event.mutable_ledger_stored()->set_stored(store.expected_version() == stored_.version());
  if (event.ledger_stored().stored()) {
    stored_ = store.ledger();
    Bars();
  } else {
    *event.mutable_ledger_stored()->mutable_current() = stored_;
  }
  Give(std::move(event));
}

// What the ledger has in flight, as bars.
void FakeRun::Bars() {
  std::set<std::string> now;
  for (const v1::StartedAction& s : stored_.started()) {
    if (s.state() != v1::STARTED_STATE_IN_FLIGHT && s.state() != v1::STARTED_STATE_SUCCEEDED) continue;
    now.insert(s.id());
  }
  for (auto it = open_bars_.begin(); it != open_bars_.end();) {
    if (now.count(it->first)) {
      ++it;
      continue;
    }
    Log("done", StrCat(it->second.kind(), " ", it->second.slot()), kNone);
    it->second.set_to_seconds(world_.now);
    if (!hooks_.brief) *result_.add_bars() = it->second;
    it = open_bars_.erase(it);
    last_activity_ = world_.now;
  }
}

void FakeRun::StartAction(const v1::StartAction& start) {
  const v1::Action& a = start.action();
  Log("start",
      StrCat(KindName(a.kind()), " ", PlaceOf(a.target()),
             start.attempt() > 1 ? StrCat(", attempt ", start.attempt()) : "",
             a.reason().text().empty() ? "" : StrCat(": ", a.reason().text())),
      world_.FindSlot(a.target()));
  result_.set_actions(result_.actions() + 1);
  last_activity_ = world_.now;
  v1::SimulationBar& bar = open_bars_[a.id()];
  bar.set_slot(PlaceOf(a.target()));
  bar.set_kind(KindName(a.kind()));
  bar.set_from_seconds(world_.now);
  bar.set_reason(a.reason().text());
  taken_.push_back(start);
  taken_evidence_.push_back(evidence_);
  const int index = Size(taken_) - 1;
  int64_t delay = world_.random.Between(1, 3);
  if (lose_ > 0) {
    --lose_;
    Log("fault", StrCat(KindName(a.kind()), " ", PlaceOf(a.target()), " is lost on its way"), kNone);
    return;
  }
  if (late_ > 0) {
    --late_;
    delay += late_by_;
  }
  world_.At(world_.now + delay, Occurrence::kEffect, index, 1);
  if (duplicate_ > 0) {
    --duplicate_;
    world_.At(world_.now + delay + 5, Occurrence::kEffect, index, 0);
  }
}

// The executor knows what it did: what comes twice is done once; and what comes after its deadline not at all.
void FakeRun::TakeEffect(int index) {
  const v1::StartAction start = At(taken_, index);
  if (!said_.insert(StrCat("effect ", start.action().id(), "#", start.attempt(), "@", start.started_at_seconds()))
           .second)
    return;
  if (start.deadline_seconds() > 0 && HostNow() > start.deadline_seconds()) {
    Log("late",
        StrCat(KindName(start.action().kind()), " ", PlaceOf(start.action().target()),
               " comes after its time was over, and is not done"),
        kNone);
    return;
  }
  checker_.Start(start.action(), stored_, At(taken_evidence_, index));
  Execute(start.action(), start.attempt(), &world_);
}

v1::Observed FakeRun::Look() {
  // The host writes down when it asked, by its own clock.
  v1::Observed observed = Observe(world_, HostNow(), sight_);
  for (const auto& [source, old] : stale_) {
    v1::Observed mixed;
    for (v1::Report& r : *observed.mutable_reports()) {
      if (r.source() != source) *mixed.add_reports() = std::move(r);
    }
    for (const v1::Report& r : old.reports()) {
      if (r.source() == source) *mixed.add_reports() = r;
    }
    observed = std::move(mixed);
  }
  // Older evidence than policy accepts is no excuse.
  evidence_ = {world_.now, SeenUp(observed)};
  const int64_t oldest =
      world_.now - (policy_.max_evidence_age_seconds() > 0 ? policy_.max_evidence_age_seconds() : kMaxEvidenceAge);
  for (const v1::Report& r : observed.reports()) {
    if (r.has_view())
      evidence_.at = std::min(evidence_.at, std::max(oldest, r.observed_at_seconds() - world_.epoch - clock_));
  }
  return observed;
}

void FakeRun::Boot() {
  alive_ = true;
  v1::ReconcileEvent event;
  v1::DesiredChanged* changed = event.mutable_desired_changed();
  *changed->mutable_desired() = world_.desired;
  *changed->mutable_policy() = policy_;
  *changed->mutable_capabilities() = request_.start().capabilities();
  *changed->mutable_ledger() = stored_;
  Give(std::move(event));
}

void FakeRun::CrashHost(int64_t seconds) {
  if (!alive_) return;
  alive_ = false;
  ++life_;
  effects_.clear();
  busy_ = false;
  reconciler_ = Reconciler({}, MakePlan());
  world_.At(world_.now + std::max<int64_t>(seconds, 1), Occurrence::kHost, 3, life_);
}

void FakeRun::Handle(const Event& event) {
  switch (event.what) {
    case Occurrence::kHost: {
      if (event.b != life_) return;
      if (event.a == 0) return NextEffect();
      if (event.a == 3) return Boot();
      v1::ReconcileEvent answer;
      if (event.a == 1) {
        busy_ = false;
        result_.set_rounds(result_.rounds() + 1);
        *answer.mutable_observed() = Look();
      } else {
        answer.set_timer(true);
      }
      return Give(std::move(answer));
    }
    case Occurrence::kEffect:
      TakeEffect(event.a);
      return;
    case Occurrence::kResult: {
      v1::ReconcileEvent result;
      const auto& [life, what] = At(results_, event.a);
      if (life != life_ || !alive_) return;  // the host that asked is gone
      if (what.state() == v1::RESULT_STATE_FAILED) Log("failed", what.message(), kNone);
      *result.mutable_action_result() = what;
      return Give(std::move(result));
    }
    case Occurrence::kFault:
      return BeginFault(At(faults_, event.a), event.a);
    case Occurrence::kFaultOver:
      --faults_left_;
      last_activity_ = world_.now;
      return EndFault(At(faults_, event.a), event.a);
    case Occurrence::kEdit: {
      --edits_left_;
      last_activity_ = world_.now;
      world_.desired = request_.edits(event.a).desired();
      Log("edit", "what is desired was edited", kNone);
      if (!alive_) return;
      v1::ReconcileEvent changed;
      *changed.mutable_desired_changed()->mutable_desired() = world_.desired;
      *changed.mutable_desired_changed()->mutable_policy() = policy_;
      *changed.mutable_desired_changed()->mutable_capabilities() = request_.start().capabilities();
      return Give(std::move(changed));
    }
    default:
      world_.HandleOwn(event);
  }
}

void FakeRun::Machine(int s, bool lost) {
  Slot& slot = At(world_.slots, s);
  slot.machine_lost = lost;
  if (lost) {
    world_.StopProcess(s);
    return;
  }
  if (!slot.pod || slot.deleting) return;
  slot.schedulable = true;
  world_.At(world_.now + world_.random.Between(20, 60), Occurrence::kProcessUp, s, slot.generation);
}

void FakeRun::ByHand(const std::string& value) {
  const std::vector<std::string> parts = absl::StrSplit(value, ':');
  const int s = world_.FindSlot(parts[1]);
  const int rack = s != kNone ? At(world_.slots, s).rack : kNone;
  const int m = s == kNone ? kNone : At(world_.slots, s).member;
  std::string why;
  if (parts[0] == "decommission" && m != kNone) world_.Decommission(m, "", 0, true, &why);
  if (parts[0] == "restart" && s != kNone) world_.KillPod(s, false);
  if (parts[0] == "drain" && m != kNone) {
    At(world_.members, m).mode = v1::NODE_MODE_DRAINED;
    world_.SetMember(m, At(world_.members, m).ring, false);
  }
  if (parts[0] == "delete-volume" && s != kNone && !At(world_.slots, s).pod) world_.DeleteVolume(s);
  if (parts[0] == "cleanup" && s != kNone) world_.Operate(v1::ACTION_KIND_CLEANUP, s, v1::Action(), 0);
  if (rack != kNone && (parts[0] == "scale-down" || parts[0] == "scale-up")) {
    At(world_.racks, rack).replicas = std::max(0, At(world_.racks, rack).replicas + (parts[0] == "scale-up" ? 1 : -1));
    world_.Control(rack);
  }
}

void FakeRun::BeginFault(const Fault& fault, int index) {
  Log("fault", fault.text, kNone);
  result_.set_faults(result_.faults() + 1);
  lasting_.insert(index);
  last_activity_ = world_.now;
  const int s = world_.FindSlot(fault.value);
  switch (fault.kind) {
    case FaultKind::kZone:
      for (int i = 0; i < Size(world_.slots); ++i) {
        const Rack& rack = At(world_.racks, At(world_.slots, i).rack);
        if ((rack.zone == fault.value || rack.name == fault.value) && At(world_.slots, i).pod) Machine(i, true);
      }
      break;
    case FaultKind::kPod:
      world_.KillPod(s, true);
      break;
    case FaultKind::kNode:
      Machine(s, true);
      break;
    case FaultKind::kCrashLoop:
      At(world_.slots, s).crash_loops = true;
      At(world_.slots, s).waiting = "CrashLoopBackOff";
      world_.StopProcess(s);
      break;
    case FaultKind::kCrash:
      CrashHost(fault.seconds);
      break;
    case FaultKind::kLost:
      ++lose_;
      break;
    case FaultKind::kLate:
      ++late_;
      late_by_ = fault.seconds;
      break;
    case FaultKind::kDuplicate:
      ++duplicate_;
      break;
    case FaultKind::kStale:
      stale_[fault.value] = Observe(world_, HostNow(), sight_);
      break;
    case FaultKind::kMissing:
      sight_.missing.insert(fault.value);
      break;
    case FaultKind::kSplit:
      sight_.split.insert(s);
      break;
    case FaultKind::kStuck:
      world_.streams_stuck = true;
      break;
    case FaultKind::kStreamFails:
      world_.FailStreams();
      break;
    case FaultKind::kDisk: {
      Volume& volume = At(world_.slots, s).volume;
      volume.other_bytes = std::max<int64_t>(volume.capacity, 1);
      world_.StopProcess(s);
      break;
    }
    case FaultKind::kFill: {
      const std::vector<std::string> parts = absl::StrSplit(fault.value, ':');
      Volume& volume = At(world_.slots, world_.FindSlot(parts[0])).volume;
      volume.other_bytes = volume.capacity / 100 * ShareOf(parts[1]);
      break;
    }
    case FaultKind::kClock:
      clock_ += fault.seconds;
      break;
    case FaultKind::kVolumeLost:
      world_.KillPod(s, true);
      world_.DeleteVolume(s);
      checker_.Forgive();
      break;
    case FaultKind::kSwap: {
      const std::vector<std::string> two = absl::StrSplit(fault.value, ',');
      const int a = world_.FindSlot(two[0]);
      const int b = world_.FindSlot(two[1]);
      std::swap(At(world_.slots, a).address, At(world_.slots, b).address);
      break;
    }
    case FaultKind::kByHand:
      ByHand(fault.value);
      break;
  }
  const bool momentary = fault.seconds <= 0 || fault.kind == FaultKind::kClock || fault.kind == FaultKind::kLate ||
                         fault.kind == FaultKind::kLost || fault.kind == FaultKind::kDuplicate;
  world_.At(world_.now + (momentary ? 0 : fault.seconds), Occurrence::kFaultOver, index);
}

void FakeRun::EndFault(const Fault& fault, int index) {
  lasting_.erase(index);
  if (StillLasts(fault, faults_, lasting_)) return;
  const int s = world_.FindSlot(fault.value);
  const auto start_again = [&](int slot) {
    world_.At(world_.now + 5, Occurrence::kProcessUp, slot, At(world_.slots, slot).generation);
  };
  switch (fault.kind) {
    case FaultKind::kZone:
      for (int i = 0; i < Size(world_.slots); ++i) {
        const Rack& rack = At(world_.racks, At(world_.slots, i).rack);
        const bool in_it = rack.zone == fault.value || rack.name == fault.value;
        if (in_it && At(world_.slots, i).machine_lost && !LosesMachine(faults_, lasting_, world_, i)) Machine(i, false);
      }
      break;
    case FaultKind::kNode:
      if (!LosesMachine(faults_, lasting_, world_, s)) Machine(s, false);
      break;
    case FaultKind::kCrashLoop:
      At(world_.slots, s).crash_loops = false;
      if (At(world_.slots, s).member == kNone) start_again(s);
      break;
    case FaultKind::kStale:
      stale_.erase(fault.value);
      break;
    case FaultKind::kMissing:
      sight_.missing.erase(fault.value);
      break;
    case FaultKind::kSplit:
      sight_.split.erase(s);
      break;
    case FaultKind::kStuck:
      world_.streams_stuck = false;
      break;
    case FaultKind::kDisk:
      At(world_.slots, s).volume.other_bytes = 0;
      start_again(s);
      break;
    case FaultKind::kFill:
      At(world_.slots, world_.FindSlot(fault.value.substr(0, fault.value.find(':')))).volume.other_bytes = 0;
      break;
    case FaultKind::kSwap: {
      const std::vector<std::string> two = absl::StrSplit(fault.value, ',');
      std::swap(At(world_.slots, world_.FindSlot(two[0])).address, At(world_.slots, world_.FindSlot(two[1])).address);
      break;
    }
    default:
      break;
  }
}

void FakeRun::AfterOutcome() {
  const v1::Outcome now = reconciler_.outcome();
  if (now == outcome_ || now == v1::OUTCOME_UNSPECIFIED) return;
  const bool was_converged = outcome_ == v1::OUTCOME_CONVERGED && converged_since_ >= 0;
  outcome_ = now;
  Log("outcome",
      StrCat(v1::Outcome_Name(now).substr(sizeof("OUTCOME_") - 1),
             reconciler_.response().summary().empty() ? "" : StrCat(": ", reconciler_.response().summary())),
      kNone);
  if (now == v1::OUTCOME_CONVERGED) {
    converged_since_ = world_.now;
    last_activity_ = world_.now;
    return;
  }
  if (was_converged && world_.now - std::max(converged_since_, last_activity_) > 120 && faults_left_ == 0 &&
      edits_left_ == 0) {
    Violate("stays", "the cluster had converged, nothing happened to it, and there is something to do again");
  }
  converged_since_ = -1;
}

bool FakeRun::AsDesired(std::string* why) const {
  for (const v1::DesiredDatacenter& dc : world_.desired.datacenters()) {
    for (const v1::DesiredRack& rack : dc.racks()) {
      for (int i = 0; i < rack.nodes(); ++i) {
        v1::Target t;
        t.set_datacenter(dc.name());
        t.set_rack(rack.name());
        t.set_ordinal(i);
        const int s = world_.FindSlot(t);
        const Slot* slot = s == kNone ? nullptr : &simulate::At(world_.slots, s);
        const bool there = slot != nullptr && slot->pod && slot->member != kNone;
        if (!there || !world_.Serves(simulate::At(world_.members, slot->member))) {
          *why = StrCat(PlaceOf(t), " does not serve");
          return false;
        }
        if (slot->revision != rack.template_().revision() && i >= rack.partition()) {
          *why = StrCat(PlaceOf(t), " does not run the desired template");
          return false;
        }
      }
    }
  }
  return true;
}

void FakeRun::DiskSamples() {
  if (hooks_.brief || world_.now < next_disk_) return;
  next_disk_ = world_.now + kDiskEvery;
  for (int s = 0; s < Size(world_.slots); ++s) {
    const Volume& volume = At(world_.slots, s).volume;
    if (!volume.present) continue;
    v1::SimulationDisk* disk = result_.add_disks();
    disk->set_at_seconds(world_.now);
    disk->set_slot(world_.SlotName(s));
    disk->set_used_bytes(world_.Used(volume));
    disk->set_capacity_bytes(volume.capacity);
  }
}

bool FakeRun::Over() {
  const int64_t stay = request_.stay_seconds() > 0 ? request_.stay_seconds() : kStay;
  if (faults_left_ > 0 || edits_left_ > 0) return false;
  if (outcome_ == v1::OUTCOME_CONVERGED && converged_since_ >= 0 && stored_.started().empty()) {
    return world_.now - std::max(converged_since_, last_activity_) >= stay;
  }
  const bool person =
      outcome_ == v1::OUTCOME_BLOCKED || outcome_ == v1::OUTCOME_REFUSED || outcome_ == v1::OUTCOME_INVALID;
  return person && open_bars_.empty() && world_.now - last_activity_ >= kGiveUp;
}

bool FakeRun::Run(int64_t max_steps) {
  if (!booted_) Boot();
  booted_ = true;
  const int64_t limit = request_.limit_seconds() > 0 ? request_.limit_seconds() : kLimit;
  Event event;
  for (int64_t step = 0; step < max_steps && !over_; ++step) {
    if (!world_.Next(&event) || world_.now > limit) {
      over_ = true;
      break;
    }
    Handle(event);
    checker_.State(stored_);
    DownBars();
    DiskSamples();
    over_ = Over();
  }
  return over_;
}

v1::SimulationResult FakeRun::TakeResult() {
  Finish();
  return std::move(result_);
}

void FakeRun::DownBars() {
  for (int s = 0; s < Size(world_.slots) && !hooks_.brief; ++s) {
    const bool down = At(world_.slots, s).pod && At(world_.slots, s).member == kNone;
    const auto open = open_down_.find(s);
    if (down && open == open_down_.end()) {
      v1::SimulationBar& bar = open_down_[s];
      bar.set_slot(world_.SlotName(s));
      bar.set_kind("down");
      bar.set_from_seconds(world_.now);
    } else if (!down && open != open_down_.end()) {
      open->second.set_to_seconds(world_.now);
      *result_.add_bars() = open->second;
      open_down_.erase(open);
    }
  }
}

void FakeRun::Finish() {
  next_disk_ = 0;
  DiskSamples();
  for (auto& [id, bar] : open_bars_) {
    bar.set_to_seconds(world_.now);
    if (!hooks_.brief) *result_.add_bars() = bar;
  }
  for (auto& [slot, bar] : open_down_) {
    bar.set_to_seconds(world_.now);
    *result_.add_bars() = bar;
  }
  std::string why;
  const bool converged = outcome_ == v1::OUTCOME_CONVERGED && converged_since_ >= 0;
  if (converged && faults_left_ == 0 && !AsDesired(&why))
    Violate("false-convergence", StrCat("it is said to have converged, and ", why));
  result_.set_seconds(world_.now);
  if (converged) result_.set_converged_at_seconds(converged_since_);
  result_.set_streamed_bytes(world_.streamed);
  result_.set_states(checker_.states());
  result_.set_outcome(outcome_);
  for (v1::SimulationSample& s : checker_.samples) *result_.add_samples() = std::move(s);
  for (auto& [key, s] : checker_.lowest) *result_.add_lowest() = s;
  Explain();
  for (const std::string& text : world_.assumed) {
    v1::Finding* f = result_.add_findings();
    f->set_rule("assumed");
    f->set_level(v1::FINDING_LEVEL_NOTE);
    f->set_message(text);
  }
  result_.set_history(history_.Hex());
  if (result_.violations_size() > 0) {
    result_.set_verdict(v1::SIMULATION_VERDICT_VIOLATION);
  } else if (converged) {
    result_.set_verdict(v1::SIMULATION_VERDICT_CONVERGED);
  } else if (outcome_ == v1::OUTCOME_BLOCKED) {
    result_.set_verdict(v1::SIMULATION_VERDICT_BLOCKED);
  } else if (outcome_ == v1::OUTCOME_REFUSED || outcome_ == v1::OUTCOME_INVALID) {
    result_.set_verdict(v1::SIMULATION_VERDICT_REFUSED);
  } else {
    result_.set_verdict(v1::SIMULATION_VERDICT_UNFINISHED);
  }
}

// Rounds plan only what is ready; at the end the whole plan says what is held, and why.
void FakeRun::Explain() {
  v1::PlanRequest last;
  *last.mutable_desired() = world_.desired;
  *last.mutable_observed() = Look();
  *last.mutable_ledger() = stored_;
  *last.mutable_policy() = policy_;
  *last.mutable_capabilities() = request_.start().capabilities();
  last.set_now_seconds(std::max(HostNow(), stored_.now_seconds()));
  last.set_horizon(v1::HORIZON_COMPLETE);
  const PlanFunction plan = MakePlan();
  const absl::StatusOr<v1::PlanResponse> response = plan ? plan(last) : Plan(last);
  if (!response.ok()) return;
  *result_.mutable_held() = response->held();
  for (const v1::Finding& f : response->findings()) {
    if (f.level() != v1::FINDING_LEVEL_NOTE) *result_.add_findings() = f;
  }
  result_.set_summary(response->summary());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Simulation>> MakeSimulation(v1::SimulationRequest request, SimulateHooks hooks) {
  auto run = std::make_unique<FakeRun>(std::move(request), std::move(hooks));
  const absl::Status prepared = run->Prepare();
  if (!prepared.ok()) return prepared;
  return run;
}

absl::StatusOr<v1::SimulationResult> Simulate(const v1::SimulationRequest& request, const SimulateHooks& hooks) {
  absl::StatusOr<std::unique_ptr<Simulation>> simulation = MakeSimulation(request, hooks);
  if (!simulation.ok()) return simulation.status();
  (*simulation)->Run(std::numeric_limits<int64_t>::max());
  return (*simulation)->TakeResult();
}

}  // namespace cassplan
