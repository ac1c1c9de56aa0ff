#include "tests/property/support.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cassplan::property {

uint64_t Random::Next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

v1::PlanResponse MustPlan(const v1::PlanRequest& request) {
  absl::StatusOr<v1::PlanResponse> response = Plan(request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return v1::PlanResponse();
  EXPECT_NE(response->outcome(), v1::OUTCOME_UNSPECIFIED);
  return *std::move(response);
}

std::string Violations(const v1::PlanRequest& request, const v1::PlanResponse& response, const VerifyOptions& options) {
  const absl::StatusOr<VerifyResult> result = Verify(request, response, options);
  if (!result.ok()) return absl::StrCat("no plan: ", result.status().ToString(), "\n");
  std::string text;
  for (const Violation& v : result->violations) absl::StrAppend(&text, v.invariant, ": ", v.text, "\n");
  return text;
}

v1::PlanRequest Settled(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  v1::PlanRequest settled = request;
  *settled.mutable_ledger() = response.ledger();
  return settled;
}

VerifyOptions Effort(int64_t states, int32_t walks) {
  VerifyOptions options;
  options.max_states = states;
  options.walks = walks;
  return options;
}

Picture::Picture(const v1::PlanResponse& response) : response_(response) {
  for (int i = 0; i < response.plan().actions_size(); ++i) {
    const v1::Action& a = response.plan().actions(i);
    by_name_[testing::Name(a)] = static_cast<size_t>(i);
    by_id_[a.id()] = static_cast<size_t>(i);
    for (const std::string& section : a.sections()) members_[section].push_back(static_cast<size_t>(i));
    edges_ += a.requires_ids_size();
  }
  for (const v1::Held& held : response.held()) {
    std::set<std::string>& by = held_[testing::Name(held)];
    for (const v1::Refusal& r : held.by()) by.insert(r.guard());
  }
}

std::vector<std::vector<std::string>> Picture::Sections(const std::string& resource) const {
  std::map<int, std::vector<std::string>> by_number;
  for (const v1::Section& section : response_.plan().sections()) {
    if (section.resource() != resource) continue;
    std::vector<std::string>& names = by_number[section.number()];
    names.assign(section.in_flight().begin(), section.in_flight().end());
    const auto members = members_.find(section.id());
    if (members == members_.end()) continue;
    for (const size_t i : members->second) {
      names.push_back(testing::Name(response_.plan().actions(static_cast<int>(i))));
    }
  }
  std::vector<std::vector<std::string>> out;
  for (auto& [number, names] : by_number) out.push_back(std::move(names));
  return out;
}

std::vector<size_t> Picture::Sizes(const std::string& resource) const {
  std::vector<size_t> sizes;
  for (const auto& section : Sections(resource)) sizes.push_back(section.size());
  return sizes;
}

size_t Picture::Index(const std::string& name) const {
  const auto it = by_name_.find(name);
  EXPECT_NE(it, by_name_.end()) << name << " is not planned";
  return it == by_name_.end() ? 0 : it->second;
}

const v1::Action& Picture::action(const std::string& name) const {
  return response_.plan().actions(static_cast<int>(Index(name)));
}

void Picture::Expand(const std::string& id, std::set<size_t>* out) const {
  const auto action = by_id_.find(id);
  if (action != by_id_.end()) out->insert(action->second);
  const auto section = members_.find(id);
  if (section != members_.end()) out->insert(section->second.begin(), section->second.end());
}

bool Picture::Before(const std::string& first, const std::string& second) const {
  const size_t goal = Index(first);
  std::set<size_t> open = {Index(second)};
  std::set<size_t> seen;
  while (!open.empty()) {
    const size_t at = *open.begin();
    open.erase(open.begin());
    if (!seen.insert(at).second) continue;
    std::set<size_t> before;
    for (const std::string& id : response_.plan().actions(static_cast<int>(at)).requires_ids()) Expand(id, &before);
    if (before.count(goal) > 0) return true;
    open.insert(before.begin(), before.end());
  }
  return false;
}

std::vector<std::string> Picture::Named(const std::string& kind) const {
  std::vector<std::string> names;
  for (const v1::Action& a : response_.plan().actions()) {
    std::string name = testing::Name(a);
    if (absl::StartsWith(name, kind + " ")) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> Picture::Ready() const {
  std::vector<std::string> names;
  for (const v1::Action& a : response_.plan().actions()) {
    if (a.ready()) names.push_back(testing::Name(a));
  }
  return names;
}

bool HasFinding(const v1::PlanResponse& response, const std::string& rule, const std::string& text) {
  for (const v1::Finding& finding : response.findings()) {
    if (finding.rule() == rule && absl::StrContains(finding.message(), text)) return true;
  }
  return false;
}

}  // namespace cassplan::property
