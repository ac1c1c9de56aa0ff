#include "lib/cassandra/views.h"

#include <algorithm>
#include <tuple>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace cassplan::cassandra {
namespace {

std::string Bytes(const google::protobuf::MessageLite& message) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return out;
}

void SortTokens(v1::Peer* peer) {
  auto* tokens = peer->mutable_tokens();
  std::sort(tokens->begin(), tokens->end());
  tokens->Truncate(static_cast<int>(std::unique(tokens->begin(), tokens->end()) - tokens->begin()));
}

void SortViewers(v1::ViewFacts* view) {
  std::vector<std::string> viewers(view->viewers().begin(), view->viewers().end());
  std::sort(viewers.begin(), viewers.end());
  viewers.erase(std::unique(viewers.begin(), viewers.end()), viewers.end());
  view->clear_viewers();
  for (std::string& viewer : viewers) view->add_viewers(std::move(viewer));
}

}  // namespace

void SortView(v1::ViewFacts* view) {
  SortViewers(view);
  std::vector<std::tuple<std::string, std::string, std::string, v1::Peer>> order;
  for (v1::Peer& peer : *view->mutable_peers()) {
    SortTokens(&peer);
    order.emplace_back(peer.host_id(), peer.address(), Bytes(peer), std::move(peer));
  }
  const auto key = [](const auto& a) { return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a)); };
  std::sort(order.begin(), order.end(), [&key](const auto& a, const auto& b) { return key(a) < key(b); });
  view->clear_peers();
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && key(order[i]) == key(order[i - 1])) continue;
    *view->add_peers() = std::move(std::get<3>(order[i]));
  }
}

void ViewMerger::Add(TimedView timed) {
  for (v1::Peer& peer : *timed.view.mutable_peers()) {
    if (!peer.has_load_bytes()) continue;
    const auto [at, added] = loads_.emplace(peer.host_id(), peer.load_bytes());
    if (!added) at->second = std::max(at->second, peer.load_bytes());
    peer.clear_load_bytes();
  }
  SortView(&timed.view);
  std::vector<std::string> viewers(timed.view.viewers().begin(), timed.view.viewers().end());
  timed.view.clear_viewers();
  groups_[Bytes(timed.view)].emplace_back(timed.observed_at_seconds, std::move(viewers));
}

std::vector<TimedView> ViewMerger::Take() {
  std::vector<TimedView> out;
  for (auto& [content, members] : groups_) {
    std::sort(members.begin(), members.end());
    const size_t first = out.size();
    for (const auto& [time, viewers] : members) {
      if (out.size() == first || time - out.back().observed_at_seconds > kTogetherSeconds) {
        out.emplace_back().observed_at_seconds = time;
        out.back().view.ParsePartialFromString(content);
      }
      for (const std::string& viewer : viewers) out.back().view.add_viewers(viewer);
    }
  }
  for (TimedView& timed : out) {
    SortViewers(&timed.view);
    for (v1::Peer& peer : *timed.view.mutable_peers()) {
      const auto load = loads_.find(peer.host_id());
      if (load != loads_.end()) peer.set_load_bytes(load->second);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const TimedView& a, const TimedView& b) {
    const std::string& first_a = a.view.viewers().empty() ? "" : a.view.viewers(0);
    const std::string& first_b = b.view.viewers().empty() ? "" : b.view.viewers(0);
    return std::tie(first_a, a.observed_at_seconds) < std::tie(first_b, b.observed_at_seconds);
  });
  groups_.clear();
  loads_.clear();
  return out;
}

}  // namespace cassplan::cassandra
