#include "tests/simulate/judge.h"

#include <iostream>
#include <string>

#include "tests/testing/cluster.h"

namespace cassplan::simulate {

bool Good(const v1::SimulationResult& r) {
  if (r.verdict() == v1::SIMULATION_VERDICT_CONVERGED) return true;
  bool told = false;
  for (const v1::Finding& f : r.findings()) {
    told |= f.level() == v1::FINDING_LEVEL_ERROR && !f.message().empty() && !f.remedy().empty();
  }
  if (r.verdict() == v1::SIMULATION_VERDICT_REFUSED) return told;
  if (r.verdict() != v1::SIMULATION_VERDICT_BLOCKED) return false;
  for (const v1::Held& held : r.held()) {
    for (const v1::Refusal& by : held.by()) {
      if (by.guard().empty() || by.text().empty() || by.remedy().empty()) return false;
    }
  }
  return told || r.held_size() > 0;
}

v1::SimulationRequest Smaller(v1::SimulationRequest request, const SimulateHooks& hooks) {
  for (int i = request.faults_size() - 1; i >= 0; --i) {
    v1::SimulationRequest less = request;
    less.mutable_faults()->DeleteSubrange(i, 1);
    const auto result = Simulate(less, hooks);
    if (!result.ok() || !Good(*result)) request = less;
  }
  return request;
}

int Fail(const v1::SimulationRequest& failed) {
  const v1::SimulationRequest request = Smaller(failed);
  const auto result = Simulate(request);
  std::cout << "FAILED: seed " << request.seed() << ", made smaller to " << request.faults_size() << " of "
            << failed.faults_size() << " fault(s)\n";
  for (const std::string& fault : request.faults()) std::cout << "fault " << fault << "\n";
  if (!result.ok()) {
    std::cout << result.status() << "\n";
    return 1;
  }
  std::cout << v1::SimulationVerdict_Name(result->verdict()) << " after " << result->seconds() << " s\n";
  for (const auto& e : result->events()) std::cout << e.at_seconds() << " " << e.kind() << " " << e.text() << "\n";
  for (const auto& v : result->violations()) std::cout << "violation " << v.invariant() << ": " << v.text() << "\n";
  for (const auto& h : result->held()) {
    for (const auto& by : h.by())
      std::cout << testing::Name(h) << " held by " << by.guard() << ": " << by.text() << " | " << by.remedy() << "\n";
  }
  for (const auto& f : result->findings()) std::cout << "finding " << f.rule() << ": " << f.message() << "\n";
  return 1;
}

}  // namespace cassplan::simulate
