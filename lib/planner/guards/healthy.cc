// healthy: nothing that disturbs a datacenter starts while one of its nodes is past a stop value of the policy. What
// helps the sick node is not held: its own restart, cleanup and compaction, and for a full disk a node more.
// A stop value that a person has set is relied on: of a live node whose fact nobody tells it is not known whether it is
// past it. Of one that nobody has set only what is known counts.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

bool Disturbs(const Action& a) {
  return (IsDisruption(a.kind) && !a.was_down) || IsMovement(a.kind) || a.joins || a.kind == Kind::kRebuild;
}

// A restart comes before the work that waits in memory, so it is not the cure of streams.
bool IsCure(const Action& a, const Sick& sick) {
  if (sick.what == Sickness::kDisk && (a.joins || a.kind == Kind::kReplaceNode)) return true;
  return IsDisruption(a.kind) && a.member == sick.member && sick.what != Sickness::kStreams;
}

// These end by themselves; a disk or a clock needs a person.
bool EndsByItself(Sickness what) { return what != Sickness::kDisk && what != Sickness::kClock; }

}  // namespace

void CheckHealthy(const Ask& ask, Refusals* out) {
  const Model& m = ask.model;
  if (m.sick.empty() || !Disturbs(ask.action)) return;
  for (size_t i = 0; i < m.sick.size(); ++i) {
    const Sick& sick = m.sick[i];
    const Id dc = m.member(sick.member).dc;
    const bool near = m.merged || dc == ask.action.dc || (ask.action.source_dc != kNone && dc == ask.action.source_dc);
    if (!near || IsCure(ask.action, sick)) continue;
    if (sick.what == Sickness::kStreams && sick.member != ask.action.member) continue;
    out->Add(0, kNoResource, static_cast<Id>(i)).ends_by_itself = !sick.unknown && EndsByItself(sick.what);
    return;
  }
}

namespace {

Text DescribeUnknown(Sickness what, const std::string& name) {
  struct Fact {
    absl::string_view text, collect, setting;
  };
  const Fact fact =
      what == Sickness::kCompactions
          ? Fact{"how many compactions are pending on ",
                 "collect PendingTasks of the CompactionManager (jolokia/<pod>.json)", "max_pending_compactions"}
      : what == Sickness::kHints
          ? Fact{"how many bytes of hints wait on ", "collect pending_hints_bytes of the node (nodes.json of the dump)",
                 "max_hints_bytes"}
      : what == Sickness::kDropped
          ? Fact{"how many mutations are dropped by ",
                 "collect OneMinuteRate of the metric DroppedMessage, scope MUTATION (jolokia/<pod>.json)",
                 "max_dropped_mutations"}
      : what == Sickness::kClock
          ? Fact{"the clock skew of ", "collect clock_skew_ms of the node (nodes.json of the dump)",
                 "max_clock_skew_ms"}
          : Fact{"how full the disk is of ",
                 "collect disk_used_bytes and disk_capacity_bytes of the node (nodes.json of the dump)",
                 "max_disk_used_percent"};
  return {absl::StrCat(fact.text, name, " is not known, and the policy sets a stop value for it"),
          absl::StrCat(fact.collect, "; or take policy.health.", fact.setting, " out")};
}

}  // namespace

Text DescribeHealthy(const Model& m, const Action&, const Refusal& r) {
  const Sick& sick = m.sick[static_cast<size_t>(r.subject)];
  const std::string name = m.MemberName(sick.member);
  if (sick.unknown) return DescribeUnknown(sick.what, name);
  const std::string over = absl::StrCat(sick.value, " (policy stops at ", sick.limit, ")");
  switch (sick.what) {
    case Sickness::kCompactions:
      return {absl::StrCat(name, " has pending compactions: ", over),
              "wait until it has caught up, or raise policy.health.max_pending_compactions"};
    case Sickness::kHints:
      return {absl::StrCat("bytes of hints wait on ", name, ": ", over),
              "wait until they are delivered, or raise policy.health.max_hints_bytes"};
    case Sickness::kDropped:
      return {absl::StrCat(name, " drops mutations: ", over),
              "find out what overloads it, or raise policy.health.max_dropped_mutations"};
    case Sickness::kClock:
      return {absl::StrCat("the clock of ", name, " differs from the others' by milliseconds: ", over),
              "repair its time service, or raise policy.health.max_clock_skew_ms"};
    case Sickness::kDisk:
      return {absl::StrCat("the disk of ", name, " is full, in percent: ", over),
              "make room (cleanup, snapshots, a larger volume, more nodes), or raise "
              "policy.health.max_disk_used_percent"};
    case Sickness::kStreams:
      break;
  }
  return {absl::StrCat(name, " streams data (", sick.value, " streams), and no movement that is known explains it"),
          "wait until it is done: nodetool netstats"};
}

}  // namespace cassplan::planner
