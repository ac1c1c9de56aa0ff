// mixed-version: no repair, movement, rebuild, schema change or upgradesstables while nodes run different release lines
// or storage_compatibility_modes (streaming and schema do not cross them), and no change of release while one of these
// is in flight, or while upgradesstables is owed from the change before. A node that has passed the point of no return
// is not started on an older release, and its rack does not get the older template.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kLines, kUnsure, kReaders, kOwed, kNoWayBack, kNewcomer };

bool NeedsOneRelease(const Action& a) {
  return (IsMovement(a.kind) && !(a.kind == Kind::kStartNode && !a.joins)) || a.joins || a.kind == Kind::kRebuild ||
         a.kind == Kind::kRepair || a.kind == Kind::kAlterKeyspace || a.kind == Kind::kUpgradeSstables;
}

bool Stuck(const Model& m, Id slot) {
  if (slot == kNone || m.slot(slot).member == kNone) return false;
  const Runs from = RunsIn(m, m.slot(slot));
  const Runs to = DesiredRuns(m.rack(m.slot(slot).rack));
  return Older(to.line, from.line) && !CanGoBack(from, to.line);
}

// The first node that the action would start on a release that cannot read its data, now or at its next start.
Id StuckNode(const Model& m, const Action& a) {
  if (a.kind == Kind::kRestartNode && !a.joins) return Stuck(m, a.slot) ? a.slot : kNone;
  const bool writes = a.kind == Kind::kUpdateRack || (a.kind == Kind::kRecreateRack && a.drift == "fixed-workload");
  if (!writes || m.rack(a.rack).template_refused) return kNone;
  for (Id s = m.rack(a.rack).first_slot; s < m.rack(a.rack).last_slot; ++s) {
    if (Stuck(m, s)) return s;
  }
  return kNone;
}

}  // namespace

void CheckMixedVersion(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Resource schema = ask.resources.schema();
  const bool fresh = ask.Fresh(schema);
  if (const Id stuck = StuckNode(ask.model, a); stuck != kNone) out->Add(kNoWayBack, kNoResource, stuck);
  if (NeedsOneRelease(a)) {
    const bool starts = a.joins || a.kind == Kind::kReplaceNode;
    const Runs with = starts ? DesiredRuns(ask.model.rack(a.rack)) : Runs();
    const Facts::Releases releases = ask.facts.ReleasesOf(fresh, with);
    const bool only_it = starts && ask.facts.ReleasesOf(fresh, Runs()) == Facts::Releases::kOne;
    if (releases == Facts::Releases::kDiffer && only_it && (fresh || ask.facts.OpenReleaseChanges() == 0)) {
      out->Add(kNewcomer, schema);
    } else if (releases == Facts::Releases::kDiffer || (!fresh && ask.facts.OpenReleaseChanges() > 0)) {
      out->Add(kLines, schema);
    } else if (releases == Facts::Releases::kUnsure) {
      out->Add(kUnsure, schema);
    }
  }
  if (!a.release_changes || a.joins) return;
  if (!ask.model.foreign.empty()) {
    out->Add(kReaders, kNoResource);  // somebody else's movement, in whichever datacenter
  } else if (!fresh && ask.facts.OpenReleaseReaders() > 0) {
    out->Add(kReaders, schema);
  }
  const Runs to = DesiredRuns(ask.model.rack(a.rack));
  const bool forward = a.member != kNone && Older(RunsIn(ask.model, ask.model.slot(a.slot)).line, to.line);
  const int32_t owed = forward ? ask.facts.OwedUpgrades(fresh, to.line) : 0;
  if (owed > 0) out->Add(kOwed, schema, kNone, owed);
}

namespace {

// A node of another release of which nobody tells with which template it was started: so no restart of it is planned.
Id WithUnknownTemplate(const Model& m) {
  for (Id s = 0; s < static_cast<Id>(m.slots.size()); ++s) {
    const Slot& slot = m.slot(s);
    const Rack& rack = m.rack(slot.rack);
    if (!rack.desired || slot.member == kNone || slot.present != Known::kYes || !slot.revision.empty()) continue;
    if (RunsIn(m, slot).line != DesiredRuns(rack).line) return s;
  }
  return kNone;
}

bool NamesEveryRelease(const Model& m) {
  return std::none_of(m.racks.begin(), m.racks.end(),
                      [](const Rack& rack) { return rack.desired && DesiredRuns(rack).line.empty(); });
}

Text DescribeNoWayBack(const Model& m, const Action& a, Id id) {
  const Slot& slot = m.slot(id);
  const Rack& rack = m.rack(slot.rack);
  const Runs from = RunsIn(m, slot);
  const bool own =
      !slot.revision.empty() && slot.revision == rack.revision;  // its mode is what the rack's template says
  const bool unknown = from.mode.empty() && HasMode(from.line) && !own;
  const std::string ask =
      absl::StrCat("ask for ", from.line, " again and finish the upgrade; or decommission the node, ",
                   "empty its volume and let it join again");
  const std::string then = a.kind == Kind::kRestartNode ? "" : ": were the template written, it would not start again";
  if (unknown) {
    return {
        absl::StrCat(m.SlotName(id), " has started on Cassandra ", from.line, " in a storage_compatibility_mode that ",
                     "is not known, so it counts as one that cannot go back to ", DesiredRuns(rack).line),
        absl::StrCat("collect the StatefulSets and Pods of the cluster (kubernetes.json); or ", ask)};
  }
  return {absl::StrCat(m.SlotName(id), " has started on Cassandra ", from.line, " and cannot go back to ",
                       DesiredRuns(rack).line, then),
          ask};
}

Text DescribeLines(const Model& m, const Action& a) {
  const std::string text =
      absl::StrCat(KindName(a.kind), " does not work while nodes run different releases of Cassandra");
  const Id unknown = WithUnknownTemplate(m);
  if (unknown == kNone) return {text, "let the rolling update finish first"};
  return {absl::StrCat(text, ", and with which template ", m.SlotName(unknown), " was started is not known"),
          "collect the Pods of the cluster (kubernetes.json), then let the rolling update finish"};
}

}  // namespace

Text DescribeMixedVersion(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kReaders:
      return {"ranges move, or a repair or upgradesstables runs, and the release of the node would change meanwhile",
              "wait until it is done"};
    case kOwed:
      return {absl::StrCat(Several(r.number, "node"), r.number == 1 ? " owes" : " owe",
                           " upgradesstables from the upgrade before, and ", DesiredRuns(m.rack(a.rack)).line,
                           " may not be able to read their older files"),
              "let upgradesstables run on all nodes first"};
    case kNoWayBack:
      return DescribeNoWayBack(m, a, r.subject);
    case kNewcomer:
      return {absl::StrCat("a node would start on Cassandra ", DesiredRuns(m.rack(a.rack)).line,
                           " beside nodes of another release or storage_compatibility_mode, which do not stream to it"),
              m.rack(a.rack).template_refused ? "the change of release is refused: ask for one that is legal"
                                              : "let the rolling update finish first"};
    case kUnsure:
      return {
          absl::StrCat(KindName(a.kind),
                       " needs all nodes on one release of Cassandra, and of some it is not certain which they run"),
          NamesEveryRelease(m) ? "collect the answers of all nodes again"
                               : "name the release of every rack (an image whose tag is its version), or start this "
                                 "node once the others run and tell theirs"};
    default:
      return DescribeLines(m, a);
  }
}

}  // namespace cassplan::planner
