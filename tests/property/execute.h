// Carries actions out on a test cluster, as an executor and Cassandra would, so that the next observation shows them.
#ifndef CASSPLAN_TESTS_PROPERTY_EXECUTE_H_
#define CASSPLAN_TESTS_PROPERTY_EXECUTE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tests/property/support.h"

namespace cassplan::property {

std::string SlotOf(const v1::Target& target);

// The action is over, and everybody sees it. What only the ledger knows (cleanup and rebuild owed) is written there.
void Finish(const v1::Action& action, Cluster* cluster);
// As Finish, for a host whose ledger has the action in flight: settling it is the planner's.
void ShowFinished(const v1::Action& action, Cluster* cluster);

// The action has begun: a line in the ledger, and (`visible`) what others see of it meanwhile.
void Begin(const v1::Action& action, bool visible, Cluster* cluster);

// What comes back when the planner made no entry: Finish writes what Settle would have.
v1::StartedAction StartedOf(const v1::Action& action);

// Starts something that is ready, or sees something end; plans again; until nothing is left. At every step the verifier
// judges the plan, nothing is planned that the first plan did not have, nothing twice, and nothing that runs is
// forgotten.
class Host {
 public:
  Host(Cluster cluster, uint64_t seed);
  const v1::PlanResponse& first() const { return first_; }
  // Returns the last response.
  v1::PlanResponse Run();

 private:
  void Remember(const v1::PlanResponse& response);
  bool Step(const v1::PlanResponse& response);

  Cluster cluster_;
  Random random_;
  v1::PlanResponse first_;
  std::map<std::string, v1::Action> known_;
  std::map<std::string, v1::Action> running_;
  std::set<std::string> done_;
};

}  // namespace cassplan::property

#endif  // CASSPLAN_TESTS_PROPERTY_EXECUTE_H_
