// What actions are: larger volumes, and what an upgrade needs beside the restarts.
#include "absl/strings/str_cat.h"
#include "lib/planner/admit.h"
#include "lib/planner/explain_describe.h"

namespace cassplan::planner {

using absl::StrCat;

void Describer::GrowVolume() {
  const VolumeState& volume = m_.slot(a_.slot).volume;
  const std::string size = SizeText(a_.capacity);
  out_->set_capacity_bytes(a_.capacity);
  out_->set_volume(std::string(volume.name));
  Pre("volume_uid", volume.uid);
  Pre("volume_expandable", "yes", StrCat("storage class ", volume.storage_class));
  Done("volume_capacity", StrCat(a_.capacity));
  Abort("volume_resize", "failed");
  Effect("volume_capacity", StrCat(a_.capacity));
  out_->set_reversibility(v1::REVERSIBILITY_IRREVERSIBLE);
  const absl::string_view name = volume.name.empty() ? absl::string_view("of the slot") : volume.name;
  out_->set_manual(StrCat("kubectl patch pvc ", name, " -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"",
                          size, "\"}}}}'"));
  out_->set_verify(StrCat("kubectl get pvc ", name, " shows CAPACITY ", size));
  out_->set_way_back("none: a volume does not shrink; no data is at risk and nothing restarts");
  Cost(10, 600);
}

void Describer::Recreate() {
  const planner::Rack& rack = m_.rack(a_.rack);
  const bool grows = a_.capacity > 0;
  if (!rack.uid.empty()) Pre("rack_uid", rack.uid);
  Pre("rack_present", "yes");
  if (grows) Pre("volumes_capacity", StrCat(a_.capacity));
  if (!grows) {
    out_->set_template_revision(std::string(rack.desired_revision));
    out_->set_restart_token(std::string(rack.restart_token));
  }
  out_->set_capacity_bytes(grows ? a_.capacity : rack.capacity);
  out_->set_storage_class(std::string(rack.storage_class));
  Done("rack_present", "yes");
  Done("rack_uid", "another");
  if (grows) Done("rack_capacity", StrCat(a_.capacity));
  if (!grows) Done("template_revision", rack.desired_revision);
  Effect(grows ? "rack_capacity" : "template_revision",
         grows ? StrCat(a_.capacity) : std::string(rack.desired_revision));
  out_->set_manual(
      StrCat("save the StatefulSet of rack ", m_.RackName(a_.rack),
             " (kubectl get -o yaml), delete it with --cascade=orphan, ",
             grows ? StrCat("and create it again as saved, but with ", SizeText(a_.capacity),
                            " in the volume claim template named data")
                   : std::string("and create it again as cassplan render prints it, with the replicas that it has"),
             " and with updateStrategy OnDelete: its Pods keep running and are adopted"));
  out_->set_verify(StrCat("kubectl get statefulset shows as many ready as before, and no Pod of ", m_.RackName(a_.rack),
                          " is younger than it was"));
  out_->set_way_back("create the saved StatefulSet again; the Pods run on without it");
  Cost(2, 60);
}

void Describer::Snapshot() {
  SlotIdentity();
  Pre("node_mode", "normal");
  out_->set_snapshot(a_.snapshot);
  Done("reported", "done");
  Effect("snapshot", a_.snapshot);
  out_->set_manual(StrCat("nodetool snapshot -t ", a_.snapshot, " on ", slot_));
  out_->set_verify(StrCat("nodetool listsnapshots on ", slot_, " shows ", a_.snapshot));
  out_->set_way_back(StrCat("nodetool clearsnapshot -t ", a_.snapshot, " on ", slot_));
  Cost(5, 120);
}

void Describer::UpgradeSstables() {
  SlotIdentity();
  Pre("node_mode", "normal");
  Pre("releases", "1");
  Pre("schema_versions", "1");
  Done("reported", "done");
  Effect("upgrade_owed", "no");
  out_->set_reversibility(v1::REVERSIBILITY_UNTIL_STARTED);
  out_->set_manual(StrCat("nodetool upgradesstables on ", slot_));
  out_->set_verify(StrCat("nodetool compactionstats on ", slot_, " shows no upgrade; a second run ends at once"));
  out_->set_way_back("none is needed: what is rewritten stays readable for the release that runs");
  const int64_t seconds = Load() / (32 << 20);
  Cost(1 + seconds / 2, 30 + seconds * 2, Load());
}

}  // namespace cassplan::planner
