#include "lib/cassandra/views.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cassplan::cassandra {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TimedView View(const std::string& viewer, int64_t time, int64_t load, bool backwards = false) {
  TimedView out;
  out.observed_at_seconds = time;
  out.view.add_viewers(viewer);
  out.view.set_complete(true);
  for (int i = 0; i < 3; ++i) {
    v1::Peer* peer = out.view.add_peers();
    peer->set_host_id(absl::StrCat("h", backwards ? 2 - i : i));
    peer->add_tokens(backwards ? 1 : 2);
    peer->add_tokens(backwards ? 2 : 1);
    peer->add_tokens(1);
    peer->set_load_bytes(load);
  }
  return out;
}

TEST(ViewMerger, EqualViewsShareOne) {
  ViewMerger merger;
  for (int i = 0; i < 1000; ++i) merger.Add(View(absl::StrCat("v", 1000 + i), 100 + i % 50, i, i % 2 == 1));
  const auto views = merger.Take();
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_EQ(views[0].observed_at_seconds, 100);
  EXPECT_EQ(views[0].view.viewers_size(), 1000);
  EXPECT_EQ(views[0].view.viewers(0), "v1000");
  EXPECT_EQ(views[0].view.viewers(999), "v1999");
  ASSERT_EQ(views[0].view.peers_size(), 3);
  EXPECT_EQ(views[0].view.peers(0).host_id(), "h0");
  EXPECT_THAT(views[0].view.peers(0).tokens(), ElementsAre(1, 2));
  EXPECT_EQ(views[0].view.peers(0).load_bytes(), 999);
  EXPECT_THAT(merger.Take(), SizeIs(0));
}

TEST(ViewMerger, OneStateMoreIsAnotherView) {
  ViewMerger merger;
  TimedView other = View("a", 100, 1);
  other.view.mutable_peers(1)->set_state(v1::PEER_STATE_DOWN);
  merger.Add(View("b", 100, 1));
  merger.Add(std::move(other));
  merger.Add(View("c", 100, 1));
  const auto views = merger.Take();
  ASSERT_THAT(views, SizeIs(2));
  EXPECT_THAT(views[0].view.viewers(), ElementsAre("a"));
  EXPECT_THAT(views[1].view.viewers(), ElementsAre("b", "c"));
}

TEST(ViewMerger, AnOldViewDoesNotMakeANewOneOld) {
  ViewMerger merger;
  merger.Add(View("a", 1000, 1));
  merger.Add(View("b", 1060, 1));
  merger.Add(View("c", 1061, 1));
  const auto views = merger.Take();
  ASSERT_THAT(views, SizeIs(2));
  EXPECT_EQ(views[0].observed_at_seconds, 1000);
  EXPECT_THAT(views[0].view.viewers(), ElementsAre("a", "b"));
  EXPECT_EQ(views[1].observed_at_seconds, 1061);
  EXPECT_THAT(views[1].view.viewers(), ElementsAre("c"));
}

TEST(ViewMerger, OrderDoesNotMatter) {
  ViewMerger forwards;
  ViewMerger backwards;
  for (int i = 0; i < 10; ++i) forwards.Add(View(absl::StrCat(i), 100 + i * 20, i));
  for (int i = 9; i >= 0; --i) backwards.Add(View(absl::StrCat(i), 100 + i * 20, i));
  const auto a = forwards.Take();
  const auto b = backwards.Take();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].view.ShortDebugString(), b[i].view.ShortDebugString());
    EXPECT_EQ(a[i].observed_at_seconds, b[i].observed_at_seconds);
  }
}

}  // namespace
}  // namespace cassplan::cassandra
