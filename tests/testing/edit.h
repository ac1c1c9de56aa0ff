// Finds the parts of a built request, so that a test can change what the builder does not know. A part that is not
// there ends the test program.
#ifndef CASSPLAN_TESTS_TESTING_EDIT_H_
#define CASSPLAN_TESTS_TESTING_EDIT_H_

#include <string>

#include "cassplan/v1/planner.pb.h"

namespace cassplan::testing {

// Racks are named "dc1/r1", slots "dc1/r1/0".
v1::DesiredRack* DesiredRackOf(const std::string& rack, v1::PlanRequest* request);
v1::RackFacts* RackFactsOf(const std::string& rack, v1::PlanRequest* request);
v1::Report* SlotReportOf(const std::string& slot, v1::PlanRequest* request);
v1::SlotFacts* SlotFactsOf(const std::string& slot, v1::PlanRequest* request);
v1::Report* VolumeReportOf(const std::string& slot, v1::PlanRequest* request);
v1::VolumeFacts* VolumeFactsOf(const std::string& slot, v1::PlanRequest* request);
v1::NodeFacts* NodeFactsOf(const std::string& slot, v1::PlanRequest* request);
v1::InventoryFacts* InventoryOf(v1::PlanRequest* request);
v1::ViewFacts* ViewOf(v1::PlanRequest* request);
v1::Peer* PeerOf(const std::string& host_id, v1::PlanRequest* request);
v1::SchemaFacts* SchemaOf(v1::PlanRequest* request);

// Takes out every report with facts of a kind.
void DropReports(v1::Report::FactsCase facts, v1::PlanRequest* request);
// A fresh report of Kubernetes without facts.
v1::Report* AddReport(v1::PlanRequest* request);
// A volume of a slot that nothing uses.
v1::VolumeFacts* AddVolume(const std::string& slot, v1::PlanRequest* request);
void Pause(v1::ActionKind kind, v1::Policy* policy);

}  // namespace cassplan::testing

#endif  // CASSPLAN_TESTS_TESTING_EDIT_H_
