// What include/cassplan/executor.h promises, as checks that any executor can be put through, in any test framework.
#ifndef CASSPLAN_LIB_EXECUTORS_CONFORMANCE_H_
#define CASSPLAN_LIB_EXECUTORS_CONFORMANCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cassplan/executor.h"

namespace cassplan::executors {

struct ConformanceCase {
  // A new executor, with whatever it reaches behind it; every check gets its own.
  std::function<std::unique_ptr<Executor>()> make;
  // A start that succeeds soon, and how often its effect has happened so far, over all executors that were made.
  v1::StartAction succeeds;
  std::function<int()> effects;
  // One that fails soon.
  v1::StartAction fails;
  // One that runs until it is cancelled. Leave its action's id empty where there is none.
  v1::StartAction hangs;
  int64_t wait_ms = 10000;  // "soon"
};

// The promises that are broken, a line each; empty: it conforms. The host's clock is the system's.
std::vector<std::string> CheckConformance(const ConformanceCase& c);

}  // namespace cassplan::executors

#endif  // CASSPLAN_LIB_EXECUTORS_CONFORMANCE_H_
