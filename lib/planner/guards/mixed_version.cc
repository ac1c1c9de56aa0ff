// mixed-version: no repair, movement, rebuild or schema change while nodes run different release lines (streaming and
// schema do not cross them), and no change of release while one of these is in flight.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kLines, kUnsure, kReaders };

bool NeedsOneRelease(const Action& a) {
  return (IsMovement(a.kind) && !(a.kind == Kind::kStartNode && !a.joins)) || a.joins || a.kind == Kind::kRebuild ||
         a.kind == Kind::kRepair || a.kind == Kind::kAlterKeyspace;
}

}  // namespace

void CheckMixedVersion(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Resource schema = ask.resources.schema();
  const bool fresh = ask.Fresh(schema);
  if (NeedsOneRelease(a)) {
    const bool starts = a.joins || a.kind == Kind::kReplaceNode;
    const absl::string_view with = starts ? ask.model.rack(a.rack).desired_release : absl::string_view();
    const Facts::Releases releases = ask.facts.ReleasesOf(fresh, with);
    if (releases == Facts::Releases::kDiffer || (!fresh && ask.facts.OpenReleaseChanges() > 0)) {
      out->Add(kLines, schema);
    } else if (releases == Facts::Releases::kUnsure) {
      out->Add(kUnsure, schema);
    }
  }
  if (a.release_changes && !a.joins && !fresh && ask.facts.OpenReleaseReaders() > 0) out->Add(kReaders, schema);
}

Text DescribeMixedVersion(const Model&, const Action& a, const Refusal& r) {
  if (r.code == kReaders) {
    return {"ranges move, or a repair runs, and the release of the node would change meanwhile",
            "wait until it is done"};
  }
  if (r.code == kUnsure) {
    return {absl::StrCat(KindName(a.kind),
                         " needs all nodes on one release of Cassandra, and of some it is not certain which they run"),
            "collect the answers of all nodes again"};
  }
  return {absl::StrCat(KindName(a.kind), " does not work while nodes run different releases of Cassandra"),
          "let the rolling update finish first"};
}

}  // namespace cassplan::planner
