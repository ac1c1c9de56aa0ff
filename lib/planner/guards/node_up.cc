// node-up: an operation that a person asked for runs only on a node that is there to carry it out.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kNoMember, kNoProcess, kDown, kUnknown, kNotServing };

}  // namespace

void CheckNodeUp(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (a.drift != "requested" || a.slot == kNone) return;
  const Model& m = ask.model;
  const Slot& slot = m.slot(a.slot);
  if (slot.present == Known::kNo) {
    out->Add(kNoProcess, kNoResource, a.slot).waits = true;
  } else if (a.member == kNone) {
    out->Add(kNoMember, kNoResource, a.slot).waits = true;
  } else if (a.kind == Kind::kRestartNode) {
    return;  // it helps a node that is down
  } else if (!m.member(a.member).up) {
    out->Add(m.member(a.member).down ? kDown : kUnknown, kNoResource, a.slot).waits = true;
  } else if (m.member(a.member).movement != Movement::kNormal) {
    out->Add(kNotServing, kNoResource, a.slot).waits = true;
  }
}

Text DescribeNodeUp(const Model& m, const Action&, const Refusal& r) {
  const std::string slot = m.SlotName(r.subject);
  switch (r.code) {
    case kNoProcess:
      return {absl::StrCat(slot, " is gone for now, so that nothing runs there"),
              "wait until the node is back, or take the request back"};
    case kNoMember:
      return {absl::StrCat("no node of the ring is known to live in ", slot),
              "wait until it has joined, or take the request back"};
    case kDown:
      return {absl::StrCat(slot, " is down"), "bring the node back, or take the request back"};
    case kNotServing:
      return {absl::StrCat(slot, " is changing its place in the ring"), "wait until that is done"};
    default:
      return {absl::StrCat("whether ", slot, " is up is not known"), "collect the answers of its peers"};
  }
}

}  // namespace cassplan::planner
