// schema-agreement: one schema version per release among live nodes before a node goes down; one overall, known of every live
// node, before the ring changes.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kDiffer, kUnknown };

}  // namespace

void CheckSchemaAgreement(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  const bool ring = (IsMovement(a.kind) && a.kind != Kind::kStartNode) || a.joins || a.kind == Kind::kAlterKeyspace;
  const bool disrupts = IsDisruption(a.kind) && !a.was_down && !a.joins;
  if (!ring && !disrupts) return;
  const Member* first = nullptr;
  for (size_t i = 0; i < m.members.size(); ++i) {
    const Member& member = m.members[i];
    if (!member.up || !member.in_ring || !ask.facts.InRing(static_cast<Id>(i))) continue;
    if (member.schema_version.empty()) {
      if (ring && !member.external) {
        out->Add(kUnknown, kNoResource, static_cast<Id>(i));
        return;
      }
      continue;
    }
    if (first == nullptr) {
      first = &member;
      continue;
    }
    const bool same_line = ReleaseLine(first->release) == ReleaseLine(member.release);
    if (first->schema_version != member.schema_version && (same_line || ring)) {
      out->Add(kDiffer, kNoResource, static_cast<Id>(i)).waits = true;
      return;
    }
  }
}

Text DescribeSchemaAgreement(const Model& m, const Action&, const Refusal& r) {
  if (r.code == kUnknown) {
    return {absl::StrCat("the schema version of ", m.MemberName(r.subject), " is not known"), "let its Jolokia answer"};
  }
  return {absl::StrCat("live nodes disagree on the schema (", m.MemberName(r.subject), " has ",
                       m.member(r.subject).schema_version, ")"),
          "wait until they agree; when they do not, see nodetool describecluster"};
}

}  // namespace cassplan::planner
