// What must be true of a plan, however its texts and ids change: the lines of a case's expect.txt.
//
//   outcome <name>                            planned, blocked, refused, in_progress, converged
//   action <kind> <target> [ready|waits]      the plan has it, and it may start now or not
//   no <kind> [<target>]                      the plan has none such; a target also stands for all that is in it
//   only <kind> ...                           the plan has actions of these kinds and of no others; alone: no actions
//   count <kind> <n>                          it has n of them
//   before <kind> <target> <kind> <target>    the second cannot start before the first is done
//   width <kind> <target> <n>                 at most n such run at once: the least room of the pools that it needs
//   force <kind> <target>                     it skips Cassandra's own check
//   held <kind> <target> by <guard>           it is wanted, and this guard holds it
//   not-held <kind> [<target>]                nothing such is held
//   finding <rule> <text>                     a finding of this rule whose message contains the text
//   nothing-ready                             no action may start now
//
// A target is dc1/rack1/0, dc1/rack1/0:keyspace, dc1/rack1, dc1, a name, or "-" when there is none. Empty lines and
// those with # do not count.
#ifndef CASSPLAN_TESTS_GOLDEN_EXPECTATIONS_H_
#define CASSPLAN_TESTS_GOLDEN_EXPECTATIONS_H_

#include <string>
#include <vector>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::golden {

// The lines of `expectations` that are not true of the response; a line that is not understood is one of them, and a
// text without any line gives one too.
std::vector<std::string> Unmet(const std::string& expectations, const v1::PlanResponse& response);

}  // namespace cassplan::golden

#endif  // CASSPLAN_TESTS_GOLDEN_EXPECTATIONS_H_
