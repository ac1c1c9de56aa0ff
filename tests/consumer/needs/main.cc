// Every public header, and one call of each.
#include <iostream>

#include "cassplan/codec.h"
#include "cassplan/planner.h"
#include "cassplan/verify.h"

int main() {
  cassplan::v1::PlanRequest request;
  if (!cassplan::ParseJson("{\"now_seconds\": 5}", cassplan::ParseOptions(), &request).empty()) return 1;
  const auto response = cassplan::Plan(request);
  if (!response.ok() || response->outcome() != cassplan::v1::OUTCOME_INVALID) return 1;
  const auto proof = cassplan::Verify(request, *response, cassplan::VerifyOptions());
  std::cout << cassplan::WriteJsonLine(request) << (proof.ok() ? "" : " not proven") << "\n";
  return 0;
}
