// replication-change: a keyspace's replicas change one per step and datacenter, never while ranges move or a node is
// away (who is asked for its replicas must not differ), and more than a first step only after a repair. A datacenter
// gets its first replicas, or loses its last, only when no client reads there meanwhile. And what was judged with the
// replicas of before is not done after an ALTER of the same plan: it waits for the next plan.
// Source: org.apache.cassandra.cql3.statements.schema.AlterKeyspaceStatement, NetworkTopologyStrategy.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {
namespace {

enum Code : uint8_t {
  kUnknown,
  kStep,
  kClients,
  kMoving,
  kLeftThere,
  kAway,
  kRepairOwed,
  kAuthLast,
  kAltered,
  kSource
};

bool Restarting(const Model& m, Id member) {
  return std::any_of(m.in_flight.begin(), m.in_flight.end(),
                     [&](const InFlight& a) { return a.member == member && IsDisruption(a.kind); });
}

// Down, or nobody knows. What this plan has under way itself is no partition.
Id AnyAway(const Model& m) {
  for (size_t i = 0; i < m.members.size(); ++i) {
    const Id id = static_cast<Id>(i);
    if (m.members[i].in_ring && !m.members[i].up && !Restarting(m, id)) return id;
  }
  return kNone;
}

// Has left, and its process is still there: Cassandra alters nothing while it sees such a node.
Id LeftThere(const Model& m) {
  for (size_t s = 0; s < m.slots.size(); ++s) {
    if (m.slots[s].mode == Mode::kDecommissioned && m.slots[s].present == Known::kYes) return static_cast<Id>(s);
  }
  return kNone;
}

// Releases that refuse to take a datacenter with nodes out of system_auth. Unknown ones count as such.
bool AuthNeedsDatacenter(const Model& m, Id dc) {
  for (const Member& member : m.members) {
    if (member.dc != dc) continue;
    const absl::string_view line = ReleaseLine(member.release);
    if (line != "3.0" && line != "3.11" && line != "4.0") return true;
  }
  return false;
}

void CheckFactor(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  const Keyspace& k = m.keyspace(a.keyspace);
  if (a.converts) return;
  const int32_t now = ask.facts.ReplicationFactor(a.keyspace, a.dc);
  const bool spans = k.replication_class != kNone && m.classes[static_cast<size_t>(k.replication_class)].spans;
  const bool first = now == 0 && a.replication_factor > 0;
  const bool last = a.lowers && a.final_factor == 0;
  const int32_t by = a.replication_factor > now ? a.replication_factor - now : now - a.replication_factor;
  const bool nobody = last && ask.facts.NodesInDc(a.dc) == 0;  // there is no node any more
  if (by > 1 && (!first || spans) && !nobody) out->Add(kStep, ask.resources.ring(a.dc), a.keyspace, now);
  if ((first || last) && k.user && !m.policy.clients_are_dc_local) out->Add(kClients, kNoResource, a.keyspace);
  if (first && k.user && a.source_dc == kNone) {
    int32_t elsewhere = 0;
    for (const int32_t rf : k.rf) elsewhere += rf;
    if (elsewhere > 0) out->Add(kSource, kNoResource, a.keyspace);
  }
  if (last && k.name == "system_auth" && a.replication_factor == 0 && ask.facts.NodesInDc(a.dc) > 0 &&
      AuthNeedsDatacenter(m, a.dc)) {
    out->Add(kAuthLast, ask.resources.ring(a.dc), a.keyspace, ask.facts.NodesInDc(a.dc));
  }
}

}  // namespace

void CheckReplicationChange(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  const Model& m = ask.model;
  if (a.kind != Kind::kAlterKeyspace) {
    const bool disrupts = IsDisruption(a.kind) && !a.was_down;
    if ((!disrupts && !IsMovement(a.kind)) || a.dc == kNone) return;
    if (ask.facts.RaisedIn(a.dc) || (disrupts && ask.facts.AlteredIn(a.dc))) out->Add(kAltered).waits = true;
    return;
  }
  if (!m.schema_known || m.schema_derived) {
    out->Add(kUnknown);
    return;
  }
  CheckFactor(ask, out);
  if (!m.foreign.empty()) {
    out->Add(kMoving).waits = true;
    return;
  }
  if (const Id left = LeftThere(m); left != kNone) out->Add(kLeftThere, kNoResource, left).waits = true;
  if (const Id away = AnyAway(m); away != kNone) out->Add(kAway, kNoResource, away);
  if (a.after_repair) out->Add(kRepairOwed, kNoResource, a.keyspace);
}

Text DescribeReplicationChange(const Model& m, const Action& a, const Refusal& r) {
  const absl::string_view dc = a.dc == kNone ? absl::string_view() : m.dc(a.dc).name;
  switch (r.code) {
    case kStep:
      return {absl::StrCat("keyspace ", m.keyspace(r.subject).name, " has ", r.number, " replicas in ", dc,
                           ", and changes by one at a time"),
              "let the steps before be done"};
    case kClients:
      return {absl::StrCat("whether clients read keyspace ", m.keyspace(r.subject).name, " in ", dc,
                           " while its nodes have not all of its data is not known"),
              absl::StrCat("see that every client uses its own datacenter and a LOCAL_ level, and none uses ", dc,
                           "; then set policy.clients_are_dc_local: true")};
    case kMoving:
      return {"ranges are moving", "wait until the movement is done"};
    case kLeftThere:
      return {absl::StrCat("the node of slot ", m.SlotName(r.subject), " has left, and its process is still there"),
              "wait until its slot is gone"};
    case kAway:
      if (Unsure(m.member(r.subject))) {
        return {absl::StrCat("whether ", m.MemberName(r.subject),
                             " is up is not known, and down it would not learn of the ", "change"),
                "collect the answers of its peers; or bring it back"};
      }
      return {absl::StrCat(m.MemberName(r.subject), m.member(r.subject).down ? " is down" : " may be down",
                           ", and it would not learn of the change"),
              "bring it back, or replace it, or take it out of the ring"};
    case kRepairOwed:
      return {absl::StrCat("keyspace ", m.keyspace(r.subject).name, " was not repaired in ", dc,
                           " since its replicas changed: with another change a quorum could miss data"),
              "set policy.repair.enabled: true, and the plan repairs between the steps"};
    case kAuthLast:
      return {absl::StrCat("Cassandra does not take ", dc, " out of system_auth while it has nodes (", r.number, ")"),
              absl::StrCat("let its nodes leave first, or list ", dc, " for system_auth as it is")};
    case kAltered:
      return {absl::StrCat("the replication in ", dc, " changes before, and this is judged again after that"),
              "wait for the change"};
    case kSource:
      return {absl::StrCat("no datacenter is known to have all data of keyspace ", m.keyspace(r.subject).name),
              "let the rebuilds that are owed elsewhere be done"};
    default:
      return {"how keyspaces replicate is not known for certain",
              "collect schema.json (rows of system_schema.keyspaces)"};
  }
}

}  // namespace cassplan::planner
