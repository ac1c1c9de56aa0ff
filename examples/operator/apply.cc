#include "examples/operator/apply.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cassplan/codec.h"
#include "cassplan/driver.h"
#include "cassplan/planner.h"
#include "examples/operator/cluster_loop.h"
#include "examples/operator/lease.h"
#include "examples/operator/log.h"
#include "examples/operator/observe.h"
#include "examples/operator/signals.h"
#include "lib/executors/cluster.h"
#include "lib/executors/command.h"
#include "lib/executors/config_map_ledger.h"
#include "lib/executors/kube_config.h"

namespace cassplan::host {
namespace {

constexpr int kHeld = 4;
constexpr int64_t kLeaseTimeoutMs = 3000;

int Fail(int code, absl::string_view message) {
  std::cerr << "error: " << message << "\n";
  return code;
}

int CodeOf(const absl::Status& status) {
  const bool unreached = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsUnknown(status) ||
                         absl::IsInternal(status) || absl::IsResourceExhausted(status);
  return unreached ? kInternalError : kInvalidInput;
}

int Fail(const absl::Status& status) { return Fail(CodeOf(status), status.message()); }

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string Line(v1::ActionKind kind, const v1::Target& target) {
  const std::string where = TargetName(target);
  return absl::StrCat(KindName(kind), where.empty() ? "" : " ", where);
}

absl::StatusOr<v1::PlanResponse> ReadPlan(const std::string& name) {
  std::string text;
  if (name == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    const absl::StatusOr<std::string> read = executors::ReadTextFile(name);
    if (!read.ok()) return absl::InvalidArgumentError(read.status().message());
    text = *read;
  }
  ParseOptions options;
  options.file = name == "-" ? "standard input" : name;
  v1::PlanResponse response;
  const std::vector<Problem> problems = ParseJson(text, options, &response);
  if (!problems.empty()) return absl::InvalidArgumentError(FormatProblem(problems.front()));
  const auto bad = [&](const char* field, const std::string& why) {
    return absl::InvalidArgumentError(absl::StrCat(options.file, ": ", field, ": ", why));
  };
  if (response.plan_fingerprint().empty()) {
    return bad("plan_fingerprint", "is missing; give what `cassplan plan --format json` writes, whole");
  }
  const std::string& version = response.plan().format_version();
  if (!version.empty() && version.substr(0, version.find('.')) != "1") {
    return bad("plan.format_version", absl::StrCat(version, " is not known here"));
  }
  for (int i = 0; i < response.plan().actions_size(); ++i) {
    if (response.plan().actions(i).id().empty())
      return bad(absl::StrCat("plan.actions[", i, "].id").c_str(), "is missing");
  }
  return response;
}

std::set<std::string> IdsOf(const v1::PlanResponse& response) {
  std::set<std::string> ids;
  for (const v1::Action& action : response.plan().actions()) ids.insert(action.id());
  return ids;
}

// What one plan has and the other has not; some of it.
std::string Missing(const v1::PlanResponse& in, const v1::PlanResponse& from) {
  constexpr size_t kMost = 5;
  const std::set<std::string> known = IdsOf(in);
  std::vector<std::string> lines;
  size_t more = 0;
  for (const v1::Action& action : from.plan().actions()) {
    if (known.contains(action.id())) continue;
    if (lines.size() < kMost) {
      lines.push_back(Line(action.kind(), action.target()));
    } else {
      ++more;
    }
  }
  return absl::StrCat(absl::StrJoin(lines, ", "), more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

absl::Status Stale(const v1::PlanResponse& given, const v1::PlanResponse& present) {
  std::string text = absl::StrCat("the plan is another one by now (", present.plan_fingerprint(), ", and not ",
                                  given.plan_fingerprint(), ")");
  const std::string gone = Missing(present, given);
  const std::string added = Missing(given, present);
  if (!gone.empty()) absl::StrAppend(&text, "; not planned any more: ", gone);
  if (!added.empty()) absl::StrAppend(&text, "; planned now: ", added);
  if (gone.empty() && added.empty()) absl::StrAppend(&text, "; what is desired, or the policy, is another one");
  return absl::FailedPreconditionError(absl::StrCat(text, ". Nothing was done; make the plan anew and read it"));
}

// The cluster, its ledger, and what one plan may do to it.
class Application {
 public:
  Application(const ApplyCommand& command, const executors::KubeConfig& config, std::string name_space,
              executors::JolokiaLogin login, executors::Commands commands)
      : command_(command), name_space_(std::move(name_space)), kubernetes_(config), lists_(&kubernetes_), jolokia_([&] {
          executors::JolokiaOptions options;
          options.port = command.jolokia_port;
          options.read_timeout_ms = int64_t{1000} * command.timeout_seconds;
          return options;
        }()) {
    executors::ClusterOptions cluster;
    cluster.name = command.cluster;
    cluster.name_space = name_space_;
    cluster.login = std::move(login);
    cluster.on_desired = [this](const v1::Desired& desired, const v1::Policy& policy) { OnDesired(desired, policy); };
    cluster_ = std::make_unique<executors::ClusterExecutor>(&kubernetes_, &lists_, &jolokia_, std::move(cluster));
    executors::CommandOptions options;
    options.commands = std::move(commands);
    options.environment = {{"CASSPLAN_CLUSTER", command.cluster}, {"CASSPLAN_NAMESPACE", name_space_}};
    executor_ = std::make_unique<executors::CommandExecutor>(cluster_.get(), std::move(options));
  }

  // Whether the plan is the present one, and can be done from here.
  absl::Status Check(const v1::PlanResponse& given);
  // Writes into the ledger that this plan may start.
  absl::Status Approve();
  // Until it is done, or cannot be.
  int Run(const std::atomic<bool>& stop);
  const v1::PlanResponse& plan() const { return plan_; }

 private:
  void OnDesired(const v1::Desired& desired, const v1::Policy& policy);
  void OnRound(const Reconciler& reconciler);
  void OnResult(const v1::StartAction& start, const StartResult& result);
  void End(int code, const std::string& why);

  const ApplyCommand& command_;
  std::string name_space_;
  executors::KubernetesClient kubernetes_;
  executors::SharedLists lists_;
  executors::JolokiaClient jolokia_;
  std::unique_ptr<executors::ClusterExecutor> cluster_;
  std::unique_ptr<executors::CommandExecutor> executor_;
  std::unique_ptr<executors::ConfigMapLedger> store_;
  v1::Desired desired_;
  v1::Policy policy_;
  v1::Policy acting_;  // the same, and nothing starts but what is approved
  v1::Ledger ledger_;
  v1::PlanResponse plan_;  // with the acting policy
  std::set<std::string> ids_;
  std::unique_ptr<Driver> driver_;
  bool changed_ = false;
  int code_ = kDone;
  bool over_ = false;
  std::string told_;
};

void Application::OnDesired(const v1::Desired& desired, const v1::Policy& policy) {
  // While it runs: what is approved is bound to what was desired then, so nothing starts any more.
  changed_ = driver_ != nullptr &&
             WriteJsonLine(desired) + WriteJsonLine(policy) != WriteJsonLine(desired_) + WriteJsonLine(policy_);
  if (driver_ != nullptr) {
    v1::Policy acting = policy;
    acting.set_mode(v1::PLAN_MODE_APPROVE);
    driver_->SetDesired(desired, acting);
    return;
  }
  desired_ = desired;
  policy_ = policy;
  acting_ = policy;
  acting_.set_mode(v1::PLAN_MODE_APPROVE);
}

absl::Status Application::Check(const v1::PlanResponse& given) {
  const absl::StatusOr<v1::Observed> observed = executor_->Observe();
  if (!observed.ok()) return observed.status();
  store_ = std::make_unique<executors::ConfigMapLedger>(
      &kubernetes_, name_space_, command_.cluster,
      executors::TextAt(cluster_->Look()->cassandra_cluster, {"metadata", "uid"}));
  absl::StatusOr<v1::Ledger> ledger = store_->Load();
  if (!ledger.ok()) return ledger.status();
  ledger_ = *std::move(ledger);
  v1::PlanRequest request;
  *request.mutable_desired() = desired_;
  *request.mutable_policy() = policy_;
  *request.mutable_observed() = *observed;
  *request.mutable_ledger() = ledger_;
  request.set_now_seconds(Now());
  const absl::StatusOr<v1::PlanResponse> present = Plan(request);
  if (!present.ok()) return present.status();
  if (present->plan_fingerprint() != given.plan_fingerprint()) return Stale(given, *present);
  *request.mutable_policy() = acting_;
  *request.mutable_capabilities() = executor_->GetCapabilities();
  absl::StatusOr<v1::PlanResponse> acting = Plan(request);
  if (!acting.ok()) return acting.status();
  plan_ = *std::move(acting);
  ids_ = IdsOf(plan_);
  if (ids_ == IdsOf(*present)) return absl::OkStatus();
  for (const v1::Held& held : plan_.held()) {
    if (IdsOf(*present).contains(held.action_id()) && held.by_size() > 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("it cannot be done from here: ", Line(held.kind(), held.target()), ": ", held.by(0).text(), "; ",
                       held.by(0).remedy()));
    }
  }
  return absl::FailedPreconditionError(absl::StrCat("it cannot be done from here: ", Missing(plan_, *present)));
}

absl::Status Application::Approve() {
  v1::Ledger ledger = ledger_;
  v1::Approval* approval = ledger.add_approvals();
  approval->set_plan_fingerprint(plan_.plan_fingerprint());
  for (const std::string& id : ids_) approval->add_action_ids(id);
  approval->set_by(absl::StrCat("apply, ", OwnIdentity(command_.identity)));
  approval->set_at_seconds(Now());
  ledger.set_version(ledger_.version() + 1);
  absl::StatusOr<v1::LedgerStored> stored = store_->Store(ledger, ledger_.version());
  for (int64_t pause = 500; !stored.ok() && CodeOf(stored.status()) == kInternalError && pause <= 8000; pause *= 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    stored = store_->Store(ledger, ledger_.version());
  }
  if (!stored.ok()) return stored.status();
  // An earlier try may have been stored after all.
  if (!stored->stored() && WriteJsonLine(stored->current()) != WriteJsonLine(ledger))
    return absl::AbortedError("somebody wrote the ledger meanwhile; who else acts on the cluster?");
  return absl::OkStatus();
}

void Application::End(int code, const std::string& why) {
  if (over_) return;
  over_ = true;
  code_ = code;
  (code == kDone ? std::cout : std::cerr) << why << "\n" << std::flush;
  driver_->Stop();
}

void Application::OnResult(const v1::StartAction& start, const StartResult& result) {
  const std::string line = Line(start.action().kind(), start.action().target());
  if (result.ending == Ending::kSucceeded) {
    std::cout << "done    " << line << "\n" << std::flush;
    return;
  }
  std::cout << (result.ending == Ending::kFailed ? "failed  " : "unknown ") << line << ": " << result.message << "\n"
            << std::flush;
  if (result.ending == Ending::kFailed && start.attempt() >= command_.attempts) {
    End(kHeld, absl::StrCat("error: ", line, " failed ", start.attempt(), " times; what was begun goes on"));
  }
}

void Application::OnRound(const Reconciler& reconciler) {
  const v1::PlanResponse& response = reconciler.response();
  if (const std::string& told = response.summary(); told != told_) {
    Log(LogLevel::kInfo, "plan", {{"summary", told}});
    told_ = told;
  }
  if (response.ledger().started_size() > 0) {
    const auto& started = response.ledger().started();
    const bool runs = std::any_of(started.begin(), started.end(), [](const v1::StartedAction& one) {
      return one.state() != v1::STARTED_STATE_FAILED && one.state() != v1::STARTED_STATE_TIMED_OUT;
    });
    if (runs) return;
  }
  const std::set<std::string> present = IdsOf(response);
  const bool left = std::any_of(ids_.begin(), ids_.end(), [&](const std::string& id) { return present.contains(id); });
  if (left && changed_) {
    End(kHeld, "error: the CassandraCluster was changed meanwhile; what was begun is done, the rest is not");
  }
  if (left) return;
  for (const v1::Held& held : response.held()) {
    if (!ids_.contains(held.action_id()) || held.by_size() == 0) continue;
    return End(kHeld, absl::StrCat("error: ", Line(held.kind(), held.target()), " is held: ", held.by(0).text(),
                                   held.by(0).remedy().empty() ? "" : "; ", held.by(0).remedy()));
  }
  if (response.outcome() == v1::OUTCOME_IN_PROGRESS) return;
  End(kDone, absl::StrCat("all of it is done: ", response.summary()));
}

int Application::Run(const std::atomic<bool>& stop) {
  DriverOptions options;
  options.reconcile.poll_seconds = command_.poll_seconds;
  options.reconcile.idle_seconds = command_.poll_seconds;
  options.reconcile.horizon = v1::HORIZON_COMPLETE;
  options.on_round = [this](const Reconciler& reconciler) { OnRound(reconciler); };
  options.on_result = [this](const v1::StartAction& start, const StartResult& result) { OnResult(start, result); };
  options.on_start = [](const v1::StartAction& start) {
    std::cout << "starts  " << Line(start.action().kind(), start.action().target())
              << (start.attempt() > 1 ? absl::StrCat(", attempt ", start.attempt()) : "") << "\n"
              << std::flush;
  };
  options.on_problem = [](const char* what, const absl::Status& status) {
    std::cerr << "cannot " << what << ", tries again: " << status.message() << "\n";
  };
  driver_ = std::make_unique<Driver>(executor_.get(), store_.get(), std::move(options));
  driver_->SetDesired(desired_, acting_);
  std::atomic<bool> done{false};
  std::thread watch([&] {
    while (!stop && !done) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    driver_->Stop();
  });
  driver_->Run();
  done = true;
  watch.join();
  executor_->Close();
  if (over_) return code_;
  std::cerr << "stopped; what was begun on nodes goes on there\n";
  return kPartly;
}

}  // namespace

int Apply(const ApplyCommand& command) {
  const absl::StatusOr<v1::PlanResponse> given = ReadPlan(command.plan);
  if (!given.ok()) return Fail(given.status());
  const absl::StatusOr<executors::KubeConfig> config = executors::LoadKubeConfig({command.kubeconfig, command.context});
  if (!config.ok()) return Fail(kInvalidInput, config.status().message());
  executors::JolokiaLogin login;
  login.username = command.jolokia_user;
  if (!command.jolokia_password_file.empty()) {
    const absl::StatusOr<std::string> password = executors::ReadTextFile(command.jolokia_password_file);
    if (!password.ok()) return Fail(kInvalidInput, password.status().message());
    login.password = std::string(absl::StripTrailingAsciiWhitespace(*password));
  }
  executors::Commands commands;
  if (!command.commands.empty()) {
    absl::StatusOr<executors::Commands> loaded = executors::LoadCommands(command.commands);
    if (!loaded.ok()) return Fail(kInvalidInput, absl::StrCat("--commands: ", loaded.status().message()));
    commands = *std::move(loaded);
  }
  OpenLog(LogFormat::kText, LogLevel::kWarning);
  const Signals signals;  // before any other thread begins
  const std::string name_space = command.name_space.empty() ? config->name_space : command.name_space;
  Application application(command, *config, name_space, std::move(login), std::move(commands));
  if (command.dry_run) {
    if (const absl::Status checked = application.Check(*given); !checked.ok()) return Fail(checked);
    std::cout << "it is still the plan; this would be done:\n";
    for (const v1::Action& action : application.plan().plan().actions()) {
      std::cout << "  " << Line(action.kind(), action.target()) << "\n";
    }
    return kDone;
  }
  LeaseOptions lease_options;
  lease_options.name_space = name_space;
  lease_options.name = command.lease;
  lease_options.identity = OwnIdentity(command.identity);
  executors::KubernetesClient lease_client(*config, kLeaseTimeoutMs);
  Lease lease(&lease_client, lease_options);
  std::atomic<bool> ended{false};
  std::thread keeper;
  if (!command.no_leader_election) {
    if (const absl::Status acquired = lease.AcquireSoon(signals.stop()); !acquired.ok()) {
      return Fail(CodeOf(acquired),
                  absl::StrCat(acquired.message(), ": it acts here; stop it, or let it do the plan: ",
                               "kubectl casskop approve ", command.cluster, " ", given->plan_fingerprint()));
    }
    keeper = std::thread([&] {
      if (lease.Keep(ended)) return;
      std::cerr << "error: lost the Lease " << command.lease << ": somebody else may act by now\n";
      std::_Exit(kInternalError);
    });
  }
  int code = kDone;
  absl::Status ready = application.Check(*given);
  if (ready.ok() && application.plan().plan().actions().empty()) {
    code = application.plan().held().empty() ? kDone : kHeld;
    std::cout << "nothing can start: " << application.plan().summary() << "\n";
  } else {
    if (ready.ok()) ready = application.Approve();
    code = ready.ok() ? application.Run(signals.stop()) : Fail(ready);
  }
  ended = true;
  if (keeper.joinable()) keeper.join();
  if (!command.no_leader_election) lease.Release();
  return code;
}

}  // namespace cassplan::host
