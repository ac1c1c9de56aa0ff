#include "lib/executors/collect.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/kubernetes/names.h"

namespace cassplan::executors {
namespace {

struct Wanted {
  const Resource* resource;
  bool optional;
};

constexpr Wanted kWanted[] = {{&kCassandraClusters, false},
                              {&kStatefulSets, false},
                              {&kPods, false},
                              {&kClaims, false},
                              {&kServices, false},
                              {&kBudgets, false},
                              {&kNodes, true},
                              {&kStorageClasses, true},
                              {&kQuotas, true},
                              {&kControllerRevisions, true}};

bool IsClusters(const Json& item, const CollectOptions& options, const char* kind) {
  return TextAt(item, {"kind"}) == kind && TextAt(item, {"metadata", "namespace"}) == options.name_space;
}

std::string SecretName(const ObjectLists& objects, const CollectOptions& options) {
  for (const Json& item : objects.items) {
    if (IsClusters(item, options, kubernetes::kKind) && TextAt(item, {"metadata", "name"}) == options.cluster) {
      return TextAt(item, {"spec", "imageJolokiaSecret", "name"});
    }
  }
  return "";
}

// Pods of the cluster that have an address, by name.
std::map<std::string, std::string> Addresses(const ObjectLists& objects, const CollectOptions& options) {
  std::map<std::string, std::string> addresses;
  for (const Json& item : objects.items) {
    if (!IsClusters(item, options, "Pod")) continue;
    if (TextAt(item, {"metadata", "labels", kubernetes::kClusterLabel}) != options.cluster) continue;
    const std::string address = TextAt(item, {"status", "podIP"});
    if (!address.empty()) addresses[TextAt(item, {"metadata", "name"})] = address;
  }
  return addresses;
}

}  // namespace

void RunAll(const std::vector<std::function<void()>>& tasks, int at_once) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::vector<std::thread> threads;
  const size_t count = std::min(tasks.size(), static_cast<size_t>(std::max(1, at_once)));
  for (size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

absl::StatusOr<ObjectLists> ListObjects(KubernetesClient* client, const std::string& name_space, int64_t now_seconds) {
  constexpr size_t kCount = std::size(kWanted);
  std::vector<absl::StatusOr<Json>> lists(kCount, absl::UnknownError("not asked"));
  std::vector<std::function<void()>> tasks;
  for (size_t i = 0; i < kCount; ++i) {
    tasks.push_back([&lists, i, client, &name_space] { lists[i] = client->List(*kWanted[i].resource, name_space); });
  }
  RunAll(tasks, 4);
  ObjectLists objects;
  objects.asked_at_seconds = now_seconds;
  for (size_t i = 0; i < kCount; ++i) {
    if (!lists[i].ok()) {
      const bool forbidden = absl::IsPermissionDenied(lists[i].status());
      if (kWanted[i].optional && forbidden) continue;
      return lists[i].status();
    }
    for (Json& item : (*lists[i])["items"]) objects.items.push_back(std::move(item));
  }
  return objects;
}

absl::StatusOr<JolokiaLogin> ReadLogin(KubernetesClient* client, const std::string& name_space,
                                       const std::string& secret) {
  JolokiaLogin login;
  if (secret.empty()) return login;
  const absl::StatusOr<Json> object = client->Get(kSecrets, name_space, secret);
  if (!object.ok()) return object.status();
  const bool good = absl::Base64Unescape(TextAt(*object, {"data", "username"}), &login.username) &&
                    absl::Base64Unescape(TextAt(*object, {"data", "password"}), &login.password);
  if (!good || login.username.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("Secret ", secret, " needs the keys username and password"));
  }
  return login;
}

Collected Collect(KubernetesClient* client, JolokiaClient* jolokia, const ObjectLists& objects,
                  const CollectOptions& options) {
  Collected out;
  const Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"metadata", Json::object()}, {"items", objects.items}};
  out.files.push_back({"kubernetes.json", ToText(list)});
  out.files.push_back({"dump.json", ToText({{"observed_at_seconds", objects.asked_at_seconds}})});
  const std::map<std::string, std::string> addresses = Addresses(objects, options);
  const absl::StatusOr<JolokiaLogin> login = ReadLogin(client, options.name_space, SecretName(objects, options));
  std::mutex mutex;
  std::vector<std::function<void()>> tasks;
  for (const auto& [pod, address] : addresses) {
    tasks.push_back([&, pod = pod, address = address] {
      absl::StatusOr<std::string> answer =
          login.ok() ? jolokia->Read(address, *login, objects.asked_at_seconds) : login.status();
      const std::lock_guard<std::mutex> lock(mutex);
      if (answer.ok()) {
        out.files.push_back({absl::StrCat("jolokia/", pod, ".json"), *std::move(answer)});
      } else {
        out.unreachable[pod] = std::string(answer.status().message());
      }
    });
  }
  RunAll(tasks, options.nodes_at_once);
  return out;
}

}  // namespace cassplan::executors
