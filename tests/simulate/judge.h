// What a run may end with, and what becomes of one that may not: it is made smaller, and written as a transcript.
#ifndef CASSPLAN_TESTS_SIMULATE_JUDGE_H_
#define CASSPLAN_TESTS_SIMULATE_JUDGE_H_

#include <string>
#include <vector>

#include "cassplan/simulate.h"

namespace cassplan::simulate {

// A person may be needed (that is safe), when each held action says what would release it; what is desired may be
// refused, with an error that says why; nothing unsafe, and never without a word.
bool Good(const v1::SimulationResult& result);

// Leaves out faults as long as it still ends otherwise. The rest plays the same: faults are written out, not drawn.
v1::SimulationRequest Smaller(v1::SimulationRequest request, const SimulateHooks& hooks = {});

// A case as the commands of a transcript (docs/scenarios.md), without the run. `without`: plays a planner that lacks
// this guard, to show that what goes wrong is seen.
struct Case {
  std::string name;
  std::vector<std::string> commands;
  std::string without;
};

// The commands as a request. Ends the program when one cannot be read.
v1::SimulationRequest RequestOf(const Case& c);
SimulateHooks HooksOf(const Case& c);

// A case that is not good, made smaller and played to its end, as a transcript that plays it again. Empty: it is good.
std::string Transcript(const Case& c);

// Prints the transcript of a case that is not good, writes it into `folder` (empty: the current one), and says how to
// play it again. Returns the path.
std::string Fail(const Case& c, const std::string& folder);

}  // namespace cassplan::simulate

#endif  // CASSPLAN_TESTS_SIMULATE_JUDGE_H_
