// identity: destructive actions name host id and uid, never only a name, an ordinal or an address.
#include "absl/strings/str_cat.h"
#include "lib/planner/dead.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kNoHostId, kNoVolumeUid, kNoSlotUid, kRequestNamesNone };

// A request that names only the slot would be carried out again on whoever lives there later.
bool NamesMember(const Request& request) {
  if (request.kind == Kind::kReplaceNode) return !request.host_id.empty();
  return !request.host_id.empty() || !request.address.empty();
}

}  // namespace

void CheckIdentity(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const bool needs_host = a.kind == Kind::kDecommission || a.kind == Kind::kRemoveNode ||
                          a.kind == Kind::kAssassinate || a.kind == Kind::kReplaceNode;
  if (needs_host && (a.member == kNone || ask.model.member(a.member).host_id.empty())) {
    out->Add(kNoHostId, kNoResource, a.slot);
  }
  const bool dead = needs_host && a.kind != Kind::kDecommission;
  if (dead && a.request != kNone && !NamesMember(ask.model.request_at(a.request))) {
    out->Add(kRequestNamesNone, kNoResource, a.slot);
  }
  if (a.kind == Kind::kDecommission && a.slot != kNone && ask.model.slot(a.slot).uid.empty() &&
      ask.model.slot(a.slot).present != Known::kNo) {
    out->Add(kNoSlotUid, kNoResource, a.slot);
  }
  if ((a.kind == Kind::kDeleteVolume || FirstOfUnit(a) == Kind::kQuarantineVolume) &&
      ask.model.slot(a.slot).volume.uid.empty()) {
    out->Add(kNoVolumeUid, kNoResource, a.slot);
  }
}

Text DescribeIdentity(const Model& m, const Action& a, const Refusal& r) {
  const std::string slot = r.subject == kNone ? "the node" : m.SlotName(r.subject);
  switch (r.code) {
    case kNoHostId:
      return {absl::StrCat("the host id of ", slot, " is not known"), "collect the answer of the node or of its peers"};
    case kRequestNamesNone:
      return {absl::StrCat("the request to ", a.kind == Kind::kReplaceNode ? "replace " : "remove ", slot,
                           " does not name the host id of the dead member"),
              absl::StrCat("name it: host_id ", m.member(m.slot(r.subject).member).host_id)};
    case kNoSlotUid:
      return {absl::StrCat("the uid of slot ", slot, " is not known"), "collect the objects of the cluster again"};
    default:
      return {absl::StrCat("the uid of the volume of ", slot, " is not known"), "collect the volumes of the cluster"};
  }
}

}  // namespace cassplan::planner
