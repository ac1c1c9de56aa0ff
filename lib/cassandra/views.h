// Views of several nodes become few: those that are equal share one ViewFacts.
#ifndef CASSPLAN_LIB_CASSANDRA_VIEWS_H_
#define CASSPLAN_LIB_CASSANDRA_VIEWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cassplan/v1/observed.pb.h"

namespace cassplan::cassandra {

struct TimedView {
  int64_t observed_at_seconds = 0;
  v1::ViewFacts view;
};

// Sorts viewers and peers by host id (then address), tokens by value; an equal viewer, peer or token is kept once.
void SortView(v1::ViewFacts* view);

// Collects views and keeps one copy of those that say the same. Loads are not compared, since gossip brings them about
// at different moments: each peer gets the largest load that any view has for it.
class ViewMerger {
 public:
  void Add(TimedView view);

  // Views that say the same and are at most `kTogetherSeconds` apart become one, as old as the oldest of them. Sorted
  // by first viewer, then time. The merger is empty afterwards.
  std::vector<TimedView> Take();

  static constexpr int64_t kTogetherSeconds = 60;

 private:
  // Content without viewers and loads -> (time, viewers).
  std::map<std::string, std::vector<std::pair<int64_t, std::vector<std::string>>>> groups_;
  std::map<std::string, int64_t> loads_;  // by host id
};

}  // namespace cassplan::cassandra

#endif  // CASSPLAN_LIB_CASSANDRA_VIEWS_H_
