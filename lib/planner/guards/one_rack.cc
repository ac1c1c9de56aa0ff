// one-rack: planned disruption touches one rack per datacenter, and policy.max_datacenters datacenters. A whole rack at
// once only if every counted keyspace is NetworkTopologyStrategy with racks >= RF there, since then a rack holds one
// replica of a range at most; otherwise policy's width (default 1) and `quorum` per range. A node that is down already
// passes, but counts for those after it.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"
#include "lib/planner/several.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t { kOtherRack, kWidth, kDegraded, kDatacenters };

// One replica of a range per rack.
bool WholeRacks(const Ask& ask, Id dc) {
  const int32_t racks = ask.facts.RacksInDc(dc);
  for (const ReplicationClass& c : ask.model.classes) {
    if (c.strategy == Replicates::kSimple) return false;
    if (c.rf[static_cast<size_t>(dc)] > racks) return false;
  }
  return true;
}

}  // namespace

void CheckOneRack(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (!IsDisruption(a.kind) || a.was_down || a.joins) return;
  const PolicyFacts& policy = ask.model.policy;
  const Resource serving = ask.resources.serving(a.dc);
  if (!ask.ServingFresh()) {
    const int32_t rack = ask.facts.DisruptedInRack(ask.Rack());
    if (ask.facts.DisruptedInDc(a.dc) > rack) out->Add(kOtherRack, serving);
    // Width where a rack may hold several replicas of a range. (Elsewhere it is a pool.)
    const int32_t width = policy.width_given ? policy.width : 1;
    if (rack >= width && !WholeRacks(ask, a.dc)) out->Add(kWidth, serving, kNone, width);
    const int32_t others = ask.facts.AwayInDc(a.dc, false) - ask.facts.AwayInRack(ask.Rack(), false);
    if (policy.degraded_width > 0 && others > 0 && rack >= policy.degraded_width) {
      out->Add(kDegraded, serving, kNone, policy.degraded_width);
    }
  }
  const Resource disruption = ask.resources.disruption();
  if (!ask.Fresh(disruption) && ask.facts.OtherDatacenters(a.dc) + 1 > policy.max_datacenters) {
    out->Add(kDatacenters, disruption, kNone, policy.max_datacenters);
  }
}

Text DescribeOneRack(const Model& m, const Action& a, const Refusal& r) {
  switch (r.code) {
    case kOtherRack:
      return {absl::StrCat("another rack of ", m.DcName(a.dc), " is being restarted"), "wait until it is back"};
    case kDatacenters:
      return {"another datacenter is being restarted", "wait, or raise policy.max_datacenters"};
    case kDegraded:
      return {absl::StrCat(Several(r.number, "node"), " of the rack ", r.number == 1 ? "is" : "are",
                           " being restarted already, while a node of another rack is down"),
              "bring that node back, or raise policy.degraded_width"};
    default:
      return {absl::StrCat(Several(r.number, "node"), " of the rack ", r.number == 1 ? "is" : "are",
                           " being restarted already"),
              "wait, or raise policy.rack_width"};
  }
}

}  // namespace cassplan::planner
