#include "lib/report/results.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/report/grouping.h"
#include "lib/report/locate.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

Result OfFinding(const v1::Finding& f) {
  Result r;
  r.rule = f.rule().empty() ? "finding" : f.rule();
  r.level = f.level();
  r.where = f.has_subject() ? TargetName(f.subject()) : "";
  r.message = MessageOf(f);
  r.remedy = f.remedy();
  r.location = f.location();
  r.key = absl::StrCat(r.rule, "|", r.where, "|", f.location().path());
  return r;
}

void AddHeld(const v1::PlanRequest& request, const v1::PlanResponse& response, std::vector<Result>* out) {
  using Key = std::tuple<std::string, int, std::string, std::string, std::string>;
  std::vector<Key> order;
  std::map<Key, std::pair<const v1::Refusal*, std::vector<const v1::Held*>>> groups;
  for (const v1::Held& h : response.held()) {
    for (const v1::Refusal& by : h.by()) {
      const Key key(by.guard(), h.kind(), h.target().datacenter(), h.target().rack(), by.text());
      auto& [refusal, held] = groups[key];
      if (held.empty()) order.push_back(key);
      refusal = &by;
      held.push_back(&h);
    }
  }
  for (const Key& key : order) {
    const auto& [by, held] = groups[key];
    std::vector<const v1::Target*> targets;
    for (const v1::Held* h : held) targets.push_back(&h->target());
    Result r;
    r.kind = ResultKind::kHeld;
    r.rule = by->guard();
    r.level = by->guard() == kPredecessor ? v1::FINDING_LEVEL_NOTE : v1::FINDING_LEVEL_WARNING;
    r.where = held.size() == 1 ? TargetName(held[0]->target())
                               : absl::StrCat(std::get<2>(key), std::get<3>(key).empty() ? "" : "/", std::get<3>(key));
    r.what = GroupPhrase(held[0]->kind(), targets);
    r.message = by->text();
    r.remedy = by->remedy();
    r.location = Locate(request.desired(), held[0]->reason(), held[0]->target());
    r.key = absl::StrCat("held|", r.rule, "|", KindName(held[0]->kind()), "|", r.where);
    out->push_back(std::move(r));
  }
}

}  // namespace

std::vector<Result> FindingResults(const std::vector<v1::Finding>& findings) {
  std::vector<Result> out;
  for (const v1::Finding& f : findings) out.push_back(OfFinding(f));
  return out;
}

std::vector<Result> HeldAndFindings(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  std::vector<Result> out;
  AddHeld(request, response, &out);
  for (const v1::Finding& f : response.findings()) out.push_back(OfFinding(f));
  return out;
}

std::vector<Result> AllResults(const v1::PlanRequest& request, const v1::PlanResponse& response) {
  std::vector<Result> out;
  std::set<std::string> restarts;
  for (const v1::Action& a : response.plan().actions()) {
    if (a.kind() == v1::ACTION_KIND_RESTART_NODE && !a.unit().empty()) restarts.insert(TargetName(a.target()));
  }
  for (const v1::Action& a : response.plan().actions()) {
    const std::string where = TargetName(a.target());
    if (a.kind() == v1::ACTION_KIND_DRAIN && restarts.count(where) != 0) continue;
    Result r;
    r.kind = ResultKind::kPlanned;
    r.rule = a.reason().code();
    r.where = where;
    r.what = ActionPhrase(a);
    r.message = a.reason().text();
    r.location = Locate(request.desired(), a.reason(), a.target());
    r.key = a.id();
    out.push_back(std::move(r));
  }
  for (Result& r : HeldAndFindings(request, response)) out.push_back(std::move(r));
  return out;
}

}  // namespace cassplan::report
