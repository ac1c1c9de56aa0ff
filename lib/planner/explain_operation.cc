// What actions are: operations on the data of a node.
#include "absl/strings/str_cat.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::Cleanup() {
  if (a_.member != kNone) SlotIdentity();
  Pre("no_movement", "yes");
  Done("reported", "done");
  Effect("cleanup_owed", "no");
  out_->set_manual(StrCat("nodetool cleanup on ", slot_));
  out_->set_verify(StrCat("nodetool compactionstats on ", slot_, " shows no cleanup"));
  const int64_t seconds = Load() / (64 << 20);
  Cost(1 + seconds / 2, 10 + seconds * 2, Load());
}

void Describer::Repair() {
  SlotIdentity();
  Pre("no_movement", "yes");
  Done("reported", "done");
  Effect("repaired", m_.keyspace(a_.keyspace).name);
  out_->set_manual(StrCat("nodetool repair --full --partitioner-range ", m_.keyspace(a_.keyspace).name, " on ", slot_));
  out_->set_verify(StrCat("nodetool repair_admin list on ", slot_));
  const int64_t seconds = Load() / (32 << 20);
  Cost(10 + seconds, 60 + seconds * 4);
}

}  // namespace cassplan::planner
