// nodes.json of a dump: what a person measured on the nodes, and no node tells by itself.
//   {"<pod>": {"disk_used_bytes": N, "disk_capacity_bytes": N, "snapshot_bytes": N, "pending_hints_bytes": N,
//              "dropped_mutations": N, "clock_skew_ms": N, "old_sstables": N}, ...}
// Names and units are those of NodeFacts. Every fact is optional; what is not understood is unknown, and a problem.
#ifndef CASSPLAN_LIB_DUMP_MEASURED_H_
#define CASSPLAN_LIB_DUMP_MEASURED_H_

#include <map>
#include <string>
#include <vector>

#include "cassplan/codec.h"
#include "cassplan/v1/observed.pb.h"
#include "lib/model/document.h"

namespace cassplan::dump {

struct Measured {
  std::map<std::string, v1::NodeFacts> pods;
  std::vector<Problem> problems;
};

// `file` is for locations.
Measured ReadMeasured(const model::Value& document, const std::string& file);

// Adds what was measured to what the node told. Of a fact that both tell the larger counts: each of them is worse, or
// takes up more room, the larger it is. disk_capacity_bytes is told by nobody else.
void AddMeasured(const v1::NodeFacts& measured, v1::NodeFacts* node);

}  // namespace cassplan::dump

#endif  // CASSPLAN_LIB_DUMP_MEASURED_H_
