// single-replica: what destroys the only replica of some data needs a waiver that names the keyspaces.
#include "absl/strings/str_cat.h"
#include "lib/planner/guards/guard.h"

namespace cassplan::planner {

void CheckSingleReplica(const Ask& ask, Refusals* out) {
  const Action& a = ask.action;
  if (a.kind != Kind::kReplaceNode && a.kind != Kind::kRemoveNode && a.kind != Kind::kAssassinate) return;
  for (size_t k = 0; k < ask.model.keyspaces.size(); ++k) {
    const Keyspace& ks = ask.model.keyspaces[k];
    if (!ks.user) continue;
    const int32_t rf = ks.strategy == Replicates::kSimple ? ks.simple_rf
                       : a.dc != kNone && ks.strategy == Replicates::kNetworkTopology
                           ? ask.facts.ReplicationFactor(static_cast<Id>(k), a.dc)
                           : 0;
    int32_t elsewhere = 0;
    for (size_t d = 0; d < ks.rf.size(); ++d) elsewhere += static_cast<Id>(d) == a.dc ? 0 : ks.rf[d];
    if (rf == 1 && elsewhere == 0) out->Add(0, kNoResource, static_cast<Id>(k));
  }
}

Text DescribeSingleReplica(const Model& m, const Action& a, const Refusal& r) {
  return {
      absl::StrCat("keyspace ", m.keyspace(r.subject).name, " has one replica: what only ",
                   a.member == kNone ? std::string("this node") : m.MemberName(a.member), " holds is lost for good"),
      "bring the node back; or add a waiver for guard single-replica that names the keyspace"};
}

}  // namespace cassplan::planner
