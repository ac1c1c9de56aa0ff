#include "cassplan/verify.h"

#include "lib/base/status_macros.h"
#include "lib/verify/concurrency.h"
#include "lib/verify/explore.h"
#include "lib/verify/preparations.h"
#include "lib/verify/structure.h"

namespace cassplan {

absl::StatusOr<VerifyResult> Verify(const v1::PlanRequest& request, const v1::PlanResponse& response,
                                    const VerifyOptions& options) {
  verify::World world = verify::MakeWorld(request);
  const std::vector<verify::Operation> operations = verify::ReadOperations(request, response, world);
  CASSPLAN_ASSIGN_OR_RETURN(const verify::Order order, verify::Order::Make(response.plan(), operations));
  verify::Findings findings(operations);
  const verify::Scene scene{world, operations, findings};
  verify::CheckStructure(request, response, scene, order);
  verify::CheckPreparations(request, response, scene, order);
  verify::CheckConcurrency(scene, order);
  const verify::Visited visited = verify::Explore(scene, order, options);
  VerifyResult result;
  result.states = visited.states;
  for (int32_t walk = 0; walk < options.walks && !findings.full(); ++walk) {
    result.states += verify::Walk(scene, order, options.seed * 1000003 + static_cast<uint64_t>(walk));
  }
  result.complete = visited.complete;
  result.violations = findings.Take();
  return result;
}

}  // namespace cassplan
