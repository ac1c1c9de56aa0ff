#include "lib/verify/views.h"

#include <algorithm>
#include <utility>

namespace cassplan::verify {
namespace {

using ViewerReports = absl::btree_map<std::string, const v1::Report*>;

// The latest view of each viewer; with equal times the first.
ViewerReports LatestViews(const v1::Observed& observed, int64_t since) {
  ViewerReports latest;
  for (const v1::Report& report : observed.reports()) {
    if (!report.has_view() || report.status() != v1::REPORT_STATUS_OK || report.observed_at_seconds() < since) continue;
    for (const std::string& viewer : report.view().viewers()) {
      const v1::Report*& known = latest[viewer];
      if (known == nullptr || known->observed_at_seconds() < report.observed_at_seconds()) known = &report;
    }
  }
  return latest;
}

void Vote(const v1::Peer& peer, int32_t voters, SeenMember& member) {
  if (peer.state() != v1::PEER_STATE_UNSPECIFIED) member.judged += voters;
  if (peer.state() == v1::PEER_STATE_UP) member.up += voters;
  if (peer.movement() == v1::PEER_MOVEMENT_LEFT) member.left += voters;
  if (peer.movement() != v1::PEER_MOVEMENT_LEFT && peer.movement() != v1::PEER_MOVEMENT_JOINING) {
    member.in_ring += voters;
  }
}

void Count(const v1::Report& report, const ViewerReports& viewers, int32_t voters, RingViews& views,
           absl::btree_map<std::string, int64_t>& dates) {
  if (report.view().complete() && views.fresh) views.complete_viewers += voters;
  for (const v1::Peer& peer : report.view().peers()) {
    SeenMember& member = views.members[peer.host_id()];
    int64_t& date = dates[peer.host_id()];
    if (member.peer == nullptr || date < report.observed_at_seconds()) member.peer = &peer;
    date = std::max(date, report.observed_at_seconds());
    const auto own = viewers.find(peer.host_id());
    const bool itself = own != viewers.end() && own->second == &report;
    if (itself) member.up_to_itself = peer.state() == v1::PEER_STATE_UP;
    if (itself && viewers.size() == 1) {
      Vote(peer, 1, member);
    } else {
      Vote(peer, itself ? voters - 1 : voters, member);
    }
    if (peer.movement() != v1::PEER_MOVEMENT_UNSPECIFIED && peer.movement() != v1::PEER_MOVEMENT_LEFT) {
      member.movement = peer.movement();
    }
  }
}

}  // namespace

bool IsInRing(const SeenMember& member) { return member.in_ring > 0 && member.left * 2 <= member.others; }

RingViews ReadViews(const v1::Observed& observed, int64_t fresh_since) {
  RingViews views;
  ViewerReports viewers = LatestViews(observed, fresh_since);
  views.fresh = !viewers.empty();
  if (!views.fresh) viewers = LatestViews(observed, 0);
  views.any = !viewers.empty();
  absl::btree_map<const v1::Report*, int32_t> voters;  // looked up only: the order of reports decides below
  for (const auto& [viewer, report] : viewers) ++voters[report];
  absl::btree_map<std::string, int64_t> dates;
  for (const v1::Report& report : observed.reports()) {
    const auto found = voters.find(&report);
    if (found != voters.end()) Count(report, viewers, found->second, views, dates);
  }
  for (auto& [host, member] : views.members) {
    member.others = static_cast<int32_t>(viewers.size()) - (viewers.contains(host) ? 1 : 0);
    if (IsInRing(member)) ++views.in_ring;
  }
  return views;
}

}  // namespace cassplan::verify
