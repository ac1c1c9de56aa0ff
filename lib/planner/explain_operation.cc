// What actions are: operations on the data of a node.

#include "absl/strings/str_cat.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

// The command once for each keyspace, since most take only one; without any it is about all.
std::string Describer::Nodetool(absl::string_view command) const {
  const std::vector<Id>* keyspaces = a_.request == kNone ? nullptr : &m_.request_at(a_.request).keyspaces;
  if (keyspaces == nullptr || keyspaces->empty()) return StrCat("nodetool ", command, " on ", slot_);
  std::string text;
  for (const Id k : *keyspaces) {
    absl::StrAppend(&text, text.empty() ? "" : " && ", "nodetool ", command, " ", m_.keyspace(k).name);
  }
  return StrCat(text, " on ", slot_);
}

void Describer::Operation() {
  SlotIdentity();
  Pre("member_up", "yes");
  if (a_.kind != Kind::kFlush) Pre("no_movement", "yes");
  Done("reported", "done");
  Abort("member_up", "no");
  const int64_t seconds = Load() / (32 << 20);
  const bool rewrites = a_.kind != Kind::kFlush;
  if (rewrites && Load() > 0) {
    Pre("disk_free_bytes", StrCat(Load()), "the load of the node: all of it may be rewritten");
  }
  const std::string idle = StrCat("nodetool compactionstats on ", slot_, " shows no such task");
  switch (a_.kind) {
    case Kind::kUpgradeSstables:
      if (!a_.some_keyspaces) Effect("upgrade_owed", "no");
      out_->set_manual(Nodetool("upgradesstables"));
      out_->set_verify(idle);
      break;
    case Kind::kScrub:
      Effect("data", "scrubbed");
      out_->set_manual(Nodetool("scrub"));
      out_->set_verify(StrCat(idle, ", and its log names what could not be read"));
      out_->set_way_back("the snapshot named pre-scrub-* that scrub takes first");
      break;
    case Kind::kCompact:
      Effect("data", "compacted");
      out_->set_manual(Nodetool("compact"));
      out_->set_verify(idle);
      out_->set_way_back("none: a large sstable stays large; nodetool stop COMPACTION ends it early without harm");
      break;
    case Kind::kGarbageCollect:
      Effect("data", "without what was deleted");
      out_->set_manual(Nodetool("garbagecollect"));
      out_->set_verify(idle);
      break;
    default:
      Effect("data", "flushed");
      out_->set_manual(Nodetool("flush"));
      out_->set_verify(StrCat("nodetool flush on ", slot_, " ended without an error"));
      break;
  }
  if (rewrites) {
    Cost(1 + seconds / 2, 60 + seconds * 4, Load());
  } else {
    Cost(1, 60);
  }
}

void Describer::Cleanup() {
  if (a_.member != kNone) SlotIdentity();
  Pre("no_movement", "yes");
  Done("reported", "done");
  if (!a_.some_keyspaces) Effect("cleanup_owed", "no");
  out_->set_manual(Nodetool("cleanup"));
  out_->set_verify(StrCat("nodetool compactionstats on ", slot_, " shows no cleanup"));
  const int64_t seconds = Load() / (64 << 20);
  Cost(1 + seconds / 2, 10 + seconds * 2, Load());
}

void Describer::Repair() {
  SlotIdentity();
  Pre("no_movement", "yes");
  Done("reported", "done");
  Effect("repaired", m_.keyspace(a_.keyspace).name);
  // What a change of replication owes is about all ranges of the node, not about its share of a round.
  const bool owed = a_.drift == "repair-owed";
  if (owed) out_->set_replication_factor(a_.replication_factor);
  out_->set_manual(StrCat("nodetool repair --full ", owed ? "" : "--partitioner-range ", m_.keyspace(a_.keyspace).name,
                          " on ", slot_));
  out_->set_verify(StrCat("nodetool repair_admin list on ", slot_));
  const int64_t seconds = Load() / (32 << 20);
  Cost(10 + seconds, 60 + seconds * 4);
}

}  // namespace cassplan::planner
