// What the property tests share: plans that every test judges again with the verifier, and short ways to look at them.
#ifndef CASSPLAN_TESTS_PROPERTY_SUPPORT_H_
#define CASSPLAN_TESTS_PROPERTY_SUPPORT_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cassplan/planner.h"
#include "cassplan/verify.h"
#include "tests/testing/cluster.h"

namespace cassplan::property {

using testing::Cluster;
using testing::Even;
using testing::Shape;

// A small generator with the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 0x1234567) {}
  uint64_t Next();
  // [0, bound)
  int Below(int bound) { return static_cast<int>(Next() % static_cast<uint64_t>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

v1::PlanResponse MustPlan(const v1::PlanRequest& request);

// What the verifier says against the plan: one line per violation; empty when there is none.
std::string Violations(const v1::PlanRequest& request, const v1::PlanResponse& response,
                       const VerifyOptions& options = {});

// The request with the ledger that the planner settled: the verifier takes what a ledger has in flight at its word.
v1::PlanRequest Settled(const v1::PlanRequest& request, const v1::PlanResponse& response);

// Options that explore at most `states` states and walk `walks` times with random durations.
VerifyOptions Effort(int64_t states, int32_t walks);

// The planned actions and how they are ordered.
class Picture {
 public:
  explicit Picture(const v1::PlanResponse& response);

  // Names of the members of each section of a resource, in the order of the sections; what is in flight is named by id.
  std::vector<std::vector<std::string>> Sections(const std::string& resource) const;
  std::vector<size_t> Sizes(const std::string& resource) const;
  // Must `first` be done before `second` may start? By names.
  bool Before(const std::string& first, const std::string& second) const;
  bool Has(const std::string& name) const { return by_name_.count(name) > 0; }
  const v1::Action& action(const std::string& name) const;
  // Names of actions of a kind ("restart_node"), in the order of the plan.
  std::vector<std::string> Named(const std::string& kind) const;
  // "restart_node dc1/r2/0" -> slugs of the guards that hold it.
  const std::map<std::string, std::set<std::string>>& held() const { return held_; }
  std::vector<std::string> Ready() const;
  int edges() const { return edges_; }

 private:
  size_t Index(const std::string& name) const;
  void Expand(const std::string& id, std::set<size_t>* out) const;

  const v1::PlanResponse& response_;
  std::map<std::string, size_t> by_name_;
  std::map<std::string, size_t> by_id_;
  std::map<std::string, std::vector<size_t>> members_;  // by section id
  std::map<std::string, std::set<std::string>> held_;
  int edges_ = 0;
};

bool HasFinding(const v1::PlanResponse& response, const std::string& rule, const std::string& text = "");

}  // namespace cassplan::property

#endif  // CASSPLAN_TESTS_PROPERTY_SUPPORT_H_
