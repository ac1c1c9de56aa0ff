#include "lib/planner/releases.h"

#include <gtest/gtest.h>

#include <utility>

namespace cassplan::planner {
namespace {

TEST(Releases, LineIsTheFirstTwoNumbers) {
  EXPECT_EQ(ReleaseLine("4.1.10"), "4.1");
  EXPECT_EQ(ReleaseLine("5.0-beta1"), "5.0");
  EXPECT_EQ(ReleaseLine("3.11"), "3.11");
  EXPECT_EQ(ReleaseLine("latest"), "latest");
  EXPECT_EQ(ReleaseLine(""), "");
}

TEST(Releases, StepsOfTheTable) {
  for (const auto& [from, to] : {std::pair{"3.11", "4.0"},
                                 {"3.11", "4.1"},
                                 {"4.0", "4.1"},
                                 {"4.0", "5.0"},
                                 {"4.1", "5.0"},
                                 {"4.1", "4.1"},
                                 {"7.7", "7.7"}}) {
    EXPECT_TRUE(LegalStep(from, to)) << from << " to " << to;
  }
  for (const auto& [from, to] :
       {std::pair{"3.11", "5.0"}, {"3.0", "5.0"}, {"5.0", "4.1"}, {"4.1", "4.0"}, {"4.1", "6.0"}, {"2.2", "3.11"}}) {
    EXPECT_FALSE(LegalStep(from, to)) << from << " to " << to;
  }
}

TEST(Releases, WayThroughTheTable) {
  EXPECT_EQ(LegalWay("3.11", "5.0"), "4.1, then 5.0");
  EXPECT_EQ(LegalWay("3.0", "5.0"), "4.1, then 5.0");
  EXPECT_EQ(LegalWay("4.0", "5.0"), "5.0");
  EXPECT_EQ(LegalWay("5.0", "4.1"), "");
  EXPECT_EQ(LegalWay("4.1", "6.0"), "");
}

TEST(Releases, OnlyFiveInCassandra4GoesBack) {
  EXPECT_TRUE(CanGoBack({"5.0", "CASSANDRA_4"}, "4.1"));
  EXPECT_TRUE(CanGoBack({"5.0", "CASSANDRA_4"}, "4.0"));
  EXPECT_FALSE(CanGoBack({"5.0", "CASSANDRA_4"}, "3.11"));
  EXPECT_FALSE(CanGoBack({"5.0", "UPGRADING"}, "4.1"));
  EXPECT_FALSE(CanGoBack({"5.0", ""}, "4.1"));  // not known is not CASSANDRA_4
  EXPECT_FALSE(CanGoBack({"4.1", ""}, "4.0"));
  EXPECT_FALSE(CanGoBack({"4.0", ""}, "3.11"));
}

TEST(Releases, PointOfNoReturn) {
  EXPECT_TRUE(NoWayBack({"3.11", ""}, {"4.0", ""}));
  EXPECT_TRUE(NoWayBack({"4.1", ""}, {"5.0", ""}));
  EXPECT_TRUE(NoWayBack({"4.1", ""}, {"5.0", "NONE"}));
  EXPECT_FALSE(NoWayBack({"4.1", ""}, {"5.0", "CASSANDRA_4"}));
  EXPECT_TRUE(NoWayBack({"5.0", "CASSANDRA_4"}, {"5.0", "UPGRADING"}));
  EXPECT_TRUE(NoWayBack({"5.0", ""}, {"5.0", "NONE"}));
  EXPECT_FALSE(NoWayBack({"5.0", "NONE"}, {"5.0", "NONE"}));
  EXPECT_FALSE(NoWayBack({"5.0", "CASSANDRA_4"}, {"4.1", ""}));  // that is the way back
  EXPECT_FALSE(NoWayBack({"4.1", ""}, {"4.1", ""}));
}

TEST(Releases, OldFiles) {
  EXPECT_TRUE(LeavesOldFiles({"4.1", ""}));
  EXPECT_TRUE(LeavesOldFiles({"5.0", ""}));
  EXPECT_TRUE(LeavesOldFiles({"5.0", "UPGRADING"}));
  EXPECT_FALSE(LeavesOldFiles({"5.0", "CASSANDRA_4"}));
}

}  // namespace
}  // namespace cassplan::planner
