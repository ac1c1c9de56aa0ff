#include "cassplan/verify.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"
#include "lib/verify/concurrency.h"
#include "lib/verify/explore.h"
#include "lib/verify/preparations.h"
#include "lib/verify/structure.h"

namespace cassplan {
namespace {

// FNV-1a. It tells mistakes from what belongs together; it is no protection.
uint64_t Stamp(const v1::PlanRequest& request, const v1::PlanResponse& response, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (const std::string& bytes : {request.SerializeAsString(), response.SerializeAsString()}) {
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

absl::StatusOr<VerifyResult> Verify(const v1::PlanRequest& request, const v1::PlanResponse& response,
                                    const VerifyOptions& options) {
  verify::World world = verify::MakeWorld(request);
  const std::vector<verify::Operation> operations = verify::ReadOperations(request, response, world);
  CASSPLAN_ASSIGN_OR_RETURN(const verify::Order order, verify::Order::Make(response.plan(), operations));
  verify::Findings findings(operations);
  const verify::Scene scene{world, operations, findings};
  const bool begins = options.checkpoint == nullptr;
  if (!begins && options.checkpoint->of() != Stamp(request, response, options.seed)) {
    return absl::InvalidArgumentError("the checkpoint is of another request, response or seed");
  }
  if (begins) {
    verify::CheckStructure(request, response, scene, order);
    verify::CheckPreparations(request, response, scene, order);
    verify::CheckConcurrency(scene, order);
  }
  CASSPLAN_ASSIGN_OR_RETURN(verify::Visited visited, verify::Explore(scene, order, options));
  VerifyResult result;
  result.states = visited.states;
  if (visited.checkpoint.seen_size() > 0) {
    result.checkpoint = std::move(visited.checkpoint);
    result.checkpoint.set_of(Stamp(request, response, options.seed));
  }
  for (int32_t walk = 0; walk < options.walks && begins && !findings.full(); ++walk) {
    result.states += verify::Walk(scene, order, options.seed * 1000003 + static_cast<uint64_t>(walk));
  }
  result.complete = visited.complete;
  result.violations = findings.Take();
  return result;
}

}  // namespace cassplan
