// Pass 2: is the spec legal, is the *change* legal against what is observed, is its end reachable. A goal that is
// refused is refused whole, before anything irreversible; the rest of the plan goes on.
#ifndef CASSPLAN_LIB_PLANNER_ADMIT_H_
#define CASSPLAN_LIB_PLANNER_ADMIT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/planner/model.h"

namespace cassplan::planner {

void Admit(Model* model);

// ---- parts
void AdmitReleases(Model* model);  // admit_releases.cc
void AdmitVolumes(Model* model);   // admit_volumes.cc
void AdmitDisk(Model* model);      // admit_disk.cc

// A finding that refuses a change. What follows from it is set by who calls.
void Refuse(Model* model, absl::string_view rule, std::string message, std::string remedy, std::string path, Id dc,
            Id rack = kNone);

// "100Gi", as it stands in a CassandraCluster.
std::string SizeText(int64_t bytes);
// "37 GiB", for what is only estimated.
std::string SizeRounded(int64_t bytes);
// "dc1/r1/0, dc1/r1/1 and 3 more"
std::string SomeSlots(const Model& model, const std::vector<Id>& slots);

// The template of the rack is not the one that it shall have.
inline bool TemplateDiffers(const Rack& rack) {
  return rack.present == Known::kYes && rack.revision != rack.desired_revision;
}

// What the rack's nodes shall run.
inline Runs DesiredRuns(const Rack& rack) {
  const absl::string_view line = ReleaseLine(rack.desired_release);
  return {line, HasMode(line) ? rack.desired_mode : absl::string_view()};
}

// What the node of a slot runs; where the node says nothing, what its image is.
Runs RunsIn(const Model& model, const Slot& slot);

// Bytes that the volume of a desired slot is missing, by what was asked for it already; 0: none, or its size is
// unknown. It may have been asked for and not be there yet: see VolumeGrows.
int64_t MissingBytes(const Model& model, const Slot& slot);
// The volume is smaller than desired, or not known to have grown to what was asked for.
bool VolumeGrows(const Model& model, const Slot& slot);

// Nodes that would stay in the datacenter when the desired state is reached.
int32_t DesiredNodes(const Model& model, Id dc);

// The highest replication factor that a user keyspace (or system_auth, unless at its default) has there; `keyspace`
// gets one that has it.
int32_t HighestReplication(const Model& model, Id dc, bool user_only, Id* keyspace);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_ADMIT_H_
