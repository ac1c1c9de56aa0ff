#include "lib/report/json.h"

#include "cassplan/codec.h"

namespace cassplan::report {

std::string RenderJson(const v1::PlanResponse& response) { return WriteJson(response); }

}  // namespace cassplan::report
