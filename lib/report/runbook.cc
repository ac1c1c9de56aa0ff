#include "lib/report/runbook.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/report/details.h"
#include "lib/report/grouping.h"
#include "lib/report/impact_text.h"
#include "lib/report/page.h"
#include "lib/report/words.h"

namespace cassplan::report {
namespace {

constexpr size_t kMostExamples = 6;

// Rows in an order that respects every edge even when a whole row is done before the next one: rows of many waves that
// overlap others are told wave by wave.
struct Step {
  std::vector<const v1::Action*> actions;
  const v1::Action* drain = nullptr;
  int32_t wave = 0;
};

using StepKey = std::tuple<int32_t, int, std::string, std::string>;

std::vector<Step> StepsOf(const v1::Plan& plan) {
  const std::vector<int32_t> waves = Waves(plan);
  std::map<StepKey, Step> by_wave;
  for (int i = 0; i < plan.actions_size(); ++i) {
    const v1::Action& a = plan.actions(i);
    const int32_t wave = waves[static_cast<size_t>(i)];
    Step& step = by_wave[{wave, a.kind(), a.target().datacenter(), a.target().rack()}];
    step.wave = wave;
    step.actions.push_back(&a);
  }
  std::vector<Step> steps;
  for (auto& [key, step] : by_wave) steps.push_back(std::move(step));
  return steps;
}

size_t WidthOf(const v1::Plan& plan, const Step& step) {
  size_t width = step.actions.size();
  for (const v1::Pool& pool : plan.pools()) {
    const auto& pools = step.actions[0]->pools();
    if (std::find(pools.begin(), pools.end(), pool.id()) == pools.end()) continue;
    width = std::min(width, static_cast<size_t>(std::max(pool.capacity(), 1)));
  }
  return width;
}

class Writer {
 public:
  Writer(const v1::PlanRequest& request, const v1::PlanResponse& response, size_t width, bool color, bool all)
      : request_(request), response_(response), all_(all), page_(std::max<size_t>(width, 40), color) {}

  std::string Write() {
    Head();
    const std::vector<Step> steps = StepsOf(response_.plan());
    size_t number = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
      const bool same_time = i > 0 && steps[i - 1].wave == steps[i].wave;
      OneStep(++number, steps[i], same_time);
    }
    Tail();
    return page_.Join();
  }

 private:
  void Head();
  void OneStep(size_t number, const Step& step, bool same_time);
  void Commands(const Step& step);
  void Tail();

  const v1::PlanRequest& request_;
  const v1::PlanResponse& response_;
  const bool all_;
  Page page_;
};

void Writer::Head() {
  page_.Heading(absl::StrCat("Runbook for cluster ", request_.desired().cluster(), ", planned for ",
                             Time(request_.now_seconds())));
  page_.Text(0, absl::StrCat(OutcomeWords(response_.outcome()),
                             response_.summary().empty() ? "" : absl::StrCat(": ", response_.summary())));
  WriteImpact(response_, static_cast<size_t>(-1), &page_);
  if (response_.plan().actions().empty()) return;
  page_.Gap();
  page_.Text(
      0,
      "Do the steps from top to bottom. Before each one look at the cluster again: if a node is down that the plan "
      "does not know of, stop and plan anew.");
}

void Writer::Commands(const Step& step) {
  const size_t n = all_ ? step.actions.size() : std::min(step.actions.size(), kMostExamples);
  for (size_t i = 0; i < n; ++i) {
    const v1::Action& a = *step.actions[i];
    if (step.actions.size() > 1) page_.Text(4, absl::StrCat(TargetName(a.target()), ":"), Paint::kBold);
    page_.Verbatim(4, absl::StrCat("run:      ", a.manual().empty() ? "nothing that a command could do" : a.manual()));
    if (!a.verify().empty()) page_.Verbatim(4, absl::StrCat("verify:   ", a.verify()));
    if (!a.way_back().empty()) page_.Text(4, absl::StrCat("way back: ", a.way_back()));
  }
  if (n == step.actions.size()) return;
  std::vector<int32_t> ordinals;
  for (size_t i = n; i < step.actions.size(); ++i) ordinals.push_back(step.actions[i]->target().ordinal());
  page_.Text(4, absl::StrCat("... the same for ", step.actions.size() - n, " more (", Ordinals(std::move(ordinals), 8),
                             "); -v prints their commands"));
}

void Writer::OneStep(size_t number, const Step& step, bool same_time) {
  std::vector<const v1::Target*> targets;
  for (const v1::Action* a : step.actions) targets.push_back(&a->target());
  const v1::Action& first = *step.actions[0];
  const bool irreversible = first.reversibility() == v1::REVERSIBILITY_IRREVERSIBLE;
  const std::string phrase = step.actions.size() == 1 ? ActionPhrase(first) : GroupPhrase(first.kind(), targets);
  page_.Gap();
  page_.Text(0, absl::StrCat(number, ". ", phrase, irreversible ? " (cannot be undone)" : ""),
             irreversible ? Paint::kRed : Paint::kBold);
  if (!first.reason().text().empty()) page_.Text(4, absl::StrCat("why: ", first.reason().text()));
  if (same_time) page_.Text(4, "may run at the same time as the step before");
  if (step.actions.size() > 1) {
    const size_t width = WidthOf(response_.plan(), step);
    page_.Text(4, width == 1                     ? std::string("one at a time")
                  : width == step.actions.size() ? std::string("all of them at the same time")
                                                 : absl::StrCat("up to ", width, " at a time"));
  }
  int64_t not_before = 0;
  for (const v1::Action* a : step.actions) not_before = std::max(not_before, a->not_before_seconds());
  if (not_before > 0) page_.Text(4, absl::StrCat("wait until ", Time(not_before)));
  WriteOnlyIf(first, &page_);
  Commands(step);
  WriteWait(first, &page_);
}

void Writer::Tail() {
  if (response_.held().empty()) return;
  page_.Gap();
  page_.Heading(absl::StrCat(
      "Not in this runbook: ", Count(static_cast<size_t>(response_.held_size()), "action is", "actions are"), " held"));
  for (const v1::Held& h : response_.held()) {
    for (const v1::Refusal& by : h.by()) {
      if (by.guard() == kPredecessor) continue;
      page_.Text(2, absl::StrCat(PhraseOf(h.kind(), h.target()), ": ", by.text(), " [", by.guard(), "]"));
      if (!by.remedy().empty()) page_.Text(4, absl::StrCat("remedy: ", by.remedy()));
    }
  }
}

}  // namespace

std::string RenderRunbook(const v1::PlanRequest& request, const v1::PlanResponse& response, size_t width, bool color,
                          bool all) {
  return Writer(request, response, width, color, all).Write();
}

}  // namespace cassplan::report
