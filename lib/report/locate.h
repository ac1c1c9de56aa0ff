// Where in the user's own file the cause of something stands.
#ifndef CASSPLAN_LIB_REPORT_LOCATE_H_
#define CASSPLAN_LIB_REPORT_LOCATE_H_

#include "absl/strings/string_view.h"
#include "cassplan/v1/plan.pb.h"
#include "cassplan/v1/planner.pb.h"

namespace cassplan::report {

// The place of `path` in Desired.locations: the exact one; else a field of that name, the nearest to `target`'s
// datacenter and rack. A Location without a file when nothing fits.
v1::Location Locate(const v1::Desired& desired, absl::string_view path, const v1::Target& target);

// The place of the first of the reason's paths that has one; else of the target's datacenter.
v1::Location Locate(const v1::Desired& desired, const v1::Reason& reason, const v1::Target& target);

// "desired.yaml:12:5 (spec.nodesPerRacks)"; empty when the file is not known.
std::string PlaceAndPath(const v1::Location& location);

}  // namespace cassplan::report

#endif  // CASSPLAN_LIB_REPORT_LOCATE_H_
