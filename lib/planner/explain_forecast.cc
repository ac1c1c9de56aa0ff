// Start and finish of every planned action: predecessors, sections and the room in pools, with the high estimate of
// each cost. For display only.
#include <algorithm>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "lib/planner/explain.h"

namespace cassplan::planner {
namespace {

// Places of one pool, by the time at which each is free again.
using Places = std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>>;

}  // namespace

void Forecast(const Model& m, const std::vector<Action>& actions, const Schedule& schedule,
              const std::vector<v1::Action*>& written, const v1::Plan& plan) {
  const Resources resources(m);
  const size_t count = static_cast<size_t>(resources.count());
  std::vector<int64_t> closed(count, 0);   // when the sections before the current one are done
  std::vector<int64_t> current(count, 0);  // when the current section is done, as far as it is known
  std::vector<int32_t> number(count, 0);
  std::vector<int64_t> finish(actions.size(), 0);
  std::map<absl::string_view, Places> pools;
  for (const v1::Pool& pool : plan.pools()) {
    Places places;
    for (int32_t i = 0; i < std::min(pool.capacity(), static_cast<int32_t>(actions.size()) + 1); ++i) places.push(0);
    pools[pool.id()] = std::move(places);
  }
  for (const ActionIndex i : schedule.order) {
    const Action& a = actions[static_cast<size_t>(i)];
    v1::Action* out = written[static_cast<size_t>(i)];
    if (out == nullptr) continue;
    int64_t start = std::max<int64_t>(0, out->not_before_seconds() - m.now);
    for (const ActionIndex p : a.hard) start = std::max(start, finish[static_cast<size_t>(p)]);
    for (const Membership& ms : schedule.memberships[static_cast<size_t>(i)]) {
      const size_t r = static_cast<size_t>(ms.resource);
      if (ms.number > number[r]) {
        number[r] = ms.number;
        closed[r] = current[r];
      }
      start = std::max(start, closed[r]);
    }
    const int64_t low = out->cost().seconds_low();
    const int64_t duration = (low + out->cost().seconds_high()) / 2;
    // A restart goes on in the place that its drain took.
    if (a.drain < 0 && out->pools_size() > 0) {
      Places& places = pools[out->pools(0)];
      if (!places.empty()) {
        start = std::max(start, places.top());
        places.pop();
      }
    }
    finish[static_cast<size_t>(i)] = start + duration;
    const bool keeps_place = a.in_unit;
    if (out->pools_size() > 0 && !keeps_place) pools[out->pools(0)].push(start + duration);
    out->set_forecast_start_seconds(start);
    out->set_forecast_finish_seconds(start + duration);
    for (const Membership& ms : schedule.memberships[static_cast<size_t>(i)]) {
      int64_t& done = current[static_cast<size_t>(ms.resource)];
      done = std::max(done, start + duration);
    }
  }
}

}  // namespace cassplan::planner
