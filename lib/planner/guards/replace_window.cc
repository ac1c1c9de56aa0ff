// replace-window: a member that was down for longer than the smallest gc_grace never starts on its old data: deletions
// that it has not heard of are forgotten, and it would bring the rows back. A dead member is replaced or removed when
// policy says so, or a person asks for it by host id, and not before policy.replace_after_seconds. Where two or more
// members of one rack are down a machine room is more likely than as many broken nodes: a person decides.
#include "absl/strings/str_cat.h"
#include "lib/planner/dead.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kZombie, kPolicyWaits, kEarly, kOutage };

bool StartsOnOldData(const Action& a) {
  return !a.joins && a.member != kNone && (a.kind == Kind::kRestartNode || a.kind == Kind::kStartNode);
}

}  // namespace

void CheckReplaceWindow(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (StartsOnOldData(a)) {
    if (IsBeyondGrace(m, m.member(a.member))) {
      out->Add(kZombie, kNoResource, a.member, SecondsDown(m, m.member(a.member)));
    }
    return;
  }
  const bool ends = a.kind == Kind::kReplaceNode || a.kind == Kind::kRemoveNode || a.kind == Kind::kAssassinate;
  if (!ends || a.member == kNone || a.request != kNone) return;
  const Member& member = m.member(a.member);
  const int64_t down = SecondsDown(m, member);
  if (m.policy.dead_node == DeadNode::kWait) {
    out->Add(kPolicyWaits, kNoResource, a.member, down);
  } else if (down < m.policy.replace_after) {
    out->Add(kEarly, kNoResource, a.member, down).until = member.first_seen_down + m.policy.replace_after;
  } else if (const int32_t dead = DeadInRack(m, member.rack); dead >= 2) {
    out->Add(kOutage, kNoResource, a.member, dead);
  }
}

Text DescribeReplaceWindow(const Model& m, const Action& a, const Refusal& r) {
  const std::string name = m.MemberName(r.subject);
  const std::string host(m.member(r.subject).host_id);
  const absl::string_view ask = a.kind == Kind::kRemoveNode ? "remove_node" : "replace_node";
  switch (r.code) {
    case kZombie:
      return {absl::StrCat(name, " was down for ", Duration(r.number), ", longer than the smallest gc_grace (",
                           Duration(SmallestGrace(m)), "): with its old data it would bring deleted rows back"),
              absl::StrCat("do not start it: replace it on an empty volume (policy.dead_node: replace, or ask for ",
                           "replace_node of host id ", host, ")")};
    case kPolicyWaits:
      return {absl::StrCat(name, " has been down for ", Duration(r.number), ", and policy.dead_node is wait"),
              absl::StrCat("bring it back; or ask for ", ask, " of host id ", host,
                           "; or set policy.dead_node to replace or remove")};
    case kEarly:
      return {absl::StrCat(name, " has been down for ", Duration(r.number), ", and is waited for during ",
                           Duration(m.policy.replace_after), " (policy.replace_after_seconds)"),
              absl::StrCat("nothing: time goes on; or ask for ", ask, " of host id ", host)};
    default:
      return {absl::StrCat(r.number, " members of rack ", m.RackName(m.member(r.subject).rack),
                           " are down: that looks like an outage of the rack, and they may all come back"),
              absl::StrCat("bring the rack back; when it is lost, ask for ", ask,
                           " of each by host id (this one: ", host, "), they go one after the other")};
  }
}

}  // namespace cassplan::planner
