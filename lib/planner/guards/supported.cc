// supported: what this planner does not understand is held by name: an unknown partitioner, replication strategy or
// release, transient replication. Also held: what the executor cannot do (capabilities), with the manual command as
// remedy.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t {
  kPartitioner,
  kStrategy,
  kKeyspacesUnknown,
  kCapability,
  kRackUnknown,
  kMemberUnknown,
  kDoubt,
  kUnseen,
  kReleaseUnknown,
  kTemplateUnknown,
  kLabelsUnknown
};

// A cleanup deletes what is another node's by what is known of the ring.
bool Disturbs(const Action& a) {
  return IsMovement(a.kind) || IsDisruption(a.kind) || a.kind == Kind::kRebuild || a.kind == Kind::kAlterKeyspace ||
         a.kind == Kind::kCleanup;
}

// Its template changes, maybe the release with it, and which release runs or is to run is not known.
bool ReleaseUnknown(const Model& m, const Action& a) {
  if (a.rack == kNone || !m.rack(a.rack).release_unsure) return false;
  const bool to_unknown = DesiredRuns(m.rack(a.rack)).line.empty();
  const bool recreates = a.kind == Kind::kRecreateRack && a.drift == "fixed-workload";
  if (a.kind == Kind::kUpdateRack || recreates) return to_unknown && m.rack(a.rack).nodes > 0;
  if (a.kind != Kind::kRestartNode || a.member == kNone) return false;
  return to_unknown || RunsIn(m, m.slot(a.slot)).line.empty();
}

bool WritesTemplate(const Action& a) { return a.kind == Kind::kUpdateRack || a.kind == Kind::kRecreateRack; }

// The labels that select its nodes cannot change, so they must be known before a template is written over them.
bool LabelsUnknown(const Rack& rack) {
  return !rack.desired_selector.empty() &&
         std::none_of(rack.sections.begin(), rack.sections.end(), [](const auto& s) { return s.first == "selector"; });
}

}  // namespace

void CheckSupported(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (!m.policy.capable.Has(a.kind)) {
    out->Add(kCapability, kNoResource, kNone, static_cast<int64_t>(a.kind));
  } else if (const Kind first = FirstOfUnit(a); first != Kind::kUnspecified && !m.policy.capable.Has(first)) {
    out->Add(kCapability, kNoResource, kNone, static_cast<int64_t>(first));
  }
  if (a.rack != kNone && m.rack(a.rack).conflicting) out->Add(kRackUnknown, kNoResource, a.rack);
  if (a.slot != kNone && m.slot(a.slot).member_unknown && a.kind != Kind::kRestartNode) {
    out->Add(kMemberUnknown, kNoResource, a.slot);
  }
  if (ReleaseUnknown(m, a)) out->Add(kReleaseUnknown, kNoResource, a.slot);
  if (WritesTemplate(a) && m.rack(a.rack).revision.empty()) {
    out->Add(kTemplateUnknown, kNoResource, a.rack);
  } else if (WritesTemplate(a) && LabelsUnknown(m.rack(a.rack))) {
    out->Add(kLabelsUnknown, kNoResource, a.rack);
  }
  if (!Disturbs(a)) return;
  if (!m.doubt.empty()) out->Add(kDoubt);
  if (a.member != kNone && m.member(a.member).unseen) out->Add(kUnseen, kNoResource, a.member);
  if (!m.partitioner.empty()) out->Add(kPartitioner);
  if (!m.unknown_strategy_keyspace.empty()) out->Add(kStrategy);
  if (!m.schema_known && !a.was_down) out->Add(kKeyspacesUnknown);
}

Text DescribeSupported(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kPartitioner:
      return {absl::StrCat("the cluster uses the partitioner ", m.partitioner,
                           ", and only Murmur3Partitioner is known here"),
              "do it by hand"};
    case kStrategy:
      return {
          absl::StrCat("keyspace ", m.unknown_strategy_keyspace,
                       " has a replication strategy (or transient replication) that is not known here"),
          "collect schema.json again where it lacks the strategy; else do it by hand, or take the keyspace out with "
          "policy.keyspaces[].ignore"};
    case kKeyspacesUnknown:
      return {"how keyspaces replicate is not known", "collect schema.json, or let Jolokia answer on one node"};
    case kCapability:
      return {absl::StrCat("the executor cannot do ", KindName(static_cast<Kind>(r.number))),
              r.number == static_cast<int64_t>(Kind::kTakeSnapshot)
                  ? "run the manual command on every node, then set policy.snapshot_before_upgrade: false"
                  : "run the manual command; the plan goes on once it is seen done"};
    case kReleaseUnknown:
      return DesiredRuns(m.rack(a.rack)).line.empty()
                 ? Text{absl::StrCat("which release of Cassandra the image ", m.rack(a.rack).desired_image,
                                     " has is not known, so neither is whether the change is legal"),
                        "set spec.serverVersion (natively: template.release), or use a tag that begins with the "
                        "release"}
                 : Text{absl::StrCat("which release of Cassandra ", m.SlotName(r.subject), " runs is not known"),
                        "let its Jolokia answer, or collect the Pods"};
    case kDoubt:
      return {m.doubt, "wait until gossip agrees, and collect the nodes' answers again"};
    case kUnseen:
      return {absl::StrCat(m.MemberName(r.subject), " says that it is a member, and no other node lists it"),
              "see nodetool status and gossipinfo; wait until gossip agrees"};
    case kTemplateUnknown:
      return {absl::StrCat("which template the workload of rack ", m.RackName(r.subject), " has is not known"),
              "collect the StatefulSets of the cluster (kubernetes.json)"};
    case kLabelsUnknown:
      return {absl::StrCat("by which labels the workload of rack ", m.RackName(r.subject),
                           " selects its nodes is not known"),
              "collect the StatefulSets of the cluster (kubernetes.json)"};
    case kRackUnknown:
      if (m.rack(r.subject).nodes_unknown) {
        return {absl::StrCat("how many nodes the workload of rack ", m.RackName(r.subject), " asks for is not known"),
                "collect the StatefulSets of the cluster (kubernetes.json)"};
      }
      return {absl::StrCat("what is known about rack ", m.RackName(r.subject), " contradicts itself"), "observe again"};
    default:
      return {absl::StrCat("which member lives in slot ", m.SlotName(r.subject), " is not known"),
              "collect the answer of its node"};
  }
}

}  // namespace cassplan::planner
