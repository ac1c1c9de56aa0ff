// schema-agreement: one schema version per release among live nodes before a node goes down; one overall, known of
// every live node, before the ring changes and before upgradesstables (which all nodes run one release for anyway).
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kDiffer, kUnknown };

}  // namespace

void CheckSchemaAgreement(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const bool ring = (IsMovement(a.kind) && a.kind != Kind::kStartNode) || a.joins || a.kind == Kind::kAlterKeyspace;
  const bool disrupts = IsDisruption(a.kind) && !a.was_down && !a.joins;
  if (!ring && !disrupts && a.kind != Kind::kUpgradeSstables) return;
  const Facts::SchemaAgreement& now = ask.facts.schema_agreement();
  if (ring && now.unknown != kNone) {
    out->Add(kUnknown, kNoResource, now.unknown);
  } else if (now.differs_in_release != kNone || (ring && now.differs != kNone)) {
    out->Add(kDiffer, kNoResource, now.differs_in_release != kNone ? now.differs_in_release : now.differs).waits = true;
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
