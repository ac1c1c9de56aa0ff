#include "lib/planner/model.h"

#include "absl/strings/str_cat.h"

namespace cassplan::planner {

std::string Model::RackName(Id id) const {
  if (id == kNone) return "(no rack)";
  return absl::StrCat(dc(rack(id).dc).name, "/", rack(id).name);
}

std::string Model::SlotName(Id id) const { return absl::StrCat(RackName(slot(id).rack), "/", slot(id).ordinal); }

std::string Model::MemberName(Id id) const {
  const Member& m = member(id);
  if (m.slot != kNone) return SlotName(m.slot);
  return absl::StrCat("host id ", m.host_id);
}

std::string Model::DcName(Id id) const {
  return id == kNone ? std::string("its datacenter") : std::string(dc(id).name);
}

std::string Model::DownOrUnknown(Id id) const {
  return member(id).down ? absl::StrCat(MemberName(id), " is down")
                         : absl::StrCat("whether ", MemberName(id), " is up is not known");
}

Id Model::Wanted(Kind kind, Id slot) const {
  for (size_t i = 0; i < requests.size(); ++i) {
    const Request& r = requests[i];
    if (r.kind == kind && r.slot == slot && r.state == RequestState::kWanted) return static_cast<Id>(i);
  }
  return kNone;
}

absl::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kUnspecified:
      return "unspecified";
    case Kind::kCreateClusterObjects:
      return "create_cluster_objects";
    case Kind::kUpdateClusterObjects:
      return "update_cluster_objects";
    case Kind::kCreateRack:
      return "create_rack";
    case Kind::kUpdateRack:
      return "update_rack";
    case Kind::kSetSeeds:
      return "set_seeds";
    case Kind::kGrantStart:
      return "grant_start";
    case Kind::kStartNode:
      return "start_node";
    case Kind::kDrain:
      return "drain";
    case Kind::kRestartNode:
      return "restart_node";
    case Kind::kDecommission:
      return "decommission";
    case Kind::kShrinkRack:
      return "shrink_rack";
    case Kind::kDeleteVolume:
      return "delete_volume";
    case Kind::kQuarantineVolume:
      return "quarantine_volume";
    case Kind::kDeleteRack:
      return "delete_rack";
    case Kind::kRecreateRack:
      return "recreate_rack";
    case Kind::kGrowVolume:
      return "grow_volume";
    case Kind::kRemoveNode:
      return "remove_node";
    case Kind::kAssassinate:
      return "assassinate";
    case Kind::kReplaceNode:
      return "replace_node";
    case Kind::kRebuild:
      return "rebuild";
    case Kind::kCleanup:
      return "cleanup";
    case Kind::kStopCompaction:
      return "stop_compaction";
    case Kind::kUpgradeSstables:
      return "upgrade_sstables";
    case Kind::kScrub:
      return "scrub";
    case Kind::kCompact:
      return "compact";
    case Kind::kFlush:
      return "flush";
    case Kind::kGarbageCollect:
      return "garbage_collect";
    case Kind::kAlterKeyspace:
      return "alter_keyspace";
    case Kind::kRepair:
      return "repair";
    case Kind::kPauseRepairs:
      return "pause_repairs";
    case Kind::kResumeRepairs:
      return "resume_repairs";
    case Kind::kTakeSnapshot:
      return "take_snapshot";
    case Kind::kClearSnapshot:
      return "clear_snapshot";
    case Kind::kBackup:
      return "backup";
    case Kind::kDeleteBackup:
      return "delete_backup";
    case Kind::kRestore:
      return "restore";
  }
  return "unspecified";
}

}  // namespace cassplan::planner
