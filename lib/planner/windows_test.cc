#include "lib/planner/windows.h"

#include <gtest/gtest.h>

namespace cassplan::planner {
namespace {

// Monday 2026-11-23, 00:00 UTC.
constexpr int64_t kMonday = 1'795'392'000;
constexpr int64_t kHour = 3'600;
constexpr int64_t kDay = 86'400;

Action Of(Kind kind) {
  Action a;
  a.kind = kind;
  return a;
}

Window On(uint32_t days, int64_t start, int64_t duration) {
  Window w;
  w.days = days;
  w.start = start;
  w.duration = duration;
  return w;
}

TEST(Windows, NoneIsAlwaysOpen) {
  EXPECT_EQ(NextOpening({}, Of(Kind::kRestartNode), kMonday), 0);
  EXPECT_FALSE(HasWindow({}, Of(Kind::kRestartNode)));
}

TEST(Windows, OpensAndCloses) {
  const std::vector<Window> windows = {On(kEveryDay, 2 * kHour, 3 * kHour)};
  const Action restart = Of(Kind::kRestartNode);
  EXPECT_EQ(NextOpening(windows, restart, kMonday), kMonday + 2 * kHour);
  EXPECT_EQ(NextOpening(windows, restart, kMonday + 2 * kHour - 1), kMonday + 2 * kHour);
  EXPECT_EQ(NextOpening(windows, restart, kMonday + 2 * kHour), 0);
  EXPECT_EQ(NextOpening(windows, restart, kMonday + 5 * kHour - 1), 0);
  EXPECT_EQ(NextOpening(windows, restart, kMonday + 5 * kHour), kMonday + kDay + 2 * kHour);
}

TEST(Windows, OnADayOfTheWeek) {
  const std::vector<Window> sunday = {On(1U << 7, 22 * kHour, 4 * kHour)};
  const Action restart = Of(Kind::kRestartNode);
  EXPECT_EQ(NextOpening(sunday, restart, kMonday), 0) << "it opened on Sunday evening";
  EXPECT_EQ(NextOpening(sunday, restart, kMonday + 2 * kHour), kMonday + 6 * kDay + 22 * kHour);
  const std::vector<Window> monday = {On(1U << 1, 0, 60)};
  EXPECT_EQ(NextOpening(monday, restart, kMonday + 59), 0);
  EXPECT_EQ(NextOpening(monday, restart, kMonday + 60), kMonday + 7 * kDay);
}

TEST(Windows, AWeekLong) {
  const std::vector<Window> windows = {On(1U << 2, 0, 7 * kDay)};
  for (int64_t day = 0; day < 7; ++day) {
    EXPECT_EQ(NextOpening(windows, Of(Kind::kDecommission), kMonday + day * kDay), 0) << day;
  }
}

TEST(Windows, TheEarliestOfSeveral) {
  const std::vector<Window> windows = {On(1U << 3, 0, 60), On(1U << 2, 0, 60)};
  EXPECT_EQ(NextOpening(windows, Of(Kind::kDrain), kMonday), kMonday + kDay);
}

TEST(Windows, WhatTheyAreAbout) {
  const std::vector<Window> any = {On(kEveryDay, 2 * kHour, 60)};
  for (const Kind kind :
       {Kind::kRestartNode, Kind::kDrain, Kind::kDecommission, Kind::kStartNode, Kind::kReplaceNode}) {
    EXPECT_NE(NextOpening(any, Of(kind), kMonday), 0) << KindName(kind);
  }
  for (const Kind kind : {Kind::kCleanup, Kind::kUpdateRack, Kind::kFlush, Kind::kRepair}) {
    EXPECT_EQ(NextOpening(any, Of(kind), kMonday), 0) << KindName(kind);
  }
  Window repairs = On(kEveryDay, 2 * kHour, 60);
  repairs.kinds.Add(Kind::kRepair);
  EXPECT_NE(NextOpening({repairs}, Of(Kind::kRepair), kMonday), 0);
  EXPECT_EQ(NextOpening({repairs}, Of(Kind::kRestartNode), kMonday), 0);
  Window drains = On(kEveryDay, 2 * kHour, 60);
  drains.kinds.Add(Kind::kDrain);
  Action restart = Of(Kind::kRestartNode);
  EXPECT_EQ(NextOpening({drains}, restart, kMonday), 0);
  restart.drain = 0;
  EXPECT_NE(NextOpening({drains}, restart, kMonday), 0) << "its drain comes first";
}

TEST(Windows, Instants) {
  EXPECT_EQ(Instant(kMonday + 2 * kHour + 5 * 60 + 7), "2026-11-23T02:05:07Z");
  EXPECT_EQ(Instant(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(Instant(951'782'399), "2000-02-28T23:59:59Z");
  EXPECT_EQ(Instant(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(Instant(4'107'542'400), "2100-03-01T00:00:00Z");  // no leap year
  EXPECT_EQ(Instant(253'402'300'799), "9999-12-31T23:59:59Z");
  EXPECT_EQ(Instant(253'402'300'800), "253402300800 s since 1970");
}

}  // namespace
}  // namespace cassplan::planner
