#include "lib/planner/windows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace cassplan::planner {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kLastSecond = 253'402'300'799;  // of the year 9999

// 1 Monday to 7 Sunday; the first day of time was a Thursday.
int32_t DayOfWeek(int64_t day) { return static_cast<int32_t>((day + 3) % 7) + 1; }

bool IsAbout(const Window& window, const Action& a) {
  if (!window.kinds.empty()) return window.kinds.Has(a.kind) || (a.drain >= 0 && window.kinds.Has(FirstOfUnit(a)));
  return IsDisruption(a.kind) || IsMovement(a.kind) || a.joins;
}

bool IsLeap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int32_t DaysIn(int32_t year, int32_t month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::string TwoDigits(int64_t n) { return absl::StrCat(n / 10, n % 10); }

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

std::string Instant(int64_t unix_seconds) {
  if (unix_seconds < 0 || unix_seconds > kLastSecond) return absl::StrCat(unix_seconds, " s since 1970");
  int64_t days = unix_seconds / kDay;
  int32_t year = 1970;
  for (; days >= (IsLeap(year) ? 366 : 365); ++year) days -= IsLeap(year) ? 366 : 365;
  int32_t month = 1;
  for (; days >= DaysIn(year, month); ++month) days -= DaysIn(year, month);
  const int64_t second = unix_seconds % kDay;
  return absl::StrCat(year, "-", TwoDigits(month), "-", TwoDigits(days + 1), "T", TwoDigits(second / 3600), ":",
                      TwoDigits(second / 60 % 60), ":", TwoDigits(second % 60), "Z");
}

}  // namespace cassplan::planner
