#include "examples/operator/cluster_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/operator/finalizer.h"
#include "examples/operator/log.h"
#include "examples/operator/status.h"

namespace cassplan::host {
namespace {

using executors::At;
using executors::Json;

std::string OutcomeName(v1::Outcome outcome) {
  const std::string name = v1::Outcome_Name(outcome);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "OUTCOME_"));
}

const char* EndingName(Ending ending) {
  switch (ending) {
    case Ending::kSucceeded:
      return "succeeded";
    case Ending::kFailed:
      return "failed";
    default:
      return "unknown";
  }
}

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string Now() { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()); }

}  // namespace

std::string KindName(v1::ActionKind kind) {
  const std::string name = v1::ActionKind_Name(kind);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "ACTION_KIND_"));
}

std::string TargetName(const v1::Target& target) {
  std::string where = target.datacenter();
  if (!target.rack().empty()) absl::StrAppend(&where, "/", target.rack());
  if (target.has_ordinal()) absl::StrAppend(&where, "/", target.ordinal());
  if (!target.keyspace().empty()) absl::StrAppend(&where, where.empty() ? "" : " ", target.keyspace());
  return where.empty() ? target.name() : where;
}

ClusterLoop::ClusterLoop(executors::KubernetesClient* kubernetes, executors::SharedLists* lists,
                         executors::JolokiaClient* jolokia, Metrics* metrics, LoopOptions options)
    : kubernetes_(*kubernetes),
      metrics_(*metrics),
      options_(std::move(options)),
      name_{options_.name_space, options_.name},
      ledger_(kubernetes, options_.name_space, options_.name, options_.uid) {
  executors::ClusterOptions cluster;
  cluster.name = options_.name;
  cluster.name_space = options_.name_space;
  cluster.login = options_.login;
  cluster.on_desired = [this](const v1::Desired& desired, const v1::Policy& policy) {
    wanted_ = true;
    driver_->SetDesired(desired, policy);
  };
  executor_ = std::make_unique<executors::ClusterExecutor>(kubernetes, lists, jolokia, std::move(cluster));
  executors::CommandOptions commands;
  commands.commands = options_.commands;
  commands.environment = {{"CASSPLAN_CLUSTER", options_.name}, {"CASSPLAN_NAMESPACE", options_.name_space}};
  hands_ = std::make_unique<executors::CommandExecutor>(executor_.get(), std::move(commands));
  DriverOptions driver;
  driver.reconcile = options_.reconcile;
  driver.on_round = [this](const Reconciler& reconciler) { OnRound(reconciler); };
  driver.on_problem = [this](const char* what, const absl::Status& status) { OnProblem(what, status); };
  driver.on_start = [this](const v1::StartAction& start) {
    const v1::Action& action = start.action();
    metrics_.Started(name_, KindName(action.kind()));
    Log(LogLevel::kInfo, "starts",
        {{"cluster", options_.name},
         {"action", KindName(action.kind())},
         {"target", TargetName(action.target())},
         {"id", action.id()},
         {"attempt", absl::StrCat(start.attempt())},
         {"reason", action.reason().text()}});
    Event("Normal", "Starts",
          absl::StrCat(KindName(action.kind()), " ", TargetName(action.target()), ": ", action.reason().text()));
  };
  driver.on_result = [this](const v1::StartAction& start, const StartResult& result) {
    const v1::Action& action = start.action();
    metrics_.Ended(name_, KindName(action.kind()), EndingName(result.ending));
    Log(result.ending == Ending::kSucceeded ? LogLevel::kInfo : LogLevel::kWarning, "ended",
        {{"cluster", options_.name},
         {"action", KindName(action.kind())},
         {"target", TargetName(action.target())},
         {"id", action.id()},
         {"ending", EndingName(result.ending)},
         {"why", result.message}});
    if (result.ending == Ending::kSucceeded) return;
    Event("Warning", result.ending == Ending::kFailed ? "Failed" : "EndingUnknown",
          absl::StrCat(KindName(action.kind()), " ", TargetName(action.target()), ": ", result.message));
  };
  Beat();
  driver_ = std::make_unique<Driver>(hands_.get(), &ledger_, std::move(driver));
  thread_ = std::thread([this] { Run(); });
}

ClusterLoop::~ClusterLoop() {
  Stop();
  thread_.join();
  hands_->Close();
  metrics_.Forget(name_);
}

void ClusterLoop::Beat() { beat_ms_ = SteadyMs(); }

int64_t ClusterLoop::SilentSeconds() const { return (SteadyMs() - beat_ms_) / 1000; }

void ClusterLoop::Wake() { driver_->Wake(); }

void ClusterLoop::LedgerIs(int64_t version) { driver_->LedgerIs(version); }

void ClusterLoop::Stop() {
  stopped_ = true;
  driver_->Stop();
}

// What is desired stands in the CassandraCluster: nothing can be done before it could be read once.
bool ClusterLoop::FirstLook() {
  for (int64_t pause = 500; !stopped_ && !wanted_; pause = std::min<int64_t>(2 * pause, 15000)) {
    const absl::Status status = executor_->Observe().status();
    if (wanted_) return true;
    OnProblem("observe", status);
    for (int64_t slept = 0; slept < pause && !stopped_; slept += 50) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  return wanted_;
}

void ClusterLoop::Run() {
  Log(LogLevel::kInfo, "looks after", {{"cluster", options_.name}, {"namespace", options_.name_space}});
  if (FirstLook()) driver_->Run();
  Log(LogLevel::kInfo, "looks no more after", {{"cluster", options_.name}, {"namespace", options_.name_space}});
}

void ClusterLoop::OnRound(const Reconciler& reconciler) {
  Beat();
  response_ = reconciler.response();
  planned_ = true;
  metrics_.Plan(name_, OutcomeName(response_.outcome()), response_.plan().actions_size(), response_.held_size(),
                response_.ledger().started_size());
  metrics_.Round(name_);
  if (const int64_t ms = driver_->TakeReactionMs(); ms >= 0) metrics_.Reaction(name_, static_cast<double>(ms) / 1000.0);
  metrics_.Requests(kubernetes_.reads(), kubernetes_.writes());
  std::string told = absl::StrCat(OutcomeName(response_.outcome()), response_.summary());
  if (told != told_) {
    Log(LogLevel::kInfo, "plan",
        {{"cluster", options_.name}, {"outcome", OutcomeName(response_.outcome())}, {"summary", response_.summary()}});
    told_ = std::move(told);
  }
  for (const v1::Withdrawn& withdrawn : reconciler.withdrawn()) {
    Log(LogLevel::kInfo, "does not start after all",
        {{"cluster", options_.name}, {"id", withdrawn.id()}, {"why", withdrawn.text()}});
  }
  if (const absl::Status kept = KeepFinalizer(&kubernetes_, executor_->Look()->cassandra_cluster); !kept.ok()) {
    Log(LogLevel::kWarning, "the finalizer was not written",
        {{"cluster", options_.name}, {"why", std::string(kept.message())}});
  }
  WriteStatus(&response_, {reconciler.withdrawn().begin(), reconciler.withdrawn().end()}, "");
}

// Only words: whether they can be written decides nothing.
void ClusterLoop::Event(const char* type, const char* reason, const std::string& message) {
  const Json event = {
      {"apiVersion", "v1"},
      {"kind", "Event"},
      {"metadata", {{"generateName", absl::StrCat(options_.name, ".")}, {"namespace", options_.name_space}}},
      {"involvedObject",
       {{"apiVersion", executors::kCassandraClusters.api_version},
        {"kind", executors::kCassandraClusters.kind},
        {"name", options_.name},
        {"namespace", options_.name_space},
        {"uid", options_.uid}}},
      {"type", type},
      {"reason", reason},
      {"message", message.substr(0, 1000)},
      {"firstTimestamp", Now()},
      {"lastTimestamp", Now()},
      {"count", 1},
      {"source", {{"component", "cassplan-operator"}}}};
  const absl::Status told = kubernetes_.Create(executors::kEvents, options_.name_space, event).status();
  if (!told.ok()) Log(LogLevel::kDebug, "the event was not written", {{"why", std::string(told.message())}});
}

void ClusterLoop::OnProblem(const char* what, const absl::Status& status) {
  Beat();
  metrics_.Problem(name_, what);
  Log(LogLevel::kWarning, "did not work and is tried again",
      {{"cluster", options_.name}, {"what", what}, {"why", std::string(status.message())}});
  // Somebody who asks for the status has to see it; where the API server does not answer there is nobody to tell.
  if (absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) || absl::IsResourceExhausted(status)) {
    WriteStatus(planned_ ? &response_ : nullptr, {}, absl::StrCat(what, ": ", status.message()));
  }
}

// Only what differs from what is there, and nothing when nothing does.
void ClusterLoop::WriteStatus(const v1::PlanResponse* response, std::vector<v1::Withdrawn> withdrawn,
                              const std::string& problem) {
  const std::shared_ptr<const executors::ClusterLook> look = executor_->Look();
  if (look->cassandra_cluster.is_null()) return;
  StatusInput input;
  input.look = look.get();
  input.response = response;
  input.withdrawn = std::move(withdrawn);
  input.problem = problem;
  input.time = Now();
  const Json wanted = StatusOf(input);
  const auto write = [&]() -> absl::Status {
    // What was looked at may have been written by the round before.
    const absl::StatusOr<Json> live =
        kubernetes_.Get(executors::kCassandraClusters, options_.name_space, options_.name);
    if (!live.ok()) return live.status();
    const Json* status = At(*live, {"status"});
    const Json patch = StatusPatch(status == nullptr ? Json::object() : *status, wanted);
    if (patch.empty()) return absl::OkStatus();
    metrics_.StatusWritten(name_);
    return kubernetes_
        .Patch(executors::kCassandraClusters, options_.name_space, options_.name, {{"status", patch}}, "status")
        .status();
  };
  if (const absl::Status status = write(); !status.ok()) {
    metrics_.Problem(name_, "write the status");
    Log(LogLevel::kWarning, "the status was not written",
        {{"cluster", options_.name}, {"why", std::string(status.message())}});
  }
}

}  // namespace cassplan::host
