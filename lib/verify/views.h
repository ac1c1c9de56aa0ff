// The ring as its members see it, with the votes for and against each member.
#ifndef CASSPLAN_LIB_VERIFY_VIEWS_H_
#define CASSPLAN_LIB_VERIFY_VIEWS_H_

#include <cstdint>
#include <string>

#include "absl/container/btree_map.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::verify {

struct SeenMember {
  const v1::Peer* peer = nullptr;  // from the latest view that lists it
  int32_t others = 0;              // distinct viewers other than itself, whether they list it or not
  int32_t judged = 0;              // of those: say up or down
  int32_t up = 0;
  int32_t in_ring = 0;
  int32_t left = 0;
  bool up_to_itself = false;
  v1::PeerMovement movement = v1::PEER_MOVEMENT_UNSPECIFIED;  // joining, leaving, ... in anybody's view
};

struct RingViews {
  absl::btree_map<std::string, SeenMember> members;
  bool fresh = false;  // false: only old views, good for who is in the ring but not for who is up
  bool any = false;
  int32_t complete_viewers = 0;  // fresh ones
  int32_t in_ring = 0;           // members that somebody shows in the ring and no majority shows as left
};

bool IsInRing(const SeenMember& member);

// Views at least as new as `fresh_since`; where there is none, older ones.
RingViews ReadViews(const v1::Observed& observed, int64_t fresh_since);

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_VIEWS_H_
