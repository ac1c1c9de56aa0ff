#include "lib/executors/cluster.h"

#include <chrono>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/dump/sources.h"
#include "lib/executors/collect.h"
#include "lib/executors/hands.h"

namespace cassplan::executors {
namespace {

int64_t SystemSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

ClusterOptions WithClock(ClusterOptions options) {
  if (!options.now) options.now = SystemSeconds;
  return options;
}

// Reading what a cluster told takes many times its size: one cluster at a time, so that hundreds of them do not take
// hundreds of times that at once.
std::mutex& Reading() {
  static auto* mutex = new std::mutex();
  return *mutex;
}

v1::Sources SourcesOf(const Json& cluster, Collected collected, int64_t now) {
  v1::Sources sources;
  sources.mutable_desired()->set_name(absl::StrCat("CassandraCluster ", TextAt(cluster, {"metadata", "name"})));
  sources.mutable_desired()->set_text(ToText(cluster));
  for (dump::DumpFile& file : collected.files) {
    v1::SourceFile* part = sources.add_dump();
    part->set_name(file.name);
    part->set_text(std::move(file.text));
  }
  sources.set_now_seconds(now);
  return sources;
}

}  // namespace

ClusterExecutor::ClusterExecutor(KubernetesClient* kubernetes, SharedLists* lists, JolokiaClient* jolokia,
                                 ClusterOptions options)
    : kubernetes_(kubernetes),
      lists_(lists),
      jolokia_(jolokia),
      options_(WithClock(std::move(options))),
      look_(std::make_shared<ClusterLook>()),
      login_(options_.login),
      operations_([this](const v1::StartAction& start, const std::atomic<bool>& stop) { return Work(start, stop); },
                  options_.now) {}

v1::Capabilities ClusterExecutor::GetCapabilities() const {
  v1::Capabilities capabilities;
  for (int kind = v1::ActionKind_MIN; kind <= v1::ActionKind_MAX; ++kind) {
    if (v1::ActionKind_IsValid(kind) && Hands::CanDo(static_cast<v1::ActionKind>(kind))) {
      capabilities.add_kinds(static_cast<v1::ActionKind>(kind));
    }
  }
  return capabilities;
}

std::shared_ptr<const ClusterLook> ClusterExecutor::Look() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return look_;
}

// The password of Jolokia is read anew with every look: it may be changed.
absl::Status ClusterExecutor::ReadLogin(const Json& cluster) {
  const std::string name = TextAt(cluster, {"spec", "imageJolokiaSecret", "name"});
  if (!options_.login.username.empty() || name.empty()) return absl::OkStatus();
  const absl::StatusOr<Json> secret = kubernetes_->Get(kSecrets, options_.name_space, name);
  if (!secret.ok()) return secret.status();
  JolokiaLogin login;
  if (!absl::Base64Unescape(TextAt(*secret, {"data", "username"}), &login.username) ||
      !absl::Base64Unescape(TextAt(*secret, {"data", "password"}), &login.password)) {
    return absl::InvalidArgumentError(absl::StrCat("Secret ", name, " has no username and password in base64"));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  login_ = std::move(login);
  return absl::OkStatus();
}

absl::StatusOr<v1::Observed> ClusterExecutor::Observe() {
  CollectOptions collect;
  collect.cluster = options_.name;
  collect.name_space = options_.name_space;
  collect.now_seconds = options_.now();
  collect.only_this_cluster = true;
  const absl::StatusOr<Json> live = kubernetes_->Get(kCassandraClusters, options_.name_space, options_.name);
  if (!live.ok()) return live.status();
  auto look = std::make_shared<ClusterLook>();
  if (const absl::Status read = ReadLogin(*live); !read.ok()) {
    look->missing.push_back(absl::StrCat("user and password of Jolokia: ", read.message()));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    collect.jolokia_user = login_.username;
    collect.jolokia_password = login_.password;
  }
  absl::StatusOr<Collected> collected = Collect(collect, lists_, jolokia_);
  if (!collected.ok()) return collected.status();
  look->missing.insert(look->missing.end(), collected->missing.begin(), collected->missing.end());
  look->cassandra_cluster = *live;
  std::unique_lock<std::mutex> turn(Reading());
  dump::SourcesResult read =
      dump::ReadSources(SourcesOf(look->cassandra_cluster, *std::move(collected), collect.now_seconds));
  turn.unlock();
  look->findings.assign(read.read.findings().begin(), read.read.findings().end());
  look->problems = read.problems;
  look->observed = read.read.request().observed();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    look_ = look;
  }
  if (!read.problems.empty()) return absl::InvalidArgumentError(FormatProblem(read.problems.front()));
  const std::string wanted =
      absl::StrCat(WriteJsonLine(read.read.request().desired()), WriteJsonLine(read.read.request().policy()));
  if (wanted != wanted_ && options_.on_desired) {
    options_.on_desired(read.read.request().desired(), read.read.request().policy());
  }
  wanted_ = wanted;
  return look->observed;
}

void ClusterExecutor::Start(const v1::StartAction& start, Done done) {
  if (!Hands::CanDo(start.action().kind())) {
    done({Ending::kFailed, absl::StrCat("this executor cannot do ", v1::ActionKind_Name(start.action().kind()))});
    return;
  }
  operations_.Start(start, std::move(done));
}

absl::Status ClusterExecutor::Work(const v1::StartAction& start, const std::atomic<bool>& stop) {
  const std::shared_ptr<const ClusterLook> look = Look();
  JolokiaLogin login;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    login = login_;
  }
  return Hands(kubernetes_, jolokia_, options_, std::move(login), *look, start, stop).Do();
}

}  // namespace cassplan::executors
