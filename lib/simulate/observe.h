// What sources report of the fake cluster.
#ifndef CASSPLAN_LIB_SIMULATE_OBSERVE_H_
#define CASSPLAN_LIB_SIMULATE_OBSERVE_H_

#include <cstdint>
#include <set>
#include <string>

#include "cassplan/v1/observed.pb.h"
#include "lib/simulate/world.h"

namespace cassplan::simulate {

// After so many seconds everybody has heard of a change: gossip for news, the failure detector for silence.
inline constexpr int64_t kGossipSettles = 40;

struct Sight {
  // Everybody knows everything at once, but that a node went down in the last so many seconds.
  bool truth = false;
  int64_t grace = 0;
  int no_grace = -1;              // but of this slot they know
  int no_grace_member = -1;       // and of this member: a quarantine leaves it without a slot
  bool told_up = false;           // the evidence showed that one up
  std::set<std::string> missing;  // sources that answer with an error
  std::set<int> split;            // slots whose nodes see all others down
};

// Members that most of those who were asked saw up.
std::set<std::string> SeenUp(const v1::Observed& observed);

v1::Observed Observe(World& world, int64_t now_seconds, const Sight& sight);

}  // namespace cassplan::simulate

#endif  // CASSPLAN_LIB_SIMULATE_OBSERVE_H_
