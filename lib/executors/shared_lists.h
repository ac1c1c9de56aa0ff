// Lists of objects for many who look at once: one request serves all who asked before it began, so that a hundred
// clusters of one namespace cost the API server what a few do.
#ifndef CASSPLAN_LIB_EXECUTORS_SHARED_LISTS_H_
#define CASSPLAN_LIB_EXECUTORS_SHARED_LISTS_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/executors/kubernetes.h"

namespace cassplan::executors {

// Threads: any number at once.
class SharedLists {
 public:
  // The client lives longer.
  explicit SharedLists(KubernetesClient* kubernetes) : kubernetes_(*kubernetes) {}

  // As KubernetesClient::List: nothing in it is older than the call.
  absl::StatusOr<std::shared_ptr<const Json>> List(const Resource& resource, const std::string& name_space);

 private:
  struct Kind {
    int64_t begun = 0;  // requests so far
    int64_t done = 0;   // the newest one that has an answer
    bool running = false;
    absl::StatusOr<std::shared_ptr<const Json>> answer = absl::UnavailableError("not asked yet");
  };

  KubernetesClient& kubernetes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<std::string, std::string>, Kind> kinds_;  // by plural and namespace
};

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_SHARED_LISTS_H_
