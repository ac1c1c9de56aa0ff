#include "lib/planner/windows.h"

#include <algorithm>

namespace cassplan::planner {
namespace {

constexpr int64_t kDay = 86'400;

// 1 Monday to 7 Sunday; the first day of time was a Thursday.
int32_t DayOfWeek(int64_t day) { return static_cast<int32_t>((day + 3) % 7) + 1; }

bool IsAbout(const Window& window, const Action& a) {
  if (!window.kinds.empty()) return window.kinds.Has(a.kind) || (a.drain >= 0 && window.kinds.Has(FirstOfUnit(a)));
  return IsDisruption(a.kind) || IsMovement(a.kind) || a.joins;
}

}  // namespace

bool HasWindow(const std::vector<Window>& windows, const Action& a) {
  return std::any_of(windows.begin(), windows.end(), [&](const Window& w) { return IsAbout(w, a); });
}

int64_t NextOpening(const std::vector<Window>& windows, const Action& a, int64_t now) {
  int64_t next = 0;
  bool about = false;
  for (const Window& window : windows) {
    if (!IsAbout(window, a)) continue;
    about = true;
    // A window lasts a week at most, and opens again within a week.
    for (int64_t day = now / kDay - 8; day <= now / kDay + 8; ++day) {
      if (day < 0 || (window.days >> DayOfWeek(day) & 1) == 0) continue;
      const int64_t opens = day * kDay + window.start;
      if (opens <= now && now < opens + window.duration) return 0;
      if (opens > now && (next == 0 || opens < next)) next = opens;
    }
  }
  return about ? next : 0;
}

}  // namespace cassplan::planner
