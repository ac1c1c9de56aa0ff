// Part of pass 1 (see normalize.h): which reports count, and what they say of objects. Stale and failed reports leave
// facts unknown; two that differ make a note and an unknown; a complete inventory makes what it does not list absent.
#ifndef CASSPLAN_LIB_PLANNER_REPORTS_H_
#define CASSPLAN_LIB_PLANNER_REPORTS_H_

#include <cstdint>
#include <vector>

#include "cassplan/v1/planner.pb.h"
#include "lib/planner/model.h"
#include "lib/planner/normalize_observed.h"

namespace cassplan::planner {

inline Known ToKnown(bool set, bool value) { return !set ? Known::kUnknown : value ? Known::kYes : Known::kNo; }

// What nodes said; the rest is in the model.
struct Reports {
  std::vector<const v1::Report*> views;
  std::vector<const v1::Report*> nodes;           // by slot; null where there is none
  std::vector<uint8_t> node_conflicts;            // by slot: two reports of its node differ
  std::vector<const v1::NodeFacts*> contested;    // every word of the nodes of which reports differ
  std::vector<const v1::NodeFacts*> loose_nodes;  // that name no slot
  bool racks_complete = false;
  bool slots_complete = false;
  bool volumes_complete = false;
};

// It succeeded, and is not too old (nor too far ahead).
bool Usable(const Model& model, const v1::Report& report);

// Keeps the newest report of each source, the newest of all first; true when these do not say the same.
bool KeepNewest(std::vector<const v1::Report*>* list);

// Fills in the observed side of racks, slots, volumes and shared objects.
Reports ReadReports(const RackIndex& index, Model* model);

}  // namespace cassplan::planner

#endif  // CASSPLAN_LIB_PLANNER_REPORTS_H_
