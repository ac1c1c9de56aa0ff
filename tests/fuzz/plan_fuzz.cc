// The planner takes any request: it ends, gives an outcome, and what it gives can be written and read back. The bytes
// are a serialized PlanRequest; most of what a fuzzer makes of one is a request that nobody would write.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "cassplan/planner.h"
#include "cassplan/verify.h"

namespace {

constexpr size_t kMostBytes = 64 << 10;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void CheckResponse(const cassplan::v1::PlanRequest& request, const cassplan::v1::PlanResponse& response) {
  Require(response.outcome() != cassplan::v1::OUTCOME_UNSPECIFIED, "no outcome");
  std::string bytes;
  Require(response.SerializeToString(&bytes), "the response cannot be written");
  cassplan::v1::PlanResponse back;
  Require(back.ParseFromString(bytes), "the response cannot be read back");
  cassplan::VerifyOptions options;
  options.max_states = 20;
  // The verifier takes the ledger at its word; the response has it settled.
  cassplan::v1::PlanRequest settled = request;
  *settled.mutable_ledger() = response.ledger();
  Require(cassplan::Verify(settled, response, options).ok(), "the response is no plan");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cassplan::v1::PlanRequest request;
  if (size > kMostBytes || !request.ParseFromArray(data, static_cast<int>(size))) return 0;
  const absl::StatusOr<cassplan::v1::PlanResponse> response = cassplan::Plan(request);
  Require(response.ok(), "no response");
  CheckResponse(request, *response);
  return 0;
}
