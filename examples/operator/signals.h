// SIGTERM and SIGINT as a flag.
#ifndef CASSPLAN_EXAMPLES_OPERATOR_SIGNALS_H_
#define CASSPLAN_EXAMPLES_OPERATOR_SIGNALS_H_

#include <atomic>
#include <csignal>
#include <thread>

namespace cassplan::host {

// Signals are taken by one thread that waits for them; every other thread has them blocked, so it is made before any.
// The second signal ends the process.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  const std::atomic<bool>& stop() const { return stop_; }

 private:
  void Wait();

  sigset_t set_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace cassplan::host

#endif  // CASSPLAN_EXAMPLES_OPERATOR_SIGNALS_H_
