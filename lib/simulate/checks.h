// Safety at every state of the fake cluster. What a fault breaks is no violation; what an action of the plan breaks is.
#ifndef CASSPLAN_LIB_SIMULATE_CHECKS_H_
#define CASSPLAN_LIB_SIMULATE_CHECKS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cassplan/v1/simulate.pb.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {

class Checker {
 public:
  Checker(World* world, const v1::Policy& policy) : w_(*world), policy_(policy) {}

  // After every event. `started`: what the host's ledger has in flight.
  void State(const v1::Ledger& ledger);
  // Just before an action takes effect: the verifier's invariants on the true state, with all else that is in flight.
  // `evidence`: when the nodes were asked by whose answers its start was decided, and whom most of them saw up.
  struct Evidence {
    int64_t at = 0;
    std::set<std::string> up;
  };
  void Start(const v1::Action& action, const v1::Ledger& ledger, const Evidence& evidence);
  // Rows that a fault has just destroyed are no longer asked for.
  void Forgive();

  int64_t states() const { return states_; }
  bool brief = false;
  std::vector<v1::SimulationSample> samples;
  // By keyspace and datacenter.
  std::map<std::pair<int, int>, v1::SimulationSample> lowest;

 private:
  void Availability(const v1::Ledger& ledger);
  void Data();
  void Movements(const v1::Ledger& ledger);
  void Disks();
  void Orders(const v1::Action& action, int64_t evidence_at);
  void Foreign(const v1::Action& action);
  int Need(int keyspace, int factor) const;

  World& w_;
  const v1::Policy& policy_;
  int64_t states_ = 0;
  std::tuple<int64_t, int64_t, std::string> seen_serving_;
  std::pair<int64_t, int64_t> seen_data_ = {-1, -1};
  std::map<std::pair<int, int>, int> last_up_;
  std::map<int, int64_t> other_when_it_fit_;  // by slot: what else was on its disk
  std::set<int> taken_;  // slots whose nodes served when the plan took them away, and do not serve again yet
};

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_CHECKS_H_
