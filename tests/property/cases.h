// The inputs of the named cases (docs/scheduling.md), for the tests of scheduling, re-planning and determinism.
#ifndef CASSPLAN_TESTS_PROPERTY_CASES_H_
#define CASSPLAN_TESTS_PROPERTY_CASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/testing/cluster.h"

namespace cassplan::property {

struct Case {
  std::string name;
  testing::Cluster (*make)(uint64_t seed);
};

// Every case of a small cluster (at most 24 nodes).
const std::vector<Case>& SmallCases();
testing::Cluster MakeCase(const std::string& name, uint64_t seed = 1);

// A cluster whose every node shall get template "B"; `drain` as a step of its own.
testing::Cluster Rolling(const testing::Shape& shape, uint64_t seed, bool drain = false);
void Down(testing::Cluster* cluster, const std::string& slot, bool failed);

}  // namespace cassplan::property

#endif  // CASSPLAN_TESTS_PROPERTY_CASES_H_
