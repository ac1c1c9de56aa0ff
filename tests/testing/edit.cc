#include "tests/testing/edit.h"

#include <cstdio>
#include <cstdlib>

#include "tests/testing/cluster.h"

namespace cassplan::testing {
namespace {

[[noreturn]] void Missing(const std::string& what) {
  std::fprintf(stderr, "the request has no %s\n", what.c_str());
  std::abort();
}

std::string NameOf(const v1::Target& t) {
  std::string name = t.datacenter() + "/" + t.rack();
  if (t.has_ordinal()) name += "/" + std::to_string(t.ordinal());
  return name;
}

v1::Report* Find(v1::Report::FactsCase facts, const std::string& subject, v1::PlanRequest* request) {
  for (v1::Report& report : *request->mutable_observed()->mutable_reports()) {
    if (report.facts_case() == facts && (subject.empty() || NameOf(report.subject()) == subject)) return &report;
  }
  Missing("report about " + subject);
}

}  // namespace

v1::DesiredRack* DesiredRackOf(const std::string& rack, v1::PlanRequest* request) {
  for (v1::DesiredDatacenter& dc : *request->mutable_desired()->mutable_datacenters()) {
    for (v1::DesiredRack& r : *dc.mutable_racks()) {
      if (dc.name() + "/" + r.name() == rack) return &r;
    }
  }
  Missing("desired rack " + rack);
}

v1::RackFacts* RackFactsOf(const std::string& rack, v1::PlanRequest* request) {
  return Find(v1::Report::kRack, rack, request)->mutable_rack();
}

v1::Report* SlotReportOf(const std::string& slot, v1::PlanRequest* request) {
  return Find(v1::Report::kSlot, slot, request);
}

v1::SlotFacts* SlotFactsOf(const std::string& slot, v1::PlanRequest* request) {
  return SlotReportOf(slot, request)->mutable_slot();
}

v1::Report* VolumeReportOf(const std::string& slot, v1::PlanRequest* request) {
  return Find(v1::Report::kVolume, slot, request);
}

v1::VolumeFacts* VolumeFactsOf(const std::string& slot, v1::PlanRequest* request) {
  return VolumeReportOf(slot, request)->mutable_volume();
}

v1::NodeFacts* NodeFactsOf(const std::string& slot, v1::PlanRequest* request) {
  return Find(v1::Report::kNode, slot, request)->mutable_node();
}

v1::InventoryFacts* InventoryOf(v1::PlanRequest* request) {
  return Find(v1::Report::kInventory, "", request)->mutable_inventory();
}

v1::ViewFacts* ViewOf(v1::PlanRequest* request) { return Find(v1::Report::kView, "", request)->mutable_view(); }

v1::Peer* PeerOf(const std::string& host_id, v1::PlanRequest* request) {
  for (v1::Peer& peer : *ViewOf(request)->mutable_peers()) {
    if (peer.host_id() == host_id) return &peer;
  }
  Missing("peer " + host_id);
}

v1::SchemaFacts* SchemaOf(v1::PlanRequest* request) { return Find(v1::Report::kSchema, "", request)->mutable_schema(); }

void DropReports(v1::Report::FactsCase facts, v1::PlanRequest* request) {
  v1::Observed kept;
  for (const v1::Report& report : request->observed().reports()) {
    if (report.facts_case() != facts) *kept.add_reports() = report;
  }
  *request->mutable_observed() = kept;
}

v1::Report* AddReport(v1::PlanRequest* request) {
  v1::Report* report = request->mutable_observed()->add_reports();
  report->set_source("kubernetes");
  report->set_observed_at_seconds(kNow - 5);
  report->set_status(v1::REPORT_STATUS_OK);
  return report;
}

v1::VolumeFacts* AddVolume(const std::string& slot, v1::PlanRequest* request) {
  v1::Report* report = AddReport(request);
  SetSlot(slot, report->mutable_subject());
  report->mutable_subject()->set_uid("volume-uid-" + slot);
  report->mutable_subject()->set_name("data-" + slot);
  report->mutable_volume()->set_present(true);
  report->mutable_volume()->set_mounted(false);
  report->mutable_volume()->set_capacity_bytes(int64_t{100} << 30);
  return report->mutable_volume();
}

void Pause(v1::ActionKind kind, v1::Policy* policy) { policy->add_paused()->set_kind(kind); }

}  // namespace cassplan::testing
