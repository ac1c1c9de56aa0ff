#include "examples/kubectl-plugin/look.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cassplan/codec.h"
#include "cassplan/planner.h"
#include "examples/cli/run.h"
#include "lib/dump/sources.h"
#include "lib/executors/collect.h"
#include "lib/executors/config_map_ledger.h"
#include "lib/executors/kube_config.h"

namespace cassplan::plugin {
namespace {

namespace fs = std::filesystem;
using executors::At;
using executors::Json;
using executors::TextAt;

int64_t Now() { return absl::ToUnixSeconds(absl::Now()); }

// A folder that goes when it is not needed any more.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "casskop-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  absl::Status Write(const std::string& name, const std::string& text) const {
    std::error_code error;
    fs::create_directories((path_ / name).parent_path(), error);
    std::ofstream file(path_ / name, std::ios::binary);
    file << text;
    file.close();
    if (path_.empty() || error || !file) return absl::InternalError("no folder for temporary files can be written");
    return absl::OkStatus();
  }
  std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

struct Live {
  Json cluster;
  executors::Collected collected;
  v1::Ledger ledger;
};

// As the command line says, else that of the Secret that the cluster names.
absl::Status Login(const Connection& connection, const Json& cluster, const JolokiaAccess& access,
                   executors::CollectOptions* options, std::vector<std::string>* missing) {
  options->jolokia_port = access.port;
  options->jolokia_user = access.user;
  if (!access.password_file.empty()) {
    const absl::StatusOr<std::string> password = executors::ReadTextFile(access.password_file);
    if (!password.ok()) return absl::InvalidArgumentError(password.status().message());
    options->jolokia_password = std::string(absl::StripTrailingAsciiWhitespace(*password));
  }
  const std::string name = TextAt(cluster, {"spec", "imageJolokiaSecret", "name"});
  if (!access.user.empty() || name.empty()) return absl::OkStatus();
  const absl::StatusOr<Json> secret = connection.kubernetes->Get(executors::kSecrets, connection.name_space, name);
  if (!secret.ok()) {
    missing->push_back(absl::StrCat("user and password of Jolokia: ", secret.status().message()));
  } else if (!absl::Base64Unescape(TextAt(*secret, {"data", "username"}), &options->jolokia_user) ||
             !absl::Base64Unescape(TextAt(*secret, {"data", "password"}), &options->jolokia_password)) {
    missing->push_back(absl::StrCat("Secret ", name, " has no username and password in base64"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Live> Collect(const Connection& connection, const LookCommand& command) {
  Live live;
  absl::StatusOr<Json> cluster =
      connection.kubernetes->Get(executors::kCassandraClusters, connection.name_space, command.cluster);
  if (!cluster.ok()) return cluster.status();
  live.cluster = *std::move(cluster);
  executors::CollectOptions options;
  options.cluster = command.cluster;
  options.name_space = connection.name_space;
  options.now_seconds = Now();
  std::vector<std::string> missing;
  if (absl::Status login = Login(connection, live.cluster, command.jolokia, &options, &missing); !login.ok()) {
    return login;
  }
  absl::StatusOr<executors::Collected> collected = executors::Collect(options, connection.kubernetes.get());
  if (!collected.ok()) return collected.status();
  live.collected = *std::move(collected);
  live.collected.missing.insert(live.collected.missing.begin(), missing.begin(), missing.end());
  executors::ConfigMapLedger store(connection.kubernetes.get(), connection.name_space, command.cluster,
                                   TextAt(live.cluster, {"metadata", "uid"}));
  absl::StatusOr<v1::Ledger> ledger = store.Load();
  if (ledger.ok()) {
    live.ledger = *std::move(ledger);
  } else {
    live.collected.missing.push_back(absl::StrCat("the ledger: ", ledger.status().message()));
  }
  return live;
}

std::string When(int64_t seconds) {
  return seconds <= 0 ? "?"
                      : absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
}

std::string KindName(v1::ActionKind kind) {
  const std::string name = v1::ActionKind_Name(kind);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "ACTION_KIND_"));
}

std::string Where(const v1::Target& target) {
  std::string where = target.datacenter();
  if (!target.rack().empty()) absl::StrAppend(&where, "/", target.rack());
  if (target.has_ordinal()) absl::StrAppend(&where, "/", target.ordinal());
  if (!target.keyspace().empty()) absl::StrAppend(&where, where.empty() ? "" : " ", target.keyspace());
  return where.empty() ? target.name() : where;
}

void PrintList(const Json& status, const char* name, const char* title) {
  const Json* list = At(status, {"plan", name});
  if (list == nullptr || !list->is_array() || list->empty()) return;
  std::cout << "  " << title << "\n";
  for (const Json& one : *list) {
    if (one.is_string()) std::cout << "    " << one.get<std::string>() << "\n";
  }
}

void PrintStatus(const Json& cluster) {
  const Json* status = At(cluster, {"status"});
  std::cout << TextAt(cluster, {"metadata", "name"}) << ": ";
  if (status == nullptr) {
    std::cout << "no operator has looked at it yet\n";
    return;
  }
  std::cout << TextAt(*status, {"phase"}) << ", " << TextAt(*status, {"lastClusterAction"}) << " "
            << TextAt(*status, {"lastClusterActionStatus"});
  if (executors::IntegerAt(*status, {"observedGeneration"}) <
      executors::IntegerAt(cluster, {"metadata", "generation"})) {
    std::cout << "; the last change was not looked at yet";
  }
  std::cout << "\n";
  if (const std::string summary = TextAt(*status, {"plan", "summary"}); !summary.empty()) {
    std::cout << "  plan " << TextAt(*status, {"plan", "outcome"}) << ": " << summary << "\n";
    std::cout << "  fingerprint " << TextAt(*status, {"plan", "fingerprint"}) << "\n";
  }
  if (const Json* conditions = At(*status, {"conditions"}); conditions != nullptr && conditions->is_array()) {
    for (const Json& one : *conditions) {
      std::cout << "  " << TextAt(one, {"type"}) << " " << TextAt(one, {"status"}) << " since "
                << TextAt(one, {"lastTransitionTime"}) << ": " << TextAt(one, {"message"}) << "\n";
    }
  }
  PrintList(*status, "running", "running:");
  PrintList(*status, "next", "next:");
  PrintList(*status, "heldReasons", "held:");
  PrintList(*status, "findings", "findings:");
}

}  // namespace

int Look(const Reach& reach, const LookCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<Live> live = Collect(*connection, command);
  if (!live.ok()) return Fail(live.status());
  for (const std::string& missing : live->collected.missing) std::cerr << "missing: " << missing << "\n";
  const Scratch scratch;
  absl::Status written = scratch.Write("desired.json", executors::ToText(live->cluster));
  if (written.ok()) written = scratch.Write("ledger.json", WriteJson(live->ledger));
  for (const dump::DumpFile& file : live->collected.files) {
    if (written.ok()) written = scratch.Write("dump/" + file.name, file.text);
  }
  if (!written.ok()) return Fail(written);
  std::vector<std::string> arguments = {command.command};
  if (!command.what.empty()) arguments.push_back(command.what);
  arguments.insert(arguments.end(), command.rest.begin(), command.rest.end());
  for (const std::string& one :
       {std::string("--desired"), command.file.empty() ? scratch.File("desired.json") : command.file,
        std::string("--observed"), scratch.File("dump"), std::string("--ledger"), scratch.File("ledger.json"),
        std::string("--now"), absl::StrCat(Now())}) {
    arguments.push_back(one);
  }
  return cli::Run(std::move(arguments));
}

int Status(const Reach& reach, const StatusCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  absl::StatusOr<Json> list = connection->kubernetes->List(executors::kCassandraClusters, connection->name_space);
  if (!list.ok()) return Fail(list.status());
  Json told = Json::array();
  for (const Json& cluster : (*list)["items"]) {
    if (!command.cluster.empty() && TextAt(cluster, {"metadata", "name"}) != command.cluster) continue;
    if (command.output == "text") PrintStatus(cluster);
    const Json* status = At(cluster, {"status"});
    told.push_back({{"name", TextAt(cluster, {"metadata", "name"})},
                    {"generation", executors::IntegerAt(cluster, {"metadata", "generation"})},
                    {"status", status == nullptr ? Json() : *status}});
  }
  if (told.empty()) {
    return Fail(absl::StrCat("no CassandraCluster ", command.cluster, command.cluster.empty() ? "is" : " is",
                             " in namespace ", connection->name_space));
  }
  if (command.output == "json") std::cout << told.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  return kDone;
}

int History(const Reach& reach, const HistoryCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  const absl::StatusOr<Json> cluster =
      connection->kubernetes->Get(executors::kCassandraClusters, connection->name_space, command.cluster);
  if (!cluster.ok()) return Fail(cluster.status());
  executors::ConfigMapLedger store(connection->kubernetes.get(), connection->name_space, command.cluster,
                                   TextAt(*cluster, {"metadata", "uid"}));
  const absl::StatusOr<v1::Ledger> ledger = store.Load();
  if (!ledger.ok()) return Fail(ledger.status());
  if (command.output == "json") {
    std::cout << WriteJson(*ledger);
    return kDone;
  }
  for (const v1::StartedAction& one : ledger->started()) {
    std::cout << When(one.started_at_seconds()) << "  " << KindName(one.kind()) << " " << Where(one.target())
              << "  attempt " << one.attempt() << ", "
              << (one.state() == v1::STARTED_STATE_FAILED      ? "failed: " + one.message()
                  : one.state() == v1::STARTED_STATE_TIMED_OUT ? "timed out"
                                                               : "in flight")
              << "\n";
  }
  for (const v1::FinishedOperation& one : ledger->operations()) {
    std::cout << When(one.at_seconds()) << "  " << KindName(one.kind()) << " " << Where(one.target()) << "  "
              << (one.failed() ? "failed: " + one.message() : "done") << "\n";
  }
  for (const v1::LeftMember& one : ledger->left()) {
    std::cout << When(one.at_seconds()) << "  left the ring: " << one.host_id() << " of " << Where(one.slot()) << "\n";
  }
  for (const v1::CleanupOwed& one : ledger->cleanup_owed()) {
    std::cout << "owed: cleanup of " << Where(one.target()) << "\n";
  }
  for (const v1::UpgradeOwed& one : ledger->upgrade_owed()) {
    std::cout << "owed: upgradesstables of " << Where(one.target()) << "\n";
  }
  for (const v1::RebuildOwed& one : ledger->rebuild_owed()) {
    std::cout << "owed: " << (one.source_datacenter().empty() ? "repair" : "rebuild") << " of " << one.keyspace()
              << " on " << Where(one.target()) << "\n";
  }
  for (const v1::Approval& one : ledger->approvals()) {
    std::cout << When(one.at_seconds()) << "  approved by " << one.by() << ": plan " << one.plan_fingerprint() << "\n";
  }
  std::cout << "version " << ledger->version() << ", last written " << When(ledger->now_seconds()) << "\n";
  return kDone;
}

// The approval is written only for the plan that was read: what the plan is now must have its fingerprint.
int Approve(const Reach& reach, const ApproveCommand& command) {
  const absl::StatusOr<Connection> connection = Connect(reach);
  if (!connection.ok()) return Fail(connection.status());
  LookCommand look;
  look.cluster = command.cluster;
  look.jolokia = command.jolokia;
  const absl::StatusOr<Live> live = Collect(*connection, look);
  if (!live.ok()) return Fail(live.status());
  for (const std::string& missing : live->collected.missing) std::cerr << "missing: " << missing << "\n";
  v1::Sources sources;
  sources.mutable_desired()->set_name(command.cluster);
  sources.mutable_desired()->set_text(executors::ToText(live->cluster));
  for (const dump::DumpFile& file : live->collected.files) {
    v1::SourceFile* part = sources.add_dump();
    part->set_name(file.name);
    part->set_text(file.text);
  }
  sources.set_now_seconds(Now());
  dump::SourcesResult read = dump::ReadSources(sources);
  if (!read.problems.empty()) return Fail(FormatProblem(read.problems.front()));
  *read.read.mutable_request()->mutable_ledger() = live->ledger;
  const absl::StatusOr<v1::PlanResponse> plan = Plan(read.read.request());
  if (!plan.ok()) return Fail(plan.status());
  if (plan->plan_fingerprint() != command.fingerprint) {
    return Fail(absl::StrCat("the plan is another one by now (", plan->plan_fingerprint(),
                             "); read it: kubectl casskop plan ", command.cluster));
  }
  v1::Ledger ledger = live->ledger;
  v1::Approval* approval = ledger.add_approvals();
  approval->set_plan_fingerprint(command.fingerprint);
  for (const v1::Action& action : plan->plan().actions()) approval->add_action_ids(action.id());
  const char* user = std::getenv("USER");
  approval->set_by(!command.by.empty() ? command.by : user == nullptr ? "somebody" : user);
  approval->set_at_seconds(Now());
  ledger.set_version(live->ledger.version() + 1);
  executors::ConfigMapLedger store(connection->kubernetes.get(), connection->name_space, command.cluster,
                                   TextAt(live->cluster, {"metadata", "uid"}));
  const absl::StatusOr<v1::LedgerStored> stored = store.Store(ledger, live->ledger.version());
  if (!stored.ok()) return Fail(stored.status());
  if (!stored->stored()) return Fail("the operator wrote its ledger meanwhile; approve again");
  std::cout << "approved: plan " << command.fingerprint << " of " << command.cluster << ", "
            << approval->action_ids_size() << " actions\n";
  return kDone;
}

}  // namespace cassplan::plugin
