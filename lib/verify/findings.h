// Collects violations: each (invariant, text) once, at most 100.
#ifndef CASSPLAN_LIB_VERIFY_FINDINGS_H_
#define CASSPLAN_LIB_VERIFY_FINDINGS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "cassplan/verify.h"
#include "lib/verify/operations.h"

namespace cassplan::verify {

class Findings {
 public:
  explicit Findings(const std::vector<Operation>& operations) : operations_(operations) {}

  void Add(absl::string_view invariant, std::string text, const std::vector<int32_t>& running) {
    if (full() || !seen_.emplace(std::string(invariant), text).second) return;
    Violation violation{std::string(invariant), std::move(text), {}};
    for (const int32_t number : running) violation.running.push_back(At(operations_, number).id);
    violations_.push_back(std::move(violation));
  }

  bool full() const { return violations_.size() >= 100; }
  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  const std::vector<Operation>& operations_;
  absl::btree_set<std::pair<std::string, std::string>> seen_;
  std::vector<Violation> violations_;
};

}  // namespace cassplan::verify

#endif  // CASSPLAN_LIB_VERIFY_FINDINGS_H_
