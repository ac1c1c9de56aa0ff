#include "lib/executors/shared_lists.h"

namespace cassplan::executors {

absl::StatusOr<std::shared_ptr<const Json>> SharedLists::List(const Resource& resource, const std::string& name_space) {
  std::unique_lock<std::mutex> lock(mutex_);
  Kind& kind = kinds_[{resource.plural, name_space}];
  // One that runs already may have read before we asked.
  const int64_t wanted = kind.begun + 1;
  while (kind.done < wanted) {
    if (kind.running) {
      changed_.wait(lock);
      continue;
    }
    kind.running = true;
    const int64_t number = ++kind.begun;
    lock.unlock();
    absl::StatusOr<Json> list = kubernetes_.List(resource, name_space);
    const absl::Status status = list.status();
    std::shared_ptr<const Json> whole = status.ok() ? std::make_shared<const Json>(*std::move(list)) : nullptr;
    lock.lock();
    if (whole != nullptr) {
      kind.answer = std::move(whole);
    } else {
      kind.answer = status;
    }
    kind.done = number;
    kind.running = false;
    changed_.notify_all();
  }
  return kind.answer;
}

}  // namespace cassplan::executors
