#include "tests/golden/expectations.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace cassplan::golden {
namespace {

using Words = std::vector<std::string>;

std::string KindName(v1::ActionKind kind) {
  return absl::AsciiStrToLower(v1::ActionKind_Name(kind).substr(sizeof("ACTION_KIND_") - 1));
}

std::string TargetName(const v1::Target& target) {
  if (!target.keyspace().empty() && !target.has_ordinal()) return target.keyspace();
  if (target.datacenter().empty()) return target.name().empty() ? "-" : target.name();
  std::string name = target.datacenter();
  if (!target.rack().empty()) absl::StrAppend(&name, "/", target.rack());
  if (target.has_ordinal()) absl::StrAppend(&name, "/", target.ordinal());
  if (!target.keyspace().empty()) absl::StrAppend(&name, ":", target.keyspace());
  return name;
}

// Without a keyspace: whichever it is about.
bool IsTarget(const std::string& target, const std::string& wanted) {
  return target == wanted || absl::StartsWith(target, wanted + ":");
}

// dc1/rack1 also stands for dc1/rack1/0.
bool Within(const std::string& target, const std::string& place) {
  return target == place || absl::StartsWith(target, place + "/") || absl::StartsWith(target, place + ":");
}

class Checker {
 public:
  explicit Checker(const v1::PlanResponse& response) : response_(response) {
    for (const v1::Action& action : response.plan().actions()) {
      for (const std::string& section : action.sections()) members_[section].push_back(action.id());
      by_id_[action.id()] = &action;
    }
  }

  bool Holds(const Words& w) const {
    const size_t n = w.size();
    if (w[0] == "outcome" && n == 2) return absl::StrCat("OUTCOME_", absl::AsciiStrToUpper(w[1])) == OutcomeName();
    if (w[0] == "action" && (n == 3 || n == 4)) return HasAction(w);
    if (w[0] == "no" && (n == 2 || n == 3)) return Count(w[1], n == 3 ? w[2] : "") == 0 && IsKind(w[1]);
    if (w[0] == "only") return HasOnly(Words(w.begin() + 1, w.end()));
    if (w[0] == "count" && n == 3) return absl::StrCat(Count(w[1], "")) == w[2];
    if (w[0] == "before" && n == 5) return IsBefore(Find(w[1], w[2]), Find(w[3], w[4]));
    if (w[0] == "force" && n == 3) return Find(w[1], w[2]) != nullptr && Find(w[1], w[2])->force();
    if (w[0] == "width" && n == 4) return absl::StrCat(Width(Find(w[1], w[2]))) == w[3];
    if (w[0] == "held" && n == 5 && w[3] == "by") return IsHeld(w[1], w[2], w[4]);
    if (w[0] == "not-held" && (n == 2 || n == 3)) return IsKind(w[1]) && !IsHeld(w[1], n == 3 ? w[2] : "", "");
    if (w[0] == "finding" && n >= 3) return HasFinding(w[1], absl::StrJoin(w.begin() + 2, w.end(), " "));
    if (w[0] == "nothing-ready" && n == 1) return NothingReady();
    return false;
  }

 private:
  std::string OutcomeName() const { return v1::Outcome_Name(response_.outcome()); }

  static bool IsKind(const std::string& name) {
    v1::ActionKind kind;
    return v1::ActionKind_Parse(absl::StrCat("ACTION_KIND_", absl::AsciiStrToUpper(name)), &kind);
  }

  const v1::Action* Find(const std::string& kind, const std::string& target) const {
    for (const v1::Action& action : response_.plan().actions()) {
      if (KindName(action.kind()) == kind && IsTarget(TargetName(action.target()), target)) return &action;
    }
    return nullptr;
  }

  int Count(const std::string& kind, const std::string& place) const {
    int count = 0;
    for (const v1::Action& action : response_.plan().actions()) {
      const bool here = place.empty() || Within(TargetName(action.target()), place);
      count += KindName(action.kind()) == kind && here ? 1 : 0;
    }
    return count;
  }

  bool HasAction(const Words& w) const {
    const v1::Action* action = Find(w[1], w[2]);
    if (action == nullptr || w.size() == 3) return action != nullptr;
    return w[3] == "ready" ? action->ready() : w[3] == "waits" && !action->ready();
  }

  bool HasOnly(const Words& kinds) const {
    std::set<std::string> there;
    for (const v1::Action& action : response_.plan().actions()) there.insert(KindName(action.kind()));
    return there == std::set<std::string>(kinds.begin(), kinds.end());
  }

  // Walks back over what the second requires; the id of a section stands for all its members.
  bool IsBefore(const v1::Action* first, const v1::Action* second) const {
    if (first == nullptr || second == nullptr) return false;
    std::set<std::string> seen;
    std::vector<std::string> open = {second->id()};
    while (!open.empty()) {
      const std::string id = open.back();
      open.pop_back();
      if (!seen.insert(id).second) continue;
      if (const auto section = members_.find(id); section != members_.end()) {
        open.insert(open.end(), section->second.begin(), section->second.end());
      }
      const auto action = by_id_.find(id);
      if (action == by_id_.end()) continue;
      const auto& required = action->second->requires_ids();
      open.insert(open.end(), required.begin(), required.end());
    }
    return first != second && seen.count(first->id()) > 0;
  }

  // 0: no such action, or it needs no pool.
  int Width(const v1::Action* action) const {
    int width = 0;
    for (const v1::Pool& pool : response_.plan().pools()) {
      if (action == nullptr || std::count(action->pools().begin(), action->pools().end(), pool.id()) == 0) continue;
      if (width == 0 || pool.capacity() < width) width = pool.capacity();
    }
    return width;
  }

  bool IsHeld(const std::string& kind, const std::string& target, const std::string& guard) const {
    for (const v1::Held& held : response_.held()) {
      if (KindName(held.kind()) != kind || (!target.empty() && !Within(TargetName(held.target()), target))) continue;
      if (guard.empty()) return true;
      for (const v1::Refusal& refusal : held.by()) {
        if (refusal.guard() == guard) return true;
      }
    }
    return false;
  }

  bool HasFinding(const std::string& rule, const std::string& text) const {
    return std::any_of(response_.findings().begin(), response_.findings().end(), [&](const v1::Finding& finding) {
      return finding.rule() == rule && absl::StrContains(finding.message(), text);
    });
  }

  bool NothingReady() const {
    const auto& actions = response_.plan().actions();
    return std::none_of(actions.begin(), actions.end(), [](const v1::Action& action) { return action.ready(); });
  }

  const v1::PlanResponse& response_;
  std::map<std::string, std::vector<std::string>> members_;  // of sections
  std::map<std::string, const v1::Action*> by_id_;
};

}  // namespace

std::vector<std::string> Unmet(const std::string& expectations, const v1::PlanResponse& response) {
  const Checker checker(response);
  std::vector<std::string> unmet;
  bool any = false;
  for (const absl::string_view line : absl::StrSplit(expectations, '\n', absl::SkipWhitespace())) {
    if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "#")) continue;
    any = true;
    const Words words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (!checker.Holds(words)) unmet.emplace_back(line);
  }
  if (!any) unmet.emplace_back("nothing is expected");
  return unmet;
}

}  // namespace cassplan::golden
