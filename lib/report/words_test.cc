#include "lib/report/words.h"

#include <gtest/gtest.h>

namespace cassplan::report {
namespace {

v1::Target Slot(const char* dc, const char* rack, int ordinal) {
  v1::Target t;
  t.set_datacenter(dc);
  t.set_rack(rack);
  t.set_ordinal(ordinal);
  return t;
}

TEST(Words, EveryKindHasThem) {
  for (int k = v1::ActionKind_MIN + 1; k <= v1::ActionKind_MAX; ++k) {
    EXPECT_EQ(WordsOf(static_cast<v1::ActionKind>(k)).kind, k);
  }
  EXPECT_EQ(WordsOf(static_cast<v1::ActionKind>(99)).symbol, '?');
}

TEST(Words, KindName) {
  EXPECT_EQ(KindName(v1::ACTION_KIND_UPGRADE_SSTABLES), "upgrade_sstables");
  EXPECT_EQ(KindName(static_cast<v1::ActionKind>(99)), "99");
}

TEST(Words, TargetName) {
  EXPECT_EQ(TargetName(v1::Target()), "the cluster");
  EXPECT_EQ(TargetName(Slot("dc1", "rack1", 0)), "dc1/rack1/0");
  v1::Target ghost;
  ghost.set_datacenter("dc1");
  ghost.set_host_id("0d1e");
  EXPECT_EQ(TargetName(ghost), "host id 0d1e");
}

TEST(Words, Phrases) {
  const v1::Target a = Slot("dc1", "rack1", 0);
  const v1::Target b = Slot("dc1", "rack2", 0);
  const v1::Target c = Slot("dc1", "rack1", 1);
  EXPECT_EQ(PhraseOf(v1::ACTION_KIND_DELETE_VOLUME, a), "delete the volume of dc1/rack1/0");
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_RESTART_NODE, {&a, &c}), "restart 2 nodes in dc1/rack1");
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_RESTART_NODE, {&a, &b}), "restart 2 nodes in dc1");
  v1::Target rack1 = Slot("dc1", "rack1", 0);
  rack1.clear_ordinal();
  v1::Target rack2 = Slot("dc1", "rack2", 0);
  rack2.clear_ordinal();
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_UPDATE_RACK, {&rack1}), "write the new template of rack dc1/rack1");
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_UPDATE_RACK, {&rack1, &rack2}), "write the new template of 2 racks in dc1");
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_REBUILD, {&a, &a, &a}), "rebuild dc1/rack1/0, 3 times");
  EXPECT_EQ(GroupPhrase(v1::ACTION_KIND_REPAIR, {&a, &c, &a}), "repair 2 nodes in dc1/rack1, 3 times in all");
}

TEST(Words, AlterKeyspaceSaysTheFactor) {
  v1::Action a;
  a.set_kind(v1::ACTION_KIND_ALTER_KEYSPACE);
  a.mutable_target()->set_keyspace("app");
  a.mutable_target()->set_datacenter("dc2");
  a.set_replication_factor(3);
  EXPECT_EQ(ActionPhrase(a), "alter keyspace app in dc2 to RF 3");
}

TEST(Words, Ordinals) {
  EXPECT_EQ(Ordinals({3, 0, 4, 5, 11, 5}, 6), "0, 3-5, 11");
  EXPECT_EQ(Ordinals({0, 1}, 6), "0, 1");
  EXPECT_EQ(Ordinals({0, 2, 4, 6}, 2), "0, 2, ...");
}

TEST(Words, Duration) {
  EXPECT_EQ(Duration(40), "40 s");
  EXPECT_EQ(Duration(300), "5 min");
  EXPECT_EQ(Duration(3 * 3600 + 20 * 60), "3 h 20 min");
  EXPECT_EQ(Duration(7200), "2 h");
  EXPECT_EQ(Duration(12 * 3600 + 1800), "13 h");
  EXPECT_EQ(Duration(4 * 86400), "4 d");
  EXPECT_EQ(Duration(4 * 86400 + 7200), "4 d 2 h");
}

TEST(Words, Bytes) {
  EXPECT_EQ(Bytes(900), "900 B");
  EXPECT_EQ(Bytes(6343885), "6344 kB");
  EXPECT_EQ(Bytes(63438850), "63 MB");
  EXPECT_EQ(Bytes(INT64_MAX), "9223372 TB");
}

TEST(Words, Time) { EXPECT_EQ(Time(1795388400), "2026-11-22T23:00:00Z"); }

TEST(Words, Place) {
  v1::Location l;
  l.set_path("spec.nodesPerRacks");
  EXPECT_EQ(Place(l), "spec.nodesPerRacks");
  l.set_file("demo.yaml");
  l.set_line(12);
  EXPECT_EQ(Place(l), "demo.yaml:12");
  l.set_column(3);
  EXPECT_EQ(Place(l), "demo.yaml:12:3");
}

TEST(Words, MessageDoesNotRepeatThePath) {
  v1::Finding f;
  f.set_message("desired.cluster: is missing");
  EXPECT_EQ(MessageOf(f), "desired.cluster: is missing");
  f.mutable_location()->set_path("desired.cluster");
  EXPECT_EQ(MessageOf(f), "is missing");
}

}  // namespace
}  // namespace cassplan::report
