// Looks at specs, alone or with what is observed of one of them, for what will hurt later. Pure.
#ifndef CASSPLAN_LIB_LINT_LINT_H_
#define CASSPLAN_LIB_LINT_LINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "cassplan/v1/planner.pb.h"
#include "lib/kubernetes/cassandra_cluster.h"

namespace cassplan::lint {

// docs/lint.md has a section for each.
struct Rule {
  const char* slug;
  v1::FindingLevel level;  // at worst
  const char* summary;
  const char* help;
};
absl::Span<const Rule> Rules();

struct Spec {
  std::string file;
  v1::Desired desired;
  const kubernetes::CassandraCluster* cluster = nullptr;  // where it was written as one
};

struct Input {
  std::vector<Spec> specs;
  // What is there of specs[0]; null: only the specs are looked at.
  const v1::Observed* observed = nullptr;
  v1::Ledger ledger;
  v1::Policy policy;
  int64_t now_seconds = 0;
};

// Sorted by file, line, rule and message; what has no place comes last. Unknown facts break no rule.
std::vector<v1::Finding> Lint(const Input& input);

}  // namespace cassplan::lint

#endif  // CASSPLAN_LIB_LINT_LINT_H_
