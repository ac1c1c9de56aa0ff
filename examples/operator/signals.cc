#include "examples/operator/signals.h"

#include <cstdlib>

#include "examples/operator/log.h"

namespace cassplan::host {

Signals::Signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { Wait(); });
}

Signals::~Signals() {
  done_ = true;
  thread_.join();
}

void Signals::Wait() {
  const timespec tick = {0, 100'000'000};
  while (!done_) {
    const int signal = sigtimedwait(&set_, nullptr, &tick);
    if (signal < 0) continue;
    if (stop_) std::_Exit(1);  // asked for twice
    Log(LogLevel::kInfo, "stops", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    stop_ = true;
  }
}

}  // namespace cassplan::host
