#include "examples/operator/controller.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "examples/operator/finalizer.h"
#include "examples/operator/log.h"

namespace cassplan::host {
namespace {

using executors::At;
using executors::Json;
using executors::TextAt;

const executors::Resource* const kWatched[] = {&executors::kCassandraClusters, &executors::kStatefulSets,
                                               &executors::kPods, &executors::kClaims, &executors::kConfigMaps};

// A status that we wrote ourselves is no change.
std::string WhatCounts(const Json& object) {
  Json what = {{"generation", executors::IntegerAt(object, {"metadata", "generation"})},
               {"deleted", TextAt(object, {"metadata", "deletionTimestamp"})}};
  for (const char* part : {"annotations", "labels"}) {
    if (const Json* found = At(object, {"metadata", part})) what[part] = *found;
  }
  if (const Json* seeds = At(object, {"status", "seedlist"})) what["seeds"] = *seeds;
  return executors::ToText(what);
}

// Pauses between 0.5 and 1 times `ms`, so that many operators do not come back at once.
int64_t Jittered(int64_t ms) {
  thread_local std::minstd_rand random(std::random_device{}());
  return ms / 2 + static_cast<int64_t>(random() % static_cast<uint64_t>(ms / 2 + 1));
}

}  // namespace

Controller::Controller(executors::KubernetesClient* kubernetes, executors::JolokiaClient* jolokia, Metrics* metrics,
                       ControllerOptions options)
    : kubernetes_(*kubernetes),
      lists_(kubernetes),
      jolokia_(*jolokia),
      metrics_(*metrics),
      options_(std::move(options)) {}

void Controller::Start() {
  for (const executors::Resource* resource : kWatched) {
    watches_.emplace_back([this, resource] { Watch(*resource); });
  }
}

void Controller::Stop() {
  stopped_ = true;
  kubernetes_.StopReads();
  jolokia_.StopReads();
  for (std::thread& watch : watches_) watch.join();
  watches_.clear();
  const std::lock_guard<std::mutex> lock(mutex_);
  // All are told first: each may take some seconds.
  for (const auto& [name, loop] : loops_) loop->Stop();
  loops_.clear();
  for (auto& [thread, done] : leaving_) thread.join();
  leaving_.clear();
}

bool Controller::Healthy() {
  const int64_t limit = options_.reconcile.idle_seconds + options_.stuck_seconds;
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::all_of(loops_.begin(), loops_.end(),
                     [&](const auto& named) { return named.second->SilentSeconds() < limit; });
}

void Controller::Watch(const executors::Resource& resource) {
  bool counted = false;
  int64_t pause = 250;
  while (!stopped_) {
    const auto begun = std::chrono::steady_clock::now();
    const absl::Status status = WatchOnce(resource, &counted);
    if (stopped_) return;
    if (std::chrono::steady_clock::now() - begun > std::chrono::minutes(1)) pause = 250;  // it went well for a while
    if (status.ok() || absl::IsOutOfRange(status)) {  // 410: what we knew is too old; list again, and at once
      pause = 250;
      continue;
    }
    Log(LogLevel::kWarning, "the watch ended", {{"what", resource.plural}, {"why", std::string(status.message())}});
    for (int64_t slept = 0, wait = Jittered(pause); slept < wait && !stopped_; slept += 50) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    pause = std::min<int64_t>(2 * pause, 15000);
  }
}

// Lists, then watches from there for as long as that goes well.
absl::Status Controller::WatchOnce(const executors::Resource& resource, bool* counted) {
  const bool clusters = &resource == &executors::kCassandraClusters;
  const absl::StatusOr<Json> list = kubernetes_.List(resource, options_.name_space);
  if (!list.ok()) return list.status();
  if (clusters) {
    OnList((*list)["items"]);
  } else {
    for (const Json& item : (*list)["items"]) OnObject(item);
  }
  if (!std::exchange(*counted, true)) ++listed_;
  executors::WatchOptions watch;
  watch.name_space = options_.name_space;
  watch.resource_version = TextAt(*list, {"metadata", "resourceVersion"});
  watch.seconds = options_.watch_seconds;
  watch.stop = &stopped_;
  while (!stopped_) {
    const absl::Status status = kubernetes_.Watch(resource, &watch, [&](const executors::WatchEvent& event) {
      if (clusters) {
        OnCluster(event.object, event.type == "DELETED");
      } else {
        OnObject(event.object);
      }
    });
    // The server ended it in good order: on from the last version that was seen. After anything else what there is may
    // be another than what was told.
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void Controller::OnList(const Json& items) {
  std::set<std::string> there;
  for (const Json& item : items) {
    there.insert(TextAt(item, {"metadata", "name"}));
    OnCluster(item, false);
  }
  std::vector<std::string> gone;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [name, loop] : loops_) {
      if (!there.contains(name)) gone.push_back(name);
    }
  }
  for (const std::string& name : gone) Remove(name);
}

void Controller::Remove(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  seen_.erase(name);
  const auto found = loops_.find(name);
  if (found == loops_.end()) return;
  found->second->Stop();
  auto done = std::make_shared<std::atomic<bool>>(false);
  std::thread thread([done, loop = std::shared_ptr<ClusterLoop>(std::move(found->second))]() mutable {
    loop.reset();  // waits for what it is doing
    *done = true;
  });
  loops_.erase(found);
  metrics_.Clusters(static_cast<int>(loops_.size()));
  for (auto it = leaving_.begin(); it != leaving_.end();) {
    if (!*it->second) {
      ++it;
      continue;
    }
    it->first.join();
    it = leaving_.erase(it);
  }
  leaving_.emplace_back(std::move(thread), std::move(done));
}

// Tried some times with what there is then; after that with the next list.
void Controller::LetGo(const std::string& name) {
  absl::Status status;
  for (int attempt = 0; attempt < 5 && !stopped_; ++attempt) {
    const absl::StatusOr<Json> live = kubernetes_.Get(executors::kCassandraClusters, options_.name_space, name);
    if (absl::IsNotFound(live.status())) return;
    status = live.ok() ? DeleteClaims(&kubernetes_, *live) : live.status();
    if (status.ok()) {
      Log(LogLevel::kInfo, "lets go", {{"cluster", name}, {"namespace", options_.name_space}});
      return;
    }
    for (int64_t slept = 0; slept < 1000 && !stopped_; slept += 50) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  Log(LogLevel::kWarning, "the claims of a deleted cluster were not deleted",
      {{"cluster", name}, {"why", std::string(status.message())}});
}

void Controller::OnCluster(const Json& object, bool deleted) {
  const std::string name = TextAt(object, {"metadata", "name"});
  const std::string uid = TextAt(object, {"metadata", "uid"});
  // What is being deleted is left to Kubernetes, but for its claims: nothing is decommissioned for it.
  if (deleted || !TextAt(object, {"metadata", "deletionTimestamp"}).empty()) {
    Remove(name);
    if (!deleted) LetGo(name);
    return;
  }
  bool other = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = loops_.find(name);
    other = found != loops_.end() && found->second->uid() != uid;
  }
  if (other) Remove(name);  // deleted and made again meanwhile
  const std::lock_guard<std::mutex> lock(mutex_);
  if (std::string what = WhatCounts(object); what != seen_[name]) {
    seen_[name] = std::move(what);
    if (const auto found = loops_.find(name); found != loops_.end()) found->second->Wake();
  }
  if (loops_.contains(name) || stopped_) return;
  LoopOptions loop;
  loop.name_space = options_.name_space;
  loop.name = name;
  loop.uid = uid;
  loop.reconcile = options_.reconcile;
  loop.login = options_.login;
  loop.commands = options_.commands;
  loops_[name] = std::make_unique<ClusterLoop>(&kubernetes_, &lists_, &jolokia_, &metrics_, std::move(loop));
  metrics_.Clusters(static_cast<int>(loops_.size()));
}

// Somebody else may have written the ledger: an approval comes so.
void Controller::OnLedger(const Json& config_map) {
  const std::string cluster = TextAt(config_map, {"metadata", "labels", "cassandracluster"});
  if (TextAt(config_map, {"metadata", "name"}) != executors::ConfigMapLedger::NameOf(cluster)) return;
  const Json ledger = Json::parse(TextAt(config_map, {"data", "ledger"}), nullptr, false);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = loops_.find(cluster); found != loops_.end()) {
    found->second->LedgerIs(executors::IntegerAt(ledger, {"version"}));
  }
}

void Controller::OnObject(const Json& object) {
  if (TextAt(object, {"kind"}) == executors::kConfigMaps.kind) return OnLedger(object);
  const std::string cluster = TextAt(object, {"metadata", "labels", "cassandracluster"});
  if (cluster.empty()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = loops_.find(cluster); found != loops_.end()) found->second->Wake();
}

}  // namespace cassplan::host
