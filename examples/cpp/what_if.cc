// Asks the planner a question in C++: what would happen to this request if one more node were down?
//
//   what_if REQUEST.json [DC/RACK/ORDINAL]
//
// Plans the request as it is, then with that node seen down by everybody, proves both plans, and says what changes.
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cassplan/codec.h"
#include "cassplan/planner.h"
#include "cassplan/verify.h"

namespace {

using cassplan::v1::PlanRequest;
using cassplan::v1::PlanResponse;

bool Read(const std::string& path, PlanRequest* request) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  cassplan::ParseOptions options;
  options.file = path;
  const auto problems = cassplan::ParseJson(text.str(), options, request);
  for (const cassplan::Problem& problem : problems) std::cerr << cassplan::FormatProblem(problem) << "\n";
  return file.good() && problems.empty();
}

// Nobody hears from the node any more: its own report goes, and the others see it down.
bool TakeDown(const std::string& slot, PlanRequest* request) {
  std::string host_id;
  for (cassplan::v1::Report& report : *request->mutable_observed()->mutable_reports()) {
    const cassplan::v1::Target& t = report.subject();
    if (!report.has_node() || absl::StrCat(t.datacenter(), "/", t.rack(), "/", t.ordinal()) != slot) continue;
    host_id = report.node().host_id();
    report.clear_node();
    report.set_status(cassplan::v1::REPORT_STATUS_FAILED);
    report.set_error("what if it were down");
  }
  for (cassplan::v1::Report& report : *request->mutable_observed()->mutable_reports()) {
    if (!report.has_view()) continue;
    auto* viewers = report.mutable_view()->mutable_viewers();
    for (int i = viewers->size() - 1; i >= 0; --i) {
      if (viewers->Get(i) == host_id) viewers->DeleteSubrange(i, 1);
    }
    for (cassplan::v1::Peer& peer : *report.mutable_view()->mutable_peers()) {
      if (peer.host_id() == host_id) peer.set_state(cassplan::v1::PEER_STATE_DOWN);
    }
  }
  return !host_id.empty();
}

bool PlanAndProve(const PlanRequest& request, PlanResponse* response) {
  absl::StatusOr<PlanResponse> planned = cassplan::Plan(request);
  if (!planned.ok()) {
    std::cerr << planned.status() << "\n";
    return false;
  }
  *response = *std::move(planned);
  const absl::StatusOr<cassplan::VerifyResult> proof = cassplan::Verify(request, *response, cassplan::VerifyOptions());
  if (!proof.ok() || !proof->violations.empty()) {
    std::cerr << "the plan is not safe\n";
    return false;
  }
  std::cout << cassplan::v1::Outcome_Name(response->outcome()) << ": " << response->summary() << " (" << proof->states
            << " states proven)\n";
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  PlanRequest request;
  PlanResponse as_it_is;
  if (argc < 2 || argc > 3 || !Read(argv[1], &request)) {
    std::cerr << "usage: what_if REQUEST.json [DC/RACK/ORDINAL]\n";
    return 3;
  }
  if (!PlanAndProve(request, &as_it_is)) return 1;
  if (argc == 2) return 0;
  if (!TakeDown(argv[2], &request)) {
    std::cerr << "nothing is known of a node in " << argv[2] << "\n";
    return 3;
  }
  PlanResponse with_one_down;
  std::cout << "with " << argv[2] << " down: ";
  if (!PlanAndProve(request, &with_one_down)) return 1;
  for (const cassplan::v1::Held& held : with_one_down.held()) {
    if (held.by_size() > 0) std::cout << "  held by " << held.by(0).guard() << ": " << held.by(0).text() << "\n";
  }
  return 0;
}
