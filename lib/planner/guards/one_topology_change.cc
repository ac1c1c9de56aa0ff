// one-topology-change: one bootstrap, decommission, move, replace or removenode at a time (Cassandra <= 5.x: gossip
// carries the ring). Movements of the plan never meet, since each has `topology` alone; this guard is about those that
// the ledger does not know.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kMember, kSlot, kStuckSlot };

absl::string_view Verb(Movement movement) {
  switch (movement) {
    case Movement::kJoining:
      return "joining";
    case Movement::kLeaving:
      return "leaving";
    case Movement::kMoving:
      return "moving";
    case Movement::kRemoving:
      return "being removed";
    case Movement::kNormal:
      break;
  }
  return "moving";
}

}  // namespace

void CheckOneTopologyChange(const Ask& ask, Refusals* out) {
  if (!IsMovement(ask.action.kind) && !ask.action.joins) return;
  if (ask.action.kind == Kind::kStartNode && !ask.action.joins) return;  // has its data: nothing moves
  const Model& m = ask.model;
  for (size_t i = 0; i < m.foreign.size(); ++i) {
    const ForeignMovement& f = m.foreign[i];
    if (f.slot != kNone && f.slot == ask.action.slot && ask.action.joins) continue;  // it is this one, stuck
    // It goes on with what has failed, or ends it.
    if (f.member != kNone && f.member == ask.action.member && m.member(f.member).mode == Mode::kDecommissionFailed)
      continue;
    if (f.member != kNone && f.member == ask.action.member && ask.action.kind == Kind::kRemoveNode) continue;
    if (f.member != kNone) {
      const bool failed = m.member(f.member).mode == Mode::kDecommissionFailed;
      out->Add(kMember, kNoResource, static_cast<Id>(i)).waits = !failed && m.member(f.member).known;
    } else {
      const Slot& slot = m.slot(f.slot);
      const bool stuck = slot.schedulable == Known::kNo || !slot.waiting_reason.empty();
      out->Add(stuck ? kStuckSlot : kSlot, kNoResource, static_cast<Id>(i)).waits = !stuck;
    }
    return;
  }
}

Text DescribeOneTopologyChange(const Model& m, const Action&, const Refusal& r) {
  const ForeignMovement& f = m.foreign[static_cast<size_t>(r.subject)];
  switch (r.code) {
    case kMember:
      return {absl::StrCat(m.MemberName(f.member), " is ", Verb(f.movement), " already"),
              "wait until it is done; when it does not end, see that its peers are up and restart it"};
    case kSlot:
      return {absl::StrCat("slot ", m.SlotName(f.slot), " has been started and has not joined yet"),
              "wait until it has joined"};
    default:
      return {absl::StrCat("slot ", m.SlotName(f.slot), " has been started and cannot come up",
                           m.slot(f.slot).waiting_reason.empty() ? std::string(": no machine takes it")
                                                                 : absl::StrCat(": ", m.slot(f.slot).waiting_reason)),
              "correct what it needs (resources, image, machines), or lower the number of nodes again"};
  }
}

}  // namespace cassplan::planner
